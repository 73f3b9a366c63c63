"""How does one consignment run, from loading to the import? Plain, consolidated, split, returned, or irregular."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from comity.entrypoints.demo.world.arrive import MRN, NONE, arrive, depart
from comity.entrypoints.demo.world.distort import claim_origin, distort
from comity.entrypoints.demo.world.load import Scene, lag, load
from comity.entrypoints.demo.world.revenue import lost, revenue
from comity.entrypoints.demo.world.statement import Line, Statement, scale
from comity.entrypoints.demo.world.traders import Partnership
from comity.entrypoints.demo.world.truth import IrregularityKind
from comity.foundation.trade.money import Money

PLAIN, CONSOLIDATED, SPLIT, RETURN = "plain", "consolidated", "split", "return"
NOTHING = Money(Decimal("0.00"), "USD")
GROUPAGE = 0.6  # share of consolidations that travel in one container: a guess
LATEST_PART_HOURS = 70  # between the two imports of a split consignment: a guess
FALSE_CITATION = 0.7  # share of ghost imports that cite an export: a guess


@dataclass(frozen=True, slots=True)
class Earlier:
    """What went before, for those who misuse it: MRNs of exports, and (container, day of export)."""

    mrns: Sequence[str]
    containers: Sequence[tuple[str, datetime]]


@dataclass(frozen=True, slots=True)
class Consigned:
    """The statements both sides make of one consignment, and the truth. `pairs` are (export, import) references."""

    exports: tuple[Statement, ...]
    imports: tuple[Statement, ...]
    pairs: tuple[tuple[str, str], ...]
    shape: str
    link: str
    kind: IrregularityKind | None = None
    leaves_trace: bool = False
    lost: Money = NOTHING


def consign(
    scene: Scene, trade: Partnership, *, at: datetime, kind: IrregularityKind | None, shape: str, earlier: Earlier
) -> Consigned:
    """Return one consignment that is loaded at this time. An irregular one is always plain."""
    if kind is not None:
        return _IRREGULAR.get(kind, _distorted)(scene, trade, at, kind, earlier)
    return _HONEST[shape](scene, trade, at)


def _plain(scene: Scene, trade: Partnership, at: datetime) -> Consigned:
    export = load(scene, trade, at=at, kind=None)
    arrival = arrive(scene, trade, [export], at=_arrives(scene, export))
    pairs = ((export.reference, arrival.statement.reference),)
    return Consigned((depart(scene, export),), (arrival.statement,), pairs, PLAIN, arrival.link)


def _returned(scene: Scene, trade: Partnership, at: datetime) -> Consigned:
    export = load(scene, trade, at=at, kind=None, is_return=True)
    arrival = arrive(scene, trade, [export], at=_arrives(scene, export))
    pairs = ((export.reference, arrival.statement.reference),)
    return Consigned((depart(scene, export),), (arrival.statement,), pairs, RETURN, arrival.link)


def _consolidated(scene: Scene, trade: Partnership, at: datetime) -> Consigned:
    random = scene.random
    count = random.choice((2, 2, 3, 4))
    loads = [load(scene, trade, at=at + timedelta(hours=random.randint(0, 30)), kind=None) for _ in range(count)]
    exports = [replace(held, lines=tuple(scale(line, 1 / count) for line in held.lines)) for held in loads]
    exports = [replace(held, route=exports[0].route) for held in exports]
    if random.random() < GROUPAGE:
        box = next((held.containers for held in exports if held.containers), ())
        exports = [replace(held, containers=box) for held in exports]
    last = max(exports, key=lambda held: held.at)
    arrival = arrive(scene, trade, exports, at=_arrives(scene, last))
    pairs = tuple((held.reference, arrival.statement.reference) for held in exports)
    told = tuple(depart(scene, held) for held in exports)
    return Consigned(told, (arrival.statement,), pairs, CONSOLIDATED, arrival.link)


def _split(scene: Scene, trade: Partnership, at: datetime) -> Consigned:
    export = load(scene, trade, at=at, kind=None)
    if any(line.packages < 2 for line in export.lines):
        return _plain(scene, trade, at)
    share = scene.random.uniform(0.3, 0.7)
    first = tuple(scale(line, share) for line in export.lines)
    rest = tuple(_rest(line, part) for line, part in zip(export.lines, first, strict=True))
    arrives = _arrives(scene, export)
    one = arrive(scene, trade, [replace(export, lines=first)], at=arrives)
    later = arrives + timedelta(hours=scene.random.randint(1, LATEST_PART_HOURS))
    other = arrive(scene, trade, [replace(export, lines=rest)], at=later, link=one.link)
    imports = (one.statement, other.statement)
    pairs = tuple((export.reference, held.reference) for held in imports)
    return Consigned((depart(scene, export),), imports, pairs, SPLIT, one.link)


def _rest(line: Line, part: Line) -> Line:
    return replace(
        line,
        packages=line.packages - part.packages,
        net_mass_kg=line.net_mass_kg - part.net_mass_kg,
        gross_mass_kg=line.gross_mass_kg - part.gross_mass_kg,
        quantity=None if line.quantity is None or part.quantity is None else line.quantity - part.quantity,
        price=line.price - part.price,
    )


def _distorted(scene: Scene, trade: Partnership, at: datetime, kind: IrregularityKind, _earlier: Earlier) -> Consigned:
    export = load(scene, trade, at=at, kind=kind)
    arrival = arrive(scene, trade, [export], at=_arrives(scene, export))
    told = distort(scene, kind, export=export, import_=arrival.statement)
    return Consigned(
        exports=(depart(scene, told.export),),
        imports=(told.import_,),
        pairs=((export.reference, told.import_.reference),),
        shape=PLAIN,
        link=arrival.link,
        kind=kind,
        leaves_trace=told.leaves_trace,
        lost=lost(scene, true=arrival.statement, declared=told.import_),
    )


def _orphan(scene: Scene, trade: Partnership, at: datetime, kind: IrregularityKind, _earlier: Earlier) -> Consigned:
    """Load an export whose goods enter without any import declaration."""
    export = load(scene, trade, at=at, kind=kind)
    undeclared = arrive(scene, trade, [export], at=_arrives(scene, export)).statement
    told = (depart(scene, export),)
    return Consigned(told, (), (), PLAIN, NONE, kind, leaves_trace=True, lost=revenue(scene, undeclared))


def _ghost(scene: Scene, trade: Partnership, at: datetime, kind: IrregularityKind, earlier: Earlier) -> Consigned:
    """Make an import of goods from elsewhere that claims to come from the exporting country.

    It cites a number no export has, the number of another's export, or nothing.
    """
    random = scene.random
    source = load(scene, trade, at=at, kind=kind)
    true = arrive(scene, trade, [source], at=_arrives(scene, source), link=NONE).statement
    cites: tuple[str, ...] = ()
    if random.random() < FALSE_CITATION:
        reused = random.choice(earlier.mrns[-200:]) if earlier.mrns and random.random() < 0.5 else None
        cites = (reused or scene.numbers.mrn(scene.countries[0], source.office, at.date()),)
    told = replace(claim_origin(true, scene.countries[0]), cites=cites)
    link = MRN if cites else NONE
    evaded = lost(scene, true=true, declared=told)
    return Consigned((), (told,), (), PLAIN, link, kind, leaves_trace=True, lost=evaded)


def _container_twice(
    scene: Scene, trade: Partnership, at: datetime, kind: IrregularityKind, earlier: Earlier
) -> Consigned:
    """Let the import claim the container of another's consignment, or two consignments of one day claim the same."""
    random = scene.random
    export = load(scene, trade, at=at, kind=kind)
    arrival = arrive(scene, trade, [export], at=_arrives(scene, export))
    others = [box for box, when in earlier.containers[-60:] if at - when < timedelta(days=5)]
    if others and random.random() < 0.5:
        told = replace(arrival.statement, containers=(random.choice(others),))
        pairs = ((export.reference, told.reference),)
        return Consigned((depart(scene, export),), (told,), pairs, PLAIN, arrival.link, kind, leaves_trace=True)
    second = replace(
        load(scene, trade, at=at + timedelta(hours=random.randint(1, 9)), kind=kind), containers=export.containers
    )
    also = arrive(scene, trade, [second], at=_arrives(scene, second))
    imports = tuple(replace(held.statement, containers=export.containers) for held in (arrival, also))
    both = ((export.reference, imports[0].reference), (second.reference, imports[1].reference))
    told_exports = (depart(scene, export), depart(scene, second))
    return Consigned(told_exports, imports, both, PLAIN, arrival.link, kind, leaves_trace=True)


def _arrives(scene: Scene, export: Statement) -> datetime:
    return export.at + lag(scene.random, export.route)


_HONEST: dict[str, Callable[[Scene, Partnership, datetime], Consigned]] = {
    PLAIN: _plain,
    CONSOLIDATED: _consolidated,
    SPLIT: _split,
    RETURN: _returned,
}
_IRREGULAR: dict[IrregularityKind, Callable[[Scene, Partnership, datetime, IrregularityKind, Earlier], Consigned]] = {
    IrregularityKind.ORPHAN_EXPORT: _orphan,
    IrregularityKind.GHOST_IMPORT: _ghost,
    IrregularityKind.CONTAINER_TWICE: _container_twice,
}
