"""Who may do what: officers, their roles, and what each role permits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from comity.entrypoints.console.language import mark


class Role(StrEnum):
    """What an officer is in the administration."""

    EXAMINER = "examiner"
    ANALYST = "analyst"
    LEGAL = "legal"
    ENGINEER = "engineer"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a page or an action asks for."""

    READ_ARRIVALS = "read-arrivals"
    RECORD_EXAMINATION = "record-examination"
    OVERRIDE_LANE = "override-lane"
    READ_PARTNERS = "read-partners"
    SETTLE_MESSAGES = "settle-messages"
    READ_AGREEMENTS = "read-agreements"
    ACT_ON_AGREEMENTS = "act-on-agreements"
    READ_CODES = "read-codes"
    READ_LEDGER = "read-ledger"
    TAKE_EVIDENCE = "take-evidence"
    READ_STEWARDSHIP = "read-stewardship"
    ANSWER_REQUESTS = "answer-requests"


ROLE_NAMES: Mapping[Role, str] = MappingProxyType(
    {
        Role.EXAMINER: mark("Examiner"),
        Role.ANALYST: mark("Risk analyst"),
        Role.LEGAL: mark("Legal officer"),
        Role.ENGINEER: mark("Node engineer"),
        Role.ADMIN: mark("Administrator"),
    }
)

_P = Permission
PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.EXAMINER: frozenset(
            {
                _P.READ_ARRIVALS,
                _P.RECORD_EXAMINATION,
                _P.OVERRIDE_LANE,
                _P.READ_AGREEMENTS,
                _P.READ_CODES,
                _P.TAKE_EVIDENCE,
            }
        ),
        Role.ANALYST: frozenset(
            {
                _P.READ_ARRIVALS,
                _P.OVERRIDE_LANE,
                _P.READ_PARTNERS,
                _P.READ_AGREEMENTS,
                _P.READ_CODES,
                _P.READ_LEDGER,
                _P.TAKE_EVIDENCE,
            }
        ),
        Role.LEGAL: frozenset(
            {
                _P.READ_PARTNERS,
                _P.READ_AGREEMENTS,
                _P.ACT_ON_AGREEMENTS,
                _P.READ_CODES,
                _P.READ_LEDGER,
                _P.TAKE_EVIDENCE,
                _P.READ_STEWARDSHIP,
                _P.ANSWER_REQUESTS,
            }
        ),
        Role.ENGINEER: frozenset(
            {_P.READ_PARTNERS, _P.SETTLE_MESSAGES, _P.READ_AGREEMENTS, _P.READ_CODES, _P.READ_LEDGER}
        ),
        Role.ADMIN: frozenset(Permission),
    }
)

_HOMES: tuple[tuple[Role, str], ...] = (
    (Role.EXAMINER, "/console/arrivals"),
    (Role.ANALYST, "/console/arrivals"),
    (Role.ADMIN, "/console/arrivals"),
    (Role.LEGAL, "/console/agreements"),
    (Role.ENGINEER, "/console/partners"),
)


@dataclass(frozen=True, slots=True)
class Officer:
    """One person who signs in; `language` is an ISO 639-1 code the console has a catalogue for."""

    name: str
    roles: frozenset[Role]
    language: str = "en"
    is_active: bool = True

    def may(self, permission: Permission) -> bool:
        """Claim that one of the officer's roles permits it."""
        return any(permission in PERMISSIONS[role] for role in self.roles)

    @property
    def home(self) -> str:
        """Return the page that needs this officer first."""
        return next(page for role, page in _HOMES if role in self.roles)


def roles_permitting(permission: Permission) -> list[str]:
    """Return the names of the roles that permit it, as message ids in the order of `Role`."""
    return [ROLE_NAMES[role] for role in Role if permission in PERMISSIONS[role] and role is not Role.ADMIN]
