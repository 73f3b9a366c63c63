"""How an officer overrules a lane: with a reason, which the log keeps."""

from __future__ import annotations

import logging

from fastapi import Response

from comity.entrypoints.console.doors import redirect
from comity.entrypoints.console.language import mark
from comity.entrypoints.console.pages.declaration import find_view, head_of_view, lane_in_force
from comity.entrypoints.console.site import Site, Visit
from comity.features.risk.lanes import Lane
from comity.flows import override_lane
from comity.foundation.errors import ComityError
from comity.foundation.trade.declaration import DeclarationId

SHORTEST_REASON = 10
LONGEST_REASON = 4000
log = logging.getLogger(__name__)


def show(site: Site, visit: Visit) -> Response:
    """Show the form."""
    return _form(site, visit, {}, status=200)


def send(site: Site, visit: Visit) -> Response:
    """Change the lane, or show the form again, filled in, with what was wrong."""
    declaration_id = DeclarationId(visit.request.path_params["id"])
    with site.node.database.reading() as session:
        now = lane_in_force(find_view(session, visit))
    reason = visit.form.get("reason", "").strip()
    lane = next((each for each in Lane if each.value == visit.form.get("lane")), None)
    errors = _errors(lane, reason, now)
    if lane is None or errors:
        return _form(site, visit, errors, status=422)
    officer = visit.signed_in.name
    try:
        with site.node.database.transaction() as session:
            clearing = site.node.clearing()
            override_lane.override(session, declaration_id, lane, reason=reason, officer=officer, clearing=clearing)
    except ComityError as error:
        return _form(site, visit, {"lane": error.message}, status=error.status)
    log.info("console.lane-changed declaration=%s officer=%s lane=%s", declaration_id, officer, lane.value)
    return redirect(f"/console/declarations/{declaration_id}?done=lane")


def _errors(lane: Lane | None, reason: str, now: str | None) -> dict[str, str]:
    errors = {}
    if lane is None:
        errors["lane"] = mark("Choose a lane")
    elif lane.value == now:
        errors["lane"] = mark("The declaration is in this lane already; choose another")
    if len(reason) < SHORTEST_REASON:
        errors["reason"] = mark("Give the reason in at least ten characters")
    elif len(reason) > LONGEST_REASON:
        errors["reason"] = mark("The reason must be 4,000 characters or fewer")
    return errors


def _form(site: Site, visit: Visit, errors: dict[str, str], *, status: int) -> Response:
    with site.node.database.reading() as session:
        seen = find_view(session, visit)
    return site.page(visit, "lane.html", status=status, page=head_of_view(seen), errors=errors)
