"""Orphans, ghosts and containers in two places are told only when their absence proves something."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comity.features.mirror.beyond_pairs import (
    Corridor,
    containers_elsewhere,
    ghost_imports,
    is_expected,
    orphan_exports,
)
from comity.features.mirror.pair import Pair, pair
from comity.features.mirror.settings import load_thresholds
from tests.unit.mirror.records import export, mirror_image

THRESHOLDS = load_thresholds()
FROM_KENYA = Corridor("KE")


@pytest.mark.parametrize(("mode", "days"), [("1", 90), ("3", 45), ("4", 30), (None, 60)])
def test_an_export_is_an_orphan_only_after_the_waiting_time_of_its_mode(mode, days):
    sent = export(mode=mode)

    at_limit = orphan_exports([sent], pairs=[], at=sent.date + timedelta(days=days), thresholds=THRESHOLDS)
    after = orphan_exports([sent], pairs=[], at=sent.date + timedelta(days=days + 1), thresholds=THRESHOLDS)

    assert at_limit == []
    assert [each.discrepancy.kind for each in after] == ["orphan-export"]


def test_a_paired_export_is_no_orphan():
    sent = export()
    pairs = pair([mirror_image(sent)], [sent])

    assert orphan_exports([sent], pairs=pairs, at=sent.date + timedelta(days=400), thresholds=THRESHOLDS) == []


def test_an_import_from_a_covered_corridor_without_export_is_a_ghost():
    (found,) = ghost_imports([mirror_image(export())], pairs=[], corridors=[FROM_KENYA], thresholds=THRESHOLDS)

    assert (found.record_id, found.discrepancy.kind) == ("import-00001", "ghost-import")
    assert found.discrepancy.detail == "No export record, though KE sends them to us"


def test_an_import_from_elsewhere_is_no_ghost():
    received = mirror_image(export(dispatch_country="TZ"))

    assert ghost_imports([received], pairs=[], corridors=[FROM_KENYA], thresholds=THRESHOLDS) == []


def test_an_import_whose_export_may_precede_the_agreement_is_not_expected():
    received = mirror_image(export())

    assert not is_expected(received, [Corridor("KE", since=received.date - timedelta(days=5))])
    assert is_expected(received, [Corridor("KE", since=received.date - timedelta(days=15))])


def test_an_import_later_than_what_the_partner_sent_so_far_is_not_expected():
    received = mirror_image(export())

    assert not is_expected(received, [Corridor("KE", known_until=received.date - timedelta(days=1))])


def test_a_second_use_of_an_export_is_a_ghost_that_says_so():
    sent = export()
    first, second = mirror_image(sent), mirror_image(sent, days=9, id="import-2")
    pairs = pair([first, second], [sent])

    (found,) = ghost_imports(
        [first, second], pairs=pairs, exports=[sent], corridors=[FROM_KENYA], thresholds=THRESHOLDS
    )

    assert found.discrepancy.detail == "The cited export record belongs to another import"


def test_a_container_declared_to_another_country_on_its_way_is_told():
    sent = export()
    received = mirror_image(sent, days=6)
    elsewhere = export(2, containers=sent.containers, destination_country="CD", date=sent.date + timedelta(days=2))
    pairs = pair([received], [sent])

    (found,) = containers_elsewhere([received], [sent, elsewhere], pairs=pairs, thresholds=THRESHOLDS)

    assert (found.record_id, found.discrepancy.theirs) == ("import-00001", "CD")


def test_a_container_used_again_after_arrival_is_not_told():
    sent = export()
    received = mirror_image(sent, days=6)
    later = export(2, containers=sent.containers, destination_country="CD", date=received.date + timedelta(days=20))

    assert containers_elsewhere([received], [sent, later], pairs=pair([received], [sent]), thresholds=THRESHOLDS) == []


def told(imports, exports) -> list[tuple[str, str]]:
    pairs = pair(imports, exports)
    return [
        (each.record_id, each.discrepancy.reason.message_id.rpartition(".")[2])
        for each in containers_elsewhere(imports, exports, pairs=pairs, thresholds=THRESHOLDS)
    ]


def test_two_journeys_of_one_container_to_one_country_at_one_time_are_both_told():
    sent, also = export(), export(2, containers=export().containers)

    found = told([mirror_image(sent, days=6), mirror_image(also, days=3)], [sent, also])

    assert found == [("import-00001", "container-twice"), ("import-00002", "container-twice")]


def test_one_transport_document_makes_one_journey():
    sent = export()
    also = export(2, containers=sent.containers, transport_documents=sent.transport_documents)

    assert told([mirror_image(sent, days=6), mirror_image(also, days=3)], [sent, also]) == []


def test_documents_that_a_third_declaration_names_together_make_one_journey():
    sent, also = export(), export(2, containers=export().containers)
    third = export(
        3, containers=sent.containers, transport_documents=(*sent.transport_documents, *also.transport_documents)
    )

    assert told([mirror_image(each, days=6) for each in (sent, also, third)], [sent, also, third]) == []


def test_a_container_sent_again_on_the_day_of_arrival_is_not_told():
    sent = export()
    again = export(2, containers=sent.containers, date=sent.date + timedelta(days=6))

    assert told([mirror_image(sent, days=6), mirror_image(again, days=6)], [sent, again]) == []


def test_a_container_named_by_the_import_only_does_not_accuse_the_journey_both_sides_name():
    sent, other = export(), export(2, containers=())
    claiming = mirror_image(other, days=4, containers=sent.containers)

    assert told([mirror_image(sent, days=6), claiming], [sent, other]) == [("import-00002", "container-twice")]


def test_a_container_without_transport_document_says_nothing():
    sent = export()
    other = export(2, containers=sent.containers, transport_documents=())

    assert told([mirror_image(sent, days=6), mirror_image(other, days=6)], [sent, other]) == []


def test_every_one_of_many_journeys_of_one_container_is_told():
    sent = [export(number, containers=("MSKU0000001",)) for number in range(1, 2001)]
    pairs = [Pair((each.id.replace("export", "import"),), (each.id,), 1.0, "mrn", ()) for each in sent]
    received = [mirror_image(each, days=2 + number % 9) for number, each in enumerate(sent)]

    found = containers_elsewhere(received, sent, pairs=pairs, thresholds=THRESHOLDS)

    assert len(found) == 2000
