"""By which normalised keys two declarations of the same goods can find each other.

References lose case and punctuation; names lose accents, legal forms and usual abbreviations (WCO DM D014, D018,
016 UCR, 159 container, D023 transport document, R011/R003 parties).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from comity.features.mirror.record import MirrorRecord
from comity.features.mirror.settings import matching_settings

_NOT_ALPHANUMERIC = re.compile(r"[^A-Z0-9]+")
_WORDS_PER_NAME = 3
_LETTERS_PER_WORD = 4
_MASS_STEP = math.log(1.05)  # one bucket is 5 % of mass; neighbours are looked up too


@dataclass(frozen=True, slots=True)
class MatchKeys:
    """The normalised keys of one record."""

    mrn: str | None
    cited: frozenset[str]
    ucrs: frozenset[str]
    containers: frozenset[str]
    documents: frozenset[str]
    exporter_id: str | None
    importer_id: str | None
    exporter_names: tuple[str, ...]
    importer_names: tuple[str, ...]


def keys_of(record: MirrorRecord) -> MatchKeys:
    """Return the normalised keys of a record."""
    return MatchKeys(
        mrn=normal_reference(record.mrn),
        cited=_references(record.previous_ids),
        ucrs=_references(record.ucrs),
        containers=_references(record.containers),
        documents=_references(record.transport_documents),
        exporter_id=normal_reference(record.exporter_id),
        importer_id=normal_reference(record.importer_id),
        exporter_names=_names(record.exporter_name, record.consignor_name),
        importer_names=_names(record.importer_name, record.consignee_name),
    )


def strong_keys(keys: MatchKeys, *, is_export: bool) -> set[str]:
    """Return the keys that name the consignment: an export answers to its MRN, an import cites it."""
    references = set(keys.ucrs) | ({keys.mrn} if is_export and keys.mrn else set())
    if not is_export:
        references |= keys.cited
    return (
        {f"r:{reference}" for reference in references}
        | {f"c:{container}" for container in keys.containers}
        | {f"d:{document}" for document in keys.documents}
    )


def weak_keys(record: MirrorRecord, keys: MatchKeys, *, is_export: bool) -> set[str]:
    """Return blocking keys: both parties' first letters, and heading with mass (neighbour masses when importing)."""
    found = {
        f"w:{ours}|{theirs}" for ours in _word_heads(keys.exporter_names) for theirs in _word_heads(keys.importer_names)
    }
    if keys.exporter_id and keys.importer_id:
        found.add(f"i:{keys.exporter_id}|{keys.importer_id}")
    mass = record.gross_mass_kg or record.net_mass_kg
    if mass:
        bucket = mass_bucket(mass)
        steps = (0,) if is_export else (-1, 0, 1)
        headings = {line.hs6[:4] for line in record.lines if line.hs6}
        found |= {f"g:{heading}|{bucket + step}" for heading in headings for step in steps}
    return found


def mass_bucket(mass_kg: Decimal) -> int:
    """Return the logarithmic bucket of a mass; equal or neighbouring within 5 %."""
    return math.floor(math.log(float(mass_kg)) / _MASS_STEP) if mass_kg > 0 else -1_000_000


@lru_cache(maxsize=65_536)
def normal_reference(text: str | None) -> str | None:
    """Return capital letters and digits only; None when nothing is left."""
    return (_NOT_ALPHANUMERIC.sub("", text.upper()) or None) if text else None


@lru_cache(maxsize=65_536)
def normal_name(text: str) -> str:
    """Return a party's name without accents, punctuation, legal form; usual abbreviations written out.

    A name made only of legal forms is kept as it is.
    """
    settings = matching_settings()
    plain = unicodedata.normalize("NFKD", text).upper()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    words = re.sub(r"[^\w]+", " ", re.sub(r"[.'’]", "", plain)).split()
    kept = [settings.abbreviations.get(word, word) for word in words if word not in settings.legal_forms]
    return " ".join(kept or words)


def _references(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(reference for reference in map(normal_reference, texts) if reference)


def _names(*texts: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (normal_name(text) for text in texts if text) if name))


def _word_heads(names: tuple[str, ...]) -> set[str]:
    return {word[:_LETTERS_PER_WORD] for name in names for word in name.split()[:_WORDS_PER_NAME]}
