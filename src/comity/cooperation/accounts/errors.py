"""What can go wrong when two partners compare their books."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class AccountInvalid(ComityError):
    """The account is not of the form of this version; the sender must send it again."""

    code = "accounts.invalid"
    status = 422


class PeriodInvalid(ComityError):
    """A period needs a first day before its last, and must be over before it is accounted for."""

    code = "accounts.period-invalid"
    status = 422


class StatementInvalid(ComityError):
    """The reciprocity statement is not signed by both parties as it is."""

    code = "accounts.statement-invalid"


class StatementUnknown(ComityError):
    """There is no reciprocity statement for this agreement and period here yet; propose one first."""

    code = "accounts.statement-unknown"
    status = 404
