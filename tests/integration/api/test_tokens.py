from datetime import timedelta

import pytest
from sqlalchemy import select

from comity.entrypoints.api import store
from comity.entrypoints.api.errors import ScopeUnknown, TokenRefused
from comity.entrypoints.api.tables import ApiTokenRow
from comity.entrypoints.api.tokens import issue_token, token_of


def issued(database, clock, scopes=("declare",)):
    with database.transaction() as session:
        return issue_token(session, "P051234567X", scopes, clock)


def used(database, clock, secret):
    with database.reading() as session:
        return token_of(session, f"Bearer {secret}", clock)


def test_a_token_says_whose_it_is_and_what_it_permits(database, clock):
    token = used(database, clock, issued(database, clock, ("declare", "read-decisions")))

    assert token.trader_id == "P051234567X"
    assert token.scopes == {"declare", "read-decisions"}


def test_the_token_itself_is_not_in_the_database(database, clock):
    secret = issued(database, clock)

    with database.reading() as session:
        row = session.scalars(select(ApiTokenRow)).one()
        assert secret.encode() not in row.token_hash
        assert len(row.token_hash) == 32


def test_an_expired_token_is_refused(database, clock):
    secret = issued(database, clock)
    clock.advance(timedelta(days=365))

    with pytest.raises(TokenRefused):
        used(database, clock, secret)


def test_a_revoked_token_is_refused(database, clock):
    secret = issued(database, clock)
    with database.transaction() as session:
        store.revoke_token(session, store.list_tokens(session)[0].id, at=clock.now())

    with pytest.raises(TokenRefused):
        used(database, clock, secret)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer comity_unknown"])
def test_anything_else_is_refused_alike(database, clock, header):
    issued(database, clock)

    with database.reading() as session, pytest.raises(TokenRefused):
        token_of(session, header, clock)


def test_an_unknown_scope_is_refused_when_issuing(database, clock):
    with pytest.raises(ScopeUnknown):
        issued(database, clock, ("everything",))
