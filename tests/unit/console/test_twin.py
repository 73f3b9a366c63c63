from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from comity.entrypoints.console.present.cells import State
from comity.entrypoints.console.present.facts import duty_share_of
from comity.entrypoints.console.present.merge import merge_records, side_by_side
from comity.entrypoints.console.present.strip import HIGHEST, LOWEST, WIDTH, draw_strip, place
from comity.entrypoints.console.present.twin import compare, pair_lines
from comity.foundation.trade.declaration import (
    Commodity,
    Declaration,
    DeclarationKind,
    DutyTaxFee,
    GoodsItem,
    GoodsShipment,
)
from comity.foundation.trade.money import Money


def usd(amount):
    return Money(Decimal(amount), "USD")


def item(code="610910", mass="100", value="1000", **more):
    return GoodsItem(commodity=Commodity(code=code), net_mass_kg=Decimal(mass), invoice_amount=usd(value), **more)


def declaration(*items, kind=DeclarationKind.IMPORT):
    return Declaration(kind=kind, goods_shipment=GoodsShipment(items=items))


def same(amount, currency):
    return amount if amount.currency == currency else None


def marked(twin):
    return [row.label for line in twin.lines for row in line.rows if row.state is State.DIFFERENT]


def test_equal_declarations_have_no_difference():
    twin = compare(declaration(item()), declaration(item()), convert=same)

    assert twin.different == 0
    assert twin.value_ratio == 1


def test_an_undervalued_line_is_marked_and_its_duty_counted():
    dutiable = replace(
        item(value="500"),
        customs_value=usd(500),
        commodity=Commodity(code="610910", duties=(DutyTaxFee("A00", assessed=usd(125)),)),
    )

    twin = compare(declaration(dutiable), declaration(item()), convert=same)

    assert marked(twin) == ["Invoice amount"]
    assert twin.duty_at_stake == Money(Decimal("125.00"), "USD")
    assert twin.value_ratio == Decimal("0.5")


def test_lines_pair_by_subheading_and_nearest_mass_whatever_their_order():
    ours = (item("610910", "10"), item("620342", "20"), item("610910", "30"))
    theirs = (item("610910", "31"), item("620342", "20"), item("610910", "11"))

    pairs = pair_lines(ours, theirs)

    assert [numbers for _, _, numbers in pairs] == [(1, 3), (2, 2), (3, 1)]


def test_a_line_that_the_other_side_has_not_is_one_difference():
    twin = compare(declaration(item()), declaration(item(), item("852872")), convert=same)

    assert [(line.our_number, line.their_number) for line in twin.lines] == [(1, 1), (None, 2)]
    assert twin.lines[1].different == 1


def test_several_exports_that_became_one_import_are_added_up():
    records = [declaration(item(value="400"), kind=DeclarationKind.EXPORT), declaration(item("620342", value="600"))]

    whole = merge_records(records)

    assert whole.invoice_amount == usd(1000)
    assert len(whole.goods_shipment.items) == 2
    assert compare(declaration(item(value="400"), item("620342", value="600")), whole, convert=same).different == 0


def test_totals_that_one_record_does_not_state_stay_unknown():
    whole = merge_records([declaration(item()), declaration(replace(item(), invoice_amount=None))])

    assert whole.invoice_amount is None
    assert merge_records([]) is None


def test_a_duty_share_comes_from_what_is_assessed_else_from_the_rates():
    assessed = replace(item(), customs_value=usd(200), commodity=Commodity(duties=(DutyTaxFee(assessed=usd(50)),)))
    rated = replace(item(), commodity=Commodity(duties=(DutyTaxFee(rate=Decimal(25)), DutyTaxFee(rate=Decimal(18)))))

    assert duty_share_of(assessed) == Decimal("0.25")
    assert duty_share_of(rated) == Decimal("0.43")
    assert duty_share_of(item()) is None


@given(st.lists(st.sampled_from(["610910", "610990", "852872", "", "62"]), max_size=6), st.integers(0, 6))
def test_every_line_of_both_sides_appears_exactly_once(codes, split):
    ours = tuple(item(code) for code in codes[:split])
    theirs = tuple(item(code) for code in codes[split:])

    numbers = [numbers for _, _, numbers in pair_lines(ours, theirs)]

    assert sorted(number for number, _ in numbers if number) == list(range(1, len(ours) + 1))
    assert sorted(number for _, number in numbers if number) == list(range(1, len(theirs) + 1))


@given(st.decimals(min_value=0, max_value=1000, allow_nan=False))
def test_the_mark_of_the_strip_never_leaves_it(ratio):
    strip = draw_strip(ratio)

    assert 0 <= strip.here_at <= WIDTH
    assert 0 < strip.text_at < WIDTH


def test_the_strip_shows_the_usual_band_between_its_ends():
    assert place(LOWEST) == 0
    assert place(HIGHEST) == WIDTH
    assert draw_strip(None) is None
    assert draw_strip(Decimal("0.5")).low_at < draw_strip(Decimal("0.5")).high_at


def test_a_split_is_compared_as_a_whole():
    export = declaration(item(mass="300", value="3000"), item("620342", mass="100", value="900"))
    parts = [
        declaration(item(mass="200", value="2000")),
        declaration(item(mass="100", value="1000"), item("620342", value="900")),
    ]

    ours, theirs = side_by_side(parts, [export])

    assert compare(ours, theirs, convert=same).different == 0
    assert [line.goods_shipment.items[0].net_mass_kg for line in (ours, theirs)] == [300, 300]


def test_a_consolidation_of_the_same_goods_is_compared_by_their_sums():
    exports = [declaration(item(mass="40", value="400")), declaration(item(mass="60", value="600"))]

    ours, theirs = side_by_side([declaration(item(mass="100", value="1000"))], exports)

    assert compare(ours, theirs, convert=same).different == 0


def test_a_part_that_is_missing_shows_in_the_sum_and_goods_of_other_origin_stay_apart():
    export = declaration(item(mass="300", value="3000", origin_country="KE"), item(value="50", origin_country="CN"))
    parts = [declaration(item(mass="100", value="1000", origin_country="KE")) for _ in range(2)]

    ours, theirs = side_by_side(parts, [export])

    assert len(theirs.goods_shipment.items) == 2
    assert "Net mass" in marked(compare(ours, theirs, convert=same))


def test_one_record_beside_one_record_keeps_its_lines():
    lines = (item(mass="40"), item(mass="60"))

    ours, theirs = side_by_side([declaration(*lines)], [declaration(*lines)])

    assert ours.goods_shipment.items == theirs.goods_shipment.items == lines
    assert side_by_side([declaration(*lines)], [])[1] is None
