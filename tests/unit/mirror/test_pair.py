"""Pairing finds the mirror image by keys or by evidence, and never uses an export twice."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.mirror.pair import pair
from tests.unit.mirror.records import export, line, mirror_image, with_lines, without_keys


def only(pairs):
    assert len(pairs) == 1
    return pairs[0]


def test_pairs_on_the_cited_export_mrn():
    sent = export()

    found = only(pair([mirror_image(sent, ucrs=(), containers=(), transport_documents=())], [sent]))

    assert (found.key, found.import_ids, found.export_ids) == ("mrn", ("import-00001",), ("export-00001",))
    assert found.probability > 0.999
    assert found.reasons[0].message_id == "mirror.reason.mrn-cited"


def test_reads_a_cited_mrn_whatever_its_punctuation_and_case():
    sent = export()

    found = only(pair([mirror_image(sent, previous_ids=(f" {sent.mrn[:4].lower()}-{sent.mrn[4:]} ",))], [sent]))

    assert found.key == "mrn"


def test_pairs_on_the_ucr_when_no_mrn_is_cited():
    sent = export()

    assert only(pair([mirror_image(sent, previous_ids=())], [sent])).key == "ucr"


def test_pairs_on_container_with_transport_document():
    sent = export()

    assert only(pair([mirror_image(sent, previous_ids=(), ucrs=())], [sent])).key == "container-and-document"


def test_pairs_weak_only_records_with_a_varied_name_and_a_weighing_difference():
    sent = export()
    received = without_keys(
        mirror_image(sent),
        exporter_name="KILIMA TEA FACTORY LIMITED",
        importer_name="Nile Grocers (U) Ltd.",
        gross_mass_kg=sent.gross_mass_kg * Decimal("1.008"),
    )

    found = only(pair([received], [without_keys(sent)]))

    assert found.key == "scored"
    assert found.probability > 0.9


def test_does_not_pair_other_traders_goods_of_the_same_code():
    sent = without_keys(export())
    received = without_keys(mirror_image(export(2)), exporter_name="Rift Estates", importer_name="Kampala Traders")

    assert pair([replace(received, gross_mass_kg=Decimal(777), packages=3)], [sent]) == []


def test_does_not_pair_another_consignment_of_the_same_traders():
    sent = without_keys(export(1, line(mass="1000")))
    received = without_keys(mirror_image(export(2, line(mass="3350", value="17000"))), packages=67)

    assert pair([received], [sent]) == []


def test_refuses_a_cited_mrn_that_everything_else_contradicts():
    sent = export()
    other = mirror_image(
        export(2, line("870323", mass="52000"), exporter_name="Coast Motors", importer_name="Jinja Autos")
    )
    received = replace(
        other, date=sent.date - timedelta(days=30), previous_ids=(sent.mrn,), exporter_id="X1", importer_id="Y1"
    )

    assert pair([received], [sent]) == []


def test_several_cited_exports_make_one_import():
    exports = [export(number, line(mass=str(1000 * number))) for number in (1, 2, 3)]
    received = replace(
        with_lines(mirror_image(exports[0]), line(mass="6000", value="15000")),
        previous_ids=tuple(each.mrn for each in exports),
    )

    found = only(pair([received], exports))

    assert found.export_ids == ("export-00001", "export-00002", "export-00003")
    assert found.reasons[-1].message_id == "mirror.reason.consolidated"


def test_several_exports_without_keys_make_one_import_when_masses_add_up():
    exports = [without_keys(export(number, line(mass=str(1000 * number)))) for number in (1, 2, 3)]
    received = without_keys(with_lines(mirror_image(exports[0]), line(mass="3000", value="9000")), packages=60)

    found = only(pair([received], [exports[0], exports[1]]))

    assert found.export_ids == ("export-00001", "export-00002")


def test_groupage_in_one_container_is_paired_consignee_by_consignee():
    shared = {"containers": ("MSKU9070323",), "transport_documents": ("BL-77",), "ucrs": (), "importer_id": None}
    exports = [
        export(number, line(mass=str(900 + 100 * number)), importer_name=name, **shared)
        for number, name in ((1, "Nile Grocers"), (2, "Lake Hardware"), (3, "Masaka Textiles"))
    ]
    imports = [mirror_image(each, previous_ids=()) for each in exports]

    found = pair(imports, exports)

    assert [each.export_ids for each in found] == [("export-00001",), ("export-00002",), ("export-00003",)]


def test_two_imports_share_an_export_that_is_heavy_enough():
    sent = export(1, line(mass="2000"))
    first = mirror_image(with_lines(sent, line(mass="1200", value="3000")))
    second = replace(mirror_image(with_lines(sent, line(mass="800", value="2000"))), id="import-2")

    found = only(pair([first, second], [sent]))

    assert found.import_ids == ("import-00001", "import-2")
    assert found.reasons[-1].message_id == "mirror.reason.split"


def test_a_second_import_of_the_whole_export_is_left_alone():
    sent = export()
    first, second = mirror_image(sent), replace(mirror_image(sent, days=9), id="import-2")

    found = only(pair([first, second], [sent]))

    assert len(found.import_ids) == 1


def test_weekly_shipments_without_keys_are_paired_in_order_of_time():
    exports = [without_keys(export(number), date=export().date + timedelta(days=7 * number)) for number in range(8)]
    imports = [mirror_image(each, days=4 + number % 2) for number, each in enumerate(exports)]

    found = pair(imports, exports)

    assert all(each.import_ids[0][-5:] == each.export_ids[0][-5:] for each in found)
    assert len(found) == 8


def _market(seed: int, size: int = 30):
    draw = random.Random(seed)
    exports = []
    for number in range(size):
        trader = draw.randrange(6)
        sent = export(
            number,
            line(
                draw.choice(["090240", "252329", "610910"]),
                mass=str(draw.randrange(200, 20000)),
                value=str(draw.randrange(900, 90000)),
            ),
            exporter_id=f"P{trader}",
            exporter_name=f"{('Alba', 'Boma', 'Chui', 'Duma', 'Embu', 'Faru')[trader]} Exporters Ltd",
            packages=draw.randrange(1, 400),
            date=export().date + timedelta(days=draw.randrange(60)),
        )
        exports.append(sent)
    imports = []
    for sent in exports:
        kind = draw.random()
        if kind < 0.05:
            continue
        image = mirror_image(sent, days=draw.randrange(1, 13))
        imports.append(without_keys(image) if kind < 0.4 else replace(image, previous_ids=()) if kind < 0.7 else image)
    return imports, exports


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_input_changes_nothing(seed):
    imports, exports = _market(seed)
    shuffled = random.Random(seed + 1)

    expected = pair(imports, exports)
    shuffled.shuffle(imports)
    shuffled.shuffle(exports)

    assert pair(imports, exports) == expected


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_no_record_is_used_twice(seed):
    found = pair(*_market(seed))

    used = Counter(each for pair_ in found for each in (*pair_.import_ids, *pair_.export_ids))

    assert set(used.values()) <= {1}


def test_one_import_alone_is_paired_as_in_the_batch():
    imports, exports = _market(7)
    batch = {each.import_ids: each.export_ids for each in pair(imports, exports)}

    alone = [found for each in imports for found in pair([each], exports)]

    agreeing = sum(batch.get(found.import_ids) == found.export_ids for found in alone)
    assert agreeing == len(batch)


def consolidated(*changes):
    """Return three exports, each under a document of its own, and the import that names all three and no MRN."""
    sent = [export(number, ucrs=(), **change) for number, change in enumerate(changes, start=1)]
    lines = [each for one in sent for each in one.lines]
    papers = tuple(each for one in sent for each in one.transport_documents)
    boxes = tuple(each for one in sent for each in one.containers)
    received = mirror_image(with_lines(sent[0], *lines), previous_ids=(), transport_documents=papers, containers=boxes)
    return sent, replace(received, packages=sum(one.packages for one in sent))


def test_an_import_that_names_each_exports_own_document_takes_them_all_boxed_or_not():
    sent, received = consolidated({}, {"containers": ()}, {})

    (found,) = pair([received], sent)

    assert found.export_ids == ("export-00001", "export-00002", "export-00003")


def test_an_own_document_joins_an_export_whose_importer_is_written_otherwise():
    sent, received = consolidated({}, {"importer_name": "Nlie Grcers Limtied & Partners Abroad", "importer_id": None})

    (found,) = pair([received], sent)

    assert found.export_ids == ("export-00001", "export-00002")


def test_exports_that_would_outweigh_the_import_are_not_joined_by_document():
    sent, received = consolidated({}, {})
    light = with_lines(received, *sent[0].lines)

    (found,) = pair([light], sent)

    assert len(found.export_ids) == 1
