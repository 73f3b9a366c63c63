"""How does an agreement begin? From a template in a data file, for named parties and a period."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from comity.cooperation.agreements.agreement import FORMAT, Agreement, parse_agreement
from comity.cooperation.agreements.errors import AgreementInvalid
from comity.foundation.errors import Finding

TEMPLATES = Path(__file__).parent / "templates"


def draft_agreement(
    *,
    id: str,  # noqa: A002 - the agreement's own word
    parties: Sequence[str],
    valid_from: date,
    valid_to: date,
    template: str = "export-data",
) -> Agreement:
    """Return an unsigned agreement made from a template.

    Raises:
        AgreementInvalid: a value is not of its form, or there is no such template.
    """
    known = sorted(path.stem for path in TEMPLATES.glob("*.toml"))
    if template not in known:
        raise AgreementInvalid([Finding("agreements.invalid", "template", f"must be one of {', '.join(known)}")])
    content: dict[str, Any] = tomllib.loads((TEMPLATES / f"{template}.toml").read_text(encoding="utf-8"))
    return parse_agreement(
        {
            "format": FORMAT,
            "id": id,
            "title": content["title"],
            "parties": list(parties),
            "legal_basis": {"instrument": content["instrument"], "article": content["article"]},
            "clauses": content["clause"],
            "data_classes": content["data_classes"],
            "valid_from": valid_from.isoformat(),
            "valid_to": valid_to.isoformat(),
        }
    )
