from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from comity.entrypoints.console.formats import Formats, goods_code, utc
from comity.entrypoints.console.language import languages
from comity.foundation.trade.money import Money

ENGLISH, FRENCH = (Formats(languages()[code].locale) for code in ("en", "fr"))


def test_writes_an_amount_with_its_currencys_decimals_and_code():
    assert ENGLISH.money(Money(Decimal("12400"), "USD")) == "12,400.00\u00a0USD"
    assert ENGLISH.money(Money(Decimal("92250000"), "UGX")) == "92,250,000\u00a0UGX"
    assert FRENCH.money(Money(Decimal("12400.5"), "USD")) == "12\u202f400,50\u00a0USD"


def test_writes_an_unknown_currency_with_two_decimals():
    assert ENGLISH.money(Money(Decimal("1"), "XQQ")) == "1.00\u00a0XQQ"


def test_always_shows_the_unit_of_a_mass_and_a_quantity():
    assert ENGLISH.mass(Decimal("8200.125")) == "8,200.125\u00a0kg"
    assert ENGLISH.quantity(Decimal("41000"), "NAR") == "41,000\u00a0pcs"
    assert ENGLISH.quantity(Decimal("3"), None) == "3"


@pytest.mark.parametrize(
    ("share", "written"), [("0.12", "+12%"), ("-0.4", "−40%"), ("-0.049", "−4.9%"), ("0", "0%"), ("14", "+1,400%")]
)
def test_writes_a_relative_difference_with_its_sign(share, written):
    assert ENGLISH.signed_share(Decimal(share)) == written


def test_never_writes_nearly_certain_as_certain():
    assert ENGLISH.share(0.99999) == "99.9%"
    assert ENGLISH.share(1) == "100%"
    assert FRENCH.share(0.5) == "50\u00a0%"


def test_writes_dates_in_the_readers_way_and_utc_in_the_tooltip():
    at = datetime(2026, 3, 2, 7, 10, tzinfo=timezone(timedelta(hours=3)))

    assert ENGLISH.day(date(2026, 3, 2)) == "2 Mar 2026"
    assert ENGLISH.instant(at) == "2 Mar 2026, 04:10"
    assert FRENCH.day(at) == "2 mars 2026"
    assert utc(at) == "2026-03-02 04:10:00 UTC"
    assert at.astimezone(UTC).hour == 4


def test_names_countries_in_the_readers_language_and_keeps_unknown_codes():
    assert (ENGLISH.country("KE"), FRENCH.country("TZ"), ENGLISH.country("QX")) == ("Kenya", "Tanzanie", "QX")


def test_joins_a_list_as_the_language_does():
    assert ENGLISH.listed(["a", "b", "c"]) == "a, b and c"
    assert FRENCH.listed(["a", "b"]) == "a et b"
    assert ENGLISH.listed([]) == ""


def test_groups_a_goods_code_as_people_read_it():
    assert goods_code("61091000") == "6109.10.00"
    assert goods_code("610910") == "6109.10"
    assert goods_code("n/a") == "n/a"
