"""What can be wrong with a rule, a profile, facts, a decision or a result."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class RuleInvalid(ComityError):
    """The criterion is not a condition over the published columns: correct it at the position named."""

    code = "risk.rule-invalid"
    status = 422

    def __init__(self, message: str | None = None, *, position: int | None = None, nearest: str | None = None) -> None:
        """Keep where: `position` is the offset in characters from 0; `nearest` the column or function meant perhaps."""
        at = None if position is None else f"character {position + 1}"
        super().__init__(message, path=at)
        self.position = position
        self.nearest = nearest


class FactsInvalid(ComityError):
    """The facts do not fit the published columns: give each column its own type."""

    code = "risk.facts-invalid"
    status = 500


class PolicyInvalid(ComityError):
    """A selection policy needs shares from 0 to 1."""

    code = "risk.policy-invalid"
    status = 422


class DecisionUnknown(ComityError):
    """The declaration has no decision here: clear it first."""

    code = "risk.decision-unknown"
    status = 404


class ReasonMissing(ComityError):
    """Changing a lane needs a reason of 1 to 4,000 characters: say why."""

    code = "risk.reason-missing"
    status = 422


class FeedbackInvalid(ComityError):
    """The partner's examination result is not of the form examination-result.v1: ask the partner to correct it."""

    code = "risk.feedback-invalid"
    status = 422


class ProfilesInvalid(ComityError):
    """The profiles' file cannot be used; correct the profile it names."""

    code = "risk.profiles-invalid"
    status = 422


class ProfileInvalid(ComityError):
    """The profile or the act is not complete; correct the field named."""

    code = "risk.profile-invalid"
    status = 422


class ProfileUnknown(ComityError):
    """No such version of a profile is kept here; `comity profile list` shows those there are."""

    code = "risk.profile-unknown"
    status = 404


class ActOutOfPlace(ComityError):
    """This act cannot follow where the profile stands: only what is proposed is approved, only once it is withdrawn."""

    code = "risk.act-out-of-place"
    status = 409


class SecondPersonNeeded(ComityError):
    """Another person must approve: whoever wrote or approved this version answers for it already."""

    code = "risk.second-person-needed"
    status = 403
