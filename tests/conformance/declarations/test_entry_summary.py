"""Entry summary declarations: our errors are those the national system expects."""

from __future__ import annotations

from tests.conformance import shared_data
from tests.conformance.entry_summary import agreement


def test_published_messages_get_the_errors_the_national_system_expects():
    told = agreement(shared_data("entry-summary"))

    assert told["messages"] > 1_000
    assert told["exact_codes_share"] >= 0.97
    assert told["exact_places_share"] >= 0.97
    assert told["exact_codes_share_without_folder"] >= 0.9
