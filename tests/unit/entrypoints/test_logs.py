"""The process log: one line an event with its ids; of a failure its type and places, never its message."""

from __future__ import annotations

import json
import logging

import pytest

from comity.entrypoints.logs import JsonLines, TextLines, begin_logging
from comity.foundation.settings import SettingInvalid, Settings


def a_record(message, *arguments, name="comity.exchange", trace=None):
    return logging.LogRecord(name, logging.WARNING, "x.py", 1, message, arguments, trace)


def test_event_and_ids_become_fields():
    told = json.loads(JsonLines().format(a_record("exchange.receipt-wrong partner=%s agreement=%s", "KE", "ke-ug")))

    assert told.pop("at").endswith("+00:00")
    assert told == {"level": "warning", "event": "exchange.receipt-wrong", "partner": "KE", "agreement": "ke-ug"}


def test_words_that_are_no_event_are_not_written():
    told = json.loads(JsonLines().format(a_record("Invoice 4711 of Lakeside Roasters", name="somelibrary.sql")))

    assert told["event"] == "other.somelibrary.sql"
    assert "4711" not in json.dumps(told)


@pytest.mark.parametrize("lines", [TextLines(), JsonLines()])
def test_failure_tells_type_and_places_but_not_its_message(lines):
    try:
        raise ValueError("INSERT … VALUES ('Lakeside Roasters', 5400.25)")
    except ValueError as error:
        line = lines.format(
            a_record("exchange.receiver-failed message=%s", "ab", trace=(type(error), error, error.__traceback__))
        )

    assert "ValueError" in line
    assert "test_logs.py" in line
    assert "Lakeside" not in line
    assert "\n" not in line


def test_server_words_are_kept_without_what_was_put_into_them():
    line = JsonLines().format(a_record("Invalid request from %s", "Lakeside", name="uvicorn.error"))

    assert json.loads(line)["text"] == "Invalid request from %s"


def test_another_format_stops_the_node():
    with pytest.raises(SettingInvalid):
        begin_logging(Settings(log_format="xml"))
