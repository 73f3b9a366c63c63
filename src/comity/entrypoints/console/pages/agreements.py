"""What the agreements say, in words; what became of each; and which proposals wait for this administration's answer."""

from __future__ import annotations

from fastapi import Response
from sqlalchemy.orm import Session

from comity.cooperation.agreements.errors import AgreementUnknown
from comity.cooperation.agreements.store import (
    current_agreements,
    find_agreement,
    find_text,
    list_agreements,
    texts_of,
)
from comity.cooperation.agreements.texts import StoredAgreement
from comity.cooperation.negotiation.rules import waiting_for
from comity.entrypoints.console.errors import PageUnknown
from comity.entrypoints.console.formats import Formats
from comity.entrypoints.console.officers import Permission
from comity.entrypoints.console.present.agreement_history import ACTS, acts_open_to, notices_shown, text_shown
from comity.entrypoints.console.present.agreements import details, sentences, short
from comity.entrypoints.console.site import Site, Visit


def show_all(site: Site, visit: Visit) -> Response:
    """Show the list of agreements, and the proposals that wait for an answer."""
    formats, now = Formats(visit.language.locale), site.node.clock.now()
    with site.node.database.reading() as session:
        held = current_agreements(session, now)
        waiting = waiting_for(site.node.keys.authority, list_agreements(session), now)
    return site.page(
        visit,
        "agreements.html",
        agreements=[short(stored.agreement, stored.status(now), formats) for stored in held],
        waiting=[text_shown(text, now, formats) for text in waiting],
    )


def show(site: Site, visit: Visit) -> Response:
    """Show one agreement: the text that counts, or the one asked for, and its history."""
    formats, now = Formats(visit.language.locale), site.node.clock.now()
    with site.node.database.reading() as session:
        text = text_asked(session, site, visit, visit.asked("text"))
        texts = texts_of(session, text.agreement.id)
    agreement, status = text.agreement, text.status(now)
    shown = short(agreement, status, formats) | {"version": agreement.version}
    shown |= details(agreement, sorted(text.signers), visit.language)
    done = ACTS.get(visit.asked("done"))
    may_act = visit.may(Permission.ACT_ON_AGREEMENTS)
    return site.page(
        visit,
        "agreement.html",
        agreement=shown,
        sentences=sentences(agreement, status, visit.language),
        texts=[text_shown(one, now, formats) for one in texts],
        notices=notices_shown(texts, formats),
        acts=acts_open_to(site.node.keys.authority, text, now) if may_act else [],
        done=done.done if done else "",
    )


def text_asked(session: Session, site: Site, visit: Visit, digest: str) -> StoredAgreement:
    """Return the text of the agreement in the address that a hash names, or the one that counts.

    Raises:
        PageUnknown: there is no such agreement or text.
    """
    agreement_id = visit.request.path_params["id"]
    try:
        text = find_text(session, digest) if digest else find_agreement(session, agreement_id, site.node.clock.now())
    except AgreementUnknown as error:
        raise PageUnknown from error
    if text.agreement.id != agreement_id:
        raise PageUnknown
    return text
