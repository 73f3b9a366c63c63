"""The options that many commands share, and how a node's home is opened."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar, get_type_hints

import typer

from comity.foundation.settings import read_settings

if TYPE_CHECKING:
    from comity.entrypoints.node import Node

Home = Annotated[
    Path, typer.Option("--home", envvar="COMITY_HOME", help="Folder of the node.", file_okay=False, show_default=False)
]
OwnHome = Annotated[
    Path | None,
    typer.Option("--home", envvar="COMITY_HOME", help="Folder of the node.", file_okay=False, show_default=False),
]
"""The home of a command that needs a node for some of its work only."""

_Form = TypeVar("_Form")
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON object for machines.")]


@contextmanager
def opened(home: Path) -> Iterator[Node]:
    """Open the node in `home` and close it at the end."""
    from comity.entrypoints.node import open_node

    node = open_node(replace(read_settings(), home=home))
    try:
        yield node
    finally:
        node.close()


def with_options(form: type[_Form], act: Callable[[_Form], None]) -> Callable[..., None]:
    """Return `act` as a command whose arguments and options are the fields of a dataclass."""

    def command(**values: object) -> None:
        act(form(**values))

    command.__doc__ = act.__doc__
    command.__signature__ = inspect.signature(form, eval_str=True)  # type: ignore[attr-defined]
    command.__annotations__ = get_type_hints(form, include_extras=True)
    return command
