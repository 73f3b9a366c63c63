"""Which element gives which field in the parts many messages share: parties, places, means, documents, goods items."""

from __future__ import annotations

from dataclasses import replace

from comity.features.declarations.formats.bind import (
    FLAG,
    MIDNIGHT,
    NUMBER,
    WHOLE,
    Field,
    Fields,
    Inside,
    Lost,
    Many,
    One,
    Shape,
    fields_of,
)
from comity.foundation.trade.declaration import Classification, Commodity, GoodsItem, Packaging
from comity.foundation.trade.documents import (
    AdditionalDocument,
    AdditionalInformation,
    PreviousDocument,
    TransportDocument,
)
from comity.foundation.trade.notice import Incident
from comity.foundation.trade.parties import Address, Party
from comity.foundation.trade.transport import GoodsLocation, Seal, TransportEquipment, TransportMeans

CUS = "CV"
"""How the WCO form of the UK CDS marks a CUS number of a chemical among the classifications."""

address = Shape(
    Address,
    {
        "streetAndNumber": Field("line"),
        "postcode": Field("postcode"),
        "city": Field("city"),
        "country": Field("country"),
    },
)

_postcode_address = Shape(
    Address, {"houseNumber": Field("line"), "postcode": Field("postcode"), "country": Field("country")}
)

party = Shape(
    Party,
    {
        "identificationNumber": Field("id"),
        "name": Field("name"),
        "status": Field("role_code"),
        "role": Field("role_code"),
        "Address": One("address", address),
        "ContactPerson": Inside(
            {
                "name": Field("contact_name"),
                "phoneNumber": Field("communication_id"),
                "eMailAddress": Field("email"),
            }
        ),
    },
)

_actor = Shape(Party, {"role": Field("role_code"), "identificationNumber": Field("id")})
actors = Many("aeo_parties", _actor)

means = Shape(
    TransportMeans,
    {
        "customsOfficeAtBorderReferenceNumber": Field("border_office"),
        "typeOfIdentification": Field("identification_type_code"),
        "identificationNumber": Field("id"),
        "nationality": Field("registration_nationality"),
        "conveyanceReferenceNumber": Field("journey"),
    },
)


def _without_count(fields: Fields, _path: str, _lost: Lost) -> None:
    fields.pop("stated_seals", None)


def _with_count(equipment: TransportEquipment) -> Fields:
    return fields_of(equipment) | {"stated_seals": len(equipment.seals)}


equipment = Shape(
    TransportEquipment,
    {
        "sequenceNumber": Field("sequence", WHOLE),
        "containerIdentificationNumber": Field("id"),
        "numberOfSeals": Field("stated_seals", WHOLE),
        "Seal": Many(
            "seals",
            Shape(Seal, {"sequenceNumber": Field("sequence", WHOLE), "identifier": Field("id")}, needs="id"),
        ),
        "GoodsReference": Many("items", Shape(dict, {"declarationGoodsItemNumber": Field("item", WHOLE)}), only="item"),
    },
    join=_without_count,
    split=_with_count,
)

_BY_QUALIFIER = {"U": "UNLocode", "V": "CustomsOffice", "X": "EconomicOperator", "Y": "authorisationNumber"}
_POSTCODE = "T"
"""Qualifiers of a location (EU code list 326): which element of it names the place."""


def _join_location(fields: Fields, path: str, lost: Lost) -> None:
    """Keep the one identifier and the one address that the qualifier names; the others are lost."""
    qualifier = fields.pop("qualifier", None)
    named = {name: fields.pop(name) for name in _BY_QUALIFIER.values() if name in fields}
    if named:
        meant = _BY_QUALIFIER.get(qualifier or "")
        meant = meant if meant in named else next(iter(named))
        fields["id"] = named.pop(meant)
    by_postcode, full = fields.pop("PostcodeAddress", None), fields.pop("address", None)
    chosen = by_postcode if by_postcode is not None and (qualifier == _POSTCODE or full is None) else full
    if by_postcode is not None and full is not None:
        named["Address" if chosen is by_postcode else "PostcodeAddress"] = chosen
    for name in named:
        lost.add(f"{path}/{name}")
    if chosen is not None or qualifier is not None:
        fields["address"] = replace(chosen or Address(), type_code=qualifier)


def _split_location(location: GoodsLocation) -> Fields:
    fields = fields_of(location)
    where = location.address or Address()
    fields |= {"qualifier": where.type_code, _BY_QUALIFIER.get(where.type_code or "", "UNLocode"): location.id}
    bare = replace(where, type_code=None)
    is_by_postcode = bare.city is None
    fields["address"] = None if bare == Address() or is_by_postcode else bare
    fields["PostcodeAddress"] = bare if is_by_postcode and bare != Address() else None
    return fields


location = Shape(
    GoodsLocation,
    {
        "typeOfLocation": Field("type_code"),
        "qualifierOfIdentification": Field("qualifier"),
        "authorisationNumber": Field("authorisationNumber"),
        "additionalIdentifier": Field("additional_id"),
        "UNLocode": Field("UNLocode"),
        "CustomsOffice": Inside({"referenceNumber": Field("CustomsOffice")}),
        "GNSS": Inside({"latitude": Field("latitude", NUMBER), "longitude": Field("longitude", NUMBER)}),
        "EconomicOperator": Inside({"identificationNumber": Field("EconomicOperator")}),
        "Address": One("address", address),
        "PostcodeAddress": One("PostcodeAddress", _postcode_address),
    },
    join=_join_location,
    split=_split_location,
)

previous = Shape(
    PreviousDocument,
    {
        "type": Field("type_code"),
        "referenceNumber": Field("id"),
        "goodsItemNumber": Field("line", WHOLE),
        "typeOfPackages": Field("package_type_code"),
        "numberOfPackages": Field("packages", WHOLE),
        "measurementUnitAndQualifier": Field("unit"),
        "quantity": Field("quantity", NUMBER),
        "complementOfInformation": Field("complement"),
    },
    needs="id",
)

transport_document = Shape(TransportDocument, {"type": Field("type_code"), "referenceNumber": Field("id")}, needs="id")

information = Shape(AdditionalInformation, {"code": Field("code"), "text": Field("description")})

_supporting = Shape(
    AdditionalDocument,
    {
        "type": Field("type_code"),
        "referenceNumber": Field("id"),
        "documentLineItemNumber": Field("line", WHOLE),
        "complementOfInformation": Field("complement"),
    },
)


def _is_reference(fields: Fields, _path: str, _lost: Lost) -> None:
    fields["is_reference"] = True


_reference = Shape(AdditionalDocument, {"type": Field("type_code"), "referenceNumber": Field("id")}, join=_is_reference)


def supporting(name: str) -> Many:
    """Bind supporting documents to a field of additional documents."""
    return Many(name, _supporting, wrote=lambda document: not document.is_reference)


def references(name: str) -> Many:
    """Bind additional references to a field of additional documents."""
    return Many(name, _reference, wrote=lambda document: bool(document.is_reference))


def _join_commodity(fields: Fields, path: str, lost: Lost) -> None:
    code = fields.pop("subheading", "") + fields.pop("heading_of_cn", "")
    if code.isascii() and code.isdigit():
        fields["code"] = code
    elif code:
        lost.add(f"{path}/CommodityCode")
    if "cus" in fields:
        fields["classifications"] = (Classification(fields.pop("cus"), CUS),)


def _split_commodity(commodity: Commodity) -> Fields:
    code = commodity.code or ""
    cus = next((one.id for one in commodity.classifications if one.type_code == CUS), None)
    return fields_of(commodity) | {"subheading": code[:6] or None, "heading_of_cn": code[6:8] or None, "cus": cus}


_commodity = Shape(
    Commodity,
    {
        "descriptionOfGoods": Field("description"),
        "cusCode": Field("cus"),
        "CommodityCode": Inside(
            {
                "harmonizedSystemSubHeadingCode": Field("subheading"),
                "combinedNomenclatureCode": Field("heading_of_cn"),
            }
        ),
        "DangerousGoods": Many("dangerous_goods", Shape(dict, {"UNNumber": Field("number")}), only="number"),
    },
    join=_join_commodity,
    split=_split_commodity,
)

_measures = Inside(
    {
        "grossMass": Field("gross_mass_kg", NUMBER),
        "netMass": Field("net_mass_kg", NUMBER),
        "supplementaryUnits": Field("supplementary_quantity", NUMBER),
    }
)

_packaging = Shape(
    Packaging,
    {
        "typeOfPackages": Field("type_code"),
        "numberOfPackages": Field("quantity", WHOLE),
        "shippingMarks": Field("marks"),
    },
)

item = Shape(
    GoodsItem,
    {
        "goodsItemNumber": Field("number_in_house", WHOLE),
        "declarationGoodsItemNumber": Field("sequence", WHOLE),
        "declarationType": Field("type_code"),
        "countryOfDispatch": Field("export_country"),
        "countryOfDestination": Field("destination_country"),
        "referenceNumberUCR": Field("ucr"),
        "releaseType": Field("release_code"),
        "Consignee": One("consignee", party),
        "AdditionalSupplyChainActor": actors,
        "Commodity": One("commodity", _commodity, around={"GoodsMeasure": _measures}),
        "Packaging": Many("packaging", _packaging),
        "PreviousDocument": Many("previous_documents", previous),
        "SupportingDocument": supporting("additional_documents"),
        "TransportDocument": Many("transport_documents", transport_document),
        "AdditionalReference": references("additional_documents"),
        "AdditionalInformation": Many("additional_information", information),
    },
)


incident = Shape(
    Incident,
    {
        "sequenceNumber": Field("sequence", WHOLE),
        "code": Field("code"),
        "text": Field("description"),
        "Endorsement": Inside(
            {
                "date": Field("endorsed_at", MIDNIGHT),
                "authority": Field("endorsed_by"),
                "place": Field("endorsed_place"),
                "country": Field("endorsed_country"),
            }
        ),
        "Location": One("location", location, around={"country": Field("country")}),
        "TransportEquipment": Many("equipment", equipment),
        "Transhipment": Inside(
            {"containerIndicator": Field("is_containerised", FLAG), "TransportMeans": One("transhipped_to", means)}
        ),
    },
)
