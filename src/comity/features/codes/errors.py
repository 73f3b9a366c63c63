"""What can be refused about code lists."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class CodeListUnknown(ComityError):
    """No list of this name is kept here; `comity codes list` shows those that are."""

    code = "codes.list-unknown"
    status = 404


class CodeUnknown(ComityError):
    """The list holds no such code, on this day or any; `comity codes search` looks for one by its words."""

    code = "codes.code-unknown"
    status = 404


class EditionUnknown(ComityError):
    """This is no edition of the Harmonized System that the node knows; name one such as HS2017 or HS2022."""

    code = "codes.edition-unknown"
    status = 422


class ConcordanceMissing(ComityError):
    """No concordance between the two editions is kept here; import one with `comity codes import`."""

    code = "codes.concordance-missing"
    status = 409


class CodeListSettingsInvalid(ComityError):
    """A data file of code lists is not usable: compare it with the one shipped beside the code."""

    code = "codes.settings-invalid"
    status = 500
