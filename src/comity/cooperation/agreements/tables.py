"""The rows of agreements: texts, signatures, notices, and every decision taken under them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class AgreementTextRow(Base):
    """One text of an agreement; `proposed_by` and what follows are empty until it was proposed over the wire."""

    __tablename__ = "agreement_texts"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(String(64), index=True)
    document: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime]
    proposed_by: Mapped[str | None] = mapped_column(String(2))
    proposed_at: Mapped[datetime | None]
    answers: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(Text)


class AgreementSignatureRow(Base):
    __tablename__ = "agreement_text_signatures"

    hash: Mapped[str] = mapped_column(ForeignKey("agreement_texts.hash"), primary_key=True)
    authority: Mapped[str] = mapped_column(String(2), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(128))
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime]


class AgreementNoticeRow(Base):
    __tablename__ = "agreement_notices"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(String(64), index=True)
    document: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime]


class AgreementDecisionRow(Base):
    """One decision: what was asked, and the clause that let it pass or the code of the refusal."""

    __tablename__ = "agreement_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    direction: Mapped[str] = mapped_column(String(8))
    sender: Mapped[str] = mapped_column(String(8))
    recipient: Mapped[str] = mapped_column(String(8))
    data_class: Mapped[str] = mapped_column(String(64))
    message_type: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128), index=True)
    agreement_id: Mapped[str | None] = mapped_column(String(64))
    clause: Mapped[str | None] = mapped_column(String(64))
    refusal: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
