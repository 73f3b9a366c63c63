"""In which encoding the bytes of a text file are: UTF-8, UTF-16 (RFC 3629, 2781) or one of three Windows code pages.

Without a byte order mark, bytes that are not UTF-8 are judged by the words each code page makes of them: letters of
one script in a word, capitals only where capitals stand, few accents in Latin words. Where two code pages make equally
good words, nothing is guessed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

CODE_PAGES = ("cp1251", "cp1252", "cp1256")
NAMES = {"cp1251": "Windows-1251", "cp1252": "Windows-1252", "cp1256": "Windows-1256", "utf-16": "UTF-16"}
_WORD = re.compile(r"[^\W\d_]+")
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HARAKAT = range(0x064B, 0x0653)
_COMMON_CYRILLIC = frozenset("оеаинтсрвлкмдпуя")
_COMMON_ARABIC = frozenset("اليمونتربةعدسفهكأ")
_COMMON_LATIN = frozenset("éèêëàâçîïôùûüñáíóúãõœÉÈÀÇÑÁÍÓÚÃÕÂÊÔ°º’–«»€½ª")
_ALONE = dict.fromkeys("àéóê", 0.5) | dict.fromkeys("ивскоуая", 0.3) | {"و": 0.3}
"""Words of one letter; any other says nothing."""
_MARGIN = 1.15
"""How much better the best code page must be than the next: a guess; what it gives is measured in decision 0025."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec's name, and whether it was found from the words alone, which is to be told."""

    codec: str
    is_judged: bool = False


def encoding_of(sample: bytes, *, known_headers: Callable[[str], int]) -> Encoding | None:
    """Return the encoding of a file from its first bytes that are not ASCII; None when they leave it open.

    `known_headers` counts the column names known in a decoded text: a header in a known language decides.
    """
    if sample.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8-sig")
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16")
    if b"\x00" in sample[:4096]:
        return _without_mark(sample)
    if _is_utf8(sample):
        return Encoding("utf-8")
    if _is_broken_utf8(sample):
        return None
    return _code_page(sample, known_headers)


def _without_mark(sample: bytes) -> Encoding | None:
    head = sample[:4096]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if odd > 0 and not even:
        return Encoding("utf-16-le", is_judged=True)
    return Encoding("utf-16-be", is_judged=True) if even > 0 and not odd else None


def _is_utf8(sample: bytes) -> bool:
    """Claim that the sample is UTF-8, up to a character that its end cuts."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _is_broken_utf8(sample: bytes) -> bool:
    """Claim that a third of the bytes beyond ASCII form UTF-8 letters: in a code page hardly any do."""
    letters = sum(map(len, _UTF8_LETTER.findall(sample)))
    return 3 * letters > sum(byte > 127 for byte in sample)


def _code_page(sample: bytes, known_headers: Callable[[str], int]) -> Encoding | None:
    texts: dict[str, str] = {}
    for codec in CODE_PAGES:
        try:
            texts[codec] = sample.decode(codec)
        except UnicodeDecodeError:
            continue
    if not texts:
        return None
    scores = {codec: 50.0 * known_headers(text) + _goodness(text) for codec, text in texts.items()}
    best, *others = sorted(texts, key=lambda codec: scores[codec], reverse=True)
    rivals = [codec for codec in others if texts[codec] != texts[best]]
    if scores[best] <= 0 or any(scores[codec] * _MARGIN >= scores[best] for codec in rivals):
        return None
    return Encoding(best, is_judged=True)


def _goodness(text: str) -> float:
    words = {word for word in _WORD.findall(text) if not word.isascii()}
    signs = sum(not character.isalnum() for character in set(text) if ord(character) > 127)
    return sum(map(_word_goodness, words)) - 0.5 * signs


def _word_goodness(word: str) -> float:
    """Return how well a word is formed: positive for words, negative for what only a wrong code page makes."""
    if len(word) == 1:
        return _ALONE.get(word.lower(), 0.0)
    scripts = {_script(character) for character in word}
    if len(scripts) > 1:
        return -2.0
    strange = [character for character in word if ord(character) > 127]
    if scripts == {"latin"}:
        common = sum(character in _COMMON_LATIN for character in strange)
        is_rare = len(strange) * 2 > len(word) or not _is_cased(word)
        return -1.0 if is_rare else 0.5 + common / len(strange)
    if scripts == {"cyrillic"}:
        if not _is_cased(word):
            return -2.0
        return 0.4 + 1.2 * sum(character in _COMMON_CYRILLIC for character in word.lower()) / len(word)
    return 0.4 + 1.2 * sum(character in _COMMON_ARABIC for character in word) / len(word) if _is_arabic(word) else -1.0


def _script(character: str) -> str:
    point = ord(character)
    if point < 0x0250:
        return "latin"
    if 0x0400 <= point < 0x0530:
        return "cyrillic"
    return "arabic" if 0x0600 <= point < 0x0700 else "other"


def _is_cased(word: str) -> bool:
    return word.islower() or word.isupper() or word.istitle()


def _is_arabic(word: str) -> bool:
    return ord(word[0]) not in _HARAKAT and all(0x0600 <= ord(character) < 0x0700 for character in word)
