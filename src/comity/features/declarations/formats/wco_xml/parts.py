"""Which child element gives which value in the parts every class uses: parties, documents, charges (WCO DM 3.6)."""

from __future__ import annotations

from typing import Any

from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import Context
from comity.features.declarations.formats.wco_xml.leaf import Reader, amount, country, quantity, text, whole
from comity.features.declarations.formats.wco_xml.structure import Field, Values, many, merged, one, structure
from comity.foundation.trade.documents import AdditionalDocument, AdditionalInformation, PreviousDocument
from comity.foundation.trade.parties import Address, Party

INSURANCE = "67"
"""UN/EDIFACT 5025: the charge that is the insurance; the WCO class has no element of its own for it."""

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

party = structure(
    Party,
    {"Name": one("name", text(70)), "ID": one("id", text(17)), "Address": one("address", address)},
    unmapped=("Contact", "Communication"),
)

role = structure(Party, {"ID": one("id", text(17)), "RoleCode": one("role_code", text(3))})

agent = structure(
    Party,
    {
        "Name": one("name", text(70)),
        "ID": one("id", text(17)),
        "FunctionCode": one("role_code", text(3)),
        "Address": one("address", address),
    },
    unmapped=("Contact", "Communication"),
)

additional_information = structure(
    AdditionalInformation,
    {
        "StatementCode": one("code", text(17)),
        "StatementDescription": one("description", text(512)),
        "StatementTypeCode": one("type_code", text(3)),
    },
    unmapped=("Pointer",),
)

additional_document = structure(
    AdditionalDocument,
    {
        "CategoryCode": one("category_code", text(3)),
        "ID": one("id", text(70)),
        "Name": one("name", text(35)),
        "TypeCode": one("type_code", text(3)),
        "LPCOExemptionCode": one("exemption_code", text(3)),
        "WriteOff": merged(
            {
                "QuantityQuantity": Field(None, quantity("write_off_quantity", "write_off_unit")),
                "AmountAmount": one("write_off_amount", amount()),
            }
        ),
    },
    unmapped=("EffectiveDateTime", "Submitter"),
)


def needing(read: Reader, *, key: str, element_name: str) -> Reader:
    """Make a reader that refuses an element without the child its value cannot be without.

    `read` must be made with `dict`, or a function that takes the values by name, as its builder.
    """

    def checked(element: _Element, context: Context) -> Any:
        before = len(context.findings)
        values: Values = read(element, context)
        if key in values:
            return values
        if len(context.findings) == before:
            context.error(element, "element-missing", f"Expected {element_name} here; none came. Add it.")
        return None

    return checked


def built(build: Any, read: Reader) -> Reader:
    """Make a reader that builds a value from the values another reader gives, if it gives them."""

    def finished(element: _Element, context: Context) -> Any:
        values = read(element, context)
        return None if values is None else build(**values)

    return finished


previous_document = built(
    PreviousDocument,
    needing(
        structure(
            dict,
            {
                "CategoryCode": one("category_code", text(3)),
                "ID": one("id", text(70)),
                "TypeCode": one("type_code", text(3)),
                "LineNumeric": one("line", whole(5)),
            },
        ),
        key="id",
        element_name="ID",
    ),
)

ucr = merged({"ID": one("ucr", text(35)), "TraderAssignedReferenceID": one("trader_reference", text(35))})


def pair_of(read: Reader, *, names: str) -> Reader:
    """Make a reader of a pair: `read` gives `first` and `second`, and one without the other is refused."""

    def paired(element: _Element, context: Context) -> Any:
        before = len(context.findings)
        values: Values = read(element, context)
        if len(values) == 2:
            return values["first"], values["second"]
        if len(context.findings) == before:
            context.error(element, "element-missing", f"Expected {names} together; give both.")
        return None

    return paired


_charge = pair_of(
    structure(
        dict,
        {
            "ChargesTypeCode": one("first", text(3)),
            "OtherChargeDeductionAmount": one("second", amount(is_signed=True)),
        },
    ),
    names="ChargesTypeCode and OtherChargeDeductionAmount",
)

customs_valuation_fields = {
    "MethodCode": one("method_code", text(3)),
    "FreightChargeAmount": one("freight", amount()),
    "ChargeDeduction": many("charges", _charge),
}
"""CustomsValuation (41A): `complete_valuation` then takes the insurance out of the charges."""
