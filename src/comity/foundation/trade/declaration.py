"""What is declared: a goods declaration, its shipment and items (WCO DM 42A, 67A, 68A).

Every field may be absent, because an agreement may let only some of them leave: absence is `None` or `()`.
What a *complete* declaration needs is checked where it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from comity.foundation.trade.documents import (
    AdditionalDocument,
    AdditionalInformation,
    Pointer,
    PreviousDocument,
    TransportDocument,
)
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import AuthorisationHolder, Party
from comity.foundation.trade.transit import Transit, TransitOffice
from comity.foundation.trade.transport import Consignment, CustomsValuation, TradeTerms, TransportMeans

DeclarationId = NewType("DeclarationId", str)
"""The node's own id of a stored declaration: hex SHA-256 of its canonical form."""


class DeclarationKind(StrEnum):
    """The direction of the goods, from the first letters of the type code (D013), or that goods are told before entry.

    An entry summary declaration says for safety and security what will arrive (WCO SAFE Framework; ICS IE315)."""

    IMPORT = "import"
    EXPORT = "export"
    TRANSIT = "transit"
    ENTRY_SUMMARY = "entry-summary"
    OTHER = "other"


class DeclarationFunction(StrEnum):
    """What the document does to the declaration (WCO DM 017, UN/EDIFACT 1225)."""

    ORIGINAL = "original"
    AMENDMENT = "amendment"
    CANCELLATION = "cancellation"
    PRESENTATION = "presentation"


@dataclass(frozen=True, slots=True)
class Packaging:
    """Packages (WCO DM 93A: 141 type per UN/ECE Rec 21, 144 quantity, 142 marks)."""

    type_code: str | None = None
    quantity: int | None = None
    marks: str | None = None


@dataclass(frozen=True, slots=True)
class Classification:
    """A code for the goods (WCO DM 21A, 145); `type_code` TSP is the HS/CN code, others national additions."""

    id: str
    type_code: str | None = None


@dataclass(frozen=True, slots=True)
class DutyTaxFee:
    """A duty, tax or fee (WCO DM 50A: 113 type, 111 reduction, 164 regime, 401 quota, 115 rate, 116/129 base).

    `deducted` is the amount taken off (111). Its payment (WCO DM 94A): 107 method, 120 assessed, 378 to be paid,
    reference, the day it is due, and the guarantees (100) it is charged to.
    """

    type_code: str | None = None
    regime_code: str | None = None
    reduction_code: str | None = None
    quota_id: str | None = None
    rate: Decimal | None = None
    base_quantity: Decimal | None = None
    payment_method: str | None = None
    assessed: Money | None = None
    base_unit: str | None = None
    base_amount: Money | None = None
    payable: Money | None = None
    deducted: Money | None = None
    payment_reference: str | None = None
    payment_due_at: datetime | None = None
    payment_guarantees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Commodity:
    """The goods of one item (WCO DM 23A). `code` is digits only, 6 to 12; its first 6 are the HS subheading.

    `classifications` holds what the code does not say: national additions, not the tariff code again.
    """

    code: str | None = None
    description: str | None = None
    classifications: tuple[Classification, ...] = ()
    dangerous_goods: tuple[str, ...] = ()
    duties: tuple[DutyTaxFee, ...] = ()

    @property
    def hs6(self) -> str | None:
        """Return the HS subheading, six digits, or None."""
        return self.code[:6] if self.code and len(self.code) >= 6 else None


@dataclass(frozen=True, slots=True)
class GoodsItem:
    """One goods item (WCO DM 68A). Masses in kilograms; `supplementary_quantity` in `supplementary_unit` (Rec 20).

    `ucr` is the unique consignment reference (016), `trader_reference` the trader's own (009) where it differs. Of a
    transit item, `type_code` is its customs status (T1, T2), `number_in_house` its number in its house consignment.
    """

    sequence: int | None = None
    commodity: Commodity = Commodity()
    origin_country: str | None = None
    preferential_origin: str | None = None
    gross_mass_kg: Decimal | None = None
    net_mass_kg: Decimal | None = None
    supplementary_quantity: Decimal | None = None
    supplementary_unit: str | None = None
    invoice_amount: Money | None = None
    statistical_value: Money | None = None
    customs_value: Money | None = None
    valuation: CustomsValuation | None = None
    procedure_current: str | None = None
    procedure_previous: str | None = None
    additional_procedures: tuple[str, ...] = ()
    packaging: tuple[Packaging, ...] = ()
    equipment_ids: tuple[str, ...] = ()
    export_country: str | None = None
    destination_country: str | None = None
    consignor: Party | None = None
    consignee: Party | None = None
    buyer: Party | None = None
    seller: Party | None = None
    transaction_nature_code: str | None = None
    previous_documents: tuple[PreviousDocument, ...] = ()
    additional_documents: tuple[AdditionalDocument, ...] = ()
    additional_information: tuple[AdditionalInformation, ...] = ()
    ucr: str | None = None
    trader_reference: str | None = None
    origin_region: str | None = None
    valuation_adjustment_code: str | None = None
    aeo_parties: tuple[Party, ...] = ()
    tax_parties: tuple[Party, ...] = ()
    destination_region: str | None = None
    type_code: str | None = None
    number_in_house: int | None = None
    transport_documents: tuple[TransportDocument, ...] = ()
    release_code: str | None = None


@dataclass(frozen=True, slots=True)
class GoodsShipment:
    """Goods of one commercial transaction (WCO DM 67A).

    `ucr` and `trader_reference` as on the item; `tax_parties` are domestic duty tax parties (WCO DM 55B), `payer` 56B.
    `exit_at` is 024, the invoice (78A) D016 with its date D015, `destination_region` 477.
    """

    exporter: Party | None = None
    importer: Party | None = None
    consignor: Party | None = None
    consignee: Party | None = None
    buyer: Party | None = None
    seller: Party | None = None
    export_country: str | None = None
    destination_country: str | None = None
    trade_terms: TradeTerms | None = None
    valuation: CustomsValuation | None = None
    ucr: str | None = None
    transaction_nature_code: str | None = None
    warehouse_id: str | None = None
    consignment: Consignment | None = None
    previous_documents: tuple[PreviousDocument, ...] = ()
    items: tuple[GoodsItem, ...] = ()
    aeo_parties: tuple[Party, ...] = ()
    trader_reference: str | None = None
    warehouse_type: str | None = None
    surety: Party | None = None
    tax_parties: tuple[Party, ...] = ()
    destination_region: str | None = None
    exit_at: datetime | None = None
    invoice_id: str | None = None
    invoice_issued_at: datetime | None = None
    payer: Party | None = None


@dataclass(frozen=True, slots=True)
class ObligationGuarantee:
    """A guarantee (WCO DM 90A: 100 GRN, 101 type, 492 amount, G014 office). The access code (499) is never kept.

    `other_reference` names a guarantee that has no GRN: an account, a waiver.
    """

    grn: str | None = None
    type_code: str | None = None
    amount: Money | None = None
    other_reference: str | None = None
    office: str | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change asked for (WCO DM 06A): reason and the places it changes."""

    change_reason_code: str | None = None
    pointers: tuple[Pointer, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """A goods declaration or a message about one (WCO DM 42A).

    `mrn` is D014, `functional_reference_id` the declarant's own reference (D026), `type_code` D013. `authentication`
    is the signature (104) and `authenticator` the name of who signed (12A, R007); `loading_list_quantity` is 013.
    `message_id` is the message's own reference, `correlation_id` that of the one it answers. `entry_offices` are the
    office of first entry, with the time of arrival expected there (172), and the subsequent ones. `duties` are charges
    on the whole, not on an item; the totals are as declared or assessed.
    """

    kind: DeclarationKind = DeclarationKind.OTHER
    function: DeclarationFunction = DeclarationFunction.ORIGINAL
    mrn: str | None = None
    functional_reference_id: str | None = None
    type_code: str | None = None
    function_code: str | None = None
    acceptance_at: datetime | None = None
    issued_at: datetime | None = None
    declaration_office: str | None = None
    exit_office: str | None = None
    presentation_office: str | None = None
    supervising_office: str | None = None
    declarant: Party | None = None
    agent: Party | None = None
    submitter: Party | None = None
    authorisation_holders: tuple[AuthorisationHolder, ...] = ()
    border_means: TransportMeans | None = None
    consignment: Consignment | None = None
    guarantees: tuple[ObligationGuarantee, ...] = ()
    invoice_amount: Money | None = None
    exchange_rates: tuple[tuple[str, Decimal], ...] = ()
    total_gross_mass_kg: Decimal | None = None
    total_packages: int | None = None
    goods_item_quantity: int | None = None
    specific_circumstances_code: str | None = None
    additional_documents: tuple[AdditionalDocument, ...] = ()
    additional_information: tuple[AdditionalInformation, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    goods_shipment: GoodsShipment = GoodsShipment()
    issue_location: str | None = None
    authentication: str | None = None
    authenticator: str | None = None
    loading_list_quantity: int | None = None
    recipient: Party | None = None
    message_id: str | None = None
    correlation_id: str | None = None
    message_version: str | None = None
    further_border_means: tuple[TransportMeans, ...] = ()
    transit: Transit | None = None
    entry_offices: tuple[TransitOffice, ...] = ()
    duties: tuple[DutyTaxFee, ...] = ()
    customs_value_total: Money | None = None
    payable_total: Money | None = None
