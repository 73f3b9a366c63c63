"""Does any input make the readers of what a classification model learns from raise?"""

from __future__ import annotations

import tempfile
from pathlib import Path

from comity.features.tariff.classification.errors import TrainingInvalid
from comity.features.tariff.classification.learn_from import read_nomenclature, read_terms, read_vague
from comity.features.tariff.classification.nomenclature import Nomenclature

NOMENCLATURE = b"hscode,description\n01,Live animals\n010121,Horses\n010129,Other horses\n"
TERMS = b"description,code\nhorse,010121\n"
KNOWN = Nomenclature("HS2022", {"01": "Live animals", "010121": "Horses", "010129": "Other horses"})


def one_input(data: bytes) -> None:
    """Give the bytes to each reader, as they are and inside good files; only our own refusal may come."""
    cut = data[0] % len(TERMS) if data else 0
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (
            ("a.json", data),
            ("b.json", b'{"horse": "010121", "' + data + b'": "010121"}'),
            ("a.csv", data),
            ("b.csv", TERMS[:cut] + data[1:] + TERMS[cut:]),
            ("c.csv", NOMENCLATURE[:cut] + data[1:] + NOMENCLATURE[cut:]),
        ):
            path = Path(folder, name)
            path.write_bytes(content)
            _read(path)


def _read(path: Path) -> None:
    for read in (
        lambda: [term.text.encode() for term in read_terms([path], KNOWN).terms],
        lambda: read_nomenclature(path, edition="HS2022"),
        lambda: read_vague(path),
    ):
        try:
            read()
        except TrainingInvalid:
            pass
