"""Every TARIC3 file of the collection is stored whole, or refused with a place."""

from __future__ import annotations

from comity.flows.import_tariff import import_tariff
from comity.foundation.errors import Severity
from tests.conformance import shared_data


def test_every_file_is_stored_unless_it_is_not_well_formed(sqlite_database, clock):
    samples = sorted(shared_data("tariff-taric3").rglob("*.xml"))
    refused: dict[str, set[str]] = {}
    for path in samples:
        with sqlite_database.transaction() as session:
            done = import_tariff(session, path, clock=clock)
        wrong = {finding.code for finding in done.findings if finding.severity is Severity.ERROR}
        assert done.is_stored == (not wrong)
        if wrong:
            refused[path.name] = wrong

    assert set().union(*refused.values()) == {"tariff.xml-malformed"}
    assert len(refused) < len(samples) / 10
