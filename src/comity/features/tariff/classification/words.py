"""Which words of a description say what the goods are? Folded to plain letters, cut to their stem, without noise."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from comity.features.tariff.classification.errors import DescriptionInvalid, ScriptUnsupported

LONGEST = 2_000  # characters; WCO DM 138 (commodity description) is an..512, with room for a heading's own text
MOST_WORDS = 120  # a guess; longer descriptions of goods repeat themselves
_WORD = re.compile(r"[a-z]+|\d+")
_PHRASE_END = re.compile(r"[,;:()]")
_EXCLUDING = frozenset({"not", "without", "excluding", "except", "non", "than"})  # `other than`, `less than`
_ALLOWED_CONTROL = frozenset("\t\n\r")
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class GoodsWords:
    """The table of trade's words: what says nothing, and which words of the nomenclature a trader's word stands for."""

    noise: frozenset[str]
    meanings: dict[str, tuple[str, ...]]


def check_description(text: str) -> str:
    """Return a description that may be classified, without space around it.

    Controls above U+0080, which wrongly decoded text is full of, are passed over like any sign that is no letter.

    Raises:
        DescriptionInvalid: empty, too long, or with control characters.
        ScriptUnsupported: more letters outside the Latin alphabet than inside it.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise DescriptionInvalid
    if any((sign < " " or sign == "\x7f") and sign not in _ALLOWED_CONTROL for sign in text):
        raise DescriptionInvalid
    if any(unicodedata.category(sign) == "Cs" for sign in text):
        raise DescriptionInvalid
    letters = [sign for sign in text if sign.isalpha()]
    latin = sum(unicodedata.name(sign, "").startswith("LATIN") for sign in letters)
    if letters and latin * 2 < len(letters):
        raise ScriptUnsupported
    return text


def raw_words(text: str) -> list[str]:
    """Return all words and numbers, folded to unaccented small letters, in order."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return _WORD.findall(plain)[:MOST_WORDS]


def stem(word: str) -> str:
    """Return a word without its plural ending."""
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def telling_words(text: str) -> list[str]:
    """Return the stems that can decide, in order: no numbers, single letters, or noise.

    What a phrase excludes is another word than what it says: `coffee, not roasted` gives `coffee`, `~roasted`.
    """
    noise = goods_words().noise
    found: list[str] = []
    for phrase in _PHRASE_END.split(text):
        excluded = ""
        for word in raw_words(phrase):
            if word in _EXCLUDING:
                excluded = "~"
            elif len(word) > 1 and not word.isdigit() and word not in noise:
                found.append(excluded + stem(word))
    return found[:MOST_WORDS]


def with_meanings(words: list[str]) -> list[str]:
    """Return the words of the nomenclature that trade's words and pairs of words stand for."""
    meanings = goods_words().meanings
    pairs = [f"{one} {following}" for one, following in pairwise(words)]
    found = [added for word in (*pairs, *words) for added in meanings.get(word, ())]
    return [word for word in dict.fromkeys(found) if word not in words]


@lru_cache(maxsize=1)
def goods_words() -> GoodsWords:
    """Return the table shipped beside the code."""
    table = tomllib.loads((_HERE / "goods_words.toml").read_text(encoding="utf-8"))
    meanings: dict[str, tuple[str, ...]] = {}
    for group in table["meanings"].values():
        for names, stands_for in group.items():
            added = tuple(stem(word) for word in stands_for.split())
            for name in names.split(","):
                key = " ".join(stem(word) for word in name.split())
                meanings[key] = tuple(dict.fromkeys((*meanings.get(key, ()), *added)))
    return GoodsWords(frozenset(table["noise"]["words"].split()), meanings)
