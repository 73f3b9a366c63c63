"""Agreements: canonical form, what Cedar decides, what leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.cooperation.agreements.agreement import (
    Agreement,
    Annex,
    Clause,
    Marking,
    OnwardSharing,
    agreement_hash,
    as_record,
    parse_agreement,
)
from comity.cooperation.agreements.draft import draft_agreement, list_templates
from comity.cooperation.agreements.errors import (
    AgreementInvalid,
    DataClassNotCovered,
    PurposeNotCovered,
    ReleaseRefused,
    SignatureInvalid,
)
from comity.cooperation.agreements.in_words import agreement_in_words
from comity.cooperation.agreements.lifecycle import (
    AgreementStatus,
    Signature,
    sign_agreement,
    status_of,
    verify_signature,
)
from comity.cooperation.agreements.minimise import fields_outside, minimise
from comity.cooperation.agreements.partnership import PARTNERSHIP_TYPES, partnership, purpose_of
from comity.cooperation.agreements.permissions import Question, decide
from comity.cooperation.identity.keys import generate_keys

KENYA, UGANDA = generate_keys("KE", "Kenya"), generate_keys("UG", "Uganda")
DRAFT = draft_agreement(id="ke-ug", parties=("UG", "KE"), valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1))
PARTIES = ("KE", "RW", "TZ", "UG")
NAMES = ("a", "b", "c")


def test_agreement_is_read_back_equal_whatever_the_order():
    record = json.loads(json.dumps(as_record(DRAFT)))
    record["parties"].reverse()
    record["clauses"].reverse()
    record["clauses"][0]["purposes"].reverse()

    assert agreement_hash(parse_agreement(record)) == agreement_hash(DRAFT)


def test_changed_word_changes_the_hash():
    assert agreement_hash(replace(DRAFT, title="Other")) != agreement_hash(DRAFT)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "other"),
        ("id", 'x") permit(principal'),
        ("parties", ["KE"]),
        ("parties", ["KE", "KE"]),
        ("parties", None),
        ("clauses", []),
        ("data_classes", {}),
        ("valid_from", "someday"),
        ("valid_to", "2020-01-01"),
        ("reciprocal", "yes"),
        ("version", 0),
        ("version", True),
        ("replaces", "a" * 64),
        ("in_force_when", 1),
        ("in_force_when", 3),
        ("in_force_when", "some"),
        ("notice_days", -1),
        ("unknown", 1),
        ("legal_basis", {}),
    ],
)
def test_document_that_is_no_agreement_is_refused_with_the_place(path, value):
    record = {**as_record(DRAFT), path: value}

    with pytest.raises(AgreementInvalid) as refused:
        parse_agreement(record)

    assert any(finding.path == path for finding in refused.value.findings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("purposes", ['a", "b']),
        ("message_types", []),
        ("senders", ["TZ"]),
        ("marking", "secret"),
        ("onward_sharing", "freely"),
        ("retention_days", 0),
        ("retention_days", True),
        ("data_class", "other"),
        ("extra", 1),
    ],
)
def test_clause_that_is_malformed_is_refused_with_the_place(name, value):
    record = json.loads(json.dumps(as_record(DRAFT)))
    record["clauses"][1][name] = value

    with pytest.raises(AgreementInvalid) as refused:
        parse_agreement(record)

    assert [finding.path for finding in refused.value.findings] == [f"clauses[1].{name}"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["format", "id", "clauses", "parties", "data_classes", "legal_basis"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_makes_parsing_fail_otherwise_than_by_name(value):
    with pytest.raises(AgreementInvalid):
        parse_agreement(value)


def test_missing_marking_is_the_most_restrictive():
    record = json.loads(json.dumps(as_record(DRAFT)))
    del record["clauses"][0]["marking"]
    del record["clauses"][0]["onward_sharing"]

    clause = parse_agreement(record).clauses[0]

    assert (clause.marking, clause.onward_sharing) == (Marking.CONFIDENTIAL, OnwardSharing.NONE)


def clauses():
    names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple)
    parties = st.lists(st.sampled_from(PARTIES[:3]), max_size=3, unique=True).map(tuple)
    return st.builds(
        Clause,
        id=st.just("x"),
        article=st.just("1"),
        data_class=st.sampled_from(NAMES),
        message_types=names,
        purposes=names,
        retention_days=st.just(1),
        senders=parties,
        recipients=parties,
    )


@settings(max_examples=300)
@given(
    st.lists(clauses(), min_size=1, max_size=5),
    st.lists(st.tuples(*[st.sampled_from(PARTIES)] * 2, *[st.sampled_from(NAMES)] * 3), min_size=1, max_size=10),
)
def test_cedar_decides_what_a_direct_reading_of_the_document_decides(made, questions):
    numbered = tuple(replace(clause, id=f"c{number}") for number, clause in enumerate(made))
    agreement = Agreement(
        "a", "t", PARTIES[:3], "i", "1", numbered, tuple((name, ("f",)) for name in NAMES), date.min, date.max
    )
    for sender, recipient, data_class, message_type, purpose in questions:
        expected = [
            clause.id
            for clause in numbered
            if sender != recipient
            and {sender, recipient} <= set(agreement.parties)
            and (not clause.senders or sender in clause.senders)
            and (not clause.recipients or recipient in clause.recipients)
            and clause.data_class == data_class
            and message_type in clause.message_types
            and purpose in clause.purposes
        ]
        try:
            found = [decide(agreement, Question(sender, recipient, data_class, message_type, purpose)).id]
        except ReleaseRefused:
            found = []

        assert found == expected[:1]


def test_refusal_names_the_clause_or_its_absence():
    with pytest.raises(PurposeNotCovered, match="clause art-3 of ke-ug"):
        decide(DRAFT, Question("KE", "UG", "export-declaration", "export-record.v1", "statistics"))
    with pytest.raises(DataClassNotCovered, match="no clause of ke-ug"):
        decide(DRAFT, Question("KE", "UG", "scans", "scan.v1", "risk-assessment"))


def test_status_follows_signatures_and_days():
    both = [sign_agreement(DRAFT, KENYA), sign_agreement(DRAFT, UGANDA)]
    day = datetime(2026, 6, 1, tzinfo=UTC)

    assert status_of(DRAFT, [], day) is AgreementStatus.DRAFT
    assert status_of(DRAFT, both[:1], day) is AgreementStatus.PARTLY_SIGNED
    assert status_of(DRAFT, both, day) is AgreementStatus.IN_FORCE
    assert status_of(DRAFT, both, datetime(2025, 6, 1, tzinfo=UTC)) is AgreementStatus.NOT_YET_VALID
    assert status_of(DRAFT, both, datetime(2027, 1, 2, tzinfo=UTC)) is AgreementStatus.EXPIRED


def test_signature_over_another_text_or_by_another_key_is_refused():
    signature = sign_agreement(DRAFT, KENYA)

    verify_signature(DRAFT, signature, KENYA.public)
    for agreement, identity in (
        (replace(DRAFT, title="Other"), KENYA.public),
        (DRAFT, generate_keys("KE", "Impostor").public),
        (DRAFT, UGANDA.public),
    ):
        with pytest.raises(SignatureInvalid):
            verify_signature(agreement, signature, identity)
    with pytest.raises(SignatureInvalid):
        sign_agreement(DRAFT, generate_keys("TZ", "Tanzania"))
    with pytest.raises(SignatureInvalid):
        Signature.from_json({"authority": "KE", "signature": "!"})


json_values = st.recursive(
    st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)
fields = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(".".join), min_size=1, max_size=5)


@given(st.dictionaries(st.sampled_from("abc"), json_values, max_size=3), fields)
def test_nothing_outside_the_fields_survives_and_minimising_again_changes_nothing(payload, named):
    kept = minimise(payload, named)

    assert fields_outside(kept, named) == []
    assert minimise(kept, named) == kept


def test_minimising_keeps_items_in_order_without_what_is_not_covered():
    payload = {"mrn": "1", "declarant": {"id": "x"}, "items": [{"code": "1", "text": "a"}, {"code": "2", "text": "b"}]}

    assert minimise(payload, ["mrn", "items.code"]) == {"mrn": "1", "items": [{"code": "1"}, {"code": "2"}]}


def test_agreement_in_words_says_who_sends_what_for_what():
    told = [message % params for message, params in agreement_in_words(DRAFT, AgreementStatus.IN_FORCE)]

    assert any("export-declaration" in one and "mirror-matching" in one and "article 3" in one for one in told)
    assert any("may not be passed on" in one for one in told)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"version": 2, "replaces": "a" * 64},
            "text number 2 of this agreement and takes the place of the text aaaaaaaaaaaa",
        ),
        ({}, "when every party has signed it"),
        ({"parties": PARTIES, "in_force_when": 3}, "when 3 parties have signed it"),
        ({"notice_days": 90}, "Either party may end it at any time with a notice of 90 days"),
        ({"parties": PARTIES}, "it stays in force between the others"),
        ({"reciprocal": True}, "It is reciprocal"),
        ({"reciprocal": False}, "It is not reciprocal"),
        ({"reply_days": 28}, "answered within 28 days"),
        ({"annexes": (Annex("ii", "On request", ("KE", "UG")),)}, "Annex II, On request, is accepted by KE, UG"),
        ({"annexes": (Annex("ii", "On request", ("KE",)),)}, "accepted by fewer than two parties"),
        ({"clauses": (replace(DRAFT.clauses[0], senders=("KE",)),)}, "KE may send export-declaration to KE, UG"),
    ],
)
def test_words_say_everything_that_the_document_says(changes, said):
    agreement = replace(DRAFT, **changes)

    told = [message % params for message, params in agreement_in_words(agreement, AgreementStatus.DRAFT)]

    assert any(said in one for one in told)


def test_words_leave_out_the_clauses_of_an_annex_that_binds_nobody():
    agreement = draft_agreement(
        id="n", parties=("KE", "UG", "TZ"), valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1), template="nairobi",
        accepted={"KE": ["ii", "x"], "UG": ["ii"], "TZ": ["iii"]},
    )  # fmt: skip
    told = [message % params for message, params in agreement_in_words(agreement, AgreementStatus.DRAFT)]

    assert any("annex II, article II): KE, UG may send assistance-reply to KE, UG" in one for one in told)
    assert not any("annex X," in one for one in told)


@pytest.mark.parametrize("template", [one.name for one in list_templates()])
def test_every_template_drafts_an_agreement_that_uses_every_data_class_and_names_its_sources(template):
    (found,) = [one for one in list_templates() if one.name == template]
    accepted = {party: [name for name, _ in found.annexes] for party in PARTIES}

    agreement = draft_agreement(
        id="a", parties=PARTIES, valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1), template=template,
        accepted=accepted if found.annexes else {},
    )  # fmt: skip

    assert {clause.data_class for clause in agreement.clauses} == {name for name, _ in agreement.data_classes}
    assert parse_agreement(as_record(agreement)) == agreement
    assert found.sources
    assert found.summary


@pytest.mark.parametrize(
    ("template", "accepted", "told"),
    [
        ("nothing", {}, "must be one of"),
        ("nairobi", {"KE": ["ii"]}, "UG must accept at least 1"),
        ("nairobi", {"KE": ["xii"], "UG": ["ii"]}, "xii: must be one of i, ii"),
        ("nairobi", {"RW": ["ii"]}, "RW accepts annexes but is not a party"),
    ],
)
def test_a_draft_that_its_template_does_not_allow_is_refused(template, accepted, told):
    with pytest.raises(AgreementInvalid, match=told):
        draft_agreement(
            id="a", parties=("KE", "UG"), valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1), template=template,
            accepted=accepted,
        )  # fmt: skip


def test_clause_of_an_annex_binds_only_those_that_accepted_it():
    annex = Annex("ii", "On request", ("KE", "UG"))
    clause = replace(DRAFT.clauses[0], senders=(), recipients=(), annex="ii")
    agreement = replace(DRAFT, parties=PARTIES, annexes=(annex,), clauses=(clause,))
    question = Question("KE", "UG", clause.data_class, clause.message_types[0], clause.purposes[0])

    assert decide(parse_agreement(as_record(agreement)), question).id == clause.id
    with pytest.raises(DataClassNotCovered):
        decide(agreement, replace(question, recipient="TZ"))


def test_clause_of_an_annex_that_is_not_there_is_a_fault():
    record = as_record(DRAFT)
    record["clauses"][0]["annex"] = "xii"

    with pytest.raises(AgreementInvalid) as refused:
        parse_agreement(record)

    assert [finding.path for finding in refused.value.findings] == ["clauses[0].annex"]


def test_partnership_is_the_same_in_either_order_and_permits_its_messages_only():
    agreement = partnership("UG", "KE")

    assert agreement_hash(agreement) == agreement_hash(partnership("KE", "UG"))
    for message_type in PARTNERSHIP_TYPES:
        question = Question("KE", "UG", message_type, message_type, purpose_of(message_type))
        assert decide(agreement, question).id == message_type
    with pytest.raises(DataClassNotCovered):
        decide(agreement, Question("KE", "UG", "export-declaration", "export-record.v1", "mirror-matching"))


@pytest.mark.parametrize(
    "looser",
    [
        {"marking": Marking.OPEN},
        {"onward_sharing": OnwardSharing.WITH_CONSENT},
        {"retention_days": 5_000},
    ],
)
def test_of_several_clauses_that_permit_a_message_the_strictest_decides(looser):
    clause = DRAFT.clauses[0]
    agreement = replace(DRAFT, clauses=(replace(clause, id="a", **looser), replace(clause, id="b")))
    question = Question("KE", "UG", clause.data_class, clause.message_types[0], clause.purposes[0])

    assert decide(agreement, question).id == "b"
