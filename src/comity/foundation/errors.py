"""What went wrong, where, and what to do: the one base of all errors of this project."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class ComityError(Exception):
    """Something in the node refused; the subclass says what.

    `code` is stable and dotted (`exchange.signature-invalid`); `status` is the HTTP status it maps to.
    The subclass docstring is the default message. A message never echoes personal or trade data.
    """

    code: ClassVar[str] = "comity.error"
    status: ClassVar[int] = 400

    def __init__(self, message: str | None = None, *, path: str | None = None) -> None:
        self.message = message or " ".join((type(self).__doc__ or "").split())
        self.path = path
        super().__init__(self.message)

    def as_problem(self) -> dict[str, str]:
        """Return `{"code", "message"[, "path"]}` for a machine."""
        problem = {"code": self.code, "message": self.message}
        if self.path is not None:
            problem["path"] = self.path
        return problem


class Severity(StrEnum):
    """Whether a finding stops the document or is only told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in an input: a stable code, the place (XPath or sheet/row/column), and advice."""

    code: str
    path: str
    message: str
    severity: Severity = Severity.ERROR

    def as_problem(self) -> dict[str, str]:
        """Return `{"code", "path", "message"}` for a machine."""
        return {"code": self.code, "path": self.path, "message": self.message}
