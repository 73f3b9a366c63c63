"""Vectors of an agreement's life: notices, and where a text stands on a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conformance.protocol.agreements import document, read, refused
from tests.conformance.protocol.keys import keys_from, seeds_of

Vector = dict[str, Any]
AT = "2026-03-02T08:00:00+00:00"


def notice(kind: str, by: str = "UG", **changes: Any) -> Vector:
    """Return a notice about the agreement of the vectors, not signed."""
    from tests.conformance.protocol.operations import OPERATIONS

    record = changes.pop("agreement", document())
    return {
        "agreement_id": record["id"],
        "agreement_hash": OPERATIONS["agreement-read"]({"agreement": record})["hash"],
        "kind": kind,
        "authority": by,
        "from_day": "2026-03-10",
        "given_at": AT,
        "reason": "decided by the minister",
        **changes,
    }


def signed(record: Vector, by: str = "UG") -> Vector:
    from tests.conformance.protocol.operations import OPERATIONS

    return OPERATIONS["notice-sign"]({"notice": record, "keys": seeds_of(by)})


def vectors() -> Iterator[Vector]:
    yield from _notices()
    yield from _standing()
    yield from _between_three()


def _notices() -> Iterator[Vector]:
    identity = keys_from(seeds_of("UG")).public.as_json()
    given = {"agreement": document(), "identity": identity, "at": AT}
    for kind in ("declined", "suspended", "resumed", "terminated"):
        yield read(f"a notice is signed: {kind}", "notice-sign", {"notice": notice(kind), "keys": seeds_of("UG")})
        yield read(f"a notice: {kind}", "notice-verify", {**given, "notice": signed(notice(kind))})
    good, code = signed(notice("suspended")), "agreements.notice-invalid"
    cases: dict[str, tuple[Vector, str]] = {
        "of an unknown kind": ({**good, "kind": "regretted"}, code),
        "with a field too many": ({**good, "colour": "red"}, code),
        "without a reason": ({**good, "reason": " "}, code),
        "with a day of another spelling": ({**good, "from_day": "20260310"}, code),
        "with a changed day": ({**good, "from_day": "2026-03-11"}, code),
        "signed by another": (signed({**notice("suspended"), "authority": "KE"}, "KE") | {"authority": "UG"}, code),
        "about another agreement": (signed(notice("suspended", agreement_id="another")), code),
        "dated in the future": (
            signed(notice("suspended", given_at="2026-03-02T08:05:01+00:00")),
            "agreements.notice-untimely",
        ),
        "too old": (signed(notice("suspended", given_at="2026-01-01T07:59:59+00:00")), "agreements.notice-untimely"),
        "that begins before it was given": (
            signed(notice("suspended", from_day="2026-03-01")),
            "agreements.notice-untimely",
        ),
    }
    for name, (record, refusal) in cases.items():
        yield refused(f"a notice {name}", "notice-verify", {**given, "notice": record}, refusal)
    long = document(notice_days=90)
    soon = {**given, "agreement": long, "notice": signed(notice("terminated", agreement=long, from_day="2026-05-30"))}
    yield refused("a termination before the period of notice", "notice-verify", soon, "agreements.notice-too-short")
    late = {**given, "agreement": long, "notice": signed(notice("terminated", agreement=long, from_day="2026-05-31"))}
    yield read("a termination at the end of the period of notice", "notice-verify", late)


def standing(name: str, day: str, by: tuple[str, ...] = ("KE", "UG"), **given: Any) -> Vector:
    """Return a vector that asks where a text stands at noon of a day."""
    asked = {"agreement": document(), "signed_by": list(by), "at": f"{day}T12:00:00+00:00", "between": [], **given}
    return read(name, "agreement-status", asked)


def _standing() -> Iterator[Vector]:
    yield standing("nobody has signed", "2026-03-01", ())
    yield standing("proposed", "2026-03-01", (), is_proposed=True)
    yield standing("countered", "2026-03-01", (), is_proposed=True, is_countered=True)
    yield standing("one has signed", "2026-03-01", ("KE",))
    yield standing("declined", "2026-03-01", ("KE",), notices=[notice("declined")])
    for name, day in (
        ("the day before it begins", "2025-12-31"),
        ("its first day", "2026-01-01"),
        ("its last day", "2027-12-31"),
        ("the day after its last", "2028-01-01"),
    ):
        yield standing(name, day)
    yield standing("unsigned on the day after its last", "2028-01-01", ("KE",))
    for name, kind in (("suspended", "suspended"), ("terminated", "terminated")):
        for when, day in (("the day before", "2026-03-09"), ("from its day", "2026-03-10")):
            yield standing(f"{name}: {when}", day, notices=[notice(kind)])
    again = notice("resumed", from_day="2026-04-01")
    yield standing("suspended and resumed: before", "2026-03-31", notices=[notice("suspended"), again])
    yield standing("suspended and resumed: after", "2026-04-01", notices=[again, notice("suspended")])
    later = {"successors": [{"first_day": "2026-06-01", "signers": ["KE", "UG"]}]}
    yield standing("amended: the day before", "2026-05-31", **later)
    yield standing("amended: from its day", "2026-06-01", **later)
    yield standing("terminated before it was amended", "2026-07-01", notices=[notice("terminated")], **later)
    yield standing("unfinished when another was signed", "2026-03-01", ("KE",), **later)


def _between_three() -> Iterator[Vector]:
    """Of three parties two may be enough; who is asked about matters."""
    three = document(parties=["KE", "RW", "UG"], in_force_when="all")
    two = document(parties=["KE", "RW", "UG"], in_force_when=2)
    everyone = ("KE", "RW", "UG")
    pairs = (["KE", "UG"], ["KE", "RW"])
    for pair in pairs:
        yield standing(
            f"two of three have signed, two are enough: {pair}", "2026-03-01", ("KE", "UG"), agreement=two, between=pair
        )
    yield standing("two of three have signed, all are needed", "2026-03-01", ("KE", "UG"), agreement=three)
    left = [notice("terminated", agreement=three)]
    for pair in pairs:
        yield standing(
            f"one of three has left: {pair}", "2026-03-10", everyone, agreement=three, between=pair, notices=left
        )
    yield standing("one of three has left", "2026-03-10", everyone, agreement=three, notices=left)
    both = [*left, notice("terminated", "RW", agreement=three)]
    yield standing("two of three have left", "2026-03-10", everyone, agreement=three, notices=both)
    some = {"successors": [{"first_day": "2026-06-01", "signers": ["KE", "RW"]}]}
    for pair in pairs:
        yield standing(
            f"two of three have amended: {pair}", "2026-06-01", everyone, agreement=three, between=pair, **some
        )
