"""What an entry summary declaration says, and every fault of it: IE315 and IE313 as values of trade.

What is checked here holds everywhere: form, what must be there, items numbered once. An administration's own rules
are data (`rule_packs`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.formats.ens_xml.elements import AMENDMENT, CHILDREN, MESSAGES
from comity.features.declarations.formats.ens_xml.goods import carried_item, goods_item, party_in, place_in
from comity.features.declarations.formats.ens_xml.values import (
    Notes,
    check_children,
    country_of,
    instant_of,
    number_of,
    require,
    text_of,
    whole_of,
)
from comity.features.declarations.formats.wco_xml.context import Places, local_name
from comity.features.declarations.formats.wco_xml.parse import parsed
from comity.features.declarations.reading import Limits, ReadDocument, capped, is_refused
from comity.features.declarations.rule_packs.message import MessageElement, message_of, release
from comity.features.declarations.sniff import head_text, root_name
from comity.foundation.errors import Finding
from comity.foundation.trade.declaration import (
    Declaration,
    DeclarationFunction,
    DeclarationKind,
    GoodsItem,
    GoodsShipment,
)
from comity.foundation.trade.identifiers import is_mrn
from comity.foundation.trade.parties import Party
from comity.foundation.trade.transit import TransitOffice
from comity.foundation.trade.transport import Consignment, Seal, TransportEquipment, TransportMeans

NAMESPACES = tuple(f"http://ics.dgtaxud.ec/{name}" for name in sorted(MESSAGES))


_MESSAGE = re.compile(rf"<(?:[A-Za-z_][\w.\-]*:)?(?:{'|'.join(sorted(MESSAGES))})[\s/>]")
_ENVELOPE = "Envelope"
"""The root element of SOAP 1.1 and 1.2, in which the messages are sent."""


def is_ens_xml(head: bytes) -> bool:
    """Claim that a file begins with an entry summary declaration, alone or in a SOAP envelope."""
    root = root_name(head)
    return root in MESSAGES or (root == _ENVELOPE and _MESSAGE.search(head_text(head)) is not None)


def read_ens_xml(content: bytes, *, limits: Limits) -> Iterator[ReadDocument]:
    """Yield the messages of an XML file one by one, bare or within an envelope; never raises on any bytes."""
    root = parsed(content, limits=limits)
    digest = hashlib.sha256(content).hexdigest()
    if isinstance(root, Finding):
        yield ReadDocument(None, (root,), 1, digest)
        return
    places = Places()
    within = (root,) if local_name(root.tag) in MESSAGES else root.iter(etree.Element)
    found = [one for one in within if local_name(one.tag) in MESSAGES][: limits.max_documents]
    if not found:
        message = (
            "Expected CC315A or CC313A, alone or in an envelope; neither came. Send it where such messages are read."
        )
        yield ReadDocument(None, (Finding("declarations.not-a-declaration", places.of(root), message),), 1, digest)
    for position, element in enumerate(found, start=1):
        declaration, findings = _read(element, places, limits)
        own = digest if len(found) == 1 else hashlib.sha256(etree.tostring(element, method="c14n")).hexdigest()
        yield ReadDocument(
            None if is_refused(findings) else declaration, capped(findings, limits.max_findings), position, own
        )


def _read(element: _Element, places: Places, limits: Limits) -> tuple[Declaration, list[Finding]]:
    message = message_of(element)
    notes = Notes(places, limits.max_findings)
    namespace = element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""
    if namespace not in ("", *NAMESPACES):
        notes.error(message, "namespace-unknown", f"Expected the namespace {' or '.join(NAMESPACES)}, or none.")
    check_children(message, CHILDREN[""], notes)
    declaration = _declaration(message, notes)
    if notes.unkept is not None:
        text = "Priority and languages of texts are not kept as values; they stay in the original document."
        notes.warning(notes.unkept, "element-not-mapped", f"{text} Nothing to do.")
    release(message)
    return declaration, notes.findings


def _declaration(message: MessageElement, notes: Notes) -> Declaration:
    is_amendment = message.name == AMENDMENT
    header = _group(message, "HEAHEA", notes, what="the header")
    goods = [(group, goods_item(group, notes)) for group in message.children.get("GOOITEGDS", ())]
    _check_items(message, [item for _, item in goods], notes)
    lodgement = message.children.get("CUSOFFLON", ())
    mrn = text_of(header, "DocNumHEA5", notes)
    if mrn is not None and not is_mrn(mrn):
        text = "The check digit of this MRN is not the one of its characters. Check the number."
        notes.warning(header, "mrn-check-digit", text, below="DocNumHEA5")
    place = "AmdPlaHEA598" if is_amendment else "DecPlaHEA394"
    drawn_up = "DatTimAmeHEA113" if is_amendment else "DecDatTimHEA114"
    if header is not message:
        _check_header(header, notes, is_amendment=is_amendment, drawn_up=drawn_up)
    return Declaration(
        kind=DeclarationKind.ENTRY_SUMMARY,
        function=DeclarationFunction.AMENDMENT if is_amendment else DeclarationFunction.ORIGINAL,
        mrn=mrn,
        functional_reference_id=text_of(header, "RefNumHEA4", notes),
        issued_at=instant_of(header, drawn_up, notes),
        declaration_office=text_of(lodgement[0], "RefNumCOL1", notes) if lodgement else None,
        declarant=_lodging(message, notes),
        agent=party_in(message, "TRAREP", notes),
        submitter=_correspondent(message, "MesSenMES3", notes),
        recipient=_correspondent(message, "MesRecMES6", notes),
        border_means=_border_means(header, notes),
        consignment=_consignment(message, header, goods, notes),
        total_gross_mass_kg=number_of(header, "TotGroMasHEA307", notes),
        total_packages=whole_of(header, "TotNumOfPacHEA306", notes),
        goods_item_quantity=_item_count(header, len(goods), notes),
        specific_circumstances_code=text_of(header, "SpeCirIndHEA1", notes),
        goods_shipment=GoodsShipment(
            consignor=party_in(message, "TRACONCO1", notes),
            consignee=party_in(message, "TRACONCE1", notes),
            ucr=text_of(header, "ComRefNumHEA", notes),
            items=tuple(item for _, item in goods),
        ),
        issue_location=text_of(header, place, notes),
        message_id=text_of(message, "MesIdeMES19", notes),
        correlation_id=text_of(message, "CorIdeMES25", notes),
        entry_offices=_entry_offices(message, notes),
    )


def _check_header(header: MessageElement, notes: Notes, *, is_amendment: bool, drawn_up: str) -> None:
    if is_amendment:
        require(header, "DocNumHEA5", notes, what="the MRN of the declaration to amend")
    else:
        require(header, "RefNumHEA4", notes, what="the declarant's own reference")
    require(header, drawn_up, notes, what="when it was drawn up")
    require(header, "TraModAtBorHEA76", notes, what="the mode of transport at the border")


def _border_means(header: MessageElement, notes: Notes) -> TransportMeans:
    return TransportMeans(
        id=text_of(header, "IdeOfMeaOfTraCroHEA85", notes),
        registration_nationality=country_of(header, "NatOfMeaOfTraCroHEA87", notes),
        mode_code=text_of(header, "TraModAtBorHEA76", notes),
        journey=text_of(header, "ConRefNumHEA", notes),
    )


def _consignment(
    message: MessageElement, header: MessageElement, goods: list[tuple[MessageElement, GoodsItem]], notes: Notes
) -> Consignment:
    loading, loading_name = place_in(header, "PlaLoaGOOITE334", notes)
    unloading, unloading_name = place_in(header, "PlaUnlGOOITE334", notes)
    carried = (carried_item(group, item.sequence, notes) for group, item in goods)
    notified = party_in(message, "NOTPAR670", notes)
    seals = [text_of(one, "SeaIdSEAID530", notes) for one in message.children.get("SEAID529", ())]
    route = [country_of(one, "CouOfRouCodITI1", notes) for one in message.children.get("ITI", ())]
    return Consignment(
        carrier=party_in(message, "TRACARENT601", notes),
        freight_payment_method=text_of(header, "TraChaMetOfPayHEA1", notes),
        loading_location=loading,
        loading_location_name=loading_name,
        unloading_location=unloading,
        unloading_location_name=unloading_name,
        routing_countries=tuple(country for country in route if country is not None),
        equipment=(TransportEquipment(seals=tuple(Seal(seal) for seal in seals if seal)),) if seals else (),
        items=tuple(item for item in carried if item is not None),
        notify_parties=() if notified is None else (notified,),
    )


def _group(message: MessageElement, name: str, notes: Notes, *, what: str) -> MessageElement:
    """Return a group that must be there; the message itself, in which none of its elements is, where it is not."""
    found = message.children.get(name)
    if found:
        return found[0]
    notes.error(message, "element-missing", f"Expected {name} ({what}); none came. Add it.", below=name)
    return message


def _lodging(message: MessageElement, notes: Notes) -> Party | None:
    _group(message, "PERLODSUMDEC", notes, what="the person lodging the declaration")
    return party_in(message, "PERLODSUMDEC", notes)


def _correspondent(message: MessageElement, name: str, notes: Notes) -> Party | None:
    value = text_of(message, name, notes)
    return None if value is None else Party(id=value)


def _entry_offices(message: MessageElement, notes: Notes) -> tuple[TransitOffice, ...]:
    first = _group(message, "CUSOFFFENT730", notes, what="the office of first entry")
    if first is message:
        return ()
    require(first, "RefNumCUSOFFFENT731", notes, what="the code of the office")
    return (
        TransitOffice(
            id=text_of(first, "RefNumCUSOFFFENT731", notes),
            expected_at=instant_of(first, "ExpDatOfArrFIRENT733", notes),
        ),
        *(
            TransitOffice(id=text_of(one, "RefNumSUBENR909", notes))
            for one in message.children.get("CUSOFFSENT740", ())
        ),
    )


def _item_count(header: MessageElement, count: int, notes: Notes) -> int | None:
    stated = whole_of(header, "TotNumOfIteHEA305", notes)
    if stated is not None and stated != count:
        text = f"Expected as many goods items as stated; {stated} stated, {count} came. Correct one of them."
        notes.error(header, "item-count", text, below="TotNumOfIteHEA305")
    return stated


def _check_items(message: MessageElement, items: list[GoodsItem], notes: Notes) -> None:
    groups = message.children.get("GOOITEGDS", ())
    if not groups:
        _group(message, "GOOITEGDS", notes, what="at least one goods item")
    seen: set[int] = set()
    for group, item in zip(groups, items, strict=True):
        if item.sequence in seen:
            text = "Expected each item number once; this one came before. Number the items in order."
            notes.error(group, "sequence-repeated", text, below="IteNumGDS7")
        elif item.sequence is not None:
            seen.add(item.sequence)
