"""What the agreements say, in words: what may leave, to whom, for which purpose, under which clause."""

from __future__ import annotations

from fastapi import Response

from comity.cooperation.agreements.errors import AgreementUnknown
from comity.cooperation.agreements.store import current_agreements, find_agreement
from comity.entrypoints.console.errors import PageUnknown
from comity.entrypoints.console.formats import Formats
from comity.entrypoints.console.present.agreements import details, sentences, short
from comity.entrypoints.console.site import Site, Visit


def show_all(site: Site, visit: Visit) -> Response:
    """Show the list of agreements."""
    with site.node.database.reading() as session:
        held = current_agreements(session, site.node.clock.now())
    formats, now = Formats(visit.language.locale), site.node.clock.now()
    return site.page(
        visit, "agreements.html", agreements=[short(stored.agreement, stored.status(now), formats) for stored in held]
    )


def show(site: Site, visit: Visit) -> Response:
    """Show one agreement."""
    with site.node.database.reading() as session:
        try:
            stored = find_agreement(session, visit.request.path_params["id"])
        except AgreementUnknown as error:
            raise PageUnknown from error
    agreement, status = stored.agreement, stored.status(site.node.clock.now())
    shown = short(agreement, status, Formats(visit.language.locale))
    shown |= details(agreement, [signature.authority for signature in stored.signatures], visit.language)
    return site.page(visit, "agreement.html", agreement=shown, sentences=sentences(agreement, status, visit.language))
