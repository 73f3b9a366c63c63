"""How is a node kept safe, and brought back? One ZIP file: the database of one instant, the home's files, a signature.

Keys leave only when asked for, under a passphrase. A backup is taken in only whole: hashes, the node's signature, and
every entry of the log. Whether the log is also the newest, partners know: see `comity recover`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.card import PeerCard, read_card, write_card
from comity.cooperation.exchange.errors import ExchangeError
from comity.cooperation.identity.passphrase import seal, unseal
from comity.cooperation.ledger.append import NewEntry, append
from comity.cooperation.ledger.check_log import check_log
from comity.cooperation.ledger.store import LogHead, head
from comity.entrypoints.node import CARD, CONFIGURATION, KEYS, TLS_KEY, HomeExists, Node
from comity.foundation.canonical_json import canonical_json
from comity.foundation.clock import Clock
from comity.foundation.errors import ComityError
from comity.foundation.settings import Settings
from comity.foundation.storage.session import Database
from comity.migrations.upgrade import migrate

FORMAT = "comity-backup.v1"
MANIFEST_TYPE = "comity-backup.v1+jws"
MANIFEST, DATABASE, SEALED_KEYS, HOME = "manifest.jws", "node.db", "keys.sealed", "home/"
RESTORED = "restored"
"""The kind of the ledger entry with which a restored log goes on."""
LARGEST_HOME_FILE = 1024 * 1024
LARGEST_MANIFEST = 1024 * 1024
_PIECE = 1024 * 1024


class BackupInvalid(ComityError):
    """The file is not a whole backup of a node: it was cut, changed, or signed by another key; use another one."""

    code = "backup.invalid"


class BackupExists(ComityError):
    """A file of that name is there already; a backup never overwrites one."""

    code = "backup.exists"
    status = 409


@dataclass(frozen=True, slots=True)
class BackupTold:
    """What a backup holds."""

    authority: str
    fingerprint: str
    created: str
    log_size: int
    has_database: bool
    has_keys: bool


def write_backup(node: Node, path: Path, *, passphrase: str | None = None) -> BackupTold:
    """Write a consistent copy of a running node; its keys only under a passphrase.

    The database of PostgreSQL is not in it: `pg_dump` copies that.

    Raises:
        BackupExists: the file is there.
        PassphraseTooShort: see `identity.passphrase`.
    """
    if path.exists():
        raise BackupExists(f"{path} is there already; a backup never overwrites a file")
    public, secret = _home_files(node.settings.home)
    with TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        members: dict[str, Path | bytes] = {HOME + name: content for name, content in public.items()}
        members[HOME + CARD] = _card_of(node)
        copy = Path(folder) / DATABASE
        if node.database.is_sqlite:
            _copy_sqlite(node.database, copy)
            members[DATABASE] = copy
        if passphrase is not None:
            members[SEALED_KEYS] = seal(_packed(secret), passphrase)
        told = BackupTold(
            authority=node.keys.authority,
            fingerprint=node.identity.fingerprint,
            created=node.clock.now().isoformat(),
            log_size=_head_of(copy if DATABASE in members else None, node).size,
            has_database=DATABASE in members,
            has_keys=passphrase is not None,
        )
        whole = Path(folder) / "backup.zip"
        _write_zip(whole, members, told, node)
        os.link(whole, path)
    return told


def restore_backup(
    path: Path, settings: Settings, clock: Clock, *, passphrase: str | None = None, fingerprint: str | None = None
) -> BackupTold:
    """Make a node's home from a backup, after verifying the whole of it; the log goes on with an entry that says so.

    Raises:
        HomeExists: the folder holds a node.
        BackupInvalid: it is not whole, or not of the node whose fingerprint is given.
        LogDamaged: an entry of the log was changed.
        PassphraseWrong: the keys do not open.
    """
    home = settings.home
    if (home / CONFIGURATION).exists() or (home / DATABASE).exists():
        raise HomeExists
    try:
        with zipfile.ZipFile(path) as file:
            manifest = _read_manifest(file, fingerprint)
            keys = unseal(file.read(SEALED_KEYS), passphrase) if passphrase and manifest["told"]["has_keys"] else None
            home.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=home, prefix=".restore-") as folder:
                _extract(file, manifest["sha256"], Path(folder))
                told = BackupTold(**manifest["told"])
                if told.has_database:
                    _check_database(Path(folder) / DATABASE, told, path, clock)
                _put_in_place(Path(folder), home, keys)
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError, NotImplementedError) as error:
        raise BackupInvalid from error
    return told


def _card_of(node: Node) -> bytes:
    """Return the node's card with the keys of today, which sign the manifest."""
    card = PeerCard(node.identity, node.configuration.url, node.certificate.read_text(encoding="ascii"))
    return json.dumps(write_card(card, node.keys), indent=2).encode()


def _home_files(home: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the files that anyone may read, and those that only the owner may: these are the keys."""
    public: dict[str, bytes] = {}
    secret: dict[str, bytes] = {}
    for file in sorted(home.iterdir()):
        is_kept = file.is_file() and not file.is_symlink() and file.stat().st_size <= LARGEST_HOME_FILE
        if not is_kept or file.name.startswith((DATABASE, ".")) or file.suffix == ".log":
            continue
        is_secret = file.name in (KEYS, TLS_KEY) or not file.stat().st_mode & 0o077
        (secret if is_secret else public)[file.name] = file.read_bytes()
    return public, secret


def _copy_sqlite(database: Database, copy: Path) -> None:
    """Copy the database while it is used: SQLite's online backup gives one instant."""
    source = database.engine.url.database or ""
    with closing(sqlite3.connect(source)) as opened, closing(sqlite3.connect(copy)) as written:
        opened.backup(written)


def _head_of(copy: Path | None, node: Node) -> LogHead:
    database = node.database if copy is None else Database(f"sqlite:///{copy}")
    try:
        with database.reading() as session:
            return head(session)
    finally:
        if copy is not None:
            database.dispose()


def _write_zip(whole: Path, members: Mapping[str, Path | bytes], told: BackupTold, node: Node) -> None:
    hashes = {}
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            if isinstance(content, Path):
                file.write(content, name)
                hashes[name] = _hash_of(content)
            else:
                file.writestr(name, content)
                hashes[name] = hashlib.sha256(content).hexdigest()
        told_fields = {name: getattr(told, name) for name in BackupTold.__slots__}
        manifest = canonical_json({"format": FORMAT, "told": told_fields, "sha256": hashes})
        file.writestr(MANIFEST, jws.sign(manifest, typ=MANIFEST_TYPE, keys=node.keys))


def _read_manifest(file: zipfile.ZipFile, fingerprint: str | None) -> dict[str, Any]:
    """Verify the manifest with the key of the card in the backup, and that fingerprint where one is given."""
    for name in (MANIFEST, HOME + CARD):
        if file.getinfo(name).file_size > LARGEST_MANIFEST:
            raise BackupInvalid
    try:
        card = read_card(json.loads(file.read(HOME + CARD)), fingerprint=fingerprint)
        manifest: dict[str, Any] = json.loads(jws.verify(file.read(MANIFEST), typ=MANIFEST_TYPE, sender=card.identity))
    except ExchangeError as error:
        raise BackupInvalid(f"the backup is not signed by the node of its card: {error.message}") from error
    names = {one.filename for one in file.infolist()}
    if manifest["format"] != FORMAT or names != {*manifest["sha256"], MANIFEST}:
        raise BackupInvalid("the backup does not hold what its manifest names")
    return manifest


def _extract(file: zipfile.ZipFile, hashes: Mapping[str, str], folder: Path) -> None:
    """Write each named member into the folder, under its bare name, and compare its hash."""
    for name, expected in hashes.items():
        bare = name.removeprefix(HOME)
        if bare != Path(bare).name or bare in ("", ".", ".."):
            raise BackupInvalid
        digest = hashlib.sha256()
        with file.open(name) as source, (folder / bare).open("xb") as target:
            while piece := source.read(_PIECE):
                digest.update(piece)
                target.write(piece)
        if digest.hexdigest() != expected:
            raise BackupInvalid(f"{name} in the backup was changed")


def _check_database(copy: Path, told: BackupTold, path: Path, clock: Clock) -> None:
    """Accept the log or expose it, and let it go on with the entry that it was restored."""
    database = Database(f"sqlite:///{copy}")
    try:
        migrate(database)
        with database.transaction() as session:
            if check_log(session).size != told.log_size:
                raise BackupInvalid("the log in the backup is not the one that its manifest names")
            statement = {
                "backup": _hash_of(path),
                "created": told.created,
                "log_size": told.log_size,
                "restored": clock.now().isoformat(),
            }
            append(session, [NewEntry(RESTORED, told.authority, canonical_json(statement))], clock)
    finally:
        database.dispose()  # the last connection folds the write-ahead log into the file


def _put_in_place(folder: Path, home: Path, keys: bytes | None) -> None:
    for file in sorted(folder.iterdir()):
        if file.name != SEALED_KEYS:
            file.replace(home / file.name)
    for name, text in (json.loads(keys) if keys else {}).items():
        if name != Path(name).name:
            raise BackupInvalid
        descriptor = os.open(home / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            written.write(text)


def _packed(secret: Mapping[str, bytes]) -> bytes:
    return json.dumps({name: content.decode() for name, content in secret.items()}).encode()


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
