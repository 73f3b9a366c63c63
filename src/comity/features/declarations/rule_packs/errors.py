"""Why a rule pack, or a message under its rules, is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from comity.foundation.errors import ComityError, Finding


class RulePacksRefused(ComityError):
    """A rule pack cannot be used as it is; each finding names file, rule, position and remedy. None was loaded."""

    code: ClassVar[str] = "rule-packs.refused"
    status: ClassVar[int] = 500

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0]
        more = f" ({len(self.findings) - 1} more faults)" if len(self.findings) > 1 else ""
        super().__init__(f"{first.path}: {first.message}{more} No rule was loaded.", path=first.path)


class ExpressionRefused(ComityError):
    """An expression of a rule is not of the language; the message says where and what was expected."""

    code: ClassVar[str] = "rule-packs.expression-refused"
    status: ClassVar[int] = 422

    def __init__(self, reason: str, message: str, position: int) -> None:
        self.reason = reason
        self.position = position
        super().__init__(message)


class RulesTooCostly(ComityError):
    """The rules need more steps over this message than a node gives one message; send it in several messages."""

    code: ClassVar[str] = "rule-packs.too-costly"
    status: ClassVar[int] = 422
