"""Vectors of canonical JSON (RFC 8785): the cases in which programs differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# RFC 8785 appendix B and section 3.2: numbers as ECMAScript writes them, names sorted by UTF-16 code units.
TEXTS = {
    "empty object": "{}",
    "white space goes": ' { "a" : [ 1 , 2 ] } ',
    "names are sorted": '{"b":1,"a":2,"A":3,"aa":4,"":5}',
    "names beyond the basic plane sort by UTF-16": '{"\\ufb33":1,"\\ud83d\\ude00":2,"\\u20ac":3,"\\u00f6":4,"\\u0080":5,"1":6,"\\r":7}',
    "escapes": '"\\u0000\\u0008\\u0009\\u000a\\u000c\\u000d\\u001f\\"\\\\\\/\\u007f\\u2028"',
    "text stays as it is, not normalised": '["\\u00c5","A\\u030a"]',
    "whole numbers": "[0,-0,1,-1,9007199254740991,-9007199254740991]",
    "fractions": "[1.0,0.1,1e21,1e-7,1e-6,1e20,333333333.33333329,4.5e0,2e-3,1e30,4.50,5e-324,1.7976931348623157e308]",
    "literals": "[null,true,false]",
    "nesting": '{"z":{"y":[{"x":[]}]},"a":[[],{}]}',
}


def vectors() -> Iterator[dict[str, Any]]:
    for name, text in TEXTS.items():
        yield {"name": name, "operation": "canonical-json", "input": {"json": text}}
