"""Legal facts of two administrations: what differs, from when, and what follows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.cooperation.agreements.analyse.divergence import find_divergence
from comity.cooperation.agreements.analyse.errors import LegalFactsInvalid
from comity.cooperation.agreements.analyse.legal_facts import FORMS, LARGEST_FILE, read_legal_facts

FACTS = Path(__file__).parent / "facts"
AA, ZZ = (read_legal_facts((FACTS / name).read_bytes()) for name in ("aa.toml", "zz.toml"))
TODAY = date(2026, 6, 1)
FACT = '[[hs_edition]]\nvalue = 2022\nsource = "x"\nvalid_from = 2022-01-01\n'


def stated(before: str, after: str) -> bytes:
    return f"administration = 'KE'\n{FACT.replace(before, after)}".encode()


def told(one, other, on=TODAY) -> dict[str, str]:
    return {found.fact: found.sentence[0] % found.sentence[1] for found in find_divergence(one, other, on=on)}


def test_each_fact_that_differs_is_told_with_what_follows_and_its_sources():
    found = told(AA, ZZ)

    assert set(found) == set(FORMS)
    assert "AA uses the Harmonized System of 2017, ZZ that of 2022" in found["hs_edition"]
    assert "one basis" in found["valuation_basis"]
    assert "ZZ does not accept" in found["electronic_signatures"]
    assert "ZZ does not hold the protection in AA to be adequate" in found["adequate_protection"]
    assert find_divergence(AA, ZZ, on=TODAY)[0].sources == (
        "AA: synthetic, for tests (2018-01-01)",
        "ZZ: synthetic, for tests (2022-01-01)",
    )


def test_newest_fact_whose_day_has_come_counts():
    assert "hs_edition" in told(AA, ZZ, date(2026, 12, 31))
    assert "hs_edition" not in told(AA, ZZ, date(2027, 1, 1))


def test_law_does_not_differ_from_itself_but_does_not_hold_itself_adequate_unless_it_says_so():
    assert set(told(AA, AA)) == {"adequate_protection"}


def test_fact_that_is_not_stated_is_told():
    silent = read_legal_facts(b'administration = "BB"\n')

    assert told(silent, AA)["languages"] == "BB does not state languages: take it that it differs, and ask."


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (b"\xff", None),
        (b"a = [", None),
        (b"x" * (LARGEST_FILE + 1), None),
        (b"", "administration"),
        (b"administration = 'Kenya'", "administration"),
        (b"administration = 'KE'\nother = 1", "other"),
        (b"administration = 'KE'\nhs_edition = 2022", "hs_edition"),
        (stated("[[hs_edition]]", "[[hs_edition]]\nextra = 1"), "hs_edition[0]"),
        (stated("= 2022\n", "= 2020\n"), "hs_edition[0].value"),
        (stated('"x"', '""'), "hs_edition[0].source"),
        (stated("2022-01-01", '"soon"'), "hs_edition[0].valid_from"),
    ],
)
def test_file_that_states_no_legal_facts_is_refused_with_the_place(content, path):
    with pytest.raises(LegalFactsInvalid) as refused:
        read_legal_facts(content)

    assert refused.value.path == path


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("valuation_basis", '"EXW"'),
        ("retention_years", "0"),
        ("retention_years", "true"),
        ("de_minimis", '"150"'),
        ("languages", "[]"),
        ("electronic_signatures", '"yes"'),
        ("adequate_protection", '["Kenya"]'),
        ("hs_edition", "[]"),
    ],
)
def test_value_of_another_form_is_refused(name, wrong):
    text = f"administration = 'KE'\n[[{name}]]\nvalue = {wrong}\nsource = 'x'\nvalid_from = 2022-01-01\n"

    with pytest.raises(LegalFactsInvalid, match="must be") as refused:
        read_legal_facts(text.encode())

    assert refused.value.path == f"{name}[0].value"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_reading_fail_otherwise_than_by_name(content):
    with pytest.raises(LegalFactsInvalid):
        read_legal_facts(content)
