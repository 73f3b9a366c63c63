"""Who must have co-signed before a proof counts as witnessed? A policy as text, in the form of C2SP tlog-policy.

```
log comity/KE+<key id>+<key>
witness UG comity/UG+<key id>+<key>
witness RW comity/RW+<key id>+<key>
group partners 2 UG RW
quorum partners
```

A group needs `any`, `all` or a number of its members; members are witnesses or other groups. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from comity.cooperation.identity.keys import PublicIdentity
from comity.cooperation.ledger.checkpoint import log_verifier_key, verifier_keys, witness_verifier_key
from comity.foundation.errors import ComityError

LONGEST_POLICY = 65_536  # characters: some hundred witnesses
NOBODY = "none"
_GROUP = "partners"


class PolicyInvalid(ComityError):
    """The witness policy is not of the form of C2SP tlog-policy; the path names the line."""

    code = "ledger.policy-invalid"


@dataclass(frozen=True, slots=True)
class WitnessPolicy:
    """Which witnesses there are, by name; which groups; and what must be fulfilled."""

    logs: tuple[str, ...]
    witnesses: Mapping[str, str]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    quorum: str

    def is_reached(self, cosigners: Collection[str]) -> bool:
        """Claim that the witnesses with these verifier keys are enough."""
        return self.quorum == NOBODY or self._holds(self.quorum, cosigners)

    def missing(self, cosigners: Collection[str]) -> list[str]:
        """Return the names of the witnesses that did not co-sign."""
        return [name for name, key in self.witnesses.items() if key not in cosigners]

    def _holds(self, name: str, cosigners: Collection[str]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in cosigners
        needed, members = self.groups[name]
        return sum(self._holds(member, cosigners) for member in members) >= needed


@dataclass(frozen=True, slots=True)
class Quorum:
    """Whether a policy is fulfilled, by whom, and who is missing."""

    reached: bool
    by: tuple[str, ...]
    missing: tuple[str, ...]


def majority_policy(log: PublicIdentity, witnesses: Sequence[PublicIdentity]) -> str:
    """Return the policy that more than half of these witnesses must have co-signed; without any, nobody need.

    More than half: any two such sets share a witness, so that no log can show two histories to two quorums unless a
    witness helps.
    """
    lines = [f"log {log_verifier_key(log)}"]
    lines += [f"witness {one.authority} {witness_verifier_key(one)}" for one in witnesses]
    if not witnesses:
        return "\n".join([*lines, f"quorum {NOBODY}", ""])
    names = " ".join(one.authority for one in witnesses)
    lines.append(f"group {_GROUP} {len(witnesses) // 2 + 1} {names}")
    return "\n".join([*lines, f"quorum {_GROUP}", ""])


def judge(policy: WitnessPolicy, *, log: PublicIdentity, cosigners: Sequence[PublicIdentity]) -> Quorum:
    """Say whether these co-signers of a log are enough; whom a policy names by an earlier key still counts.

    Raises:
        PolicyInvalid: the policy is about other logs.
    """
    if policy.logs and not verifier_keys(log) & set(policy.logs):
        raise PolicyInvalid(f"the policy is not about the log of {log.authority}", path="log")
    keys = {key for one in cosigners for key in verifier_keys(one)}
    by = tuple(name for name, key in policy.witnesses.items() if key in keys)
    return Quorum(policy.is_reached(keys), by, tuple(policy.missing(keys)))


def read_policy(text: str) -> WitnessPolicy:
    """Read a policy.

    Raises:
        PolicyInvalid: a line is not of the form, names what is not defined above it, or there is not one quorum.
    """
    if len(text) > LONGEST_POLICY:
        raise PolicyInvalid("the policy is longer than a policy can be")
    logs: list[str] = []
    witnesses: dict[str, str] = {}
    groups: dict[str, tuple[int, tuple[str, ...]]] = {}
    quorum = ""
    for number, line in enumerate(text.split("\n"), start=1):
        words, path = line.split(), f"line {number}"
        if not words or words[0].startswith("#"):
            continue
        known = {*witnesses, *groups}
        match words:
            case ["log", key, *_] if "+" in key:
                logs.append(key)
            case ["witness", name, key, *_] if "+" in key and name not in {*known, NOBODY}:
                if key in witnesses.values():
                    raise PolicyInvalid("a witness counts once", path=path)
                witnesses[name] = key
            case ["group", name, needed, *members] if members and name not in {*known, NOBODY}:
                groups[name] = (_needed(needed, members, path), _known(members, known, path))
            case ["quorum", name] if not quorum and (name == NOBODY or name in known):
                quorum = name
            case _:
                raise PolicyInvalid("expected log, witness, group or the one quorum, of names defined above", path=path)
    if not quorum:
        raise PolicyInvalid("the policy names no quorum", path="quorum")
    return WitnessPolicy(tuple(logs), witnesses, groups, quorum)


def _needed(text: str, members: Sequence[str], path: str) -> int:
    if text in ("any", "all"):
        return 1 if text == "any" else len(members)
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= len(members)):
        raise PolicyInvalid("a group needs any, all, or a number of its members", path=path)
    return int(text)


def _known(members: Sequence[str], known: Collection[str], path: str) -> tuple[str, ...]:
    if len(set(members)) != len(members) or not set(members) <= set(known):
        raise PolicyInvalid("a group's members are defined above it, each named once", path=path)
    return tuple(members)
