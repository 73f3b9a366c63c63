"""Which guarantees a message names: one value for each reference, told apart by the number of its guarantee.

The access code is never kept; that it was left out is told.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from comity.features.declarations.formats.bind import (
    NUMBER,
    WHOLE,
    Field,
    Fields,
    Lost,
    Many,
    Shape,
    Table,
    read_by,
    write_by,
)
from comity.foundation.trade.declaration import ObligationGuarantee
from comity.foundation.trade.money import Money


def _join_amount(fields: Fields, _path: str, _lost: Lost) -> None:
    amount, currency = fields.pop("number", None), fields.pop("currency", None)
    if amount is not None and currency is not None:
        fields["amount"] = Money(amount, currency.upper())


def _split_amount(guarantee: ObligationGuarantee) -> Fields:
    amount = guarantee.amount or Money(Decimal(0), "EUR")
    return {"grn": guarantee.grn, "number": amount.amount, "currency": amount.currency}


_reference = Shape(
    dict,
    {"GRN": Field("grn"), "amountToBeCovered": Field("number", NUMBER), "currency": Field("currency")},
    join=_join_amount,
    split=_split_amount,
)

_guarantee: Table = {
    "sequenceNumber": Field("sequence", WHOLE),
    "guaranteeType": Field("type_code"),
    "otherGuaranteeReference": Field("other_reference"),
    "GuaranteeReference": Many("references", _reference),
}


class Guarantees(NamedTuple):
    """Binds the guarantees of a message to a field of obligation guarantees."""

    name: str

    def read(self, value: Any, fields: Fields, path: str, lost: Lost) -> None:
        """Put one guarantee for each reference, or one alone where a guarantee has none."""
        found: list[ObligationGuarantee] = []
        for one in value:
            own = read_by(_guarantee, one, path, lost)
            references: tuple[Fields, ...] = own.pop("references", ()) or ({},)
            found += (ObligationGuarantee(**own, **reference) for reference in references)
        fields[self.name] = tuple(found)

    def write(self, fields: Fields) -> Any:
        """Return the guarantees' records; those of one number and type are one guarantee."""
        written = []
        guarantees = fields.get(self.name) or ()
        grouped = groupby(guarantees, key=lambda one: (one.sequence, one.type_code, one.other_reference))
        for place, ((sequence, type_code, other), group) in enumerate(grouped, 1):
            references = [one for one in group if one.grn is not None or one.amount is not None]
            own = {"sequence": sequence or place, "type_code": type_code, "other_reference": other}
            written.append(write_by(_guarantee, own | {"references": references}))
        return written
