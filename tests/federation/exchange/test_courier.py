"""Do messages arrive once where only a courier goes, or a courier and a line take turns?"""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import islice

import pytest

from comity.cooperation.exchange.batch import ANSWER_TYPE, Answer, read, write
from comity.cooperation.exchange.courier import store as courier_store
from comity.cooperation.exchange.courier.answers import TakenAnswer, take_answers
from comity.cooperation.exchange.courier.errors import CourierPartsDiffer, CourierStoreFull
from comity.cooperation.exchange.courier.pack import pack
from comity.cooperation.exchange.courier.part import SMALLEST_FILE_BYTES, Whole, cut
from comity.cooperation.exchange.courier.store import unanswered
from comity.cooperation.exchange.courier.unpack import Desk, Unpacked, incomplete, keep_file, take_batches
from comity.cooperation.exchange.deliver import Line
from comity.cooperation.exchange.errors import BatchReplayed, RecipientWrong, SenderUnknown, SignatureInvalid
from comity.cooperation.exchange.store import exchange_counts
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.append import head
from comity.cooperation.ledger.store import cosigned_size, evidence_against
from tests.simulators.nodes import EXPORT, Node, Pair

SKEW = timedelta(seconds=300)
Files = dict[str, bytes]


def desk(pair: Pair, node: Node) -> Desk:
    return Desk(node.database, node.keys, pair.clock)


def line(pair: Pair) -> Line:
    return Line(pair.kenya.keys, InMemoryTransport({}), pair.clock)


def packed(pair: Pair, most_bytes: int = SMALLEST_FILE_BYTES) -> Files:
    pair.clock.advance(timedelta(seconds=1))
    made = pack(pair.kenya.database, "UG", line=line(pair), most_bytes=most_bytes)
    return {file.name: file.content for file in made}


def unpack(pair: Pair, files: Files) -> tuple[list[Unpacked], Files]:
    """Unpack at Uganda; the answers come as files."""
    at, answers = desk(pair, pair.uganda), {}
    pair.clock.advance(timedelta(seconds=1))
    for file in files.values():
        keep_file(at, file, kind="batch")

    def answered(answer: Whole) -> None:
        answers.update(cut(answer, most_bytes=SMALLEST_FILE_BYTES, keys=pair.uganda.keys))

    handlers = {EXPORT: pair.uganda.take}
    return list(take_batches(at, handlers=handlers, skew=SKEW, answered=answered)), answers


def take_back(pair: Pair, answers: Files) -> list[TakenAnswer]:
    for file in answers.values():
        keep_file(desk(pair, pair.kenya), file, kind="answer")
    return list(take_answers(desk(pair, pair.kenya), line(pair)))


def declare(pair: Pair, count: int, start: int = 0, **payload) -> None:
    for number in range(start, start + count):
        pair.declare(f"d{number}", mrn=f"M{number}", **payload)


def taken(pair: Pair) -> list[str]:
    return [message.payload["mrn"] for message in pair.uganda.taken]


def mrns(count: int) -> list[str]:
    return [f"M{number}" for number in range(count)]


def counts(pair: Pair):
    with pair.kenya.database.reading() as session:
        return exchange_counts(session)


def test_what_waits_goes_by_files_and_their_answer_settles_it(pair):
    declare(pair, 40)

    files = packed(pair)
    outcomes, answers = unpack(pair, files)
    back = take_back(pair, answers)

    assert len(files) > 3
    assert max(map(len, files.values())) <= SMALLEST_FILE_BYTES
    assert sum(one.stored for one in outcomes) == 40
    assert taken(pair) == mrns(40)
    assert sum(one.report.delivered for one in back if one.report) == 40
    assert (counts(pair).delivered, counts(pair).waiting, counts(pair).receipts) == (40, 0, 40)
    with pair.kenya.database.reading() as session:
        assert unanswered(session, "UG") == []


def test_files_in_any_order_one_at_a_time_and_again_have_one_effect(pair):
    declare(pair, 40)
    files = list(packed(pair).items())
    random.Random(7).shuffle(files)

    answers: Files = {}
    for name, file in [*files, *files]:
        answers.update(unpack(pair, {name: file})[1])
    take_back(pair, answers)

    assert sorted(taken(pair)) == sorted(mrns(40))
    assert taken(pair) == mrns(40)
    assert counts(pair).delivered == 40


def test_a_message_larger_than_the_limit_travels_in_parts_and_the_missing_one_is_named(pair):
    pair.declare("d0", mrn=_text(90_000))
    files = packed(pair)
    missing = sorted(files)[1]

    outcomes, _ = unpack(pair, {name: file for name, file in files.items() if name != missing})
    named = [name for one in incomplete(desk(pair, pair.uganda), "batch") for name in one.missing()]
    later, answers = unpack(pair, {missing: files[missing]})

    assert len(files) >= 4
    assert (outcomes, named) == ([], [missing])
    assert [one.stored for one in later] == [1]
    assert take_back(pair, answers)[0].report.delivered == 1


def test_half_by_courier_and_half_by_line_arrives_once(pair):
    declare(pair, 20)
    first = packed(pair)
    pair.deliver(limit=7)
    declare(pair, 10, start=20)
    second = packed(pair)
    _, late = unpack(pair, second)
    _, early = unpack(pair, first)
    pair.clock.advance(timedelta(days=9))
    pair.deliver()

    take_back(pair, late)
    take_back(pair, early)

    assert taken(pair) == mrns(30)
    assert (counts(pair).delivered, counts(pair).waiting, counts(pair).refused) == (30, 0, 0)
    assert pair.deliver().sent == 0
    with pair.uganda.database.reading() as session:
        assert evidence_against(session, "KE") == []


def test_an_answer_overtaken_by_the_line_does_not_set_the_stream_back(pair):
    declare(pair, 30)
    files = packed(pair)
    last = dict(islice(reversed(files.items()), 1))
    _, withheld = unpack(pair, last)
    while pair.deliver().sent:
        pass

    back = take_back(pair, withheld)

    assert [one.report.rewound for one in back if one.report] == [False]
    assert (counts(pair).delivered, counts(pair).waiting) == (30, 0)
    assert taken(pair) == mrns(30)


def test_a_log_that_no_line_reaches_is_cosigned_by_courier(pair):
    declare(pair, 3)
    take_back(pair, unpack(pair, packed(pair))[1])

    (taken_answer,) = take_back(pair, unpack(pair, packed(pair))[1])

    assert taken_answer.report.cosigned
    with pair.kenya.database.reading() as session:
        assert cosigned_size(session, "UG") == head(session).size


def test_files_that_waited_through_a_restart_are_taken_then(pair):
    declare(pair, 20)
    files = packed(pair)
    *others, first = sorted(files, reverse=True)
    unpack(pair, {name: files[name] for name in others})
    pair.uganda.database.dispose()

    outcomes, _ = unpack(pair, {first: files[first]})

    assert taken(pair) == mrns(20)
    assert sum(one.stored for one in outcomes) == 20


def test_a_batch_older_than_any_message_is_refused_by_name_and_let_go(pair):
    declare(pair, 1)
    files = packed(pair)
    at = desk(pair, pair.uganda)
    keep_file(at, next(iter(files.values())), kind="batch")
    pair.clock.advance(timedelta(days=61))

    outcomes, answers = unpack(pair, {})

    assert ([one.refusal for one in outcomes], answers) == (["exchange.courier-batch-too-old"], {})
    assert unpack(pair, {}) == ([], {})


def test_files_for_another_from_a_stranger_or_with_a_strange_key_are_refused(pair):
    declare(pair, 1)
    content = b"a batch"

    def made(keys, recipient="UG", kind="batch"):
        whole = Whole(kind, recipient, pair.clock.now(), 1, content)
        return next(file for _, file in cut(whole, most_bytes=SMALLEST_FILE_BYTES, keys=keys))

    for file, error in (
        (made(pair.kenya.keys, recipient="TZ"), RecipientWrong),
        (made(pair.kenya.keys, kind="answer"), RecipientWrong),
        (made(generate_keys("TZ", "Tanzania")), SenderUnknown),
        (made(generate_keys("KE", "Mallory")), SignatureInvalid),
    ):
        with pytest.raises(error):
            keep_file(desk(pair, pair.uganda), file, kind="batch")


def test_a_partner_that_signs_two_parts_for_one_place_is_refused(pair):
    content = b"x" * 40_000
    whole = Whole("batch", "UG", pair.clock.now(), 1, content)
    small = [file for _, file in cut(whole, most_bytes=SMALLEST_FILE_BYTES, keys=pair.kenya.keys)]
    large = [file for _, file in cut(whole, most_bytes=2 * SMALLEST_FILE_BYTES, keys=pair.kenya.keys)]
    at = desk(pair, pair.uganda)
    keep_file(at, small[0], kind="batch")

    with pytest.raises(CourierPartsDiffer):
        keep_file(at, large[0], kind="batch")


def test_what_waits_for_missing_parts_is_bounded(pair, monkeypatch):
    monkeypatch.setattr(courier_store, "MOST_KEPT_PARTS", 2)
    whole = Whole("batch", "UG", pair.clock.now(), 1, b"x" * 60_000)
    files = [file for _, file in cut(whole, most_bytes=SMALLEST_FILE_BYTES, keys=pair.kenya.keys)]
    at = desk(pair, pair.uganda)
    for file in files[:2]:
        keep_file(at, file, kind="batch")

    with pytest.raises(CourierStoreFull):
        keep_file(at, files[2], kind="batch")
    assert len(incomplete(at, "batch")[0].kept) == 2


def test_an_answer_to_a_batch_never_packed_settles_nothing(pair):
    declare(pair, 1)
    _, answers = unpack(pair, packed(pair))
    forged = Answer("UG", "KE", "0" * 64, pair.clock.now(), [], None, 0, None)
    signed = write(forged, typ=ANSWER_TYPE, keys=pair.uganda.keys)
    files = dict(cut(Whole("answer", "KE", pair.clock.now(), 1, signed), most_bytes=50_000, keys=pair.uganda.keys))

    (refused,) = take_back(pair, files)

    assert refused.refusal == "exchange.answer-wrong"
    assert counts(pair).delivered == 0
    assert take_back(pair, answers)[0].report.delivered == 1


def test_online_batches_are_still_refused_when_they_are_replayed(pair):
    declare(pair, 2)
    pair.deliver(limit=1)
    unpack(pair, packed(pair))

    pair.deliver()

    with pytest.raises(BatchReplayed):
        pair.receive(pair.batches[0])


def test_answer_signed_by_uganda_can_be_read_from_its_files(pair):
    declare(pair, 1)
    files = packed(pair)
    _, answers = unpack(pair, files)
    (content,) = answers.values()

    whole = content.split(b"\n", 2)[2]
    answer = read(whole, Answer, typ=ANSWER_TYPE, sender=pair.uganda.keys.public)

    assert len(answer.receipts) == 1


def _text(length: int) -> str:
    """Return a text that does not compress: a message that stays large whatever carries it."""
    return random.Random(1).randbytes(length // 2).hex()
