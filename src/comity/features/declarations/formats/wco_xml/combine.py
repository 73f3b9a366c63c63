"""How values read one by one are combined: tariff code, procedures, origins, insurance, kind and function."""

from __future__ import annotations

import re
from typing import Any

from comity.features.declarations.drafted import drafted
from comity.features.declarations.formats.wco_xml.parts import INSURANCE
from comity.features.declarations.formats.wco_xml.structure import Refuse, Values
from comity.features.declarations.kinds import function_of, kind_of
from comity.foundation.trade.declaration import Classification, Commodity, GoodsShipment
from comity.foundation.trade.identifiers import has_hs_form

TARIFF_CODE = "TSP"
"""Type of the classification that is the tariff code; a TARIC addition of two digits continues it."""
TARIC_ADDITION = "TRC"
_TARIC = re.compile("[0-9]{2}")
_commodity = drafted(Commodity)
_shipment = drafted(GoodsShipment)
_SPACING = str.maketrans("", "", ". ")


def prefer_ucr(values: Values, _refuse: Refuse) -> None:
    """Take the trader's reference as the UCR where it is the only one: CDS declares the UCR there."""
    if "ucr" not in values and "trader_reference" in values:
        values["ucr"] = values.pop("trader_reference")


def route_of(values: Values, _refuse: Refuse) -> None:
    """Order the countries of routing by their sequence; those without one come last, as they came."""
    stops = values.pop("itinerary", None)
    if stops is not None:
        ordered = sorted(stops, key=lambda stop: stop.get("sequence", 100_000))
        values["routing_countries"] = tuple(stop["country"] for stop in ordered if "country" in stop)


def complete_valuation(values: Values, refuse: Refuse) -> None:
    """Take the insurance out of the charges (UN/EDIFACT 5025 code 67)."""
    charges: tuple[tuple[str, Any], ...] = values.get("charges", ())
    insurances = [charge for kind, charge in charges if kind == INSURANCE]
    if not insurances:
        return
    if len(insurances) > 1:
        refuse("element-repeated", "The charge of type 67, insurance, may come once; add them up.")
    values["insurance"] = insurances[0]
    values["charges"] = tuple(charge for charge in charges if charge[0] != INSURANCE)


def complete_commodity(values: Values, refuse: Refuse) -> None:
    """Make the commodity: the tariff code is taken out of the classifications; what else they say stays there."""
    found: tuple[Classification, ...] = values.pop("classifications", ())
    code, taken = _tariff_code(found)
    if code is not None and not has_hs_form(code):
        refuse(
            "goods-code-form",
            "Expected a goods code of 6 to 12 digits in a chapter of the Harmonized System (01–99, not 77)"
            " in the classification of type TSP: correct it.",
        )
    if taken:
        found = () if len(taken) == len(found) else tuple([one for n, one in enumerate(found) if n not in taken])
    pop = values.pop
    values["commodity"] = _commodity(
        code, pop("description", None), found, pop("dangerous_goods", ()), pop("duties", ())
    )


def _tariff_code(found: tuple[Classification, ...]) -> tuple[str | None, tuple[int, ...]]:
    """Return the tariff code and the places of the classifications that gave it."""
    tariff = addition = None
    for place, one in enumerate(found):
        if one.type_code == TARIFF_CODE and tariff is None:
            tariff = place
        elif one.type_code == TARIC_ADDITION and addition is None and _TARIC.fullmatch(one.id):
            addition = place
    if tariff is None:
        tariff = next((place for place, one in enumerate(found) if one.type_code is None and has_hs_form(one.id)), None)
    if tariff is None:
        return None, ()
    code = found[tariff].id.translate(_SPACING)
    if len(code) == 8 and addition is not None:
        return code + found[addition].id, (tariff, addition)
    return code, (tariff,)


def complete_procedures(values: Values, refuse: Refuse) -> None:
    """Tell the procedure (requested and previous, two digits each) from the additional procedures."""
    found: tuple[tuple[str | None, str | None], ...] = values.pop("procedures", ())
    chosen = None
    for place, (_, previous) in enumerate(found):
        if previous is not None:
            if chosen is not None:
                refuse("element-repeated", "Only one GovernmentProcedure may have a PreviousCode; correct it.")
            chosen = place if chosen is None else chosen
    if chosen is None:
        chosen = next((place for place, (code, _) in enumerate(found) if _is_procedure(code)), None)
    if chosen is not None:
        current, previous = found[chosen]
        if previous is None and current is not None and len(current) == 4:
            current, previous = current[:2], current[2:]
        values["procedure_current"], values["procedure_previous"] = current, previous
    others = [code for place, (code, _) in enumerate(found) if place != chosen and code is not None]
    if others:
        values["additional_procedures"] = tuple(others)


def _is_procedure(code: str | None) -> bool:
    return code is not None and len(code) in (2, 4) and code.isdigit()


def complete_origins(values: Values, refuse: Refuse) -> None:
    """Tell the country of origin (type 1 or none) from the preferential one (type 2)."""
    for origin in values.pop("origins", ()):
        kind, country_code, region = origin.get("kind", "1"), origin.get("country"), origin.get("region")
        name = {"1": "origin_country", "2": "preferential_origin"}.get(kind)
        if name is None:
            refuse("value-form", "Expected Origin/TypeCode 1 (origin) or 2 (preferential); correct it.")
        elif name in values:
            refuse("element-repeated", f"Origin of type {kind} may come once; keep one.")
        else:
            values[name] = country_code
            if region is not None:
                values["origin_region"] = region


def complete_declaration(values: Values, refuse: Refuse) -> None:
    """Make the shipment, with the exporter the declaration names, and derive kind and function from their codes."""
    shipment: Values = values.pop("goods_shipment", {})
    exporter = values.pop("exporter", None)
    if exporter is not None:
        if shipment.get("exporter", exporter) != exporter:
            refuse("element-repeated", "Exporter came at the declaration and at its shipment; keep one.")
        shipment = {**shipment, "exporter": exporter}
    if shipment:
        values["goods_shipment"] = _shipment(**shipment)
    values["kind"] = kind_of(values.get("type_code"))
    values["function"] = function_of(values.get("function_code"), values.get("type_code"))
