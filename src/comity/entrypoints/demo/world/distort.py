"""How is an honest statement turned into an irregular one? One function for each way of lying in the goods' lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from comity.entrypoints.demo.world.load import Scene
from comity.entrypoints.demo.world.statement import Line, Statement, kilograms, money, scale, to_decimal, whole
from comity.entrypoints.demo.world.truth import IrregularityKind

COLLUSION = 0.15  # share of value and origin schemes in which the exporter tells the same untruth: a guess
UNDERVALUED, OVERVALUED = (0.35, 0.8), (1.45, 2.8)  # of the true price
UNDER_DECLARED = (0.5, 0.85)  # share of quantity or mass that is declared
MISSING = (0.3, 0.7)  # share of one kind of goods that does not arrive, unless all of it


@dataclass(frozen=True, slots=True)
class Distorted:
    """The two statements as told. `leaves_trace` is False where both tell the same untruth."""

    export: Statement
    import_: Statement
    leaves_trace: bool = True


def distort(scene: Scene, kind: IrregularityKind, *, export: Statement, import_: Statement) -> Distorted:
    """Return the statements with an irregularity of the goods. Kinds of whole consignments are made elsewhere.

    Raises:
        KeyError: the kind is not one of the goods.
    """
    return _WAYS[kind](scene, export, import_)


def claim_origin(statement: Statement, country: str) -> Statement:
    """Return the statement with every line of this origin."""
    return replace(statement, lines=tuple(replace(line, origin=country) for line in statement.lines))


def _undervalue(scene: Scene, export: Statement, import_: Statement) -> Distorted:
    factor = to_decimal(scene.random.uniform(*UNDERVALUED))
    if scene.random.random() < COLLUSION:
        return Distorted(_repriced(export, factor), _repriced(import_, factor), leaves_trace=False)
    return Distorted(export, _repriced(import_, factor))


def _overvalue(scene: Scene, export: Statement, import_: Statement) -> Distorted:
    return Distorted(export, _repriced(import_, to_decimal(scene.random.uniform(*OVERVALUED))))


def _hide_quantity(scene: Scene, export: Statement, import_: Statement) -> Distorted:
    share = scene.random.uniform(*UNDER_DECLARED)
    return Distorted(export, replace(import_, lines=tuple(_part(line, share) for line in import_.lines)))


def _hide_mass(scene: Scene, export: Statement, import_: Statement) -> Distorted:
    factor = to_decimal(scene.random.uniform(*UNDER_DECLARED))
    lines = tuple(
        replace(
            line, net_mass_kg=kilograms(line.net_mass_kg * factor), gross_mass_kg=kilograms(line.gross_mass_kg * factor)
        )
        for line in import_.lines
    )
    return Distorted(export, replace(import_, lines=lines))


def _shift_goods(scene: Scene, export: Statement, import_: Statement) -> Distorted:
    return Distorted(export, replace(import_, lines=tuple(_shifted(scene, line) for line in import_.lines)))


def _shifted(scene: Scene, line: Line) -> Line:
    if line.lower is None:
        return line
    words, duty = scene.catalogue.lower[line.lower]
    return replace(line, hs6=line.lower, words=words, duty=duty, quantity=None, unit=None)


def _launder_origin(scene: Scene, export: Statement, import_: Statement) -> Distorted:
    country = scene.countries[0]
    claimed = claim_origin(import_, country)
    if scene.random.random() < COLLUSION:
        return Distorted(claim_origin(export, country), claimed, leaves_trace=False)
    return Distorted(export, claimed)


def _land_short(scene: Scene, export: Statement, import_: Statement) -> Distorted:
    random = scene.random
    at = random.randrange(len(import_.lines))
    lines = list(import_.lines)
    if len(lines) > 1 and random.random() < 0.5:
        del lines[at]
    else:
        lines[at] = _part(lines[at], 1 - random.uniform(*MISSING))
    return Distorted(export, replace(import_, lines=tuple(lines)))


def _repriced(statement: Statement, factor: Decimal) -> Statement:
    lines = tuple(replace(line, price=money(line.price * factor)) for line in statement.lines)
    return replace(statement, lines=lines)


def _part(line: Line, share: float) -> Line:
    """Return part of the goods: by whole packages where there are several, else of what is in the one."""
    if line.packages >= 8:
        return scale(line, share)
    factor = to_decimal(share)
    return replace(
        line,
        net_mass_kg=kilograms(line.net_mass_kg * factor),
        gross_mass_kg=kilograms(line.gross_mass_kg * factor),
        quantity=None if line.quantity is None else whole(line.quantity * factor),
        price=money(line.price * factor),
    )


_WAYS: dict[IrregularityKind, Callable[[Scene, Statement, Statement], Distorted]] = {
    IrregularityKind.UNDERVALUATION: _undervalue,
    IrregularityKind.OVERVALUATION: _overvalue,
    IrregularityKind.QUANTITY: _hide_quantity,
    IrregularityKind.MASS: _hide_mass,
    IrregularityKind.GOODS_SHIFT: _shift_goods,
    IrregularityKind.ORIGIN: _launder_origin,
    IrregularityKind.SHORT_LANDED: _land_short,
}
