"""Whether a message that is built as it must be also agrees with itself: counts, masses, check digits, references.

What is found are warnings: the systems of the administrations decide on them, and foreign numbers may be right.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import local_name
from comity.foundation.errors import Finding, Severity
from comity.foundation.trade.identifiers import has_mrn_form, is_container, is_grn, is_mrn

_ITEMS = "Consignment/HouseConsignment/ConsignmentItem"


def inconsistencies(root: _Element, places: Any) -> Iterator[Finding]:
    """Yield a warning for everything in a message that contradicts itself, and an error where it names nothing."""
    if local_name(root.tag) in ("CC013C", "CC014C", "CC170C") and not _names_its_declaration(root):
        message = "Expected the MRN or the LRN of the declaration this message is about; neither came. Add one."
        yield Finding("declarations.element-missing", f"{places.of(root)}/TransitOperation/MRN", message)
    yield from _numbers(root, places)
    yield from _masses(root, places)
    yield from _equipment(root, places)
    yield from _sequences(root, places)


def _names_its_declaration(root: _Element) -> bool:
    return any((root.findtext(f"TransitOperation/{name}") or "").strip() for name in ("MRN", "LRN"))


def _numbers(root: _Element, places: Any) -> Iterator[Finding]:
    mrn = root.find("TransitOperation/MRN")
    if mrn is not None and has_mrn_form(_text(mrn)) and not is_mrn(_text(mrn)):
        yield _warning(mrn, places, "mrn-check-digit", "The check digit of this MRN is not that of its characters.")
    for grn in root.iterfind("Guarantee/GuaranteeReference/GRN"):
        if not is_grn(_text(grn)):
            yield _warning(grn, places, "grn-check-digit", "The check digit of this GRN is not that of its characters.")


def _masses(root: _Element, places: Any) -> Iterator[Finding]:
    total = root.find("Consignment/grossMass")
    houses = root.findall("Consignment/HouseConsignment")
    yield from _sum(total, [house.find("grossMass") for house in houses], places, of="house consignments")
    for house in houses:
        items = [item.find("Commodity/GoodsMeasure/grossMass") for item in house.iterfind("ConsignmentItem")]
        yield from _sum(house.find("grossMass"), items, places, of="items")
    for measure in root.iterfind(f"{_ITEMS}/Commodity/GoodsMeasure"):
        gross, net = _mass(measure.find("grossMass")), _mass(measure.find("netMass"))
        if gross and net and net > gross:
            message = "Expected the net mass not to exceed the gross mass; check them."
            yield _warning(measure, places, "mass-inconsistent", message)


def _sum(total: _Element | None, parts: list[_Element | None], places: Any, *, of: str) -> Iterator[Finding]:
    stated, masses = _mass(total), [_mass(one) for one in parts]
    if total is not None and stated and masses and all(masses) and sum(one or 0 for one in masses) != stated:
        message = f"Expected the sum of the gross masses of the {of}; another mass is stated. Check them."
        yield _warning(total, places, "mass-inconsistent", message)


def _mass(element: _Element | None) -> Decimal | None:
    text = "" if element is None else _text(element)
    is_number = len(text) < 40 and text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit()
    return Decimal(text) if is_number else None


def _equipment(root: _Element, places: Any) -> Iterator[Finding]:
    for equipment in root.iterfind("Consignment//TransportEquipment"):
        stated = equipment.find("numberOfSeals")
        seals = len(equipment.findall("Seal"))
        if stated is not None and _text(stated) != str(seals):
            message = f"Expected as many seals as stated; {seals} came. Correct the number or add the seals."
            yield _warning(stated, places, "seal-count", message)
        number = equipment.find("containerIdentificationNumber")
        if number is not None and not is_container(_text(number)):
            message = "Not a container number of ISO 6346 with a right check digit. Read it from the container."
            yield _warning(number, places, "container-check-digit", message)


def _sequences(root: _Element, places: Any) -> Iterator[Finding]:
    seen: set[str] = set()
    for number in root.iterfind(f"{_ITEMS}/declarationGoodsItemNumber"):
        if _text(number) in seen:
            message = "Expected each item number of the declaration once; this one came before."
            yield _warning(number, places, "sequence-repeated", message)
        seen.add(_text(number))
    if not seen:
        return
    for number in root.iterfind("Consignment/TransportEquipment/GoodsReference/declarationGoodsItemNumber"):
        if _text(number) not in seen:
            message = "Expected the number of a goods item of this declaration; it has none such."
            yield _warning(number, places, "reference-unknown", message)


def _text(element: _Element) -> str:
    return (element.text or "").strip()


def _warning(element: _Element, places: Any, code: str, message: str) -> Finding:
    return Finding(f"declarations.{code}", places.of(element), message, Severity.WARNING)
