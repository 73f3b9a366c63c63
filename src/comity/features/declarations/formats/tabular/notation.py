"""How a table writes numbers and dates: which mark stands before decimals, which between thousands, which day first.

Decided once for the file, from every cell of its number and date columns. What the cells leave open is not guessed:
1,234 may be a thousandfold another, and 02/03/2026 another month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from comity.foundation.errors import Finding, Severity

_DIGITS = {ord(start) + value: str(value) for start in "٠۰" for value in range(10)}  # Arabic-Indic and Persian
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")
_SIGNS = {ord("٬"): "'", ord("’"): "'", ord("−"): "-"}
_PLAIN = str.maketrans({**_DIGITS, **_BLANKS, **_SIGNS})
_OPEN = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_LOCAL_DATE = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})(?:[ T]+(.*))?", re.DOTALL)


def plain(text: str) -> str:
    """Return the text with ASCII digits, plain blanks and ASCII signs; Arabic-Indic digits are digits."""
    return text if text.isascii() else text.translate(_PLAIN)


@dataclass(frozen=True, slots=True)
class Notation:
    """The marks of one table. `thousands` is `.` or `,` where one was seen; blanks and apostrophes always may be.

    `is_day_first` says how 02/03/2026 is meant, None where no such date came.
    """

    decimal_mark: str = "."
    thousands: str = ""
    is_day_first: bool | None = None

    def digits_of(self, text: str) -> str | None:
        """Return a number as digits with a point before decimals, None when it is not written in this notation."""
        grouping = f" '{self.thousands}"
        mark = re.escape(self.decimal_mark)
        text = plain(text).replace("٫", self.decimal_mark)
        pattern = rf"([0-9]{{1,30}}|[0-9]{{1,3}}(?:([{re.escape(grouping)}])[0-9]{{3}})(?:\2[0-9]{{3}}){{0,9}})"
        match = re.fullmatch(rf"{pattern}(?:{mark}([0-9]{{1,30}}))?", text)
        if match is None:
            return None
        whole = match[1] if match[2] is None else match[1].replace(match[2], "")
        return whole if match[3] is None else f"{whole}.{match[3]}"

    def iso_date_of(self, text: str) -> str:
        """Return a local date (02.03.2026, 02/03/2026 08:30) in the order of ISO 8601; any other text as it is."""
        match = _LOCAL_DATE.fullmatch(text)
        if match is None:
            return text
        first, sign, second, year, time = match.groups()
        is_day_first = sign == "." or self.is_day_first is True
        day, month = (first, second) if is_day_first else (second, first)
        return f"{year}-{month:0>2}-{day:0>2}" + (f" {time:0>5}" if time else "")


@dataclass(slots=True)
class Evidence:
    """What the cells of a table have shown so far of its notation, each with the first column it was seen in."""

    marks: dict[str, str] = field(default_factory=dict)
    thousands: dict[str, str] = field(default_factory=dict)
    open_marks: dict[str, str] = field(default_factory=dict)
    orders: dict[bool, str] = field(default_factory=dict)
    open_orders: dict[str, str] = field(default_factory=dict)

    def see_numbers(self, column: str, cells: Iterable[str]) -> None:
        """Learn from the texts of a number column."""
        for cell in cells:
            if "," in cell or "." in cell:
                self._see_number(column, plain(cell).strip().replace(" ", "").replace("'", ""))

    def _see_number(self, column: str, text: str) -> None:
        dots, commas = text.count("."), text.count(",")
        if dots and commas:
            mark = "." if text.rfind(".") > text.rfind(",") else ","
            self.marks.setdefault(mark, column)
            self.thousands.setdefault("," if mark == "." else ".", column)
        elif dots + commas > 1:
            mark = "," if dots else "."
            self.marks.setdefault(mark, column)
            self.thousands.setdefault("." if dots else ",", column)
        elif _OPEN.fullmatch(text):
            self.open_marks.setdefault("." if dots else ",", column)
        else:
            self.marks.setdefault("." if dots else ",", column)

    def see_dates(self, column: str, cells: Iterable[str]) -> None:
        """Learn from the texts of a date column."""
        for cell in cells:
            match = _LOCAL_DATE.fullmatch(plain(cell).strip())
            if match is None or match[2] == ".":
                continue
            first, second = int(match[1]), int(match[3])
            if first > 12:
                self.orders.setdefault(True, column)
            elif second > 12:
                self.orders.setdefault(False, column)
            elif first != second:
                self.open_orders.setdefault("", column)

    def decide(self, *, is_english: bool) -> tuple[Notation, list[Finding]]:
        """Return the notation and what is to be told of it; an error where the cells leave it open.

        A table with English headers writes a decimal point; in one of another language 1.234 alone leaves it open.
        """
        findings: list[Finding] = []
        mark, thousands = self._number_marks(findings, is_english=is_english)
        return Notation(mark, thousands, self._day_first(findings)), findings

    def _number_marks(self, findings: list[Finding], *, is_english: bool) -> tuple[str, str]:
        marks = dict(self.marks)
        if is_english and not marks and "," not in self.open_marks:
            return ".", ""
        if len(marks) > 1:
            findings.append(_contradiction("number-ambiguous", "decimal points", list(marks.values())))
            return ".", ""
        if not marks:
            if self.open_marks:
                sign, column = next(iter(self.open_marks.items()))
                message = (
                    f"Numbers such as 1{sign}234 could be thousands or decimals, and no other number of the file says "
                    f"which. Write them without thousands separators, and decimals with another digit (1{sign}2340)."
                )
                findings.append(Finding("declarations.number-ambiguous", f"column {column}", message))
            return ".", ""
        mark, column = next(iter(marks.items()))
        other = "," if mark == "." else "."
        thousands = other if other in self.thousands or other in self.open_marks else ""
        if mark == "," or thousands:
            between = f", “{thousands}” between thousands" if thousands else ""
            message = f"Numbers were read with “{mark}” before decimals{between}, as the whole column shows."
            findings.append(Finding("declarations.number-notation", f"column {column}", message, Severity.WARNING))
        return mark, thousands

    def _day_first(self, findings: list[Finding]) -> bool | None:
        if len(self.orders) > 1:
            findings.append(_contradiction("date-ambiguous", "days first", list(self.orders.values())))
        elif not self.orders and self.open_orders:
            message = "Dates such as 02/03/2026 could mean two days. Write them as 2026-03-02."
            findings.append(Finding("declarations.date-ambiguous", f"column {self.open_orders['']}", message))
        elif self.orders:
            is_day_first, column = next(iter(self.orders.items()))
            order = "day, month, year" if is_day_first else "month, day, year"
            message = f"Dates were read as {order}, as the whole column shows."
            findings.append(Finding("declarations.date-notation", f"column {column}", message, Severity.WARNING))
            return is_day_first
        return None


def _contradiction(code: str, what: str, columns: Sequence[str]) -> Finding:
    message = f"One cell shows {what} and another shows the contrary. Write the whole file in one way."
    return Finding(f"declarations.{code}", " and ".join(f"column {one}" for one in dict.fromkeys(columns)), message)
