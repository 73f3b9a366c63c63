"""How do keys travel in a backup? Under a passphrase: scrypt (RFC 7914), then AES-256-GCM (NIST SP 800-38D)."""

from __future__ import annotations

import base64
import binascii
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from comity.foundation.errors import ComityError

FORMAT = "comity-sealed-keys.v1"
SHORTEST_PASSPHRASE = 16  # characters; a guess: four words of a list
_COST, _BLOCK, _LANES = 2**16, 8, 1  # 64 MiB; OWASP's password storage cheat sheet names 2^17 for servers of today


class PassphraseTooShort(ComityError):
    """A passphrase that protects keys has 16 characters or more; take several words."""

    code = "identity.passphrase-too-short"
    status = 422


class PassphraseWrong(ComityError):
    """The sealed keys do not open: another passphrase, or the file was changed."""

    code = "identity.passphrase-wrong"


def seal(content: bytes, passphrase: str) -> bytes:
    """Return the content sealed under a passphrase.

    Raises:
        PassphraseTooShort: it has fewer than 16 characters.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise PassphraseTooShort
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, content, FORMAT.encode())
    parts = {"salt": salt, "nonce": nonce, "sealed": sealed}
    return json.dumps(
        {"format": FORMAT} | {name: base64.b64encode(one).decode() for name, one in parts.items()}
    ).encode()


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """Return what was sealed.

    Raises:
        PassphraseWrong: it does not open.
    """
    try:
        record = json.loads(sealed)
        if record["format"] != FORMAT:
            raise PassphraseWrong
        salt, nonce, content = (base64.b64decode(record[name], validate=True) for name in ("salt", "nonce", "sealed"))
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, content, FORMAT.encode())
    except (InvalidTag, KeyError, TypeError, ValueError, RecursionError, binascii.Error) as error:
        raise PassphraseWrong from error


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_LANES).derive(passphrase.encode())
