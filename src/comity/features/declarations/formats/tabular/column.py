"""What a column of a table of documents is: name, place in the canonical record, WCO element, form, meaning."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How a cell is written."""

    TEXT = "text"
    COUNTRY = "country"
    CURRENCY = "currency"
    NUMBER = "number"
    WHOLE = "whole"
    INSTANT = "instant"
    DAY = "day"
    CHOICE = "choice"
    FLAG = "flag"
    LIST = "list"
    REFERENCE = "reference"
    REFERENCES = "references"
    SEALED = "sealed"
    PACKAGES = "packages"
    GOODS_CODE = "goods-code"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `target` is a path in the canonical record: of the whole document, or of one entry (`is_item`).

    `length` bounds texts and the digits of numbers, `places` their decimals; `choices` are all values there are.
    """

    name: str
    target: str
    element: str
    form: Form
    meaning: str
    length: int = 0
    places: int = 0
    is_item: bool = False
    choices: tuple[StrEnum, ...] = ()


def text_column(name: str, target: str, element: str, length: int, meaning: str) -> Column:
    """Describe a column of text of the whole declaration."""
    return Column(name, target, element, Form.TEXT, meaning, length)


def party_columns(role: str, target: str, element: str) -> list[Column]:
    """Describe the columns of a party: id, name and address."""
    parts = (
        ("id", "id", "ID", 17, "identification number (TIN)"),
        ("name", "name", "Name", 70, "name"),
        ("street", "address.line", "Address/Line", 70, "street and number"),
        ("city", "address.city", "Address/CityName", 35, "city"),
        ("postcode", "address.postcode", "Address/PostcodeID", 9, "postcode"),
    )
    columns = [
        text_column(f"{role}_{part}", f"{target}.{field}", f"{element}/{tag}", length, f"{role}: {meaning}")
        for part, field, tag, length, meaning in parts
    ]
    place = f"{target}.address.country"
    columns.append(
        Column(f"{role}_country", place, f"{element}/Address/CountryCode", Form.COUNTRY, f"{role}: country", 2)
    )
    return columns


def money_columns(name: str, target: str, element: str, meaning: str, *, is_item: bool = False) -> list[Column]:
    """Describe the two columns of an amount: the number and its currency."""
    return [
        Column(name, f"{target}.amount", element, Form.NUMBER, meaning, 16, 3, is_item),
        Column(
            f"{name}_currency",
            f"{target}.currency",
            f"{element}/@currencyID",
            Form.CURRENCY,
            f"currency of {name}",
            3,
            0,
            is_item,
        ),
    ]
