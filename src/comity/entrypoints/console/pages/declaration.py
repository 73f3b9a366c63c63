"""What is decided about one declaration, why, and how it stands beside the partner's record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fastapi import Response
from sqlalchemy.orm import Session

from comity.entrypoints.console.errors import PageUnknown
from comity.entrypoints.console.formats import Formats
from comity.entrypoints.console.language import mark
from comity.entrypoints.console.officers import Permission, roles_permitting
from comity.entrypoints.console.present.agreements import say_code
from comity.entrypoints.console.present.declaration import (
    Head,
    ReasonShown,
    day_of,
    discrepancy_words,
    entry_shown,
    examination_shown,
    goods_lines,
    head_of,
    override_shown,
    parties_of,
    transport_of,
)
from comity.entrypoints.console.present.duty import duty_shown
from comity.entrypoints.console.present.merge import side_by_side
from comity.entrypoints.console.present.sentences import sentence
from comity.entrypoints.console.present.strip import draw_strip
from comity.entrypoints.console.present.twin import compare
from comity.entrypoints.console.site import Site, Visit
from comity.features.risk.assess import Reason
from comity.features.risk.profiles import Profile
from comity.flows.show_declaration import DeclarationView, view
from comity.flows.use_partner_record import FOR_THE_LANE, Reader, use_twins
from comity.foundation.errors import ComityError
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.money import Money

DONE = {
    "examined": mark("The examination is recorded."),
    "lane": mark("The lane is changed."),
}


def show(site: Site, visit: Visit) -> Response:
    """Show one declaration."""
    with site.node.database.reading() as session:
        seen = find_view(session, visit)
    marking, refusal = None, None
    if seen.twins:
        reader = Reader(visit.signed_in.name, FOR_THE_LANE, "console")
        with site.node.database.transaction() as session:
            seen, marking, refusal = use_twins(session, seen, reader=reader, clearing=site.node.clearing())
    return site.page(
        visit,
        "declaration.html",
        page=_page(site, visit, seen),
        marking=say_code(marking.value, visit.language) if marking else "",
        read_for=say_code(FOR_THE_LANE, visit.language),
        withheld=refusal.message if refusal else "",
        overrulers=overrulers(visit),
        may_examine=visit.may(Permission.RECORD_EXAMINATION),
        may_override=visit.may(Permission.OVERRIDE_LANE),
        may_take_evidence=visit.may(Permission.TAKE_EVIDENCE),
        done=DONE.get(visit.asked("done"), ""),
    )


def find_view(session: Session, visit: Visit) -> DeclarationView:
    """Return the declaration the address names.

    Raises:
        PageUnknown: this node does not hold it.
    """
    try:
        return view(session, visit.request.path_params["id"])
    except ComityError as error:
        if error.status == 404:
            raise PageUnknown from error
        raise


def head_of_view(seen: DeclarationView) -> Head:
    """Return what names the declaration, with the lane in force."""
    return head_of(seen.id, seen.declaration, lane_in_force(seen))


def lane_in_force(seen: DeclarationView) -> str | None:
    """Return the lane of the last override, else the one decided."""
    if seen.overrides:
        return str(seen.overrides[-1].lane)
    return str(seen.decision.lane) if seen.decision else None


def overrulers(visit: Visit) -> str:
    """Return who may overrule a decision, in words."""
    roles = [visit.language.say(role) for role in roles_permitting(Permission.OVERRIDE_LANE)]
    return Formats(visit.language.locale).listed(roles)


def _page(site: Site, visit: Visit, seen: DeclarationView) -> dict[str, object]:
    head, ours = head_of_view(seen), seen.declaration
    our_side, theirs = side_by_side([ours, *seen.companions], [twin.declaration for twin in seen.twins])
    day = day_of(ours, site.node.clock.now().date())
    twin = compare(our_side, theirs, convert=_converter(site, day)) if theirs else None
    named = {name: getattr(head, name) for name in head.__slots__}
    return (
        named
        | _decision_part(site, visit, seen)
        | {
            "look": head.look,
            "twin": twin,
            "strip": draw_strip(twin.value_ratio) if twin else None,
            "twin_partner": seen.twin_partner,
            "twin_probability": seen.twin_probability,
            "twin_reasons": "; ".join(sentence(visit.language, reason) for reason in seen.twin_reasons),
            "our_note": _our_note(visit, seen),
            "their_note": _their_note(visit, seen),
            "discrepancies": discrepancy_words(seen.discrepancies),
            "findings": [sentence(visit.language, each.reason) for each in seen.discrepancies],
            "lines": goods_lines(ours),
            "duty": duty_shown(seen.duty, visit.language),
            "parties": parties_of(ours),
            "transport": transport_of(ours),
            "examinations": [examination_shown(each) for each in seen.examinations],
            "overrides": [override_shown(each) for each in seen.overrides],
            "entries": [entry_shown(entry) for entry in seen.ledger],
        }
    )


def _decision_part(site: Site, visit: Visit, seen: DeclarationView) -> dict[str, object]:
    decision, profiles = seen.decision, site.node.clearing().profiles
    if decision is None:
        return {"is_decided": False, "reasons": [], "propensity": None}
    several = len(seen.declaration.goods_shipment.items) > 1
    return {
        "is_decided": True,
        "score": decision.score * 100,
        "overridden": bool(seen.overrides),
        "reasons": [
            _reason(visit, reason, profiles.find(reason.code), is_several=several) for reason in decision.reasons
        ],
        "is_random": decision.random_selected,
        "engine_version": decision.engine_version,
        "propensity": decision.propensity,
    }


def _reason(visit: Visit, reason: Reason, profile: Profile | None, *, is_several: bool) -> ReasonShown:
    note = visit.language.say(mark("goods line %(line)s"), line=reason.item) if is_several and reason.item else ""
    return ReasonShown(reason.text, note, profile.instruction if profile else "", profile.expression if profile else "")


def _converter(site: Site, day: date) -> Callable[[Money, str], Money | None]:
    rates = site.node.clearing().rates
    return lambda amount, currency: amount if amount.currency == currency else rates.convert(amount, currency, on=day)


def _our_note(visit: Visit, seen: DeclarationView) -> str:
    if seen.companions:
        return visit.language.say(mark("%(count)s records together"), count=len(seen.companions) + 1)
    return _note(visit, seen.declaration)


def _their_note(visit: Visit, seen: DeclarationView) -> str:
    if len(seen.twins) > 1:
        return visit.language.say(mark("%(count)s records together"), count=len(seen.twins))
    return _note(visit, seen.twins[0].declaration) if seen.twins else ""


def _note(visit: Visit, declaration: Declaration) -> str:
    at = declaration.acceptance_at or declaration.issued_at
    parts = [declaration.mrn or "", Formats(visit.language.locale).day(at) if at else ""]
    return " · ".join(part for part in parts if part)
