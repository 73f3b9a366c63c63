"""How values read one by one are combined: tariff code, procedures, origins, insurance, kind and function."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import Context
from comity.features.declarations.formats.wco_xml.parts import INSURANCE
from comity.features.declarations.formats.wco_xml.structure import Values
from comity.features.declarations.kinds import function_of, kind_of
from comity.foundation.trade.declaration import Classification, GoodsShipment
from comity.foundation.trade.identifiers import has_hs_form

TARIFF_CODE = "TSP"
"""Type of the classification that is the tariff code; a TARIC addition of two digits continues it."""
TARIC_ADDITION = "TRC"
_TARIC = re.compile("[0-9]{2}")
_SPACING = str.maketrans("", "", ". ")


def prefer_ucr(values: Values, _element: _Element, _context: Context) -> None:
    """Take the trader's reference as the UCR where it is the only one: CDS declares the UCR there."""
    if "ucr" not in values and "trader_reference" in values:
        values["ucr"] = values.pop("trader_reference")


def route_of(values: Values, _element: _Element, _context: Context) -> None:
    """Order the countries of routing by their sequence; those without one come last, as they came."""
    stops = values.pop("itinerary", None)
    if stops is not None:
        ordered = sorted(stops, key=lambda stop: stop.get("sequence", 100_000))
        values["routing_countries"] = tuple(stop["country"] for stop in ordered if "country" in stop)


def complete_valuation(values: Values, element: _Element, context: Context) -> None:
    """Take the insurance out of the charges (UN/EDIFACT 5025 code 67)."""
    charges: tuple[tuple[str, Any], ...] = values.get("charges", ())
    insurances = [charge for kind, charge in charges if kind == INSURANCE]
    if not insurances:
        return
    if len(insurances) > 1:
        context.error(element, "element-repeated", "The charge of type 67, insurance, may come once; add them up.")
    values["insurance"] = insurances[0]
    values["charges"] = tuple(charge for charge in charges if charge[0] != INSURANCE)


def complete_commodity(values: Values, element: _Element, context: Context) -> None:
    """Take the tariff code out of the classifications; what else they say stays there."""
    found: tuple[Classification, ...] = values.get("classifications", ())
    tariff = next((one for one in found if one.type_code == TARIFF_CODE), None)
    if tariff is None:
        tariff = next((one for one in found if one.type_code is None and has_hs_form(one.id)), None)
    if tariff is None:
        return
    code = tariff.id.translate(_SPACING)
    taken = {id(tariff)}
    if len(code) == 8:
        addition = next((one for one in found if one.type_code == TARIC_ADDITION and _TARIC.fullmatch(one.id)), None)
        if addition is not None:
            code += addition.id
            taken.add(id(addition))
    if not has_hs_form(code):
        context.error(
            element,
            "goods-code-form",
            "Expected a goods code of 6 to 12 digits in a chapter of the Harmonized System (01–99, not 77)"
            " in the classification of type TSP: correct it.",
        )
    values["code"] = code
    values["classifications"] = tuple(one for one in found if id(one) not in taken)


def complete_procedures(values: Values, element: _Element, context: Context) -> None:
    """Tell the procedure (requested and previous, two digits each) from the additional procedures."""
    found: tuple[tuple[str | None, str | None], ...] = values.pop("procedures", ())
    main = [procedure for procedure in found if procedure[1] is not None]
    if len(main) > 1:
        context.error(element, "element-repeated", "Only one GovernmentProcedure may have a PreviousCode; correct it.")
    if not main:
        main = [pair for pair in found if pair[0] is not None and len(pair[0]) in (2, 4) and pair[0].isdigit()][:1]
    chosen = main[0] if main else None
    if chosen is not None:
        current, previous = chosen
        if previous is None and current is not None and len(current) == 4:
            current, previous = current[:2], current[2:]
        values["procedure_current"], values["procedure_previous"] = current, previous
    others = [pair[0] for pair in found if pair is not chosen and pair[0] is not None]
    if others:
        values["additional_procedures"] = tuple(others)


def complete_origins(values: Values, element: _Element, context: Context) -> None:
    """Tell the country of origin (type 1 or none) from the preferential one (type 2)."""
    for origin in values.pop("origins", ()):
        kind, country_code, region = origin.get("kind", "1"), origin.get("country"), origin.get("region")
        name = {"1": "origin_country", "2": "preferential_origin"}.get(kind)
        if name is None:
            context.error(element, "value-form", "Expected Origin/TypeCode 1 (origin) or 2 (preferential); correct it.")
        elif name in values:
            context.error(element, "element-repeated", f"Origin of type {kind} may come once; keep one.")
        else:
            values[name] = country_code
            if region is not None:
                values["origin_region"] = region


def complete_declaration(values: Values, element: _Element, context: Context) -> None:
    """Put the exporter with the shipment, and derive kind and function from their codes."""
    exporter = values.pop("exporter", None)
    if exporter is not None:
        shipment: GoodsShipment = values.get("goods_shipment", GoodsShipment())
        if shipment.exporter is not None and shipment.exporter != exporter:
            context.error(
                element, "element-repeated", "Exporter came at the declaration and at its shipment; keep one."
            )
        values["goods_shipment"] = replace(shipment, exporter=exporter)
    values["kind"] = kind_of(values.get("type_code"))
    values["function"] = function_of(values.get("function_code"), values.get("type_code"))
