"""How much may one batch hold on this line? So much that it is through in about fifteen seconds, whatever the line.

A narrow line gets small batches, of which a break costs little; a wide one whole ones. What went through tells how wide
it is, and what broke how much it bears. Bytes are those of the signed messages, so that overhead counts as slowness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

TARGET_SECONDS, LONGEST_SECONDS = 15.0, 20.0  # guesses: a break costs a quarter of a minute, headers cost little
FIRST_BYTES = 32 * 1024  # a guess: ten seconds at 64 kbit/s with the overhead measured in benchmarks/narrow_line.py
LEAST_BYTES = 2 * 1024  # less is one message
MOST_BYTES = 8 * 1024 * 1024
GROWTH = 4  # at once: a wide line is filled after four batches


@dataclass(frozen=True, slots=True)
class Pace:
    """What the next batch may hold, in bytes; `borne` is what the line bears at most, as far as a break told."""

    most_bytes: int = FIRST_BYTES
    borne: int = MOST_BYTES

    def after_arrival(self, sent_bytes: int, seconds: float) -> Pace:
        """Return the pace after a batch that was answered `seconds` after it was sent.

        A batch smaller than it might have been tells nothing about the width, unless it took too long.
        """
        if sent_bytes <= 0:
            return self
        wanted = int(sent_bytes * TARGET_SECONDS / max(seconds, 0.001))
        if seconds > LONGEST_SECONDS:
            return replace(self, most_bytes=_bounded(wanted))
        if sent_bytes * 2 < self.most_bytes:
            return self
        grown = min(max(wanted, self.most_bytes), self.most_bytes * GROWTH)
        if grown <= self.borne:
            return replace(self, most_bytes=_bounded(grown))
        return Pace(_bounded(self.borne), _bounded(self.borne + self.borne // 8))

    def after_break(self, sent_bytes: int) -> Pace:
        """Return the pace after the line broke while a batch was on its way: half of it, and growing slowly again."""
        if sent_bytes <= 0:
            return self
        tried = min(sent_bytes, self.most_bytes)
        return Pace(_bounded(tried // 2), _bounded(tried * 3 // 4))

    def would_break(self, sizes: Sequence[int]) -> bool:
        """Claim that a batch of one message is larger than what the line has borne since it broke."""
        return len(sizes) == 1 and sizes[0] > self.borne


def _bounded(size: int) -> int:
    return max(LEAST_BYTES, min(MOST_BYTES, size))
