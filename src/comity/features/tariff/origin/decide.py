"""Do the goods get the preference that is claimed? A decision with its reasons, and what has to be asked.

Five questions, each with its answer: is the country in the agreement's area; is there a proof, and is it valid; did the
goods come directly; is the rule for the product met; was a verification answered. An unknown answer never becomes a yes
by itself: without facts about the making the proof stands for them, as the agreements say, and the decision tells it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from comity.features.tariff.origin.criteria import Agreement, Making, ProductRule, check

NOT_KNOWN = Making()


@dataclass(frozen=True, slots=True)
class Proof:
    """A paper that proves origin: its kind and how many months it is valid."""

    id: str
    kind: str
    months: int
    words: str


@dataclass(frozen=True, slots=True)
class OriginFacts:
    """What is known of a claim. `verification` is None, `asked`, `confirmed`, `denied` or `not-answered`."""

    code: str
    origin: str | None
    on: date
    documents: Collection[str] = ()
    proof_issued_on: date | None = None
    value: Decimal | None = None
    export_country: str | None = None
    destination: str | None = None
    route: tuple[str, ...] | None = None
    stayed_under_customs_control: bool | None = None
    making: Making = NOT_KNOWN
    verification: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One question of the decision: a stable word, whether it speaks for the claim (None: not known), and why."""

    question: str
    holds: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class OriginDecision:
    """Whether the preference is given, under which agreement, with every reason and what to ask."""

    is_accepted: bool
    agreement: str | None
    legal_reference: str | None
    reasons: tuple[Reason, ...]
    questions: tuple[str, ...]


def decide_origin(facts: OriginFacts, agreement: Agreement, *, members: Collection[str]) -> OriginDecision:
    """Decide a claim under an agreement; `members` are the countries of its area on the day."""
    reasons = [
        _area(facts, agreement, members),
        _proof(facts, agreement),
        _direct(facts, agreement, members),
        _product(facts, agreement),
        _verification(facts),
    ]
    told = tuple(reason for reason in reasons if reason is not None)
    is_accepted = not any(reason.holds is False for reason in told) and any(
        reason.question == "proof" and reason.holds for reason in told
    )
    questions = tuple(reason.words for reason in told if reason.holds is None)
    return OriginDecision(is_accepted, agreement.id, agreement.legal_reference, told, questions)


def _speaks_for(question: str, words: str) -> Reason:
    return Reason(question, holds=True, words=words)


def _speaks_against(question: str, words: str) -> Reason:
    return Reason(question, holds=False, words=words)


def _asks(question: str, words: str) -> Reason:
    return Reason(question, holds=None, words=words)


def _area(facts: OriginFacts, agreement: Agreement, members: Collection[str]) -> Reason:
    if not (agreement.first <= facts.on and (agreement.last is None or facts.on <= agreement.last)):
        return _speaks_against("area", "the agreement is not in force on the day")
    if facts.origin is None:
        return _speaks_against("area", "no country of preferential origin is declared")
    if facts.origin != agreement.area and facts.origin not in members:
        return _speaks_against("area", "the country of origin is not in the agreement's area on the day")
    return _speaks_for("area", "the country of origin is in the agreement's area")


def _proof(facts: OriginFacts, agreement: Agreement) -> Reason:
    limit = agreement.proof_not_needed_below
    if limit is not None and facts.value is not None and facts.value < limit:
        return _speaks_for("proof", f"no proof is needed below {limit}")
    known = load_proofs()
    held = [known[code] for code in facts.documents if code in known]
    fitting = [proof for proof in held if not agreement.proofs or proof.kind in agreement.proofs]
    if not fitting:
        wanted = ", ".join(agreement.proofs) or "any"
        return _speaks_against("proof", f"no proof of origin that the agreement accepts is declared ({wanted})")
    proof = fitting[0]
    if facts.proof_issued_on is None:
        return _speaks_for("proof", f"{proof.words} is declared; its day of issue was not")
    if facts.proof_issued_on > facts.on:
        return _speaks_against(
            "proof", "the proof was issued after the acceptance; claim it again when it is presented"
        )
    months = agreement.proof_months or proof.months
    last = months_after(facts.proof_issued_on, months)
    if facts.on > last:
        return _speaks_against("proof", f"{proof.words} was valid for {months} months, until {last}")
    return _speaks_for("proof", f"{proof.words} is valid until {last}")


def _direct(facts: OriginFacts, agreement: Agreement, members: Collection[str]) -> Reason | None:
    if not agreement.needs_direct_transport:
        return None
    if facts.route is None:
        if facts.export_country is None:
            return _asks("transport", "by which countries did the goods come?")
        through: Collection[str] = [facts.export_country]
    else:
        through = facts.route
    allowed = {facts.origin, facts.destination, agreement.area, *members, *agreement.partners}
    foreign = sorted({country for country in through if country not in allowed})
    if not foreign:
        return _speaks_for("transport", "the goods came directly, or through countries of the agreement")
    if facts.stayed_under_customs_control is None:
        return _asks("transport", f"were the goods under customs control on the way ({', '.join(foreign)})?")
    if facts.stayed_under_customs_control:
        return _speaks_for("transport", "the goods stayed under customs control on the way")
    return _speaks_against(
        "transport", f"the goods did not stay under customs control on the way ({', '.join(foreign)})"
    )


def _product(facts: OriginFacts, agreement: Agreement) -> Reason | None:
    rule = agreement.rule(facts.code)
    if rule is None:
        return None
    if facts.making == NOT_KNOWN:
        return _asks("rule", f"how the goods were made is not known; the proof stands for it ({_words(rule)})")
    making = replace(facts.making, country=facts.making.country or facts.origin)
    alternatives = [[check(one, facts.code, making, agreement) for one in every] for every in rule.alternatives]
    for every in alternatives:
        if all(one.is_met for one in every):
            return _speaks_for("rule", "; ".join(one.words for one in every))
    words = " / ".join("; ".join(one.words for one in every) for every in alternatives)
    if any(all(one.is_met is not False for one in every) for every in alternatives):
        return _asks("rule", words)
    return _speaks_against("rule", words)


def _words(rule: ProductRule) -> str:
    return " or ".join(" and ".join(str(one) for one in every) for every in rule.alternatives)


def _verification(facts: OriginFacts) -> Reason | None:
    if facts.verification is None:
        return None
    return {
        "asked": _asks("verification", "the exporting country was asked and has not answered yet"),
        "confirmed": _speaks_for("verification", "the exporting country confirmed the proof"),
        "denied": _speaks_against("verification", "the exporting country did not confirm the proof"),
        "not-answered": _speaks_against("verification", "the exporting country did not answer in time"),
    }[facts.verification]


def months_after(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


@lru_cache(maxsize=1)
def load_proofs() -> dict[str, Proof]:
    """Return the proofs by the type code of their document."""
    told = tomllib.loads((Path(__file__).parent / "proofs.toml").read_text(encoding="utf-8"))
    return {row["id"]: Proof(row["id"], row["kind"], row["months"], row["words"]) for row in told["proof"]}
