"""Which messages went nowhere, and what does the node's engineer decide about each?"""

from __future__ import annotations

import logging

from fastapi import Response
from sqlalchemy.orm import Session

from comity.cooperation.exchange import dead_letters
from comity.cooperation.exchange.dead_letters import LONGEST_REASON, SHORTEST_REASON, DeadLetter, DeadLetterUnknown
from comity.entrypoints.console.doors import redirect
from comity.entrypoints.console.errors import PageUnknown
from comity.entrypoints.console.language import mark
from comity.entrypoints.console.present.dead_letters import ACTIONS, presented
from comity.entrypoints.console.site import Site, Visit
from comity.foundation.errors import ComityError

log = logging.getLogger(__name__)


def show_all(site: Site, visit: Visit) -> Response:
    """Show every message that went nowhere."""
    with site.node.database.reading() as session:
        found = [presented(one) for one in dead_letters.dead_letters(session)]
    return site.page(visit, "messages.html", letters=found, is_done=visit.asked("done") == "1")


def show(site: Site, visit: Visit) -> Response:
    """Show one message and the form of the decision."""
    return _form(site, visit, {}, status=200)


def send(site: Site, visit: Visit) -> Response:
    """Do what was decided, or show the form again, filled in, with what was wrong."""
    letter, reason = _letter(site, visit), visit.form.get("reason", "").strip()
    action = visit.form.get("action", "")
    errors = _errors(letter, action, reason)
    if errors:
        return _form(site, visit, errors, status=422)
    try:
        with site.node.database.transaction() as session:
            _settle(session, site, letter.id, action, reason=reason, officer=visit.signed_in.name)
    except ComityError as error:
        return _form(site, visit, {"action": error.message}, status=error.status)
    log.info("console.message-settled message=%s officer=%s action=%s", letter.id, visit.signed_in.name, action)
    return redirect("/console/partners/messages?done=1")


def _settle(session: Session, site: Site, message_id: str, action: str, *, reason: str, officer: str) -> None:
    keys, clock = site.node.keys, site.node.clock
    if action == "anew":
        dead_letters.release_anew(session, message_id, officer=officer, keys=keys, clock=clock)
        return
    settle = dead_letters.give_up if action == "give-up" else dead_letters.skip
    settle(session, message_id, officer=officer, reason=reason, keys=keys, clock=clock)


def _errors(letter: DeadLetter, action: str, reason: str) -> dict[str, str]:
    errors = {}
    if action not in ACTIONS[letter.side]:
        errors["action"] = mark("Choose what is to be done")
    elif action != "anew" and len(reason) < SHORTEST_REASON:
        errors["reason"] = mark("Give the reason in at least ten characters")
    elif len(reason) > LONGEST_REASON:
        errors["reason"] = mark("The reason must be 500 characters or fewer")
    return errors


def _letter(site: Site, visit: Visit) -> DeadLetter:
    with site.node.database.reading() as session:
        try:
            return dead_letters.find_dead_letter(session, visit.request.path_params["id"])
        except DeadLetterUnknown as error:
            raise PageUnknown from error


def _form(site: Site, visit: Visit, errors: dict[str, str], *, status: int) -> Response:
    letter = _letter(site, visit)
    values = {"letter": presented(letter), "actions": ACTIONS[letter.side], "errors": errors}
    return site.page(visit, "message.html", status=status, **values)
