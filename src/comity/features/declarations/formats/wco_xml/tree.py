"""What an element with children says, read from the tree with care: every fault is told with its place.

One pass over the children by the table of their class; what the table does not know is noted.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import Context, local_name
from comity.features.declarations.formats.wco_xml.known import BEYOND, KNOWN
from comity.features.declarations.formats.wco_xml.leaf import Fault, Leaf
from comity.features.declarations.formats.wco_xml.structure import Child, Class, Values


def read_element(element: _Element, kind: Class, context: Context) -> Any:
    """Return the value of an element of this class, or None after noting what is wrong."""
    before = len(context.findings)
    values = _values_in(element, kind, context)
    if kind.finish is not None:
        kind.finish(values, partial(context.error, element))
    for name, element_name in (kind.needs or {}).items():
        if name not in values:
            if len(context.findings) == before:
                context.error(element, "element-missing", f"Expected {element_name} here; none came. Add it.")
            return None
    return values if kind.build is None else kind.build(**values)


def _values_in(element: _Element, kind: Class, context: Context) -> Values:
    table = _by_tag(kind, context.namespaces)
    values: Values = {}
    lists: dict[str, list[Any]] = {}
    for element_inside in element:
        child = table.get(element_inside.tag)
        if child is None:
            _stranger(element_inside, kind, context)
            continue
        value = _value_of(element_inside, child, context)
        tail = element_inside.tail
        if tail and not tail.isspace():
            _stray_text(element_inside, context)
        if value is None:
            continue
        if child.is_many:
            lists.setdefault(str(child.name), []).append(value)
        elif child.name is None:
            if not values.keys().isdisjoint(value):
                _repeated(element_inside, context)
            values.update(value)
        elif child.name in values:
            _repeated(element_inside, context)
        else:
            values[child.name] = value
    for name, found in lists.items():
        values[name] = tuple(found)
    _check_own_text(element, context)
    return values


@cache
def _by_tag(kind: Class, namespaces: tuple[str, ...]) -> dict[str, Child]:
    """Return the children by full tag: every name bare and in each namespace."""
    prefixes = ("", *(f"{{{namespace}}}" for namespace in namespaces))
    return {prefix + name: child for name, child in kind.children.items() for prefix in prefixes}


def _value_of(element: _Element, child: Child, context: Context) -> Any:
    content = child.content
    if isinstance(content, Class):
        return read_element(element, content, context)
    if len(element):
        name = local_name(element.tag)
        context.error(element, "element-nested", f"{name} holds text only, but other elements came inside it.")
        return None
    return _read_leaf(element, content, context)


def _read_leaf(element: _Element, leaf: Leaf, context: Context) -> Any:
    attribute = None if leaf.attribute is None else element.get(leaf.attribute)
    try:
        return leaf.read(element.text or "", attribute)
    except Fault as fault:
        if fault.is_forgivable and context.is_forgiving:
            context.warning(element, fault.code, fault.message)
            return fault.value
        context.error(element, fault.code, fault.message)
        return None


def _check_own_text(element: _Element, context: Context) -> None:
    text = element.text
    if len(element):
        if text and not text.isspace():
            _stray_text(element, context)
    else:
        name = local_name(element.tag)
        tell = context.warning if context.is_forgiving else context.error
        tell(element, "value-missing", f"{name} came without its elements: give them or leave it out.")


def _stray_text(element: _Element, context: Context) -> None:
    context.error(element, "text-unexpected", "Text came between elements, after this one or inside it: remove it.")


def _repeated(element: _Element, context: Context) -> None:
    context.error(
        element,
        "element-repeated",
        f"{local_name(element.tag)} may come once here; it came again. Keep one.",
    )


def _stranger(element: _Element, kind: Class, context: Context) -> None:
    namespace, _, name = element.tag.rpartition("}")
    if namespace and namespace[1:] not in context.namespaces:
        context.error(
            element,
            "namespace-unknown",
            f"{name[:40]} came in a namespace that is not one of the WCO Data Model: correct its prefix.",
        )
    elif name in kind.unmapped or name in BEYOND:
        context.unmapped(element)
    elif name in KNOWN:
        context.error(
            element,
            "element-misplaced",
            f"{name} is an element of the WCO Data Model, but not at this place: move it where it belongs.",
        )
    else:
        context.error(
            element,
            "element-unknown",
            f"{name[:40]} is not an element of the WCO Data Model goods declaration: check its spelling, or remove it.",
        )
