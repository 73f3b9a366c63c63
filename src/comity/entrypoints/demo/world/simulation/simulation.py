"""What is declared each day, what does an examination find, and what was true? One seeded run of the world."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import numpy as np

from comity.entrypoints.demo.world.catalogue import load_catalogue
from comity.entrypoints.demo.world.simulation.behaviour import load_behaviour
from comity.entrypoints.demo.world.simulation.known import Known
from comity.entrypoints.demo.world.simulation.lie import MISTAKE, Ground, Lies, lie
from comity.entrypoints.demo.world.simulation.market import Columns, make_market
from comity.entrypoints.demo.world.simulation.partner import partner_facts
from comity.entrypoints.demo.world.simulation.schemes import Plotting, Reacting, fitting, settle
from comity.entrypoints.demo.world.simulation.state import Stating
from comity.entrypoints.demo.world.simulation.trade import BLOCK_DAYS, Period, make_climate, trade_of
from comity.foundation.errors import ComityError

START = date(2025, 1, 6)
HUBS = ("RW", "SO", "CD")


class DeclarationUnknown(ComityError):
    """No declaration of this number was made in the simulated world so far."""

    code = "demo.declaration-unknown"
    status = 404


@dataclass(frozen=True, slots=True)
class Day:
    """What was accepted on one day: goods items in order of acceptance, as numpy arrays by the published names."""

    date: date
    lines: Columns


@dataclass(frozen=True, slots=True)
class Examined:
    """What an examination found: the outcome's code and the revenue it brought, in USD."""

    declaration_id: str
    outcome: str
    revenue_recovered_usd: float


@dataclass(frozen=True, slots=True)
class _Past:
    """One day's truth, by line."""

    day: int
    ids: Any
    true: Columns
    lies: Lies
    companies: Any


class Simulation:
    """A world of imports that runs day by day. Equal seeds and equal examinations make equal worlds.

    `importing` are the authorities whose imports are seen; each line's office tells whose it is.
    """

    def __init__(
        self, seed: int, *, days: int = 365, lines_per_day: int = 1000,
        importing: Sequence[str] = ("UG",), start: date = START,
    ) -> None:  # fmt: skip
        """Draw the market and its schemes.

        Raises:
            CountryUnknown: the world has no towns in an importing country.
        """
        self._behaviour, self._period = load_behaviour(), Period(start, days, lines_per_day)
        self._random = Random(seed)  # noqa: S311 - a repeatable world, not a secret
        trade, lies, partner, found, known = np.random.SeedSequence(seed).spawn(5)
        self._trade, self._lies = np.random.default_rng(trade), np.random.default_rng(lies)
        self._partner, self._found = np.random.default_rng(partner), np.random.default_rng(found)
        self._market = make_market(
            self._random, self._behaviour, importing=importing, lines_per_day=lines_per_day, days=days
        )
        self._importing = tuple(importing)
        self._names = (*self._market.countries, *(each for each in HUBS if each not in self._market.countries))
        self._ground = self._make_ground()
        plotting = Plotting(self._random, self._market, self._behaviour, self._ground.fits)
        self._schemes, self.new_scheme_day = plotting.schemes(days=days)
        self._habits = settle(self._market, self._schemes)
        self._reacting = Reacting(self._random, self._market, self._behaviour, self._habits, self._ground.fits)
        self._climate = make_climate(self._trade, self._behaviour, goods=len(self._market.tariff.code), days=days)
        self._stating = Stating(self._market, self._behaviour, self._importing, self._names)
        self._known = Known(np.random.default_rng(known), self._before(), len(self._market.traders["rate"]))
        self._past: list[_Past] = []
        self._place: dict[str, tuple[int, int, int]] = {}
        self._results: dict[str, Examined] = {}
        self._serial = 0

    def __iter__(self) -> Iterator[Day]:
        """Give the days in order; examine between them and the traders react."""
        for first in range(0, self._period.days, BLOCK_DAYS):
            block = trade_of(
                self._trade, self._market, self._behaviour, climate=self._climate, period=self._period, first=first
            )
            last = min(first + BLOCK_DAYS, self._period.days)
            bounds = np.searchsorted(block["day"], np.arange(first, last + 1))
            for number, day in enumerate(range(first, last)):
                cut = slice(int(bounds[number]), int(bounds[number + 1]))
                yield self._day(day, {name: held[cut] for name, held in block.items()})

    def examine(self, declaration_ids: Sequence[str]) -> list[Examined]:
        """Examine declarations of days already given, and let those who are caught react. A second look finds the same.

        Raises:
            DeclarationUnknown: there is no such declaration so far.
        """
        return [self._results.get(each) or self._examine(each) for each in declaration_ids]

    @property
    def truth(self) -> Columns:
        """Return what was true of every line given so far, for the judge only.

        `kind` is None where nothing is wrong; an honest mistake has a kind and is not `illicit`. `scheme` is None for
        who cheats now and then; "N1" is the scheme nobody had seen before `new_scheme_day`.
        """
        lies = [each.lies for each in self._past]
        kind = _joined([each.kind for each in lies], object)
        scheme = _joined([each.scheme for each in lies], int)
        names = np.array([*(each.name for each in self._schemes), None], dtype=object)
        return {
            "declaration_id": _joined([each.ids for each in self._past], object),
            "item": _joined([each.true["item"] for each in self._past], int),
            "illicit": (kind != None) & (kind != MISTAKE),  # noqa: E711 - by element
            "kind": kind,
            "scheme": names[scheme],
            "revenue_lost_usd": _joined([each.lost_usd for each in lies], float),
        }

    def _make_ground(self) -> Ground:
        catalogue = load_catalogue()
        in_union = np.array([name in catalogue.union for name in self._names])
        at = {name: number for number, name in enumerate(self._names)}
        partners = [at[each] for each in self._behaviour["partner"]["authorities"] if each not in self._importing]
        hubs = [at[each] for each in HUBS if each not in self._importing]
        fits = fitting(self._market, in_union=in_union)
        return Ground(
            self._market, self._behaviour, fits, in_union, np.array(partners), np.array(hubs), float(catalogue.vat)
        )

    def _before(self) -> Any:
        """Return each trader's declarations a day before the first day."""
        traders = self._market.traders
        rate = np.where(traders["start"] < 0, traders["rate"], 0.0)
        return rate / rate.sum() * self._period.lines_per_day / 1.6

    def _day(self, day: int, true: Columns) -> Day:
        for scheme in self._schemes:
            self._reacting.unnoticed(scheme, day=day)
        told, lies = lie(self._lies, self._ground, true, schemes=self._schemes, habits=self._habits, day=day)
        facts = partner_facts(self._partner, self._ground, true, told, lies)
        firsts = np.flatnonzero(true["item"] == 1)
        counts = true["items"][firsts]
        companies = self._habits.company[true["trader"][firsts]]
        facts |= {name: np.repeat(held, counts) for name, held in self._known.day(companies, day=day).items()}
        on = self._period.start + timedelta(days=day)
        ids = self._number(on, true, firsts, counts)
        self._past.append(_Past(day, ids, true, lies, np.repeat(companies, counts)))
        return Day(on, self._lines(on, ids, true, told, facts))

    def _number(self, on: date, true: Columns, firsts: Any, counts: Any) -> Any:
        homes = self._market.traders["home"][true["trader"][firsts]].tolist()
        made = []
        for home, first, count in zip(homes, firsts.tolist(), counts.tolist(), strict=True):
            self._serial += 1
            name = f"{self._importing[home]}{on.year % 100:02d}-{self._serial:08d}"
            self._place[name] = (len(self._past), first, count)
            made.append(name)
        return np.repeat(np.array(made, dtype=object), counts)

    def _lines(self, on: date, ids: Any, true: Columns, told: Columns, facts: Columns) -> Columns:
        lines = self._stating.lines(self._partner, true, told, habits=self._habits)
        midnight = np.datetime64(on.isoformat(), "s")
        accepted = midnight + true["second"].astype("timedelta64[s]")
        days = {
            "accepted_on": np.full(len(ids), on.isoformat(), dtype=object),
            "accepted_month": np.full(len(ids), float(on.month)),
            "accepted_weekday": np.full(len(ids), float(on.isoweekday())),
        }
        return {"declaration_id": ids, "item": true["item"], "accepted_at": accepted, **days, **lines, **facts}

    def _examine(self, declaration_id: str) -> Examined:
        try:
            day, first, count = self._place[declaration_id]
        except KeyError:
            raise DeclarationUnknown from None
        past, say, draw = self._past[day], self._behaviour["examination"], self._found
        outcome, recovered, most, caught = "no-irregularity", 0.0, -1.0, False
        if draw.random() < say["not_carried_out"]:
            return self._keep(Examined(declaration_id, "not-carried-out", 0.0))
        for row in range(first, first + count):
            kind = past.lies.kind[row]
            if kind is None or draw.random() >= self._finds(kind, float(past.lies.depth[row])):
                continue
            lost = float(past.lies.lost_usd[row])
            recovered += lost * draw.uniform(*say["recovered"])
            if lost > most:
                outcome, most = say["outcomes"][kind], lost
            if past.lies.scheme[row] >= 0 and not caught:
                caught = True
                scheme = self._schemes[past.lies.scheme[row]]
                self._reacting.caught(scheme, int(past.true["trader"][row]), day=len(self._past) - 1)
        if most < 0 and draw.random() < say["false_find"]:
            outcome = "documentary-irregularity"
        if outcome != "no-irregularity":
            self._known.irregular(int(past.companies[first]), day=len(self._past) - 1)
        return self._keep(Examined(declaration_id, outcome, round(recovered, 2)))

    def _finds(self, kind: str, depth: float) -> float:
        """Return the probability that an examination finds what is wrong."""
        say = self._behaviour["examination"]
        has_depth = kind in ("undervaluation", "quantity")
        return float(say["finds"][kind]) * (min(1.0, depth / say["easy_depth"]) if has_depth else 1.0)

    def _keep(self, result: Examined) -> Examined:
        self._results[result.declaration_id] = result
        return result


def _joined(parts: Sequence[Any], kind: type) -> Any:
    return np.concatenate(parts) if parts else np.array([], dtype=kind)
