"""Whether an export agrees with itself: items and packages as many as stated, sums as totalled, containers well read.

What is found are warnings: the document is as customs gave it, and only the sender can say which of two is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from comity.features.declarations.formats.asycuda_sad.compose_item import NOT_PAID
from comity.features.declarations.formats.asycuda_sad.items import COSTS
from comity.features.declarations.formats.bind import Fields
from comity.features.declarations.kinds import kind_of
from comity.foundation.errors import Finding, Severity
from comity.foundation.trade.declaration import DeclarationKind
from comity.foundation.trade.identifiers import has_hs_form, is_container

ROOT = "/ASYCUDA"
FLOWS = {"I": DeclarationKind.IMPORT, "E": DeclarationKind.EXPORT, "T": DeclarationKind.TRANSIT}
TOLERANCE = Decimal("0.001")
"""Share by which rounded parts may differ from a rounded whole, or one unit if that is more: a guess."""


def inconsistencies(fields: Fields) -> Iterator[Finding]:
    """Yield a warning for everything that contradicts itself or that every goods item needs and one has not."""
    items: list[Fields] = list(fields.get("items", ()))
    stated = fields.get("items_stated")
    if stated is not None and stated != len(items):
        message = f"Expected as many items as stated; {stated} stated, {len(items)} came. Export the document whole."
        yield _warning("item-count", f"{ROOT}/Property/Nbers/Total_number_of_items", message)
    elif not items:
        yield _warning(
            "item-count", f"{ROOT}/Item", "Expected at least one item; none came. Export the document whole."
        )
    if items:
        yield from _totals(fields, items)
        yield from _terms(fields, items)
    yield from _sums(fields)
    flow = FLOWS.get(fields.get("flow", "")[:1].upper())
    if flow is not None and kind_of(fields.get("type")) not in (flow, DeclarationKind.OTHER):
        message = "Expected the flow of the type of declaration; another came. Check them."
        yield _warning("flow-inconsistent", f"{ROOT}/Property/Sad_flow", message)
    for place, item in enumerate(items, 1):
        yield from _item(item, f"{ROOT}/Item" + (f"[{place}]" if len(items) > 1 else ""))
    containers = fields.get("containers", ())
    for place, container in enumerate(containers, 1):
        if not is_container(container["id"]):
            path = f"{ROOT}/Container" + (f"[{place}]" if len(containers) > 1 else "") + "/Container_identity"
            message = "Not a container number of ISO 6346 with a right check digit. Read it from the container."
            yield _warning("container-check-digit", path, message)


def _totals(fields: Fields, items: list[Fields]) -> Iterator[Finding]:
    packages = sum(item.get("packages") or 0 for item in items)
    if fields.get("packages_stated") not in (None, packages):
        message = f"Expected the sum of the items' packages; {packages} counted, another number is stated. Check them."
        yield _warning("package-count", f"{ROOT}/Property/Nbers/Total_number_of_packages", message)
    for total, part, path, code in (
        ("item_taxes", "taxes", "Assessment_notice/Total_item_taxes", "total-inconsistent"),
        ("cif", "cif", "Valuation/Total_CIF", "total-inconsistent"),
        ("total_weight", "gross_mass_kg", "Valuation/Total/Total_weight", "mass-inconsistent"),
    ):
        if fields.get(total) and not _agree(fields[total], (item.get(part) for item in items)):
            message = "Expected the sum of the items; another number is stated. Check them."
            yield _warning(code, f"{ROOT}/{path}", message)


def _terms(fields: Fields, items: list[Fields]) -> Iterator[Finding]:
    """Compare the delivery terms of the items with the header's, or with each other's where it has none."""
    expected = fields if "incoterm" in fields else items[0]
    for place, item in enumerate(items, 1):
        if any(item.get(name) not in (None, expected.get(name)) for name in ("incoterm", "incoterm_place")):
            path = f"{ROOT}/Item" + (f"[{place}]" if len(items) > 1 else "") + "/IncoTerms"
            yield _warning("terms-inconsistent", path, "Expected the same delivery terms for all; others came here.")


def _sums(fields: Fields) -> Iterator[Finding]:
    invoice = fields.get("invoice", {})
    payable, parts = fields.get("payable"), (fields.get("item_taxes"), fields.get("global_taxes"))
    if payable and parts[0] is not None and not _agree(payable, parts):
        message = "Expected the taxes of the items and those of the whole together; another number is stated."
        yield _warning("total-inconsistent", f"{ROOT}/Financial/Amounts/Totals_taxes", message)
    total = fields.get("invoice_total")
    if total and not any(_agree(total, (invoice.get(name),)) for name in ("foreign", "national")):
        message = "Expected the amount of the invoice; another number is stated. Check them."
        yield _warning("total-inconsistent", f"{ROOT}/Valuation/Total/Total_invoice", message)
    yield from _exchanged(fields, f"{ROOT}/Valuation/Gs_")


def _exchanged(fields: Fields, start: str) -> Iterator[Finding]:
    for name in ("invoice", *COSTS):
        amount = fields.get(name, {})
        foreign, national, rate = (amount.get(one) for one in ("foreign", "national", "rate"))
        if foreign and national and rate and not _agree(national, (foreign * rate,)):
            message = "Expected the amount times its rate; another number is stated. Check them."
            part = start.replace("item_", "Item_") + "Invoice" if name == "invoice" else start + name
            yield _warning("total-inconsistent", part, message)


def _item(item: Fields, path: str) -> Iterator[Finding]:
    code = "".join(one for one in item.get("code") or "" if one not in " .")
    if not code:
        message = "Expected a goods code; none came. Add it."
        yield _warning("goods-code-missing", f"{path}/Tarification/HScode/Commodity_code", message)
    elif not has_hs_form(code):
        message = "Expected a goods code of 6 to 12 digits in a chapter of the Harmonized System; it is not kept."
        yield _warning("goods-code-form", f"{path}/Tarification/HScode/Commodity_code", message)
    gross, net = item.get("gross_mass_kg"), item.get("net_mass_kg")
    if gross and net and net > gross:
        message = "Expected the net mass not to exceed the gross mass; check them."
        yield _warning("mass-inconsistent", f"{path}/Valuation_item/Weight_itm/Net_weight_itm", message)
    paid = [line.get("amount") for line in item.get("lines", ()) if line.get("method") != NOT_PAID]
    if item.get("taxes") and paid and not _agree(item["taxes"], paid):
        message = "Expected the sum of the taxation lines to be paid; another number is stated. Check them."
        yield _warning("total-inconsistent", f"{path}/Taxation/Item_taxes_amount", message)
    invoice, price = item.get("invoice", {}).get("foreign"), item.get("price")
    if price and invoice and not _agree(price, (invoice,)):
        message = "Expected the item's amount of the invoice; another price is stated. Check them."
        yield _warning("total-inconsistent", f"{path}/Tarification/Item_price", message)
    yield from _exchanged(item, f"{path}/Valuation_item/item_")


def _agree(total: Decimal, parts: Iterable[Decimal | None]) -> bool:
    difference = abs(total - sum((one for one in parts if one is not None), Decimal(0)))
    return difference <= max(Decimal(1), abs(total) * TOLERANCE)


def _warning(code: str, path: str, message: str) -> Finding:
    return Finding(f"declarations.{code}", path, message, Severity.WARNING)
