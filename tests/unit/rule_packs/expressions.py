"""Random expressions of the rules' language and random messages, for tests that compare."""

from __future__ import annotations

from hypothesis import strategies as st
from lxml import etree

PLACE = ("ITEM", "PACK")
"""Where the rule stands: message MSG, items with packs, a header."""

PATHS = {
    "here": [".", "Kind", "Count", "Marks", "../Number", "../PACK", "../PACK/Kind", "../../HEAD/Mode", "../../ITEM"],
    "nodes": ["../PACK", "../../ITEM", "../../ITEM/PACK", "../../NOTE", "Kind"],
    "texts": ["Kind", "Count", "Marks", "../Number", "../../HEAD/Mode", "../../HEAD/Total", "Absent"],
    "others": ["../PACK", "../../ITEM/PACK", "../../HEAD/Mode", "Kind"],
    "many": ["../PACK/Kind", "../../ITEM/Number", "../../ITEM/PACK/Count", "../../ITEM/PACK/Kind"],
}
WORDS = ["", "VQ", "NE", " VQ ", "1", "0", "2", "+1", "-3", "1.50", ".", "10600", "1e2", "abc", "\t7\n", "99999999999"]
PATTERNS = [r"\s*[0-9]{1,2}\s*", r"[A-Z]*", r"^(?!V).*$", r"[+-]?[0-9.]+|VQ", r"(\s|[A-Z])+"]

quoted = st.sampled_from(WORDS).map(lambda word: "'" + word.replace("\t", "\\t").replace("\n", "\\n") + "'")


def path(kind):
    return st.sampled_from(PATHS[kind]).map(lambda text: f"'{text}'")


def texts(prefix=""):
    plain = st.one_of(
        path("texts").map(lambda one: f"{prefix}trim({one})"), path("texts").map(lambda one: f"{prefix}getValue({one})")
    )
    if prefix:
        return plain
    return st.one_of(
        plain,
        st.tuples(plain, st.integers(0, 3)).map(lambda pair: f"{pair[0]}.take({pair[1]})"),
        plain.map(lambda one: f"substringAfter({one}, '.')"),
    )


def numbers(prefix=""):
    plain = st.one_of(
        st.sampled_from(["0", "1", "2", "0.5", "10"]),
        path("texts").map(lambda one: f"{prefix}number({one})"),
        path("many").map(lambda one: f"{prefix}sum({one})"),
        path("many").map(lambda one: f"{prefix}count({one})"),
        path("texts").map(lambda one: f"{prefix}intOrElse({one}, 7)"),
        path("nodes").map(lambda one: f"{prefix}countDistinctChildCount({one})"),
        st.tuples(path("many"), quoted).map(lambda pair: f"{prefix}countEquals({pair[0]}, {pair[1]})"),
        st.tuples(path("many"), st.sampled_from(["true", "false"])).map(
            lambda pair: f"{prefix}countDistinct({pair[0]}, {pair[1]})"
        ),
        texts(prefix).map(lambda one: f"{one}.length()"),
    )
    return st.one_of(
        plain, st.tuples(plain, st.sampled_from("+-*/"), plain).map(lambda of: f"({of[0]} {of[1]} {of[2]})")
    )


def claims(prefix=""):
    return st.one_of(
        st.sampled_from(["true", "false"]),
        path("here").map(lambda one: f"{prefix}exists({one})"),
        path("here").map(lambda one: f"{prefix}not(({one}))"),
        path("many").map(lambda one: f"{prefix}areIndices({one})"),
        st.tuples(path("texts"), st.sampled_from(PATTERNS)).map(
            lambda pair: f"{prefix}applyRegex({pair[0]}, '{pair[1]}')".replace("\\", "\\\\")
        ),
        quoted.map(lambda word: f"{prefix}existsForAll('../../ITEM', 'PACK/Kind', {word})"),
        st.tuples(texts(prefix), st.sampled_from(["==", "!="]), quoted).map(" ".join),
        st.tuples(numbers(prefix), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), numbers(prefix)).map(" ".join),
        st.tuples(texts(prefix), st.sampled_from(["contains", "startsWith", "endsWith"]), quoted).map(
            lambda of: f"{of[0]}.{of[1]}({of[2]})"
        ),
    )


def joined(claim):
    return st.recursive(
        claim,
        lambda inner: st.one_of(
            inner.map(lambda one: f"!({one})"),
            st.tuples(inner, st.sampled_from(["||", "&&"]), inner).map(lambda of: f"({of[0]}) {of[1]} {of[2]}"),
        ),
        max_leaves=4,
    )


pairs = st.tuples(path("others"), joined(st.one_of(claims("one."), claims("two.")))).map(
    lambda of: f"exists({of[0]}, {{ContextHelper one, ContextHelper two -> {of[1]}}})"
)
expressions = joined(st.one_of(claims(), pairs))


@st.composite
def messages(draw):
    """Draw a message with at least one ITEM/PACK."""
    root = etree.Element("{urn:example}MSG")
    head = etree.SubElement(root, "HEAD")
    for name in draw(st.lists(st.sampled_from(["Mode", "Total"]), max_size=3)):
        etree.SubElement(head, name).text = draw(st.sampled_from(WORDS))
    for _ in range(draw(st.integers(1, 3))):
        item = etree.SubElement(root, "ITEM")
        for _ in range(draw(st.integers(0, 2))):
            etree.SubElement(item, "Number").text = draw(st.sampled_from(WORDS))
        for _ in range(draw(st.integers(1, 2))):
            pack = etree.SubElement(item, "PACK")
            for name in draw(st.lists(st.sampled_from(["Kind", "Count", "Marks"]), max_size=4)):
                etree.SubElement(pack, name).text = draw(st.sampled_from(WORDS))
    return root
