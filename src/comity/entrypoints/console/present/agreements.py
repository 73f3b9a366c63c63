"""What an agreement's page says: its sentences with names, dates and words in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from types import MappingProxyType

from comity.cooperation.agreements.agreement import Agreement, Clause
from comity.cooperation.agreements.in_words import FIELDS, agreement_in_words
from comity.cooperation.agreements.lifecycle import AgreementStatus
from comity.cooperation.agreements.policies import agreement_hash_of
from comity.entrypoints.console.formats import Formats
from comity.entrypoints.console.language import Language
from comity.entrypoints.console.present.words import AGREEMENT_STATES, AGREEMENT_WORDS, word_for

TONES = MappingProxyType(
    {
        "in-force": "good",
        **dict.fromkeys(("expired", "terminated", "suspended", "declined"), "bad"),
        **dict.fromkeys(("proposed", "countered", "signed-by-some"), "mark"),
    }
)


def short(agreement: Agreement, status: AgreementStatus, formats: Formats) -> dict[str, object]:
    """Return what the list of agreements shows of one."""
    return {
        "id": agreement.id,
        "title": agreement.title,
        "state": word_for(AGREEMENT_STATES, status.value),
        "tone": TONES.get(status.value.replace(" ", "-"), ""),
        "parties": [formats.country(party) for party in agreement.parties],
        "valid_from": agreement.valid_from,
        "valid_to": agreement.valid_to,
    }


def sentences(agreement: Agreement, status: AgreementStatus, language: Language) -> list[str]:
    """Return the agreement in words; the fields of each class stand folded beside its clause instead."""
    formats = Formats(language.locale)
    told = []
    for message, values in agreement_in_words(agreement, status):
        if message == FIELDS:
            continue
        told.append(
            language.say(message, **{name: _worded(name, value, formats, language) for name, value in values.items()})
        )
    return told


def clause_shown(agreement: Agreement, clause: Clause, language: Language) -> dict[str, object]:
    """Return one clause as the page lists it."""
    formats = Formats(language.locale)
    return {
        "id": clause.id,
        "data_class": say_code(clause.data_class, language),
        "sender": _countries(agreement.senders_under(clause), formats),
        "recipient": _countries(agreement.recipients_under(clause), formats),
        "purposes": formats.listed([say_code(purpose, language) for purpose in clause.purposes]),
        "message_types": ", ".join(clause.message_types),
        "marking": say_code(clause.marking.value, language),
        "onward_sharing": say_code(clause.onward_sharing.value, language),
        "retention_days": clause.retention_days,
        "fields": sorted(agreement.fields_of(clause.data_class)),
    }


def details(agreement: Agreement, signers: Iterable[str], language: Language) -> dict[str, object]:
    """Return who signed, the hash, and the clauses."""
    formats = Formats(language.locale)
    return {
        "signed_by": [formats.country(signer) for signer in signers],
        "hash": agreement_hash_of(agreement),
        "clauses": [clause_shown(agreement, clause, language) for clause in agreement.clauses],
    }


def say_code(code: str, language: Language) -> str:
    """Say a data class, purpose or marking in the reader's words; one the console does not know stays as it is."""
    return language.say(AGREEMENT_WORDS[code]) if code in AGREEMENT_WORDS else code


def _worded(name: str, value: object, formats: Formats, language: Language) -> str:
    text = str(value)
    if name in ("parties", "senders", "recipients"):
        return _countries(tuple(text.split(", ")), formats)
    if name in ("valid_from", "valid_to"):
        return formats.day(date.fromisoformat(text))
    if name == "status":
        return language.say(word_for(AGREEMENT_STATES, text)).lower()
    if name in ("purposes", "data_class", "marking"):
        return formats.listed([say_code(code, language) for code in text.split(", ")])
    return text


def _countries(codes: tuple[str, ...], formats: Formats) -> str:
    return formats.listed([formats.country(code) for code in codes])
