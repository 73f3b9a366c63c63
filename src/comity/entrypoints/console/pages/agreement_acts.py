"""How does an officer act on an agreement for the administration? Signs, declines, suspends, resumes, terminates."""

from __future__ import annotations

import logging
from datetime import UTC, date
from typing import TYPE_CHECKING

from fastapi import Response

from comity.cooperation.agreements.notices import first_day_out, is_reason
from comity.entrypoints.console.doors import redirect
from comity.entrypoints.console.formats import Formats
from comity.entrypoints.console.language import mark
from comity.entrypoints.console.pages.agreements import text_asked
from comity.entrypoints.console.present.agreement_history import Act, acts_open_to, text_shown
from comity.entrypoints.console.site import Site, Visit
from comity.flows import negotiate
from comity.foundation.errors import ComityError

if TYPE_CHECKING:
    from comity.cooperation.agreements.texts import StoredAgreement

SHORTEST_REASON = 10
log = logging.getLogger(__name__)


def show(act: Act, site: Site, visit: Visit) -> Response:
    """Show the form of an act."""
    return _form(act, site, visit, _text(site, visit, visit.asked("text")), {}, status=200)


def send(act: Act, site: Site, visit: Visit) -> Response:
    """Act, or show the form again, filled in, with what was wrong."""
    text = _text(site, visit, visit.form.get("text", ""))
    errors, declared = _read(act, visit, text, _earliest(act, site, text))
    if errors:
        return _form(act, site, visit, text, errors, status=422)
    officer, clearing = visit.signed_in.name, site.node.clearing()
    try:
        with site.node.database.transaction() as session:
            if declared is None:
                negotiate.sign(session, text.hash, clearing=clearing, officer=officer)
            else:
                name = text.agreement.id if act.asks_day else text.hash
                negotiate.give_notice(session, name, declared, clearing=clearing, officer=officer)
    except ComityError as error:
        return _form(act, site, visit, text, {"confirm": error.message}, status=error.status)
    log.info("console.agreement-act agreement=%s act=%s officer=%s", text.agreement.id, act.code, officer)
    return redirect(f"/console/agreements/{text.agreement.id}?text={text.hash}&done={act.code}")


def _read(
    act: Act, visit: Visit, text: StoredAgreement, earliest: date
) -> tuple[dict[str, str], negotiate.Declared | None]:
    errors: dict[str, str] = {}
    reason, first, from_day = " ".join(visit.form.get("reason", "").split()), visit.form.get("from_day", ""), None
    if act.asks_day:
        try:
            from_day = date.fromisoformat(first)
        except ValueError:
            errors["from_day"] = mark("Enter the first day")
        if from_day is not None and from_day < earliest:
            errors["from_day"] = mark("The day is too early for this agreement; choose a later one")
    if act.kind is not None and (len(reason) < SHORTEST_REASON or not is_reason(reason)):
        errors["reason"] = mark("Give the reason in ten to five hundred characters")
    if visit.form.get("confirm") != text.hash[:12]:
        errors["confirm"] = mark("Confirm that you act for the administration")
    declared = negotiate.Declared(act.kind, reason, from_day) if act.kind is not None else None
    return errors, declared


def _earliest(act: Act, site: Site, text: StoredAgreement) -> date:
    now = site.node.clock.now()
    return first_day_out(text.agreement, now) if act.code == "terminate" else now.astimezone(UTC).date()


def _text(site: Site, visit: Visit, digest: str) -> StoredAgreement:
    with site.node.database.reading() as session:
        return text_asked(session, site, visit, digest)


def _form(
    act: Act, site: Site, visit: Visit, text: StoredAgreement, errors: dict[str, str], *, status: int
) -> Response:
    now = site.node.clock.now()
    return site.page(
        visit,
        "agreement_act.html",
        status=status,
        act=act,
        text=text_shown(text, now, Formats(visit.language.locale)),
        earliest=_earliest(act, site, text),
        is_open=act in acts_open_to(site.node.keys.authority, text, now),
        errors=errors,
    )
