from datetime import timedelta

import pytest

from comity.entrypoints.console.attempts import PER_ACCOUNT, PER_ADDRESS, REMEMBERED, WINDOW, SignInAttempts
from comity.entrypoints.console.errors import TooManyAttempts


def test_an_account_that_failed_too_often_is_refused_from_every_address(clock):
    attempts = SignInAttempts(clock)
    for number in range(PER_ACCOUNT):
        attempts.failed(account="amina", address=f"10.0.0.{number}")

    with pytest.raises(TooManyAttempts):
        attempts.check(account="Amina", address="10.9.9.9")
    attempts.check(account="brian", address="10.9.9.9")


def test_an_address_that_failed_too_often_is_refused_for_every_account(clock):
    attempts = SignInAttempts(clock)
    for number in range(PER_ADDRESS):
        attempts.failed(account=f"guess{number}", address="10.0.0.1")

    with pytest.raises(TooManyAttempts):
        attempts.check(account="brian", address="10.0.0.1")


def test_it_may_be_tried_again_after_a_quarter_of_an_hour(clock):
    attempts = SignInAttempts(clock)
    for _ in range(PER_ACCOUNT):
        attempts.failed(account="amina", address="10.0.0.1")

    clock.advance(WINDOW + timedelta(seconds=1))

    attempts.check(account="amina", address="10.0.0.1")


def test_success_forgets_the_accounts_failures_but_not_the_addresss(clock):
    attempts = SignInAttempts(clock)
    for _ in range(PER_ACCOUNT):
        attempts.failed(account="amina", address="10.0.0.1")

    attempts.succeeded(account="amina")

    attempts.check(account="amina", address="10.0.0.1")


def test_memory_is_bounded_however_many_names_are_tried(clock):
    attempts = SignInAttempts(clock)

    for number in range(REMEMBERED + 500):
        attempts.failed(account=f"guess{number}", address="10.0.0.1")

    assert len(attempts._failures) <= REMEMBERED
