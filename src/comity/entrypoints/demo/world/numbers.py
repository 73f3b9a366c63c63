"""What numbers do papers of the world bear? Well-formed MRN, container, UCR and waybill numbers, each used once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from comity.foundation.trade.identifiers import iso6346_check_digit

OWNERS = ("CTYU", "DMLU", "FXNU", "WLDU")
"""Container owner prefixes of the demonstration: made up, not looked up in the register of owners."""


def company_number(country: str, number: int) -> str:
    """Return a company's number at its customs, in a range that is plainly made up (999)."""
    if country == "KE":
        return f"P999{number:06d}{'ABCDEFGHJKLMNPQRSTUVWXYZ'[number % 24]}"
    return f"999{number:07d}"


class Numbers:
    """Draws numbers and never the same twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._used: set[str] = set()
        self._counts: dict[str, int] = {}

    def mrn(self, country: str, office: str, on: date) -> str:
        """Return an MRN: year, country, 13 characters, check digit (ISO 6346 method, as the EU's MRN)."""

        def draw() -> str:
            body = f"{on.year % 100:02d}{country}{office[2:5]}{self._random.randrange(10**10):010d}"
            return f"{body}{iso6346_check_digit(body)}"

        return self._once(draw)

    def container(self) -> str:
        """Return a container number with its check digit (ISO 6346)."""

        def draw() -> str:
            body = f"{self._random.choice(OWNERS)}{self._random.randrange(10**6):06d}"
            return f"{body}{iso6346_check_digit(body)}"

        return self._once(draw)

    def ucr(self, country: str, exporter_id: str, on: date) -> str:
        """Return a UCR: last digit of the year, country, exporter, running number (WCO guidelines)."""
        return f"{on.year % 10}{country}{exporter_id}-{self._next(exporter_id):06d}"

    def waybill(self, document: str) -> str:
        """Return the number of a road or rail consignment note."""
        prefix = "CIM" if document == "720" else "RCN"
        return self._once(lambda: f"{prefix}{self._random.randrange(10**8):08d}")

    def invoice(self, exporter_id: str, on: date) -> str:
        """Return the exporter's running invoice number."""
        key = f"invoice {exporter_id}"
        return f"INV-{on.year}-{exporter_id[-5:]}-{self._next(key):05d}"

    def reference(self, declarant_id: str, on: date) -> str:
        """Return the declarant's own reference of a declaration."""
        return f"{declarant_id}-{on.year % 100:02d}-{self._next(declarant_id):06d}"

    def plate(self, country: str) -> str:
        """Return the registration of a lorry or wagon."""
        letters = "".join(self._random.choice("BCDFGHJKLMN") for _ in range(2))
        return f"{country[0]}{letters}{self._random.randrange(1000):03d}X"

    def _next(self, key: str) -> int:
        self._counts[key] = self._counts.get(key, 0) + 1
        return self._counts[key]

    def _once(self, draw: Callable[[], str]) -> str:
        number = draw()
        while number in self._used:
            number = draw()
        self._used.add(number)
        return number
