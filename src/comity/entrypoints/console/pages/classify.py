"""Which code may the goods of one item have, what does an officer decide, and what does a partner think?"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date

from fastapi import Response
from sqlalchemy.orm import Session

from comity.cooperation.exchange.store import list_peers
from comity.entrypoints.console.doors import redirect
from comity.entrypoints.console.errors import PageUnknown
from comity.entrypoints.console.language import mark
from comity.entrypoints.console.pages.declaration import find_view, head_of_view
from comity.entrypoints.console.site import Site, Visit
from comity.features.codes.editions import load_calendar
from comity.features.tariff.classification.classify import Classified
from comity.features.tariff.classification.errors import ItemUnknown
from comity.features.tariff.classification.general_rules import rule_names, rule_text
from comity.features.tariff.classification.records import GOODS_CODE, SHORTEST_REASON, Decision, Question
from comity.features.tariff.classification.store import decisions_about, questions_about
from comity.flows.ask_opinion import Asked, ask, usual_due_day
from comity.flows.classify_goods import Advice, Goods, advise
from comity.flows.concordance import ConcordanceMemory
from comity.flows.decide_code import decide, item_of
from comity.flows.show_declaration import DeclarationView
from comity.foundation.errors import ComityError
from comity.foundation.trade.declaration import GoodsItem

DONE = {"decided": mark("The code is decided."), "asked": mark("The partner is asked.")}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """The goods item the address names, within its declaration."""

    view: DeclarationView
    number: int
    item: GoodsItem


def show(site: Site, visit: Visit) -> Response:
    """Show what the model, rulings, partners and officers say of the goods."""
    return _page(site, visit, {}, status=200)


def send(site: Site, visit: Visit) -> Response:
    """Decide, or ask a partner; or show the forms again, filled in, with what was wrong."""
    is_question = visit.form.get("act") == "ask"
    errors = _errors(visit, is_question=is_question)
    if errors:
        return _page(site, visit, errors, status=422)
    try:
        with site.node.database.transaction() as session:
            seen = _seen(session, visit)
            if is_question:
                _ask(session, site, visit, seen)
            else:
                _decide(session, site, visit, seen)
    except ComityError as error:
        return _page(site, visit, {"partner" if is_question else "code": error.message}, status=error.status)
    log.info("console.classified declaration=%s item=%s officer=%s", seen.view.id, seen.number, visit.signed_in.name)
    return redirect(f"{visit.request.url.path}?done={'asked' if is_question else 'decided'}")


def _errors(visit: Visit, *, is_question: bool) -> dict[str, str]:
    errors = {}
    if is_question:
        if not visit.form.get("partner"):
            errors["partner"] = mark("Choose a partner")
        if not GOODS_CODE.fullmatch(visit.form.get("proposed", "").strip()):
            errors["proposed"] = mark("Enter a goods code of 6 to 12 digits")
        return errors
    if not GOODS_CODE.fullmatch(visit.form.get("code", "").strip()):
        errors["code"] = mark("Enter a goods code of 6 to 12 digits")
    if not _rules(visit) or not set(_rules(visit)) <= set(rule_names()):
        errors["rules"] = mark("Name the general rules, for example 1, 3(b), 6")
    if len(visit.form.get("reasons", "").strip()) < SHORTEST_REASON:
        errors["reasons"] = mark("Give the reason in at least ten characters")
    return errors


def _decide(session: Session, site: Site, visit: Visit, seen: Seen) -> None:
    advice, _ = _advice(session, site, seen)
    answer = advice.answer if advice else None
    code = visit.form["code"].strip()
    decision = Decision(
        description=seen.item.commodity.description or "",
        facts=visit.form.get("facts", "").strip(),
        code=code,
        edition=_edition(site),
        rules=_rules(visit),
        notes=visit.form.get("notes", "").strip(),
        reasons=visit.form["reasons"].strip(),
        valid_from=_today(site),
        declaration_id=seen.view.id,
        item=seen.number,
        declared_code=seen.item.commodity.code,
        ruling_reference=advice.ruling.ruling.reference if advice and advice.ruling else None,
        model=answer.model if answer else None,
        uncertainty=_uncertainty(answer, code),
    )
    decide(session, decision, officer=visit.signed_in.name, clearing=site.node.clearing())


def _ask(session: Session, site: Site, visit: Visit, seen: Seen) -> None:
    question = Question(
        description=seen.item.commodity.description or "",
        facts=visit.form.get("told", "").strip(),
        proposed_code=visit.form["proposed"].strip(),
        edition=_edition(site),
        due_on=usual_due_day(_today(site)),
    )
    about = Asked(seen.view.id, seen.number)
    partner, officer = visit.form["partner"], visit.signed_in.name
    ask(session, partner, question, about=about, officer=officer, clearing=site.node.clearing())


def _page(site: Site, visit: Visit, errors: dict[str, str], *, status: int) -> Response:
    with site.node.database.reading() as session:
        seen = _seen(session, visit)
        advice, refusal = _advice(session, site, seen)
        decisions = decisions_about(session, seen.view.id, seen.number)
        questions = questions_about(session, seen.view.id, seen.number)
        partners = [peer.authority for peer in list_peers(session)]
    today = _today(site)
    return site.page(
        visit,
        "classify.html",
        status=status,
        page=head_of_view(seen.view),
        number=seen.number,
        description=seen.item.commodity.description or "",
        declared=seen.item.commodity.code or "",
        advice=advice,
        refusal=refusal or (advice.answer.refusal if advice else ""),
        decisions=decisions,
        questions=[(one, one.state(today)) for one in questions],
        partners=partners,
        rules=[(name, rule_text(name)) for name in rule_names()],
        errors=errors,
        done=DONE.get(visit.asked("done"), ""),
    )


def _seen(session: Session, visit: Visit) -> Seen:
    view = find_view(session, visit)
    number = visit.request.path_params["item"]
    try:
        return Seen(view, int(number), item_of(view.declaration, int(number)))
    except (ValueError, ItemUnknown) as error:
        raise PageUnknown from error


def _advice(session: Session, site: Site, seen: Seen) -> tuple[Advice | None, str]:
    """Return what is advised, or why nothing can be."""
    importer = seen.view.declaration.goods_shipment.importer
    goods = Goods(
        seen.item.commodity.description or "",
        importer.id if importer else None,
        tuple(document.id for document in seen.item.additional_documents if document.id),
    )
    try:
        model = site.node.classification.current(site.node.settings.home, keys=site.node.keys)
        concordance = ConcordanceMemory().current(session)
        return advise(session, model, goods, on=_today(site), top=5, concordance=concordance), ""
    except ComityError as error:
        return None, error.message


def _rules(visit: Visit) -> tuple[str, ...]:
    return tuple(rule for rule in visit.form.get("rules", "").replace(",", " ").split() if rule)


def _uncertainty(answer: Classified | None, code: str) -> float | None:
    if answer is None or not answer.suggestions:
        return None
    return round(1 - sum(one.chance for one in answer.suggestions if one.code == code[:6]), 4)


def _edition(site: Site) -> str:
    return load_calendar().in_force(site.node.configuration.authority, _today(site)).name


def _today(site: Site) -> date:
    return site.node.clock.now().date()
