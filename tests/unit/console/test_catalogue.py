import re
from datetime import date

from comity.cooperation.agreements.draft import draft_agreement, list_templates
from comity.entrypoints.console.catalogue import extract, read_catalogue, untranslated
from comity.entrypoints.console.language import LANGUAGE_CODES
from comity.entrypoints.console.present.words import AGREEMENT_WORDS

PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


def test_every_message_of_the_console_is_translated_into_french():
    assert untranslated("fr") == []


def test_every_catalogue_holds_exactly_the_messages_of_the_code():
    wanted = {message.id for message in extract() if message.id}

    for code in LANGUAGE_CODES:
        assert {message.id for message in read_catalogue(code) if message.id} == wanted


def test_every_data_class_purpose_and_marking_of_a_template_has_a_word():
    named = set()
    for template in list_templates():
        accepted = {party: [name for name, _ in template.annexes] for party in ("KE", "UG")}
        first, last = date(2026, 1, 1), date(2027, 1, 1)
        agreement = draft_agreement(
            id="a", parties=("KE", "UG"), valid_from=first, valid_to=last, template=template.name, accepted=accepted
        )
        for clause in agreement.clauses:
            named |= {clause.data_class, clause.marking.value, clause.onward_sharing.value, *clause.purposes}

    assert named <= set(AGREEMENT_WORDS)


def test_a_translation_fills_in_the_same_values_as_its_message():
    for message in read_catalogue("fr"):
        if not message.id:
            continue
        originals = message.id if isinstance(message.id, tuple | list) else (message.id,)
        translations = message.string if isinstance(message.string, tuple | list) else (message.string,)
        for translation in translations:
            assert set(PLACES.findall(translation)) == set(PLACES.findall(originals[-1])), originals
