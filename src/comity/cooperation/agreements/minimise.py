"""Which fields of a payload does a data class hold? The others are removed before anything leaves."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

_Tree = dict[str, "_Tree"]
_ALL: _Tree = {}


def minimise(payload: dict[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """Return the part of `payload` that the dotted `fields` name; a field covers all beneath it, lists pass through."""
    kept = _keep(payload, _tree(tuple(fields)))
    return kept if isinstance(kept, dict) else {}


def fields_outside(payload: dict[str, Any], fields: Iterable[str]) -> list[str]:
    """Return the dotted names in `payload` that no field covers."""
    return sorted(set(_outside(payload, _tree(tuple(fields)), "")))


@lru_cache(maxsize=256)
def _tree(fields: tuple[str, ...]) -> _Tree:
    root: _Tree = {}
    for field in sorted(fields, key=lambda name: -name.count(".")):
        at = root
        *parents, last = field.split(".")
        for name in parents:
            at = at.setdefault(name, {})
        at[last] = _ALL
    return root


def _keep(value: Any, tree: _Tree) -> Any:
    if isinstance(value, list):
        parts = [_keep(one, tree) for one in value]
        return [part for part in parts if part not in ({}, None)]
    if not isinstance(value, dict):
        return None
    kept = {}
    for name, one in value.items():
        below = tree.get(name)
        if below is _ALL:
            kept[name] = one
        elif below is not None:
            part = _keep(one, below)
            if part not in ({}, [], None):
                kept[name] = part
    return kept


def _outside(value: Any, tree: _Tree, path: str) -> Iterable[str]:
    """Look through a payload from outside: a stack of our own, because it may be nested deeper than Python's."""
    waiting: list[tuple[Any, _Tree, str]] = [(value, tree, path)]
    while waiting:
        value, tree, path = waiting.pop()
        if isinstance(value, list):
            waiting += [(one, tree, path) for one in value]
        elif isinstance(value, dict):
            for name, one in value.items():
                below, here = tree.get(name), f"{path}.{name}" if path else name
                if below is None:
                    yield here
                elif below is not _ALL:
                    waiting.append((one, below, here))
        else:
            yield path
