"""Every third-party document is read without a crash."""

from __future__ import annotations

import pytest

from tests.conformance import shared_data
from tests.conformance.report import COLLECTIONS


@pytest.mark.parametrize("name", COLLECTIONS)
def test_no_file_of_the_collection_makes_a_reader_crash(name):
    survey = COLLECTIONS[name](shared_data(name))

    assert survey["files"] > 0
    assert survey["crashed"] == 0, survey["crashes"]
