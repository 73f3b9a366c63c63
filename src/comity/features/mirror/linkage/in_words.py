"""What does a level of a field say in words? English sentences for the reasons of a pair."""

from __future__ import annotations

from collections.abc import Sequence

WORDS = {
    "reference": {"same": "the import cites the export's reference", "other": "the import cites another reference"},
    "container": {"same": "same container", "near": "containers differ in one character", "other": "other container"},
    "document": {
        "same": "same transport document",
        "near": "transport documents differ in one character",
        "other": "other transport document",
    },
    "goods": {
        "same-rare": "same HS subheading, which few records bear",
        "same-common": "same HS subheading, which many records bear",
        "same-heading": "same HS heading only",
        "same-chapter": "same HS chapter only",
        "other": "other HS chapter",
    },
    "packages": {
        "same-few": "same small number of packages",
        "same": "same number of packages",
        "same-many": "same large number of packages",
        "near": "nearly as many packages",
        "other": "other number of packages",
    },
}
NAMES = {
    "same-rare": "same {role}, whom few records name",
    "same-common": "same {role}, whom many records name",
    "other": "other name of the {role}",
}


def in_words(field: str, level: str) -> str:
    """Return what the level of a field says, for example `mass`, `within-0.05`."""
    if field in WORDS:
        return WORDS[field][level]
    if field in ("exporter", "importer"):
        return NAMES.get(level, "similar name of the {role}").format(role=field)
    if field == "lag":
        if level == "other-mode":
            return "other mode of transport"
        days = level.split("-")[-2]
        return f"{days} days or a little more from export to import"
    if level == "other":
        return f"{field} differs widely"
    return f"{field} differs by less than about {100 * float(level.removeprefix('within-')):g} %"


def reasons_in_words(reasons: Sequence[tuple[str, str, float]], *, most: int | None = None) -> str:
    """Return reasons (field, level, bits) as one line, each with its weight; a part of a set has none of its own."""
    if not reasons:
        return "parts of one consignment: their masses, values and packages add up"
    return "; ".join(f"{in_words(field, level)} ({bits:+.1f} bits)" for field, level, bits in reasons[:most])
