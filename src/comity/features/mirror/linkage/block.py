"""Which pairs are looked at at all? Several passes, each finding what the others miss; their recall is measured."""

from __future__ import annotations

from comity.features.mirror.linkage.settings import LinkageSettings

PASSES = ("reference", "container", "document", "same-names", "alike-names", "exporter-and-goods", "importer-and-goods")
"""The passes in the order in which they run, by what a pair must have in common."""

TIMELY = "e.day BETWEEN i.earliest AND i.latest"
"""An import's day fits its export's, for the import's mode of transport (`prepare` works out the days once)."""

_BOTH = "JOIN head a ON a.number = r.exporter JOIN head b ON b.number = r.importer"


def blocking(settings: LinkageSettings) -> dict[str, str]:
    """Return for each pass the query that gives its candidates (`i`, `e`: numbers of records)."""
    held = settings.blocking
    queries = {
        name: f"SELECT i.rid AS i, e.rid AS e FROM i JOIN e ON i.{name} = e.{name} AND {TIMELY}"
        for name in ("container", "document")
    }
    queries["reference"] = "SELECT i.rid AS i, e.rid AS e FROM i JOIN e ON i.reference = e.reference"
    queries["same-names"] = (
        "SELECT i.rid AS i, e.rid AS e FROM i JOIN e USING (exporter, importer)"
        f" WHERE {TIMELY} AND {_near(held.mass_ratio_log)}"
    )
    queries["alike-names"] = _keyed(
        settings,
        ("hash(a.head, b.head)", _BOTH),
        ("hash(a.head, b.head)", _BOTH),
        f"{_near(held.mass_bucket_log)} AND (i.exporter <> e.exporter OR i.importer <> e.importer)",
    )
    step = held.mass_bucket_log
    for role in ("exporter", "importer"):
        named = f"JOIN head a ON a.number = r.{role} AND r.hs6 IS NOT NULL AND r.mass IS NOT NULL"
        queries[f"{role}-and-goods"] = _keyed(
            settings,
            (
                f"hash(a.head, substr(r.hs6, 1, 4), floor((r.mass + side.off) / {2 * step})::INTEGER)",
                f"{named}, (VALUES (-{step}), ({step})) side(off)",
            ),
            (f"hash(a.head, substr(r.hs6, 1, 4), floor(r.mass / {2 * step})::INTEGER)", named),
            f"abs(i.mass - e.mass) < {step}",
        )
    return {name: queries[name] for name in PASSES}


def _near(bound: float) -> str:
    """Return the condition that two masses are near, or one is not told."""
    return f"coalesce(abs(i.mass - e.mass) < {bound}, true)"


def _keyed(settings: LinkageSettings, ours: tuple[str, str], theirs: tuple[str, str], condition: str) -> str:
    """Return the candidates that share a key and a span of days; each side gives its key and how it looks up names."""
    span = max(settings.latest_days.values()) + settings.early_days
    told = "r.rid, r.mass, r.exporter, r.importer"
    return f"""
        WITH ours AS (
            SELECT {told}, r.earliest, r.latest, {ours[0]} AS key,
                unnest(range(r.earliest // {span}, r.latest // {span} + 1)) AS days FROM i r {ours[1]}),
        theirs AS (SELECT {told}, r.day, {theirs[0]} AS key, (r.day // {span})::BIGINT AS days FROM e r {theirs[1]})
        SELECT DISTINCT i.rid AS i, e.rid AS e FROM ours i JOIN theirs e USING (key, days)
        WHERE {TIMELY} AND {condition}
    """
