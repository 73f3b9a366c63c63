"""What is compared, computed once: numbered names without legal forms, references without punctuation, logarithms."""

from __future__ import annotations

from comity.features.mirror.linkage.settings import LinkageSettings
from comity.features.mirror.settings import matching_settings

SIDES = {"imports": "i", "exports": "e"}
"""Table as taken in -> table of what is compared; `rid` numbers the records from 0 by their id."""


def preparing(settings: LinkageSettings) -> list[str]:
    """Return the statements that make `i`, `e`, `form` (a name's words in order) and `head` (how it is looked up)."""
    return [
        _forms(),
        *(_compared(side, table, settings) for side, table in SIDES.items()),
        *_heads(settings),
        _value_ratio(),
    ]


def _forms() -> str:
    held = matching_settings()
    words = "[{}]".format(", ".join(f"'{word}'" for word in sorted(held.legal_forms)))
    written_out = " ".join(f"WHEN '{short}' THEN '{long}'" for short, long in sorted(held.abbreviations.items()))
    spelt = f"CASE word {written_out} ELSE word END" if written_out else "word"
    every = " UNION ".join(
        f"SELECT {role}_name AS name FROM {side} WHERE {role}_name IS NOT NULL"
        for side in SIDES
        for role in ("exporter", "importer")
    )
    return f"""
        CREATE TABLE named AS
        WITH every AS ({every}),
        split AS (
            SELECT name, list_filter(
                string_split_regex(
                    regexp_replace(strip_accents(upper(name)), '[.''’]', '', 'g'), '[^\\p{{L}}\\p{{N}}]+'),
                lambda word: word <> '') AS words
            FROM every),
        kept AS (
            SELECT name, words, list_filter(words, lambda word: NOT list_contains({words}, word)) AS telling
            FROM split),
        told AS (
            SELECT name, array_to_string(list_sort(list_transform(
                CASE WHEN len(telling) > 0 THEN telling ELSE words END, lambda word: {spelt})), ' ') AS form
            FROM kept)
        SELECT name, form, dense_rank() OVER (ORDER BY form)::INTEGER AS number FROM told
    """


def _compared(side: str, table: str, settings: LinkageSettings) -> str:
    """Return the table of what is compared; `earliest` to `latest` are the days of an export that fits an import."""

    def plain(column: str) -> str:
        return f"nullif(regexp_replace(upper({column}), '[^A-Z0-9]', '', 'g'), '')"

    modes = " ".join(f"WHEN '{mode}' THEN {days}" for mode, days in settings.latest_days.items() if mode != "default")
    return f"""
        CREATE TABLE {table} AS
        SELECT (row_number() OVER (ORDER BY s.id) - 1)::INTEGER AS rid, s.id,
            date_diff('day', DATE '1970-01-01', s.day)::INTEGER AS day, s.mode,
            ex.number AS exporter, im.number AS importer,
            {plain("container")} AS container, {plain("document")} AS document, {plain("reference")} AS reference,
            s.hs6, ln(s.gross_mass_kg)::FLOAT AS mass, ln(s.value)::FLOAT AS value, s.packages::INTEGER AS packages,
            date_diff('day', DATE '1970-01-01', s.day)::INTEGER
                - CASE s.mode {modes} ELSE {settings.latest_days["default"]} END AS earliest,
            date_diff('day', DATE '1970-01-01', s.day)::INTEGER + {settings.early_days} AS latest
        FROM {side} s LEFT JOIN named ex ON ex.name = s.exporter_name LEFT JOIN named im ON im.name = s.importer_name
    """


def _heads(settings: LinkageSettings) -> list[str]:
    """Return how names are looked up: by the first letters of their words, the widely borne but still telling first.

    Two spellings of one name agree on a common head more often than on the rarest one, which is rare because it is
    mistyped; heads borne by too many names are passed over.
    """
    held = settings.blocking
    return [
        "CREATE TABLE form AS SELECT DISTINCT number, form FROM named",
        """
        CREATE TABLE borne AS SELECT number, count(*) AS records FROM (
            SELECT exporter AS number FROM i UNION ALL SELECT importer FROM i
            UNION ALL SELECT exporter FROM e UNION ALL SELECT importer FROM e) GROUP BY number
        """,
        f"""
        CREATE TABLE head AS
        WITH word AS (
            SELECT DISTINCT number, substr(unnest(string_split(form, ' ')), 1, {held.head_letters}) AS head FROM form),
        width AS (SELECT head, count(*) AS names FROM word GROUP BY head),
        ranked AS (
            SELECT number, head, row_number() OVER (
                PARTITION BY number
                ORDER BY (names > {held.widest_head_share} * (SELECT count(*) FROM form)), names DESC, head
            ) AS place FROM word JOIN width USING (head))
        SELECT number, head, place FROM ranked WHERE place <= {held.heads_a_name}
        """,
    ]


def _value_ratio() -> str:
    """Return how imports are usually valued over exports (CIF over FOB), from pairs with one transport document."""
    return """
        CREATE TABLE usual AS SELECT coalesce((
            SELECT median(i.value - e.value) FROM i JOIN e ON i.document = e.document), 0)::FLOAT AS value
    """
