"""What the members of one JSON object say, and which of them nobody asked for: nothing is dropped unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from comity.features.declarations import json_values
from comity.features.declarations.json_values import Context, Steps
from comity.foundation.trade.identifiers import has_locode_form

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_COUNTRY = re.compile("[A-Z]{2}")
_DECIMAL = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?")


class Members:
    """An object of a message: each member is read once by its name; `rest` gives those that were not."""

    __slots__ = ("_asked", "_inner", "_told", "at", "context")

    def __init__(self, told: Any, at: Steps, context: Context) -> None:
        if not isinstance(told, Mapping):
            context.error(at, "value-form", "Expected an object; another kind of value came. Correct it.")
        self._told: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
        self._asked: set[str] = set()
        self._inner: list[Members] = []
        self.at = at
        self.context = context

    def __contains__(self, name: str) -> bool:
        return self._told.get(name) is not None

    def raw(self, name: str) -> Any:
        """Return a member as it came."""
        self._asked.add(name)
        return self._told.get(name)

    def text(self, *names: str) -> str | None:
        """Return the first of these members that is there, as text."""
        for name in names:
            value = self.raw(name)
            if value is not None:
                return json_values.text(value, (*self.at, name), self.context)
        return None

    def needed(self, name: str) -> str | None:
        """Return a text that the message must have."""
        self.require(name)
        return self.text(name)

    def require(self, name: str) -> None:
        """Note it as an error where a member is not there."""
        if self._told.get(name) is None:
            self.context.error((*self.at, name), "element-missing", f"Expected {name}; none came. Add it.")

    def one_of(self, name: str, known: Mapping[str, str]) -> str | None:
        """Return what a code of a closed list stands for."""
        found = self.text(name)
        if found is not None and found not in known:
            self.context.error(
                (*self.at, name), "code-unknown", f"Expected one of {', '.join(known)}; another code came."
            )
            return None
        return None if found is None else known[found]

    def country(self, name: str) -> str | None:
        """Return a country of two capital letters; another text is told and left out."""
        found = self.text(name)
        if found is not None and _COUNTRY.fullmatch(found) is None:
            self.context.warning(
                (*self.at, name), "country-form", "Expected two capital letters (ISO 3166-1); it is not kept."
            )
            return None
        return found

    def locode(self, name: str) -> str | None:
        """Return a place of the form of UN/LOCODE."""
        found = self.text(name)
        if found is not None and not has_locode_form(found):
            self.context.error(
                (*self.at, name), "locode-form", "Expected a UN/LOCODE of two letters and three letters or digits."
            )
            return None
        return found

    def instant(self, name: str) -> datetime | None:
        """Return an instant."""
        return json_values.instant(self.raw(name), (*self.at, name), self.context)

    def day(self, name: str) -> datetime | None:
        """Return a day as its first instant in UTC, or an instant where one came."""
        value = self.raw(name)
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return datetime.fromisoformat(value).replace(tzinfo=UTC)
            except ValueError:
                pass
        return json_values.instant(value, (*self.at, name), self.context)

    def number(self, name: str) -> Decimal | None:
        """Return a number; DCSA writes coordinates as text."""
        value = self.raw(name)
        if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
            return Decimal(value.strip())
        return json_values.number(value, (*self.at, name), self.context)

    def count(self, name: str) -> int | None:
        """Return a whole number."""
        found = self.number(name)
        if found is not None and found != found.to_integral_value():
            self.context.error((*self.at, name), "number-form", "Expected a whole number; another came. Correct it.")
            return None
        return None if found is None else int(found)

    def inner(self, name: str) -> Members | None:
        """Return an object within, or None where there is none."""
        value = self.raw(name)
        return None if value is None else self._within(value, (*self.at, name))

    def each(self, name: str) -> Iterator[Members]:
        """Yield the objects of a list within."""
        value = self.raw(name)
        if value is not None and not isinstance(value, list):
            self.context.error((*self.at, name), "value-form", "Expected a list; another kind of value came.")
            return
        for index, one in enumerate(value or ()):
            yield self._within(one, (*self.at, name, index))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; one text alone counts as a list of it."""
        value = self.raw(name)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        found = [json_values.text(one, (*self.at, name, index), self.context) for index, one in enumerate(listed)]
        return tuple(one for one in found if one is not None)

    def rest(self, prefix: str = "") -> Iterator[tuple[str, str]]:
        """Yield every member that nobody asked for, and those within, as pairs of a dotted name and a text."""
        for name, value in self._told.items():
            if name not in self._asked:
                yield from _flat(f"{prefix}{name}", value)
        for one in self._inner:
            names = ".".join(step for step in one.at[len(self.at) :] if isinstance(step, str))
            yield from one.rest(f"{prefix}{names}.")

    def _within(self, value: Any, at: Steps) -> Members:
        found = Members(value, at, self.context)
        self._inner.append(found)
        return found


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for inner, one in value.items():
            yield from _flat(f"{name}.{inner}", one)
    elif isinstance(value, list):
        for one in value:
            yield from _flat(name, one)
    elif value is not None:
        yield name, (str(value).lower() if isinstance(value, bool) else str(value))[: json_values.MAX_TEXT]
