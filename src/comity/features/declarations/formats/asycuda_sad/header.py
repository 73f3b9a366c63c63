"""Which element of the export's header gives which field: office, traders, transport, finance, value (SAD 1 to 30)."""

from __future__ import annotations

from comity.features.declarations.formats.asycuda_sad.items import COSTS, ITEM, UNBOUND, amount
from comity.features.declarations.formats.asycuda_sad.values import (
    COUNTRY,
    DAY,
    FLAG,
    LINES,
    MIDNIGHT,
    NUMBER,
    TEXT,
    WHOLE,
)
from comity.features.declarations.formats.bind import Field, Inside, Many, One, Shape, Table

_identification: Table = {
    "Office_segment": Inside({"Customs_clearance_office_code": Field("office", TEXT)}),
    "Type": Inside(
        {
            "Type_of_declaration": Field("type", TEXT),
            "Declaration_gen_procedure_code": Field("procedure", TEXT),
            "Type_of_transit_document": Field("transit_type", TEXT),
        }
    ),
    "Manifest_reference_number": Field("manifest", TEXT),
    "Registration": Inside(
        {
            "Serial_number": Field("serial", TEXT),
            "Number": Field("number", TEXT),
            "Date": Field("registered_at", MIDNIGHT),
        }
    ),
}

_traders: Table = {
    role: Inside({f"{role}_code": Field(f"{field}.id", TEXT), f"{role}_name": Field(f"{field}.name", LINES)})
    for role, field in (("Exporter", "exporter"), ("Consignee", "consignee"), ("Financial", "payer"))
}

_declarant: Table = {
    "Declarant_code": Field("declarant.id", TEXT),
    "Declarant_name": Field("declarant.name", LINES),
    "Declarant_representative": Field("declarant.contact_name", TEXT),
    "Reference": Inside({"Number": Field("reference", TEXT)}),
}

_general: Table = {
    "Country": Inside(
        {
            "Country_first_destination": Field("first_destination", COUNTRY),
            "Export": Inside({"Export_country_code": Field("export_country", COUNTRY)}),
            "Destination": Inside(
                {
                    "Destination_country_code": Field("destination_country", COUNTRY),
                    "Destination_country_region": Field("destination_region", TEXT),
                }
            ),
        }
    ),
    "Additional_information": Field("information", TEXT),
    "Comments_free_text": Field("comments", TEXT),
}

_transport: Table = {
    "Means_of_transport": Inside(
        {
            "Departure_arrival_information": Inside(
                {"Identity": Field("means.id", TEXT), "Nationality": Field("means.nationality", COUNTRY)}
            ),
            "Border_information": Inside(
                {
                    "Identity": Field("border.id", TEXT),
                    "Nationality": Field("border.nationality", COUNTRY),
                    "Mode": Field("border.mode", TEXT),
                }
            ),
            "Inland_mode_of_transport": Field("means.mode", TEXT),
        }
    ),
    "Container_flag": Field("is_containerised", FLAG),
    "Delivery_terms": Inside({"Code": Field("incoterm", TEXT), "Place": Field("incoterm_place", TEXT)}),
    "Border_office": Inside({"Code": Field("border.office", TEXT)}),
    "Place_of_loading": Inside(
        {
            "Code": Field("loading_location", TEXT),
            "Name": Field("loading_location_name", TEXT),
            "Country": Field("loading_country", COUNTRY),
        }
    ),
    "Location_of_goods": Field("location", TEXT),
}

_financial: Table = {
    "Financial_transaction": Inside({"code1": Field("nature_1", TEXT), "code2": Field("nature_2", TEXT)}),
    "Deffered_payment_reference": Field("deferred", TEXT),
    "Deferred_payment_reference": Field("deferred", TEXT),
    "Mode_of_payment": Field("payment_method", TEXT),
    "Amounts": Inside({"Global_taxes": Field("global_taxes", NUMBER), "Totals_taxes": Field("payable", NUMBER)}),
    "Guarantee": Inside({"Name": Field("guarantee", TEXT), "Amount": Field("guarantee_amount", NUMBER)}),
}

_transit: Table = {
    "Principal": Inside(
        {
            "Code": Field("principal.id", TEXT),
            "Name": Field("principal.name", LINES),
            "Representative": Field("principal.contact_name", TEXT),
        }
    ),
    "Destination": Inside({"Office": Field("destination_office", TEXT)}),
    "Seals": Inside({"Identity": Field("seal", TEXT)}),
    "Time_limit": Field("limit_on", DAY),
}

_valuation: Table = {
    "Weight": Inside({"Gross_weight": Field("gross_mass", NUMBER)}),
    "Total_CIF": Field("cif", NUMBER),
    "Gs_Invoice": One("invoice", amount),
    **{f"Gs_{name}": One(name, amount) for name in COSTS},
    "Total": Inside({"Total_invoice": Field("invoice_total", NUMBER), "Total_weight": Field("total_weight", NUMBER)}),
}

_container = Shape(
    UNBOUND,
    {
        "Item_Number": Field("item", WHOLE),
        "Container_identity": Field("id", TEXT),
        "Container_type": Field("size_type", TEXT),
        "Empty_full_indicator": Field("fullness_code", TEXT),
    },
    needs="id",
)

_previous_item = Shape(
    UNBOUND,
    {
        "Prev_decl_office_code": Field("office", TEXT),
        "Prev_decl_reg_year": Field("year", TEXT),
        "Prev_decl_reg_serial": Field("serial", TEXT),
        "Prev_decl_reg_number": Field("number", TEXT),
        "Prev_decl_item_number": Field("line", WHOLE),
        "Prev_decl_current_item": Field("item", WHOLE),
        "Prev_decl_number_packages_written_off": Field("packages", WHOLE),
        "Prev_decl_supp_quantity_written_off": Field("quantity", NUMBER),
    },
    needs="number",
)

_supplier = Shape(
    UNBOUND,
    {
        "Suppliers_document_code": Field("id", TEXT),
        "Suppliers_document_name": Field("name", TEXT),
        "Suppliers_document_street": Field("line", TEXT),
        "Suppliers_document_city": Field("city", TEXT),
        "Suppliers_document_country": Field("country", COUNTRY),
        "Suppliers_document_zip_code": Field("postcode", TEXT),
        "Suppliers_document_invoice_nbr": Field("invoice_id", TEXT),
        "Suppliers_document_date": Field("invoice_issued_at", MIDNIGHT),
    },
)

DOCUMENT: Table = {
    "Export_release": Inside(
        {
            "Date_of_exit": Field("exit_at", MIDNIGHT),
            "Actual_office_of_exit_code": Field("exit_office", TEXT),
            "Comments": Field("exit_comments", TEXT),
        }
    ),
    "Assessment_notice": Inside(
        {"Registration_year": Field("year", TEXT), "Total_item_taxes": Field("item_taxes", NUMBER)}
    ),
    "Property": Inside(
        {
            "Sad_flow": Field("flow", TEXT),
            "Nbers": Inside(
                {
                    "Number_of_loading_lists": Field("loading_lists", WHOLE),
                    "Total_number_of_items": Field("items_stated", WHOLE),
                    "Total_number_of_packages": Field("packages_stated", WHOLE),
                }
            ),
            "Date_of_declaration": Field("declared_at", MIDNIGHT),
        }
    ),
    "Identification": Inside(_identification),
    "Traders": Inside(_traders),
    "Declarant": Inside(_declarant),
    "General_information": Inside(_general),
    "Transport": Inside(_transport),
    "Financial": Inside(_financial),
    "Warehouse": Inside({"Identification": Field("warehouse", TEXT)}),
    "Transit": Inside(_transit),
    "Valuation": Inside(_valuation),
    "Container": Many("containers", _container),
    "Prev_decl": Many("previous_items", _previous_item),
    "Suppliers_documents": Many("suppliers", _supplier),
    "Item": Many("items", Shape(UNBOUND, ITEM)),
}
"""A document's elements; its fields are made into a declaration by `compose`."""
