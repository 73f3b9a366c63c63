"""In which language a page speaks: message catalogues (GNU gettext .po) read at start, no build step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGE_CODES = ("en", "fr")
_LOCALES = {"en": "en_GB"}  # days before months, and a clock of 24 hours
CATALOGUES = Path(__file__).resolve().parent / "locale"
DOMAIN = "console"


def mark(message: str) -> str:
    """Return `message` unchanged; the name tells the extractor that it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its code, its CLDR locale, and its catalogue."""

    code: str
    locale: Locale
    translations: Translations

    @property
    def direction(self) -> str:
        """Return `ltr` or `rtl`."""
        return "rtl" if self.locale.text_direction == "rtl" else "ltr"

    @property
    def own_name(self) -> str:
        """Return what its speakers call it."""
        return (Locale.parse(self.code).get_display_name() or self.code).capitalize()

    def say(self, message: str, /, **values: object) -> str:
        """Translate `message` and fill in `values` (`%(name)s`)."""
        text = self.translations.ugettext(message)
        return text % values if values else text


@cache
def languages() -> Mapping[str, Language]:
    """Return every language there is a catalogue for, read once."""
    return {code: _read(code) for code in LANGUAGE_CODES}


def _read(code: str) -> Language:
    with (CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        catalogue = read_po(file, locale=code, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, Locale.parse(_LOCALES.get(code, code)), Translations(compiled, domain=DOMAIN))


def choose_language(asked: str | None, accepted: str) -> str:
    """Return the code to speak: `asked` when known, else the best of an Accept-Language header (RFC 9110 12.5.4)."""
    if asked in LANGUAGE_CODES:
        return asked
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(accepted[:400].split(",")):
        name, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        ranked.append((-quality, position, name.split("-")[0].lower()))
    return next((name for quality, _, name in sorted(ranked) if name in LANGUAGE_CODES and quality < 0), "en")
