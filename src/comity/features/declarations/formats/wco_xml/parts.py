"""Which child element gives which value in the parts every class uses: parties, documents, charges (WCO DM 3.6)."""

from __future__ import annotations

from comity.features.declarations.formats.wco_xml.leaf import amount, country, quantity, text, whole
from comity.features.declarations.formats.wco_xml.structure import Child, instant, many, merged, one, structure
from comity.foundation.trade.documents import AdditionalDocument, AdditionalInformation, Pointer, PreviousDocument
from comity.foundation.trade.parties import Address, Party

INSURANCE = "67"
"""UN/EDIFACT 5025: the charge that is the insurance; the WCO class has no element of its own for it."""

pointer = structure(
    Pointer,
    {
        "SequenceNumeric": one("sequence", whole(5)),
        "DocumentSectionCode": one("section_code", text(3)),
        "TagID": one("tag_id", text(4)),
    },
)

address = structure(
    Address,
    {
        "TypeCode": one("type_code", text(3)),
        "CityName": one("city", text(35)),
        "CountryCode": one("country", country),
        "CountrySubDivisionCode": one("subdivision_code", text(9)),
        "CountrySubDivisionName": one("subdivision_name", text(35)),
        "Line": one("line", text(70)),
        "PostcodeID": one("postcode", text(9)),
    },
)

_PARTY = {
    "Name": one("name", text(70)),
    "ID": one("id", text(17)),
    "Address": one("address", address),
    "Contact": merged({"Name": one("contact_name", text(70))}),
    "Communication": merged(
        {"ID": one("communication_id", text(50)), "TypeCode": one("communication_type_code", text(3))}
    ),
}
party = structure(Party, _PARTY)
agent = structure(Party, {**_PARTY, "FunctionCode": one("role_code", text(3))})
role = structure(Party, {"ID": one("id", text(17)), "RoleCode": one("role_code", text(3))})
_issuer = structure(Party, {"Name": one("name", text(70)), "RoleCode": one("role_code", text(3))})

additional_information = structure(
    AdditionalInformation,
    {
        "StatementCode": one("code", text(17)),
        "StatementDescription": one("description", text(512)),
        "LimitDateTime": one("limit_at", instant),
        "StatementTypeCode": one("type_code", text(3)),
        "Pointer": many("pointers", pointer),
    },
)

additional_document = structure(
    AdditionalDocument,
    {
        "CategoryCode": one("category_code", text(3)),
        "EffectiveDateTime": one("effective_at", instant),
        "ID": one("id", text(70)),
        "Name": one("name", text(35)),
        "TypeCode": one("type_code", text(3)),
        "LPCOExemptionCode": one("exemption_code", text(3)),
        "Submitter": one("issuer", _issuer),
        "WriteOff": merged(
            {
                "QuantityQuantity": Child(None, quantity("write_off_quantity", "write_off_unit")),
                "AmountAmount": one("write_off_amount", amount()),
            }
        ),
    },
)

previous_document = structure(
    PreviousDocument,
    {
        "CategoryCode": one("category_code", text(3)),
        "ID": one("id", text(70)),
        "TypeCode": one("type_code", text(3)),
        "LineNumeric": one("line", whole(5)),
    },
    needs={"id": "ID"},
)

ucr = merged({"ID": one("ucr", text(35)), "TraderAssignedReferenceID": one("trader_reference", text(35))})

_charge = structure(
    lambda kind, charge: (kind, charge),
    {
        "ChargesTypeCode": one("kind", text(3)),
        "OtherChargeDeductionAmount": one("charge", amount(is_signed=True)),
    },
    needs={"kind": "ChargesTypeCode", "charge": "OtherChargeDeductionAmount"},
)

customs_valuation_fields = {
    "MethodCode": one("method_code", text(3)),
    "FreightChargeAmount": one("freight", amount()),
    "ChargeDeduction": many("charges", _charge),
}
"""CustomsValuation (41A): `complete_valuation` then takes the insurance out of the charges."""
