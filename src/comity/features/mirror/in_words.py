"""How the mirror says its reasons: a stable message id with parameters for translation, and the English sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence to be: `message_id` chooses it, `params` fill it, `bits` says its weight (0 for differences)."""

    message_id: str
    params: tuple[tuple[str, str], ...] = ()
    bits: float = 0.0

    def __str__(self) -> str:
        return in_words(self)


SENTENCES = {
    "mirror.reason.mrn-cited": "The import cites the export declaration's MRN",
    "mirror.reason.mrn-other": "The import cites other documents, not this export declaration",
    "mirror.reason.ucr-same": "Both declarations bear the same UCR",
    "mirror.reason.ucr-other": "The declarations bear different UCRs",
    "mirror.reason.container-and-document": "Same container and same transport document",
    "mirror.reason.document-same": "Same transport document",
    "mirror.reason.document-other": "Different transport documents",
    "mirror.reason.container-same": "Same container",
    "mirror.reason.container-other": "Different containers",
    "mirror.reason.exporter-id-same": "Same exporter identification",
    "mirror.reason.exporter-name-same": "Same exporter name",
    "mirror.reason.exporter-name-similar": "Similar exporter name",
    "mirror.reason.exporter-other": "Different exporter",
    "mirror.reason.importer-id-same": "Same importer identification",
    "mirror.reason.importer-name-same": "Same importer name",
    "mirror.reason.importer-name-similar": "Similar importer name",
    "mirror.reason.importer-other": "Different importer",
    "mirror.reason.goods-same": "Same HS subheadings",
    "mirror.reason.goods-same-heading": "Same HS headings",
    "mirror.reason.goods-same-chapter": "Same HS chapters",
    "mirror.reason.goods-other": "Different goods codes",
    "mirror.reason.mass-same": "Mass equal within 1 %",
    "mirror.reason.mass-near": "Mass equal within 5 %",
    "mirror.reason.mass-far": "Mass differs by up to 20 %",
    "mirror.reason.mass-other": "Mass differs by more than 20 %",
    "mirror.reason.packages-same": "Same number of packages",
    "mirror.reason.packages-other": "Different number of packages",
    "mirror.reason.invoice-same": "Same invoice total",
    "mirror.reason.date-usual": "{days} days between export and import, usual for the mode of transport",
    "mirror.reason.date-late": "{days} days between export and import, long for the mode of transport",
    "mirror.reason.date-very-late": "{days} days between export and import, very long",
    "mirror.reason.date-before": "The import is dated {days} days before the export",
    "mirror.reason.country-other": "Different country of dispatch or destination",
    "mirror.reason.consolidated": "{count} exports together make this import",
    "mirror.reason.split": "{count} imports together make this export",
    "mirror.difference.undervaluation": "The import is worth {ratio} of the export, normal is {low} to {high}",
    "mirror.difference.overvaluation": "The import is worth {ratio} of the export, normal is {low} to {high}",
    "mirror.difference.mass": "The import weighs {ratio} of the export",
    "mirror.difference.quantity": "The import counts {ratio} of the export's quantity in {unit}",
    "mirror.difference.packages": "The import counts {ours} packages, the export {theirs}",
    "mirror.difference.line-not-imported": "Goods {theirs} were exported but not declared at import",
    "mirror.difference.line-not-exported": "Goods {ours} were imported but not declared at export",
    "mirror.difference.goods-shift": "The import says goods {ours}, the export {theirs}",
    "mirror.difference.origin": "The import says origin {ours}, the export {theirs}",
    "mirror.difference.dispatch": "The import says dispatched from {ours}, the export says {theirs}",
    "mirror.difference.destination": "The goods were imported in {ours}, the export says destination {theirs}",
    "mirror.difference.container-other": "The import says containers {ours}, the export {theirs}",
    "mirror.difference.container-elsewhere": "Container {ours} was declared to {theirs} at the same time",
    "mirror.difference.container-twice": "Container {ours} was on another journey meanwhile, with document {theirs}",
    "mirror.difference.orphan-export": "No import after {days} days; this mode of transport is allowed {limit}",
    "mirror.difference.ghost-import": "No export record, though {country} sends them to us",
    "mirror.difference.ghost-import-reused": "The cited export record belongs to another import",
    "mirror.not-comparable.value-missing": "Values not comparable: one side shows none",
    "mirror.not-comparable.rate-missing": "Values not comparable: no rate between {ours} and {theirs} on the day",
    "mirror.not-comparable.mass-missing": "Masses not comparable: one side shows none",
    "mirror.not-comparable.quantity-unit": "Quantities not comparable: no common unit",
    "mirror.not-comparable.goods-missing": "Goods codes not comparable: one side shows none",
    "mirror.not-comparable.origin-missing": "Origins not comparable: one side shows none",
}


def in_words(reason: Reason) -> str:
    """Return the English sentence of a reason."""
    return SENTENCES[reason.message_id].format(**dict(reason.params))
