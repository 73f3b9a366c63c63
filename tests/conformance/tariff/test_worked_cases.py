"""Worked cases: inputs, expected values and charges, each with its published source or its arithmetic written out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from comity.features.tariff.errors import ValuationRefused
from tests.conformance.tariff.worked import assessed, decided_method, decided_origin

FOLDER = Path(__file__).parent / "cases"


def cases() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        shared = {name: value for name, value in told.items() if name != "case"}
        for case in told["case"]:
            yield pytest.param({**shared, **case}, id=f"{path.stem}: {case['title']}")


CASES = list(cases())


@pytest.mark.parametrize("case", CASES)
def test_worked_case(case):
    assert case.get("source") or case.get("arithmetic")
    _CHECKS[case.get("kind", "duty")](case)


def check_duty(case):
    expected = case["expect"]
    balances: dict[str, Any] = {}
    for earlier in case.get("before", ()):
        assessed({**case, **earlier}, balances)
    found = assessed(case, balances)
    assert len(found.items) == len(expected)
    for item, told in zip(found.items, expected, strict=True):
        if "value" in told:
            assert item.value.value is not None, item.value.missing
            assert item.value.value == Decimal(told["value"]), item.value.lines
        if "charges" in told:
            charges = [[charge.kind.value, str(charge.amount)] for charge in item.duty.charges]
            assert charges == [[kind, amount] for kind, amount in told["charges"]], [
                (charge.arithmetic, charge.note) for charge in item.duty.charges
            ]
            for charge in item.duty.charges:
                assert charge.arithmetic.endswith(f"→ {charge.amount} {charge.currency}")
        for name, words in (("asked", item.duty.questions), ("refused", item.duty.refusals)):
            for part in told.get(name, ()):
                assert any(part in word for word in words), words
            assert bool(words) == bool(told.get(name)), words
        if "differs" in told:
            assert [one.group for one in item.differences] == told["differs"]
    for code in case.get("findings", ()):
        assert code in {finding.code for finding in found.findings}


def check_method(case):
    if "refused" in case["expect"]:
        with pytest.raises(ValuationRefused, match=case["expect"]["refused"].replace("(", r"\(").replace(")", r"\)")):
            decided_method(case)
        return
    decision = decided_method(case)
    told = case["expect"]
    value = None if decision.value is None else str(decision.value)
    assert (decision.method or 0, value) == (told["method"], told.get("value"))
    assert [one.method for one in decision.left] == told.get("left", [])
    assert len(decision.questions) == told.get("questions", 0)
    for part in told.get("reasons", ()):
        assert any(part in one.reason for one in decision.left)


def check_origin(case):
    decision = decided_origin(case)
    told = case["expect"]
    assert decision.is_accepted == told["accepted"], decision.reasons
    against = [reason.question for reason in decision.reasons if reason.holds is False]
    open_ = [reason.question for reason in decision.reasons if reason.holds is None]
    assert (against, open_) == (told.get("against", []), told.get("open", [])), decision.reasons
    for part in told.get("words", ()):
        assert any(part in reason.words for reason in decision.reasons), decision.reasons


_CHECKS = {"duty": check_duty, "method": check_method, "origin": check_origin}


def test_there_are_enough_cases():
    assert len(CASES) >= 40
