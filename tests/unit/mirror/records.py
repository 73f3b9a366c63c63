"""Builders of mirror records: one consignment seen from both sides, honest unless told otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from comity.features.mirror.record import INVOICE, MirrorLine, MirrorRecord
from comity.foundation.rates import ExchangeRates
from comity.foundation.trade.money import Money

EXPORTED_ON = date(2026, 1, 12)
RATES = ExchangeRates(
    {
        "USD": {date(2026, 1, day): Decimal("1.10") for day in range(1, 32)},
        "GBP": {date(2026, 1, day): Decimal("0.85") for day in range(1, 32)},
    }
)


def line(
    hs_code: str = "090240", *, mass: str = "1000", value: str = "5000", currency: str = "USD", **changes
) -> MirrorLine:
    base = MirrorLine(
        sequence=1,
        hs6=hs_code[:6],
        hs_code=hs_code,
        origin="KE",
        gross_mass_kg=Decimal(mass),
        net_mass_kg=Decimal(mass) * Decimal("0.95"),
        quantity=Decimal(mass) / 50,
        unit="NAR",
        value=Money(Decimal(value), currency),
    )
    return replace(base, **changes)


def with_lines(record: MirrorRecord, *lines: MirrorLine) -> MirrorRecord:
    """Return the record with these lines, renumbered, and its totals computed from them."""
    numbered = tuple(replace(each, sequence=position) for position, each in enumerate(lines, start=1))
    values = [each.value for each in numbered]
    total = (
        Money(sum((each.amount for each in values), Decimal(0)), values[0].currency)
        if values and all(values) and len({each.currency for each in values}) == 1
        else None
    )
    return replace(
        record,
        lines=numbered,
        value=total,
        gross_mass_kg=sum((each.gross_mass_kg or Decimal(0) for each in numbered), Decimal(0)) or None,
        net_mass_kg=sum((each.net_mass_kg or Decimal(0) for each in numbered), Decimal(0)) or None,
    )


def export(number: int = 1, *lines: MirrorLine, **changes) -> MirrorRecord:
    base = MirrorRecord(
        id=f"export-{number:05}",
        kind="export",
        date=EXPORTED_ON,
        mrn=f"26KE{number:013}7",
        ucrs=(f"6KEP051{number:08}",),
        containers=(f"MSKU{number:07}",),
        transport_documents=(f"BL-{number:08}",),
        exporter_id="P051000001A",
        exporter_name="Kilima Tea Factory Ltd",
        importer_id="1000200300",
        importer_name="Nile Grocers Limited",
        dispatch_country="KE",
        destination_country="UG",
        mode="3",
        incoterm="FOB",
        value_basis=INVOICE,
        packages=20,
    )
    return replace(with_lines(base, *(lines or (line(),))), **changes)


def mirror_image(source: MirrorRecord, *, days: int = 4, **changes) -> MirrorRecord:
    """Return the honest import of an export: cites its MRN and repeats everything."""
    image = replace(
        source,
        id=source.id.replace("export", "import"),
        kind="import",
        mrn=None,
        previous_ids=(source.mrn,) if source.mrn else (),
        date=source.date + timedelta(days=days),
    )
    return replace(image, **changes)


def without_keys(record: MirrorRecord, **changes) -> MirrorRecord:
    bare = replace(
        record, previous_ids=(), ucrs=(), containers=(), transport_documents=(), exporter_id=None, importer_id=None
    )
    return replace(bare, **changes)
