"""A tariff comes in wholly or not at all, the same file twice changes nothing, on both engines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from comity.features.tariff.measures.store import laws_of, state_of, tariff_for, whole_tariff
from comity.flows.import_tariff import import_tariff
from tests.builders.taric3 import envelope, record

MEASURE = {
    "measure.sid": "20000001",
    "measure.type": "103",
    "geographical.area": "1011",
    "goods.nomenclature.item.id": "0805100000",
    "validity.start.date": "2021-01-01",
    "measure.generating.regulation.role": "1",
    "measure.generating.regulation.id": "R2100010",
    "stopped.flag": "0",
}


def component(expression: str, amount: str, **more: str) -> dict[str, str]:
    fields = {"measure.sid": "20000001", "duty.expression.id": expression, "duty.amount": amount}
    return fields | {name.replace("_", "."): value for name, value in more.items()}


def bring(database, path, clock, content: bytes):
    path.write_bytes(content)
    with database.transaction() as session:
        return import_tariff(session, path, clock=clock)


def test_records_make_a_measure_and_later_ones_change_it(database, tmp_path, clock):
    first = envelope(
        record("measure", MEASURE),
        record("measure.component", component("01", "16.0")),
        record("measure.component", component("04", "7.1", monetary_unit_code="EUR", measurement_unit_code="DTN")),
        record("measure.component", component("17", "20.0")),
    )
    second = envelope(record("measure.component", component("01", "12.0"), "1"))

    one = bring(database, tmp_path / "a.xml", clock, first)
    two = bring(database, tmp_path / "b.xml", clock, second)
    again = bring(database, tmp_path / "b.xml", clock, second)

    assert (one.is_stored, two.is_stored, again.is_stored) == (True, True, True)
    with database.reading() as session:
        (measure,) = tariff_for(session, ["0805102200"]).measures
    assert str(measure.rate) == "12% + 7.1 EUR/DTN MAX 20%"
    assert (measure.code, measure.legal_reference, measure.first) == ("080510", "R2100010", date(2021, 1, 1))


def test_a_document_brings_its_rate_and_a_price_condition_is_asked(database, tmp_path, clock):
    def condition(sid: str, sequence: str, **more: str) -> bytes:
        fields = {"measure.condition.sid": sid, "measure.sid": "20000001", "condition.code": "B"}
        fields |= {"component.sequence.number": sequence}
        return record("measure.condition", fields | {name.replace("_", "."): value for name, value in more.items()})

    rate = {"measure.condition.sid": "7", "duty.expression.id": "01", "duty.amount": "3.0"}
    content = envelope(
        record("measure", MEASURE),
        condition("7", "1", action_code="01", certificate_type_code="N", certificate_code="853"),
        condition("8", "2", action_code="07"),
        condition("9", "3", condition_duty_amount="35.400", action_code="01"),
        record("measure.condition.component", rate),
    )

    bring(database, tmp_path / "a.xml", clock, content)

    with database.reading() as session:
        (measure,) = tariff_for(session, ["0805100000"]).measures
    told = [(one.effect, one.document, one.rate and str(one.rate)) for one in measure.conditions]
    assert told == [("rate", "N853", "3%"), ("not-applicable", None, None), ("price", None, None)]


def test_a_deleted_measure_is_gone_and_deleting_an_unknown_one_is_told(database, tmp_path, clock):
    bring(database, tmp_path / "a.xml", clock, envelope(record("measure", MEASURE)))

    gone = bring(database, tmp_path / "b.xml", clock, envelope(record("measure", MEASURE, "2")))
    again = bring(database, tmp_path / "b.xml", clock, envelope(record("measure", MEASURE, "2")))

    with database.reading() as session:
        assert whole_tariff(session).measures == ()
    assert "tariff.record-not-held" not in {finding.code for finding in gone.findings}
    assert "tariff.record-not-held" in {finding.code for finding in again.findings}


def test_one_wrong_record_and_nothing_is_stored(database, tmp_path, clock):
    wrong = MEASURE | {"measure.sid": "2", "validity.start.date": "2021-02-30"}

    done = bring(database, tmp_path / "a.xml", clock, envelope(record("measure", MEASURE), record("measure", wrong)))

    assert not done.is_stored
    assert [finding.code for finding in done.findings if finding.severity == "error"] == ["tariff.field-form"]
    with database.reading() as session:
        assert state_of(session).measures == 0


def test_areas_in_a_circle_are_refused(database, tmp_path, clock):
    def area(sid: str, name: str) -> bytes:
        fields = {"geographical.area.sid": sid, "geographical.area.id": name, "validity.start.date": "2021-01-01"}
        return record("geographical.area", fields | {"geographical.code": "1"})

    def membership(member: str, group: str) -> bytes:
        fields = {"geographical.area.sid": member, "geographical.area.group.sid": group}
        return record("geographical.area.membership", fields | {"validity.start.date": "2021-01-01"})

    circle = envelope(area("1", "A001"), area("2", "A002"), membership("1", "2"), membership("2", "1"))

    done = bring(database, tmp_path / "a.xml", clock, circle)

    assert not done.is_stored
    assert "tariff.groups-in-a-circle" in {finding.code for finding in done.findings}


SCHEDULE = b"""code;description;rate;type;origin;valid_from;valid_to;order_number;quota_volume;quota_unit
EAC;;;group;KE|UG|TZ;;;;;
0805.10;Oranges;5% + 10 EUR/100kg MAX 20%;duty;*;2024-01-01;;;;
0805.10;;free;preference;EAC;2024-01-01;;;;
080510;;2%;quota;*;2024-01-01;2024-12-31;090001;500;TNE
*;;18%;vat;*;;;;;
"""


def test_an_own_schedule_is_replaced_by_its_next_edition(database, tmp_path, clock):
    bring(database, tmp_path / "tariff.csv", clock, SCHEDULE)

    done = bring(database, tmp_path / "tariff.csv", clock, SCHEDULE.replace(b"18%", b"20%"))

    assert done.counts == {"measures": 4, "lines": 1, "quotas": 1}
    with database.reading() as session:
        tariff = tariff_for(session, ["08051022"])
    assert {(one.type, str(one.rate), one.area) for one in tariff.measures} == {
        ("duty", "5% + 10 EUR/100KG MAX 20%", "*"),
        ("preference", "free", "EAC"),
        ("quota", "2%", "*"),
        ("vat", "20%", "*"),
    }
    assert [(quota.order_number, quota.volume, quota.unit) for quota in tariff.quotas] == [
        ("090001", Decimal(500), "TNE")
    ]
    assert [member.member for area in tariff.areas for member in area.members] == ["KE", "UG", "TZ"]


def test_every_fault_of_a_schedule_is_told_with_row_and_column(database, tmp_path, clock):
    content = (
        b"code,rate,type,origin,valid_from,valid_to,description,parent\n"
        b"1,5%,duty,*,,,,\n"
        b"0101,5% plus,duty,*,,,,\n"
        b"0102,5%,duty,Atlantis,,,,\n"
        b"0103,5%,duty,*,2024-02-30,,,\n"
        b"0104,5%,duty,*,2024-05-01,2024-04-01,,\n"
        b"0105,-5%,duty,*,,,,\n"
        b"0106,5%,duty,*,,,,\n"
        b"0106,6%,duty,*,,,,\n"
        b"0107,,duty,*,,,,\n"
        b"0201,,,,,,Line,0202\n"
        b"0202,,,,,,Line,0201\n"
    )

    done = bring(database, tmp_path / "tariff.csv", clock, content)

    assert not done.is_stored
    assert {(finding.code, finding.path) for finding in done.findings} == {
        ("tariff.code-form", "row 2, column code"),
        ("tariff.rate-unreadable", "row 3, column rate"),
        ("tariff.area-unknown", "row 4, column origin"),
        ("tariff.date-form", "row 5, column valid_from"),
        ("tariff.validity-reversed", "row 6, column valid_to"),
        ("tariff.rate-unreadable", "row 7, column rate"),
        ("tariff.measures-overlap", "row 9"),
        ("tariff.rate-missing", "row 10, column rate"),
        ("tariff.lines-in-a-circle", "code 0201, column parent"),
    }


def test_a_nations_law_is_kept_and_a_zero_rate_of_exchange_is_refused(database, tmp_path, clock):
    law = (
        b'[[law]]\ncountries = ["UG"]\nvalid_from = 2024-01-01\nsource = "Example Act"\n'
        b'currency = "UGX"\nbasis = "CIF"\n'
        b'[[rate]]\nnational = "UGX"\nforeign = "USD"\nvalue = "3700"\nvalid_from = 2024-01-01\n'
    )

    kept = bring(database, tmp_path / "law.toml", clock, law)
    refused = bring(database, tmp_path / "zero.toml", clock, law.replace(b"3700", b"0"))

    assert (kept.is_stored, refused.is_stored) == (True, False)
    with database.reading() as session:
        assert [(one.country, one.currency) for one in laws_of(session)] == [("UG", "UGX")]
