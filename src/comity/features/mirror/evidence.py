"""How strongly does the evidence say that an import and an export are the same goods?

Fellegi and Sunter, "A Theory for Record Linkage" (1969): the logs of the likelihood ratios of independent comparisons
add up. The weights are in `matching.toml`; values are left out on purpose, because fraud is in them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rapidfuzz import fuzz

from comity.features.mirror.in_words import Reason
from comity.features.mirror.keys import MatchKeys, keys_of
from comity.features.mirror.record import INVOICE, MirrorRecord
from comity.features.mirror.settings import MatchingSettings, matching_settings

_VERY_LATE_DAYS = 120  # the project's longest wait for an import after its export
_EARLY_DAYS = 2  # an import may be lodged before the export reaches us or be dated by another time zone
_SAME_INVOICE = Decimal("0.002")  # rounding of lines; a guess
_LEAST_REFERENCE = 10  # shorter references are order numbers and repeat


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record with what is computed once and compared often."""

    record: MirrorRecord
    keys: MatchKeys
    goods: frozenset[str]
    headings: frozenset[str]
    chapters: frozenset[str]
    gross: float | None
    net: float | None
    day: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The weight of all comparisons in bits, prior included, and the names of what was compared."""

    bits: float
    findings: tuple[str, ...]
    days: int

    @property
    def probability(self) -> float:
        """Return the probability of a match, 0 to 1."""
        return 1.0 / (1.0 + math.exp2(-max(min(self.bits, 200.0), -200.0)))

    def reasons(self) -> tuple[Reason, ...]:
        """Return the findings as reasons, the weightiest first."""
        weights = matching_settings().weights
        params = (("days", str(abs(self.days))),)
        found = [
            Reason(f"mirror.reason.{name}", params if name.startswith("date-") else (), weights[name])
            for name in self.findings
        ]
        return tuple(sorted(found, key=lambda reason: (-abs(reason.bits), reason.message_id)))


def prepare(record: MirrorRecord) -> Prepared:
    """Return the record with its keys and totals computed."""
    gross, net = record.gross_mass_kg, record.net_mass_kg
    goods = frozenset(line.hs6 for line in record.lines if line.hs6)
    return Prepared(
        record=record,
        keys=keys_of(record),
        goods=goods,
        headings=frozenset(code[:4] for code in goods),
        chapters=frozenset(code[:2] for code in goods),
        gross=float(gross) if gross else None,
        net=float(net) if net else None,
        day=record.date.toordinal(),
    )


def weigh(ours: Prepared, theirs: Prepared) -> Evidence:
    """Weigh an import (`ours`) against an export (`theirs`)."""
    settings = matching_settings()
    days = ours.day - theirs.day
    findings = (
        *_references(ours.keys, theirs.keys),
        *_transport(ours.keys, theirs.keys),
        *_parties(ours.keys, theirs.keys, settings),
        *_goods(ours, theirs),
        *_totals(ours, theirs),
        _lag(ours, theirs, days, settings),
        *_countries(ours.record, theirs.record),
    )
    lag = settings.lag(ours.record.mode or theirs.record.mode)
    # Among like consignments of one trader the usual interval decides; never worth more than a comparison of packages.
    unusual = min(((days - lag.typical) / max(lag.usual, 1)) ** 2, 1.0) * 2.0
    return Evidence(settings.prior_bits + sum(settings.weights[name] for name in findings) - unusual, findings, days)


def cites(ours: Prepared, theirs: Prepared) -> bool:
    """Claim that the import cites the export's MRN."""
    return theirs.keys.mrn is not None and theirs.keys.mrn in ours.keys.cited


def same_ucr(ours: Prepared, theirs: Prepared) -> bool:
    """Claim that the two bear one UCR, declared as such or as a previous document."""
    return bool(theirs.keys.ucrs & (ours.keys.ucrs | ours.keys.cited))


def same_transport(ours: Prepared, theirs: Prepared) -> bool:
    """Claim that container and transport document are the same."""
    return bool(ours.keys.containers & theirs.keys.containers and ours.keys.documents & theirs.keys.documents)


def same_document(ours: Prepared, theirs: Prepared) -> bool:
    """Claim that the transport document is the same."""
    return bool(ours.keys.documents & theirs.keys.documents)


def are_kin(ours: Prepared, theirs: Prepared) -> bool:
    """Claim that the parties agree and the dates are possible: parts of one consolidation or split look like this."""
    return _agreeing(ours, theirs) == 2 and _is_in_time(ours, theirs)


def may_be_dispatched(ours: Prepared, theirs: Prepared) -> bool:
    """Claim that one party agrees at least and the dates are possible: enough beside a document of their own."""
    return _agreeing(ours, theirs) >= 1 and _is_in_time(ours, theirs)


def _agreeing(ours: Prepared, theirs: Prepared) -> int:
    found = set(_parties(ours.keys, theirs.keys, matching_settings()))
    return sum(not name.endswith("other") for name in found)


def _is_in_time(ours: Prepared, theirs: Prepared) -> bool:
    lag = matching_settings().lag(ours.record.mode or theirs.record.mode)
    return -_EARLY_DAYS <= ours.day - theirs.day <= lag.usual


def _references(ours: MatchKeys, theirs: MatchKeys) -> Iterator[str]:
    if theirs.mrn and theirs.mrn in ours.cited:
        yield "mrn-cited"
    elif theirs.mrn and any(_is_like(theirs.mrn, cited) for cited in ours.cited):
        yield "mrn-other"
    if theirs.ucrs and theirs.ucrs & (ours.ucrs | ours.cited):
        yield "ucr-same"
    elif theirs.ucrs and ours.ucrs:
        yield "ucr-other"


def _is_like(mrn: str, cited: str) -> bool:
    """Claim that a cited reference is another MRN of the same country: same length and letters in front."""
    return len(cited) == len(mrn) >= _LEAST_REFERENCE and cited[2:4] == mrn[2:4] and cited != mrn


def _transport(ours: MatchKeys, theirs: MatchKeys) -> Iterator[str]:
    containers = ours.containers & theirs.containers
    documents = ours.documents & theirs.documents
    if containers and documents:
        yield "container-and-document"
        return
    if documents:
        yield "document-same"
    elif ours.documents and theirs.documents:
        yield "document-other"
    if containers:
        yield "container-same"
    elif ours.containers and theirs.containers:
        yield "container-other"


def _parties(ours: MatchKeys, theirs: MatchKeys, settings: MatchingSettings) -> Iterator[str]:
    for role, our_id, their_id, our_names, their_names in (
        ("exporter", ours.exporter_id, theirs.exporter_id, ours.exporter_names, theirs.exporter_names),
        ("importer", ours.importer_id, theirs.importer_id, ours.importer_names, theirs.importer_names),
    ):
        if our_id and our_id == their_id:
            yield f"{role}-id-same"
            continue
        if not our_names or not their_names:
            continue  # ids of two countries' registers say nothing when they differ
        likeness = max(_likeness(a, b) for a in our_names for b in their_names)
        if likeness >= settings.name_same:
            yield f"{role}-name-same"
        elif likeness >= settings.name_similar:
            yield f"{role}-name-similar"
        else:
            yield f"{role}-other"


@lru_cache(maxsize=262_144)
def _likeness(ours: str, theirs: str) -> float:
    if ours == theirs:
        return 100.0
    joined = fuzz.ratio(ours.replace(" ", ""), theirs.replace(" ", ""))
    shortened = fuzz.token_set_ratio(ours, theirs) * 0.88 if min(ours.count(" "), theirs.count(" ")) >= 1 else 0.0
    return max(fuzz.token_sort_ratio(ours, theirs), joined, shortened)


def _goods(ours: Prepared, theirs: Prepared) -> Iterator[str]:
    if not ours.goods or not theirs.goods:
        return
    for here, there, name in (
        (ours.goods, theirs.goods, "goods-same"),
        (ours.headings, theirs.headings, "goods-same-heading"),
        (ours.chapters, theirs.chapters, "goods-same-chapter"),
    ):
        shared = len(here & there)
        if shared == min(len(here), len(there)) or 2 * shared >= len(here | there):
            yield name
            return
    yield "goods-other"


def _totals(ours: Prepared, theirs: Prepared) -> Iterator[str]:
    pairs = [(a, b) for a, b in ((ours.gross, theirs.gross), (ours.net, theirs.net)) if a and b]
    if pairs:
        difference = min(abs(a - b) / max(a, b) for a, b in pairs)
        levels = ((0.01, "mass-same"), (0.05, "mass-near"), (0.20, "mass-far"))
        yield next((name for limit, name in levels if difference <= limit), "mass-other")
    if ours.record.packages and theirs.record.packages:
        yield "packages-same" if ours.record.packages == theirs.record.packages else "packages-other"
    here, there = ours.record.value, theirs.record.value
    both_invoices = ours.record.value_basis == theirs.record.value_basis == INVOICE
    if here is None or there is None or not both_invoices or here.currency != there.currency or not there.amount:
        return
    if abs(here.amount / there.amount - 1) <= _SAME_INVOICE:
        yield "invoice-same"


def _lag(ours: Prepared, theirs: Prepared, days: int, settings: MatchingSettings) -> str:
    if days < -_EARLY_DAYS:
        return "date-before"
    if days > _VERY_LATE_DAYS:
        return "date-very-late"
    return "date-usual" if days <= settings.lag(ours.record.mode or theirs.record.mode).usual else "date-late"


def _countries(ours: MirrorRecord, theirs: MirrorRecord) -> Iterator[str]:
    for here, there in (
        (ours.dispatch_country, theirs.dispatch_country),
        (ours.destination_country, theirs.destination_country),
    ):
        if here and there and here != there:
            yield "country-other"
            return
