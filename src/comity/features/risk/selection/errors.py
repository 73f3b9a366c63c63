"""What can be wrong with capacity."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class CapacityInvalid(ComityError):
    """The capacity cannot be used: name an office, a resource of the list, and slots from 0 to 100,000 a day."""

    code = "selection.capacity-invalid"
    status = 422
