"""How is the signing key used when it lies in a token? PKCS#11 (OASIS, v3.0): CKM_EDDSA on Ed25519, by python-pkcs11.

The token is named by a PKCS#11 URI (RFC 7512): `pkcs11:token=LABEL?module-path=PATH&pin-source=file:PATH`. The PIN
comes from a file and has no default. ML-KEM is in no PKCS#11 token yet: the encryption key stays in the key file.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from comity.cooperation.identity.errors import TokenUnusable

_SCHEME = "pkcs11:"
_POINT_PREFIX = b"\x04\x20"  # CKA_EC_POINT is a DER octet string; 32 bytes for Ed25519


@dataclass(frozen=True, slots=True)
class TokenAddress:
    """Which token: the module to load, the token's label, and the file that holds its PIN."""

    module: str
    label: str
    pin_file: Path


def read_address(uri: str) -> TokenAddress:
    """Read a PKCS#11 URI (RFC 7512) with `token`, `module-path` and `pin-source`.

    Raises:
        TokenUnusable: one of them is missing, or the PIN itself stands in the URI.
    """
    path, _, query = uri.removeprefix(_SCHEME).partition("?")
    parts = dict(part.partition("=")[::2] for part in path.split(";"))
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    pin_file = asked.get("pin-source", "").removeprefix("file:")
    if not uri.startswith(_SCHEME) or not parts.get("token") or not asked.get("module-path") or not pin_file:
        raise TokenUnusable("COMITY_KEY_STORE must be pkcs11:token=LABEL?module-path=PATH&pin-source=file:PATH")
    return TokenAddress(asked["module-path"], unquote(parts["token"]), Path(pin_file))


@dataclass(frozen=True)
class TokenSigner:
    """A signing key that never leaves its token; one signature at a time."""

    public_key: bytes
    token: Token

    def sign(self, content: bytes) -> bytes:
        """Return the 64-byte signature over `content`."""
        return self.token.sign(self.public_key, content)


class Token:
    """A token, logged in to when it is first used and again when its session was lost."""

    def __init__(self, address: TokenAddress) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._session: Any = None
        self._private: dict[bytes, Any] = {}

    def find(self, public_key: bytes) -> TokenSigner:
        """Return the signer of the key whose raw public key this is.

        Raises:
            TokenUnusable: module, PIN or token is wrong, or the key is not in it.
        """
        with self._lock:
            self._handle(public_key)
        return TokenSigner(public_key, self)

    def generate(self) -> TokenSigner:
        """Make a fresh Ed25519 key in the token; it cannot be read out."""
        from pkcs11 import Attribute, KeyType, Mechanism
        from pkcs11.exceptions import PKCS11Error
        from pkcs11.util.ec import encode_named_curve_parameters

        with self._lock:
            session = self._opened()
            try:
                curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("1.3.101.112")}  # id-Ed25519, RFC 8410
                domain = session.create_domain_parameters(KeyType.EC_EDWARDS, curve, local=True)
                public, private = domain.generate_keypair(
                    mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label="comity"
                )
                key = bytes(public[Attribute.EC_POINT]).removeprefix(_POINT_PREFIX)
                for handle in (public, private):
                    handle[Attribute.ID] = _id_of(key)
            except PKCS11Error as error:
                raise TokenUnusable(f"the token makes no Ed25519 key: {type(error).__name__}") from error
            self._private[key] = private
        return TokenSigner(key, self)

    def destroy(self, public_key: bytes) -> None:
        """Destroy a key in the token."""
        from pkcs11 import Attribute

        with self._lock:
            for handle in list(self._opened().get_objects({Attribute.ID: _id_of(public_key)})):
                handle.destroy()
            self._private.pop(public_key, None)

    def sign(self, public_key: bytes, content: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature over `content`.

        Raises:
            TokenUnusable: the token does not sign, after a second try in a new session.
        """
        from pkcs11 import Mechanism
        from pkcs11.exceptions import PKCS11Error

        with self._lock:
            try:
                return bytes(self._handle(public_key).sign(content, mechanism=Mechanism.EDDSA))
            except PKCS11Error:
                self._forget()
            try:
                return bytes(self._handle(public_key).sign(content, mechanism=Mechanism.EDDSA))
            except PKCS11Error as error:
                raise TokenUnusable(f"the token does not sign: {type(error).__name__}") from error

    def _handle(self, public_key: bytes) -> Any:
        from pkcs11 import KeyType, ObjectClass
        from pkcs11.exceptions import PKCS11Error

        if public_key not in self._private:
            try:
                self._private[public_key] = self._opened().get_key(
                    object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC_EDWARDS, id=_id_of(public_key)
                )
            except PKCS11Error as error:
                raise TokenUnusable(f"the signing key is not in the token: {type(error).__name__}") from error
        return self._private[public_key]

    def _opened(self) -> Any:
        if self._session is None:
            import pkcs11
            from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn

            try:
                pin = self._address.pin_file.read_text(encoding="utf-8").strip()
                token = pkcs11.lib(self._address.module).get_token(token_label=self._address.label)
                try:
                    self._session = token.open(rw=True, user_pin=pin)
                except UserAlreadyLoggedIn:  # a process is logged in to a token as a whole
                    self._session = token.open(rw=True)
            except (OSError, RuntimeError, PKCS11Error) as error:
                raise TokenUnusable(
                    f"the token {self._address.label!r} does not open: {type(error).__name__}; look at its module,"
                    " label and PIN file"
                ) from error
        return self._session

    def _forget(self) -> None:
        self._session, self._private = None, {}


def _id_of(public_key: bytes) -> bytes:
    """Return under which CKA_ID a key lies in the token: the start of its public key's SHA-256."""
    return hashlib.sha256(public_key).digest()[:16]
