"""How do the rows of a list become its entries? One code once on a day; names in several languages under one code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from comity.features.codes.entries import CodeEntry, Remarks

_LANGUAGES = ("language", "languagecode", "lang")
_PREFERRED = ("EN", "FR")


def assembled(rows: Iterable[tuple[CodeEntry, str]], remarks: Remarks) -> tuple[CodeEntry, ...]:
    """Return the entries of a list from its rows, each with its place in the file.

    The same code twice in one language on overlapping days is told, and the first row counts.
    """
    found: dict[str, list[CodeEntry]] = {}
    for entry, place in rows:
        if entry.valid_from is not None and entry.valid_to is not None and entry.valid_from > entry.valid_to:
            remarks.error("days-reversed", place, "Expected the first day not to be after the last. Correct the dates.")
            continue
        same = found.get(entry.code)
        if same is None:
            found[entry.code] = [entry]
            continue
        position = _position_of_same(same, entry)
        if position is None:
            same.append(entry)
        elif _language(entry) != _language(same[position]):
            same[position] = _with_language(same[position], entry)
        elif (entry.name, entry.attributes) != (same[position].name, same[position].attributes):
            remarks.warning(
                "code-repeated",
                place,
                "This code came before in the list with another name or other remarks; the first row counts."
                " Correct one of them.",
            )
    return tuple(entry for entries in found.values() for entry in entries)


def _position_of_same(same: list[CodeEntry], entry: CodeEntry) -> int | None:
    """Return which of the entries of a code overlaps with this one in its days."""
    for position, other in enumerate(same):
        starts_later = (entry.valid_from or date.min) > (other.valid_to or date.max)
        ends_earlier = (entry.valid_to or date.max) < (other.valid_from or date.min)
        if not starts_later and not ends_earlier:
            return position
    return None


def _language(entry: CodeEntry) -> str:
    for name, value in (entry.attributes or {}).items():
        if name.casefold().replace("_", "") in _LANGUAGES and isinstance(value, str):
            return value.upper()
    return ""


def _with_language(kept: CodeEntry, other: CodeEntry) -> CodeEntry:
    """Return the entry with one more name; its own name is the English one, else the French, else the first."""
    names = dict((kept.attributes or {}).get("names") or {_language(kept): kept.name})
    names[_language(other)] = other.name
    chosen = next((language for language in _PREFERRED if language in names), _language(kept))
    return kept._replace(
        name=names[chosen],
        attributes={**(kept.attributes or {}), "names": dict(sorted(names.items()))},
    )
