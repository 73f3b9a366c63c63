"""Transit declarations are written as the messages they were read from, and nothing is written that is none."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from lxml import etree

from comity.features.declarations.errors import NotWritable
from comity.features.declarations.formats.ncts_xml.write import write_ncts, write_ncts_json
from comity.features.declarations.read import read_documents
from comity.foundation.trade.declaration import Commodity, DeclarationKind, GoodsItem, GoodsShipment, Packaging
from tests.builders.ncts import message

WRITTEN = ("CC013C", "CC014C", "CC015C", "CC170C")


def read(content):
    (document,) = read_documents(content).documents
    return document.declaration


def accepted(name, number):
    """Return what messages of a type say: one with every element, and some with a draw of them."""
    draw = random.Random(number)
    drawn = [message(name), *(message(name, draw=draw) for _ in range(number))]
    return [found for found in map(read, map(etree.tostring, drawn)) if found is not None]


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_reads_as_the_same_declaration_in_xml_and_json(name):
    declarations = accepted(name, 25)

    assert len(declarations) > 10
    assert [read(write_ncts(one)) for one in declarations] == declarations
    assert [read(write_ncts_json(one)) for one in declarations] == declarations


def test_goods_that_no_house_consignment_holds_are_written_in_one():
    declaration = read(etree.tostring(message("CC015C", most=1)))
    item = GoodsItem(sequence=1, commodity=Commodity("847130", "Example laptops"), packaging=(Packaging("CT", 1),))
    bare = replace(
        declaration,
        goods_shipment=GoodsShipment(items=(replace(item, gross_mass_kg=declaration.total_gross_mass_kg),)),
        transit=replace(declaration.transit, house_consignments=()),
    )

    written = read(write_ncts(replace(bare)))

    assert [house.items for house in written.transit.house_consignments] == [(1,)]
    assert written.goods_shipment.items[0].commodity.hs6 == "847130"


def test_a_declaration_of_another_kind_or_without_what_must_be_told_is_not_written():
    declaration = read(etree.tostring(message("CC015C")))

    with pytest.raises(NotWritable, match="transit"):
        write_ncts(replace(declaration, kind=DeclarationKind.IMPORT))
    with pytest.raises(NotWritable) as refused:
        write_ncts(replace(declaration, functional_reference_id=None))

    assert "/CC015C/TransitOperation/LRN" in [one.path for one in refused.value.findings]
