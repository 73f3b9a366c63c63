"""Whatever text was released, the bundle is one that strict readers take."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import stix2
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.agreements.agreement import Marking, agreement_hash
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.bridges.stix import DISCREPANCY, EXAMINATION, TLP, SharedItem, write_bundle
from comity.cooperation.identity.keys import generate_keys

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
KENYA, UGANDA = generate_keys("KE", "Kenya").public, generate_keys("UG", "Uganda").public
AGREEMENT = draft_agreement(
    id="ke-ug",
    parties=("KE", "UG"),
    valid_from=date(2026, 1, 1),
    valid_to=date(2027, 1, 1),
    template="risk-intelligence",
)


class Released:
    """What the writer reads of a release; a `Release` itself is made by agreements only."""

    def __init__(self, message_type, payload, marking="confidential"):
        self.id, self.subject, self.recipient, self.message_type = "r", "import-1", "KE", message_type
        self.agreement_id, self.agreement_hash = AGREEMENT.id, agreement_hash(AGREEMENT)
        self.clause = "art-2" if message_type == DISCREPANCY else "art-3"
        self.purpose, self.marking, self.payload = "risk-assessment", marking, payload


def bundle(*released, facts_at=None):
    shared = [SharedItem(one, AT, facts_at) for one in released]
    return write_bundle(shared, sender=UGANDA, recipient=KENYA, agreements={"ke-ug": AGREEMENT}, at=AT + timedelta(1))


TEXT = st.text(max_size=40)
DIFFERENCES = st.lists(
    st.fixed_dictionaries(
        {}, optional={"kind": TEXT, "ours": TEXT | st.none(), "theirs": TEXT, "ratio": st.floats(0, 9) | st.none()}
    ),
    max_size=3,
)


@given(st.fixed_dictionaries({}, optional={"discrepancies": DIFFERENCES, "import_mrns": st.lists(TEXT, max_size=2)}))
def test_any_released_discrepancy_is_read_by_strict_readers(payload):
    written = json.dumps(bundle(Released(DISCREPANCY, payload)))

    assert len(stix2.parse(written, allow_custom=False).objects) > 5


@given(st.fixed_dictionaries({}, optional={"outcome": TEXT, "export_mrn": TEXT, "import_mrn": TEXT | st.none()}))
def test_any_released_result_is_read_by_strict_readers(payload):
    written = json.dumps(bundle(Released(EXAMINATION, payload), facts_at=AT - timedelta(3)))

    stix2.parse(written, allow_custom=False)


@pytest.mark.parametrize("marking", list(Marking))
def test_each_marking_is_the_traffic_light_that_oasis_published(marking):
    written = bundle(Released(DISCREPANCY, {}, marking.value))

    (note,) = [one for one in written["objects"] if one["type"] == "note"]
    (light,) = [one for one in written["objects"] if one["id"] == note["object_marking_refs"][0]]
    assert (light["name"], light["id"]) == (f"TLP:{TLP[marking][0].upper()}", TLP[marking][1])


def test_a_fact_older_than_its_first_release_does_not_predate_its_object():
    written = bundle(Released(EXAMINATION, {"outcome": "value"}), facts_at=AT - timedelta(days=9))

    (incident,) = [one for one in written["objects"] if one["type"] == "incident"]
    assert incident["modified"] == incident["created"] == "2026-11-24T09:30:00.000Z"


def test_the_same_subject_told_to_another_partner_is_another_object():
    shared = [SharedItem(Released(DISCREPANCY, {}), AT)]
    ids = []
    for recipient in (KENYA, replace(KENYA, authority="TZ")):
        made = write_bundle(shared, sender=UGANDA, recipient=recipient, agreements={"ke-ug": AGREEMENT}, at=AT)
        ids.append({one["id"] for one in made["objects"] if one["type"] in ("note", "report")})
    assert not ids[0] & ids[1]
