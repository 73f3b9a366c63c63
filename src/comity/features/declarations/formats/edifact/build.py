"""Which value a message makes: its segments put into groups, the rules applied, the result checked against the trade.

What no rule carries is said once for each segment and qualifier; it stays in the original, whose hash is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

from comity.features.declarations.canonical import read_record
from comity.features.declarations.errors import RecordInvalid
from comity.features.declarations.formats.edifact.complete import COMPLETE
from comity.features.declarations.formats.edifact.elements import Context, Unreadable
from comity.features.declarations.formats.edifact.mapping import Action, Mapping, Scope
from comity.features.declarations.formats.edifact.message import Message, Segment, part
from comity.features.declarations.formats.edifact.structure import Node, Placed, assign
from comity.features.declarations.reading import Limits, is_refused
from comity.foundation.errors import Finding, Severity
from comity.foundation.trade.trade_document import TradeDocument

Record = dict[str, Any]

QUALIFIED = re.compile(
    "ALC|ATT|CNT|CUX|DGS|DIM|DOC|DTM|EQD|ERP|FTX|GEI|GIS|HAN|LOC|MEA|MOA|NAD|NAT|PIA|QTY|RFF|RNG|TAX|TDT|TMP|TOD"
)
"""Segments whose first element is a code that says what they are about; in others it may be a value: it is not told."""

_CODE = re.compile("[A-Z0-9]{1,3}")


def value_of(message: Message, mapping: Mapping, *, limits: Limits) -> tuple[TradeDocument | None, list[Finding]]:
    """Return the value of a message and what there is to say of it; no value where anything is an error.

    The message's segments are given up on the way: they and the value are not both in memory.
    """
    placed, findings = _placed(message, mapping, limits)
    builder = _Builder(message, mapping, findings, limits.max_findings)
    for at, one in enumerate(placed):
        if one is not None:
            builder.take(message.segments[at], at, *one)
    record = builder.finish()
    del placed, builder
    message.segments.clear()
    if is_refused(findings):
        return None, findings
    try:
        return read_record(record, mapping.kind), findings
    except RecordInvalid as error:
        place = f"message {message.number}{(error.path or '').removeprefix('$')}"
        findings.append(Finding("declarations.edifact-value", place, error.message))
        return None, findings


def _placed(message: Message, mapping: Mapping, limits: Limits) -> tuple[list[Placed | None], list[Finding]]:
    """Put the segments into groups by the structure of the message's release, or by another where only that fits."""
    own: tuple[list[Placed | None], list[Finding]] = [], []
    for tried, structure in enumerate(mapping.structures_for(message.release)):
        findings: list[Finding] = []
        placed = assign(message, structure, findings, limit=limits.max_findings)
        if not is_refused(findings):
            if tried:
                what = f"Expected the structure of the release in UNH ({mapping.name}); that of another release fits."
                findings.append(Finding("declarations.edifact-release", message.place(0), what, Severity.WARNING))
            return placed, findings
        own = own if tried else (placed, findings)
    return own


class _Builder:
    """Collects the record of one message, object by object."""

    def __init__(self, message: Message, mapping: Mapping, findings: list[Finding], limit: int) -> None:
        self._message = message
        self._mapping = mapping
        self._findings = findings
        self._limit = limit
        prepared = message.interchange.prepared
        year = 2000 + int(prepared[:2]) if prepared[:2].isdecimal() and len(prepared) < 11 else None
        self._context = Context(message.separators, mapping.codes, year)
        self._record: Record = {}
        self._weak: list[tuple[Record, tuple[str, ...], Any]] = []
        self._current: dict[str, Record] = {"": self._record}
        self._places: dict[int, tuple[Scope, str]] = {}
        self._last: Record = {}
        self._left_out: Counter[str] = Counter()
        self._first_left_out: dict[str, int] = {}

    def take(self, segment: Segment, at: int, group: Node, is_trigger: bool) -> None:  # noqa: FBT001 - see Placed
        """Take in one segment: begin an object where its group makes one, then apply the rules."""
        scope, around = self._scope_of(group)
        tag = segment[0]
        if is_trigger:
            if not around and group.path == scope.path:
                self._begin(scope)
            around = around.rpartition("/")[0]
        actions = self._actions(scope, f"{around}/{tag}" if around else tag, segment)
        if actions is None:
            self._leave_out(segment, at)
            return
        if tag == scope.again and actions[0].target[0] in self._current[scope.path]:
            self._begin_again(scope)
        for action in actions:
            self._apply(action, self._current[scope.path], segment, at)
        if actions[0].reader is not None:
            for element in self._context.unread(segment):
                self._leave_out(segment, at, element)

    def _scope_of(self, group: Node) -> tuple[Scope, str]:
        """Return the scope a group belongs to, and the way from the scope's group to it."""
        found = self._places.get(id(group))
        if found is None:
            scopes, path = self._mapping.scopes, group.path
            while path not in scopes:
                path = path.rpartition("/")[0]
            found = self._places[id(group)] = (scopes[path], group.path[len(path) :].lstrip("/"))
        return found

    def _begin(self, scope: Scope) -> None:
        around, carried = self._around(scope.path)
        if scope.carries:
            self._current[scope.path] = dict(carried)
        elif scope.makes:
            made = dict(carried)
            _list_at(around, scope.makes).append(made)
            self._current[scope.path] = made
        else:
            self._current[scope.path] = around

    def _begin_again(self, scope: Scope) -> None:
        """Begin another object with what the one before it had from the group's trigger alone."""
        listed = _list_at(self._around(scope.path)[0], scope.makes)
        first = {name: value for name, value in self._current[scope.path].items() if name == "pointers"}
        listed.append(first)
        self._current[scope.path] = first

    def _around(self, path: str) -> tuple[Record, Record]:
        """Return the object around a scope, and what scopes that only carry say for it."""
        carried: Record = {}
        while path:
            path = path.rpartition("/")[0]
            scope = self._mapping.scopes.get(path)
            if scope is None or path not in self._current:
                continue
            if not scope.carries:
                return self._current[path], carried
            carried = self._current[path] | carried
        return self._record, carried

    def _actions(self, scope: Scope, key: str, segment: Segment) -> tuple[Action, ...] | None:
        by_qualifier = scope.rules.get(key)
        if by_qualifier is None:
            return None
        every = by_qualifier.get("")
        if every is not None and len(by_qualifier) == 1:
            return every
        first = self._context.part(segment, 1)
        second = f"{first}+{self._context.part(segment, 2)}"
        return by_qualifier.get(second) or by_qualifier.get(first) or every

    def _apply(self, action: Action, into: Record, segment: Segment, at: int) -> None:
        if action.reader is None:
            return
        try:
            value = action.reader(segment, action.spec, self._context)
        except Unreadable as error:
            self._find(error.code, at, f"{error.expected} Correct it.", Severity.ERROR)
            return
        if value is None or value == {}:
            return
        target = action.target
        if target[0].startswith("^"):
            into, target = self._last, (target[0][1:], *target[1:])
        elif isinstance(value, dict):
            self._last = value
        if target[-1].endswith("?"):
            self._weak.append((into, target, value))
        elif not _put(into, target, value):
            self._leave_out(segment, at)

    def _leave_out(self, segment: Segment, at: int, element: int = 0) -> None:
        qualifier = part(segment, 1, 0, self._message.separators)
        is_code = QUALIFIED.fullmatch(segment[0]) and _CODE.fullmatch(qualifier)
        name = f"{segment[0]}+{qualifier}" if is_code else segment[0]
        name += f", element {element}" if element else ""
        self._left_out[name] += 1
        self._first_left_out.setdefault(name, at)

    def finish(self) -> Record:
        """Return the record, and say what was left out."""
        for into, target, value in self._weak:
            _put(into, (*target[:-1], target[-1].removesuffix("?")), value)
        complete = COMPLETE.get(self._mapping.name)
        if complete is not None:
            complete(self._record, self._message)
        for name, count in self._left_out.items():
            times = "once" if count == 1 else f"{count} times"
            what = f"{name} ({times}) is not kept as a value; it stays in the original, whose hash is kept."
            self._find("edifact-segment-not-mapped", self._first_left_out[name], f"{what} Nothing to do.")
        return self._record

    def _find(self, code: str, index: int, message: str, severity: Severity = Severity.WARNING) -> None:
        if len(self._findings) <= self._limit:
            self._findings.append(Finding(f"declarations.{code}", self._message.place(index), message, severity))


def _list_at(record: Record, path: tuple[str, ...]) -> list[Any]:
    """Return the list at a path, made where it is not there."""
    holder = _holder(record, path)
    return holder.setdefault(path[-1], [])  # type: ignore[no-any-return]


def _holder(record: Record, path: tuple[str, ...]) -> Record:
    """Return the object that holds the last field of a path; a digit picks from a list, made where it is not there."""
    for step, following in pairwise(path):
        if step.isdecimal():
            continue
        if following.isdecimal():
            listed = record.setdefault(step, [])
            while len(listed) <= int(following):
                listed.append({})
            record = listed[int(following)]
        else:
            record = record.setdefault(step, {})
    return record


def _put(record: Record, target: tuple[str, ...], value: Any) -> bool:
    """Put a value at its place; False where another value stands there already."""
    holder, name = _holder(record, target), target[-1]
    if name.endswith("[]"):
        holder.setdefault(name[:-2], []).append(value)
    elif name.endswith("[+]"):
        listed = holder.setdefault(name[:-3], [])
        if listed and not set(listed[-1]) & set(value):
            listed[-1].update(value)
        else:
            listed.append(value)
    elif name.endswith("~"):
        holder[name[:-1]] = f"{holder[name[:-1]]} {value}" if name[:-1] in holder else value
    elif name not in holder:
        holder[name] = value
    else:
        return bool(holder[name] == value)
    return True
