"""The language of rules: what compiled functions say is what the tree says; everything else is refused, with its place."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from comity.features.declarations.rule_packs.compile import compile_expression
from comity.features.declarations.rule_packs.errors import ExpressionRefused
from comity.features.declarations.rule_packs.message import message_of
from comity.features.declarations.rule_packs.parser import MAX_CHAIN, MAX_DEPTH, parse
from tests.unit.rule_packs.expressions import PLACE, expressions, messages, numbers
from tests.unit.rule_packs.interpreter import evaluate

MESSAGE = """<MSG><HEAD><Mode> 4 </Mode><Total>3</Total></HEAD>
<ITEM><Number>1</Number><PACK><Kind>VQ</Kind><Count>0</Count><Marks>A1</Marks></PACK></ITEM>
<ITEM><Number>2</Number><PACK><Kind>BX</Kind><Count>3</Count><Marks> A1 </Marks></PACK></ITEM></MSG>"""


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(expressions, messages())
def test_a_compiled_expression_says_what_its_tree_says(expression, message):
    holds = compile_expression(expression, place=PLACE).holds
    tree = parse(expression)

    said = [bool(holds(one)) for one in message_of(message).below(PLACE)]

    assert said == [bool(evaluate(tree, one)) for one in message.findall("ITEM/PACK")]


@settings(max_examples=300, deadline=None)
@given(numbers(), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.integers(0, 3), messages())
def test_a_compiled_comparison_says_what_its_tree_says(number, sign, bound, message):
    expression = f"{number} {sign} {bound}"
    holds, tree = compile_expression(expression, place=PLACE).holds, parse(expression)

    said = [holds(one) for one in message_of(message).below(PLACE)]

    assert said == [evaluate(tree, one) for one in message.findall("ITEM/PACK")]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="exists('A')|&!=<>(){},.- ->0'\\x", max_size=60) | st.text(max_size=40))
def test_no_text_makes_the_language_raise_anything_but_its_refusal(text):
    try:
        compile_expression(text, place=PLACE)
    except ExpressionRefused as refusal:
        assert 0 <= refusal.position <= max(len(text), 1)


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("number('Absent') != 0 && !(number('Absent') == 0)", [True, True]),
        ("number('Absent') < 1 || number('Absent') >= 1", [False, False]),
        ("trim('../../HEAD/Mode') == '4' && getValue('../../HEAD/Mode') != '4'", [True, True]),
        ("true || false && false", [True, True]),
        ("!exists('Absent') == false", None),
        ("sum('../../ITEM/PACK/Count') == number('../../HEAD/Total') * 1", [True, True]),
        ("exists(\"Kind\") && not(('Absent'))", [True, True]),
        ("1 + 2 * 3 == 7 && 8 / 2 - 1 == 3 && -1 < 0", [True, True]),
        ("2 >= 2 && 2 <= 2 && !(2 > 2) && !(2 < 2) && 1 < 2 && 2 > 1 && 1 != 2 && !(2 >= 3)", [True, True]),
        ("'it\\'s' == \"it's\" && '\\u0041' == 'A'", [True, True]),
        (
            (
                "number('Count') != 0 || exists('../../ITEM/PACK', {ContextHelper me, ContextHelper it ->"
                " it.intOrElse('Count', 0) > 0 && me.trim('Marks') == it.trim('Marks')})"
            ),
            [True, True],
        ),
        ("areIndices('../../ITEM/Number') && !areIndices('../../ITEM/PACK/Count')", [True, True]),
        ("applyRegex('Kind', '[A-U].*')", [False, True]),
    ],
)
def test_an_expression_means(expression, holds):
    if holds is None:
        with pytest.raises(ExpressionRefused, match="condition"):
            compile_expression(expression, place=PLACE)
        return
    compiled = compile_expression(expression, place=PLACE)

    assert [compiled.holds(one) for one in message_of(etree.fromstring(MESSAGE)).below(PLACE)] == holds


@pytest.mark.parametrize(
    ("expression", "reason", "position"),
    [
        ("", "syntax", 0),
        ("exists('A'", "syntax", 10),
        ("exists('A'))", "syntax", 11),
        ("exists('A') exists('B')", "syntax", 12),
        ("exists('A') | exists('B')", "token-unknown", 12),
        ("exists('A) || not('B')", "text-open", 20),
        ("exists('A", "text-open", 7),
        ('exists("$A")', "text-open", 7),
        (r"exists('\q')", "escape-unknown", 8),
        ("launch('A')", "function-unknown", 0),
        ("getValue('A').execute()", "function-unknown", 14),
        ("exists()", "arguments", 0),
        ("exists('A', 'B')", "type", 12),
        ("count('A')", "type", 0),
        ("count('A') == '1'", "type", 14),
        ("exists(trim('A'))", "type", 7),
        ("A == 'B'", "name-unknown", 0),
        ("one.exists('A')", "name-unknown", 0),
        ("getValue('A').value == 'B'", "syntax", 20),
        ("exists('/A/B')", "path", 7),
        ("exists('A[1]')", "path", 7),
        ("exists('A//B')", "path", 7),
        ("exists('../../../A')", "path", 7),
        ("applyRegex('A', '(a)\\\\1')", "pattern", 16),
        ("1 == 1 == 1", "chained", 7),
        ("exists('A') ? true : false", "token-unknown", 12),
        ("x -> true", "syntax", 2),
        ("exists('A', {a, b -> true})", "syntax", 13),
        ("exists('A', {ContextHelper a, ContextHelper a -> true})", "syntax", 12),
        (
            "exists('A', {ContextHelper a, ContextHelper b -> exists('C', {ContextHelper c, ContextHelper d -> true})})",
            "too-deep",
            61,
        ),
        ("(" * (MAX_DEPTH + 1) + "true" + ")" * (MAX_DEPTH + 1), "too-deep", MAX_DEPTH),
        ("!" * 5_000 + "true", "too-deep", MAX_DEPTH),
        (" || ".join(["true"] * (MAX_CHAIN + 2)), "too-deep", 8 * (MAX_CHAIN + 1) - 3),
        ("'" + "a" * 10_001 + "' == ''", "too-long", 10_000),
    ],
)
def test_what_is_not_of_the_language_is_refused_with_its_place(expression, reason, position):
    with pytest.raises(ExpressionRefused) as refused:
        compile_expression(expression, place=PLACE)

    assert (refused.value.reason, refused.value.position) == (reason, position)
    assert refused.value.message.startswith("Expected")
