"""How an element with children becomes a value: one pass over the children, one table per class of the WCO DM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import DECLARATION, Context, local_name
from comity.features.declarations.formats.wco_xml.known import BEYOND, KNOWN
from comity.features.declarations.formats.wco_xml.leaf import Reader

Values = dict[str, Any]
Finish = Callable[[Values, _Element, Context], None]


class Field(NamedTuple):
    """What one child element gives: a named value, one of several, or (no name) several values at once."""

    name: str | None
    read: Reader
    is_many: bool = False


Table = Mapping[str, tuple[str | None, Reader, bool]]


def one(name: str, read: Reader) -> Field:
    """Describe an element that comes at most once."""
    return Field(name, read)


def many(name: str, read: Reader) -> Field:
    """Describe an element that may be repeated; its values become a tuple in order."""
    return Field(name, read, is_many=True)


def merged(fields: Mapping[str, Field], *, unmapped: tuple[str, ...] = ()) -> Field:
    """Describe an element whose children give values of its parent (`ExitOffice/ID` gives `exit_office`)."""
    table = compiled(fields)
    strangers = frozenset(unmapped)

    def read(element: _Element, context: Context) -> Values:
        return values_in(element, context, table, strangers)

    return Field(None, read)


def structure(
    build: Callable[..., Any],
    fields: Mapping[str, Field],
    *,
    unmapped: tuple[str, ...] = (),
    finish: Finish | None = None,
) -> Reader:
    """Make a reader of a class: children by `fields`, WCO elements not kept in `unmapped`, `finish` to combine them.

    The reader returns None when `build` cannot be called because a value it needs is missing (already noted).
    """
    table = compiled(fields)
    strangers = frozenset(unmapped)

    def read(element: _Element, context: Context) -> Any:
        values = values_in(element, context, table, strangers)
        if finish is not None:
            finish(values, element, context)
        return build(**values)

    return read


def compiled(fields: Mapping[str, Field]) -> Table:
    """Return the table by full tag: every name both in the declaration's namespace and bare.

    The fields become plain tuples: unpacking a named one costs a tenth of the reading time (measured 2026-03).
    """
    plain = {name: tuple.__new__(tuple, field) for name, field in fields.items()}
    return plain | {f"{{{DECLARATION}}}{name}": field for name, field in plain.items()}


def values_in(element: _Element, context: Context, table: Table, unmapped: frozenset[str]) -> Values:
    """Read every child of `element` by the table, once; what the table does not know is noted."""
    values: Values = {}
    lists: dict[str, list[Any]] = {}
    for child in element:
        tag = child.tag
        if tag not in table:
            _stranger(child, context, unmapped)
            continue
        name, read, is_many = table[tag]
        value = read(child, context)
        tail = child.tail
        if tail and not tail.isspace():
            _stray_text(child, context)
        if value is None:
            continue
        if is_many:
            lists.setdefault(str(name), []).append(value)
        elif name is None:
            _merge(values, value, child, context)
        elif name in values:
            _repeated(child, context)
        else:
            values[name] = value
    for name_of_many, found in lists.items():
        values[name_of_many] = tuple(found)
    text = element.text
    if (not values and len(element) == 0) or (text and not text.isspace()):
        _no_children(element, context)
    return values


def _merge(values: Values, several: Values, child: _Element, context: Context) -> None:
    if not values.keys().isdisjoint(several):
        _repeated(child, context)
    values.update(several)


def _no_children(element: _Element, context: Context) -> None:
    if len(element):
        _stray_text(element, context)
    else:
        name = local_name(element.tag)
        context.error(element, "value-missing", f"{name} came without its elements: give them or leave it out.")


def _stray_text(element: _Element, context: Context) -> None:
    context.error(element, "text-unexpected", "Text came between elements, after this one or inside it: remove it.")


def _repeated(element: _Element, context: Context) -> None:
    context.error(
        element,
        "element-repeated",
        f"{local_name(element.tag)} may come once here; it came again. Keep one.",
    )


def _stranger(element: _Element, context: Context, unmapped: frozenset[str]) -> None:
    namespace, _, name = element.tag.rpartition("}")
    if namespace not in ("", f"{{{DECLARATION}"):
        context.error(
            element,
            "namespace-unknown",
            f"{name} came in a namespace that is not the declaration's ({DECLARATION}): correct its prefix.",
        )
    elif name in unmapped or name in BEYOND:
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
