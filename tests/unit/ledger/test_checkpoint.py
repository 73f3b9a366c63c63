"""Signed notes: the published example, what is signed, and every way in which a partner's note may be wrong."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.identity.keys import generate_keys, is_signature
from comity.cooperation.ledger import checkpoint as module
from comity.cooperation.ledger.checkpoint import (
    Checkpoint,
    CheckpointInvalid,
    cosign,
    cosigned_at,
    log_verifier_key,
    read_checkpoint,
    sign_checkpoint,
    witness_verifier_key,
)
from comity.cooperation.ledger.store import LogHead
from comity.cooperation.ledger.tree import EMPTY_ROOT

KENYA, UGANDA = generate_keys("KE", "Kenya"), generate_keys("UG", "Uganda")
HEAD = LogHead(20_852_163, bytes(range(32)))
NOTE = sign_checkpoint(HEAD, KENYA)
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def signed(body, keys=KENYA, kind=b"\x01", signature=None):
    name = f"comity/{keys.authority}"
    blob = module._key_id(name, kind, keys.public.signing_key) + (signature or keys.sign(body.encode()))
    return f"{body}\n— {name} {base64.b64encode(blob).decode()}\n"


def body_of(*lines):
    return "".join(f"{line}\n" for line in lines)


ROOT = base64.b64encode(HEAD.root).decode()


def test_key_id_and_signature_are_those_of_the_published_example():
    # The example of the Go package golang.org/x/mod/sumdb/note, from which C2SP signed-note comes.
    name, key_id, encoded = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".split("+", 2)
    key = base64.b64decode(encoded)
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    blob = base64.b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )

    assert module._key_id(name, key[:1], key[1:]).hex() == key_id
    assert blob[:4].hex() == key_id
    assert is_signature(key[1:], blob[4:], text.encode())


def test_key_id_of_the_go_checksum_database_is_the_published_one():
    name, key_id, encoded = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8".split("+", 2)
    key = base64.b64decode(encoded)

    assert module._key_id(name, key[:1], key[1:]).hex() == key_id


def test_note_has_the_lines_of_a_tlog_checkpoint():
    origin, size, root, empty, signature, end = NOTE.split("\n")

    assert (origin, size, root, empty, end) == ("comity/KE", "20852163", ROOT, "", "")
    assert signature.startswith("— comity/KE ")


def test_checkpoint_is_read_back():
    assert read_checkpoint(NOTE, KENYA.public) == Checkpoint("comity/KE", HEAD.size, HEAD.root, NOTE)


def test_checkpoint_with_extension_lines_is_read():
    note = signed(body_of("comity/KE", 7, ROOT, "extension one", "extension two"))

    assert read_checkpoint(note, KENYA.public).size == 7


def test_verifier_keys_name_the_node_the_kind_and_the_key():
    for text, kind in ((log_verifier_key(KENYA.public), b"\x01"), (witness_verifier_key(KENYA.public), b"\x04")):
        name, key_id, key = text.split("+", 2)
        assert name == "comity/KE"
        assert base64.b64decode(key) == kind + KENYA.public.signing_key
        assert key_id == module._key_id(name, kind, KENYA.public.signing_key).hex()


@pytest.mark.parametrize(
    "body",
    [
        body_of("comity/UG", 7, ROOT),
        body_of("comity/KE", "07", ROOT),
        body_of("comity/KE", "-7", ROOT),
        body_of("comity/KE", "7 ", ROOT),
        body_of("comity/KE", "٧", ROOT),
        body_of("comity/KE", 2**63, ROOT),
        body_of("comity/KE", 10**30, ROOT),
        body_of("comity/KE", 7, ROOT[:-4]),
        body_of("comity/KE", 7, "not base64"),
        body_of("comity/KE", 0, ROOT),
        body_of("comity/KE", 7),
        body_of("comity/KE", 7, ROOT, ""),
        body_of("comity/KE", 7, ROOT, "", "after an empty line"),
        body_of("comity/KE", 7, ROOT, "bell \x07"),
        body_of("comity/KE", 7, f"{ROOT}\r"),
    ],
)
def test_checkpoint_of_the_wrong_form_is_refused_though_it_is_signed(body):
    with pytest.raises(CheckpointInvalid):
        read_checkpoint(signed(body), KENYA.public)


def test_largest_size_a_database_holds_is_read():
    assert read_checkpoint(signed(body_of("comity/KE", 2**63 - 1, ROOT)), KENYA.public).size == 2**63 - 1


def test_empty_log_is_stated():
    note = sign_checkpoint(LogHead(0, EMPTY_ROOT), KENYA)

    assert read_checkpoint(note, KENYA.public).size == 0


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        NOTE.rpartition("— ")[0],
        NOTE[:-1],
        NOTE.replace("— ", "- "),
        NOTE.replace("20852163", "20852164"),
        NOTE + "unsigned line\n",
        NOTE.replace(NOTE.split(" ")[-1], "!!!!\n"),
        NOTE + "\ud800",
        "\ud800" + NOTE,
        NOTE + "— x y\n" * 5_000,
    ],
)
def test_note_that_was_changed_is_refused(note):
    with pytest.raises(CheckpointInvalid):
        read_checkpoint(note, KENYA.public)


def test_signature_of_another_kind_is_not_one_of_the_log():
    body = body_of("comity/KE", HEAD.size, ROOT)
    with pytest.raises(CheckpointInvalid):
        read_checkpoint(signed(body, kind=b"\x04"), KENYA.public)


def test_signature_with_the_key_of_an_impostor_is_refused():
    with pytest.raises(CheckpointInvalid):
        read_checkpoint(NOTE, generate_keys("KE", "Impostor").public)


@given(st.text(max_size=300))
def test_no_text_makes_reading_fail_otherwise_than_by_name(text):
    for note in (text, NOTE + text, text + NOTE):
        try:
            read_checkpoint(note, KENYA.public)
        except CheckpointInvalid:
            continue


def test_cosignature_states_its_time_and_keeps_the_log_s_signature():
    note = cosign(read_checkpoint(NOTE, KENYA.public), UGANDA, NOW)

    assert note.startswith(NOTE)
    assert cosigned_at(read_checkpoint(note, KENYA.public), UGANDA.public) == NOW


def test_cosignature_line_is_key_id_time_and_signature():
    note = cosign(read_checkpoint(NOTE, KENYA.public), UGANDA, NOW)

    blob = base64.b64decode(note.split("\n")[-2].split(" ")[-1])
    seconds = int(NOW.timestamp())
    body = NOTE.partition("\n\n")[0] + "\n"

    assert len(blob) == 4 + 8 + 64
    assert int.from_bytes(blob[4:12], "big") == seconds
    assert UGANDA.public.verifies(blob[12:], f"cosignature/v1\ntime {seconds}\n{body}".encode())


def cosigned_with(seconds, body=None):
    checkpoint = read_checkpoint(NOTE, KENYA.public)
    text = NOTE.partition("\n\n")[0] + "\n" if body is None else body
    signature = seconds.to_bytes(8, "big") + UGANDA.sign(module._cosigned(text, seconds))
    line = module._line("comity/UG", b"\x04", UGANDA, signature)
    return Checkpoint(checkpoint.origin, checkpoint.size, checkpoint.root, NOTE + line)


@pytest.mark.parametrize("seconds", [0, 253_402_300_800, 2**40 - 1, 2**63, 2**64 - 1])
def test_cosignature_at_an_impossible_time_is_refused_by_name(seconds):
    with pytest.raises(CheckpointInvalid):
        cosigned_at(cosigned_with(seconds), UGANDA.public)


def test_cosignature_of_another_checkpoint_is_refused():
    with pytest.raises(CheckpointInvalid):
        cosigned_at(cosigned_with(1_772_438_400, "comity/KE\n1\nAAAA\n"), UGANDA.public)


def test_cosignature_moved_in_time_is_refused():
    note = cosigned_with(1_772_438_400)
    line = note.note.split("\n")[-2]
    blob = bytearray(base64.b64decode(line.split(" ")[-1]))
    blob[11] ^= 1
    moved = note.note.replace(line.split(" ")[-1], base64.b64encode(blob).decode())

    with pytest.raises(CheckpointInvalid):
        cosigned_at(read_checkpoint(moved, KENYA.public), UGANDA.public)


def test_plain_signature_of_a_partner_is_no_cosignature():
    body = NOTE.partition("\n\n")[0] + "\n"
    line = module._line("comity/UG", b"\x01", UGANDA, UGANDA.sign(body.encode()))

    with pytest.raises(CheckpointInvalid):
        cosigned_at(read_checkpoint(NOTE + line, KENYA.public), UGANDA.public)


def test_note_full_of_signatures_is_not_cosigned():
    filler = "— someone AAAA\n"
    full = NOTE + filler * ((module.LONGEST_NOTE - len(NOTE)) // len(filler))

    with pytest.raises(CheckpointInvalid):
        cosign(read_checkpoint(full, KENYA.public), UGANDA, NOW)
