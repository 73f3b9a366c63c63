"""Who acts at the command line? The officer named, else the login of whoever may open the node's home."""

from __future__ import annotations

import getpass
import os
from typing import Annotated

import typer

Officer = Annotated[
    str | None, typer.Option(help="Who decides, as the log names them; the login name where none is given.")
]


def acting(officer: str | None) -> str:
    """Return who acts, as logs name them."""
    try:
        return officer or f"login:{getpass.getuser()}"
    except (KeyError, OSError):  # no such user in the system's list, as in a container
        return f"login:{os.getuid()}"
