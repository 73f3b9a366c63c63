"""How an examiner records what an examination found."""

from __future__ import annotations

import logging
from decimal import Decimal, InvalidOperation

from fastapi import Response

from comity.entrypoints.console.doors import redirect
from comity.entrypoints.console.language import mark
from comity.entrypoints.console.pages.declaration import find_view, head_of_view
from comity.entrypoints.console.present.words import OUTCOMES, word_for
from comity.entrypoints.console.site import Site, Visit
from comity.features.risk.examination import ExaminationResult, OutcomeCode
from comity.flows import record_examination
from comity.foundation.errors import ComityError
from comity.foundation.trade.declaration import DeclarationId
from comity.foundation.trade.money import Money

LONGEST_TEXT = 4000
log = logging.getLogger(__name__)


def show(site: Site, visit: Visit) -> Response:
    """Show the form."""
    return _form(site, visit, {}, status=200)


def send(site: Site, visit: Visit) -> Response:
    """Record the examination, or show the form again, filled in, with what was wrong."""
    result, errors = read_result(visit.form)
    if result is None:
        return _form(site, visit, errors, status=422)
    declaration_id = DeclarationId(visit.request.path_params["id"])
    officer = visit.signed_in.name
    try:
        with site.node.database.transaction() as session:
            find_view(session, visit)
            clearing = site.node.clearing()
            record_examination.record(session, declaration_id, result, officer=officer, clearing=clearing)
    except ComityError as error:
        return _form(site, visit, {"outcome": error.message}, status=error.status)
    log.info(
        "console.examination-recorded declaration=%s officer=%s outcome=%s", declaration_id, officer, result.outcome
    )
    return redirect(f"/console/declarations/{declaration_id}?done=examined")


def read_result(form: object) -> tuple[ExaminationResult | None, dict[str, str]]:
    """Return the result the form holds, or None and what is wrong by field."""
    fields: dict[str, str] = dict(form)  # type: ignore[call-overload]
    errors: dict[str, str] = {}
    found = fields.get("found", "").strip()
    outcome = next((code for code in OutcomeCode if code.value == fields.get("outcome")), None)
    if outcome is None:
        errors["outcome"] = mark("Choose the outcome")
    if not found:
        errors["found"] = mark("Say what was found, or what was looked at")
    elif len(found) > LONGEST_TEXT:
        errors["found"] = mark("What was found must be 4,000 characters or fewer")
    recovered = _amount(fields.get("recovered", ""), fields.get("currency", ""), errors)
    if errors or outcome is None:
        return None, errors
    return ExaminationResult(outcome=outcome, found=found, revenue_recovered=recovered), {}


def _amount(text: str, currency: str, errors: dict[str, str]) -> Money | None:
    text, currency = "".join(text.split()).replace("\u202f", ""), currency.strip().upper()
    if not text:
        return None
    try:
        amount = Decimal(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text.replace(",", ""))
    except InvalidOperation:
        errors["recovered"] = mark("Enter the amount in figures, for example 1250.00")
        return None
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 15:
        errors["recovered"] = mark("Enter the amount in figures, for example 1250.00")
    elif not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        errors["recovered"] = mark("Enter the currency as three letters, for example UGX")
    return Money(amount, currency)


def _form(site: Site, visit: Visit, errors: dict[str, str], *, status: int) -> Response:
    with site.node.database.reading() as session:
        seen = find_view(session, visit)
    amount = seen.declaration.invoice_amount
    values = [item.customs_value for item in seen.declaration.goods_shipment.items if item.customs_value]
    return site.page(
        visit,
        "examination.html",
        status=status,
        page=head_of_view(seen),
        errors=errors,
        outcomes=[{"code": code.value, "word": word_for(OUTCOMES, code.value)} for code in OutcomeCode],
        default_currency=values[0].currency if values else amount.currency if amount else "",
    )
