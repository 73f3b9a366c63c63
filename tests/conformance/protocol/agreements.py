"""Vectors of agreements: document and hash, signature, permission, minimising, and the partnership."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from comity.cooperation.agreements.agreement import as_record, parse_agreement
from tests.conformance.protocol.keys import keys_from, seeds_of

Vector = dict[str, Any]
DOCUMENT: dict[str, Any] = {
    "format": "comity-agreement.v1",
    "id": "ke-ug-vectors",
    "title": "Agreement of the test vectors",
    "parties": ["KE", "UG"],
    "legal_basis": {"instrument": "Bilateral agreement on mutual assistance", "article": "6"},
    "clauses": [
        {
            "id": "art-3",
            "article": "3",
            "data_class": "export-declaration",
            "message_types": ["export-record.v1"],
            "purposes": ["mirror-matching", "risk-assessment"],
            "retention_days": 1095,
            "marking": "confidential",
            "onward_sharing": "none",
        },
        {
            "id": "art-5",
            "article": "5",
            "data_class": "examination-result",
            "message_types": ["examination-result.v1"],
            "purposes": ["feedback"],
            "retention_days": 365,
            "marking": "restricted",
            "onward_sharing": "with-consent",
        },
    ],
    "data_classes": {
        "export-declaration": ["mrn", "goods.code", "goods.mass_kg"],
        "examination-result": ["export_mrn", "outcome"],
    },
    "valid_from": "2026-01-01",
    "valid_to": "2027-12-31",
}


def document(**changes: Any) -> dict[str, Any]:
    """Return the agreement of Kenya and Uganda that every vector uses, with some fields changed."""
    return {**as_record(parse_agreement(DOCUMENT)), **changes}


def vectors() -> Iterator[Vector]:
    yield from _documents()
    yield from _refused_documents()
    yield from _signatures()
    yield from _permissions()
    yield from _payloads()
    yield read("the partnership of two nodes", "partnership-read", {"parties": ["KE", "UG"]})
    yield read("the partnership is the same in either order", "partnership-read", {"parties": ["UG", "KE"]})


def _documents() -> Iterator[Vector]:
    good = document()
    yield read("an agreement", "agreement-read", {"agreement": good})
    shuffled = copy.deepcopy(good)
    shuffled["parties"].reverse()
    shuffled["clauses"].reverse()
    shuffled["clauses"][0]["purposes"] *= 2
    shuffled["data_classes"] = {name: fields[::-1] for name, fields in reversed(good["data_classes"].items())}
    yield read("order and repetition do not change the hash", "agreement-read", {"agreement": shuffled})
    spare = copy.deepcopy(good)
    for name in ("reciprocal", "reply_days", "annexes"):
        spare.pop(name)
    for clause in spare["clauses"]:
        for name in ("senders", "recipients", "annex"):
            clause.pop(name, None)
    yield read("what is absent has its default", "agreement-read", {"agreement": spare})
    unmarked = copy.deepcopy(good)
    for clause in unmarked["clauses"]:
        del clause["marking"], clause["onward_sharing"]
    yield read("a missing marking is the most restrictive", "agreement-read", {"agreement": unmarked})
    annexed = copy.deepcopy(good)
    annexed["annexes"] = {"annex-1": {"title": "Examination results", "accepted_by": ["UG", "KE"]}}
    annexed["clauses"][1]["annex"] = "annex-1"
    yield read("an annex", "agreement-read", {"agreement": annexed})
    accents = document(title="Accord d’échange de données – Côte")
    yield read("text beyond ASCII", "agreement-read", {"agreement": accents})


def _refused_documents() -> Iterator[Vector]:
    changes: dict[str, dict[str, Any]] = {
        "another format": {"format": "comity-agreement.v2"},
        "an unknown field": {"colour": "red"},
        "a capital in the id": {"id": "KE-UG"},
        "one party": {"parties": ["KE"]},
        "a party twice": {"parties": ["KE", "KE"]},
        "a party that is no country code": {"parties": ["KE", "Uganda"]},
        "a title of two lines": {"title": "one\ntwo"},
        "a title too long": {"title": "x" * 501},
        "no legal basis": {"legal_basis": {}},
        "no clause": {"clauses": []},
        "no data class": {"data_classes": {}},
        "a field that is no name": {"data_classes": {"export-declaration": ["MRN"]}},
        "no day": {"valid_from": "2026-02-30"},
        "an end before the beginning": {"valid_to": "2025-12-31"},
        "reply days that are text": {"reply_days": "90"},
    }
    for name, change in changes.items():
        yield refused(name, "agreement-read", {"agreement": document(**change)}, "agreements.invalid")
    in_clause: dict[str, dict[str, Any]] = {
        "a clause with an unknown field": {"colour": "red"},
        "a clause of an unknown data class": {"data_class": "everything"},
        "a clause with an unknown marking": {"marking": "secret"},
        "a clause with an unknown onward rule": {"onward_sharing": "always"},
        "a clause whose sender is no party": {"senders": ["TZ"]},
        "a clause without purpose": {"purposes": []},
        "a clause that keeps for ever": {"retention_days": 0},
        "a clause of an unknown annex": {"annex": "annex-9"},
        "a purpose that would leave a policy's literal": {"purposes": ['x" || true || "']},
    }
    for name, change in in_clause.items():
        bad = document()
        bad["clauses"][0] = {**bad["clauses"][0], **change}
        yield refused(name, "agreement-read", {"agreement": bad}, "agreements.invalid")
    twice = document()
    twice["clauses"][1]["id"] = twice["clauses"][0]["id"]
    yield refused("two clauses of one id", "agreement-read", {"agreement": twice}, "agreements.invalid")


def _signatures() -> Iterator[Vector]:
    good = document()
    kenya, uganda, rwanda = (seeds_of(name) for name in ("KE", "UG", "RW"))
    identity = keys_from(kenya).public.as_json()
    yield read("Kenya signs", "agreement-sign", {"agreement": good, "keys": kenya})
    yield refused(
        "one that is no party signs",
        "agreement-sign",
        {"agreement": good, "keys": rwanda},
        "agreements.signature-invalid",
    )
    signature = _signed(good, kenya)
    yield read(
        "Kenya's signature", "agreement-verify", {"agreement": good, "identity": identity, "signature": signature}
    )
    bad = {
        "a signature over another text": {"agreement": document(title="Another"), "signature": signature},
        "a signature with another key": {"agreement": good, "signature": {**_signed(good, uganda), "authority": "KE"}},
        "a signature of another party": {"agreement": good, "signature": _signed(good, uganda)},
        "a signature that is no base64": {"agreement": good, "signature": {**signature, "signature": "?"}},
    }
    for name, given in bad.items():
        yield refused(name, "agreement-verify", {"identity": identity, **given}, "agreements.signature-invalid")


def _signed(record: dict[str, Any], seeds: dict[str, Any]) -> dict[str, str]:
    from tests.conformance.protocol.operations import sign_an_agreement

    return sign_an_agreement({"agreement": record, "keys": seeds})


def _permissions() -> Iterator[Vector]:
    record = document()
    asked = {
        "sender": "KE",
        "recipient": "UG",
        "data_class": "export-declaration",
        "message_type": "export-record.v1",
        "purpose": "mirror-matching",
    }
    yield read("what a clause permits", "agreement-decide", {"agreement": record, "question": asked})
    purpose, data_class = "agreements.purpose-not-covered", "agreements.data-class-not-covered"
    refusals = {
        "another purpose": ({"purpose": "advertising"}, purpose),
        "another data class": ({"data_class": "examination-result"}, data_class),
        "another message type": ({"message_type": "examination-result.v1"}, data_class),
        "to one that is no party": ({"recipient": "TZ"}, data_class),
        "from one that is no party": ({"sender": "TZ"}, data_class),
        "to oneself": ({"recipient": "KE"}, data_class),
    }
    for name, (change, code) in refusals.items():
        yield refused(name, "agreement-decide", {"agreement": record, "question": {**asked, **change}}, code)
    one_way = document()
    one_way["clauses"][0] = {**one_way["clauses"][0], "senders": ["UG"]}
    yield refused(
        "against a clause's direction", "agreement-decide", {"agreement": one_way, "question": asked}, data_class
    )
    annexed = document(annexes={"annex-1": {"title": "One", "accepted_by": ["KE"]}})
    annexed["clauses"][0] = {**annexed["clauses"][0], "annex": "annex-1"}
    given = {"agreement": annexed, "question": asked}
    yield refused("under an annex that one did not accept", "agreement-decide", given, data_class)


def _payloads() -> Iterator[Vector]:
    payload = {
        "mrn": "26KE1",
        "note": "x",
        "items": [{"code": "0902", "price": 1}, {"price": 2}],
        "party": {"id": "7", "tax": {"a": 1}},
    }
    cases = {
        "a field": ["mrn"],
        "a field covers all beneath it": ["party"],
        "lists are passed through": ["items.code"],
        "deep fields": ["party.tax.a", "items.price"],
        "nothing": ["absent"],
    }
    for name, fields in cases.items():
        yield read(f"minimised: {name}", "payload-minimise", {"payload": payload, "fields": fields})
        yield read(f"outside: {name}", "payload-outside", {"payload": payload, "fields": fields})


def read(name: str, operation: str, given: Vector) -> Vector:
    """Return a vector whose answer is computed."""
    return {"name": name, "operation": operation, "input": given}


def refused(name: str, operation: str, given: Vector, code: str) -> Vector:
    """Return a vector that must be refused with this code."""
    return {**read(name, operation, given), "error": code}
