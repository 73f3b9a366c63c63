"""A market of two countries as mirror records, with its truth: repeated traders, noise, consolidations, planted fraud.

Smaller than the demo's world and independent of it, so that neither is tuned to the other.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from comity.features.mirror.record import MirrorRecord
from comity.foundation.trade.money import Money
from tests.unit.mirror.records import EXPORTED_ON, export, line, mirror_image, with_lines, without_keys

FIRST = (
    "Alba Boma Chui Duma Embu Faru Garo Hima Ilmo Jua Kito Lamu Mara Nyika Ober Pemba Rongo Siaya Taita Uhuru".split()
)
TRADE = "Tea Coffee Steel Cement Textile Motors Foods Plastics Timber Chemicals".split()
CODES = "090240 090121 252329 720836 610910 870323 392410 440710 310210 170199 151190 220300".split()
TYPICAL_DAYS = {"1": 25, "3": 5, "4": 2}
KINDS = "undervaluation overvaluation mass quantity goods-shift origin container-elsewhere ghost-import orphan-export".split()


@dataclass
class Market:
    """The records of both sides, which belong together, and what was planted where (by record id)."""

    imports: list[MirrorRecord] = field(default_factory=list)
    exports: list[MirrorRecord] = field(default_factory=list)
    truth: set[tuple[str, str]] = field(default_factory=set)
    planted: dict[str, str] = field(default_factory=dict)
    clean: set[str] = field(default_factory=set)
    last_number: int = 0


def make_market(seed: int, *, consignments: int, weak_share: float) -> Market:
    draw, market = random.Random(seed), Market()
    exporters = [(f"P{n:06}", f"{draw.choice(FIRST)} {draw.choice(FIRST)} {draw.choice(TRADE)} Ltd") for n in range(60)]
    importers = [(f"T{n:06}", f"{draw.choice(FIRST)} {draw.choice(TRADE)} Importers Ltd") for n in range(60)]
    customers = {exporter[0]: draw.sample(importers, 3) for exporter in exporters}
    for _ in range(consignments):
        exporter = draw.choice(exporters)
        importer = draw.choice(customers[exporter[0]])
        parts = _exports(draw, exporter, importer, first=market.last_number + 1)
        market.last_number += len(parts)
        received = _import(draw, parts, exporter, importer, weak_share)
        kind = draw.choice(KINDS) if draw.random() < 0.12 else None
        _add(draw, market, parts, received, kind)
    return market


def _exports(draw, exporter, importer, *, first):
    day = EXPORTED_ON + timedelta(days=draw.randrange(120))
    mode = draw.choice("33314")
    count = 1 if draw.random() > 0.08 else draw.randrange(2, 5)
    parts = []
    for number in range(first, first + count):
        masses = [draw.lognormvariate(8, 1) // 1 + 50 for _ in range(draw.choice([1, 1, 1, 2, 3]))]
        goods = [
            line(draw.choice(CODES), mass=str(mass), value=str(round(mass * draw.uniform(0.5, 9), 2)))
            for mass in masses
        ]
        parts.append(
            export(
                number,
                *goods,
                exporter_id=exporter[0],
                exporter_name=exporter[1],
                importer_id=None,
                importer_name=importer[1],
                date=day + timedelta(days=draw.randrange(2)),
                mode=mode,
                packages=draw.randrange(1, 900),
            )
        )
    shared = {"containers": parts[0].containers, "transport_documents": parts[0].transport_documents}
    return [replace(each, **shared) for each in parts]


def _import(draw, parts, exporter, importer, weak_share):
    typical = TYPICAL_DAYS[parts[0].mode]
    image = mirror_image(parts[0], days=max(2, int(draw.gauss(typical, typical / 3))))
    weighed = [_weighed(draw, each) for part in parts for each in part.lines]
    image = replace(
        with_lines(image, *weighed),
        exporter_id=None,
        exporter_name=_varied(draw, exporter[1]),
        importer_id=importer[0],
        importer_name=_varied(draw, importer[1]),
        packages=sum(part.packages for part in parts),
        previous_ids=tuple(part.mrn for part in parts),
        ucrs=tuple(part.ucrs[0] for part in parts),
    )
    if draw.random() < weak_share:
        return without_keys(image)
    return image if draw.random() < 0.7 else replace(image, previous_ids=())


def _weighed(draw, goods):
    error = Decimal(str(round(draw.uniform(0.992, 1.008), 4)))
    return replace(goods, gross_mass_kg=goods.gross_mass_kg * error, net_mass_kg=goods.net_mass_kg * error)


def _varied(draw, name):
    cut = draw.randrange(2, len(name) - 5)
    return draw.choice([name, name.upper(), name.replace("Ltd", "Limited"), name[:cut] + name[cut + 1 :], f"{name}."])


def _add(draw, market, parts, received, kind):
    if kind == "container-elsewhere" and not received.containers:
        kind = None
    if kind == "orphan-export":
        market.exports += parts
        market.planted |= {part.id: kind for part in parts}
        return
    market.imports.append(_altered(draw, received, kind))
    if kind is None:
        market.clean.add(received.id)
    else:
        market.planted[received.id] = kind
    if kind != "ghost-import":
        market.exports += parts
        market.truth |= {(received.id, part.id) for part in parts}


def _altered(draw, received, kind):
    share = Decimal(str(round(draw.uniform(0.4, 0.85), 3)))
    first, others = received.lines[0], received.lines[1:]
    if kind == "undervaluation":
        return with_lines(received, *(_valued(each, share) for each in received.lines))
    if kind == "overvaluation":
        return with_lines(received, *(_valued(each, 1 / share) for each in received.lines))
    if kind == "mass":
        lighter = (
            replace(each, gross_mass_kg=each.gross_mass_kg * share, net_mass_kg=each.net_mass_kg * share)
            for each in received.lines
        )
        return with_lines(received, *lighter)
    if kind == "quantity":
        return with_lines(received, *(replace(each, quantity=each.quantity * share) for each in received.lines))
    if kind == "goods-shift":
        other = draw.choice([code for code in CODES if code not in {each.hs6 for each in received.lines}])
        return with_lines(received, replace(first, hs6=other, hs_code=other), *others)
    if kind == "origin":
        return with_lines(received, replace(first, origin="CN"), *others)
    if kind == "container-elsewhere":
        return replace(received, containers=("TGHU7654321",))
    return received


def _valued(goods, factor):
    return replace(goods, value=Money(round(goods.value.amount * factor, 2), goods.value.currency))
