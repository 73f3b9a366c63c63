"""Does any text make the language of rules raise anything but its refusal, or a compiled rule raise at all?"""

from __future__ import annotations

from lxml import etree

from comity.features.declarations.rule_packs.compile import compile_expression
from comity.features.declarations.rule_packs.errors import ExpressionRefused
from comity.features.declarations.rule_packs.message import message_of

PLACE = ("B", "C")
MESSAGE = message_of(etree.fromstring("<A><B><C>+1 </C><C>x</C></B><B><C/><D>1.5</D></B><E>VQ</E></A>"))


def one_input(data: bytes) -> None:
    """Compile the text as a rule, and ask it of every element it would stand at."""
    try:
        compiled = compile_expression(data.decode("utf-8", "replace"), place=PLACE)
    except ExpressionRefused:
        return
    for element in MESSAGE.below(PLACE):
        compiled.holds(element)
