"""A backup is whole or it is refused; keys are in it only under a passphrase; what is restored is the same node."""

from __future__ import annotations

import json
import threading
import zipfile

import pytest

from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.store import add_peer, list_peers
from comity.cooperation.identity.passphrase import PassphraseTooShort, PassphraseWrong, seal, unseal
from comity.cooperation.ledger.append import NewEntry, append, head
from comity.cooperation.ledger.check_log import LogDamaged, check_log
from comity.cooperation.ledger.store import entries_of, erase
from comity.entrypoints.backup import RESTORED, BackupExists, BackupInvalid, restore_backup, write_backup
from comity.entrypoints.node import HomeExists, NodeConfiguration, create_node, open_node
from comity.foundation.settings import Settings
from tests.integration.console.seeded import KENYA
from tests.simulators.snapshot import hashes

PASSPHRASE = "four words of a list"


@pytest.fixture
def node(tmp_path, clock):
    """Return a node with a partner and nine entries in its log, one of them erased."""
    made = create_node(
        NodeConfiguration("UG", "Uganda", "https://127.0.0.1:8443", "127.0.0.1", 8443),
        Settings(home=tmp_path / "ug"),
        clock,
    )
    with made.database.transaction() as session:
        add_peer(session, PeerCard(KENYA.public, "https://ke.example:8443", "not used here"), clock=clock)
        append(session, [NewEntry("decision", f"d{number}", b"statement") for number in range(9)], clock)
        erase(session, 4)
    yield made
    made.close()


def restored(backup, folder, clock, **options):
    settings = Settings(home=folder)
    return restore_backup(backup, settings, clock, **options), settings


def test_restored_node_is_the_same_and_its_log_says_that_it_was_restored(node, tmp_path, clock):
    told = write_backup(node, tmp_path / "b.zip", passphrase=PASSPHRASE)

    again, settings = restored(
        tmp_path / "b.zip", tmp_path / "new", clock, passphrase=PASSPHRASE, fingerprint=node.identity.fingerprint
    )
    other = open_node(settings, clock)

    assert (again, told.log_size, told.has_keys) == (told, 10, True)
    assert other.identity == node.identity
    same = hashes(node.database)
    found = hashes(other.database)
    assert {name for name in same if same[name] != found[name]} == {"ledger_entries", "ledger_head", "ledger_tiles"}
    with other.database.reading() as session:
        assert [entry.kind for entry in entries_of(session, "UG")] == [RESTORED]
        assert check_log(session).size == told.log_size + 1
        assert [peer.authority for peer in list_peers(session)] == ["KE"]
    other.close()


def test_keys_are_not_in_a_backup_unless_asked_for_and_then_not_readable(node, tmp_path):
    write_backup(node, tmp_path / "b.zip")
    write_backup(node, tmp_path / "k.zip", passphrase=PASSPHRASE)
    kept = json.loads((node.settings.home / "keys.json").read_text(encoding="utf-8"))
    secrets = [kept["signing"], kept["opening"][0]["mlkem"], kept["opening"][0]["x25519"], "PRIVATE KEY"]

    for name in ("b.zip", "k.zip"):
        with zipfile.ZipFile(tmp_path / name) as file:
            held = {one: file.read(one) for one in file.namelist()}
        assert not any("tls-key" in one or "keys.json" in one for one in held)
        assert not any(secret.encode() in content for content in held.values() for secret in secrets)
    assert ((tmp_path / "b.zip").stat().st_mode & 0o077) == 0


def test_backup_of_a_node_that_writes_meanwhile_is_of_one_instant(node, tmp_path, clock):
    stopping = threading.Event()

    def write():
        while not stopping.is_set():
            with node.database.transaction() as session:
                append(session, [NewEntry("decision", "d", b"x" * 200)], clock)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        sizes = []
        for number in range(5):
            write_backup(node, tmp_path / f"{number}.zip")
            sizes.append(restored(tmp_path / f"{number}.zip", tmp_path / f"n{number}", clock)[0].log_size)
    finally:
        stopping.set()
        writer.join()

    assert sizes == sorted(sizes)
    assert sizes[-1] > 9


@pytest.mark.parametrize("member", ["node.db", "home/node.json", "manifest.jws", "home/card.json"])
def test_changed_member_is_exposed_and_nothing_is_left_behind(node, tmp_path, clock, member):
    write_backup(node, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as file, zipfile.ZipFile(tmp_path / "c.zip", "w") as forged:
        for name in file.namelist():
            content = file.read(name)
            at = len(content) // 2
            forged.writestr(
                name, content if name != member else content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
            )

    with pytest.raises(BackupInvalid):
        restored(tmp_path / "c.zip", tmp_path / "new", clock)
    assert not list((tmp_path / "new").glob("*"))


def test_backup_with_another_member_cut_or_no_zip_at_all_is_refused(node, tmp_path, clock):
    write_backup(node, tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "noise.zip").write_bytes(b"noise" * 1000)
    (tmp_path / "more.zip").write_bytes(whole)
    with zipfile.ZipFile(tmp_path / "more.zip", "a") as file:
        file.writestr("home/../../evil", "x")

    for name in ("cut.zip", "noise.zip", "more.zip"):
        with pytest.raises(BackupInvalid):
            restored(tmp_path / name, tmp_path / name.partition(".")[0], clock)


def test_backup_of_another_node_is_refused_by_its_fingerprint(node, tmp_path, clock):
    write_backup(node, tmp_path / "b.zip")

    with pytest.raises(BackupInvalid):
        restored(tmp_path / "b.zip", tmp_path / "new", clock, fingerprint="0" * 64)


def test_neither_a_node_nor_a_backup_is_overwritten(node, tmp_path, clock):
    write_backup(node, tmp_path / "b.zip")

    with pytest.raises(BackupExists):
        write_backup(node, tmp_path / "b.zip")
    with pytest.raises(HomeExists):
        restored(tmp_path / "b.zip", node.settings.home, clock)


def test_entry_changed_in_the_database_itself_is_named(node, tmp_path, clock):
    with node.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE ledger_entries SET statement = X'00' WHERE \"index\" = 3")
    write_backup(node, tmp_path / "b.zip")

    with pytest.raises(LogDamaged, match="entry 3"):
        restored(tmp_path / "b.zip", tmp_path / "new", clock)


@pytest.mark.parametrize(
    "statement", ['DELETE FROM ledger_entries WHERE "index" = 2', "UPDATE ledger_head SET size = 8"]
)
def test_missing_entry_or_another_head_is_found(node, statement):
    with node.database.transaction() as session:
        session.connection().exec_driver_sql(statement)

    with node.database.reading() as session, pytest.raises(LogDamaged):
        check_log(session)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 300])
def test_whole_log_is_accepted_at_any_size(sqlite_database, clock, size):
    with sqlite_database.transaction() as session:
        append(session, [NewEntry("decision", "d", b"x")] * size, clock)

    with sqlite_database.reading() as session:
        assert check_log(session) == head(session)


def test_keys_open_with_their_passphrase_only():
    sealed = seal(b"secret", PASSPHRASE)

    assert unseal(sealed, PASSPHRASE) == b"secret"
    for damaged in (sealed[:-9], b"{}", b"[" * 5000, b"noise"):
        with pytest.raises(PassphraseWrong):
            unseal(damaged, PASSPHRASE)
    with pytest.raises(PassphraseWrong):
        unseal(sealed, PASSPHRASE + "!")
    with pytest.raises(PassphraseTooShort):
        seal(b"secret", "short")


def test_restoring_with_a_wrong_passphrase_leaves_nothing_behind(node, tmp_path, clock):
    write_backup(node, tmp_path / "b.zip", passphrase=PASSPHRASE)

    with pytest.raises(PassphraseWrong):
        restored(tmp_path / "b.zip", tmp_path / "new", clock, passphrase="another passphrase")
    assert not (tmp_path / "new").exists()
