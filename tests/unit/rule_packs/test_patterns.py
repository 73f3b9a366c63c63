"""Patterns match as regular expressions do, in time that grows with the text only."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.declarations.rule_packs.errors import ExpressionRefused
from comity.features.declarations.rule_packs.patterns import compile_pattern

atoms = st.sampled_from(["a", "b", ".", r"\s", r"\d", r"\.", "[ab]", "[^a]", "[0-9.+-]", r"[\s]", r"[^\n\r]"])
patterns = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["", "*", "+", "?", "{2}", "{1,3}", "{2,}"])).map(
            lambda of: f"(?:{of[0]}){of[1]}"
        ),
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda of: f"({'|'.join(of)})"),
    ),
    max_leaves=6,
)
anchored = st.one_of(
    patterns,
    patterns.map(lambda one: f"^{one}$"),
    st.tuples(patterns, patterns).map(lambda of: f"^(?!{of[0]}){of[1]}$"),
    st.tuples(patterns, patterns).map(lambda of: f"(?={of[0]}){of[1]}|{of[1]}"),
)


@settings(max_examples=400, deadline=None)
@given(anchored, st.lists(st.text(alphabet="ab0. +\n\r", max_size=8), min_size=1, max_size=4))
def test_a_pattern_matches_as_a_regular_expression_does(pattern, texts):
    matches = compile_pattern(pattern)
    # Java's dot leaves out every end of a line, Python's only \n; its `$` before a last \n cannot matter for a whole text.
    reference = re.compile(pattern.replace(".", "[^\n\r]") if "[" not in pattern and r"\." not in pattern else pattern)

    for text in texts:
        if "." in pattern and "\r" in text:
            continue
        assert matches(text) == (reference.fullmatch(text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"([\s]+|[^\n\r]){1,15}/[0-9]{10}", " " * 20_000),
        ("(a*)*b", "a" * 20_000),
        ("(a|aa)+b", "a" * 20_000),
        ("(.*a){1,40}", "ab" * 5_000),
    ],
)
def test_hostile_text_is_matched_in_time_that_grows_with_it(pattern, text):
    started = time.process_time()

    compile_pattern(pattern)(text)

    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("pattern", "position"),
    [
        (r"(a)\1", 3),
        ("a++", 2),
        ("a*?", 2),
        ("(?<=a)b", 0),
        ("(?i)a", 0),
        (r"\p{L}", 0),
        ("[a-z&&[b]]", 4),
        ("[a", 2),
        ("(a", 2),
        ("a)", 1),
        ("*a", 0),
        ("a{2,1}", 1),
        ("a{1001}", 1),
        ("a{x}", 1),
        ("a^b", 1),
        ("a$b", 1),
        ("[z-a]", 4),
        ("[]", 0),
        ("(a(?!b)c)", 2),
        ("((a{9,99}){9,99})", 0),
        ("\\", 0),
        ("(" * 20 + "a" + ")" * 20, 17),
    ],
)
def test_what_depends_on_backtracking_or_is_too_large_is_refused(pattern, position):
    with pytest.raises(ExpressionRefused) as refused:
        compile_pattern(pattern)

    assert refused.value.position == position
