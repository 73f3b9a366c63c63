"""What an operator may set: every setting of a node, read from the environment, checked once at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from comity.foundation.errors import ComityError


class SettingInvalid(ComityError):
    """A setting has a value the node cannot use; correct the environment variable named in the path."""

    code = "settings.invalid"
    status = 500


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one node; each field is the variable `COMITY_<FIELD>` in capitals."""

    home: Path = Path("comity-home")
    """Folder of the node's keys and embedded database."""
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in the home folder."""
    max_document_bytes: int = 64 * 1024 * 1024
    """Largest document read, in bytes."""
    max_batch_messages: int = 500
    """Most messages in one exchange batch."""
    clock_skew_seconds: int = 300
    """How far a partner's clock may be off before its messages are refused."""
    requests_per_minute: int = 6000
    """Requests one API token or address may send in a minute."""
    max_batches_at_once: int = 8
    """Batches of different partners taken in at the same time; a further one is asked to come later."""
    max_waiting_messages: int = 100_000
    """Messages that may wait for a partner under one agreement; what is owed beyond is held until there is room."""
    least_free_bytes: int = 256 * 1024 * 1024
    """Free space on the home folder's disk below which no batch is taken in, in bytes."""
    key_store: str = "file"
    """Where the signing key lies: `file`, or a PKCS#11 URI (RFC 7512) of a token."""
    unknown_codes: str = "warning"
    """Whether a code that no list in force has is told (`warning`) or refuses the declaration (`error`)."""
    log_format: str = "text"
    """How the process log is written: `text`, or `json` with one object a line."""

    @property
    def resolved_database_url(self) -> str:
        """Return the database URL in force."""
        return self.database_url or f"sqlite:///{self.home / 'node.db'}"


_ONE_OF = {"unknown_codes": ("warning", "error")}


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environment` (default: the process's).

    Raises:
        SettingInvalid: a variable is not a number where one is expected, or is unknown.
    """
    environment = os.environ if environment is None else environment
    known = {f"COMITY_{field.name.upper()}": field for field in fields(Settings)}
    values: dict[str, object] = {}
    for name, text in environment.items():
        if not name.startswith("COMITY_"):
            continue
        field = known.get(name)
        if field is None:
            raise SettingInvalid(
                f"{name} is not a setting of this node; see docs/reference/configuration.md", path=name
            )
        if field.type == "int":
            if not text.isdigit():
                raise SettingInvalid(f"{name} must be a whole number", path=name)
            values[field.name] = int(text)
        else:
            allowed = _ONE_OF.get(field.name, (text,))
            if text not in allowed:
                raise SettingInvalid(f"{name} must be one of {', '.join(allowed)}", path=name)
            values[field.name] = Path(text) if field.type == "Path" else text
    return Settings(**values)  # type: ignore[arg-type]
