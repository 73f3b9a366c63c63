"""Whether the reference pages name every column, function and profile the code has."""

from __future__ import annotations

from pathlib import Path

from comity.features.risk.columns import COLUMNS
from comity.features.risk.profiles import load_profiles
from comity.features.risk.rules.functions import FUNCTIONS, VARIADIC

PAGES = Path(__file__).resolve().parents[3] / "docs" / "reference"


def test_every_column_is_on_its_page_with_type_and_meaning():
    page = (PAGES / "columns.md").read_text(encoding="utf-8")

    for column in COLUMNS:
        unknown = "yes" if column.is_nullable else "no"
        assert f"| `{column.name}` | {column.type} | {column.level} | {unknown} | {column.meaning} |" in page


def test_every_function_is_on_its_page():
    page = (PAGES / "columns.md").read_text(encoding="utf-8")

    for name in (*FUNCTIONS, *VARIADIC):
        assert f"| `{name}` |" in page, name


def test_every_shipped_profile_is_on_its_page_with_its_condition():
    page = (PAGES / "profiles.md").read_text(encoding="utf-8")

    for profile in load_profiles().profiles:
        shown = (
            f"| {profile.title} | {profile.risk_area} | {profile.lane} | {profile.weight:g} | `{profile.expression}` |"
        )
        assert f"| `{profile.id}` {shown}" in page, profile.id
