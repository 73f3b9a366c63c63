"""What a schema's complaint means in our words: code, path, what was expected, what to do (W3C XML Schema 1.0).

libxml2 names the rule of the specification that is broken (`cvc-pattern-valid`) and quotes the value; we keep the
rule and the schema's own bounds, and never the value.
"""

from __future__ import annotations

import re
from copy import deepcopy
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import local_name
from comity.features.declarations.reading import capped
from comity.foundation.errors import Finding

_STEP = re.compile(r"/(?:([^:/@\[\]]+):)?([^:/@\[\]]+)(?:\[([0-9]+)\])?")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.{1,4000}?) \)\.$", re.DOTALL)
_LENGTHS = re.compile(r"has a length of '([0-9]+)'.{1,60}?length of '([0-9]+)'\.$", re.DOTALL)
_BOUND = re.compile(r"'([^']{1,80})'\)?\.$", re.DOTALL)
_TYPE = re.compile(r"(?:atomic|union|list) type '(?:\{[^}]*\}|[A-Za-z]+:)?([A-Za-z0-9_.-]{1,80})'\.$", re.DOTALL)
_AT = re.compile(r"Element '[^']*', attribute '(?:\{[^}]*\})?([^']{1,80})': ")
_ATTRIBUTE = re.compile(r"The attribute '(?:\{[^}]*\})?([^']{1,80})'")

_MAX_LISTED = 12
"""Names or values of an enumeration that a message lists before it says how many more there are: a guess."""

_MAX_TRIALS = 8
"""Times a document is validated again to tell a missing element from a misplaced one: a guess."""


_MAX_BASES = 20
"""Types that restrict each other, one after the other: three in the schemas known, a guess with room."""


class Declared(NamedTuple):
    """What the schemas of a folder declare: the names of all elements, and what each named simple type restricts."""

    elements: set[str]
    bases: dict[str, str]


class Judge:
    """Validates documents against one schema of a folder that declares so much, one document at a time.

    lxml keeps the complaints of the last validation with the schema: threads that share it would read each other's.
    """

    def __init__(self, schema: etree.XMLSchema, declared: Declared) -> None:
        self._schema = schema
        self._declared = declared
        self._lock = Lock()

    def findings(self, root: _Element, *, limit: int, places: Any) -> list[Finding]:
        """Return what is wrong with a document, in document order; one finding for one fault of one place."""
        with self._lock:
            return self._findings(root, limit=limit, places=places)

    def _findings(self, root: _Element, *, limit: int, places: Any) -> list[Finding]:
        if self._schema.validate(root):
            return []
        found: dict[tuple[str, str], Finding] = {}
        trials = 0
        for kind, path, message in self._complaints():
            element = _element_at(root, path)
            place = places.of(element)
            if kind == "ELEMENT_CONTENT":
                trials += 1
                finding = self._content(
                    message, element, place, whole=root if trials <= _MAX_TRIALS else None, path=path
                )
            else:
                finding = self._of_value(kind, message, element, place)
                if kind.startswith("CVC_DATATYPE") and any(told == finding.path for _, told in found):
                    continue  # libxml2 says again of the type what it said of the facet
            found.setdefault((finding.code, finding.path), finding)
            if len(found) > limit:
                break
        return list(capped(list(found.values()), limit))

    def _complaints(self) -> list[tuple[str, str, str]]:
        log: Any = self._schema.error_log  # its stubs do not know that it is a list
        return [(entry.type_name.removeprefix("SCHEMAV_"), entry.path or "", entry.message) for entry in log]

    def _content(self, message: str, element: _Element, place: str, *, whole: _Element | None, path: str) -> Finding:
        """Say whether something is missing, comes too often, comes in the wrong order or does not belong here."""
        expected = _expected(message)
        name = local_name(element.tag)
        if "Missing child element" in message:
            return _missing(expected, place)
        if name in expected:
            return _told("namespace-unknown", place, f"{name} came in another namespace than its schema's: correct it.")
        if name not in self._declared.elements:
            return _told("element-unknown", place, f"{name[:40]} is not an element of the schema: check its spelling.")
        previous = next(element.itersiblings(etree.Element, preceding=True), None)
        if previous is not None and previous.tag == element.tag:
            return _told("element-repeated", place, f"{name} came more often than the schema allows here: keep fewer.")
        if expected and whole is not None and self._is_missing(expected, whole, path):
            return _missing(expected, place.rpartition("/")[0], before=name)
        where = f"expected here: {_listed(expected)}" if expected else "no such element is expected at this place"
        return _told("element-misplaced", place, f"{name} does not belong here ({where}): move or remove it.")

    def _is_missing(self, expected: list[str], whole: _Element, path: str) -> bool:
        """Claim that what the schema expects at a path is still expected when the element that came is taken out."""
        copied = deepcopy(whole)
        stranger = _element_at(copied, path)
        parent = stranger.getparent()
        if parent is None:
            return False
        parent.remove(stranger)
        self._schema.validate(copied)
        for kind, place, message in self._complaints():
            if kind == "ELEMENT_CONTENT" and expected == _expected(message):
                complained = _element_at(copied, place)
                if complained is parent or complained.getparent() is parent:
                    return True
        return False

    def _of_value(self, kind: str, message: str, element: _Element, place: str) -> Finding:
        attribute = _AT.match(message)
        if attribute is not None:
            place = f"{place}/@{attribute[1]}"
        if kind in _FACETS:
            if attribute is None and not (element.text or "").strip():
                return _told(
                    "value-missing", place, f"{local_name(element.tag)} came empty: give its value or remove it."
                )
            code, words = _FACETS[kind]
            return _told(code, place, words(message))
        if kind.startswith("CVC_DATATYPE"):
            return self._of_type(message, place)
        if kind.startswith("CVC_COMPLEX_TYPE_4"):
            match = _ATTRIBUTE.search(message)
            name = match[1] if match else "an attribute"
            return _told("attribute-missing", f"{place}/@{name}", f"Expected the attribute {name}; none came. Add it.")
        code, advice = _OTHERS.get(
            kind, ("schema-broken", f"A rule of the schema is broken ({kind.lower()}): correct it.")
        )
        return _told(code, place, advice)

    def _of_type(self, message: str, place: str) -> Finding:
        match = _TYPE.search(message)
        name = match[1] if match else ""
        for _ in range(_MAX_BASES):
            if name in _TYPES or name not in self._declared.bases:
                break
            name = self._declared.bases[name]
        words = _TYPES.get(name)
        if words is not None:
            return _told(words[0], place, f"Expected {words[1]}; another form came. Correct it.")
        return _told("value-form", place, f"Expected a value of the type {name or 'of the schema'}; another came.")


def _expected(message: str) -> list[str]:
    match = _EXPECTED.search(message)
    return [one.strip().rpartition("}")[2] for one in match[1].split(",")] if match else []


def _element_at(root: _Element, path: str) -> _Element:
    """Return the element an XPath of libxml2 names; it writes `*` where the document has a default namespace."""
    here = root
    for prefix, name, number in _STEP.findall(path)[1:]:
        same = (child for child in here.iterchildren(etree.Element) if name == "*" or _is_named(child, prefix, name))
        here = next(islice(same, int(number or 1) - 1, None), here)
    return here


def _is_named(element: _Element, prefix: str, name: str) -> bool:
    return local_name(element.tag) == name and (element.prefix or "") == prefix


def _missing(expected: list[str], parent: str, *, before: str | None = None) -> Finding:
    where = f" before {before}" if before else ""
    if len(expected) == 1 and expected[0] != "##other":
        return _told("element-missing", f"{parent}/{expected[0]}", f"Expected {expected[0]}{where}; none came. Add it.")
    return _told("element-missing", parent, f"Expected one of {_listed(expected)}{where}; none came. Add it.")


def _length(message: str) -> str:
    match = _LENGTHS.search(message)
    if match is None:
        return "Expected a text of another length. Correct it."
    side = "at most " if "exceeds" in message else "at least " if "minimum" in message else ""
    return f"Expected {side}{match[2]} characters; {match[1]} came. Correct it."


def _pattern(message: str) -> str:
    pattern = message.rpartition("by the pattern '")[2].removesuffix("'.")
    return f"Expected a text of the form {pattern[:200]} (a regular expression); another came. Correct it."


def _enumeration(message: str) -> str:
    values = re.findall(r"'([^']*)'", message.rpartition("of the set {")[2])
    return f"Expected one of {_listed(values)}; another value came. Correct it."


def _range(message: str) -> str:
    match = _BOUND.search(message)
    side = "at least" if "minimum" in message or "greater" in message else "at most"
    return f"Expected {side} {match[1] if match else 'the bound of the schema'}; another value came. Correct it."


def _digits(message: str) -> str:
    match = re.search(r"digits than are allowed \('([0-9]+)'\)", message)
    what = "digits after the point" if "fractional" in message else "digits"
    return f"Expected at most {match[1] if match else 'the allowed number of'} {what}; more came. Correct it."


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return (", ".join(name[:60] for name in names[:_MAX_LISTED]) or "other elements") + more


def _told(code: str, place: str, message: str) -> Finding:
    return Finding(f"declarations.{code}", place, message)


_FACETS = {
    "CVC_PATTERN_VALID": ("value-form", _pattern),
    "CVC_ENUMERATION_VALID": ("value-unknown", _enumeration),
    "CVC_LENGTH_VALID": ("value-form", _length),
    "CVC_MINLENGTH_VALID": ("value-form", _length),
    "CVC_MAXLENGTH_VALID": ("value-too-long", _length),
    "CVC_MININCLUSIVE_VALID": ("number-range", _range),
    "CVC_MAXINCLUSIVE_VALID": ("number-range", _range),
    "CVC_MINEXCLUSIVE_VALID": ("number-range", _range),
    "CVC_MAXEXCLUSIVE_VALID": ("number-range", _range),
    "CVC_TOTALDIGITS_VALID": ("number-precision", _digits),
    "CVC_FRACTIONDIGITS_VALID": ("number-precision", _digits),
}
_OTHERS = {
    "CVC_ELT_1": ("element-unknown", "The schema does not declare this element: check its name and namespace."),
    "CVC_COMPLEX_TYPE_2_3": ("text-unexpected", "Text came between elements: remove it."),
    "CVC_COMPLEX_TYPE_2_1": ("element-nested", "Expected this element without content; some came. Remove it."),
    "CVC_COMPLEX_TYPE_2_2": ("element-nested", "Expected a value only; other elements came inside. Remove them."),
    "CVC_COMPLEX_TYPE_3_2_1": ("attribute-unknown", "The schema does not expect this attribute here: remove it."),
    "CVC_COMPLEX_TYPE_3_2_2": ("attribute-unknown", "The schema does not expect this attribute here: remove it."),
    "CVC_TYPE_3_1_1": ("attribute-unknown", "The schema does not expect an attribute here: remove it."),
    "CVC_TYPE_3_1_2": ("element-nested", "Expected a value only; other elements came inside. Remove them."),
    "CVC_IDC": ("value-repeated", "Expected a value that comes once among its like; it came again. Correct one."),
}
_TYPES = {
    "date": ("date-form", "a date that exists, written YYYY-MM-DD"),
    "dateTime": ("date-form", "a date and time that exist, written YYYY-MM-DDThh:mm:ss"),
    "time": ("date-form", "a time that exists, written hh:mm:ss"),
    "gYear": ("date-form", "a year of four digits"),
    "decimal": ("number-form", "a decimal number with a point"),
    "integer": ("number-form", "a whole number"),
    "nonNegativeInteger": ("number-form", "a whole number that is not negative"),
    "positiveInteger": ("number-form", "a whole number above zero"),
    "boolean": ("value-form", "true, false, 1 or 0"),
}
