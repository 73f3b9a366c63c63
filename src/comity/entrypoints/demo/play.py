"""How the demonstration plays: documents through the front door, the exchange in between, examiners at work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx

from comity.cooperation.exchange.store import list_peers
from comity.cooperation.ledger.append import head
from comity.cooperation.ledger.store import cosigned_size
from comity.entrypoints.demo.stage import StagedNode
from comity.entrypoints.demo.world.truth import IrregularityKind
from comity.features.risk.examination import OutcomeCode
from comity.foundation.errors import ComityError

MEDIA_TYPES = {
    ".xml": "application/xml",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
QUIET_SECONDS = 120.0
EXAMINED_LANES = ("red", "orange", "yellow")

OUTCOMES = {
    IrregularityKind.UNDERVALUATION: OutcomeCode.VALUE,
    IrregularityKind.OVERVALUATION: OutcomeCode.VALUE,
    IrregularityKind.QUANTITY: OutcomeCode.QUANTITY,
    IrregularityKind.MASS: OutcomeCode.QUANTITY,
    IrregularityKind.SHORT_LANDED: OutcomeCode.QUANTITY,
    IrregularityKind.GOODS_SHIFT: OutcomeCode.CLASSIFICATION,
    IrregularityKind.ORIGIN: OutcomeCode.ORIGIN,
    IrregularityKind.GHOST_IMPORT: OutcomeCode.DOCUMENTARY,
    IrregularityKind.CONTAINER_TWICE: OutcomeCode.DOCUMENTARY,
    IrregularityKind.ORPHAN_EXPORT: OutcomeCode.DOCUMENTARY,
}

Advance = Callable[[int], None]


class DeliveryStalled(ComityError):
    """Messages of the demonstration still wait for the partner; `comity peer doctor` says why."""

    code = "demo.delivery-stalled"
    status = 500


class DocumentRefused(ComityError):
    """A document of the demonstration's world was refused by the node it was sent to."""

    code = "demo.document-refused"
    status = 500


def declare_all(node: StagedNode, files: Sequence[Path], *, advance: Advance) -> list[float]:
    """Post every file to the node; return the milliseconds from door to answer of each file with one declaration.

    Raises:
        DocumentRefused: the node did not take a document.
    """
    return list(_post(node, files, advance))


def wait_until_delivered(node: StagedNode, *, seconds: float = QUIET_SECONDS) -> None:
    """Wait until nothing waits for a partner any more.

    Raises:
        DeliveryStalled: nothing moved for `seconds`.
    """
    deadline, before = time.monotonic() + seconds, -1
    with node.client() as client:
        while True:
            waiting = int(client.get("/health").json()["outbox_waiting"])
            if waiting == 0:
                return
            if waiting != before:
                deadline, before = time.monotonic() + seconds, waiting
            if time.monotonic() > deadline:
                raise DeliveryStalled
            time.sleep(0.1)


def wait_until_cosigned(node: StagedNode, *, seconds: float = QUIET_SECONDS) -> None:
    """Wait until a partner has co-signed the whole log.

    Raises:
        DeliveryStalled: it did not within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        with node.node.database.reading() as session:
            size = head(session).size
            if any(cosigned_size(session, peer.authority) >= size for peer in list_peers(session)):
                return
        if time.monotonic() > deadline:
            raise DeliveryStalled
        time.sleep(0.2)


def examine(node: StagedNode, cases: Sequence[tuple[str, IrregularityKind | None]], *, advance: Advance) -> None:
    """Record the examination of each declaration: `(id, what is wrong)` is what the examiner finds.

    Raises:
        DocumentRefused: the node did not take a result.
    """
    with node.client() as client:
        for declaration_id, kind in cases:
            outcome = OUTCOMES[kind] if kind else OutcomeCode.NO_IRREGULARITY
            answer = client.post(
                f"/api/v1/declarations/{declaration_id}/examinations",
                json={"outcome": outcome.value, "found": "demonstration: as the world's truth has it"},
            )
            if answer.status_code != httpx.codes.CREATED:
                raise DocumentRefused(f"an examination was refused with status {answer.status_code}")
            advance(1)


def _post(node: StagedNode, files: Sequence[Path], advance: Advance) -> Iterator[float]:
    """Post files and give the milliseconds until the answer for each that held one declaration."""
    with node.client() as client:
        for path in files:
            begun = time.perf_counter()
            answer = client.post(
                "/api/v1/declarations",
                content=path.read_bytes(),
                headers={"Content-Type": MEDIA_TYPES[path.suffix]},
            )
            taken_ms = (time.perf_counter() - begun) * 1000
            if answer.status_code == httpx.codes.CREATED:
                yield taken_ms
            elif answer.status_code != httpx.codes.MULTI_STATUS or answer.json()["refused"]:
                raise DocumentRefused(f"{path.name}: status {answer.status_code}: {answer.text[:400]}")
            advance(1)
