"""Which codes may goods have, and does a ruling decide? Rulings that bind go before the model's ranking.

A ruling of another edition of the HS still binds where the concordance says that its subheading means the same code in
the edition in force; where it does not, the ruling is shown as ended with its edition.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from comity.features.codes.correlate import Concordance
from comity.features.codes.editions import load_calendar
from comity.features.codes.errors import ConcordanceMissing, EditionUnknown
from comity.features.tariff.classification.classify import Classified, classify
from comity.features.tariff.classification.model import Model
from comity.features.tariff.classification.records import Ruling, RulingState
from comity.features.tariff.classification.store import all_rulings


@dataclass(frozen=True, slots=True)
class Goods:
    """What is asked about: the description, who would hold a ruling, and the references of papers that came along."""

    description: str
    holder: str | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RulingShown:
    """A ruling beside the goods: its state, its code in the edition in force, and whether it binds here."""

    ruling: Ruling
    state: RulingState
    code: str
    is_binding: bool

    def as_json(self) -> dict[str, Any]:
        """Return the ruling for machines."""
        return {
            "reference": self.ruling.reference,
            "code": self.code,
            "ruled_code": self.ruling.code,
            "edition": self.ruling.edition,
            "state": self.state.value,
            "binding": self.is_binding,
            "valid_to": self.ruling.valid_to.isoformat(),
            "reasons": self.ruling.reasons,
        }


@dataclass(frozen=True, slots=True)
class Advice:
    """The ruling that decides, where there is one; rulings that are only like; and what the model suggests."""

    ruling: RulingShown | None
    like: tuple[RulingShown, ...]
    answer: Classified

    def as_json(self) -> dict[str, Any]:
        """Return the advice for machines."""
        return {
            "ruling": self.ruling.as_json() if self.ruling else None,
            "like_rulings": [one.as_json() for one in self.like],
            **self.answer.as_json(),
        }


def advise(session: Session, model: Model, goods: Goods, *, on: date, top: int, concordance: Concordance) -> Advice:
    """Return the rulings and suggestions for goods.

    Raises:
        DescriptionInvalid, ScriptUnsupported: the description cannot be read.
    """
    answer = classify(model, goods.description, top=top)
    shown = rulings_for(session, goods, on=on, concordance=concordance)
    binding = next((one for one in shown if one.is_binding), None)
    return Advice(binding, tuple(one for one in shown if one is not binding), answer)


def rulings_for(session: Session, goods: Goods, *, on: date, concordance: Concordance) -> list[RulingShown]:
    """Return the rulings that describe the goods or came with them, those that bind first.

    A ruling binds towards its holder, when it is valid on the day and describes the goods or is named in their papers.
    """
    edition = load_calendar().in_force(None, on).name
    found = []
    for ruling in all_rulings(session):
        is_named = ruling.reference in goods.documents
        if not is_named and not ruling.describes(goods.description):
            continue
        shown = shown_in(ruling, on=on, edition=edition, concordance=concordance)
        is_holder = goods.holder is not None and goods.holder == ruling.holder
        found.append(replace(shown, is_binding=shown.state is RulingState.VALID and is_holder))
    return sorted(found, key=lambda one: (not one.is_binding, one.ruling.reference))


def shown_in(ruling: Ruling, *, on: date, edition: str, concordance: Concordance) -> RulingShown:
    """Return a ruling as it stands on a day, its code carried over to the edition in force where that is certain."""
    state = ruling.state(on, edition)
    if state is not RulingState.EDITION_ENDED:
        return RulingShown(ruling, state, ruling.code, is_binding=False)
    try:
        carried = concordance.correlate(ruling.code[:6], source=ruling.edition, target=edition)
    except (ConcordanceMissing, EditionUnknown):
        return RulingShown(ruling, state, ruling.code, is_binding=False)
    if carried.is_unchanged:
        return RulingShown(ruling, RulingState.VALID, ruling.code, is_binding=False)
    return RulingShown(ruling, state, ruling.code, is_binding=False)
