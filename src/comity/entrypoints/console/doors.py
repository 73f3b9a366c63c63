"""How a request reaches a page: who is it, may they, is the form genuine; and how an error becomes a page.

Every page is a function `(site, visit) -> Response`; this is the only place that reads cookies and forms.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable
from time import monotonic
from typing import Literal
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from comity.entrypoints.api.limits import read_body
from comity.entrypoints.console import accounts, store
from comity.entrypoints.console.errors import FormInvalid, FormStale, NotPermitted, SignInNeeded
from comity.entrypoints.console.language import choose_language, languages, mark
from comity.entrypoints.console.officers import Permission
from comity.entrypoints.console.site import LANGUAGE_COOKIE, SESSION_COOKIE, VISIT_COOKIE, Site, Visit
from comity.foundation.errors import ComityError

MAX_FORM_BYTES = 64 * 1024
MAX_FORM_FIELDS = 50
Page = Callable[[Site, Visit], Response]
log = logging.getLogger(__name__)

_HEADINGS = {
    401: mark("Sign in"),
    403: mark("You may not do this"),
    404: mark("Not found"),
    413: mark("Too large"),
    422: mark("This cannot be done as asked"),
    429: mark("Too many requests"),
    500: mark("Something went wrong here"),
}


def open_page(
    router: APIRouter,
    path: str,
    page: Page,
    *,
    site: Site,
    may: Permission | None,
    method: Literal["GET", "POST"] = "GET",
) -> None:
    """Serve `page` at `path` to those who hold the permission; `may=None` opens it to everyone."""

    def endpoint(request: Request) -> Response:
        begun = monotonic()
        visit = _visit(site, request)
        try:
            if may is not None and visit.officer is None:
                raise SignInNeeded  # noqa: TRY301 - one place turns refusals into pages
            if may is not None and not visit.may(may):
                raise NotPermitted  # noqa: TRY301
            if method == "POST":
                visit = _with_form(visit, read_body(request, most_bytes=MAX_FORM_BYTES))
            response = page(site, visit)
        except SignInNeeded:
            response = RedirectResponse(f"/console/sign-in?next={quote(visit.here)}", status_code=303)
        except ComityError as error:
            response = problem_page(site, visit, error)
        except Exception as error:  # noqa: BLE001 - the last place: the officer gets a page, the engineer a reference
            response = _failure_page(site, visit, error)
        site.node.meters.request(f"{method} {path}", response.status_code, monotonic() - begun)
        return _with_cookies(response, visit)

    router.add_api_route(path, endpoint, methods=[method], include_in_schema=False, response_model=None)


def problem_page(site: Site, visit: Visit, error: ComityError) -> Response:
    """Return the page of a refusal."""
    log.info("console.refused code=%s path=%s", error.code, visit.request.url.path)
    heading = _HEADINGS.get(error.status, _HEADINGS[422])
    message = visit.language.say(error.message)
    return site.page(visit, "problem.html", status=error.status, heading=heading, message=message, reference="")


def safe_next(asked: str, otherwise: str) -> str:
    """Return `asked` when it is a page of this console, else `otherwise`: a sign-in never leads elsewhere."""
    is_ours = asked.startswith("/console") and "\\" not in asked and "//" not in asked and asked.isprintable()
    return asked if is_ours else otherwise


def redirect(address: str) -> RedirectResponse:
    """Go to another page with a GET."""
    return RedirectResponse(address, status_code=303)


def set_cookie(response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Set a cookie that only this host gets back, over TLS, out of reach of script and of other sites."""
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def _visit(site: Site, request: Request) -> Visit:
    token, officer = request.cookies.get(SESSION_COOKIE, ""), None
    if token:
        with site.node.database.reading() as session:
            found = accounts.signed_in(session, token, site.node.clock)
        if found:
            officer, must_touch = found
            if must_touch:
                with site.node.database.transaction() as session:
                    store.touch_session(session, accounts.hash_token(token), site.node.clock.now())
    asked = officer.language if officer else request.cookies.get(LANGUAGE_COOKIE)
    language = languages()[choose_language(asked, request.headers.get("accept-language", ""))]
    secret = token if officer else request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(32)
    return Visit(request, language, secret, officer)


def _with_form(visit: Visit, body: bytes) -> Visit:
    """Read the form; its token must be the visitor's (OWASP: synchronizer token), and its origin this host."""
    try:
        fields = dict(
            parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS, strict_parsing=bool(body))
        )
    except ValueError as error:
        raise FormInvalid from error
    origin, host = visit.request.headers.get("origin"), visit.request.headers.get("host", "")
    if origin is not None and origin.partition("://")[2] != host:
        raise FormStale
    if not accounts.is_form_token(visit.secret, fields.pop("form_token", "")):
        raise FormStale
    return Visit(visit.request, visit.language, visit.secret, visit.officer, fields)


def _with_cookies(response: Response, visit: Visit) -> Response:
    if visit.officer is None and visit.request.cookies.get(VISIT_COOKIE) != visit.secret:
        set_cookie(response, VISIT_COOKIE, visit.secret)
    response.headers.setdefault("cache-control", "no-store")
    return response


def _failure_page(site: Site, visit: Visit, error: Exception) -> Response:
    reference = secrets.token_hex(6)
    frames = "; ".join(
        f"{frame.filename.rpartition('comity/')[2]}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
    )
    log.error("console.failed reference=%s type=%s at=%s", reference, type(error).__name__, frames)
    message = visit.language.say(
        mark("Nothing of what you sent was stored. Try again; if it stays, tell the node engineer.")
    )
    return site.page(visit, "problem.html", status=500, heading=_HEADINGS[500], message=message, reference=reference)
