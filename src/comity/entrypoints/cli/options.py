"""The options that many commands share, and how a node's home is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from comity.entrypoints.node import Node, open_node
from comity.foundation.settings import read_settings

Home = Annotated[
    Path, typer.Option("--home", envvar="COMITY_HOME", help="Folder of the node.", file_okay=False, show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON object for machines.")]


@contextmanager
def opened(home: Path) -> Iterator[Node]:
    """Open the node in `home` and close it at the end."""
    node = open_node(replace(read_settings(), home=home))
    try:
        yield node
    finally:
        node.close()
