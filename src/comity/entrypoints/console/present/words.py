"""Which words stand for the codes a page meets: discrepancy kinds, outcomes, agreement and log states."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from comity.entrypoints.console.language import mark

DISCREPANCIES: Mapping[str, str] = MappingProxyType(
    {
        "undervaluation": mark("value lower than at export"),
        "overvaluation": mark("value higher than at export"),
        "quantity": mark("quantity differs"),
        "mass": mark("mass differs"),
        "goods-shift": mark("other goods code"),
        "origin": mark("other origin"),
        "orphan-export": mark("export never imported"),
        "ghost-import": mark("no export record"),
        "container-elsewhere": mark("container also elsewhere"),
    }
)

OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "no-irregularity": mark("No irregularity"),
        "documentary-irregularity": mark("Irregular documents"),
        "classification": mark("Wrong goods code"),
        "value": mark("Wrong value"),
        "origin": mark("Wrong origin"),
        "quantity": mark("Wrong quantity or mass"),
        "prohibited": mark("Prohibited or restricted goods"),
        "intellectual-property": mark("Counterfeit goods"),
        "security": mark("Danger to security"),
        "seizure": mark("Goods seized"),
        "not-carried-out": mark("Examination not carried out"),
    }
)

AGREEMENT_STATES: Mapping[str, str] = MappingProxyType(
    {
        "draft": mark("Draft"),
        "proposed": mark("Proposed"),
        "countered": mark("Answered by a counter-proposal"),
        "signed-by-some": mark("Waits for a signature"),
        "declined": mark("Declined"),
        "in-force": mark("In force"),
        "not-yet-valid": mark("Signed, not yet valid"),
        "suspended": mark("Suspended"),
        "amended": mark("Replaced by a later text"),
        "expired": mark("Expired"),
        "terminated": mark("Terminated"),
    }
)

AGREEMENT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "export-declaration": mark("export declarations"),
        "examination-result": mark("examination results"),
        "risk-assessment": mark("risk assessment"),
        "mirror-matching": mark("matching with imports"),
        "feedback": mark("feedback on what was found"),
        "advance-cargo": mark("advance cargo information"),
        "aeo-member": mark("members of the trusted trader programme"),
        "aeo-query": mark("queries about a trusted trader"),
        "aeo-use": mark("use of the benefits of trusted traders"),
        "assistance-request": mark("requests for assistance"),
        "assistance-reply": mark("replies to requests for assistance"),
        "classification-question": mark("questions on a goods code"),
        "classification-answer": mark("opinions on a goods code"),
        "tariff-classification": mark("tariff classification"),
        "private-match": mark("blinded keys and steps of amounts"),
        "private-matching": mark("comparison without records"),
        "mirror-discrepancy": mark("discrepancies between declarations"),
        "notification-request": mark("requests to notify a document"),
        "operation-feedback": mark("feedback on warnings"),
        "operation-movement": mark("movements seen in the operation"),
        "operation-report": mark("daily reports of the operation"),
        "operation-warning": mark("warnings on consignments"),
        "pooled-offence": mark("records of offences"),
        "presence-request": mark("requests for the presence of officials"),
        "recovery-request": mark("requests to recover a claim"),
        "seizure": mark("seizures"),
        "spontaneous-information": mark("spontaneous information"),
        "surveillance-report": mark("reports of surveillance"),
        "surveillance-request": mark("requests for surveillance"),
        "transit-enquiry": mark("enquiries about a transit movement"),
        "transit-guarantee": mark("guarantees of transit"),
        "transit-movement": mark("transit movements"),
        "transit-progress": mark("the course of a transit movement"),
        "transit-recovery": mark("recovery after a transit movement"),
        "verification-request": mark("requests to verify a declaration"),
        "verification-reply": mark("replies on a verified declaration"),
        "application-of-customs-law": mark("the application of customs law"),
        "control-verification": mark("the verification of controls"),
        "cultural-property-protection": mark("the protection of cultural property"),
        "declaration-verification": mark("the verification of declarations"),
        "duty-assessment": mark("the assessment of duties"),
        "evidence-in-court": mark("evidence in court"),
        "joint-operation": mark("the joint operation"),
        "mutual-recognition": mark("mutual recognition"),
        "narcotics-enforcement": mark("action against narcotics"),
        "notification": mark("notification"),
        "offence-investigation": mark("the investigation of offences"),
        "recovery-of-claims": mark("the recovery of claims"),
        "safety-and-security": mark("safety and security"),
        "statistics": mark("statistics"),
        "surveillance": mark("surveillance"),
        "transit": mark("transit"),
        "open": mark("open"),
        "restricted": mark("restricted"),
        "confidential": mark("confidential"),
        "none": mark("not permitted"),
        "with-consent": mark("with the sender's consent"),
    }
)
"""Data classes, purposes and markings of the templates; others are shown as they stand."""

PARTNER_STATES: Mapping[str, str] = MappingProxyType(
    {
        "new": mark("Not yet contacted"),
        "reached": mark("Connected"),
        "unreachable": mark("Not reached"),
        "refusing": mark("Refuses our messages"),
        "contradicting": mark("Its log contradicts itself"),
    }
)

ENTRY_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "message-sent": mark("Message sent"),
        "message-received": mark("Message received"),
        "receipt": mark("Receipt"),
        "receipts-given": mark("Receipts given"),
        "contradiction": mark("Contradiction found"),
        "contradiction-acknowledged": mark("Contradiction acknowledged"),
        "decision": mark("Lane decided"),
        "release": mark("Released to a partner"),
        "agreement": mark("Agreement signed"),
        "agreement-proposal": mark("Agreement proposed"),
        "agreement-notice": mark("Notice about an agreement"),
        "agreement-act": mark("Officer acted on an agreement"),
        "examination": mark("Examination recorded"),
        "override": mark("Lane changed"),
    }
)

CONTRADICTIONS: Mapping[str, str] = MappingProxyType(
    {
        "ledger.fork-detected": mark("History rewritten"),
        "ledger.split-view": mark("Another history shown to another administration"),
        "ledger.rollback-detected": mark("Log became shorter"),
        "ledger.own-log-differs": mark("A partner holds a checkpoint that is not of this log"),
    }
)

ACCOUNT_STATES: Mapping[str, str] = MappingProxyType(
    {
        "asked": mark("Partner asked"),
        "agreed": mark("Books agree"),
        "differs": mark("Books differ"),
    }
)

DIFFERENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing-here": mark("missing here"),
        "missing-there": mark("missing there"),
        "outcome-differs": mark("other outcome"),
        "message-differs": mark("other message"),
        "log-differs": mark("other log"),
    }
)

DECLARATION_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "import": mark("Import"),
        "export": mark("Export"),
        "transit": mark("Transit"),
        "entry-summary": mark("Entry summary declaration"),
        "other": mark("Declaration"),
    }
)


OTHER_REASONS = (mark("Selected at random"), mark("No profile matched"))
"""What the engine says where no profile speaks."""


def word_for(words: Mapping[str, str], code: str) -> str:
    """Return the message id for `code`; an unknown code is shown as it is, with spaces."""
    spelled = str(code).strip().lower().replace("_", "-").replace(" ", "-")
    return words.get(spelled, spelled.replace("-", " "))
