"""What does an agreement say in Cedar? One policy a clause, one policy set an agreement, parsed once.

Names in an agreement are letters, digits, dots and hyphens only, so that no text can break out of a policy's literals.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import cedarpy

from comity.cooperation.agreements.agreement import Agreement, Clause, agreement_hash, as_record, parse_agreement

_NO_ENTITIES = cedarpy.Entities.from_json_str("[]")


def cedar_text(agreement: Agreement) -> str:
    """Return the policies generated from an agreement: what no clause permits is forbidden by default.

    Raises:
        AgreementInvalid: the agreement was made by hand, and a name in it could leave its literal.
    """
    parse_agreement(as_record(agreement))
    return "\n".join(_policy(agreement, clause) for clause in sorted(agreement.clauses, key=lambda one: one.id))


def cedar_policies(agreement: Agreement) -> dict[str, dict[str, Any]]:
    """Return Cedar's own reading of the policies, in its JSON form (EST), by clause.

    Raises:
        AgreementInvalid: as `cedar_text`.
    """
    read: dict[str, Any] = json.loads(cedarpy.policies_to_json_str(cedar_text(agreement)))
    return {policy["annotations"]["clause"]: policy for policy in read["staticPolicies"].values()}


def permitting_clauses(
    agreement: Agreement, *, sender: str, recipient: str, data_class: str, message_type: str, purpose: str
) -> tuple[Clause, ...]:
    """Return the clauses that permit this; none means no. What Cedar decided once of a text it would decide again."""
    return _decided(agreement_hash_of(agreement), agreement, (sender, recipient, data_class, message_type, purpose))


@lru_cache(maxsize=16_384)  # one entry for each kind of message between two administrations
def _decided(digest: str, agreement: Agreement, asked: tuple[str, str, str, str, str]) -> tuple[Clause, ...]:
    policy_set, clauses = _parsed(digest, agreement)
    sender, recipient, data_class, message_type, purpose = asked
    result = cedarpy.is_authorized(
        {
            "principal": {"type": "Authority", "id": sender},
            "action": {"type": "Action", "id": "send"},
            "resource": {"type": "DataClass", "id": data_class},
            "context": {
                "recipient": {"__entity": {"type": "Authority", "id": recipient}},
                "message_type": message_type,
                "purpose": purpose,
            },
        },
        policy_set,
        _NO_ENTITIES,
    )
    return tuple(clauses[reason] for reason in result.diagnostics.reasons) if result.allowed else ()


@lru_cache(maxsize=256)
def agreement_hash_of(agreement: Agreement) -> str:
    """Return the agreement's hash, computed once a text."""
    return agreement_hash(agreement)


@lru_cache(maxsize=256)
def _parsed(_hash: str, agreement: Agreement) -> tuple[cedarpy.PolicySet, dict[str, Clause]]:
    clauses = sorted(agreement.clauses, key=lambda one: one.id)
    return cedarpy.PolicySet.from_str(cedar_text(agreement)), {f"policy{n}": one for n, one in enumerate(clauses)}


def _policy(agreement: Agreement, clause: Clause) -> str:
    return (
        f'@clause("{clause.id}")\n'
        f'permit (principal, action == Action::"send", resource == DataClass::"{clause.data_class}")\n'
        f"when {{ {_authorities(agreement.senders_under(clause))}.contains(principal)\n"
        f"  && {_authorities(agreement.recipients_under(clause))}.contains(context.recipient)\n"
        f"  && principal != context.recipient\n"
        f"  && {_texts(clause.message_types)}.contains(context.message_type)\n"
        f"  && {_texts(clause.purposes)}.contains(context.purpose) }};"
    )


def _authorities(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'Authority::"{one}"' for one in sorted(names)) + "]"


def _texts(names: tuple[str, ...]) -> str:
    return json.dumps(sorted(names))
