"""Each level of each field is reached by a pair of records that differs by as much."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from comity.features.mirror.linkage.columns import take_in
from comity.features.mirror.linkage.compare import comparing, fields_of
from comity.features.mirror.linkage.learn import levels_of
from comity.features.mirror.linkage.prepare import preparing
from comity.features.mirror.linkage.settings import linkage_settings
from tests.unit.mirror.linkage.worlds import side

SAME = {
    "id": "1",
    "day": "2025-03-01",
    "mode": "3",
    "exporter_name": "Example Exporter Ltd",
    "importer_name": "Example Importer SARL",
    "container": "MSKU1234567",
    "document": "BL 77-1",
    "reference": "25KE1",
    "hs6": "090111",
    "gross_mass_kg": 1000.0,
    "value": 5000.0,
    "packages": 20.0,
}


def levels(**export):
    """Return the level of each field of an import (as `SAME`) and an export that differs by what is given."""
    settings = linkage_settings()
    fields = fields_of(settings)
    with duckdb.connect() as connection:
        take_in(connection, "imports", side(**{name: [one] for name, one in SAME.items()}))
        given = {name: [one] for name, one in {**SAME, "document": "other", **export}.items() if one is not None}
        take_in(connection, "exports", side(**given))
        for statement in preparing(settings):
            connection.execute(statement)
        connection.execute("CREATE OR REPLACE TABLE usual AS SELECT 0.0::FLOAT AS value")
        connection.execute("CREATE TABLE candidates AS SELECT 0 AS i, 0 AS e")
        for statement in comparing(fields, "candidates"):
            connection.execute(statement)
        pattern = connection.execute("SELECT pattern FROM compared").fetchnumpy()["pattern"]
    found = levels_of(np.asarray(pattern, dtype=np.int64), fields)
    return {field.name: field.levels[int(found[field.name][0])] for field in fields}


@pytest.mark.parametrize(
    ("field", "export", "level"),
    [
        ("reference", {}, "same"),
        ("reference", {"reference": "25KE2"}, "other"),
        ("reference", {"reference": None}, "unknown"),
        ("container", {"container": "msku 123456-7"}, "same"),
        ("container", {"container": "MSKU1234568"}, "near"),
        ("container", {"container": "TGHU7654321"}, "other"),
        ("container", {"container": None}, "unknown"),
        ("document", {"document": "BL771"}, "same"),
        ("document", {"document": "BL772"}, "near"),
        ("document", {}, "other"),
        ("exporter", {}, "same-rare"),
        ("exporter", {"exporter_name": "EXPORTER EXAMPLE LIMITED"}, "same-rare"),
        ("exporter", {"exporter_name": "Example Exportre"}, "alike-0.96"),
        ("exporter", {"exporter_name": "Wholly Different"}, "other"),
        ("importer", {"importer_name": None}, "unknown"),
        ("goods", {}, "same-rare"),
        ("goods", {"hs6": "090112"}, "same-heading"),
        ("goods", {"hs6": "090240"}, "same-chapter"),
        ("goods", {"hs6": "870323"}, "other"),
        ("goods", {"hs6": "0901"}, "unknown"),
        ("mass", {"gross_mass_kg": 1005.0}, "within-0.01"),
        ("mass", {"gross_mass_kg": 1100.0}, "within-0.15"),
        ("mass", {"gross_mass_kg": 3000.0}, "other"),
        ("mass", {"gross_mass_kg": -1.0}, "unknown"),
        ("value", {"value": 5000.0}, "within-0.02"),
        ("value", {"value": 50000.0}, "other"),
        ("packages", {}, "same"),
        ("packages", {"packages": 21.0}, "near"),
        ("packages", {"packages": 200.0}, "other"),
        ("lag", {"day": "2025-02-26"}, "mode-3-2-days"),
        ("lag", {"mode": "1"}, "other-mode"),
    ],
)
def test_each_level_is_reached(field, export, level):
    assert levels(**export)[field] == level
