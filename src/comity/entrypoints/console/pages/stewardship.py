"""What is owed after delivery: what is due here and at partners, recalls, requests to pass on and their answers."""

from __future__ import annotations

import logging
from datetime import date, datetime

from fastapi import Response

from comity.cooperation.stewardship.consents.store import IN, OUT, KeptConsent, find_request, list_requests
from comity.cooperation.stewardship.holdings.store import due_holdings, holds_in_force
from comity.cooperation.stewardship.recalls.store import KeptRecall, RecallState, list_recalls
from comity.entrypoints.console.doors import redirect
from comity.entrypoints.console.errors import PageUnknown
from comity.entrypoints.console.language import mark
from comity.entrypoints.console.officers import Permission
from comity.entrypoints.console.present.agreements import say_code
from comity.entrypoints.console.site import Site, Visit
from comity.flows.ask_onward import consent, refuse
from comity.flows.dispose_expired import owed_receipts
from comity.foundation.errors import ComityError

ROWS = 100
LONGEST_TEXT = 500
HERE = "/console/stewardship"
_STATES = {
    RecallState.OPEN: (mark("Open"), "mark"),
    RecallState.OVERDUE: (mark("Overdue"), "bad"),
    RecallState.COMPLETE: (mark("Complete"), "good"),
}
_OUTCOMES = {
    None: mark("not answered"),
    "erased": mark("erased"),
    "superseded": mark("replaced"),
    "held": mark("held for a case"),
    "unknown": mark("not known there"),
    "chased": mark("asked, not answered"),
}
_KINDS = {"recall": mark("Recall"), "correction": mark("Correction"), "supersession": mark("Replacement")}
log = logging.getLogger(__name__)


def show(site: Site, visit: Visit) -> Response:
    """Show what is owed in both directions."""
    now = site.node.clock.now()
    with site.node.database.reading() as session:
        due = due_holdings(session, now, limit=ROWS)
        holds = holds_in_force(session, now)
        owed = owed_receipts(session, clearing=site.node.clearing(), limit=ROWS)
        sent, received = (list_recalls(session, direction, ROWS) for direction in (OUT, IN))
        ours, theirs = (list_requests(session, direction, limit=ROWS) for direction in (OUT, IN))
    return site.page(
        visit,
        "stewardship.html",
        due=due,
        holds=holds,
        owed=owed,
        recalls=[_recall(one, now) for one in (*sent, *received)],
        to_answer=[_request(visit, one) for one in theirs],
        asked=[_request(visit, one) for one in ours],
        may_answer=visit.may(Permission.ANSWER_REQUESTS),
        done=mark("The answer is signed and on its way.") if visit.asked("done") == "answered" else "",
    )


def show_request(site: Site, visit: Visit) -> Response:
    """Show one request with the form for its answer."""
    return _form(site, visit, {}, status=200)


def answer(site: Site, visit: Visit) -> Response:
    """Consent or refuse, or show the form again, filled in, with what was wrong."""
    asked = _find(site, visit)
    errors, until = _errors(visit, site.node.clock.now().date())
    if errors:
        return _form(site, visit, errors, status=422)
    officer, clearing, named = visit.signed_in.name, site.node.clearing(), (asked.partner, asked.id)
    text = visit.form.get("text", "").strip()
    try:
        with site.node.database.transaction() as session:
            if until is not None:
                consent(session, named, conditions=text, valid_to=until, officer=officer, clearing=clearing)
            else:
                refuse(session, named, reason=text, officer=officer, clearing=clearing)
    except ComityError as error:
        return _form(site, visit, {"answer": error.message}, status=error.status)
    log.info("console.request-answered request=%s officer=%s consents=%s", asked.id, officer, until is not None)
    return redirect(f"{HERE}?done=answered")


def _errors(visit: Visit, today: date) -> tuple[dict[str, str], date | None]:
    """Return what is wrong by field, and the last day of a consent; None for a refusal."""
    chosen, text = visit.form.get("answer"), visit.form.get("text", "").strip()
    errors: dict[str, str] = {}
    if len(text) > LONGEST_TEXT:
        errors["text"] = mark("The text must be 500 characters or fewer")
    if chosen not in ("consent", "refuse"):
        return errors | {"answer": mark("Choose an answer")}, None
    if chosen == "refuse":
        return errors if text else errors | {"text": mark("Give the reason of the refusal")}, None
    try:
        until = date.fromisoformat(visit.form.get("until", ""))
    except ValueError:
        return errors | {"until": mark("Give the last day, for example 2026-12-31")}, None
    if until < today:
        errors["until"] = mark("The last day has passed; give a later one")
    return errors, until


def _form(site: Site, visit: Visit, errors: dict[str, str], *, status: int) -> Response:
    asked = _find(site, visit)
    shown = _request(visit, asked) | {"reason": asked.reason, "messages": asked.messages}
    return site.page(visit, "request.html", status=status, asked=shown, errors=errors)


def _find(site: Site, visit: Visit) -> KeptConsent:
    with site.node.database.reading() as session:
        found = find_request(session, IN, visit.request.path_params["partner"], visit.request.path_params["id"])
    if found is None:
        raise PageUnknown
    return found


def _request(visit: Visit, one: KeptConsent) -> dict[str, object]:
    answered = {None: mark("Not answered"), True: mark("Consented"), False: mark("Refused")}
    return {
        "partner": one.partner,
        "id": one.id,
        "recipient": one.recipient,
        "purpose": say_code(one.purpose, visit.language),
        "count": len(one.messages),
        "asked_at": one.asked_at,
        "answer": answered[one.consents],
        "tone": {None: "mark", True: "good", False: "bad"}[one.consents],
        "is_open": one.consents is None,
        "valid_to": one.valid_to,
    }


def _recall(one: KeptRecall, now: datetime) -> dict[str, object]:
    word, tone = _STATES[one.state(now)]
    return {
        "partner": one.partner,
        "is_ours": one.direction == OUT,
        "kind": _KINDS[one.kind],
        "deadline": one.deadline,
        "state": word,
        "tone": tone,
        "chases": one.chases,
        "messages": [
            {
                "id": message.message_id,
                "outcome": _OUTCOMES[message.outcome],
                "onward": [(holder, _OUTCOMES[became]) for holder, became in message.onward],
            }
            for message in one.messages
        ],
    }
