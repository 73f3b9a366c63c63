"""Whatever three parties do, in any order and on any day: what has ended for a pair is never in force again for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import ENDED, AgreementStatus, sign_agreement
from comity.cooperation.agreements.notices import Notice, NoticeKind, sign_notice
from comity.cooperation.agreements.store import (
    add_signature,
    find_agreement,
    keep_agreement,
    keep_notice,
    list_agreements,
)
from comity.cooperation.identity.keys import generate_keys
from comity.foundation.clock import FixedClock
from comity.foundation.errors import ComityError
from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database

PARTIES = ("KE", "TZ", "UG")
KEYS = {one: generate_keys(one, one) for one in PARTIES}
FIRST = date(2026, 1, 1)
TEXT = replace(
    draft_agreement(id="eac", parties=PARTIES, valid_from=FIRST, valid_to=FIRST + timedelta(days=20)), in_force_when=2
)
parties, few_days = st.sampled_from(PARTIES), st.integers(0, 4)


class Life(RuleBasedStateMachine):
    """One node that takes in what three parties sign; what it refuses must change nothing."""

    def __init__(self):
        super().__init__()
        self.database = Database("sqlite://")
        Base.metadata.create_all(self.database.engine)
        self.clock = FixedClock(datetime(2025, 12, 30, 12, tzinfo=UTC))
        self.session = self.database.transaction()
        self.at = self.session.__enter__()
        self.over = set()
        keep_agreement(self.at, TEXT, clock=self.clock)

    def teardown(self):
        self.session.__exit__(None, None, None)
        self.database.dispose()

    def attempt(self, act, *arguments, **named):
        try:
            with self.at.begin_nested():
                act(self.at, *arguments, clock=self.clock, **named)
        except ComityError as refused:
            assert refused.code.startswith("agreements.")

    @rule(days=st.integers(1, 6))
    def days_pass(self, days):
        self.clock.advance(timedelta(days=days))

    @rule(party=parties, choice=st.integers(0, 3))
    def signs(self, party, choice):
        texts = list_agreements(self.at)
        text = texts[choice % len(texts)].agreement
        self.attempt(add_signature, "eac", sign_agreement(text, KEYS[party]), identity=KEYS[party].public)

    @rule(party=parties, kind=st.sampled_from(NoticeKind), days=few_days)
    def gives_notice(self, party, kind, days):
        now, text = self.clock.now(), find_agreement(self.at, "eac", self.clock.now())
        notice = Notice("eac", text.hash, kind, party, now.date() + timedelta(days=days), now, "because")
        self.attempt(keep_notice, sign_notice(notice, KEYS[party]), identity=KEYS[party].public)

    @rule(days=few_days, longer=st.integers(0, 10), number=st.integers(1, 9))
    def is_amended(self, days, longer, number):
        text = find_agreement(self.at, "eac", self.clock.now())
        begins = self.clock.now().date() + timedelta(days=days)
        amended = replace(
            text.agreement,
            version=text.agreement.version + 1,
            replaces=agreement_hash(text.agreement),
            valid_from=begins,
            valid_to=max(begins, text.agreement.valid_to + timedelta(days=longer)),
            reply_days=number,
        )
        self.attempt(keep_agreement, amended)

    @invariant()
    def what_is_over_stays_over_and_no_pair_has_two_texts_in_force(self):
        for pair in combinations(PARTIES, 2):
            in_force = 0
            for text in list_agreements(self.at):
                status, name = text.status(self.clock.now(), between=pair), (text.hash, pair)
                assert not (name in self.over and status not in ENDED)
                if status in ENDED:
                    self.over.add(name)
                in_force += status is AgreementStatus.IN_FORCE
            assert in_force <= 1


Life.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLife = Life.TestCase
