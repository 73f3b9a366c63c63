"""What do the files to learn from say? Terms with codes (JSON or CSV), a nomenclature (CSV), vague terms (lines)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from comity.features.tariff.classification.errors import TrainingInvalid
from comity.features.tariff.classification.nomenclature import Nomenclature
from comity.features.tariff.classification.train import FEWEST_TERMS, FOLDS, Term
from comity.features.tariff.classification.words import LONGEST

LARGEST_FILE = 64 * 1024 * 1024  # bytes; a guess, a hundred times the published terms
_CODE = re.compile(r"\d{6,12}")
_NOMENCLATURE_CODE = re.compile(r"(\d{2}){1,3}")
_SURROGATE = re.compile("[\ud800-\udfff]")
"""What JSON may escape and no file can hold."""
_CODE_COLUMNS = ("hscode", "code", "commodity code")
_TEXT_COLUMNS = ("description", "goods description", "text")


@dataclass(frozen=True, slots=True)
class ReadTerms:
    """The terms that can be learned from, and how many lines could not: no code, another edition's code, no words."""

    terms: list[Term]
    left_out: int


def read_terms(paths: list[Path], nomenclature: Nomenclature) -> ReadTerms:
    """Read terms: a JSON object of description to code, or CSV whose last column is the code.

    Raises:
        TrainingInvalid: a file has another form, or too few of its terms can be learned from.
    """
    terms: dict[Term, None] = {}
    left_out = 0
    for path in paths:
        for text, code in _pairs(path):
            is_learnt = _CODE.fullmatch(code) and code[:6] in nomenclature.place and 0 < len(text) <= LONGEST
            if is_learnt and not _SURROGATE.search(text):
                terms[Term(text, code)] = None
            else:
                left_out += 1
    if len(terms) < max(FEWEST_TERMS, FOLDS):
        raise TrainingInvalid(
            f"{len(terms)} terms can be learned from, at least {FEWEST_TERMS} are needed", path=paths[0].name
        )
    return ReadTerms(list(terms), left_out)


def read_nomenclature(path: Path, *, edition: str) -> Nomenclature:
    """Read a nomenclature: CSV with a column of codes (two, four and six digits) and one of texts.

    Raises:
        TrainingInvalid: the columns are not there, or no subheading is.
    """
    rows = _rows(path)
    columns = {name.strip().lower(): place for place, name in enumerate(next(rows, ()))}
    code_column = next((columns[name] for name in _CODE_COLUMNS if name in columns), None)
    text_column = next((columns[name] for name in _TEXT_COLUMNS if name in columns), None)
    if code_column is None or text_column is None:
        raise TrainingInvalid("a nomenclature needs a column hscode and a column description", path=path.name)
    texts = {}
    for row in rows:
        if len(row) <= max(code_column, text_column):
            continue
        code, text = row[code_column].strip(), row[text_column].strip()
        if _NOMENCLATURE_CODE.fullmatch(code) and text:
            texts[code] = text[:LONGEST]
    nomenclature = Nomenclature(edition, texts)
    if len(nomenclature.subheadings) < 2:
        raise TrainingInvalid("a nomenclature needs at least two codes of six digits", path=path.name)
    return nomenclature


def read_vague(path: Path) -> list[str]:
    """Read vague terms, one a line (CSV quoting is understood).

    Raises:
        TrainingInvalid: the file is too large or not UTF-8.
    """
    lines = (",".join(row).strip() for row in _rows(path))
    return list(dict.fromkeys(line for line in lines if 0 < len(line) <= LONGEST))


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    if path.suffix.lower() == ".json":
        text = _text(path)
        try:
            table = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise TrainingInvalid("not JSON", path=path.name) from error
        if not isinstance(table, dict):
            raise TrainingInvalid("expected a JSON object of description to code", path=path.name)
        yield from ((name.strip(), str(code).strip()) for name, code in table.items())
        return
    rows = _rows(path)
    next(rows, None)
    for row in rows:
        if len(row) > 1:
            yield ",".join(row[:-1]).strip(), row[-1].strip()


def _rows(path: Path) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(_text(path), newline=""))
    except csv.Error as error:
        raise TrainingInvalid("not CSV: a cell does not end", path=path.name) from error


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST_FILE:
        raise TrainingInvalid(f"larger than {LARGEST_FILE} bytes", path=path.name)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TrainingInvalid("not UTF-8", path=path.name) from error
