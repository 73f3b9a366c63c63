"""The files of message types are sound: every rule has its group, its reader and a field, and the page shows them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from comity.features.declarations.formats.edifact.mapping import MESSAGE_TYPES, mapping_of, release_order
from comity.features.declarations.formats.edifact.message import Interchange, Message
from comity.features.declarations.formats.edifact.readers import READERS
from comity.features.declarations.formats.edifact.readers_goods import GOODS_READERS
from comity.features.declarations.formats.edifact.reference import rules_page
from comity.features.declarations.formats.edifact.separators import LEVEL_A
from comity.features.declarations.formats.edifact.structure import assign, parse_structure
from comity.foundation.errors import Finding

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "edifact-rules.md"
COMPLETED = {"step", "loading_place", "unloading_place", "position"}
"""What the rules of COARRI note for the report as a whole; the events get it when the message is complete."""


def dataclass_in(hint):
    if isinstance(hint, type) and is_dataclass(hint):
        return hint
    return next((found for found in map(dataclass_in, get_args(hint)) if found is not None), None)


def holder_of(kind, path):
    """Return the dataclass that a dotted path leads into."""
    for step in path:
        if not step.isdecimal():
            kind = dataclass_in(get_type_hints(kind)[step.rstrip("[]?+~")])
    return kind


def made_by(mapping, path):
    """Return the dataclass whose fields the rules of a group name."""
    scope, around = mapping.scopes[path], path
    if scope.carries:
        below = next(other for other in mapping.scopes if other.startswith(f"{path}/") and mapping.scopes[other].makes)
        return made_by(mapping, below)
    if not scope.makes:
        return mapping.kind
    while around:
        around = around.rpartition("/")[0]
        if around in mapping.scopes and not mapping.scopes[around].carries:
            break
    return holder_of(made_by(mapping, around), scope.makes)


def groups_in(node):
    found = {node.path}
    for child in node.children:
        if child.children:
            found |= groups_in(child)
    return found


@pytest.mark.parametrize("message_type", MESSAGE_TYPES)
def test_every_rule_leads_to_a_field_of_the_value(message_type):
    mapping = mapping_of(message_type)

    for path, scope in mapping.scopes.items():
        kind = made_by(mapping, path)
        for key, by_qualifier in scope.rules.items():
            for action in (action for actions in by_qualifier.values() for action in actions):
                if action.reader is None or action.target[0].startswith("^"):
                    continue
                names = {field.name for field in fields(holder_of(kind, action.target[:-1]))}
                assert action.target[-1].rstrip("[]?+~") in names | COMPLETED, (path, key, action.target)


@pytest.mark.parametrize("message_type", MESSAGE_TYPES)
def test_every_group_with_rules_is_in_a_structure(message_type):
    mapping = mapping_of(message_type)
    groups = set().union(*(groups_in(structure) for _, structure in mapping.structures))

    assert set(mapping.scopes) <= groups


def test_the_page_shows_the_rules():
    assert PAGE.read_text(encoding="utf-8") == rules_page()


def test_releases_are_in_the_order_of_time():
    assert sorted(["00A", "21B", "93A", "99B", "96B", "01A"], key=release_order) == [
        "93A",
        "96B",
        "99B",
        "00A",
        "01A",
        "21B",
    ]
    assert release_order("921") < release_order("93A") < release_order("unknown")


def placed(structure, *tags):
    message = Message(1, Interchange(), LEVEL_A, segments=[tag.split("+") for tag in tags])
    findings: list[Finding] = []
    found = assign(message, parse_structure(structure), findings, limit=99)
    return [one[0].path for one in found if one is not None], [finding.code.rpartition("-")[2] for finding in findings]


@pytest.mark.parametrize(
    ("structure", "tags", "paths", "faults"),
    [
        ("A! (B C*2)*9 D", "A B C C B D", ["", "B", "B", "B", "B", ""], []),
        ("A! (B C)*2", "A B B B", ["", "B", "B", "B"], ["repeated"]),
        ("A! B! C", "A C", ["", ""], ["missing"]),
        ("A! (B C!)*9", "A B B C", ["", "B", "B", "B"], ["missing"]),
        ("A B C", "A X X B", ["", ""], ["unexpected"]),
        ("A (B (C D)*9 E)*9", "A B C D C E B", ["", "B", "B/C", "B/C", "B/C", "B", "B"], []),
        ("x(L:1 L:^1*9)*9", "L+1 L+2 L+3 L+1 L+2", ["x"] * 5, []),
        ("A (G/H I)*9", "A H I G", ["", "G", "G", "G"], []),
        ("A A", "A A A", ["", "", ""], ["repeated"]),
    ],
)
def test_segments_are_put_into_groups(structure, tags, paths, faults):
    tagged = structure
    for letter in "ABCDEGHILX":
        tagged = _three(tagged, letter)

    assert placed(tagged, *(three + rest for three, rest in ((one[0] * 3, one[1:]) for one in tags.split()))) == (
        ["/".join(step if step == "x" else step * 3 for step in path.split("/")) if path else "" for path in paths],
        faults,
    )


def _three(text, letter):
    return "".join(letter * 3 if one == letter else one for one in text)


def test_a_text_that_is_no_structure_is_refused():
    with pytest.raises(ValueError, match="no structure"):
        parse_structure("BGM! ???")


def test_every_reader_is_used_by_a_rule():
    used = {
        action.reader
        for message_type in MESSAGE_TYPES
        for scope in mapping_of(message_type).scopes.values()
        for by_qualifier in scope.rules.values()
        for actions in by_qualifier.values()
        for action in actions
    }

    assert {*READERS.values(), *GOODS_READERS.values()} <= used
