"""How two values of one element compare, and by how much they differ.

Tolerances follow the mirror's: mass and quantity within 2 %; import CIF over export FOB between 0.95 and 1.25.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from comity.entrypoints.console.language import mark
from comity.entrypoints.console.present.cells import Cell, Difference, Look, Quantity, Row, State
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Party

SAME = Decimal("0.0005")  # rounding of declared figures
MASS_TOLERANCE = Decimal("0.02")
VALUE_LOWEST, VALUE_HIGHEST = Decimal("0.95"), Decimal("1.25")
_CENT = Decimal("0.01")

Convert = Callable[[Money, str], Money | None]
"""Convert an amount to a currency at the day's rate, or None when there is no rate."""


def compare_words(label: str, look: Look, ours: str | None, theirs: str | None, *, key: str = "") -> Row:
    """Compare two codes or texts; case and spaces at the ends do not count."""
    state = _state_of_presence(ours, theirs)
    if state is None:
        same = (ours or "").strip().casefold() == (theirs or "").strip().casefold()
        state = State.EQUAL if same else State.DIFFERENT
    word = mark("differs") if state is State.DIFFERENT else None
    return Row(label, Cell(look, ours), Cell(look, theirs), state, Difference(word=word) if word else None, key)


def compare_terms(label: str, ours: str | None, theirs: str | None) -> Row:
    """Compare two Incoterms: other terms are no irregularity, but explain a part of the difference in value."""
    row = compare_words(label, Look.CODE, ours, theirs)
    if row.state is not State.DIFFERENT:
        return row
    return replace(row, state=State.NEAR, difference=Difference(word=mark("explains freight and insurance")))


def compare_goods_codes(label: str, ours: str | None, theirs: str | None) -> Row:
    """Compare two goods codes: only the six digits of the Harmonized System are common to both countries."""
    state, word = _state_of_presence(ours, theirs), None
    if state is None:
        ours_code, theirs_code = ours or "", theirs or ""
        if ours_code[:6] == theirs_code[:6]:
            state = State.EQUAL if ours_code == theirs_code else State.NEAR
        else:
            state = State.DIFFERENT
            word = mark("other subheading")
            if ours_code[:2] != theirs_code[:2]:
                word = mark("other chapter")
            elif ours_code[:4] != theirs_code[:4]:
                word = mark("other heading")
    cells = Cell(Look.GOODS_CODE, ours), Cell(Look.GOODS_CODE, theirs)
    return Row(label, *cells, state, Difference(word=word) if word else None, "goods")


def compare_parties(label: str, ours: Party | None, theirs: Party | None) -> Row:
    """Compare two parties by identifier when both have one of the same country's form, else by name."""
    ours, theirs = _known(ours), _known(theirs)
    state = _state_of_presence(ours, theirs)
    if state is None and ours and theirs:
        by_id = ours.id is not None and ours.id == theirs.id
        by_name = bool(ours.name) and (ours.name or "").casefold().split() == (theirs.name or "").casefold().split()
        state = State.EQUAL if by_id or by_name else State.DIFFERENT
    word = mark("other party") if state is State.DIFFERENT else None
    cells = Cell(Look.PARTY, ours), Cell(Look.PARTY, theirs)
    return Row(label, *cells, state or State.EQUAL, Difference(word=word) if word else None, "party")


def compare_lists(label: str, ours: tuple[str, ...], theirs: tuple[str, ...], *, key: str = "") -> Row:
    """Compare two sets of references; one in common is enough to be near."""
    state, word = _state_of_presence(ours, theirs), None
    if state is None:
        if set(ours) == set(theirs):
            state = State.EQUAL
        elif set(ours) & set(theirs):
            state = State.NEAR
        else:
            state, word = State.DIFFERENT, mark("none in common")
    cells = Cell(Look.LIST, ours), Cell(Look.LIST, theirs)
    return Row(label, *cells, state, Difference(word=word) if word else None, key)


def compare_masses(label: str, ours: Decimal | None, theirs: Decimal | None, *, key: str = "mass") -> Row:
    """Compare two masses in kilograms."""
    row = _figures(label, Cell(Look.MASS, ours), Cell(Look.MASS, theirs), (ours, theirs), key=key)
    if row.difference is None or ours is None or theirs is None:
        return row
    amount = Cell(Look.MASS, ours - theirs)
    return Row(label, row.ours, row.theirs, row.state, Difference(row.difference.share, amount), key)


def compare_quantities(label: str, ours: Quantity | None, theirs: Quantity | None) -> Row:
    """Compare two quantities; in different units they only stand beside each other."""
    cells = Cell(Look.QUANTITY, ours), Cell(Look.QUANTITY, theirs)
    if ours and theirs and (ours.unit or "") != (theirs.unit or ""):
        return Row(label, *cells, State.NEAR, Difference(word=mark("other unit")), "quantity")
    pair = (ours.amount if ours else None, theirs.amount if theirs else None)
    row = _figures(label, *cells, pair, key="quantity")
    if row.difference is None or ours is None or theirs is None:
        return row
    amount = Cell(Look.QUANTITY, Quantity(ours.amount - theirs.amount, ours.unit))
    return Row(label, *cells, row.state, Difference(row.difference.share, amount), "quantity")


def compare_counts(label: str, ours: int | None, theirs: int | None) -> Row:
    """Compare two counts, such as packages."""
    pair = tuple(None if value is None else Decimal(value) for value in (ours, theirs))
    row = _figures(label, Cell(Look.COUNT, ours), Cell(Look.COUNT, theirs), (pair[0], pair[1]), key="packages")
    if row.difference is None or ours is None or theirs is None:
        return row
    amount = Cell(Look.COUNT, Decimal(ours - theirs))
    return Row(label, row.ours, row.theirs, row.state, Difference(row.difference.share, amount), row.key)


def compare_amounts(
    label: str, ours: Money | None, theirs: Money | None, *, convert: Convert, duty_share: Decimal | None, key: str
) -> Row:
    """Compare two amounts at the day's rate, in our currency; each is also shown in the other's."""
    in_ours = convert(theirs, ours.currency) if ours and theirs else None
    in_theirs = convert(ours, theirs.currency) if ours and theirs and ours.currency != theirs.currency else None
    also = in_ours if ours and theirs and ours.currency != theirs.currency else None
    look = Look.PER_KILOGRAM if key == "unit-value" else Look.MONEY
    cells = Cell(look, ours, in_theirs), Cell(look, theirs, also)
    if ours and theirs and in_ours is None:
        return Row(label, *cells, State.NEAR, Difference(word=mark("no exchange rate for the day")), key)
    pair = (ours.amount if ours else None, in_ours.amount if in_ours else (theirs.amount if theirs else None))
    row = _figures(label, *cells, pair, key=key)
    if row.difference is None or ours is None or in_ours is None:
        return row
    gap = ours.amount - in_ours.amount
    duty = None
    if gap < 0 and duty_share and row.state is State.DIFFERENT:
        duty = Money((-gap * duty_share).quantize(_CENT, ROUND_HALF_UP), ours.currency)
    amount = Cell(look, Money(gap.quantize(_CENT, ROUND_HALF_UP), ours.currency))
    state = State.NEAR if key == "unit-value" else row.state  # the amount's own row is marked: not twice
    return Row(label, *cells, state, Difference(row.difference.share, amount, duty), key)


def _figures(label: str, ours: Cell, theirs: Cell, pair: tuple[Decimal | None, Decimal | None], *, key: str) -> Row:
    state = _state_of_presence(*pair)
    if state is not None:
        return Row(label, ours, theirs, state, None, key)
    our_figure, their_figure = pair
    if not our_figure or not their_figure:
        same = our_figure == their_figure
        return Row(label, ours, theirs, State.EQUAL if same else State.DIFFERENT, None if same else Difference(), key)
    share = our_figure / their_figure - 1
    if abs(share) <= SAME:
        return Row(label, ours, theirs, State.EQUAL, None, key)
    is_value = ours.look in (Look.MONEY, Look.PER_KILOGRAM)
    near = VALUE_LOWEST - 1 <= share <= VALUE_HIGHEST - 1 if is_value else abs(share) <= MASS_TOLERANCE
    return Row(label, ours, theirs, State.NEAR if near else State.DIFFERENT, Difference(share), key)


def _state_of_presence(ours: object, theirs: object) -> State | None:
    absent = (None, "", ())
    if ours in absent and theirs in absent:
        return State.EQUAL
    return State.ONE_SIDED if ours in absent or theirs in absent else None


def _known(party: Party | None) -> Party | None:
    return party if party and (party.id or party.name) else None
