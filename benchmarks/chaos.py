"""Do three nodes lose, double or believe anything while they are killed, cut off and lied to at random?

Run with `make chaos`, or `python benchmarks/chaos.py --seed N` from the project's root. Three nodes run as processes of
their own, each reached over relays that lose answers, delay, double and re-order batches. While messages go to and fro
in all six directions, nodes are killed (signal 9) and started again, lines are cut, and a hostile partner tells every
lie it knows. At the end all is compared: every message of every outbox with inbox, mirror, receipts and logs of both.
The last line is one JSON object.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from rich.console import Console  # noqa: E402
from rich.progress import Progress  # noqa: E402
from sqlalchemy import text  # noqa: E402
from tests.simulators import nursery  # noqa: E402
from tests.simulators.forgeries import FORGERIES  # noqa: E402
from tests.simulators.processes import wait_for  # noqa: E402
from tests.simulators.troubled import AUTHORITIES, HOSTILE, Node, World, queue, world  # noqa: E402

from comity.cooperation.exchange.batch import RECEIPT_TYPE, Receipt, read  # noqa: E402
from comity.cooperation.exchange.store import exchange_counts  # noqa: E402
from comity.cooperation.ledger.append import head, root_at  # noqa: E402
from comity.cooperation.ledger.store import cosigned_size, evidence_against  # noqa: E402
from comity.cooperation.ledger.tree import commitment, leaf_hash, node_hash  # noqa: E402
from comity.features.mirror.store import all_exports  # noqa: E402

CHUNK = 20
SENT = "SELECT id, state, receipt FROM exchange_outbox WHERE partner = :partner AND agreement_id = :agreement"
CAME = "SELECT id FROM exchange_inbox WHERE partner = :partner AND agreement_id = :agreement"
ANSWER_FORGERIES = {
    "answer-bit-flipped": "exchange.signature-invalid",
    "answer-replayed": "exchange.answer-wrong",
}


def killing(at: World, node: Node, kills: int, random: Random, done: Callable[[], None]) -> None:
    """Kill a node again and again, at any moment after it has come up, and start it again.

    It lives for up to twice as long as it took to start, so that a busy machine gives it something to be killed in.
    """
    started = time.monotonic()
    while node.kills < kills and not at.is_over.is_set():
        wait_for(node.is_up, seconds=120)
        time.sleep(random.uniform(0, max(0.4, 2 * (time.monotonic() - started))))
        with node.is_spared:
            assert node.pid is not None
            nursery.kill(node.pid)
            node.kills += 1
            time.sleep(random.choice((0, 0, random.uniform(0, 0.5))))
            started = time.monotonic()
            node.pid = at.nursery.start(node.served.home)
        done()


def cutting(at: World, random: Random) -> None:
    """Cut one node off, or one line, again and again."""
    while not at.is_over.wait(random.uniform(0.5, 3)):
        name = random.choice(AUTHORITIES)
        lines = [relay for pair, relay in at.relays.items() if name in pair]
        chosen = lines if random.random() < 0.5 else [random.choice(lines)]
        for relay in chosen:
            relay.is_cut = True
        at.partitions += 1
        at.is_over.wait(random.uniform(0.2, 3))
        for relay in chosen:
            relay.is_cut = False


def queueing(
    at: World, messages: int, random: Random, is_ahead: Callable[[], bool], done: Callable[[int], None]
) -> None:
    """Queue messages in random directions, spread over the time that the kills take."""
    pairs = list(at.relays)
    left = messages
    while left and not at.is_over.is_set():
        count = min(left, random.randint(1, 2 * CHUNK))
        queue(at, *random.choice(pairs), count)
        left -= count
        done(count)
        while is_ahead() and not at.is_over.is_set():
            time.sleep(0.1)


def lying(at: World, times: int, random: Random, done: Callable[[], None]) -> None:
    """Tell every lie to every node, `times` times, in random order; and forge answers on the lines."""
    lies = [(name, kind) for name in AUTHORITIES for kind in FORGERIES] * times
    random.shuffle(lies)
    for forger in at.forgers.values():
        forger.begin()
    for name, kind in lies:
        given = at.forgers[name].names(kind)
        _count(at, kind, given, FORGERIES[kind][0])
        done()
    for pair in list(at.relays) * times:
        for kind, expected in ANSWER_FORGERIES.items():
            _count(at, kind, _forged_answer(at, pair, kind, expected), expected)
            done()


def _count(at: World, kind: str, given: str, expected: str) -> None:
    at.told[kind] += 1
    if given == expected:
        at.named[kind] += 1
    else:
        at.misnamed.append(f"{kind}: {given} instead of {expected}")


def _forged_answer(at: World, pair: tuple[str, str], kind: str, expected: str) -> str:
    """Forge the next answer to a node that is spared meanwhile, and return the name that its log gives it.

    Then wait until a message of the line has come through: a sender that hears nothing but forgeries rightly tries
    later and later, and its messages would wait for the back-off, not for the chaos.
    """
    node, relay, words = at.nodes[pair[0]], at.relays[pair], f"{expected} partner={pair[1]}"
    with node.is_spared:
        wait_for(node.is_up, seconds=60)
        before, relay.forge_next = node.log_lines(words), kind
        queue(at, *pair, 1)
        wait_for(lambda: relay.forge_next is None, seconds=120)
        try:
            wait_for(lambda: node.log_lines(words) > before, seconds=30)
        except AssertionError:
            return "nothing"
        came = _delivered(node, pair[1])
        wait_for(lambda: _delivered(node, pair[1]) > came or not _waiting_for(node, pair[1]), seconds=120)
    return expected


def settle(at: World) -> None:
    """Leave the nodes alone until nothing waits and every log is co-signed by both partners."""
    for relay in at.relays.values():
        relay.is_cut = False
    wait_for(lambda: not any(_waiting(node) for node in at.nodes.values()), seconds=600, every=0.5)
    wait_for(lambda: all(_is_cosigned(at, *pair) for pair in at.relays), seconds=180, every=0.5)


def _waiting(node: Node) -> int:
    return sum(_waiting_for(node, other) for other in AUTHORITIES if other != node.authority)


def _waiting_for(node: Node, other: str) -> int:
    with node.served.node.database.reading() as session:
        return exchange_counts(session, other).waiting


def _delivered(node: Node, other: str) -> int:
    with node.served.node.database.reading() as session:
        return exchange_counts(session, other).delivered


def _is_cosigned(at: World, one: str, other: str) -> bool:
    with at.nodes[one].served.node.database.reading() as session:
        return cosigned_size(session, other) == head(session).size


def compare(at: World) -> tuple[int, int]:
    """Return how many messages were lost and doubled; whatever else does not agree is a failure."""
    lost = doubled = 0
    for pair, count in at.queued.items():
        one, other = pair
        under = {"agreement": "-".join(sorted(pair)).lower()}
        sent = _rows(at, one, SENT, partner=other, **under)
        came = {row.id for row in _rows(at, other, CAME, partner=one, **under)}
        with at.nodes[other].served.node.database.reading() as session:
            effects = Counter(str(record.mrn) for record in all_exports(session))
        expected = {f"{one}{other}{number}" for number in range(count)}
        lost += len(expected - set(effects)) + len({row.id for row in sent} - came)
        doubled += sum(effects[mrn] - 1 for mrn in expected if effects[mrn] > 1)
        doubled += _logged_twice(at, other, came)
        _check(at, len(sent) == count, f"{one}-{other}: {len(sent)} in the outbox, {count} were queued")
        _check(at, came == {row.id for row in sent}, f"{one}-{other}: inbox and outbox differ")
        identity = at.nodes[other].served.node.identity
        receipts = [read(row.receipt, Receipt, typ=RECEIPT_TYPE, sender=identity) for row in sent if row.receipt]
        stored = {receipt.message_id for receipt in receipts if receipt.result == "stored"}
        _check(at, stored == came, f"{one}-{other}: {len(stored)} receipts for {len(came)} messages")
    for name, node in at.nodes.items():
        with node.served.node.database.reading() as session:
            now = head(session)
            root = root_at(session, now.size)
            blamed = [len(evidence_against(session, other)) for other in AUTHORITIES if other != name]
            caught = {one.kind for one in evidence_against(session, HOSTILE)}
        _check(at, root == now.root == _root(at, name), f"{name}: the log's tree does not give its root")
        _check(at, blamed == [0, 0], f"{name}: evidence against an honest partner")
        _check(at, "ledger.fork-detected" in caught, f"{name}: the hostile partner's fork left no evidence")
    return lost, doubled


def _logged_twice(at: World, name: str, ids: set[str]) -> int:
    query = "SELECT subject, count(*) AS times FROM ledger_entries WHERE kind = 'message-received' GROUP BY subject"
    return sum(row.times - 1 for row in _rows(at, name, query) if row.subject in ids)


def _root(at: World, name: str) -> bytes:
    """Compute the root of a log from its statements alone (RFC 9162 section 2.1.1), without its stored tree."""
    rows = _rows(at, name, 'SELECT salt, statement FROM ledger_entries ORDER BY "index"')
    level = [leaf_hash(commitment(bytes(row.salt), bytes(row.statement))) for row in rows]
    while len(level) > 1:
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]


def _rows(at: World, name: str, query: str, **values: Any) -> list[Any]:
    with at.nodes[name].served.node.database.reading() as session:
        return list(session.execute(text(query), values))


def _check(at: World, holds: object, failure: str) -> None:
    if not holds:
        at.failures.append(failure)


def run(options: Namespace, folder: Path) -> dict[str, Any]:
    """Let chaos happen, settle, compare, and return the counts."""
    each = -(-options.kills // len(AUTHORITIES))
    with world(folder, options.seed) as at, Progress(console=Console(stderr=True)) as bar:
        lies = options.lies * (len(AUTHORITIES) * len(FORGERIES) + len(at.relays) * len(ANSWER_FORGERIES))
        tasks = {
            "kills": bar.add_task("kills", total=each * len(AUTHORITIES)),
            "messages": bar.add_task("messages", total=options.messages),
            "lies": bar.add_task("lies", total=lies),
        }

        def is_ahead() -> bool:
            """Claim that the messages are further on than the kills: they are to come as long as nodes are killed."""
            killed = sum(node.kills for node in at.nodes.values()) / (each * len(AUTHORITIES))
            return sum(at.queued.values()) / options.messages > killed + 0.02

        works: list[Callable[[], None]] = [
            lambda: queueing(
                at, options.messages, Random(options.seed + 1), is_ahead, lambda n: bar.advance(tasks["messages"], n)
            ),
            lambda: lying(at, options.lies, Random(options.seed + 2), lambda: bar.advance(tasks["lies"])),
        ]
        for number, node in enumerate(at.nodes.values()):
            random = Random(options.seed + 10 + number)
            works.append(
                lambda node=node, random=random: killing(at, node, each, random, lambda: bar.advance(tasks["kills"]))
            )  # type: ignore[misc]
        threads = [threading.Thread(target=_guarded, args=(at, work), daemon=True) for work in works]
        cutter = threading.Thread(target=cutting, args=(at, Random(options.seed + 3)), daemon=True)
        for thread in (*threads, cutter):
            thread.start()
        for thread in threads:
            thread.join()
        at.is_over.set()
        cutter.join()
        settle(at)
        lost, doubled = compare(at)
        return _counts(at, lost, doubled, options.seed)


def _guarded(at: World, work: Callable[[], None]) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - the run goes on to its end, and fails there
        at.failures.append(f"{type(error).__name__}: {error}")


def _counts(at: World, lost: int, doubled: int, seed: int) -> dict[str, Any]:
    seen: Counter[str] = Counter()
    for relay in at.relays.values():
        seen.update(relay.seen)
    return {
        "messages": sum(at.queued.values()),
        "kills": sum(node.kills for node in at.nodes.values()),
        "partitions": at.partitions,
        "lost": lost,
        "doubled": doubled,
        "forgeries": sum(at.told.values()),
        "forgeries_named": sum(at.named.values()),
        "batches": dict(sorted(seen.items())),
        "kinds": len(at.told),
        "misnamed": at.misnamed,
        "failures": at.failures,
        "seed": seed,
    }


def main() -> None:
    """Run and print; exit 1 when anything was lost, doubled, believed or does not agree."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--lies", type=int, default=4, help="How often each lie is told to each node.")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="comity-chaos-"))
    begun = time.monotonic()
    counts = run(options, folder)
    counts["seconds"] = round(time.monotonic() - begun)
    fine = not (counts["lost"] or counts["doubled"] or counts["failures"] or counts["misnamed"])
    if fine:
        shutil.rmtree(folder)
    else:
        print(f"the nodes' homes are kept in {folder}", file=sys.stderr)
    print(json.dumps(counts))
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
