"""What the tests of the doctor do again and again: a partner at a port, and what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from comity.cooperation.exchange.deliver import Line
from comity.cooperation.exchange.doctor import Place, diagnose
from comity.cooperation.exchange.errors import PartnerRefused
from comity.cooperation.exchange.operation.reach import reach
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.foundation.clock import SystemClock
from comity.foundation.errors import ComityError
from tests.simulators.nodes import EXPORT, partner_of

NOW = datetime.now(UTC)
PLACE = Place(Path("/"), 0, timedelta(seconds=300), is_direct=False)


def faults(checks):
    return {(one.check, one.side) for one in checks if not one.ok}


def message_of(checks, check):
    return next(one.message for one in checks if one.check == check)


# --- the way there -------------------------------------------------------------------------------------------------


def at(peer, port, host="127.0.0.1"):
    return replace(peer, url=f"https://{host}:{port}")


def found(peer, **clock):
    return reach(peer, clock.get("clock", SystemClock()), seconds=3)


def dated(ahead):
    told = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)
    return f"HTTP/1.1 200 OK\r\nDate: {told}\r\nContent-Length: 0\r\n\r\n".encode()


def line(pair, transport=None):
    return Line(pair.kenya.keys, transport or InMemoryTransport({"UG": pair.receive}), pair.clock)


def examined(pair, transport=None, place=PLACE):
    pair.clock.advance(timedelta(seconds=1))
    return diagnose(pair.kenya.database, partner_of(pair), line(pair, transport), place)


class Refusing:
    def __init__(self, code):
        self._code = code

    def post(self, _peer, _body):
        raise PartnerRefused("refused", code_there=self._code)


def refused_with(pair, code):
    class Refusal(ComityError):
        """Refused."""

    Refusal.code = code

    def refuse(_session, _message):
        raise Refusal

    pair.uganda.handlers = {EXPORT: refuse}
    pair.declare("d1")
    pair.deliver()
