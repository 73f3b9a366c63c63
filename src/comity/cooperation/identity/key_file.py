"""Where are a node's private keys kept? In one file, readable by its owner only, replaced as a whole.

The signing key may be in a token instead (PKCS#11); the file then says which one. A running node reads the file again
when it was replaced, so that a rotation needs no restart.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from comity.cooperation.identity.errors import KeyInvalid, KeysMissing, TokenUnusable
from comity.cooperation.identity.keys import MemorySigner, NodeKeys, OpeningKey, PublicIdentity
from comity.cooperation.identity.statement import Signer

FindInToken = Callable[[bytes], Signer]
"""Gives the token's signer for a raw public key."""

_Version = tuple[int, int, int]


def no_token(_public_key: bytes) -> Signer:
    """Refuse: the node is not told of a token."""
    raise TokenUnusable("the signing key is in a token, and COMITY_KEY_STORE names none")


class KeyFile:
    """A node's key file; `keys()` is always what the file says now."""

    def __init__(self, path: Path, find_in_token: FindInToken = no_token) -> None:
        self.path = path
        self._find_in_token = find_in_token
        self._lock = threading.Lock()
        self._read: tuple[_Version, NodeKeys] | None = None

    def keys(self) -> NodeKeys:
        """Return the private keys, read again if the file was replaced.

        Raises:
            KeysMissing: there is no such file.
            KeyInvalid: the file is damaged.
            TokenUnusable: the signing key is in a token that cannot be used.
        """
        try:
            version = _version(self.path)
            if self._read is None or self._read[0] != version:
                with self._lock:
                    self._read = (version, self._parse(self.path.read_bytes()))
        except FileNotFoundError as error:
            raise KeysMissing from error
        return self._read[1]

    def replace(self, keys: NodeKeys) -> None:
        """Write the keys in place of those that are there; a crash leaves the old or the new, never a part."""
        beside = self.path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        write_private(beside, _record(keys))
        beside.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _parse(self, content: bytes) -> NodeKeys:
        try:
            record = json.loads(content)
            public = PublicIdentity.from_json(record["identity"])
            signer = self._signer(record["signing"], public.signing_key)
            opening = tuple(_opening_key(one) for one in record["opening"])
        except (KeyError, ValueError, TypeError, KeyInvalid) as error:
            raise KeyInvalid("the key file is damaged; restore it from the backup of this node's home") from error
        if signer.public_key != public.signing_key or not opening or opening[0].public_key != public.encryption_key:
            raise KeyInvalid("the key file's private keys are not those that its history names")
        return NodeKeys(public, signer, opening)

    def _signer(self, place: str, public_key: bytes) -> Signer:
        if place == "token":
            return self._find_in_token(public_key)
        return MemorySigner(Ed25519PrivateKey.from_private_bytes(base64.b64decode(place)))


def save_keys(keys: NodeKeys, path: Path) -> None:
    """Write the private keys to `path`, readable by the owner only; never overwrites a file."""
    write_private(path, _record(keys))


def load_keys(path: Path, find_in_token: FindInToken = no_token) -> NodeKeys:
    """Read the private keys that `save_keys` wrote.

    Raises:
        KeysMissing: there is no such file.
        KeyInvalid: the file is damaged.
        TokenUnusable: the signing key is in a token that cannot be used.
    """
    return KeyFile(path, find_in_token).keys()


def save_recovery_key(signer: MemorySigner, path: Path) -> None:
    """Write a recovery key to `path`, for the safe; never overwrites a file."""
    write_private(path, {"recovery": base64.b64encode(signer.private.private_bytes_raw()).decode()})


def load_recovery_key(path: Path) -> MemorySigner:
    """Read the recovery key that `save_recovery_key` wrote.

    Raises:
        KeysMissing: there is no such file.
        KeyInvalid: it holds no recovery key.
    """
    try:
        private = base64.b64decode(json.loads(path.read_bytes())["recovery"])
        return MemorySigner(Ed25519PrivateKey.from_private_bytes(private))
    except FileNotFoundError as error:
        raise KeysMissing(f"there is no recovery key in {path}") from error
    except (KeyError, ValueError, TypeError) as error:
        raise KeyInvalid(f"{path} holds no recovery key") from error


def write_private(path: Path, record: dict[str, Any]) -> None:
    """Write JSON to a new file that only its owner reads, down to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(record, file, indent=2)
        file.flush()
        os.fsync(file.fileno())


def _record(keys: NodeKeys) -> dict[str, Any]:
    private = keys.signer.private.private_bytes_raw() if isinstance(keys.signer, MemorySigner) else None
    return {
        "identity": keys.public.as_json(),
        "signing": "token" if private is None else base64.b64encode(private).decode(),
        "opening": [
            {
                "mlkem": base64.b64encode(one.mlkem.private_bytes_raw()).decode(),
                "x25519": base64.b64encode(one.x25519.private_bytes_raw()).decode(),
                "until": one.until.isoformat() if one.until else None,
            }
            for one in keys.opening
        ],
    }


def _opening_key(record: dict[str, Any]) -> OpeningKey:
    return OpeningKey(
        MLKEM768PrivateKey.from_seed_bytes(base64.b64decode(record["mlkem"])),
        X25519PrivateKey.from_private_bytes(base64.b64decode(record["x25519"])),
        datetime.fromisoformat(record["until"]) if record["until"] else None,
    )


def _version(path: Path) -> _Version:
    about = path.stat()
    return about.st_ino, about.st_mtime_ns, about.st_size
