"""What is there to see of one declaration? Decision, twin, differences, examinations, and its place in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.ledger.append import LedgerEntry, entries_of
from comity.features.declarations.canonical import from_record
from comity.features.mirror.discrepancies import Discrepancy
from comity.features.mirror.in_words import Reason
from comity.features.mirror.store import discrepancies_of, find_export, match_of
from comity.features.risk.store import (
    StoredDecision,
    StoredExamination,
    StoredOverride,
    decision_of,
    examinations_of,
    overrides_of,
)
from comity.flows.assess_duty import kept_assessment
from comity.flows.find_declaration import declared
from comity.foundation.trade.declaration import Declaration


@dataclass(frozen=True, slots=True)
class Twin:
    """One of the partner's export records that pairs with the declaration."""

    declaration: Declaration
    partner: str
    message_id: str


@dataclass(frozen=True, slots=True)
class DeclarationView:
    """All that the page of one declaration shows."""

    id: str
    declaration: Declaration
    decision: StoredDecision | None
    companions: tuple[Declaration, ...]
    """The other imports that together with this one are the mirror image: the parts of a split."""
    twins: tuple[Twin, ...]
    twin_probability: float | None
    twin_reasons: tuple[Reason, ...]
    discrepancies: tuple[Discrepancy, ...]
    examinations: tuple[StoredExamination, ...]
    overrides: tuple[StoredOverride, ...]
    ledger: tuple[LedgerEntry, ...]
    duty: Mapping[str, Any] | None = None
    """The assessment that was kept: value, origin, charges."""

    @property
    def twin(self) -> Declaration | None:
        """Return the first twin's declaration, or None."""
        return self.twins[0].declaration if self.twins else None

    @property
    def twin_partner(self) -> str | None:
        """Return the partner that sent the twin, or None."""
        return self.twins[0].partner if self.twins else None


def view(session: Session, declaration_id: str) -> DeclarationView:
    """Return the page of one declaration.

    Raises:
        DeclarationUnknown: no such declaration is kept here.
    """
    declaration = declared(session, declaration_id)
    match = match_of(session, declaration_id)
    exports = [find_export(session, each) for each in match.pair.export_ids] if match else []
    return DeclarationView(
        id=declaration_id,
        declaration=declaration,
        decision=decision_of(session, declaration_id),
        companions=tuple(
            declared(session, each) for each in (match.pair.import_ids if match else ()) if each != declaration_id
        ),
        twins=tuple(
            Twin(from_record(export.record), export.partner, export.message_id) for export in exports if export
        ),
        twin_probability=match.pair.probability if match else None,
        twin_reasons=match.pair.reasons if match else (),
        discrepancies=match.comparison.discrepancies
        if match
        else tuple(discrepancies_of(session, [declaration_id])[declaration_id]),
        examinations=tuple(examinations_of(session, declaration_id)),
        overrides=tuple(overrides_of(session, declaration_id)),
        ledger=tuple(entries_of(session, declaration_id)),
        duty=kept_assessment(session, declaration_id),
    )
