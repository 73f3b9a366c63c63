"""Whether transit messages are judged without the schemas as the published schemas judge them.

The schemas decide. Messages are the published samples, and generated ones with every element or a draw of them, whole
and broken. The only difference allowed is what no schema says: that the root's name is the message type, and that a
message about a declaration names it.
"""

from __future__ import annotations

import random
from functools import cache

import pytest
from lxml import etree

from comity.features.declarations.formats.ncts_xml.grammar import grammar
from comity.features.declarations.formats.ncts_xml.read import tree_in
from comity.features.declarations.read import read_documents
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.features.declarations.schemas import Schemas
from comity.foundation.errors import Severity
from tests.builders.ncts import message, spoil
from tests.conformance import shared_data

BEYOND_THE_SCHEMA = "declarations.message-type-differs"
DRAWN = 60
"""Messages drawn for each type: 1320 in all take under 2 s."""


@cache
def schemas() -> Schemas:
    return Schemas(shared_data("ncts") / "schemas")


def errors_without_schema(content):
    (document,) = read_documents(content).documents
    return [one for one in document.findings if one.severity is Severity.ERROR]


def names_nothing(root, errors):
    return [one.path for one in errors] == [f"/{etree.QName(root).localname}/TransitOperation/MRN"] and (
        root.find("TransitOperation/MRN") is None
    )


@pytest.mark.parametrize("name", sorted(grammar().messages))
def test_a_message_with_every_element_keeps_its_schema_and_is_read(name):
    root = message(name)

    assert schemas().findings(root, limits=DEFAULT_LIMITS) == []
    assert errors_without_schema(etree.tostring(root)) == []


def test_whole_and_broken_messages_are_judged_as_their_schemas_judge_them():
    draw = random.Random(45)
    differing, valid = [], 0
    for name in sorted(grammar().messages):
        for _ in range(DRAWN):
            root = message(name, draw=draw)
            for _ in range(draw.choice((0, 1, 1, 2))):
                spoil(root, draw)
            root = etree.fromstring(etree.tostring(root))
            is_valid = not schemas().findings(root, limits=DEFAULT_LIMITS)
            errors = [one for one in errors_without_schema(etree.tostring(root)) if one.code != BEYOND_THE_SCHEMA]
            valid += is_valid
            if is_valid == bool(errors) and not (is_valid and names_nothing(root, errors)):
                differing.append((name, is_valid, errors[:2]))

    assert differing == []
    assert 0.2 * DRAWN * 22 < valid < 0.8 * DRAWN * 22


def test_the_published_messages_are_judged_as_their_schemas_judge_them():
    differing, judged = [], 0
    for path in sorted((shared_data("ncts") / "samples").iterdir()):
        reading = read_documents(path)
        tree = tree_in(path.read_bytes(), limits=DEFAULT_LIMITS)
        if reading.format != "ncts" or isinstance(tree, list):
            continue
        root, places = tree
        judged += 1
        is_valid = not schemas().findings(root, limits=DEFAULT_LIMITS, places=places)
        if is_valid != (reading.documents[0].document is not None):
            differing.append(path.name)

    assert differing == []
    assert judged >= 20
