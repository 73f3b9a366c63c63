"""Which facts may a risk profile ask for? The closed list of published columns.

One row is one goods item with the facts of its declaration; element numbers are those of the WCO Data Model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

LARGEST_DOUBLE = 1e18  # larger facts are held at this: no mass or amount is, and sums of them stay finite
LARGEST_BIGINT = 2**53  # every whole number up to here is exact as a double


class SqlType(StrEnum):
    """The four types of the rule language, named as in SQL."""

    BOOLEAN = "BOOLEAN"
    BIGINT = "BIGINT"
    DOUBLE = "DOUBLE"
    VARCHAR = "VARCHAR"

    @property
    def is_number(self) -> bool:
        """Claim that values of this type can be counted with."""
        return self in (SqlType.BIGINT, SqlType.DOUBLE)


class Level(StrEnum):
    """Whether a column speaks of one goods item or of the whole declaration."""

    ITEM = "item"
    DECLARATION = "declaration"


@dataclass(frozen=True, slots=True)
class Column:
    """One published fact. `is_nullable` says whether it may be unknown."""

    name: str
    type: SqlType
    level: Level
    is_nullable: bool
    meaning: str


def _text(name: str, level: Level, meaning: str) -> Column:
    return Column(name, SqlType.VARCHAR, level, is_nullable=True, meaning=meaning)


def _number(name: str, level: Level, meaning: str) -> Column:
    return Column(name, SqlType.DOUBLE, level, is_nullable=True, meaning=meaning)


def _count(name: str, level: Level, meaning: str, *, is_nullable: bool) -> Column:
    return Column(name, SqlType.BIGINT, level, is_nullable=is_nullable, meaning=meaning)


def _claim(name: str, meaning: str, *, is_nullable: bool) -> Column:
    return Column(name, SqlType.BOOLEAN, Level.DECLARATION, is_nullable=is_nullable, meaning=meaning)


ITEM, WHOLE = Level.ITEM, Level.DECLARATION

COLUMNS: tuple[Column, ...] = (
    _text("hs_code", ITEM, "Goods code as declared, digits only, 6 to 12 (145)"),
    _text("hs2", ITEM, "Its chapter: the first 2 digits"),
    _text("hs4", ITEM, "Its heading: the first 4 digits"),
    _text("hs6", ITEM, "Its HS subheading: the first 6 digits"),
    _text("origin_country", ITEM, "Country of origin, ISO 3166 alpha-2 (063)"),
    _text("export_country", WHOLE, "Country of dispatch, ISO 3166 alpha-2 (062)"),
    _text("destination_country", WHOLE, "Country of destination, ISO 3166 alpha-2 (077)"),
    _text("procedure", ITEM, "Procedure asked for and previous procedure, joined (166, 161)"),
    _text("incoterm", WHOLE, "Incoterms code of the invoice (090)"),
    _text("transport_mode", WHOLE, "Mode of transport at the border, UN/ECE Recommendation 19 (183)"),
    _text("importer_id", WHOLE, "Identifier of the importer (R038)"),
    _text("exporter_id", WHOLE, "Identifier of the exporter (R032)"),
    _text("declarant_id", WHOLE, "Identifier of the declarant (R123)"),
    _text("office", WHOLE, "Customs office of declaration, else of presentation (065)"),
    _number("gross_mass_kg", ITEM, "Gross mass in kilograms (126)"),
    _number("net_mass_kg", ITEM, "Net mass in kilograms (128)"),
    _count("package_count", ITEM, "Number of packages (144)", is_nullable=True),
    _number("quantity", ITEM, "Supplementary quantity in its own unit (130)"),
    _number("invoice_value_usd", ITEM, "Invoice amount in US dollars at the rate of the day (112)"),
    _number("customs_value_usd", ITEM, "Customs value, else statistical value, in US dollars (115, 114)"),
    _number("unit_value_usd_kg", ITEM, "Invoice amount in US dollars for one kilogram, net where known"),
    _count("item_count", WHOLE, "Number of goods items declared", is_nullable=False),
    _count("containers", WHOLE, "Number of containers declared", is_nullable=False),
    _count("importer_declarations_30d", WHOLE, "Imports of this importer in the last 30 days", is_nullable=False),
    _count("importer_irregular_365d", WHOLE, "Of its imports in 365 days, those found irregular", is_nullable=False),
    _claim("importer_is_new", "No import of this importer in 365 days; unknown without identifier", is_nullable=True),
    _claim("mirror_expected", "A partner owes us the export record of this import", is_nullable=False),
    _claim("mirror_found", "The export record is here and paired", is_nullable=False),
    _number("mirror_probability", WHOLE, "Probability of the pair, 0 to 1"),
    _number("mirror_value_ratio", WHOLE, "Import value over export value, same currency; CIF over FOB about 1.06"),
    _number("mirror_mass_ratio", WHOLE, "Import mass over export mass"),
    _number("mirror_quantity_ratio", WHOLE, "Import quantity over export quantity, same unit"),
    _claim("mirror_goods_differ", "The HS subheadings of the two sides differ", is_nullable=True),
    _claim("mirror_origin_differs", "The countries of origin of the two sides differ", is_nullable=True),
    Column(
        "mirror_severity", SqlType.DOUBLE, WHOLE, is_nullable=False, meaning="Severest discrepancy, 0 to 1; 0: none"
    ),
    _claim("partner_alert", "A partner has sent an alert about this consignment", is_nullable=False),
    _text("accepted_on", WHOLE, "Day of acceptance in UTC as YYYY-MM-DD: later days are greater"),
    _count("accepted_month", WHOLE, "Its month, 1 to 12", is_nullable=True),
    _count("accepted_weekday", WHOLE, "Its day of the week, 1 Monday to 7 Sunday", is_nullable=True),
    _claim("aeo", "An authorised economic operator is named in the declaration", is_nullable=False),
)

BY_NAME: Mapping[str, Column] = MappingProxyType({column.name: column for column in COLUMNS})
