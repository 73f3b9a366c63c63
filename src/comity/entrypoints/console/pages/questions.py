"""What may reach whom? A question box, and what everyone should ask of an agreement before signing it."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Response
from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Agreement
from comity.cooperation.agreements.analyse.errors import QuestionUnclear
from comity.cooperation.agreements.analyse.standing import agreements_in_force
from comity.cooperation.agreements.errors import AgreementUnknown
from comity.cooperation.agreements.store import find_agreement, find_text, list_agreements
from comity.cooperation.agreements.texts import StoredAgreement
from comity.entrypoints.console.errors import PageUnknown
from comity.entrypoints.console.present.questions import all_said, answered, asked_of_draft, said
from comity.entrypoints.console.site import Site, Visit


def show_in_force(site: Site, visit: Visit) -> Response:
    """Ask all that is in force, and show where two agreements differ on the same data."""
    from comity.cooperation.agreements.analyse.conflicts import find_conflicts

    with site.node.database.reading() as session:
        agreements = agreements_in_force(list_agreements(session), site.node.clock.now())
    conflicts = [all_said(one.sentences, visit.language) for one in find_conflicts(agreements)]
    return _page(site, visit, agreements, conflicts=conflicts)


def show_one(site: Site, visit: Visit) -> Response:
    """Ask one text of an agreement: the one that counts, or the one whose hash is in the address."""
    from comity.cooperation.agreements.analyse.amendment import compare
    from comity.cooperation.agreements.analyse.fixed_questions import FIXED_QUESTIONS, check_draft

    with site.node.database.reading() as session:
        text, replaced = _text(session, site, visit)
    agreement, language = text.agreement, visit.language
    remarks = check_draft(agreement, on=site.node.clock.now().date())
    changes = compare(replaced.agreement, agreement).sentences if replaced else []
    return _page(
        site,
        visit,
        [agreement],
        agreement=agreement,
        fixed=asked_of_draft(FIXED_QUESTIONS, remarks, language),
        changes=all_said(changes, language),
    )


def _text(session: Session, site: Site, visit: Visit) -> tuple[StoredAgreement, StoredAgreement | None]:
    """Return the text that is asked, and the one it replaces."""
    agreement_id, digest = visit.request.path_params["id"], visit.asked("text")
    try:
        now = site.node.clock.now()
        text = find_text(session, digest) if digest else find_agreement(session, agreement_id, now)
        replaced = find_text(session, text.agreement.replaces) if text.agreement.replaces else None
    except AgreementUnknown as error:
        raise PageUnknown from error
    if text.agreement.id != agreement_id:
        raise PageUnknown
    return text, replaced


def _page(site: Site, visit: Visit, agreements: Sequence[Agreement], **shown: object) -> Response:
    from comity.cooperation.agreements.analyse.ask import ask

    question, answer, errors = visit.asked("question"), None, {}
    if question:
        try:
            answer = answered(ask(question, agreements), visit.language)
        except QuestionUnclear as unclear:
            where = visit.language.say("Character %(place)s:", place=unclear.at)
            errors["question"] = f"{where} {said(unclear.sentence, visit.language)}"
    values: dict[str, object] = {"agreement": None, "fixed": [], "changes": [], "conflicts": []}
    values |= {"form": {"question": question}, "text": visit.asked("text"), "answer": answer, "errors": errors}
    return site.page(visit, "questions.html", status=422 if errors else 200, **(values | shown))
