"""Why is a key, a key history or a membership refused? One stable code for each way in which a rule can be broken."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class KeysMissing(ComityError):
    """This node has no keys yet; create them with `comity init`."""

    code = "identity.keys-missing"
    status = 500


class KeyInvalid(ComityError):
    """A public key is not in the expected form; ask the partner for its card again."""

    code = "identity.key-invalid"


class HistoryInvalid(ComityError):
    """The key history does not hold: a statement is malformed, out of order, or not signed by the keys it must be."""

    code = "identity.history-invalid"


class SuiteUnknown(HistoryInvalid):
    """A key is for another encryption suite than the one this protocol version fixes; nothing weaker is negotiated."""

    code = "identity.suite-unknown"


class HistoryForked(ComityError):
    """The key history departs from the one that is pinned: two successors of one key. Refused, and kept as evidence."""

    code = "identity.history-forked"
    status = 409

    def __init__(self, message: str | None = None, *, kept: str = "", presented: str = "") -> None:
        super().__init__(message)
        self.kept = kept
        self.presented = presented


class RecoveryKeyWrong(ComityError):
    """This is not the recovery key that the key history promised; find the one that `comity init` or the last recovery
    wrote."""

    code = "identity.recovery-key-wrong"


class ReasonMissing(ComityError):
    """A change of keys or of partners needs a reason: text on one line, at most 500 characters."""

    code = "identity.reason-missing"


class TokenUnusable(ComityError):
    """The token that holds the signing key cannot be used: module, token, PIN or key is wrong or missing."""

    code = "identity.token-unusable"
    status = 500
