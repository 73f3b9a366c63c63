"""What a message means: the rules of its mapping, applied to its segments group by group.

A mapping is a file of `messages/`, one for each message type. `[[structures]]` holds its segment tables, the newest
last; `until` is the last release a table is for. `[rules."group/group"]` holds what the segments of a group say about
one object: `makes` names the list of the object around it that gets one more for each group, `carries` means that the
group makes nothing and its values go to each object made below it, `again` names the segment that begins another
object when it is repeated, `use` takes in rules of `parts.toml`.

A rule is `"TAG+QUALIFIER" = "target reader"`. The tag is preceded by the triggers of groups inside the object's group
(`TDT/LOC`); qualifiers are the first component of the first and, after another `+`, of the second element, none for any
other; `|` stands between several of either. The target is a field of the value, dotted; `[]` adds to a list, `[+]`
completes the last one of it, `~` is put after a text that is there, `?` gives way to another value, `^` is a field of
the object read last; `-` is for segments that only count or separate.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from comity.features.declarations.formats.edifact.readers import READERS, Reader
from comity.features.declarations.formats.edifact.readers_goods import GOODS_READERS
from comity.features.declarations.formats.edifact.structure import Node, parse_structure
from comity.foundation.trade.trade_document import NAMES, TradeDocument

MESSAGE_TYPES = ("BAPLIE", "COARRI", "CUSCAR", "CUSDEC", "CUSRES", "IFTMIN", "PAXLST")
"""The message types that are mapped."""

_READERS = READERS | GOODS_READERS
_RELEASE = re.compile(r"([0-9]{2})([AB])?")


class Action(NamedTuple):
    """One thing to do with a segment: where its value goes and how it is read; no reader where nothing is carried."""

    target: tuple[str, ...]
    reader: Reader | None
    spec: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the segments of one group say about one object; `rules` are by key, then by qualifiers (`""` for any)."""

    path: str
    makes: tuple[str, ...]
    carries: bool
    again: str
    rules: Table[str, Table[str, tuple[Action, ...]]]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A message type's structures (with the last release each is for) and its rules by group."""

    name: str
    kind: type[TradeDocument]
    structures: tuple[tuple[tuple[int, str], Node], ...]
    scopes: Table[str, Scope]
    codes: Table[str, Table[str, str]]

    def structures_for(self, release: str) -> list[Node]:
        """Return the structures, the one of the release first, then the others from the newest on."""
        at = release_order(release)
        own = next((index for index, (until, _) in enumerate(self.structures) if at <= until), len(self.structures) - 1)
        others = [index for index in range(len(self.structures) - 1, -1, -1) if index != own]
        return [self.structures[index][1] for index in (own, *others)]


def release_order(release: str) -> tuple[int, str]:
    """Return what puts releases in order of time: 93A before 99B before 00A; an unknown one is taken as new."""
    found = _RELEASE.fullmatch(release.upper())
    if found is None:
        return (1980, "") if release in ("1", "2", "901", "902", "911", "912", "921", "932") else (9999, "")
    year = int(found[1])
    return (1900 + year if year > 80 else 2000 + year), found[2] or ""


@cache
def mapping_of(message_type: str) -> Mapping | None:
    """Return the mapping of a message type, or None where it has none."""
    if message_type not in MESSAGE_TYPES:
        return None
    told = _toml(f"{message_type.lower()}.toml")
    parts = _toml("parts.toml")
    structures = tuple(
        (release_order(one["until"]) if "until" in one else (9999, "Z"), parse_structure(one["table"]))
        for one in told["structures"]
    )
    scopes = {path: _scope(path, rules, parts) for path, rules in told["rules"].items()}
    codes = {**parts["codes"], **told.get("codes", {})}
    return Mapping(message_type, NAMES[told["value"]], structures, scopes, codes)


def _toml(name: str) -> dict[str, Any]:
    folder = files("comity.features.declarations.formats.edifact") / "messages"
    return tomllib.loads((folder / name).read_text(encoding="utf-8"))


def written_rules(message_type: str) -> dict[str, dict[str, list[str]]]:
    """Return the rules of a message type as they are written, by group, those of `parts.toml` taken in."""
    told, parts = _toml(f"{message_type.lower()}.toml"), _toml("parts.toml")
    return {path: _written(rules, parts) for path, rules in told["rules"].items()}


def _written(told: dict[str, Any], parts: dict[str, Any]) -> dict[str, list[str]]:
    written: dict[str, Any] = {}
    for name in told.get("use", ()):
        written |= parts[name]
    written |= {key: rule for key, rule in told.items() if key not in ("use", "makes", "carries", "again")}
    return {key: [rule] if isinstance(rule, str) else rule for key, rule in written.items()}


def _scope(path: str, told: dict[str, Any], parts: dict[str, Any]) -> Scope:
    rules: dict[str, dict[str, tuple[Action, ...]]] = {}
    for key, written in _written(told, parts).items():
        tags, *qualifiers = key.split("+")
        actions = tuple(_action(one) for one in written)
        for way in tags.split("|"):
            by_qualifier = rules.setdefault(way, {})
            for name in _spread(qualifiers):
                by_qualifier[name] = actions
    makes = tuple(told["makes"].split(".")) if "makes" in told else ()
    return Scope(path, makes, bool(told.get("carries")), told.get("again", ""), rules)


def _spread(qualifiers: list[str]) -> list[str]:
    if not qualifiers:
        return [""]
    firsts = qualifiers[0].split("|")
    if len(qualifiers) == 1:
        return firsts
    return [f"{first}+{second}" for first in firsts for second in qualifiers[1].split("|")]


def _action(rule: str) -> Action:
    target, _, reader = rule.partition(" ")
    if target == "-":
        return Action((), None)
    name, _, spec = reader.partition("@")
    name, _, table = name.partition(":")
    return Action(tuple(target.split(".")), _READERS[name], f"{table}@{spec}" if table else spec)
