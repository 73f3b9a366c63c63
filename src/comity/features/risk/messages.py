"""What do partners learn of an examination? The result without the examiner's words: `examination-result.v1`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from comity.features.risk.examination import ExaminationResult


def examination_payload(
    result: ExaminationResult,
    *,
    export_message_id: str,
    export_mrn: str | None,
    import_mrn: str | None,
    discrepancies: Sequence[str],
    examined_at: datetime,
) -> dict[str, Any]:
    """Return the payload; absent values are left out."""
    payload = {
        "export_message_id": export_message_id,
        "export_mrn": export_mrn,
        "import_mrn": import_mrn,
        "outcome": result.outcome.value,
        "discrepancies": sorted(discrepancies),
        "examined_at": examined_at.isoformat(),
    }
    return {name: value for name, value in payload.items() if value is not None}
