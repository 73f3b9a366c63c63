"""Which dotted fields share data? A field stands for everything beneath it (`agreements.minimise`)."""

from __future__ import annotations

from collections.abc import Collection


def is_covered(field: str, fields: Collection[str]) -> bool:
    """Claim that the field, or one above it, is among `fields`."""
    parts = field.split(".")
    return any(".".join(parts[:depth]) in fields for depth in range(1, len(parts) + 1))


def overlap(one: str, other: str) -> bool:
    """Claim that two fields share data: one is the other, or lies beneath it."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
