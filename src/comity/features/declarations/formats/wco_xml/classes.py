"""Which child element gives which value, class by class (WCO DM 3.6: 42A Declaration, 67A, 28A and their parts)."""

from __future__ import annotations

from comity.features.declarations.formats.wco_xml.combine import (
    complete_declaration,
    prefer_ucr,
    route_of,
)
from comity.features.declarations.formats.wco_xml.items import goods_item, transaction_fields
from comity.features.declarations.formats.wco_xml.leaf import (
    amount,
    country,
    currency,
    indicator,
    mass,
    matching,
    number,
    text,
    whole,
)
from comity.features.declarations.formats.wco_xml.parts import (
    additional_document,
    additional_information,
    address,
    agent,
    party,
    pointer,
    ucr,
)
from comity.features.declarations.formats.wco_xml.structure import Class, instant, many, merged, one, structure
from comity.foundation.trade.declaration import (
    Amendment,
    Declaration,
    ObligationGuarantee,
)
from comity.foundation.trade.documents import TransportDocument
from comity.foundation.trade.parties import AuthorisationHolder
from comity.foundation.trade.transport import (
    Consignment,
    ConsignmentItem,
    GoodsLocation,
    Seal,
    TradeTerms,
    TransportEquipment,
    TransportMeans,
)

amendment = structure(
    Amendment, {"ChangeReasonCode": one("change_reason_code", text(3)), "Pointer": many("pointers", pointer)}
)

_means = structure(
    TransportMeans,
    {
        "Name": one("name", text(35)),
        "ID": one("id", text(35)),
        "IdentificationTypeCode": one("identification_type_code", text(17)),
        "TypeCode": one("type_code", text(4)),
        "RegistrationNationalityCode": one("registration_nationality", country),
        "ModeCode": one("mode_code", matching("[0-9]", "a mode of transport, one digit (UN/ECE Rec 19)")),
    },
)

_seal = structure(Seal, {"SequenceNumeric": one("sequence", whole(5)), "ID": one("id", text(35))}, needs={"id": "ID"})

_equipment = structure(
    TransportEquipment,
    {"SequenceNumeric": one("sequence", whole(5)), "ID": one("id", text(17)), "Seal": many("seals", _seal)},
)

_goods_location = structure(
    GoodsLocation,
    {
        "Name": one("name", text(256)),
        "ID": one("id", text(17)),
        "TypeCode": one("type_code", text(3)),
        "Address": one("address", address),
    },
)

_transport_document = structure(
    TransportDocument, {"ID": one("id", text(70)), "TypeCode": one("type_code", text(3))}, needs={"id": "ID"}
)

_itinerary = Class({"SequenceNumeric": one("sequence", whole(5)), "RoutingCountryCode": one("country", country)})

_FREIGHT = merged({"PaymentMethodCode": one("freight_payment_method", text(3))})

_consignment_item = structure(
    ConsignmentItem,
    {"SequenceNumeric": one("sequence", whole(5)), "Consignor": one("consignor", party), "Freight": _FREIGHT},
)

_consignment = structure(
    Consignment,
    {
        "ContainerCode": one("container_indicator", indicator),
        "ArrivalTransportMeans": one("arrival_means", _means),
        "DepartureTransportMeans": one("departure_means", _means),
        "Carrier": one("carrier", party),
        "ConsignmentItem": many("items", _consignment_item),
        "Consignor": one("consignor", party),
        "Freight": _FREIGHT,
        "GoodsLocation": one("goods_location", _goods_location),
        "Itinerary": many("itinerary", _itinerary),
        "LoadingLocation": merged(
            {"ID": one("loading_location", text(17)), "Name": one("loading_location_name", text(256))}
        ),
        "UnloadingLocation": merged(
            {"ID": one("unloading_location", text(17)), "Name": one("unloading_location_name", text(256))}
        ),
        "TransportContractDocument": many("transport_documents", _transport_document),
        "TransportEquipment": many("equipment", _equipment),
    },
    finish=route_of,
)

_shipment = Class(
    {
        **transaction_fields,
        "Consignment": one("consignment", _consignment),
        "Exporter": one("exporter", party),
        "GovernmentAgencyGoodsItem": many("items", goods_item),
        "ExitDateTime": one("exit_at", instant),
        "Importer": one("importer", party),
        "Invoice": merged({"ID": one("invoice_id", text(70)), "IssueDateTime": one("invoice_issued_at", instant)}),
        "Payer": one("payer", party),
        "Surety": one("surety", party),
        "TradeTerms": one(
            "trade_terms",
            structure(
                TradeTerms,
                {
                    "CountryRelationshipCode": one("country_relationship_code", text(3)),
                    "ConditionCode": one("incoterm", matching("[A-Z]{3}", "an Incoterm of three capital letters")),
                    "Description": one("description", text(70)),
                    "LocationID": one("place", text(17)),
                    "LocationName": one("place_name", text(256)),
                },
            ),
        ),
        "UCR": ucr,
        "Warehouse": merged({"ID": one("warehouse_id", text(35)), "TypeCode": one("warehouse_type", text(3))}),
    },
    finish=prefer_ucr,
)

_guarantee = structure(
    ObligationGuarantee,
    {
        "AmountAmount": one("amount", amount()),
        "ID": one("other_reference", text(70)),
        "ReferenceID": one("grn", text(35)),
        "SecurityDetailsCode": one("type_code", text(3)),
        "GuaranteeOffice": merged({"ID": one("office", text(17))}),
    },
    unmapped=("AccessCode",),
)

_exchange = structure(
    lambda unit, rate: (unit, rate),
    {"CurrencyTypeCode": one("unit", currency), "RateNumeric": one("rate", number(12, 5))},
    needs={"unit": "CurrencyTypeCode", "rate": "RateNumeric"},
)

declaration = structure(
    Declaration,
    {
        "AcceptanceDateTime": one("acceptance_at", instant),
        "FunctionCode": one("function_code", matching("[0-9]{1,2}", "a function code of one or two digits")),
        "FunctionalReferenceID": one("functional_reference_id", text(35)),
        "ID": one("mrn", text(70)),
        "IssueDateTime": one("issued_at", instant),
        "IssueLocationID": one("issue_location", text(5)),
        "TypeCode": one("type_code", text(3)),
        "GoodsItemQuantity": one("goods_item_quantity", whole(5)),
        "DeclarationOfficeID": one("declaration_office", text(17)),
        "InvoiceAmount": one("invoice_amount", amount()),
        "LoadingListQuantity": one("loading_list_quantity", whole(5)),
        "TotalGrossMassMeasure": one("total_gross_mass_kg", mass()),
        "TotalPackageQuantity": one("total_packages", whole(8)),
        "SpecificCircumstancesCodeCode": one("specific_circumstances_code", text(3)),
        "Authentication": merged(
            {
                "Authentication": one("authentication", text(256)),
                "Authenticator": merged({"Name": one("authenticator", text(70))}),
            }
        ),
        "Submitter": one("submitter", party),
        "AdditionalDocument": many("additional_documents", additional_document),
        "AdditionalInformation": many("additional_information", additional_information),
        "Agent": one("agent", agent),
        "Amendment": many("amendments", amendment),
        "AuthorisationHolder": many(
            "authorisation_holders",
            structure(AuthorisationHolder, {"ID": one("id", text(17)), "CategoryCode": one("category_code", text(4))}),
        ),
        "BorderTransportMeans": one("border_means", _means),
        "Consignment": one("consignment", _consignment),
        "CurrencyExchange": many("exchange_rates", _exchange),
        "Declarant": one("declarant", party),
        "ExitOffice": merged({"ID": one("exit_office", text(17))}),
        "Exporter": one("exporter", party),
        "GoodsShipment": one("goods_shipment", _shipment),
        "ObligationGuarantee": many("guarantees", _guarantee),
        "PresentationOffice": merged({"ID": one("presentation_office", text(17))}),
        "SupervisingOffice": merged({"ID": one("supervising_office", text(17))}),
    },
    finish=complete_declaration,
)
"""Reads a Declaration element (42A) into the canonical value."""
