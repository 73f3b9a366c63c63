from datetime import timedelta

import pytest
from sqlalchemy import select

from comity.entrypoints.console import accounts, store
from comity.entrypoints.console.errors import AccountInvalid, SignInRefused
from comity.entrypoints.console.tables import OfficerRow, OfficerSessionRow

PASSWORD = "correct horse battery"


@pytest.fixture
def with_amina(database, clock):
    with database.transaction() as session:
        accounts.add_officer(session, "amina.okello", PASSWORD, ["examiner"], language="fr", clock=clock)
    return database


def signed_in(database, token, clock):
    with database.reading() as session:
        return accounts.signed_in(session, token, clock)


def begin(database, clock):
    with database.transaction() as session:
        officer = accounts.check_password(session, "amina.okello", PASSWORD)
        return accounts.begin_session(session, officer, clock)


def test_the_right_password_signs_the_officer_in(with_amina, clock):
    officer, must_touch = signed_in(with_amina, begin(with_amina, clock), clock)

    assert (officer.name, officer.roles, officer.language) == ("amina.okello", {"examiner"}, "fr")
    assert not must_touch


@pytest.mark.parametrize(
    ("name", "password"), [("amina.okello", "wrong horse battery"), ("nobody", PASSWORD), ("amina.okello", "")]
)
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(with_amina, name, password):
    with with_amina.transaction() as session, pytest.raises(SignInRefused) as refused:
        accounts.check_password(session, name, password)
    assert refused.value.message == SignInRefused().message


def test_passwords_are_kept_as_argon2id_and_session_tokens_as_hashes(with_amina, clock):
    token = begin(with_amina, clock)

    with with_amina.reading() as session:
        assert session.scalars(select(OfficerRow)).one().password_hash.startswith("$argon2id$")
        assert session.scalars(select(OfficerSessionRow)).one().token_hash == accounts.hash_token(token)


def test_a_session_ends_after_an_hour_without_use(with_amina, clock):
    token = begin(with_amina, clock)
    clock.advance(timedelta(minutes=50))
    _officer, must_touch = signed_in(with_amina, token, clock)
    assert must_touch
    with with_amina.transaction() as session:
        store.touch_session(session, accounts.hash_token(token), clock.now())

    clock.advance(timedelta(minutes=50))
    assert signed_in(with_amina, token, clock) is not None
    clock.advance(timedelta(minutes=10))
    assert signed_in(with_amina, token, clock) is None


def test_a_session_ends_after_the_shift_however_much_it_is_used(with_amina, clock):
    token = begin(with_amina, clock)
    for _ in range(12):
        clock.advance(timedelta(minutes=50))
        with with_amina.transaction() as session:
            store.touch_session(session, accounts.hash_token(token), clock.now())

    assert signed_in(with_amina, token, clock) is None


def test_signing_out_ends_the_session_in_the_node(with_amina, clock):
    token = begin(with_amina, clock)

    with with_amina.transaction() as session:
        store.end_session(session, accounts.hash_token(token))

    assert signed_in(with_amina, token, clock) is None


def test_closing_an_account_signs_it_out_everywhere(with_amina, clock):
    token = begin(with_amina, clock)

    with with_amina.transaction() as session:
        store.set_active(session, "amina.okello", is_active=False)

    assert signed_in(with_amina, token, clock) is None
    with with_amina.transaction() as session, pytest.raises(SignInRefused):
        accounts.check_password(session, "amina.okello", PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "roles", "language", "path"),
    [
        ("amina okello", PASSWORD, ["examiner"], "en", "name"),
        ("amina", "short", ["examiner"], "en", "password"),
        ("amina", PASSWORD, [], "en", "roles"),
        ("amina", PASSWORD, ["king"], "en", "roles"),
        ("amina", PASSWORD, ["examiner"], "xx", "language"),
    ],
)
def test_an_unusable_account_is_refused(database, clock, name, password, roles, language, path):
    with database.transaction() as session, pytest.raises(AccountInvalid) as refused:
        accounts.add_officer(session, name, password, roles, language=language, clock=clock)
    assert refused.value.path == path


def test_adding_the_same_officer_again_replaces_password_and_roles(with_amina, clock):
    with with_amina.transaction() as session:
        accounts.add_officer(session, "amina.okello", "another long password", ["analyst"], clock=clock)
        assert [officer.roles for officer in store.list_officers(session)] == [{"analyst"}]
        accounts.check_password(session, "amina.okello", "another long password")
