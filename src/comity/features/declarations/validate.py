"""Whether a declaration is complete and consistent: mandatory elements by function, check digits, sums.

Paths are XPaths of WCO element names below the path given, with 1-based indexes where an element is repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from comity.features.declarations.kinds import FUNCTIONS
from comity.foundation.errors import Finding, Severity
from comity.foundation.trade.declaration import Declaration, DeclarationFunction, GoodsItem
from comity.foundation.trade.documents import PreviousDocument
from comity.foundation.trade.identifiers import (
    has_hs_form,
    has_wrong_mrn_digit,
    is_grn,
    iso6346_check_digit,
)
from comity.foundation.trade.notice import Notice
from comity.foundation.trade.transport import Consignment

WITHOUT_GOODS_CODE = frozenset("JKQR")
"""Additional declaration types (third letter of D013, UK CDS) that need no goods code: customs clearance requests
(J, K) and final supplementary declarations, which only count others (Q, R)."""

MRN_DOCUMENT_TYPES = frozenset({"MRN", "830", "821", "822", "N830", "N821", "N822"})
"""Types of previous documents whose number is an MRN (UN/EDIFACT 1001: export 830, transit 821 and 822)."""

_CONTAINER = re.compile("[A-Z]{3}[UJZ][0-9]{7}")
_SHIPMENT = "GoodsShipment"
_ITEM = f"{_SHIPMENT}/GovernmentAgencyGoodsItem"


def validate(declaration: Declaration, *, path: str, already: Sequence[Finding] = ()) -> list[Finding]:
    """Return what is missing or inconsistent. `path` is the place of the declaration itself.

    `already` are findings of reading it: an element that came, but could not be read, is not reported as missing.
    """
    findings = list(_form(declaration, path))
    missing = list(_BY_FUNCTION[declaration.function](declaration, path))
    if missing and already:
        told = _places_of(already)
        missing = [finding for finding in missing if finding.path not in told]
    return findings + missing


def validate_notice(notice: Notice, *, path: str, already: Sequence[Finding] = ()) -> list[Finding]:
    """Return what a response to a declaration lacks. `path` is the place of the response itself; `already` as above."""
    findings: list[Finding] = []
    if notice.function_code is None:
        findings.append(_missing(f"{path}/FunctionCode", "FunctionCode (what the response says of the declaration)"))
    if notice.mrn is None and notice.functional_reference_id is None:
        findings.append(_missing(f"{path}/Declaration/ID", "ID (the MRN of the declaration), or FunctionalReferenceID"))
    if notice.mrn is not None and has_wrong_mrn_digit(notice.mrn):
        findings.append(_mrn_warning(f"{path}/Declaration/ID"))
    told = _places_of(already)
    return [finding for finding in findings if finding.path not in told]


def _places_of(findings: Sequence[Finding]) -> set[str]:
    """Return the place of every error and of all that is around it, with and without the last index."""
    places: set[str] = set()
    for finding in findings:
        place = finding.path if finding.severity is Severity.ERROR else ""
        while place and place not in places:
            places |= {place, place[: place.rfind("[")] if place.endswith("]") else place}
            place = place.rpartition("/")[0]
    return places


def _original(declaration: Declaration, path: str) -> Iterator[Finding]:
    if declaration.type_code is None:
        yield _missing(f"{path}/TypeCode", "TypeCode (the kind of declaration, such as IMA or EXA)")
    if declaration.function_code is None:
        yield _missing(f"{path}/FunctionCode", "FunctionCode (9 for an original)")
    if declaration.functional_reference_id is None and declaration.mrn is None:
        yield _missing(f"{path}/FunctionalReferenceID", "FunctionalReferenceID (the declarant's own reference) or ID")
    items = declaration.goods_shipment.items
    if not items:
        yield _missing(f"{path}/{_ITEM}", "GoodsShipment with at least one GovernmentAgencyGoodsItem")
        return
    if len(items) > 999:
        yield _error("too-many-items", f"{path}/{_ITEM}", f"Expected at most 999 goods items; {len(items)} came.")
    stated = declaration.goods_item_quantity
    if stated is not None and stated != len(items):
        yield _error(
            "item-count",
            f"{path}/GoodsItemQuantity",
            f"Expected as many goods items as stated; {stated} stated, {len(items)} came. Correct one of them.",
        )
    needs_code = (declaration.type_code or "")[2:3] not in WITHOUT_GOODS_CODE
    seen: set[int] = set()
    for index, item in enumerate(items):
        # The place is written out only where there is something to say: most items are in order.
        if not _is_in_order(item, seen, needs_code=needs_code):
            yield from _item(item, f"{path}/{_ITEM}" + _index(index, items), seen=seen, needs_code=needs_code)
        elif item.sequence is not None:
            seen.add(item.sequence)
    yield from _packages(declaration, path)


def _is_in_order(item: GoodsItem, seen: set[int], *, needs_code: bool) -> bool:
    if item.sequence is None or item.sequence in seen or (needs_code and item.commodity.code is None):
        return False
    gross, net = item.gross_mass_kg, item.net_mass_kg
    return gross is None or net is None or net <= gross


def _item(item: GoodsItem, path: str, *, seen: set[int], needs_code: bool) -> Iterator[Finding]:
    if item.sequence is None:
        yield _missing(f"{path}/SequenceNumeric", "SequenceNumeric (the number of the goods item)")
    elif item.sequence in seen:
        yield _error(
            "sequence-repeated", f"{path}/SequenceNumeric", "Expected each item number once; this one came before."
        )
    else:
        seen.add(item.sequence)
    if item.commodity.code is None and needs_code:
        yield _missing(
            f"{path}/Commodity/Classification", "the goods code (a Classification with IdentificationTypeCode TSP)"
        )
    gross, net = item.gross_mass_kg, item.net_mass_kg
    if gross is not None and net is not None and net > gross:
        yield _error(
            "mass-inconsistent",
            f"{path}/Commodity/GoodsMeasure/NetNetWeightMeasure",
            "Expected the net mass not to exceed the gross mass; correct one of them.",
        )


def _packages(declaration: Declaration, path: str) -> Iterator[Finding]:
    total = declaration.total_packages
    if total is None:
        return
    counted = sum(
        [packaging.quantity or 0 for item in declaration.goods_shipment.items for packaging in item.packaging]
    )
    if counted != total:
        yield _warning(
            "package-count",
            f"{path}/TotalPackageQuantity",
            f"Expected the sum of the items' packages; {total} stated, {counted} counted. Check them.",
        )


def _about_another(declaration: Declaration, path: str) -> Iterator[Finding]:
    """Check a message about a declaration: it must say which."""
    if declaration.mrn is None and declaration.functional_reference_id is None:
        yield _missing(f"{path}/ID", "ID (the MRN of the declaration concerned), or FunctionalReferenceID")


def _presentation(declaration: Declaration, path: str) -> Iterator[Finding]:
    if declaration.mrn is None:
        yield _missing(f"{path}/ID", "ID (the MRN of the declaration whose goods are presented)")


def _cancellation(declaration: Declaration, path: str) -> Iterator[Finding]:
    if declaration.mrn is None:
        yield _missing(f"{path}/ID", "ID (the MRN of the declaration to cancel)")
    if not declaration.amendments and not declaration.additional_information:
        yield _missing(f"{path}/Amendment", "the reason: Amendment/ChangeReasonCode or AdditionalInformation")


_BY_FUNCTION: dict[DeclarationFunction, Callable[[Declaration, str], Iterator[Finding]]] = {
    DeclarationFunction.ORIGINAL: _original,
    DeclarationFunction.AMENDMENT: _about_another,
    DeclarationFunction.CANCELLATION: _cancellation,
    DeclarationFunction.PRESENTATION: _presentation,
}


def _form(declaration: Declaration, path: str) -> Iterator[Finding]:
    """Check what every document must hold: known function, check digits, goods codes."""
    code = declaration.function_code
    if code is not None and code.lstrip("0") not in FUNCTIONS:
        yield _error(
            "function-unknown",
            f"{path}/FunctionCode",
            "Expected 1 (cancellation), 4 or 5 (change), 9 (original), 13 (request) or 14 (notification).",
        )
    if declaration.mrn is not None and has_wrong_mrn_digit(declaration.mrn):
        yield _mrn_warning(f"{path}/ID")
    for index, guarantee in enumerate(declaration.guarantees):
        if guarantee.grn is not None and not is_grn(guarantee.grn):
            yield _warning(
                "grn-check-digit",
                f"{path}/ObligationGuarantee{_index(index, declaration.guarantees)}/ReferenceID",
                "Expected a guarantee reference number of 17 or 24 characters with a right check digit; check it.",
            )
    shipment = declaration.goods_shipment
    if shipment.consignment is not None:
        yield from _equipment(shipment.consignment, f"{path}/{_SHIPMENT}/Consignment")
    if declaration.consignment is not None:
        yield from _equipment(declaration.consignment, f"{path}/Consignment")
    if not all(map(_is_sound, shipment.previous_documents)):
        yield from _previous(shipment.previous_documents, f"{path}/{_SHIPMENT}")
    for index, item in enumerate(shipment.items):
        code = item.commodity.code
        if not (item.equipment_ids or (code is not None and not has_hs_form(code))) and all(
            map(_is_sound, item.previous_documents)
        ):
            continue
        yield from _form_of_item(item, f"{path}/{_ITEM}" + _index(index, shipment.items))


def _form_of_item(item: GoodsItem, path: str) -> Iterator[Finding]:
    for number, container in enumerate(item.equipment_ids):
        yield from _container(container, f"{path}/Commodity/TransportEquipment{_index(number, item.equipment_ids)}/ID")
    yield from _previous(item.previous_documents, path)
    if item.commodity.code is not None and not has_hs_form(item.commodity.code):
        yield _error(
            "goods-code-form",
            f"{path}/Commodity/Classification",
            "Expected a goods code of 6 to 12 digits in a chapter of the Harmonized System (01–99, not 77).",
        )


def _equipment(consignment: Consignment, path: str) -> Iterator[Finding]:
    for index, equipment in enumerate(consignment.equipment):
        if equipment.id is not None:
            place = f"{path}/TransportEquipment{_index(index, consignment.equipment)}/ID"
            yield from _container(equipment.id, place)


def _container(number: str, path: str) -> Iterator[Finding]:
    """Check a number of the form of ISO 6346; swap bodies and trailers carry other numbers and are not checked."""
    if _CONTAINER.fullmatch(number) is None:
        yield _warning(
            "container-form", path, "Not a container number of ISO 6346 (four letters, seven digits): not checked."
        )
    elif iso6346_check_digit(number[:10]) != int(number[10]):
        yield _error(
            "container-check-digit",
            path,
            "Expected the check digit of ISO 6346 as the last digit; another came. Read the number from the container.",
        )


def _previous(documents: Sequence[PreviousDocument], path: str) -> Iterator[Finding]:
    for index, document in enumerate(documents):
        if not _is_sound(document):
            yield _mrn_warning(f"{path}/PreviousDocument{_index(index, documents)}/ID")


def _is_sound(document: PreviousDocument) -> bool:
    return document.type_code not in MRN_DOCUMENT_TYPES or not has_wrong_mrn_digit(document.id)


def _mrn_warning(path: str) -> Finding:
    return _warning(
        "mrn-check-digit", path, "The check digit of this MRN is not the one of its characters. Check the number."
    )


def _index(index: int, of: Sequence[object]) -> str:
    return f"[{index + 1}]" if len(of) > 1 else ""


def _missing(path: str, what: str) -> Finding:
    return _error("element-missing", path, f"Expected {what}; none came. Add it.")


def _error(code: str, path: str, message: str) -> Finding:
    return Finding(f"declarations.{code}", path, message)


def _warning(code: str, path: str, message: str) -> Finding:
    return Finding(f"declarations.{code}", path, message, Severity.WARNING)
