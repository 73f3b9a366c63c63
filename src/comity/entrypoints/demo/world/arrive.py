"""What does the importer honestly state of what was exported, and what honest noise is in it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from comity.entrypoints.demo.world.catalogue import weighted
from comity.entrypoints.demo.world.load import Scene
from comity.entrypoints.demo.world.statement import Line, Statement, kilograms, money, to_decimal
from comity.entrypoints.demo.world.traders import Partnership
from comity.foundation.trade.parties import Party

MRN, UCR, TRANSPORT, NONE = "mrn", "ucr", "transport", "none"
LINKS = {MRN: 60, UCR: 14, TRANSPORT: 16, NONE: 10}
"""What an import cites of its export, per cent: a guess with no published figure behind it."""

REWEIGHED, WEIGHING_ERROR = 0.3, 0.008  # share of consignments weighed again; largest difference, under 1 %
OTHER_CURRENCY, OTHER_DAYS = 0.15, 10  # share invoiced in USD instead; the rate's age in days at most
MISTYPED, WITHOUT_CONTAINER, WITHOUT_UCR = 0.2, 0.04, 0.12
RESTUFFED = 0.15  # share of the loads reloaded at the border that go on in another container, not loose: a guess
EXW_TO_FRONTIER = 1.015  # carriage and clearance in the exporting country, which EXW leaves to the buyer: a guess
INSURANCE = (0.003, 0.006)  # of the price


@dataclass(frozen=True, slots=True)
class Arrival:
    """An honest import statement and what it cites."""

    statement: Statement
    link: str


def arrive(
    scene: Scene, trade: Partnership, exports: Sequence[Statement], *, at: datetime, link: str | None = None
) -> Arrival:
    """Return the honest import of these exports (several are consolidated). `link` is drawn when None."""
    random, numbers, first = scene.random, scene.numbers, exports[0]
    drawn = link or weighted(random, list(LINKS), list(LINKS.values()))
    ucr = first.ucr if len(exports) == 1 else None
    if drawn == UCR and ucr is None:
        drawn = TRANSPORT
    is_moved = drawn in (UCR, NONE)  # reloaded at the border: no box or another, another paper
    currency = "USD" if random.random() < OTHER_CURRENCY else first.currency
    rate_on = at - timedelta(days=random.randint(0, OTHER_DAYS))
    lines = _weighed(random, [line for export in exports for line in _priced(scene, export, currency, rate_on)])
    containers = tuple(dict.fromkeys(box for export in exports for box in export.containers))
    if containers and is_moved:
        containers = (numbers.container(),) if random.random() < RESTUFFED else ()
    if random.random() < WITHOUT_CONTAINER and drawn != TRANSPORT:
        containers = ()
    route = first.route
    waybills = tuple(dict.fromkeys(paper for export in exports for paper in export.waybills))
    if drawn == NONE or ((drawn == TRANSPORT or random.random() < WITHOUT_UCR) and drawn != UCR):
        ucr = None
    gross = sum((line.gross_mass_kg for line in lines), Decimal(0))
    price = sum((line.price for line in lines), Decimal(0))
    freight = scene.rates.convert(gross * to_decimal(random.uniform(*route.usd_kg)), "USD", currency, on=at.date())
    statement = replace(
        first,
        reference=numbers.reference(trade.import_broker.party.id or "", at.date()),
        mrn=numbers.mrn(scene.countries[1], trade.importer.place.office, at.date()),
        at=at,
        office=trade.importer.place.office,
        declarant=trade.import_broker.party,
        exporter=_abroad(random, first.exporter),
        importer=trade.importer.party,
        lines=tuple(lines),
        currency=currency,
        term=trade.import_term,
        freight=money(freight),
        insurance=money(price * to_decimal(random.uniform(*INSURANCE))),
        containers=containers,
        waybills=(numbers.waybill(route.document),) if is_moved else waybills,
        ucr=ucr,
        invoice=first.invoice if drawn != NONE else numbers.invoice(trade.importer.party.id or "", at.date()),
        vehicle=numbers.plate(scene.countries[1]) if is_moved else first.vehicle,
        procedure=("61", "21") if first.procedure[0] == "31" else ("40", "00"),
        cites=tuple(export.mrn for export in exports) if drawn == MRN else (),
    )
    return Arrival(statement, drawn)


def depart(scene: Scene, export: Statement) -> Statement:
    """Return the export statement as its declarant writes it: the foreign importer without number, maybe mistyped."""
    return replace(export, importer=_abroad(scene.random, export.importer))


def _priced(scene: Scene, export: Statement, currency: str, rate_on: datetime) -> list[Line]:
    """Return the lines with prices at the frontier, in the import's currency at another day's rate."""
    factor = to_decimal(EXW_TO_FRONTIER) if export.term == "EXW" else Decimal(1)
    return [
        replace(
            line,
            price=money(scene.rates.convert(line.price * factor, export.currency, currency, on=rate_on.date())),
        )
        for line in export.lines
    ]


def _weighed(random: Random, lines: list[Line]) -> list[Line]:
    if random.random() >= REWEIGHED:
        return lines
    factor = to_decimal(1 + random.uniform(-WEIGHING_ERROR, WEIGHING_ERROR))
    return [
        replace(
            line, net_mass_kg=kilograms(line.net_mass_kg * factor), gross_mass_kg=kilograms(line.gross_mass_kg * factor)
        )
        for line in lines
    ]


def _abroad(random: Random, party: Party) -> Party:
    """Return the party as the other country writes it: without its number, its name mistyped now and then."""
    name = party.name or ""
    return replace(party, id=None, name=mistype(random, name) if random.random() < MISTYPED else name)


def mistype(random: Random, name: str) -> str:
    """Return the name with up to three letters wrong: swapped, doubled or left out."""
    letters = list(name)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(1, len(letters) - 1)
        if not (letters[at].isalpha() and letters[at + 1].isalpha()):
            continue
        fault = random.randrange(3)
        if fault == 0:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif fault == 1:
            letters.insert(at, letters[at])
        else:
            del letters[at]
    return "".join(letters)
