"""The options that many commands share, and how a node's home is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from comity.foundation.settings import read_settings

if TYPE_CHECKING:
    from comity.entrypoints.node import Node

Home = Annotated[
    Path, typer.Option("--home", envvar="COMITY_HOME", help="Folder of the node.", file_okay=False, show_default=False)
]
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
