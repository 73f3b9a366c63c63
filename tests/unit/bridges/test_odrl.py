"""An agreement in ODRL: its structure follows the Information Model 2.2, and it says what the agreement says."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings

from comity.cooperation.agreements.agreement import OnwardSharing, agreement_hash
from comity.cooperation.bridges.errors import NothingToExport
from comity.cooperation.bridges.odrl import CONTEXT, PROFILE, agreement_as_odrl
from tests.builders.agreements import a_clause, agreements, an_agreement

# The rules of the ODRL Information Model 2.2 and the terms of its vocabulary, as far as an export of ours may use them.
IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+")
CORE_ACTIONS = {"use", "transfer"}
COMMON_ACTIONS = {"distribute", "delete", "obtainConsent"}
LEFT_OPERANDS = {"recipient", "purpose", "dateTime", "elapsedTime"}
OPERATORS = {"eq", "gteq", "lteq", "isAnyOf"}
SET_OPERATORS = {"isAnyOf", "isAllOf", "isNoneOf"}
POLICY_PROPERTIES = {
    "@context", "@type", "uid", "profile", "conflict", "permission", "prohibition", "obligation",
}  # fmt: skip
RULE_PROPERTIES = {"uid", "target", "assigner", "assignee", "action", "constraint", "duty", "consentingParty"}


def policy_faults(policy: dict):
    if policy.get("@context", [None])[0] != CONTEXT:
        yield "no ODRL context"
    if policy.get("@type") != "Agreement":
        yield "no subclass Agreement"
    if not is_iri(policy.get("uid")):
        yield "2.1: a policy has one uid, an IRI"
    if not any(policy.get(name) for name in ("permission", "prohibition", "obligation")):
        yield "2.1: a policy has at least one rule"
    if policy.get("conflict") not in (None, "perm", "prohibit", "invalid"):
        yield "2.10: a conflict term"
    if not policy.keys() - POLICY_PROPERTIES <= {name for name in policy if name.startswith("dct:")}:
        yield "an unknown property"
    rules = [*policy.get("permission", ()), *policy.get("prohibition", ())]
    if len({rule["uid"] for rule in rules}) < len(rules):
        yield "two rules of one uid; permissions and prohibitions are disjoint"
    used = {term for rule in rules for term in terms(rule)}
    if used - CORE_ACTIONS and not is_iri(policy.get("profile")):
        yield "2.1: terms outside the core vocabulary need a profile"
    for rule in rules:
        yield from rule_faults(rule)


def rule_faults(rule: dict):
    if not is_iri(rule.get("target")):
        yield "2.6.1, 2.6.2: a rule has one target, an asset"
    if not (is_iri(rule.get("assigner")) and is_iri(rule.get("assignee"))):
        yield "2.1.3: a rule of an agreement has one assigner and one assignee"
    yield from action_faults(rule)
    for constraint in rule.get("constraint", ()):
        yield from constraint_faults(constraint)
    for duty in rule.get("duty", ()):
        yield from action_faults(duty)


def action_faults(rule: dict):
    if not {name for name in rule if not name.startswith("dct:")} <= RULE_PROPERTIES:
        yield "an unknown property of a rule"
    action = rule.get("action")
    if isinstance(action, list):
        (one,) = action
        for constraint in one["refinement"]:
            yield from constraint_faults(constraint)
        if one["rdf:value"].keys() != {"@id"} or not one["rdf:value"]["@id"].startswith("odrl:"):
            yield "2.5.4: a refined action is an rdf:value with its namespace, as @id"
        action = one["rdf:value"]["@id"].removeprefix("odrl:")
    if action not in CORE_ACTIONS | COMMON_ACTIONS:
        yield "2.6: a rule has one action of the vocabulary"


def constraint_faults(constraint: dict):
    if constraint.keys() != {"leftOperand", "operator", "rightOperand"}:
        yield "2.5.1: a constraint has one left operand, one operator, one right operand"
    if constraint.get("leftOperand") not in LEFT_OPERANDS or constraint.get("operator") not in OPERATORS:
        yield "2.5.1: operands and operators are terms of the vocabulary"
    right = constraint.get("rightOperand")
    if isinstance(right, list) and constraint["operator"] not in SET_OPERATORS:
        yield "2.5.1: a list only with a set-based operator"
    for value in right if isinstance(right, list) else [right]:
        if "@id" in value and not is_iri(value["@id"]):
            yield "a right operand that is no IRI"
        if "@value" in value and not value["@type"].startswith("xsd:"):
            yield "a literal without a type"


def terms(rule: dict):
    for one in (rule, *rule.get("duty", ())):
        action = one["action"]
        yield action if isinstance(action, str) else action[0]["rdf:value"]["@id"].removeprefix("odrl:")
        yield from (constraint["leftOperand"] for constraint in one.get("constraint", ()))


def is_iri(value: object) -> bool:
    return isinstance(value, str) and IRI.fullmatch(value) is not None


@settings(max_examples=50, deadline=None)
@given(agreements())
def test_every_agreement_that_lets_anything_go_is_a_policy_of_the_information_model(agreement):
    pairs = [
        (clause.id, sender, recipient)
        for clause in agreement.clauses
        for sender in agreement.parties
        for recipient in agreement.parties
        if agreement.lets(clause, sender=sender, recipient=recipient)
    ]

    if not pairs:
        with pytest.raises(NothingToExport):
            agreement_as_odrl(agreement)
        return
    policy = json.loads(json.dumps(agreement_as_odrl(agreement)))

    assert list(policy_faults(policy)) == []
    assert len([one for one in policy["permission"] if one["action"] == "use"]) == len(pairs)
    assert len(policy["permission"]) + len(policy["prohibition"]) == 2 * len(pairs)


def test_permission_says_who_for_what_until_when_and_how_long():
    agreement = an_agreement(a_clause(senders=("KE",)))

    policy = agreement_as_odrl(agreement)

    (permission,) = policy["permission"]
    name = policy["uid"]
    assert permission["assigner"].removeprefix(name) == "#party-ke"
    assert permission["target"].removeprefix(name) == "#data-class-export-declaration"
    said = {(one["leftOperand"], one["operator"]): one["rightOperand"] for one in permission["constraint"]}
    assert said["recipient", "eq"] == {"@id": f"{name}#party-ug"}
    assert said["purpose", "isAnyOf"] == [{"@id": f"{name}#purpose-risk-assessment"}]
    assert said["dateTime", "lteq"] == {"@value": "2028-12-31", "@type": "xsd:date"}
    (deletion,) = permission["duty"][0]["action"]
    assert deletion["rdf:value"] == {"@id": "odrl:delete"}
    assert deletion["refinement"][0]["rightOperand"] == {"@value": "P1095D", "@type": "xsd:duration"}
    assert policy["profile"] == PROFILE


def test_what_may_not_be_passed_on_is_prohibited_and_what_may_needs_consent_first():
    kept = agreement_as_odrl(an_agreement(a_clause(senders=("KE",))))
    shared = agreement_as_odrl(an_agreement(a_clause(senders=("KE",), onward_sharing=OnwardSharing.WITH_CONSENT)))

    assert [one["action"] for one in kept["prohibition"]] == ["distribute"]
    assert shared["prohibition"] == []
    (onward,) = [one for one in shared["permission"] if one["action"] == "distribute"]
    assert onward["duty"] == [{"action": "obtainConsent", "consentingParty": f"{shared['uid']}#party-ke"}]


def test_name_is_the_hash_of_the_agreement():
    agreement = an_agreement()

    assert agreement_as_odrl(agreement)["uid"].startswith("ni:///sha-256;")
    assert agreement_hash(agreement) != agreement_hash(an_agreement(id="other"))
    assert agreement_as_odrl(agreement)["uid"] != agreement_as_odrl(an_agreement(id="other"))["uid"]
