"""What the page of one declaration says, in the order an examiner asks: decision, difference, goods, the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from comity.entrypoints.console.language import mark
from comity.entrypoints.console.present.cells import Cell, Look
from comity.entrypoints.console.present.facts import (
    containers_of,
    duty_of,
    invoice_of,
    packages_in,
    previous_documents_of,
    seals_of,
    transport_documents_of,
)
from comity.entrypoints.console.present.lanes import LANES, LaneLook
from comity.entrypoints.console.present.parties import exporter_of, importer_of
from comity.entrypoints.console.present.words import DECLARATION_KINDS, DISCREPANCIES, ENTRY_KINDS, OUTCOMES, word_for
from comity.foundation.trade.declaration import Declaration, GoodsItem
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Party


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One goods item as the table shows it."""

    number: int
    goods: str | None
    code: str | None
    origin: str | None
    net_mass_kg: Decimal | None
    value: Money | None
    duty: Money | None
    packages: int | None


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """One reason: its sentence, the goods line it is about, and of its profile what to do and the criterion itself."""

    text: str
    note: str = ""
    instruction: str = ""
    expression: str = ""


@dataclass(frozen=True, slots=True)
class ExaminationShown:
    """What an examination found; `outcome` is a message id."""

    outcome: str
    found: str
    officer: str
    at: datetime | None
    recovered: Money | None


@dataclass(frozen=True, slots=True)
class OverrideShown:
    """Who changed the lane to what, why, when."""

    lane: str
    reason: str
    officer: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry of the log; `kind` is a message id."""

    index: int
    kind: str
    at: datetime
    subject: str
    is_provable: bool


@dataclass(frozen=True, slots=True)
class Head:
    """What names a declaration on every page about it."""

    id: str
    kind: str
    reference: str
    importer: str | None
    exporter: str | None
    goods: str | None
    from_country: str | None
    to_country: str | None
    lane: str | None

    @property
    def look(self) -> LaneLook | None:
        """Return how the lane looks."""
        return LANES.get(self.lane or "")


def head_of(id_: str, declaration: Declaration, lane: object | None) -> Head:
    """Return what names the declaration."""
    importer, exporter = importer_of(declaration), exporter_of(declaration)
    shipment = declaration.goods_shipment
    return Head(
        id=id_,
        kind=word_for(DECLARATION_KINDS, declaration.kind),
        reference=declaration.mrn or declaration.functional_reference_id or id_[:16],
        importer=(importer.name or importer.id) if importer else None,
        exporter=(exporter.name or exporter.id) if exporter else None,
        goods=goods_in_short(declaration),
        from_country=shipment.export_country,
        to_country=shipment.destination_country,
        lane=None if lane is None else str(lane),
    )


def goods_in_short(declaration: Declaration) -> str | None:
    """Return the description of the first goods line."""
    return next(
        (item.commodity.description for item in declaration.goods_shipment.items if item.commodity.description), None
    )


def goods_lines(declaration: Declaration) -> tuple[GoodsLine, ...]:
    """Return the goods table."""
    return tuple(_goods_line(item, number) for number, item in enumerate(declaration.goods_shipment.items, start=1))


def parties_of(declaration: Declaration) -> list[tuple[str, Party]]:
    """Return every party with the message id of its role."""
    shipment = declaration.goods_shipment
    carrier = (declaration.consignment.carrier if declaration.consignment else None) or (
        shipment.consignment.carrier if shipment.consignment else None
    )
    candidates = (
        (mark("Importer"), importer_of(declaration)),
        (mark("Exporter"), exporter_of(declaration)),
        (mark("Consignor"), shipment.consignor),
        (mark("Consignee"), shipment.consignee),
        (mark("Buyer"), shipment.buyer),
        (mark("Seller"), shipment.seller),
        (mark("Declarant"), declaration.declarant),
        (mark("Agent"), declaration.agent),
        (mark("Carrier"), carrier),
    )
    return [(role, party) for role, party in candidates if party and (party.name or party.id)]


def transport_of(declaration: Declaration) -> list[tuple[str, Cell]]:
    """Return transport, references and documents as labelled cells."""
    shipment, means = declaration.goods_shipment, declaration.border_means
    offices = (declaration.declaration_office, declaration.presentation_office, declaration.exit_office)
    terms = shipment.trade_terms
    documents = tuple(
        f"{paper.type_code or ''} {paper.id or ''}".strip() for paper in declaration.additional_documents if paper.id
    )
    return [
        (mark("Containers"), Cell(Look.LIST, containers_of(declaration))),
        (mark("Seals"), Cell(Look.LIST, seals_of(declaration))),
        (mark("Transport documents"), Cell(Look.LIST, transport_documents_of(declaration))),
        (mark("Previous documents"), Cell(Look.LIST, previous_documents_of(declaration))),
        (mark("Other documents"), Cell(Look.LIST, documents)),
        (mark("Unique consignment reference"), Cell(Look.CODE, shipment.ucr)),
        (mark("Means of transport"), Cell(Look.CODE, means.id if means else None)),
        (mark("Delivery terms"), Cell(Look.CODE, terms.incoterm if terms else None)),
        (mark("Customs offices"), Cell(Look.LIST, tuple(dict.fromkeys(office for office in offices if office)))),
    ]


def examination_shown(examination: object) -> ExaminationShown:
    """Return one stored examination for the page."""
    result = getattr(examination, "result", examination)
    return ExaminationShown(
        outcome=word_for(OUTCOMES, str(getattr(result, "outcome", ""))),
        found=str(getattr(result, "found", "") or ""),
        officer=str(getattr(examination, "officer", "") or ""),
        at=instant_of(examination),
        recovered=getattr(result, "revenue_recovered", None),
    )


def override_shown(override: object) -> OverrideShown:
    """Return one stored change of lane for the page."""
    return OverrideShown(
        lane=str(getattr(override, "lane", "")),
        reason=str(getattr(override, "reason", "")),
        officer=str(getattr(override, "officer", "")),
        at=instant_of(override),
    )


def entry_shown(entry: object) -> EntryShown:
    """Return one entry of the log for the page."""
    return EntryShown(
        index=int(getattr(entry, "index", 0)),
        kind=word_for(ENTRY_KINDS, str(getattr(entry, "kind", ""))),
        at=getattr(entry, "at"),  # noqa: B009 - an entry without a time is a fault, not an empty cell
        subject=str(getattr(entry, "subject", "")),
        is_provable=getattr(entry, "statement", None) is not None,
    )


def discrepancy_words(discrepancies: object) -> list[str]:
    """Return the message ids of the kinds found, each once."""
    kinds = [str(getattr(each, "kind", each)) for each in discrepancies]  # type: ignore[attr-defined]
    return [word_for(DISCREPANCIES, kind) for kind in dict.fromkeys(kinds)]


def instant_of(stored: object) -> datetime | None:
    """Return when a stored thing was made."""
    found = getattr(stored, "at", None)
    return found if isinstance(found, datetime) else None


def day_of(declaration: Declaration, otherwise: date) -> date:
    """Return the day whose exchange rates count: acceptance, else issue, else `otherwise`."""
    at = declaration.acceptance_at or declaration.issued_at
    return at.date() if at else otherwise


def _goods_line(item: GoodsItem, number: int) -> GoodsLine:
    return GoodsLine(
        number=item.sequence or number,
        goods=item.commodity.description,
        code=item.commodity.code,
        origin=item.origin_country,
        net_mass_kg=item.net_mass_kg,
        value=invoice_of(item),
        duty=duty_of(item),
        packages=packages_in(item),
    )
