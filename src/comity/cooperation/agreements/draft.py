"""How does an agreement begin? From a template in a data file, for named parties and a period."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from comity.cooperation.agreements.agreement import ALL, FORMAT, Agreement, parse_agreement
from comity.cooperation.agreements.errors import AgreementInvalid
from comity.foundation.errors import Finding

TEMPLATES = Path(__file__).parent / "templates"
_NOBODY: Mapping[str, Sequence[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Template:
    """A usual basis of an agreement: what it is for, where its clauses come from, and its annexes with their titles."""

    name: str
    title: str
    summary: str
    instrument: str
    sources: tuple[str, ...]
    annexes: tuple[tuple[str, str], ...]


def list_templates() -> list[Template]:
    """Return the templates by name."""
    found = []
    for path in sorted(TEMPLATES.glob("*.toml")):
        content = _read(path.stem)
        annexes = tuple((name, annex["title"]) for name, annex in content.get("annex", {}).items())
        texts = (content["title"], content["summary"], content["instrument"])
        found.append(Template(path.stem, *texts, tuple(content["sources"]), annexes))
    return found


def draft_agreement(
    *,
    id: str,  # noqa: A002 - the agreement's own word
    parties: Sequence[str],
    valid_from: date,
    valid_to: date,
    template: str = "export-data",
    accepted: Mapping[str, Sequence[str]] = _NOBODY,
) -> Agreement:
    """Return an unsigned agreement made from a template; `accepted` names the annexes that each party accepts.

    Raises:
        AgreementInvalid: a value is not of its form, there is no such template or annex, or a party accepts fewer
            annexes than the template's instrument demands.
    """
    known = sorted(path.stem for path in TEMPLATES.glob("*.toml"))
    if template not in known:
        raise _invalid("template", f"must be one of {', '.join(known)}")
    content = _read(template)
    days: dict[str, int] = {name: content[name] for name in ("reply_days", "notice_days") if name in content}
    return parse_agreement(
        {
            "format": FORMAT,
            "id": id,
            "title": content["title"],
            "parties": list(parties),
            "legal_basis": {"instrument": content["instrument"], "article": content["article"]},
            "clauses": content["clause"],
            "data_classes": content["data_classes"],
            "annexes": _annexes(content, parties, accepted),
            "valid_from": valid_from.isoformat(),
            "valid_to": valid_to.isoformat(),
            "in_force_when": content.get("in_force_when", ALL),
            **days,
        }
    )


def _annexes(
    content: dict[str, Any], parties: Sequence[str], accepted: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, Any]]:
    annexes, least = content.get("annex", {}), content.get("each_party_accepts", 0)
    for party, names in accepted.items():
        if party not in parties:
            raise _invalid("annexes", f"{party} accepts annexes but is not a party")
        unknown = sorted(set(names) - annexes.keys())
        if unknown:
            raise _invalid("annexes", f"{', '.join(unknown)}: must be one of {', '.join(annexes) or 'none'}")
    for party in parties:
        if len(set(accepted.get(party, ()))) < least:
            raise _invalid("annexes", f"{party} must accept at least {least} of {', '.join(annexes)}")
    return {
        name: {"title": annex["title"], "accepted_by": [one for one in parties if name in accepted.get(one, ())]}
        for name, annex in annexes.items()
    }


def _invalid(path: str, message: str) -> AgreementInvalid:
    return AgreementInvalid([Finding(AgreementInvalid.code, path, message)])


def _read(template: str) -> dict[str, Any]:
    return tomllib.loads((TEMPLATES / f"{template}.toml").read_text(encoding="utf-8"))
