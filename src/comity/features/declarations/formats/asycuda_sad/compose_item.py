"""Which goods item do the fields of an item of the export make?"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from comity.features.declarations.formats.asycuda_sad.items import COSTS
from comity.features.declarations.formats.bind import Fields
from comity.foundation.trade.declaration import Classification, Commodity, DutyTaxFee, GoodsItem, Packaging
from comity.foundation.trade.documents import AdditionalDocument, AdditionalInformation, PreviousDocument
from comity.foundation.trade.identifiers import has_hs_form
from comity.foundation.trade.money import Money
from comity.foundation.trade.transport import CustomsValuation

SUMMARY, PREVIOUS = "X", "Z"
"""Categories of the document in box 40 of the SAD: a summary declaration, a previous document."""

IMPORT_LICENCE, EXPORT_LICENCE = "911", "811"
"""UN/EDIFACT 1001."""

NOT_PAID = "0"
"""Mode of payment of a charge that is worked out, but not to be paid."""


class Home(NamedTuple):
    """What the items need to know of the whole: the national currency, the invoice's, and which way the goods go."""

    currency: str | None
    invoice_currency: str | None
    is_export: bool

    def money(self, amount: Decimal | None) -> Money | None:
        """Return an amount in the national currency, or None where either is not known."""
        return None if amount is None or self.currency is None else Money(amount, self.currency)

    def agreed(self, cost: Fields | None) -> Money | None:
        """Return an amount in the currency it was agreed in, else in the national one; None for nothing."""
        if not cost:
            return None
        foreign, currency, national = cost.get("foreign"), cost.get("currency"), cost.get("national")
        if foreign and currency:
            return Money(foreign, currency)
        return self.money(national or foreign) if national or foreign else None


def item_of(fields: Fields, sequence: int, home: Home, previous: tuple[PreviousDocument, ...]) -> GoodsItem:
    """Return the goods item at a place; `previous` are the earlier declarations that name this place."""
    procedure = fields.get("procedure") or ""
    national = fields.get("national_procedure")
    unit: Fields = next((one for one in fields.get("units", ()) if "quantity" in one), {})
    invoice = home.agreed(fields.get("invoice"))
    if invoice is None and fields.get("price") and home.invoice_currency:
        invoice = Money(fields["price"], home.invoice_currency)
    return GoodsItem(
        sequence=sequence,
        commodity=_commodity(fields, home),
        origin_country=fields.get("origin_country"),
        origin_region=fields.get("origin_region"),
        gross_mass_kg=fields.get("gross_mass_kg"),
        net_mass_kg=fields.get("net_mass_kg"),
        supplementary_quantity=unit.get("quantity"),
        supplementary_unit=unit.get("unit"),
        invoice_amount=invoice,
        customs_value=home.money(fields.get("cif")),
        statistical_value=home.money(fields.get("statistical")),
        valuation=valuation_of(fields, home),
        procedure_current=procedure[:2] or None,
        procedure_previous=procedure[2:4] or None,
        additional_procedures=(national,) if national else (),
        packaging=_packaging(fields),
        previous_documents=_previous(fields) + previous,
        additional_documents=fields.get("documents", ()) + _licence(fields, home),
        additional_information=_information(fields),
    )


def valuation_of(fields: Fields, home: Home) -> CustomsValuation | None:
    """Return the method and the costs beside the invoice, of the whole or of an item; None where there are none."""
    costs = {COSTS[name]: home.agreed(fields.get(name)) for name in COSTS}
    freight, insurance, deduction = costs.pop("freight"), costs.pop("insurance"), costs.pop("deduction")
    charges = [(code, money) for code, money in costs.items() if money is not None]
    if deduction is not None:
        charges.append(("deduction", Money(-abs(deduction.amount), deduction.currency)))
    valuation = CustomsValuation(fields.get("method"), freight, insurance, tuple(charges))
    return None if valuation == CustomsValuation() else valuation


def _commodity(fields: Fields, home: Home) -> Commodity:
    code = "".join(one for one in fields.get("code") or "" if one not in " .")
    precision = fields.get("precision_1") or ""
    whole = code + precision
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 12):
        whole = code
    more = [fields[name] for name in ("precision_2", "precision_3", "precision_4") if name in fields]
    if whole == code and precision:
        more.insert(0, precision)
    return Commodity(
        code=whole if has_hs_form(whole) else None,
        description=fields.get("commercial") or fields.get("described"),
        classifications=tuple(Classification(one) for one in more),
        duties=_duties(fields, home),
    )


def _duties(fields: Fields, home: Home) -> tuple[DutyTaxFee, ...]:
    regime, quota = fields.get("preference"), fields.get("quota") or fields.get("quota_id")
    found = []
    for line in fields.get("lines", ()):
        if "code" not in line:
            continue  # an empty line of the form
        method = line.get("method") or fields.get("payment_method")
        assessed = home.money(line.get("amount"))
        found.append(
            DutyTaxFee(
                type_code=line["code"],
                regime_code=regime,
                quota_id=quota,
                rate=line.get("rate"),
                base_amount=home.money(line.get("base")),
                payment_method=method,
                assessed=assessed,
                payable=None if method == NOT_PAID else assessed,
            )
        )
    if not found and (regime or quota):
        found.append(DutyTaxFee(regime_code=regime, quota_id=quota))
    return tuple(found)


def _packaging(fields: Fields) -> tuple[Packaging, ...]:
    marks = " ".join(fields[name] for name in ("marks", "more_marks") if name in fields)
    packaging = Packaging(fields.get("package_type"), fields.get("packages"), marks or None)
    return () if packaging == Packaging() else (packaging,)


def _previous(fields: Fields) -> tuple[PreviousDocument, ...]:
    found = []
    if "summary" in fields:
        found.append(PreviousDocument(fields["summary"], category_code=SUMMARY, line=fields.get("summary_line")))
    if "previous" in fields:
        found.append(PreviousDocument(fields["previous"], category_code=PREVIOUS))
    return tuple(found)


def _licence(fields: Fields, home: Home) -> tuple[AdditionalDocument, ...]:
    if "licence" not in fields:
        return ()
    return (
        AdditionalDocument(
            id=fields["licence"],
            type_code=EXPORT_LICENCE if home.is_export else IMPORT_LICENCE,
            write_off_quantity=fields.get("licence_quantity"),
            write_off_unit=fields.get("licence_unit"),
            write_off_amount=home.money(fields.get("licence_amount")),
        ),
    )


def _information(fields: Fields) -> tuple[AdditionalInformation, ...]:
    coded = [AdditionalInformation(code=fields["information_code"])] if "information_code" in fields else []
    notes = [AdditionalInformation(description=fields[name]) for name in ("note", "more_note") if name in fields]
    tariff = fields.get("described")
    if tariff and "commercial" in fields and tariff != fields["commercial"]:
        notes.append(AdditionalInformation(description=tariff, type_code="tariff"))
    return (*coded, *notes)
