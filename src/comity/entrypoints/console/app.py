"""Which pages the console has, who may open each, and how it joins the node's web application."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from comity.entrypoints.console.doors import open_page
from comity.entrypoints.console.errors import PageUnknown
from comity.entrypoints.console.officers import Permission
from comity.entrypoints.console.pages import (
    agreement_acts,
    agreements,
    arrivals,
    classify,
    codes,
    declaration,
    examine,
    ledger,
    messages,
    override,
    partners,
    questions,
    sign_in,
    stewardship,
)
from comity.entrypoints.console.present.agreement_history import ACTS
from comity.entrypoints.console.security import SecurityHeaders
from comity.entrypoints.console.site import Site, Visit
from comity.entrypoints.console.static_files import PREFIX, answer_static
from comity.entrypoints.node import Node


def create_console(node: Node, app: FastAPI) -> None:
    """Add the console's pages to `app`, and the security headers to every answer of it."""
    site = Site(node)
    router = APIRouter()
    _open_sign_in(router, site)
    _open_pages(router, site)
    _open_static(router, site)
    for path in ("/console/{rest:path}",):
        open_page(router, path, _unknown, site=site, may=None)
        open_page(router, path, _unknown, site=site, may=None, method="POST")
    app.include_router(router)
    app.add_middleware(SecurityHeaders)


def _open_sign_in(router: APIRouter, site: Site) -> None:
    open_page(router, "/console", sign_in.home, site=site, may=None)
    open_page(router, "/console/sign-in", sign_in.show, site=site, may=None)
    open_page(router, "/console/sign-in", sign_in.sign_in, site=site, may=None, method="POST")
    open_page(router, "/console/sign-out", sign_in.sign_out, site=site, may=None, method="POST")
    open_page(router, "/console/language", sign_in.change_language, site=site, may=None, method="POST")


def _open_pages(router: APIRouter, site: Site) -> None:
    one = "/console/declarations/{id}"
    open_page(router, "/console/arrivals", arrivals.show, site=site, may=Permission.READ_ARRIVALS)
    open_page(router, one, declaration.show, site=site, may=Permission.READ_ARRIVALS)
    for path, page, may in (
        (f"{one}/examination", examine, Permission.RECORD_EXAMINATION),
        (f"{one}/items/{{item}}/classify", classify, Permission.RECORD_EXAMINATION),
        (f"{one}/lane", override, Permission.OVERRIDE_LANE),
    ):
        open_page(router, path, page.show, site=site, may=may)
        open_page(router, path, page.send, site=site, may=may, method="POST")
    open_page(router, "/console/partners", partners.show, site=site, may=Permission.READ_PARTNERS)
    open_page(router, "/console/partners/messages", messages.show_all, site=site, may=Permission.READ_PARTNERS)
    settled = "/console/partners/messages/{id}"
    open_page(router, settled, messages.show, site=site, may=Permission.SETTLE_MESSAGES)
    open_page(router, settled, messages.send, site=site, may=Permission.SETTLE_MESSAGES, method="POST")
    open_page(router, "/console/agreements", agreements.show_all, site=site, may=Permission.READ_AGREEMENTS)
    open_page(router, "/console/agreements/{id}", agreements.show, site=site, may=Permission.READ_AGREEMENTS)
    for code, act in ACTS.items():
        path = f"/console/agreements/{{id}}/{code}"
        open_page(router, path, partial(agreement_acts.show, act), site=site, may=Permission.ACT_ON_AGREEMENTS)
        sent = partial(agreement_acts.send, act)
        open_page(router, path, sent, site=site, may=Permission.ACT_ON_AGREEMENTS, method="POST")
    open_page(router, "/console/questions", questions.show_in_force, site=site, may=Permission.READ_AGREEMENTS)
    asked = "/console/agreements/{id}/questions"
    open_page(router, asked, questions.show_one, site=site, may=Permission.READ_AGREEMENTS)
    open_page(router, stewardship.HERE, stewardship.show, site=site, may=Permission.READ_STEWARDSHIP)
    one, may = f"{stewardship.HERE}/requests/{{partner}}/{{id}}", Permission.ANSWER_REQUESTS
    open_page(router, one, stewardship.show_request, site=site, may=may)
    open_page(router, one, stewardship.answer, site=site, may=may, method="POST")
    open_page(router, "/console/codes", codes.show_all, site=site, may=Permission.READ_CODES)
    open_page(router, "/console/codes/{list}", codes.show, site=site, may=Permission.READ_CODES)
    open_page(router, "/console/ledger", ledger.show, site=site, may=Permission.READ_LEDGER)
    open_page(router, "/console/ledger/checkpoint", ledger.checkpoint, site=site, may=Permission.READ_LEDGER)
    open_page(router, "/console/evidence/{subject:path}", ledger.evidence, site=site, may=Permission.TAKE_EVIDENCE)


def _open_static(router: APIRouter, site: Site) -> None:
    def front() -> RedirectResponse:
        return RedirectResponse("/console", status_code=303)

    def static(request: Request, mark: str, name: str) -> Response:  # noqa: ARG001 - the mark only keeps caches apart
        return answer_static(site.files, request, name) or Response(status_code=404)

    router.add_api_route("/", front, include_in_schema=False, response_model=None)
    router.add_api_route(PREFIX + "/{mark}/{name:path}", static, include_in_schema=False, response_model=None)


def _unknown(_site: Site, _visit: Visit) -> Response:
    raise PageUnknown
