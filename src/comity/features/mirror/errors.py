"""What can be wrong with the mirror's own settings."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class MirrorSettingsInvalid(ComityError):
    """A mirror data file is not usable: compare it with the one shipped beside the code."""

    code = "mirror.settings-invalid"
    status = 500


class MirrorRecordUnknown(ComityError):
    """No such record is kept for matching: keep the export or the import first."""

    code = "mirror.record-unknown"
    status = 404


class LinkageInputInvalid(ComityError):
    """A side to be linked cannot be read: give a CSV or Parquet file with the columns id and day at least."""

    code = "mirror.linkage-input-invalid"
    status = 422
