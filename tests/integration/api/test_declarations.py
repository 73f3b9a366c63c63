import json

import pytest

from comity.features.declarations.formats.wco_xml.write import write_wco_xml, write_wco_xml_batch
from comity.features.declarations.store import counts
from comity.features.risk.store import examinations_of
from tests.builders.declarations import a_declaration
from tests.builders.entry_summaries import an_entry_summary

PATH = "/api/v1/declarations"


def xml(number=1, **changes):
    return write_wco_xml(a_declaration(functional_reference_id=f"KE-2026-{number:06}", **changes))


def test_a_declaration_is_cleared_and_its_lane_answered(client, bearer):
    answer = client.post(PATH, content=xml(), headers=bearer("declare"))

    assert answer.status_code == 201
    assert answer.json()["lane"] in {"green", "blue", "yellow", "orange", "red"}
    assert answer.json()["is_new"] is True


def test_the_same_document_again_is_recognised(client, bearer):
    headers = bearer("declare")
    first = client.post(PATH, content=xml(), headers=headers)
    second = client.post(PATH, content=xml(), headers=headers)

    assert (second.status_code, second.json()["is_new"]) == (200, False)
    assert second.json()["id"] == first.json()["id"]


def test_reasons_are_told_to_those_who_may_read_them_only(client, bearer):
    trader = client.post(PATH, content=xml(1), headers=bearer("declare")).json()
    own = client.post(PATH, content=xml(2), headers=bearer("declare", "any-trader", "read-reasons", trader="UG")).json()

    assert "reasons" not in trader
    assert "score" not in trader
    assert isinstance(own["reasons"], list)


def test_a_bad_document_answers_every_finding_and_stores_nothing(node, client, bearer):
    answer = client.post(PATH, content=b"<Declaration><unclosed>", headers=bearer("declare"))

    assert answer.status_code == 422
    assert answer.json()["findings"]
    assert {"code", "path", "message", "severity"} == set(answer.json()["findings"][0])
    with node.database.reading() as session:
        assert sum(counts(session).values()) == 0


def test_a_batch_answers_for_each_document(client, bearer):
    batch = write_wco_xml_batch([a_declaration(functional_reference_id=f"KE-2026-{n:06}") for n in (1, 2)])

    answer = client.post(PATH, content=batch, headers=bearer("declare"))

    assert answer.status_code == 207
    assert (answer.json()["taken"], answer.json()["refused"]) == (2, 0)
    assert [entry["status"] for entry in answer.json()["documents"]] == [201, 201]


def test_a_trader_declares_its_own_goods_only(client, bearer):
    answer = client.post(PATH, content=xml(), headers=bearer("declare", trader="KE999999999"))

    assert (answer.status_code, answer.json()["code"]) == (403, "api.another-traders-declaration")


def test_a_decision_is_read_by_those_who_take_part_and_unknown_to_others(client, bearer):
    declared = client.post(PATH, content=xml(), headers=bearer("declare")).json()
    address = f"{PATH}/{declared['id']}/decision"

    mine = client.get(address, headers=bearer("read-decisions"))
    others = client.get(address, headers=bearer("read-decisions", trader="KE999999999"))
    nothing = client.get(f"{PATH}/unknown/decision", headers=bearer("read-decisions"))

    assert mine.json()["lane"] == declared["lane"]
    assert others.json() == nothing.json()
    assert others.status_code == nothing.status_code == 404


def test_an_examination_result_is_recorded(node, client, bearer):
    declared = client.post(PATH, content=xml(), headers=bearer("declare")).json()
    result = {
        "outcome": "value",
        "found": "Invoice shows more",
        "officer": "amina",
        "revenue_recovered": {"amount": "12.50", "currency": "USD"},
    }

    answer = client.post(
        f"{PATH}/{declared['id']}/examinations",
        json=result,
        headers=bearer("record-examinations", "any-trader", trader="UG"),
    )

    assert answer.status_code == 201
    with node.database.reading() as session:
        assert [found.officer for found in examinations_of(session, declared["id"])] == ["amina"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"outcome": "value"}',
        b'{"outcome": "nice", "found": "x"}',
        b'{"outcome": "value", "found": ""}',
        b'{"outcome": "value", "found": "x", "revenue_recovered": {"amount": "NaN", "currency": "USD"}}',
        b'{"outcome": "value", "found": "x", "revenue_recovered": {"amount": "1", "currency": "usd"}}',
        b'{"outcome": "value", "found": "x", "surprise": 1}',
    ],
)
def test_a_malformed_result_is_refused(client, bearer, body):
    declared = client.post(PATH, content=xml(), headers=bearer("declare")).json()

    answer = client.post(f"{PATH}/{declared['id']}/examinations", content=body, headers=bearer("record-examinations"))

    assert (answer.status_code, answer.json()["code"]) == (422, "api.result-invalid")


def test_a_token_is_needed_and_its_scope(client, bearer):
    without = client.post(PATH, content=xml())
    wrong = client.post(PATH, content=xml(), headers=bearer("read-decisions"))

    assert (without.status_code, without.headers["www-authenticate"]) == (401, "Bearer")
    assert (wrong.status_code, wrong.json()["path"]) == (403, "declare")


def test_a_body_above_the_limit_is_refused(client, bearer):
    answer = client.post(PATH, content=b"x" * 200_001, headers=bearer("declare"))

    assert answer.status_code == 413


def test_a_caller_that_asks_too_often_is_told_when_to_come_back(client):
    answers = [client.get("/health") for _ in range(51)]

    assert answers[49].status_code == 200
    assert (answers[50].status_code, answers[50].headers["retry-after"]) == (429, "30")


def test_logs_name_tokens_and_never_the_trade(client, bearer, caplog):
    caplog.set_level("INFO")
    client.post(PATH, content=xml(), headers=bearer("declare"))

    assert "api.declared" in caplog.text
    assert not {word for word in ("Highland", "Lakeside", "Coffee") if word in caplog.text}


def test_openapi_documents_every_path(client):
    document = client.get("/openapi.json").json()

    assert {PATH, f"{PATH}/{{id}}/decision", f"{PATH}/{{id}}/examinations", "/exchange/batch", "/health"} <= set(
        document["paths"]
    )
    assert not [path for path in document["paths"] if path.startswith("/console")]
    assert json.dumps(document)


def test_what_the_administration_requires_holds_for_entry_summaries(node, client, bearer):
    rule = {"test": "count('GOOITEGDS') >= 3", "errorCode": "9001", "errorMessage": "Three items are needed."}
    pack = {"element": "/", "name": "example", "asserts": [rule]}
    (node.settings.home / "rules").mkdir()
    (node.settings.home / "rules" / "example.json").write_text(json.dumps(pack), encoding="utf-8")

    answer = client.post(PATH, content=an_entry_summary(), headers=bearer("declare", "any-trader", trader="UG"))

    assert answer.status_code == 422
    assert [(one["code"], one["path"]) for one in answer.json()["findings"] if one["severity"] == "error"] == [
        ("ens.9001", "/ie:CC315A[1]")
    ]


def test_an_entry_summary_is_kept_and_its_amendment_beside_it(node, client, bearer):
    headers = bearer("declare", "any-trader", trader="UG")

    answers = [client.post(PATH, content=an_entry_summary(is_amendment=one), headers=headers) for one in (False, True)]

    assert [(one.status_code, one.json()["kind"], one.json()["lane"]) for one in answers] == [
        (201, "entry-summary", None)
    ] * 2
    with node.database.reading() as session:
        assert counts(session)["entry-summary"] == 2
