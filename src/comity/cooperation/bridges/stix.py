"""How is what was released to a partner written as intelligence? As one STIX 2.1 bundle with markings.

STIX 2.1 (OASIS, 2021): identity, incident, note and report (section 4), relationship (5), marking-definition and
extension-definition (7). TLP 2.0 as OASIS publishes it for STIX. Standard object types only, so that a reader needs to
know nothing of us; what is ours stands in one property extension. A declaration is named by an external reference.
Identifiers are UUIDv5, so that a second export updates the first.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from comity.cooperation.agreements.agreement import Agreement, Clause, Marking, OnwardSharing
from comity.cooperation.agreements.release import Release
from comity.cooperation.identity.keys import PublicIdentity
from comity.foundation.canonical_json import canonical_json

NAMESPACE = uuid.UUID("0f6f2c0a-4a58-5d0e-9f0e-6d2f3c9b7a11")  # ours, for every identifier below
EXTENSION = "extension-definition--5b1d7c5e-7f0b-5c6a-8a9e-3f4f1f0c2d90"
FIRST_DAY = "2026-01-01T00:00:00.000Z"  # of the protocol: identities and the extension do not change after it
TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_CREATED = "2022-10-01T00:00:00.000Z"

DISCREPANCY, EXAMINATION = "mirror-discrepancy.v1", "examination-result.v1"
REGULAR = frozenset({"no-irregularity", "not-carried-out"})

# Ours -> TLP 2.0: what is confidential goes to the persons named by the agreement's contact points, what is restricted
# stays in the recipient's administration. Consent to share onward is asked for and given case by case, never here.
TLP = {
    Marking.OPEN: ("clear", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"),
    Marking.RESTRICTED: ("amber+strict", "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"),
    Marking.CONFIDENTIAL: ("red", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"),
}
ONWARD = {
    OnwardSharing.NONE: "It may not be shared onward.",
    OnwardSharing.WITH_CONSENT: "It may be shared onward only with the originator's consent.",
}

_Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SharedItem:
    """One released piece of intelligence, when its subject was first released to this partner, and since when it is so.

    `facts_at` is None where the release does not say when the fact was found.
    """

    release: Release
    first_released: datetime
    facts_at: datetime | None = None


@dataclass(slots=True)
class _Writing:
    """A bundle in the making: who tells whom, under which agreements."""

    sender: PublicIdentity
    recipient: PublicIdentity
    agreements: Mapping[str, Agreement]
    objects: dict[str, _Object] = field(default_factory=dict)

    def add(self, one: _Object) -> str:
        """Add an object once and return its identifier."""
        self.objects.setdefault(one["id"], one)
        return str(one["id"])


def write_bundle(
    shared: Sequence[SharedItem],
    *,
    sender: PublicIdentity,
    recipient: PublicIdentity,
    agreements: Mapping[str, Agreement],
    at: datetime,
) -> _Object:
    """Return the bundle: what is shared, and one report that names all that holds at this time.

    Of a release only the payload is written: it is minimised already. `agreements` by id cover every release.
    """
    writing = _Writing(sender, recipient, agreements)
    for identity in (sender, recipient):
        writing.add(_identity(identity.authority, identity.name))
    writing.add(_protocol())
    writing.add(_extension())
    told = [identifier for item in shared for identifier in WRITERS[item.release.message_type](writing, item)]
    report = writing.add(_report(writing, shared, told, at))
    return {
        "type": "bundle",
        "id": _identifier("bundle", report, _time(at)),
        "objects": list(writing.objects.values()),
    }


def _discrepancy(writing: _Writing, item: SharedItem) -> list[str]:
    """A mirror discrepancy is the sender's note on two declarations."""
    payload = item.release.payload
    found = payload.get("discrepancies", [])
    kinds = sorted({str(one["kind"]) for one in found if "kind" in one})
    note = _about(writing, item, "note") | {
        "abstract": f"Import and export disagree: {', '.join(kinds)}" if kinds else "Import and export disagree",
        "content": "\n".join(_sentence(one) for one in found) or "The two declarations disagree.",
        "object_refs": [_identifier("identity", writing.sender.authority)],
    }
    return [writing.add(note)]


def _examination(writing: _Writing, item: SharedItem) -> list[str]:
    """An irregularity is an incident, related to the note on its discrepancy; that nothing was found is a note."""
    payload = item.release.payload
    outcome = str(payload.get("outcome", "told"))
    about = _identifier("note", *_subject(writing, item, DISCREPANCY))
    if outcome in REGULAR:
        told = "was not carried out" if outcome == "not-carried-out" else "found no irregularity"
        note = _about(writing, item, "note") | {
            "abstract": f"The examination {told}",
            "content": f"The examination of the consignment in {writing.sender.authority} {told}.",
            "object_refs": [about if about in writing.objects else _identifier("identity", writing.sender.authority)],
        }
        return [writing.add(note)]
    incident = writing.add(
        _about(writing, item, "incident")
        | {"name": f"Examination: {outcome}", "description": "An examination found an irregularity."}
    )
    if about not in writing.objects:
        return [incident]
    link = _about(writing, item, "relationship") | {
        "relationship_type": "related-to",
        "source_ref": incident,
        "target_ref": about,
    }
    del link["external_references"], link["extensions"]
    return [incident, writing.add(link)]


WRITERS: dict[str, Callable[[_Writing, SharedItem], list[str]]] = {
    DISCREPANCY: _discrepancy,
    EXAMINATION: _examination,
}


def _about(writing: _Writing, item: SharedItem, kind: str) -> _Object:
    """Return what every statement has: identifier, times, markings, the declarations, and the payload as released."""
    release = item.release
    created = _time(item.first_released)
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": _identifier(kind, *_subject(writing, item, release.message_type)),
        "created_by_ref": _identifier("identity", writing.sender.authority),
        "created": created,
        "modified": max(created, _time(item.facts_at)) if item.facts_at else created,
        "lang": "en",
        "external_references": _references(writing, release.payload) or [_agreement_reference(release)],
        "object_marking_refs": _markings(writing, release),
        "extensions": {
            EXTENSION: {
                "extension_type": "property-extension",
                "message_type": release.message_type,
                "agreement": release.agreement_id,
                "agreement_hash": release.agreement_hash,
                "clause": release.clause,
                "purpose": release.purpose,
                "payload": release.payload,
            }
        },
    }


def _subject(writing: _Writing, item: SharedItem, message_type: str) -> tuple[str, ...]:
    return writing.sender.authority, writing.recipient.authority, message_type, item.release.subject


def _references(writing: _Writing, payload: Mapping[str, Any]) -> list[_Object]:
    """Name the declarations as systems outside name them: the declaration's number at its administration."""
    sides = (("import", writing.sender.authority), ("export", writing.recipient.authority))
    return [
        {"source_name": f"customs {authority}", "description": f"{side} declaration", "external_id": str(number)}
        for side, authority in sides
        for number in _numbers(payload, side)
    ]


def _numbers(payload: Mapping[str, Any], side: str) -> Iterable[str]:
    single = payload.get(f"{side}_mrn")
    return [single] if single is not None else payload.get(f"{side}_mrns", [])


def _agreement_reference(release: Release) -> _Object:
    return {"source_name": "customs agreement", "external_id": release.agreement_id}


def _sentence(discrepancy: Mapping[str, Any]) -> str:
    sides = [
        f"{name} {discrepancy[key]}"
        for name, key in (("import", "ours"), ("export", "theirs"))
        if discrepancy.get(key) is not None
    ]
    ratio = discrepancy.get("ratio")
    sides += [f"import over export {ratio:.2f}"] if isinstance(ratio, float) else []
    return ": ".join(part for part in (str(discrepancy.get("kind", "difference")), "; ".join(sides)) if part)


def _markings(writing: _Writing, release: Release) -> list[str]:
    clause = next(one for one in writing.agreements[release.agreement_id].clauses if one.id == release.clause)
    return [writing.add(_tlp(Marking(release.marking))), writing.add(_statement(writing, release, clause))]


def _tlp(marking: Marking) -> _Object:
    name, identifier = TLP[marking]
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": identifier,
        "created": TLP_CREATED,
        "name": f"TLP:{name.upper()}",
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": name}},
    }


def _statement(writing: _Writing, release: Release, clause: Clause) -> _Object:
    """Say in words under what it left: agreement, clause, purpose, onward rule, retention."""
    agreement = writing.agreements[release.agreement_id]
    text = (
        f"Released by {writing.sender.authority} to {writing.recipient.authority} under {agreement.title}"
        f" ({release.agreement_id}, SHA-256 {release.agreement_hash}), clause {clause.id} (article {clause.article}),"
        f" for the purpose {release.purpose} only; marked {release.marking}. {ONWARD[clause.onward_sharing]}"
        f" To be disposed of within {clause.retention_days} days of receipt."
    )
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": _identifier("marking-definition", writing.sender.authority, writing.recipient.authority, text),
        "created_by_ref": _identifier("identity", writing.sender.authority),
        "created": _time(datetime.combine(agreement.valid_from, time(), UTC)),
        "definition_type": "statement",
        "definition": {"statement": text},
    }


def _report(writing: _Writing, shared: Sequence[SharedItem], told: list[str], at: datetime) -> _Object:
    """Return the report of this export; its marking is the most restrictive of what it names."""
    strictest = max((Marking(item.release.marking) for item in shared), key=list(Marking).index)
    statements = sorted(
        {one for item in shared for one in _markings(writing, item.release)} - {each for _, each in TLP.values()}
    )
    between = (writing.sender.authority, writing.recipient.authority)
    return {
        "type": "report",
        "spec_version": "2.1",
        "id": _identifier("report", *between),
        "created_by_ref": _identifier("identity", writing.sender.authority),
        "created": _time(min(item.first_released for item in shared)),
        "modified": _time(at),
        "name": f"Customs intelligence of {between[0]} for {between[1]}",
        "description": "All that holds at this time. What only an earlier report named no longer holds.",
        "report_types": ["observed-data"],
        "published": _time(at),
        "object_refs": list(dict.fromkeys(told)),
        "object_marking_refs": [writing.add(_tlp(strictest)), *statements],
    }


def _identity(authority: str, name: str) -> _Object:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": _identifier("identity", authority),
        "created": FIRST_DAY,
        "modified": FIRST_DAY,
        "name": name,
        "identity_class": "organization",
        "sectors": ["government"],
        "external_references": [{"source_name": "ISO 3166-1 alpha-2", "external_id": authority}],
    }


def _protocol() -> _Object:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": _identifier("identity", "comity"),
        "created": FIRST_DAY,
        "modified": FIRST_DAY,
        "name": "Comity protocol",
        "identity_class": "system",
    }


def _extension() -> _Object:
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": EXTENSION,
        "created_by_ref": _identifier("identity", "comity"),
        "created": FIRST_DAY,
        "modified": FIRST_DAY,
        "name": "Customs release",
        "description": "What a customs administration released, and under which clause of which agreement.",
        "schema": (
            "An object with message_type, agreement, agreement_hash (SHA-256 in hex), clause and purpose, all strings,"
            " and payload, the released payload of that message type as docs/protocol describes it."
        ),
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    }


def _identifier(kind: str, *parts: str) -> str:
    return f"{kind}--{uuid.uuid5(NAMESPACE, canonical_json([kind, *parts]).decode())}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
