"""What a bridge to a neighbour's system refuses, and with which status."""

from __future__ import annotations

from comity.cooperation.exchange.errors import PartnerUnreachable
from comity.foundation.errors import ComityError


class NothingToExport(ComityError):
    """This node holds nothing of this kind about the partner's records; run `comity mirror run` for it first."""

    code = "bridges.nothing-to-export"
    status = 404


class PModeInvalid(ComityError):
    """The P-Mode is a name of 1 to 255 printable characters, as it is set in the access point."""

    code = "bridges.pmode-invalid"
    status = 422


class XRoadSettingsInvalid(ComityError):
    """The file xroad.toml in the node's home cannot be used; correct the place named in the path."""

    code = "bridges.xroad-settings-invalid"
    status = 500


class XRoadClosed(ComityError):
    """This node is not behind an X-Road security server; partners post to its own address."""

    code = "bridges.xroad-closed"
    status = 404


class XRoadHeaderInvalid(ComityError):
    """An X-Road header is absent, given twice or not of its form; the security server sets it."""

    code = "bridges.xroad-header-invalid"
    status = 400


class XRoadClientUnknown(ComityError):
    """No partner sends from this X-Road client; name the partner's client in xroad.toml."""

    code = "bridges.xroad-client-unknown"
    status = 403


class XRoadClientMismatch(ComityError):
    """The X-Road client belongs to another administration than the one that the batch says it is from."""

    code = "bridges.xroad-client-mismatch"
    status = 403


class XRoadFailed(PartnerUnreachable):
    """X-Road did not carry the batch; the message says on which side it failed. Everything still waits."""

    code = "bridges.xroad-failed"
