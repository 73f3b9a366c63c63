"""Which group of a message each segment belongs to, and which segments are unexpected, missing or repeated.

A structure is written as one line, after the segment tables of the UN/EDIFACT directories (Part 4 of the UNTDID):
`TAG!*9` is a mandatory segment that may come nine times, `name(TAG …)*99` a group with its trigger segment first (its
name is the trigger's tag where none is given), `GIS/GEI` one segment under the tags of two directories, `LOC:147` only
one qualifier, `LOC:^147` every other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from comity.features.declarations.formats.edifact.message import Message, part
from comity.foundation.errors import Finding, Severity

_TOKEN = re.compile(r"([a-z_]*)\(|(\))(!?)(?:\*(\d+))?|([A-Z0-9/]+)(?::(\^?)([A-Z0-9|]+))?(!?)(?:\*(\d+))?|\s+")


Placed = tuple["Node", bool]
"""Where a segment belongs: its group, and whether it begins the group. One pair of each kind for a group is shared."""


@dataclass(slots=True)
class Node:
    """A place in a structure: a segment, or a group when it has children; the first child is then its trigger.

    `path` names the groups around it (`consignment/goods`), a group's own included.
    """

    tags: tuple[str, ...] = ()
    qualifiers: frozenset[str] = frozenset()
    is_excluding: bool = False
    is_mandatory: bool = False
    maximum: int = 1
    name: str = ""
    path: str = ""
    children: list[Node] = field(default_factory=list)
    member: Placed = field(init=False, repr=False, compare=False)
    trigger: Placed = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.member, self.trigger = (self, False), (self, True)

    def admits(self, tag: str, qualifier: str) -> bool:
        """Claim that a segment with this tag and first qualifier may stand here, or begin the group."""
        first = self.children[0] if self.children else self
        return tag in first.tags and (not first.qualifiers or (qualifier in first.qualifiers) != first.is_excluding)


def parse_structure(text: str) -> Node:
    """Return the root group of a written structure.

    Raises:
        ValueError: the text is no structure.
    """
    stack = [Node()]
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise ValueError(f"no structure at {text[position : position + 20]!r}")
        position = token.end()
        name, close, close_mandatory, close_most, tags, excluding, qualifiers, mandatory, most = token.groups()
        if name is not None:
            stack.append(Node(name=name))
        elif close:
            group = stack.pop()
            group.is_mandatory, group.maximum = bool(close_mandatory), int(close_most or 1)
            group.name = group.name or group.children[0].tags[0]
            stack[-1].children.append(group)
        elif tags:
            stack[-1].children.append(
                Node(
                    tags=tuple(tags.split("/")),
                    qualifiers=frozenset((qualifiers or "").split("|")) - {""},
                    is_excluding=bool(excluding),
                    is_mandatory=bool(mandatory),
                    maximum=int(most or 1),
                )
            )
    (root,) = stack
    _name_paths(root, "")
    return root


def _name_paths(group: Node, path: str) -> None:
    group.path = path
    for child in group.children:
        if child.children:
            _name_paths(child, f"{path}/{child.name}".lstrip("/"))


@dataclass(slots=True)
class _Open:
    """A group that is being filled: where in it the last segment stood, and how often that place was used."""

    group: Node
    at: int = 0
    used: int = 0


def assign(message: Message, root: Node, findings: list[Finding], *, limit: int) -> list[Placed | None]:
    """Return where each segment of the message belongs, one for each; None for UNH, UNT and those that are unexpected.

    What is unexpected, missing or repeated is added to `findings`, up to a limit.
    """
    walk = _Walk(message, root, findings, limit)
    separators = message.separators
    placed = [
        None
        if segment[0] in ("UNH", "UNT") or segment[0].startswith("US")
        else walk.place(segment[0], part(segment, 1, 0, separators), index)
        for index, segment in enumerate(message.segments)
    ]
    walk.finish()
    return placed


def _position(frame: _Open, tag: str, qualifier: str) -> tuple[int | None, bool]:
    """Return where in an open group a segment may stand next, and whether that place has been used up."""
    children = frame.group.children
    used_up: int | None = None
    for position in range(frame.at, len(children)):
        if not children[position].admits(tag, qualifier):
            continue
        if position > frame.at or frame.used < children[position].maximum:
            return position, False
        is_trigger = position == 0 and bool(frame.group.name)
        used_up = None if is_trigger else position
    return used_up, True


class _Walk:
    """Goes through a structure with the segments: the groups open at this moment, the innermost last."""

    __slots__ = ("_findings", "_limit", "_message", "_open", "_unexpected")

    def __init__(self, message: Message, root: Node, findings: list[Finding], limit: int) -> None:
        self._message = message
        self._findings = findings
        self._limit = limit
        self._open = [_Open(root)]
        self._unexpected = -1

    def place(self, tag: str, qualifier: str, index: int) -> Placed | None:
        """Return where the segment belongs, opening and closing groups, or None where it is unexpected."""
        used_up: tuple[int, int] | None = None
        for depth in range(len(self._open) - 1, -1, -1):
            position, is_used_up = _position(self._open[depth], tag, qualifier)
            if position is None:
                continue
            if not is_used_up:
                self._close_to(depth, index)
                return self._enter(self._open[depth], position, index)
            used_up = used_up or (depth, position)
        if used_up is not None:
            depth, position = used_up
            self._close_to(depth, index)
            return self._enter(self._open[depth], position, index)
        if index != self._unexpected + 1:
            self._report(
                "segment-unexpected",
                index,
                "Expected a segment the message's structure has at this place; another came, perhaps with others of its"
                " kind after it. Correct the order, or the message's release in UNH.",
            )
        self._unexpected = index
        return None

    def _enter(self, frame: _Open, position: int, index: int) -> Placed:
        node = frame.group.children[position]
        self._skip_to(frame, position, index)
        frame.used += 1
        if frame.used == node.maximum + 1:
            self._report(
                "segment-repeated",
                index,
                f"Expected {node.name or node.tags[0]} at most {node.maximum} times here; more came and were read.",
                Severity.WARNING,
            )
        if not node.children:
            return frame.group.member
        self._open.append(_Open(node, used=1))
        return node.trigger

    def _skip_to(self, frame: _Open, position: int, index: int) -> None:
        """Move on to a later place of the group; mandatory places passed over are missing."""
        if position == frame.at:
            return
        for passed in range(frame.at, position):
            node = frame.group.children[passed]
            if node.is_mandatory and not (passed == frame.at and frame.used):
                self._missing(node, index)
        frame.at, frame.used = position, 0

    def _close_to(self, depth: int, index: int) -> None:
        while len(self._open) > depth + 1:
            frame = self._open.pop()
            self._skip_to(frame, len(frame.group.children), index)

    def finish(self) -> None:
        """Report what is missing at the message's end."""
        end = len(self._message.segments) - 1
        self._close_to(0, end)
        self._skip_to(self._open[0], len(self._open[0].group.children), end)

    def _missing(self, node: Node, index: int) -> None:
        tag = (node.children[0] if node.children else node).tags[0]
        self._report(
            "segment-missing", index, f"Expected the mandatory segment {tag} before this one; it is missing. Add it."
        )

    def _report(self, code: str, index: int, message: str, severity: Severity = Severity.ERROR) -> None:
        if len(self._findings) <= self._limit:
            place = self._message.place(index)
            self._findings.append(Finding(f"declarations.edifact-{code}", place, message, severity))
