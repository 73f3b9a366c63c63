"""Which functions may a rule call, with what arguments? The closed list, each equal in both executions.

Names and behaviour are DuckDB's; the differential tests hold the Python side to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from comity.features.risk.columns import SqlType
from comity.features.risk.rules import semantics

NUMBER = (SqlType.BIGINT, SqlType.DOUBLE)
TEXT = (SqlType.VARCHAR,)
WHOLE_LITERAL = "a whole number written out"
LARGEST_LITERAL = 4_000  # of positions and lengths in text
MOST_DIGITS = 9  # of round: more digits are not in any declared amount


@dataclass(frozen=True, slots=True)
class Function:
    """One function. `literals` are bounds of trailing arguments that must be whole numbers written out.

    `type` None: the type of the first argument. `python` takes the arguments, none of them None.
    """

    name: str
    takes: tuple[SqlType, ...]
    type: SqlType | None
    python: Callable[..., Any]
    text_arguments: int = 1
    literals: tuple[tuple[int, int], ...] = ()
    optional_literals: int = 0
    meaning: str = ""


_LIST = (
    Function("abs", NUMBER, None, abs, meaning="magnitude"),
    Function(
        "round",
        NUMBER,
        None,
        semantics.rounded,
        literals=((0, MOST_DIGITS),),
        optional_literals=1,
        meaning="nearest number with 0 to 9 decimals; halves away from zero",
    ),
    Function("floor", NUMBER, SqlType.DOUBLE, semantics.floored, meaning="greatest whole number not above"),
    Function("ceil", NUMBER, SqlType.DOUBLE, semantics.raised, meaning="least whole number not below"),
    Function("length", TEXT, SqlType.BIGINT, len, meaning="number of characters (code points)"),
    Function("lower", TEXT, SqlType.VARCHAR, semantics.lowered, meaning="small letters"),
    Function("upper", TEXT, SqlType.VARCHAR, semantics.uppered, meaning="capital letters"),
    Function("trim", TEXT, SqlType.VARCHAR, semantics.trimmed, meaning="without spaces at both ends"),
    Function("starts_with", TEXT, SqlType.BOOLEAN, str.startswith, text_arguments=2, meaning="whether it begins so"),
    Function("ends_with", TEXT, SqlType.BOOLEAN, str.endswith, text_arguments=2, meaning="whether it ends so"),
    Function("contains", TEXT, SqlType.BOOLEAN, str.__contains__, text_arguments=2, meaning="whether it holds so"),
    Function(
        "left", TEXT, SqlType.VARCHAR, semantics.left, literals=((0, LARGEST_LITERAL),), meaning="first n characters"
    ),
    Function(
        "right", TEXT, SqlType.VARCHAR, semantics.right, literals=((0, LARGEST_LITERAL),), meaning="last n characters"
    ),
    Function(
        "substr",
        TEXT,
        SqlType.VARCHAR,
        semantics.part,
        literals=((1, LARGEST_LITERAL), (0, LARGEST_LITERAL)),
        optional_literals=1,
        meaning="characters from position (1 the first), as many as said",
    ),
)
FUNCTIONS: Mapping[str, Function] = MappingProxyType({function.name: function for function in _LIST})
VARIADIC = MappingProxyType(
    {
        "coalesce": "the first that is known",
        "nullif": "the first, unknown when equal to the second",
        "greatest": "the greatest of those known",
        "least": "the least of those known",
    }
)
EXTREMES: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"greatest": semantics.greatest, "least": semantics.least}
)
