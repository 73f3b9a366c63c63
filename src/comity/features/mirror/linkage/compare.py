"""At which level does each field of a candidate agree? A number for each field, and one for the whole pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comity.features.mirror.linkage.settings import LinkageSettings

UNKNOWN = "unknown"
"""Level 0 of every field: one side does not say. It counts neither for nor against."""

LAG_STEPS = 16


@dataclass(frozen=True, slots=True)
class Field:
    """One comparison: the names of its levels, `UNKNOWN` first, and the expression that gives the level's number."""

    name: str
    levels: tuple[str, ...]
    expression: str


def fields_of(settings: LinkageSettings) -> tuple[Field, ...]:
    """Return what is compared of an import `i` and an export `e` (with similarities `ne`, `ni` of their names)."""
    return (
        Field("reference", (UNKNOWN, "same", "other"), _reference("reference", is_near=False)),
        Field("container", (UNKNOWN, "same", "near", "other"), _reference("container")),
        Field("document", (UNKNOWN, "same", "near", "other"), _reference("document")),
        _name("exporter", "ne", settings),
        _name("importer", "ni", settings),
        _goods(settings),
        _ratio("mass", "abs(i.mass - e.mass)", settings.levels.mass),
        _ratio("value", "abs(i.value - e.value - (SELECT value FROM usual))", settings.levels.value),
        _packages(settings),
        _lag(settings),
    )


def comparing(fields: Sequence[Field], candidates: str) -> list[str]:
    """Return the statements that make `compared` (`i`, `e`, `pattern`) of a table of candidates."""
    pattern = "0::BIGINT"
    for field in fields:
        pattern = f"({pattern}) * {len(field.levels)} + ({field.expression})"
    return [
        f"""
        CREATE OR REPLACE TABLE alike AS
        SELECT a, b, CASE WHEN a = b THEN 1.0 ELSE jaro_winkler_similarity(fa.form, fb.form) END::FLOAT AS similarity
        FROM (
            SELECT DISTINCT i.exporter AS a, e.exporter AS b
            FROM {candidates} c JOIN i ON i.rid = c.i JOIN e ON e.rid = c.e
            UNION SELECT DISTINCT i.importer, e.importer
            FROM {candidates} c JOIN i ON i.rid = c.i JOIN e ON e.rid = c.e)
        JOIN form fa ON fa.number = a JOIN form fb ON fb.number = b
        """,
        "CREATE OR REPLACE TABLE heading AS SELECT hs6, count(*) AS records FROM e WHERE hs6 IS NOT NULL GROUP BY hs6",
        f"""
        CREATE OR REPLACE TABLE compared AS
        SELECT c.i, c.e, ({pattern})::BIGINT AS pattern
        FROM {candidates} c JOIN i ON i.rid = c.i JOIN e ON e.rid = c.e
        LEFT JOIN alike ne ON ne.a = i.exporter AND ne.b = e.exporter
        LEFT JOIN alike ni ON ni.a = i.importer AND ni.b = e.importer
        LEFT JOIN borne be ON be.number = e.exporter LEFT JOIN borne bi ON bi.number = e.importer
        LEFT JOIN heading ON heading.hs6 = e.hs6
        """,
    ]


def _reference(column: str, *, is_near: bool = True) -> str:
    ours, theirs = f"i.{column}", f"e.{column}"
    near = f"WHEN length({ours}) = length({theirs}) AND hamming({ours}, {theirs}) = 1 THEN 2" if is_near else ""
    other = 3 if is_near else 2
    return f"CASE WHEN {ours} IS NULL OR {theirs} IS NULL THEN 0 WHEN {ours} = {theirs} THEN 1 {near} ELSE {other} END"


def _name(role: str, similarity: str, settings: LinkageSettings) -> Field:
    held = settings.levels
    same, *rest = held.name
    frequency = "be" if role == "exporter" else "bi"
    levels = (UNKNOWN, "same-rare", "same-common", *(f"alike-{bound}" for bound in rest), "other")
    cases = " ".join(
        f"WHEN {similarity}.similarity >= {bound} THEN {place}" for place, bound in enumerate(rest, start=3)
    )
    return Field(
        role,
        levels,
        f"CASE WHEN {similarity}.similarity IS NULL THEN 0 WHEN {similarity}.similarity >= {same}"
        f" THEN (CASE WHEN {frequency}.records <= {held.common_name} THEN 1 ELSE 2 END)"
        f" {cases} ELSE {len(levels) - 1} END",
    )


def _goods(settings: LinkageSettings) -> Field:
    return Field(
        "goods",
        (UNKNOWN, "same-rare", "same-common", "same-heading", "same-chapter", "other"),
        "CASE WHEN i.hs6 IS NULL OR e.hs6 IS NULL THEN 0 WHEN i.hs6 = e.hs6"
        f" THEN (CASE WHEN heading.records <= {settings.levels.common_heading} THEN 1 ELSE 2 END)"
        " WHEN substr(i.hs6, 1, 4) = substr(e.hs6, 1, 4) THEN 3"
        " WHEN substr(i.hs6, 1, 2) = substr(e.hs6, 1, 2) THEN 4 ELSE 5 END",
    )


def _ratio(name: str, difference: str, bounds: Sequence[float]) -> Field:
    cases = " ".join(f"WHEN {difference} < {bound} THEN {place}" for place, bound in enumerate(bounds, start=1))
    levels = (UNKNOWN, *(f"within-{bound}" for bound in bounds), "other")
    return Field(name, levels, f"CASE WHEN {difference} IS NULL THEN 0 {cases} ELSE {len(levels) - 1} END")


def _packages(settings: LinkageSettings) -> Field:
    few, many = settings.levels.packages
    return Field(
        "packages",
        (UNKNOWN, "same-few", "same", "same-many", "near", "other"),
        "CASE WHEN i.packages IS NULL OR e.packages IS NULL THEN 0 WHEN i.packages = e.packages"
        f" THEN (CASE WHEN i.packages < {few} THEN 1 WHEN i.packages < {many} THEN 2 ELSE 3 END)"
        f" WHEN abs(i.packages - e.packages) <= {settings.levels.packages_near} THEN 4 ELSE 5 END",
    )


def _lag(settings: LinkageSettings) -> Field:
    """Return how many steps of days lie between the two, for each mode of transport apart; level 1 is other modes."""
    steps = settings.levels.lag_step_days
    levels = [UNKNOWN, "other-mode"]
    cases = ["WHEN i.mode IS NOT NULL AND e.mode IS NOT NULL AND i.mode <> e.mode THEN 1"]
    for mode, days in steps.items():
        first = len(levels)
        levels += [f"mode-{mode}-{step * days}-days" for step in range(LAG_STEPS)]
        place = f"{first} + least({LAG_STEPS - 1}, greatest(0, (i.day - e.day) // {days}))"
        is_mode = "ELSE" if mode == "default" else f"WHEN coalesce(i.mode, e.mode) = '{mode}' THEN"
        cases.append(f"{is_mode} {place}")
    return Field("lag", tuple(levels), f"CASE {' '.join(cases)} END")
