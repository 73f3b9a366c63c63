"""Which code lists this node has: their versions, what is valid on a day, and a search through all of them."""

from __future__ import annotations

from datetime import date

from fastapi import Response

from comity.entrypoints.console.errors import PageUnknown
from comity.entrypoints.console.site import Site, Visit
from comity.features.codes.errors import CodeListUnknown
from comity.features.codes.store import versions_of
from comity.flows.look_up_codes import all_lists, count_valid, entries, name_of, search

FOUND = 50
SHOWN = 100
_LONGEST = 200  # characters of a search: longer ones find nothing


def show_all(site: Site, visit: Visit) -> Response:
    """Show every list with its newest version, or what a search finds in all of them."""
    text = visit.asked("text").strip()[:_LONGEST]
    with site.node.database.reading() as session:
        lists = all_lists(session)
        found = search(session, text, limit=FOUND) if text else []
    return site.page(visit, "codes.html", lists=lists, text=text, found=found, form={"text": text}, most=FOUND)


def show(site: Site, visit: Visit) -> Response:
    """Show one list: its versions, how many entries are valid on the day asked for, and the first of them."""
    on = _day(visit.asked("on")) or site.node.clock.now().date()
    asked = visit.request.path_params["list"]
    with site.node.database.reading() as session:
        try:
            found = entries(session, asked, on=on, limit=SHOWN)
        except CodeListUnknown as error:
            raise PageUnknown from error
        name = name_of(session, asked)
        valid = count_valid(session, name, on)
        versions = versions_of(session, name)
    return site.page(visit, "code_list.html", name=name, on=on, versions=versions, valid=valid, found=found)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
