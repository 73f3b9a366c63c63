"""Which of several packs for the same rule apply to a message: by its day, by what it leaves out, by its folder.

The choice is configuration, in the form of `variants.toml`: a folder of packs may hold its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Any

from comity.features.declarations.rule_packs.errors import ExpressionRefused, RulePacksRefused
from comity.features.declarations.rule_packs.message import MessageElement
from comity.features.declarations.rule_packs.paths import parse_path
from comity.foundation.errors import Finding

FILE_NAME = "variants.toml"
MAX_BYTES = 64 * 1024
"""Size of the file; a guess with room."""

_KEYS = frozenset({"source", "valid_from", "code", "drawn_up", "messages", "variants"})
_VARIANT_KEYS = frozenset({"takes_the_place", "from", "until", "when_absent", "folders"})


@dataclass(frozen=True, slots=True)
class Variant:
    """Packs whose name ends in `_<name>`, and when they apply; with no condition, always.

    `takes_the_place` of the pack without the ending, else they apply beside it. `when_absent` holds lists of paths: a
    message without any of a list's elements is of the variant.
    """

    name: str
    takes_the_place: bool
    first_day: date | None
    last_day: date | None
    when_absent: tuple[tuple[tuple[str, ...], ...], ...]
    folders: tuple[str, ...]

    def applies(self, message: MessageElement, *, day: date, folder: str) -> bool:
        """Claim that the variant applies to a message drawn up on `day`, found in a folder of that name."""
        if any(fnmatchcase(folder, pattern) for pattern in self.folders):
            return True
        if any(not any(message.below(path) for path in paths) for paths in self.when_absent):
            return True
        is_of_the_days = (self.first_day is None or day >= self.first_day) and (
            self.last_day is None or day <= self.last_day
        )
        has_days = self.first_day is not None or self.last_day is not None
        return is_of_the_days if has_days else not (self.folders or self.when_absent)


@dataclass(frozen=True, slots=True)
class Variants:
    """The choice of packs: messages by local name with their name in locations, days, variants by name."""

    code: str
    drawn_up: tuple[tuple[str, ...], ...]
    messages: Mapping[str, str]
    variants: Mapping[str, Variant]

    def split(self, pack: str) -> tuple[str, Variant | None]:
        """Return the name of a pack without the ending of a variant, and that variant."""
        for variant in self.variants.values():
            if pack.endswith(f"_{variant.name}"):
                return pack.removesuffix(f"_{variant.name}"), variant
        return pack, None

    def active(self, message: MessageElement, *, today: date, folder: str, schema: str | None) -> frozenset[str]:
        """Return the variants that apply to a message in a folder of that name.

        Where one schema alone holds, the ending of its name (`…-New`) says of which of two versions the message is.
        """
        day = self._day_of(message, today)
        return frozenset(
            name
            for name, variant in self.variants.items()
            if (
                variant.applies(message, day=day, folder=folder)
                if schema is None or not variant.takes_the_place
                else schema.endswith(name)
            )
        )

    def _day_of(self, message: MessageElement, today: date) -> date:
        """Return the day a message was drawn up, or today where it does not say."""
        for path in self.drawn_up:
            for element in message.below(path):
                text = element.text.strip()[:8]
                if text.isascii() and text.isdigit():
                    try:
                        return date(int(text[:4]), int(text[4:6]), int(text[6:8] or "0"))
                    except ValueError:
                        continue
        return today


def read_variants(folder: Path, *, chosen: Path | None = None) -> Variants:
    """Return the choice that holds for a folder of packs: the `chosen` file, its own, else what is shipped.

    Raises:
        RulePacksRefused: the file is not of the form of the one that is shipped.
    """
    own = folder / FILE_NAME if chosen is None else chosen
    try:
        if chosen is not None or own.is_file():
            content = own.read_bytes() if own.stat().st_size <= MAX_BYTES else b""
        else:
            content = files("comity.features.declarations.rule_packs").joinpath(FILE_NAME).read_bytes()
        return _parsed(tomllib.loads(content.decode("utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ExpressionRefused) as error:
        message = f"Expected the form that docs/operate/rule-packs.md shows ({type(error).__name__}). Correct it."
        raise RulePacksRefused([Finding("rule-packs.variants", own.name, message)]) from error


def _parsed(content: dict[str, Any]) -> Variants:
    _expect_known(content, _KEYS)
    messages = {str(name): str(shown) for name, shown in content["messages"].items()}
    variants = {name: _variant(name, told) for name, told in content.get("variants", {}).items()}
    return Variants(str(content["code"]), _paths(content.get("drawn_up", [])), messages, variants)


def _variant(name: str, told: dict[str, Any]) -> Variant:
    _expect_known(told, _VARIANT_KEYS)
    if not isinstance(told["takes_the_place"], bool):
        raise TypeError("takes_the_place is true or false")
    return Variant(
        name,
        told["takes_the_place"],
        _day(told.get("from")),
        _day(told.get("until")),
        tuple(_paths(paths) for paths in told.get("when_absent", [])),
        tuple(str(pattern) for pattern in told.get("folders", [])),
    )


def _day(value: object) -> date | None:
    if value is not None and type(value) is not date:
        raise TypeError("a day is written without quotes, as 2024-10-31")
    return value


def _paths(texts: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(parse_path(text, depth=0).down for text in texts)


def _expect_known(content: dict[str, Any], keys: frozenset[str]) -> None:
    if not set(content) <= keys:
        raise ValueError("a key that is not known")
