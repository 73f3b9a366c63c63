"""What does an agreement say in ODRL 2.2, for systems that know no other language of policies? (W3C, 15 February 2018)

An export: nothing reads it back, and no node decides by it. One atomic permission a clause and pair of parties, because
an ODRL Agreement has one assigner and one assignee a rule (Information Model, 2.1.3). Identifiers are the agreement's
hash as a name (RFC 6920) and fragments of it, so that they mean nothing outside of this text.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from comity.cooperation.agreements.agreement import Agreement, Clause, OnwardSharing, agreement_hash
from comity.cooperation.bridges.errors import NothingToExport

PROFILE = "urn:uuid:e659e86f-74d5-4862-990c-58cccc5970ce"
"""The ODRL profile of this export: terms of the ODRL Common Vocabulary only (docs/protocol/odrl.md)."""

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
_PREFIXES = {
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dct": "http://purl.org/dc/terms/",
}
Record = dict[str, Any]


def agreement_as_odrl(agreement: Agreement) -> Record:
    """Return the agreement as an ODRL Agreement in JSON-LD; parties, data classes and purposes are fragments of it.

    Raises:
        NothingToExport: no clause lets anything go, and ODRL has no policy without a rule.
    """
    name = _name(agreement)
    pairs = [
        (clause, sender, recipient)
        for clause in agreement.clauses
        for sender in agreement.senders_under(clause)
        for recipient in agreement.recipients_under(clause)
        if sender != recipient
    ]
    if not pairs:
        raise NothingToExport(f"no clause of {agreement.id} lets anything go; ODRL has no policy without a rule")
    permissions = [_permission(agreement, name, *pair) for pair in pairs]
    permissions += [_onward(name, *pair) for pair in pairs if pair[0].onward_sharing is OnwardSharing.WITH_CONSENT]
    return {
        "@context": [CONTEXT, _PREFIXES],
        "@type": "Agreement",
        "uid": name,
        "profile": PROFILE,
        "conflict": "prohibit",
        "dct:title": agreement.title,
        "dct:source": f"{agreement.instrument}, article {agreement.article}",
        "dct:identifier": agreement.id,
        "dct:hasPart": list(_assets(agreement, name)),
        "permission": permissions,
        "prohibition": [
            _rule(name, *pair, action="distribute", suffix="onward")
            for pair in pairs
            if pair[0].onward_sharing is OnwardSharing.NONE
        ],
    }


def _permission(agreement: Agreement, name: str, clause: Clause, sender: str, recipient: str) -> Record:
    return {
        **_rule(name, clause, sender, recipient, action="use"),
        "constraint": [
            _constraint("recipient", "eq", {"@id": _party(name, recipient)}),
            _constraint("purpose", "isAnyOf", [{"@id": f"{name}#purpose-{one}"} for one in clause.purposes]),
            _constraint("dateTime", "gteq", _typed(agreement.valid_from.isoformat(), "date")),
            _constraint("dateTime", "lteq", _typed(agreement.valid_to.isoformat(), "date")),
        ],
        "duty": [{"action": [_delete_within(clause.retention_days)]}],
        "dct:source": f"article {clause.article}",
        "dct:accessRights": clause.marking.value,
    }


def _onward(name: str, clause: Clause, sender: str, recipient: str) -> Record:
    """Return the permission to pass on, once the originator has consented."""
    consent = {"action": "obtainConsent", "consentingParty": _party(name, sender)}
    return {**_rule(name, clause, sender, recipient, action="distribute", suffix="onward"), "duty": [consent]}


def _rule(name: str, clause: Clause, sender: str, recipient: str, *, action: str, suffix: str = "") -> Record:
    parts = [part for part in ("clause", clause.id, sender.lower(), recipient.lower(), suffix) if part]
    return {
        "uid": f"{name}#{'-'.join(parts)}",
        "target": _asset(name, clause.data_class),
        "assigner": _party(name, sender),
        "assignee": _party(name, recipient),
        "action": action,
    }


def _constraint(left: str, operator: str, right: object) -> Record:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _delete_within(days: int) -> Record:
    within = _constraint("elapsedTime", "lteq", _typed(f"P{days}D", "duration"))
    return {"rdf:value": {"@id": "odrl:delete"}, "refinement": [within]}


def _assets(agreement: Agreement, name: str) -> Iterator[Record]:
    for data_class, fields in agreement.data_classes:
        yield {
            "@type": "AssetCollection",
            "uid": _asset(name, data_class),
            "dct:title": data_class,
            "dct:hasPart": list(fields),
        }


def _name(agreement: Agreement) -> str:
    """Return the hash as a name (RFC 6920, 3)."""
    digest = base64.urlsafe_b64encode(bytes.fromhex(agreement_hash(agreement))).rstrip(b"=").decode()
    return f"ni:///sha-256;{digest}"


def _party(name: str, authority: str) -> str:
    return f"{name}#party-{authority.lower()}"


def _asset(name: str, data_class: str) -> str:
    return f"{name}#data-class-{data_class}"


def _typed(value: str, kind: str) -> Record:
    return {"@value": value, "@type": f"xsd:{kind}"}
