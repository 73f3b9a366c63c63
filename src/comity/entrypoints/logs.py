"""How does a node's process log speak? An event and its ids on one line, as text or as JSON; never a payload.

Every event of this project is written as `event key=value …`. Of an exception only its type and the places in the code
are told: its message may quote a statement, and a statement may hold what was traded.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

from comity.foundation.settings import SettingInvalid, Settings

TEXT, JSON = "text", "json"
OURS = "comity"
SERVER = "uvicorn"
_EVENT = re.compile(r"[a-z0-9]+(?:\.[a-z0-9-]+)+\Z")
_PAIR = re.compile(r"([a-z_]+)=(\S*)")
_Trace = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class TextLines(logging.Formatter):
    """One line for people: time, level, event and ids."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = _fields(record)
        told = " ".join(f"{name}={value}" for name, value in fields.items() if name not in ("at", "level", "event"))
        return f"{fields['at']} {fields['level']} {fields['event']} {told}".rstrip()


class JsonLines(logging.Formatter):
    """One JSON object a line for machines."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps(_fields(record), ensure_ascii=False)


def begin_logging(settings: Settings) -> None:
    """Write the process log to standard error, as text from warnings on or as JSON from information on.

    Raises:
        SettingInvalid: the format is neither.
    """
    if settings.log_format not in (TEXT, JSON):
        raise SettingInvalid("COMITY_LOG_FORMAT must be text or json", path="COMITY_LOG_FORMAT")
    as_json = settings.log_format == JSON
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(JsonLines() if as_json else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.INFO if as_json else logging.WARNING)


def _fields(record: logging.LogRecord) -> dict[str, str]:
    """Return what a line may say: of our own events the ids, of the web server its fixed words, of others the name."""
    fields = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
    }
    words = record.getMessage() if record.name.split(".")[0] == OURS else ""
    event, _, rest = words.partition(" ")
    if _EVENT.match(event):
        fields |= {"event": event} | dict(_PAIR.findall(rest))
    else:
        fields["event"] = f"other.{record.name}"
        if record.name.split(".")[0] == SERVER:
            fields["text"] = str(record.msg)
    if record.exc_info:
        fields |= _places(record.exc_info)
    return fields


def _places(trace: _Trace) -> dict[str, str]:
    kind, _, frames = trace
    places = "; ".join(
        f"{frame.filename.rpartition('site-packages/')[2].rpartition('src/')[2]}:{frame.lineno}"
        for frame in traceback.extract_tb(frames)
    )
    return {"type": kind.__name__ if kind else "", "places": places.replace(" ", "")}
