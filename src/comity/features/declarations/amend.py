"""What does a declaration say after an amendment? The amendment's elements take the place of the earlier ones.

WCO Data Model function 4 (change) may carry the changed elements only, 5 (replace) and a request to correct (13, COR)
carry all: both read the same way. What has a sequence number (goods items, equipment, seals) is told apart by it; every
other list is replaced as a whole. An element that an amendment removes without a word cannot be told from one that it
leaves as it is: it stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from comity.features.declarations.canonical import from_record, to_record
from comity.foundation.trade.declaration import Declaration, DeclarationKind

_OF_THE_DOCUMENT = frozenset({"type_code", "functional_reference_id", "amendments", "kind"})
"""What an amendment says of itself, not of the declaration it amends."""


def amended(original: Declaration, amendments: Iterable[Declaration]) -> Declaration:
    """Return a declaration after its amendments, the earliest first; its kind, type and own reference stay."""
    record = to_record(original)
    for amendment in amendments:
        change = {name: one for name, one in to_record(amendment).items() if name not in _OF_THE_DOCUMENT}
        record = _merged(record, change)
    return from_record(record)


def is_by_same_parties(original: Declaration, change: Declaration) -> bool:
    """Claim that whoever a change names as declarant, agent or exporter is named so in the declaration it changes."""
    return _answerable(change) <= _answerable(original)


def is_export(declaration: Declaration) -> bool:
    """Claim that it declares an export, itself or as a message about one (whose type code may say less)."""
    return declaration.kind in (DeclarationKind.EXPORT, DeclarationKind.OTHER)


def _answerable(declaration: Declaration) -> set[str]:
    parties = (declaration.declarant, declaration.agent, declaration.goods_shipment.exporter)
    return {party.id for party in parties if party is not None and party.id}


def _merged(earlier: Any, later: Any) -> Any:
    if isinstance(earlier, dict) and isinstance(later, dict):
        both = {name: _merged(earlier[name], later[name]) for name in earlier.keys() & later.keys()}
        return {**earlier, **later, **both}
    if _are_numbered(earlier) and _are_numbered(later):
        items = {one["sequence"]: one for one in earlier}
        for one in later:
            items[one["sequence"]] = _merged(items.get(one["sequence"], {}), one)
        return [items[sequence] for sequence in sorted(items)]
    return later


def _are_numbered(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and "sequence" in one for one in value)
