"""Whether the largest declaration the data model allows is read within bounds of memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

from comity.features.declarations.formats.wco_xml.write import write_wco_xml
from comity.features.declarations.read import read_documents
from comity.foundation.trade.documents import AdditionalInformation
from tests.builders.declarations import a_declaration, with_shipment


def test_reads_999_items_in_16_mib_within_100_mib():
    statements = tuple(AdditionalInformation(code=f"{n:05}", description="For example " * 40) for n in range(25))
    declaration = a_declaration(999)
    items = tuple(replace(item, additional_information=statements) for item in declaration.goods_shipment.items)
    content = write_wco_xml(with_shipment(declaration, items=items))
    assert 14 * 2**20 < len(content) <= 16 * 2**20

    tracemalloc.start()
    (document,) = read_documents(content).documents
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(document.declaration.goods_shipment.items) == 999
    assert peak_bytes < 100 * 2**20
