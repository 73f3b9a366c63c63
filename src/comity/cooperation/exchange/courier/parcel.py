"""How does a message pass a line that breaks before it is through? In parts; those that arrived are not sent again."""

from __future__ import annotations

from comity.cooperation.exchange.courier.part import SMALLEST_FILE_BYTES, Whole, cut
from comity.cooperation.exchange.deliver import Line, Prepared
from comity.cooperation.exchange.errors import LineBroken


class Parcel:
    """A batch of a courier's type on its way in parts of at most `most_bytes`."""

    def __init__(self, prepared: Prepared, line: Line, *, most_bytes: int) -> None:
        self.prepared = prepared
        self._line = line
        whole = Whole("batch", prepared.peer.authority, line.clock.now(), 1, prepared.body)
        self._parts = [file for _, file in cut(whole, most_bytes=max(most_bytes, SMALLEST_FILE_BYTES), keys=line.keys)]
        self._arrived = 0

    def post(self) -> bytes:
        """Send the parts that have not arrived and return the answer to the batch.

        Raises:
            ExchangeError: as `Transport.post`; after a LineBroken it goes on with the part that broke.
        """
        for part in self._parts[self._arrived :]:
            answer = self._line.transport.post(self.prepared.peer, part)
            self._arrived += 1
            if answer:
                return answer
        self._arrived = 0  # the partner let go of parts, or of the answer: all of them again
        raise LineBroken("the partner has not kept every part; all of them are sent again")

    @property
    def arrived(self) -> int:
        """Return how many parts have arrived."""
        return self._arrived
