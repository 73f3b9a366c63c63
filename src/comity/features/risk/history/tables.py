"""The rows of history: each goods item as it was judged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comity.foundation.storage.base import Base


class LineRow(Base):
    """One goods item: the keys and measures that windows ask for (thousandths), the published columns, the result."""

    __tablename__ = "risk_lines"
    __table_args__ = (
        Index("ix_risk_lines_importer", "importer_id", "accepted_at"),
        Index("ix_risk_lines_exporter", "exporter_id", "accepted_at"),
        Index("ix_risk_lines_declarant", "declarant_id", "accepted_at"),
        Index("ix_risk_lines_hs6", "hs6", "accepted_at"),
        Index("ix_risk_lines_hs4", "hs4", "accepted_at"),
        Index("ix_risk_lines_kind", "kind", "accepted_at"),
    )

    declaration_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    accepted_at: Mapped[datetime]
    importer_id: Mapped[str | None] = mapped_column(String)
    exporter_id: Mapped[str | None] = mapped_column(String)
    declarant_id: Mapped[str | None] = mapped_column(String)
    hs6: Mapped[str | None] = mapped_column(String)
    hs4: Mapped[str | None] = mapped_column(String)
    hs2: Mapped[str | None] = mapped_column(String)
    export_country: Mapped[str | None] = mapped_column(String)
    origin_country: Mapped[str | None] = mapped_column(String)
    office: Mapped[str | None] = mapped_column(String)
    procedure: Mapped[str | None] = mapped_column(String)
    customs_value_usd: Mapped[int | None] = mapped_column(BigInteger)
    invoice_value_usd: Mapped[int | None] = mapped_column(BigInteger)
    net_mass_kg: Mapped[int | None] = mapped_column(BigInteger)
    gross_mass_kg: Mapped[int | None] = mapped_column(BigInteger)
    facts: Mapped[dict[str, Any]]
    examined_at: Mapped[datetime | None]
    irregular: Mapped[bool | None]
