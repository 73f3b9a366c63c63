"""Why is a courier's file refused? One stable code for each way in which a file can be wrong."""

from __future__ import annotations

from comity.cooperation.exchange.errors import ExchangeError


class CourierFileForeign(ExchangeError):
    """This is not a courier's file of this version; take the files as the partner's node wrote them."""

    code = "exchange.courier-file-foreign"


class CourierFileTruncated(ExchangeError):
    """The file ends before what its header announces; ask for it again."""

    code = "exchange.courier-file-truncated"


class CourierFileDamaged(ExchangeError):
    """The file is not what its header announces: a byte was changed, or something was added; ask for it again."""

    code = "exchange.courier-file-damaged"


class CourierFileTooLarge(ExchangeError):
    """The file is larger than a courier's file can be."""

    code = "exchange.courier-file-too-large"
    status = 413


class CourierPartsDiffer(ExchangeError):
    """The parts of one batch do not fit together, though the partner signed each; ask it to pack anew."""

    code = "exchange.courier-parts-differ"
    status = 409


class CourierStoreFull(ExchangeError):
    """More parts wait for their missing ones than this node keeps; bring those that are named first."""

    code = "exchange.courier-store-full"
    status = 409
