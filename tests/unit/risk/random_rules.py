"""What rules and rows may there be? Hypothesis strategies for the rule language, with unknowns, zeros and limits."""

from __future__ import annotations

from hypothesis import strategies as st

from comity.features.risk.columns import COLUMNS, SqlType

NUMBERS = ("net_mass_kg", "quantity", "invoice_value_usd", "item_count", "containers")
TEXTS = ("hs6", "origin_country", "incoterm")
CLAIMS = ("mirror_found", "aeo", "importer_is_new", "mirror_goods_differ")
_COMPARISONS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
_QUOTED = st.sampled_from(["''", "'KE'", "'870323'", "'Ça'", "'a%b'"])
_PATTERNS = st.sampled_from(["'KE'", "'87%'", "'%3'", "'_E'", "'%'", "''", "'%0_%'"])
_FIGURES = st.sampled_from(["0", "1", "0.5", "2.5", "10", "1e6"])
_VALUES = {
    SqlType.BOOLEAN: st.booleans(),
    SqlType.BIGINT: st.sampled_from([0, 1, 2, 2**53]),
    SqlType.DOUBLE: st.sampled_from([0.0, -0.0, 1.0, 2.5, -3.0, 0.1, 1e-18, 1e18, -1e18]),
    SqlType.VARCHAR: st.sampled_from(["", "KE", "ke", "870323", "Ça", "a%b"]),
}


def _joined(pattern: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda found: pattern.format(*found))


def _grown_numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        _joined("({} {} {})", inner, st.sampled_from("+-*/%"), inner),
        _joined("abs({})", inner),
        _joined("(-({}))", inner),
        _joined("coalesce({}, {})", inner, inner),
        _joined("nullif({}, {})", inner, inner),
        _joined("round({}, 1)", inner),
        _joined("least({}, {})", inner, inner),
    )


def _grown_texts(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        _joined("lower({})", inner),
        _joined("upper({})", inner),
        _joined("coalesce({}, {})", inner, inner),
        _joined("left({}, 2)", inner),
    )


numbers = st.recursive(st.sampled_from(NUMBERS) | _FIGURES, _grown_numbers, max_leaves=4)
texts = st.recursive(st.sampled_from(TEXTS) | _QUOTED, _grown_texts, max_leaves=3)
_not = st.sampled_from(["", "NOT "])
_simple = st.one_of(
    st.sampled_from(CLAIMS),
    _joined("({} {} {})", numbers, _COMPARISONS, numbers),
    _joined("({} {} {})", texts, _COMPARISONS, texts),
    _joined("({} {}BETWEEN {} AND {})", numbers, _not, numbers, numbers),
    _joined("({} {}IN ({}, {}))", texts, _not, _QUOTED, st.one_of(_QUOTED, st.just("NULL"))),
    _joined("({} {}IN ({}, {}))", numbers, _not, _FIGURES, st.one_of(_FIGURES, st.just("NULL"))),
    _joined("({} {}LIKE {})", texts, _not, _PATTERNS),
    _joined("({} IS {}NULL)", st.one_of(numbers, texts), _not),
    _joined("starts_with({}, {})", texts, texts),
)


def _grown_conditions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        _joined("({} {} {})", inner, st.sampled_from(["AND", "OR", "=", "<>"]), inner),
        _joined("(NOT {})", inner),
        _joined("({} IS {}NULL)", inner, _not),
        _joined("(CASE WHEN {} THEN {} ELSE {} END)", inner, inner, inner),
    )


conditions = st.recursive(_simple, _grown_conditions, max_leaves=6)
rows = st.tuples(*(st.none() | _VALUES[each.type] if each.is_nullable else _VALUES[each.type] for each in COLUMNS))
