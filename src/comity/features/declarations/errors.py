"""What may go wrong with a document or a stored record of one, beyond the findings of reading it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from comity.foundation.errors import ComityError, Finding


class RecordInvalid(ComityError):
    """The record is not the canonical form of a declaration: check its fields against the declaration reference."""

    code: ClassVar[str] = "declarations.record-invalid"
    status: ClassVar[int] = 422


class NotKept(ComityError):
    """A list of travellers is read and checked, not kept: this node has no purpose and no time limit for it."""

    code: ClassVar[str] = "declarations.not-kept"
    status: ClassVar[int] = 422


class SchemaUnreadable(ComityError):
    """The XML schemas cannot be used: name a folder with the administration's .xsd files, as it publishes them."""

    code: ClassVar[str] = "declarations.schema-unreadable"
    status: ClassVar[int] = 422


class NotWritable(ComityError):
    """The declaration cannot be written in this format without losing something: use WCO XML."""

    code: ClassVar[str] = "declarations.not-writable"
    status: ClassVar[int] = 422

    def __init__(self, message: str | None = None, *, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)
