"""Which messages must be translated: those of the console's code and templates, and the sentences of the features.

Run `python -m comity.entrypoints.console.catalogue` after changing a word: it updates every `.po` file, keeping
what is translated, and says what is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from comity.cooperation.agreements.analyse import amendment, ask, conflicts, fixed_questions, grammar, terms
from comity.cooperation.agreements.in_words import FIELDS
from comity.cooperation.agreements.in_words import SENTENCES as AGREEMENT_SENTENCES
from comity.entrypoints.console import errors
from comity.entrypoints.console.language import CATALOGUES, DOMAIN, LANGUAGE_CODES
from comity.features.mirror.in_words import SENTENCES
from comity.features.risk.profiles import load_profiles
from comity.foundation.errors import ComityError

CONSOLE = Path(__file__).resolve().parent
MAPPING = CONSOLE.parents[3] / "babel.cfg"
_HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Comity\\n"
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms};\\n"

"""
KEYWORDS = {"mark": None, "_": None, "say": None, "gettext": None, "ngettext": (1, 2)}


def extract() -> Catalog:
    """Return the catalogue of every message the console may show."""
    catalogue = Catalog(domain=DOMAIN, charset="utf-8", fuzzy=False)
    with MAPPING.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel annotates it not
    for name, line, message, comments, context in extract_from_dir(
        CONSOLE, method_map=methods, options_map=options, keywords=KEYWORDS
    ):
        catalogue.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    for refusal in vars(errors).values():
        if isinstance(refusal, type) and issubclass(refusal, ComityError) and refusal is not ComityError:
            catalogue.add(refusal().message)
    for sentence in (*SENTENCES.values(), *(each for each in AGREEMENT_SENTENCES if each != FIELDS)):
        catalogue.add(sentence)
    for sentence in _of_questions():
        catalogue.add(sentence)
    for profile in load_profiles().profiles:
        catalogue.add(profile.title)
        catalogue.add(profile.instruction)
    return catalogue


def _of_questions() -> Iterator[str]:
    for module in (ask, grammar, fixed_questions, amendment, conflicts):
        yield from module.SENTENCES
    yield from (*grammar.EXPECTATIONS, *amendment.TERMS, *terms.TERMS)
    for question in fixed_questions.FIXED_QUESTIONS:
        yield from (question.asks, question.reason)


def read_catalogue(code: str) -> Catalog:
    """Return the committed catalogue of a language."""
    with _path(code).open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


def untranslated(code: str) -> list[str]:
    """Return the messages of the console that the language has no words for yet."""
    held = read_catalogue(code)
    missing = []
    for message in extract():
        found = held.get(message.id) if message.id else None
        if message.id and (found is None or found.fuzzy or not _is_filled(found.string)):
            missing.append(str(message.id))
    return missing


def update() -> None:
    """Bring every `.po` file up to the code, keeping what is translated."""
    template = extract()
    for code in LANGUAGE_CODES:
        held = read_catalogue(code)
        held.update(template, no_fuzzy_matching=True)
        held.obsolete.clear()
        write_catalogue(code, held)


def write_catalogue(code: str, catalogue: Catalog) -> None:
    """Write a language's `.po` file: sorted, without times or places, so that a change shows only what changed."""
    header = _HEADER.format(code=code, plural_forms=catalogue.plural_forms)
    with _path(code).open("wb") as file:
        file.write(header.encode())
        write_po(file, catalogue, width=110, sort_output=True, no_location=True, omit_header=True)


def _is_filled(text: object) -> bool:
    return all(text) if isinstance(text, tuple) else bool(text)


def _path(code: str) -> Path:
    return CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.po"


if __name__ == "__main__":
    update()
    for language in LANGUAGE_CODES[1:]:
        for message in untranslated(language):
            sys.stdout.write(f"{language}: {message}\n")
