"""Whether a query for events is well formed (ISO/IEC 19987, clause 8.2.7): it asks for events and holds none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml.etree import _Element

from comity.features.declarations.formats.epcis.xml_shape import name_in
from comity.features.declarations.json_values import Context, Steps

_PARAMETER = re.compile(
    r"(?:eventType|orderBy|orderDirection|eventCountLimit|maxEventCount|perPage|nextPageToken)"
    r"|(?:GE|GT|LT|LE|EQ|EQATTR|MATCH|WD|EXISTS|HASATTR)_[^\s]{1,500}"
)
_KNOWN = frozenset({"@context", "type", "id", "name", "query", "queryName", "schemaVersion", "creationDate"})
_ONLY_ONE = frozenset({"orderBy", "orderDirection"})


def is_query(value: Any) -> bool:
    """Claim that a JSON object is a query: it has a parameter of one, and no type of a document or event."""
    return isinstance(value, Mapping) and any(_PARAMETER.fullmatch(name) for name in value) and "epcisBody" not in value


def check_json_query(value: Mapping[str, Any], at: Steps, context: Context) -> None:
    """Note what is wrong with the parameters of a query in JSON."""
    for name, one in value.items():
        where = (*at, name)
        if name == "query" and isinstance(one, Mapping):
            check_json_query(one, where, context)
        elif name not in _KNOWN and _PARAMETER.fullmatch(name) is None:
            context.error(where, "parameter-unknown", "Expected a parameter of SimpleEventQuery; another member came.")
        elif one is None or one in ("", []):
            context.error(
                where, "value-missing", "Expected a value for this parameter; none came. Give it or leave it."
            )
        elif name in _ONLY_ONE and not isinstance(one, str):
            context.error(where, "value-form", "Expected one word for this parameter; another kind of value came.")


def check_xml_query(poll: _Element, context: Context, at: Steps = ()) -> None:
    """Note what is wrong with a query in XML: `queryName` and parameters, each with its name and value."""
    names = [name_in(child) for child in poll]
    if name_in(poll) == "Poll" and "queryName" not in names:
        context.error((*at, "queryName"), "element-missing", "Expected queryName; none came. Add it.")
    for child in poll:
        if name_in(child) != "params":
            continue
        parameters = [one for one in child if name_in(one) == "param"]
        for index, one in enumerate(parameters):
            mark = f"[{index + 1}]" if len(parameters) > 1 else ""
            where = (*at, "params", f"param{mark}")
            found = {name_in(part) for part in one}
            for part in ("name", "value"):
                if part not in found:
                    context.error(
                        (*where, part), "element-missing", f"Expected {part} in every parameter; none came. Add it."
                    )
