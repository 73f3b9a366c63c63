"""Where do the laws of two administrations differ so that the nodes must act otherwise, and how do they act?

What a node does by itself is told as such; what people have to do, as theirs. A fact that nobody states is told too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from comity.cooperation.agreements.analyse.legal_facts import FORMS, LegalFact, LegalFacts
from comity.cooperation.agreements.in_words import Sentence

HS_EDITION = (
    "Goods codes: %(one)s uses the Harmonized System of %(first)s, %(other)s that of %(second)s. The nodes compare"
    " codes as declared and do not convert them: before a goods shift is acted on, it is looked up in the correlation"
    " tables of the World Customs Organization."
)
VALUATION = (
    "Customs value: %(one)s values at %(first)s, %(other)s at %(second)s. The nodes bring both to one basis before they"
    " compare values, by the freight and insurance declared, else by a factor."
)
RETENTION = (
    "Retention: %(one)s keeps records for %(first)s years, %(other)s for %(second)s. What is received is deleted after"
    " the days of the agreement's clause; after the shorter period, a request to the other side finds nothing."
)
DE_MINIMIS = (
    "Low values: %(one)s asks no full declaration up to %(first)s, %(other)s up to %(second)s. Below the importer's"
    " limit an export without an import is no discrepancy: people judge it, the nodes still tell it."
)
LANGUAGES = (
    "Languages: %(one)s works in %(first)s, %(other)s in %(second)s, and they share none. Codes need no translation;"
    " free texts and requests are to be sent with one."
)
SIGNATURES = (
    "Signatures: %(paper)s does not accept an electronic signature as an original. What it needs as evidence goes on"
    " paper too; the nodes' proofs stay valid between the nodes."
)
ADEQUACY = (
    "Personal data: %(one)s does not hold the protection in %(other)s to be adequate. Personal fields may go to"
    " %(other)s only under a clause that both parties chose for it: check the draft's personal fields, and sign no open"
    " or onward clause with them."
)
UNSTATED = "%(administration)s does not state %(fact)s: take it that it differs, and ask."
SAME = "Nothing that is stated changes what the nodes do."
SENTENCES = (HS_EDITION, VALUATION, RETENTION, DE_MINIMIS, LANGUAGES, SIGNATURES, ADEQUACY, UNSTATED, SAME)


@dataclass(frozen=True, slots=True)
class Divergence:
    """One fact in which two laws differ, or that one does not state; with what follows, and the sources."""

    fact: str
    sentence: Sentence
    sources: tuple[str, ...]


def find_divergence(one: LegalFacts, other: LegalFacts, *, on: date) -> list[Divergence]:
    """Return every difference on a day that changes what the nodes or their people do."""
    return [found for name in FORMS for found in _compare(name, one, other, on)]


def _compare(name: str, one: LegalFacts, other: LegalFacts, on: date) -> Iterator[Divergence]:
    first, second = one.on(name, on), other.on(name, on)
    for facts, stated in ((one, first), (other, second)):
        if stated is None:
            yield Divergence(name, (UNSTATED, {"administration": facts.administration, "fact": name}), ())
    if first is None or second is None:
        return
    for message, params in _RULES[name](one.administration, other.administration, first.value, second.value):
        yield Divergence(name, (message, params), (_cited(one, first), _cited(other, second)))


def _cited(facts: LegalFacts, fact: LegalFact) -> str:
    return f"{facts.administration}: {fact.source} ({fact.valid_from.isoformat()})"


_Rule = Callable[[str, str, Any, Any], Iterator[Sentence]]


def _differing(message: str) -> _Rule:
    def told(one: str, other: str, first: Any, second: Any) -> Iterator[Sentence]:
        if first != second:
            yield message, {"one": one, "other": other, "first": first, "second": second}

    return told


def _languages(one: str, other: str, first: list[str], second: list[str]) -> Iterator[Sentence]:
    if set(first).isdisjoint(second):
        yield LANGUAGES, {"one": one, "other": other, "first": ", ".join(first), "second": ", ".join(second)}


def _signatures(one: str, other: str, first: Any, second: Any) -> Iterator[Sentence]:
    for administration, accepts in ((one, first), (other, second)):
        if not accepts:
            yield SIGNATURES, {"paper": administration}


def _adequacy(one: str, other: str, first: list[str], second: list[str]) -> Iterator[Sentence]:
    for sender, recipient, adequate in ((one, other, first), (other, one, second)):
        if recipient not in adequate:
            yield ADEQUACY, {"one": sender, "other": recipient}


_RULES: dict[str, _Rule] = {
    "hs_edition": _differing(HS_EDITION),
    "valuation_basis": _differing(VALUATION),
    "retention_years": _differing(RETENTION),
    "de_minimis": _differing(DE_MINIMIS),
    "languages": _languages,
    "electronic_signatures": _signatures,
    "adequate_protection": _adequacy,
}
