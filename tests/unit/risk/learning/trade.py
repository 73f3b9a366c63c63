"""Lines of recognisably invented trade, columnar and in order of time."""

from __future__ import annotations

import numpy as np


def trade(count: int = 400, *, days: int = 40, seed: int = 1) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(seed)
    day = np.sort(chance.integers(0, days, count))
    importer, goods, origin = chance.integers(0, 9, count), chance.integers(0, 6, count), chance.integers(0, 4, count)
    price, mass = np.exp(goods + chance.normal(0, 0.4, count)), np.exp(chance.normal(6, 1, count))

    def named(prefix: str, numbers: np.ndarray) -> np.ndarray:
        return np.array([f"{prefix}{one}" for one in numbers], object)

    hs6 = named("85010", goods)
    lines = {
        "declaration_id": named("declaration-", np.arange(count)),
        "item": np.ones(count, np.int64),
        "accepted_at": np.datetime64("2026-01-01", "s") + day * 86400 + np.arange(count),
        "importer_id": named("importer-", importer),
        "exporter_id": named("exporter-", importer * 2 + origin % 2),
        "declarant_id": named("broker-", importer % 3),
        "office": named("office-", importer % 2),
        "origin_country": named("C", origin),
        "export_country": named("C", origin),
        "transport_mode": named("", origin % 2),
        "hs_code": hs6,
        "hs6": hs6,
        "hs4": np.array([one[:4] for one in hs6], object),
        "hs2": np.array([one[:2] for one in hs6], object),
        "customs_value_usd": price * mass * 1.05,
        "invoice_value_usd": price * mass,
        "net_mass_kg": mass,
        "gross_mass_kg": mass * 1.1,
        "package_count": np.ceil(mass / 20),
        "mirror_expected": (origin < 2).astype(float),
        "mirror_found": (origin < 1).astype(float),
        "mirror_severity": chance.random(count) * (origin < 1),
    }
    lines["importer_id"][::17] = None
    lines["net_mass_kg"][::13] = np.nan
    return lines
