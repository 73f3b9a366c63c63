"""What every page shares: the node, the templates in each language, the limits, and who is visiting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from comity.entrypoints.console import accounts
from comity.entrypoints.console.attempts import SignInAttempts
from comity.entrypoints.console.formats import Formats, goods_code, utc
from comity.entrypoints.console.language import Language, languages, mark
from comity.entrypoints.console.officers import ROLE_NAMES, Officer, Permission, Role
from comity.entrypoints.console.present.lanes import LANES
from comity.entrypoints.console.static_files import StaticFile, read_static_files
from comity.entrypoints.node import Node
from comity.foundation.trade.money import Money

FOLDER = Path(__file__).resolve().parent / "templates"
SESSION_COOKIE = "__Host-comity"
VISIT_COOKIE = "__Host-comity-form"
LANGUAGE_COOKIE = "__Host-comity-language"

_MENU: tuple[tuple[str, str, Permission], ...] = (
    ("/console/arrivals", mark("Arrivals"), Permission.READ_ARRIVALS),
    ("/console/partners", mark("Partners"), Permission.READ_PARTNERS),
    ("/console/agreements", mark("Agreements"), Permission.READ_AGREEMENTS),
    ("/console/stewardship", mark("After delivery"), Permission.READ_STEWARDSHIP),
    ("/console/codes", mark("Code lists"), Permission.READ_CODES),
    ("/console/ledger", mark("Log"), Permission.READ_LEDGER),
)


_WITHIN = {"/console/arrivals": ("/console/declarations",), "/console/agreements": ("/console/questions",)}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: who, in which language, from where, with which form.

    `secret` is what the form token derives from: the session's token, or a random cookie before sign-in.
    """

    request: Request
    language: Language
    secret: str
    officer: Officer | None = None
    form: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def here(self) -> str:
        """Return the path and query of the page."""
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    @property
    def address(self) -> str:
        """Return the network address the request came from."""
        return self.request.client.host if self.request.client else "unknown"

    @property
    def signed_in(self) -> Officer:
        """Return the officer of a page that only signed-in officers reach."""
        if self.officer is None:
            raise RuntimeError("a page without a permission asked for its officer")
        return self.officer

    def may(self, permission: Permission) -> bool:
        """Claim that the visitor is signed in and permitted."""
        return self.officer is not None and self.officer.may(permission)

    def asked(self, name: str) -> str:
        """Return a query parameter, stripped, or an empty text."""
        return self.request.query_params.get(name, "").strip()


class Site:
    """The console of one node."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.files: Mapping[str, StaticFile] = read_static_files()
        self.attempts = SignInAttempts(node.clock)
        self._environments = {code: self._environment(language) for code, language in languages().items()}

    def page(self, visit: Visit, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """Render a template for the visitor."""
        officer = visit.officer
        roles = [ROLE_NAMES[role] for role in Role if officer and role in officer.roles]
        shared = {
            "officer": officer,
            "officer_roles": [visit.language.say(role) for role in roles],
            "menu": self._menu(visit),
            "here": visit.here if visit.request.method == "GET" else visit.request.url.path,
            "other_languages": [each for each in languages().values() if each is not visit.language],
            "form_fields": lambda: _form_fields(visit.secret),
            "form": visit.form,
            "errors": {},
        }
        rendered = self._environments[visit.language.code].get_template(template).render(shared | values)
        return HTMLResponse(rendered, status_code=status)

    def _environment(self, language: Language) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(str(FOLDER)),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
        )
        environment.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]  # the i18n extension adds it
        environment.globals.update(
            language=language,
            formats=Formats(language.locale),
            lanes=LANES,
            say=language.say,
            utc=utc,
            goods_code=goods_code,
            absolute=lambda money: Money(abs(money.amount), money.currency),
            asset=lambda name: self.files[name].address,
            node_authority=self.node.keys.authority,
            node_name=self.node.keys.name,
        )
        return environment

    @staticmethod
    def _menu(visit: Visit) -> list[dict[str, object]]:
        path = visit.request.url.path
        return [
            {"address": address, "label": label, "is_here": path.startswith((address, *_WITHIN.get(address, ())))}
            for address, label, permission in _MENU
            if visit.may(permission)
        ]


def _form_fields(secret: str) -> Markup:
    return Markup('<input type="hidden" name="form_token" value="{}">').format(accounts.form_token(secret))
