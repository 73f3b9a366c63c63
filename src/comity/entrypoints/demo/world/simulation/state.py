"""How is a day's goods told, as an administration reads it? Declared facts under the published names of columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from comity.entrypoints.demo.world.numbers import company_number
from comity.entrypoints.demo.world.simulation.behaviour import Behaviour
from comity.entrypoints.demo.world.simulation.market import PROCEDURES, TRANSIT, Columns, Market
from comity.entrypoints.demo.world.simulation.schemes import Habits
from comity.entrypoints.demo.world.simulation.trade import Draw

CARRIAGE_INCLUDED = ("CIF", "CIP", "DAP")
KG_PER_CONTAINER = 24_000
AIR = "4"


@dataclass(frozen=True, slots=True)
class Stating:
    """What lines are written from; `names` are the countries by number."""

    market: Market
    behaviour: Behaviour
    importing: tuple[str, ...]
    names: tuple[str, ...]

    def lines(self, draw: Draw, true: Columns, told: Columns, *, habits: Habits) -> Columns:
        """Return the columns of a day's lines, but for number, time and what an administration adds of its own."""
        return self._goods(draw, true, told) | self._whole(draw, true, told, habits=habits)

    def _goods(self, draw: Draw, true: Columns, told: Columns) -> Columns:
        market, say, count = self.market, self.behaviour["declarations"], len(true["goods"])
        countries = np.array(self.names, dtype=object)
        net = np.where(draw.random(count) < say["missing_net"], np.nan, np.round(told["net"], 1))
        quantity = np.where(draw.random(count) < say["missing_quantity"], np.nan, told["quantity"])
        customs = told["price"] * (1 + true["freight"])
        term = market.partnerships["term"][true["partnership"]]
        invoice = np.where(np.isin(term, CARRIAGE_INCLUDED), customs, told["price"])
        code = market.tariff.code[told["goods"]]
        return {
            "hs_code": code,
            "hs2": _texts([each[:2] for each in code.tolist()]),
            "hs4": _texts([each[:4] for each in code.tolist()]),
            "hs6": code,
            "origin_country": countries[told["origin"]],
            "export_country": countries[told["export"]],
            "procedure": np.array(PROCEDURES, dtype=object)[told["regime"]],
            "incoterm": term,
            "gross_mass_kg": np.round(told["gross"], 1),
            "net_mass_kg": net,
            "package_count": told["packages"],
            "quantity": quantity,
            "invoice_value_usd": np.round(invoice, 2),
            "customs_value_usd": np.round(customs, 2),
            "unit_value_usd_kg": invoice / np.where(np.isnan(net), told["gross"], net),
        }

    def _whole(self, draw: Draw, true: Columns, told: Columns, *, habits: Habits) -> Columns:
        market, say, count = self.market, self.behaviour["traders"], len(true["goods"])
        declaration = true["declaration"] - (true["declaration"][0] if count else 0)
        each = int(declaration[-1]) + 1 if count else 0
        trader, part = true["trader"], true["partnership"]
        home = market.traders["home"][trader]
        strays = (draw.random(each) >= say["loyal"])[declaration]
        broker = np.where(strays, draw.integers(0, market.brokers, each)[declaration], habits.broker[trader])
        moved = (draw.random(each) < say["other_office"])[declaration]
        office = np.where(moved, draw.integers(0, 99, each)[declaration], habits.office[trader])
        width = np.array([len(held) for held in market.offices])
        table = np.array([[held[at % len(held)] for at in range(max(width))] for held in market.offices], dtype=object)
        mode = market.partnerships["mode"][part]
        boxed = (~market.tariff.is_bulk[true["goods"]] & (mode != AIR)) * true["gross"]
        company = habits.company[trader]
        through = np.array(self.names, dtype=object)[market.partnerships["transit_to"][part]]
        numbers = zip(home.tolist(), company.tolist(), strict=True)
        return {
            "destination_country": np.where(
                told["regime"] == TRANSIT, through, np.array(self.importing, dtype=object)[home]
            ),
            "transport_mode": mode,
            "importer_id": _texts([company_number(self.importing[at], number) for at, number in numbers]),
            "exporter_id": _texts([f"X999{number:07d}" for number in market.partnerships["exporter"][part].tolist()]),
            "declarant_id": _texts([f"B999{number:05d}" for number in broker.tolist()]),
            "office": table[home, office % width[home]],
            "item_count": true["items"].astype(float),
            "containers": np.ceil(np.bincount(declaration, boxed, each)[declaration] / KG_PER_CONTAINER),
            "aeo": market.traders["aeo"][trader] & (company == trader),
        }


def _texts(values: list[str]) -> Any:
    return np.array(values, dtype=object)
