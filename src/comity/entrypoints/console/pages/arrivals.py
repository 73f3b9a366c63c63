"""What needs the officer first: arrivals ranked by lane and score, with why."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Response

from comity.entrypoints.console.present.lanes import LANES
from comity.entrypoints.console.present.words import DISCREPANCIES, word_for
from comity.entrypoints.console.site import Site, Visit
from comity.features.risk.lanes import Lane
from comity.features.risk.store import lane_counts
from comity.flows.worklist import WorkRow, worklist

ROWS_A_PAGE = 50


def show(site: Site, visit: Visit) -> Response:
    """Show one page of the worklist, of all lanes or of one."""
    chosen = visit.asked("lane") if visit.asked("lane") in LANES else ""
    offset = _offset(visit.asked("from"))
    with site.node.database.reading() as session:
        counts = lane_counts(session)
        work = worklist(session, lanes=(Lane(chosen),) if chosen else None, limit=ROWS_A_PAGE, offset=offset)
    last = offset + len(work.rows)
    return site.page(
        visit,
        "arrivals.html",
        rows=[_row(row) for row in work.rows],
        counts=counts,
        chosen_lane=chosen,
        total=work.total,
        first=offset + 1,
        last=last,
        previous_page=_address(chosen, max(offset - ROWS_A_PAGE, 0)) if offset else "",
        next_page=_address(chosen, last) if last < work.total else "",
    )


def _row(row: WorkRow) -> dict[str, object]:
    return {
        "id": row.id,
        "mrn": row.mrn,
        "lane": row.lane,
        "score": None if row.score is None else row.score * 100,
        "reasons": list(row.reasons)[:3],
        "importer_name": row.importer_name,
        "goods": row.goods,
        "origin": row.origin,
        "kept_at": row.kept_at,
        "is_examined": row.is_examined,
        "discrepancies": [word_for(DISCREPANCIES, kind) for kind in row.discrepancy_kinds],
    }


def _offset(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _address(lane: str, offset: int) -> str:
    query = {name: value for name, value in (("lane", lane), ("from", offset)) if value}
    return "/console/arrivals" + (f"?{urlencode(query)}" if query else "")
