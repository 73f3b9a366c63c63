"""How a lane looks: a word, what it means for the consignment, and a shape, so that colour is never alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from comity.entrypoints.console.language import mark


@dataclass(frozen=True, slots=True)
class LaneLook:
    """One lane: its code, its word, what is done (WCO Risk Management Compendium), an SVG path in a 16-unit box."""

    code: str
    word: str
    treatment: str
    shape: str


LANES: Mapping[str, LaneLook] = MappingProxyType(
    {
        look.code: look
        for look in (
            LaneLook("red", mark("Red"), mark("physical examination"), "M5 1h6l4 4v6l-4 4H5l-4-4V5z"),
            LaneLook("orange", mark("Orange"), mark("scan before release"), "M8 1l7.5 14H.5z"),
            LaneLook("yellow", mark("Yellow"), mark("check of documents before release"), "M8 .5L15.5 8 8 15.5.5 8z"),
            LaneLook("blue", mark("Blue"), mark("release now, audit later"), "M1.5 1.5h13v13h-13z"),
            LaneLook("green", mark("Green"), mark("release"), "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z"),
        )
    }
)
"""The lanes, the most intrusive first."""
