"""How an officer comes in and leaves, which page is the first, and in which language."""

from __future__ import annotations

import logging

from fastapi import Response

from comity.entrypoints.console import accounts, store
from comity.entrypoints.console.doors import redirect, safe_next, set_cookie
from comity.entrypoints.console.errors import SignInRefused, TooManyAttempts
from comity.entrypoints.console.language import LANGUAGE_CODES, mark
from comity.entrypoints.console.site import LANGUAGE_COOKIE, SESSION_COOKIE, VISIT_COOKIE, Site, Visit

YEAR_SECONDS = 365 * 24 * 3600
log = logging.getLogger(__name__)


def home(_site: Site, visit: Visit) -> Response:
    """Go to the page that needs this officer first."""
    return redirect(visit.officer.home if visit.officer else "/console/sign-in")


def show(site: Site, visit: Visit) -> Response:
    """Show the form to sign in."""
    if visit.officer:
        return redirect(safe_next(visit.asked("next"), visit.officer.home))
    return site.page(visit, "sign_in.html", next=safe_next(visit.asked("next"), ""))


def sign_in(site: Site, visit: Visit) -> Response:
    """Sign the officer in, or show the form again with what was wrong."""
    name, password = visit.form.get("name", "").strip(), visit.form.get("password", "")
    errors = {field: text for field, text, value in _required(name, password) if not value}
    if errors:
        return _again(site, visit, errors, status=422)
    try:
        site.attempts.check(account=name, address=visit.address)
        with site.node.database.reading() as session:
            officer = accounts.check_password(session, name, password)
        with site.node.database.transaction() as session:
            token = accounts.begin_session(session, officer, site.node.clock)
            if old := visit.request.cookies.get(SESSION_COOKIE):
                store.end_session(session, accounts.hash_token(old))
    except TooManyAttempts as error:
        log.warning("console.sign-in-limited address=%s", visit.address)
        return _again(site, visit, {"name": error.message}, status=error.status)
    except SignInRefused as error:
        site.attempts.failed(account=name, address=visit.address)
        log.info("console.sign-in-refused address=%s", visit.address)
        return _again(site, visit, {"name": error.message}, status=error.status)
    site.attempts.succeeded(account=name)
    log.info("console.signed-in officer=%s", officer.name)
    response = redirect(safe_next(visit.form.get("next", ""), officer.home))
    set_cookie(response, SESSION_COOKIE, token, seconds=accounts.SESSION_HOURS * 3600)
    return response


def sign_out(site: Site, visit: Visit) -> Response:
    """End the session here and in the node."""
    token = visit.request.cookies.get(SESSION_COOKIE, "")
    with site.node.database.transaction() as session:
        store.end_session(session, accounts.hash_token(token))
    if visit.officer:
        log.info("console.signed-out officer=%s", visit.officer.name)
    response = redirect("/console/sign-in")
    for name in (SESSION_COOKIE, VISIT_COOKIE):
        response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
    return response


def change_language(site: Site, visit: Visit) -> Response:
    """Speak another language from now on: to the officer everywhere, to a visitor in this browser."""
    code = visit.form.get("language", "")
    response = redirect(safe_next(visit.form.get("next", ""), "/console"))
    if code not in LANGUAGE_CODES:
        return response
    if visit.officer:
        with site.node.database.transaction() as session:
            store.set_language(session, visit.officer.name, code)
    set_cookie(response, LANGUAGE_COOKIE, code, seconds=YEAR_SECONDS)
    return response


def _required(name: str, password: str) -> tuple[tuple[str, str, str], ...]:
    return ("name", mark("Enter your name"), name), ("password", mark("Enter your password"), password)


def _again(site: Site, visit: Visit, errors: dict[str, str], *, status: int) -> Response:
    next_page = safe_next(visit.form.get("next", ""), "")
    return site.page(visit, "sign_in.html", status=status, errors=errors, next=next_page)
