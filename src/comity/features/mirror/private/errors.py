"""What can go wrong when two administrations match without showing their records?"""

from __future__ import annotations

from comity.foundation.errors import ComityError


class PrivateMatchInvalid(ComityError):
    """A message of a private matching run is not of the form, or does not fit the run; look at the run's list."""

    code = "mirror.private-match-invalid"
    status = 422


class PrivateRunUnknown(ComityError):
    """There is no such private matching run with this partner."""

    code = "mirror.private-run-unknown"
    status = 404


class PrivateBudgetSpent(ComityError):
    """More keys than one partner may ask for in a day; ask for a shorter period, or go on tomorrow."""

    code = "mirror.private-budget-spent"
    status = 429


class NothingToMatch(ComityError):
    """No declaration of the period bears a key that a partner's could bear; choose another period or partner."""

    code = "mirror.nothing-to-match"
    status = 409
