"""What a goods item of an entry summary declaration says: GOOITEGDS and its groups."""

from __future__ import annotations

from comity.features.declarations.formats.ens_xml.elements import PARTIES
from comity.features.declarations.formats.ens_xml.values import (
    Notes,
    country_of,
    number_of,
    require,
    text_of,
    whole_of,
)
from comity.features.declarations.rule_packs.message import MessageElement
from comity.foundation.trade.declaration import Classification, Commodity, GoodsItem, Packaging
from comity.foundation.trade.documents import AdditionalDocument, AdditionalInformation
from comity.foundation.trade.identifiers import has_hs_form, has_locode_form, is_container
from comity.foundation.trade.parties import Address, Party
from comity.foundation.trade.transport import ConsignmentItem, TransportMeans


def goods_item(group: MessageElement, notes: Notes) -> GoodsItem:
    """Return what the item says of its goods."""
    require(group, "IteNumGDS7", notes, what="the number of the goods item")
    return GoodsItem(
        sequence=whole_of(group, "IteNumGDS7", notes),
        commodity=_commodity(group, notes),
        gross_mass_kg=number_of(group, "GroMasGDS46", notes),
        packaging=tuple(_packaging(one, notes) for one in group.children.get("PACGS2", ())),
        equipment_ids=tuple(number for one in group.children.get("CONNR2", ()) if (number := _container(one, notes))),
        consignor=party_in(group, "TRACONCO2", notes),
        consignee=party_in(group, "TRACONCE2", notes),
        additional_documents=tuple(
            AdditionalDocument(id=text_of(one, "DocRefDC23", notes), type_code=text_of(one, "DocTypDC21", notes))
            for one in group.children.get("PRODOCDC2", ())
        ),
        additional_information=tuple(
            AdditionalInformation(code=text_of(one, "AddInfCodMT23", notes))
            for one in group.children.get("SPEMENMT2", ())
        ),
        ucr=text_of(group, "ComRefNumGIM1", notes),
    )


def carried_item(group: MessageElement, sequence: int | None, notes: Notes) -> ConsignmentItem | None:
    """Return what the item says of its carriage, or None where that is the same for all items."""
    loading, loading_name = place_in(group, "PlaLoaGOOITE333", notes)
    unloading, unloading_name = place_in(group, "PlaUnlGOOITE333", notes)
    notified = party_in(group, "PRTNOT640", notes)
    item = ConsignmentItem(
        sequence=sequence,
        freight_payment_method=text_of(group, "MetOfPayGDI12", notes),
        loading_location=loading,
        loading_location_name=loading_name,
        unloading_location=unloading,
        unloading_location_name=unloading_name,
        notify_parties=() if notified is None else (notified,),
        border_means=tuple(
            TransportMeans(
                id=text_of(one, "IdeMeaTraGIMEATRA971", notes),
                registration_nationality=country_of(one, "NatIDEMEATRAGI973", notes),
            )
            for one in group.children.get("IDEMEATRAGI970", ())
        ),
    )
    return None if item == ConsignmentItem(sequence=sequence) else item


def party_in(group: MessageElement, name: str, notes: Notes) -> Party | None:
    """Return the party in a group, or None."""
    found = group.children.get(name)
    if not found:
        return None
    party, elements = found[0], PARTIES[name]
    address = Address(
        line=text_of(party, elements.street, notes),
        city=text_of(party, elements.city, notes),
        country=country_of(party, elements.country, notes),
        postcode=text_of(party, elements.postcode, notes),
    )
    return Party(
        id=text_of(party, elements.tin, notes),
        name=text_of(party, elements.name, notes),
        address=None if address == Address() else address,
    )


def place_in(group: MessageElement, name: str, notes: Notes) -> tuple[str | None, str | None]:
    """Return a place of loading or unloading as UN/LOCODE and as text: the element may hold either."""
    value = text_of(group, name, notes)
    return (value, None) if value and has_locode_form(value) else (None, value)


def _commodity(group: MessageElement, notes: Notes) -> Commodity:
    """Return the goods. A heading of four digits, which ICS allows, is a classification and no goods code."""
    coded = group.children.get("COMCODGODITM", ())
    code = text_of(coded[0], "ComNomCMD1", notes) if coded else None
    dangerous = text_of(group, "UNDanGooCodGDI1", notes)
    is_code = code is not None and has_hs_form(code)
    return Commodity(
        code=code if is_code else None,
        description=text_of(group, "GooDesGDS23", notes),
        classifications=() if code is None or is_code else (Classification(code),),
        dangerous_goods=() if dangerous is None else (dangerous,),
    )


def _packaging(group: MessageElement, notes: Notes) -> Packaging:
    packages = whole_of(group, "NumOfPacGS24", notes)
    pieces = whole_of(group, "NumOfPieGS25", notes)
    if packages is not None and pieces is not None:
        message = "Packages and pieces are both counted; the packages are kept. Give pieces for unpacked goods only."
        notes.warning(group, "element-not-mapped", message, below="NumOfPieGS25")
    return Packaging(
        type_code=text_of(group, "KinOfPacGS23", notes),
        quantity=pieces if packages is None else packages,
        marks=text_of(group, "MarNumOfPacGSL21", notes),
    )


def _container(group: MessageElement, notes: Notes) -> str | None:
    number = text_of(group, "ConNumNR21", notes)
    if number is not None and not is_container(number):
        message = "Not a container number of ISO 6346 with its check digit (a trailer has none): not checked further."
        notes.warning(group, "container-form", message, below="ConNumNR21")
    return number
