"""Which element of a message gives which field of the declaration or notice it is, whatever the message.

Fields are named by what they belong to: `shipment.consignor`, `consignment.carrier`, `transit.limit_on`; those without
a dot belong to the message itself.
"""

from __future__ import annotations

from comity.features.declarations.formats.bind import (
    DAY,
    FLAG,
    INSTANT,
    MIDNIGHT,
    NUMBER,
    WHOLE,
    Field,
    Inside,
    Many,
    One,
    Shape,
    Table,
)
from comity.features.declarations.formats.ncts_xml.guarantees import Guarantees
from comity.features.declarations.formats.ncts_xml.parts import (
    actors,
    equipment,
    incident,
    information,
    item,
    location,
    means,
    party,
    previous,
    references,
    supporting,
    transport_document,
)
from comity.foundation.trade.documents import AdditionalDocument
from comity.foundation.trade.notice import ControlResult, NoticeError, NoticeStatus, UnloadingRemark
from comity.foundation.trade.parties import AuthorisationHolder
from comity.foundation.trade.transit import TransitOffice


def _office(name: str) -> Inside:
    return Inside({"referenceNumber": Field(name)})


_operation: Table = {
    "LRN": Field("functional_reference_id"),
    "MRN": Field("mrn"),
    "declarationType": Field("declaration.type_code"),
    "additionalDeclarationType": Field("transit.additional_type_code"),
    "TIRCarnetNumber": Field("transit.tir_carnet"),
    "presentationOfTheGoodsDateAndTime": Field("transit.presentation_at", INSTANT),
    "security": Field("transit.security_code"),
    "reducedDatasetIndicator": Field("transit.is_reduced_dataset", FLAG),
    "specificCircumstanceIndicator": Field("declaration.specific_circumstances_code"),
    "communicationLanguageAtDeparture": Field("transit.language_code"),
    "bindingItinerary": Field("transit.is_itinerary_binding", FLAG),
    "amendmentTypeFlag": Field("transit.is_guarantee_change", FLAG),
    "limitDate": Field("transit.limit_on", DAY),
    "arrivalNotificationDateAndTime": Field("arrived_at", INSTANT),
    "simplifiedProcedure": Field("is_simplified", FLAG),
    "declarationSubmissionDateAndTime": Field("declaration.issued_at", INSTANT),
    "amendmentSubmissionDateAndTime": Field("declaration.issued_at", INSTANT),
    "declarationAcceptanceDate": Field("accepted_at", MIDNIGHT),
    "amendmentAcceptanceDateAndTime": Field("accepted_at", INSTANT),
    "releaseDate": Field("released_at", MIDNIGHT),
    "releaseIndicator": Field("release_code"),
    "rejectionDateAndTime": Field("rejected_at", INSTANT),
    "businessRejectionType": Field("status_code"),
    "rejectionCode": Field("reason_code"),
    "rejectionReason": Field("reason"),
    "noReleaseMotivationCode": Field("reason_code"),
    "noReleaseMotivationText": Field("reason"),
    "notificationType": Field("status_code"),
    "writeOffDate": Field("written_off_at", MIDNIGHT),
    "incidentNotificationDateAndTime": Field("notified_at", INSTANT),
    "controlNotificationDateAndTime": Field("notified_at", INSTANT),
    "amendmentNotificationDateAndTime": Field("notified_at", INSTANT),
    "discrepanciesNotificationDate": Field("notified_at", MIDNIGHT),
    "discrepanciesNotificationText": Field("statement"),
    "otherThingsToReport": Field("statement"),
}

house: Table = {
    "sequenceNumber": Field("sequence", WHOLE),
    "countryOfDispatch": Field("export_country"),
    "countryOfDestination": Field("destination_country"),
    "grossMass": Field("gross_mass_kg", NUMBER),
    "referenceNumberUCR": Field("ucr"),
    "securityIndicatorFromExportDeclaration": Field("security_code"),
    "releaseType": Field("release_code"),
    "Consignor": One("consignor", party),
    "Consignee": One("consignee", party),
    "AdditionalSupplyChainActor": actors,
    "DepartureTransportMeans": Many("departure_means", means),
    "PreviousDocument": Many("previous_documents", previous),
    "SupportingDocument": supporting("additional_documents"),
    "TransportDocument": Many("transport_documents", transport_document),
    "AdditionalReference": references("additional_documents"),
    "AdditionalInformation": Many("additional_information", information),
    "TransportCharges": Inside({"methodOfPayment": Field("freight_payment_method")}),
    "ConsignmentItem": Many("items", item),
}

_consignment: Table = {
    "countryOfDispatch": Field("shipment.export_country"),
    "countryOfDestination": Field("shipment.destination_country"),
    "containerIndicator": Field("consignment.container_indicator", FLAG),
    "inlandModeOfTransport": Field("inland_mode"),
    "modeOfTransportAtTheBorder": Field("border_mode"),
    "grossMass": Field("declaration.total_gross_mass_kg", NUMBER),
    "referenceNumberUCR": Field("shipment.ucr"),
    "Carrier": One("consignment.carrier", party),
    "Consignor": One("shipment.consignor", party),
    "Consignee": One("shipment.consignee", party),
    "AdditionalSupplyChainActor": actors._replace(name="shipment.aeo_parties"),
    "TransportEquipment": Many("consignment.equipment", equipment),
    "LocationOfGoods": One("consignment.goods_location", location),
    "DepartureTransportMeans": Many("departures", means),
    "CountryOfRoutingOfConsignment": Many(
        "consignment.routing_countries", Shape(dict, {"country": Field("country")}), only="country"
    ),
    "ActiveBorderTransportMeans": Many("crossings", means),
    "PlaceOfLoading": Inside(
        {
            "UNLocode": Field("consignment.loading_location"),
            "country": Field("consignment.loading_country"),
            "location": Field("consignment.loading_location_name"),
        }
    ),
    "PlaceOfUnloading": Inside(
        {
            "UNLocode": Field("consignment.unloading_location"),
            "country": Field("consignment.unloading_country"),
            "location": Field("consignment.unloading_location_name"),
        }
    ),
    "PreviousDocument": Many("shipment.previous_documents", previous),
    "SupportingDocument": supporting("declaration.additional_documents"),
    "TransportDocument": Many("consignment.transport_documents", transport_document),
    "AdditionalReference": references("declaration.additional_documents"),
    "AdditionalInformation": Many("declaration.additional_information", information),
    "TransportCharges": Inside({"methodOfPayment": Field("consignment.freight_payment_method")}),
    "Incident": Many("incidents", incident),
    "HouseConsignment": Many("houses", Shape(dict, house)),
}

_reason = Shape(NoticeError, {"code": Field("code"), "text": Field("description")})

MESSAGE: Table = {
    "messageSender": Field("sender"),
    "messageRecipient": Field("recipient"),
    "preparationDateAndTime": Field("issued_at", INSTANT),
    "messageIdentification": Field("message_id"),
    "messageType": Field("message_type"),
    "correlationIdentifier": Field("correlation_id"),
    "TransitOperation": Inside(_operation),
    "Invalidation": Inside(
        {
            "requestDateAndTime": Field("transit.cancellation_requested_at", INSTANT),
            "decisionDateAndTime": Field("transit.cancellation_decided_at", INSTANT),
            "decision": Field("transit.is_cancellation_granted", FLAG),
            "initiatedByCustoms": Field("transit.is_by_customs", FLAG),
            "justification": Field("statement"),
        }
    ),
    "Authorisation": Many(
        "authorisation_holders",
        Shape(AuthorisationHolder, {"type": Field("category_code"), "referenceNumber": Field("id")}),
    ),
    "CustomsOfficeOfDeparture": _office("declaration.declaration_office"),
    "CustomsOfficeOfDestinationDeclared": _office("transit.destination_office"),
    "CustomsOfficeOfDestinationActual": _office("office"),
    "CustomsOfficeOfTransitDeclared": Many(
        "transit.transit_offices",
        Shape(
            TransitOffice,
            {"referenceNumber": Field("id"), "arrivalDateAndTimeEstimated": Field("expected_at", INSTANT)},
        ),
    ),
    "CustomsOfficeOfExitForTransitDeclared": Many(
        "transit.exit_offices", Shape(dict, {"referenceNumber": Field("id")}), only="id"
    ),
    "CustomsOfficeOfIncidentRegistration": _office("office"),
    "HolderOfTheTransitProcedure": One(
        "declaration.declarant",
        party,
        around={"TIRHolderIdentificationNumber": Field("transit.tir_holder_id")},
    ),
    "Representative": One("declaration.agent", party),
    "TraderAtDestination": One(
        "trader_at_destination", party, around={"communicationLanguageAtDestination": Field("language_code")}
    ),
    "Guarantor": One("guarantor", party),
    "Guarantee": Guarantees("declaration.guarantees"),
    "GuaranteeReference": Many(
        "invalid_guarantees",
        Shape(dict, {"GRN": Field("grn"), "InvalidGuaranteeReason": Many("reasons", _reason)}),
    ),
    "CTLControl": Inside({"continueUnloading": Field("unloading_round", WHOLE)}),
    "ControlResult": One(
        "control",
        Shape(
            ControlResult,
            {
                "code": Field("code"),
                "date": Field("decided_at", MIDNIGHT),
                "controlledBy": Field("controlled_by"),
                "text": Field("description"),
            },
        ),
    ),
    "UnloadingRemark": One(
        "unloading",
        Shape(
            UnloadingRemark,
            {
                "conform": Field("is_conform", FLAG),
                "unloadingCompletion": Field("is_complete", FLAG),
                "unloadingDate": Field("found_on", MIDNIGHT),
                "stateOfSeals": Field("are_seals_intact", FLAG),
                "unloadingRemark": Field("remark"),
            },
        ),
    ),
    "FunctionalError": Many(
        "errors",
        Shape(
            NoticeError,
            {"errorPointer": Field("path"), "errorCode": Field("code"), "errorReason": Field("description")},
        ),
    ),
    "TypeOfControls": Many("statuses", Shape(NoticeStatus, {"type": Field("code"), "text": Field("description")})),
    "RequestedDocument": Many(
        "additional_documents",
        Shape(AdditionalDocument, {"documentType": Field("type_code"), "description": Field("name")}),
    ),
    "Consignment": Inside(_consignment),
}
