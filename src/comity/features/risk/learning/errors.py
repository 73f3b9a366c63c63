"""What can be wrong with what is learned from?"""

from __future__ import annotations

from comity.foundation.errors import ComityError


class LinesInvalid(ComityError):
    """The lines cannot be learned from: a column is missing, of another length, or out of order in time."""

    code = "risk.lines-invalid"
    status = 422
