"""Does any input make the readers of TARIC3, of schedules, of national law or of rate expressions raise?"""

from __future__ import annotations

import io

from comity.features.tariff.errors import NationalLawInvalid, RateUnreadable
from comity.features.tariff.expression import parse_rate
from comity.features.tariff.national import read_national
from comity.features.tariff.sources.csv_schedule import read_schedule
from comity.features.tariff.sources.taric3.assemble import MeasureParts, measure_of
from comity.features.tariff.sources.taric3.read import TaricRecord, read_taric3
from tests.builders.taric3 import envelope, record

GOOD = envelope(
    record(
        "measure",
        {
            "measure.sid": "1",
            "measure.type": "103",
            "geographical.area": "1011",
            "goods.nomenclature.item.id": "0805100000",
            "validity.start.date": "2021-01-01",
        },
    ),
    record("measure.component", {"measure.sid": "1", "duty.expression.id": "01", "duty.amount": "5.5"}),
    record("quota.definition", {"quota.definition.sid": "2", "volume": "1000", "validity.start.date": "2021-01-01"}),
)
SCHEDULE = b"code,rate,type,origin,valid_from\n0805,5% + 10 EUR/100kg MAX 20%,duty,KE|UG,2024-01-01\n"


def one_input(data: bytes) -> None:
    """Give the bytes to each reader, as they are and inside a good file at a place that they choose."""
    start = int.from_bytes(data[:2], "big")
    _read_taric3(data)
    _read_taric3(GOOD[: start % len(GOOD)] + data[2:] + GOOD[(start + len(data)) % len(GOOD) :])
    cut = start % len(SCHEDULE)
    for content in (data, SCHEDULE[:cut] + data[2:] + SCHEDULE[cut:]):
        read_schedule(content, name="fuzz")
    text = data.decode("utf-8", "replace")
    try:
        rate = parse_rate(text)
    except RateUnreadable:
        pass
    else:
        assert parse_rate(str(rate)) == rate
    try:
        read_national(text)
    except NationalLawInvalid:
        pass


def _read_taric3(content: bytes) -> None:
    for one in read_taric3(io.BytesIO(content)):
        if isinstance(one, TaricRecord) and one.type.name == "measure":
            measure_of(MeasureParts(one.fields))
