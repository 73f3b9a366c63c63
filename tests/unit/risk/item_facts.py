"""What a goods item looks like to a profile when nothing is wrong with it."""

from __future__ import annotations

from typing import Any

PLAIN: dict[str, Any] = {
    "hs_code": "10063099",
    "hs2": "10",
    "hs4": "1006",
    "hs6": "100630",
    "origin_country": "KE",
    "export_country": "KE",
    "destination_country": "UG",
    "gross_mass_kg": 1050.0,
    "net_mass_kg": 1000.0,
    "package_count": 20,
    "invoice_value_usd": 900.0,
    "customs_value_usd": 950.0,
    "unit_value_usd_kg": 0.9,
    "item_count": 1,
    "containers": 1,
    "importer_id": "UG100",
    "importer_declarations_30d": 4,
    "importer_irregular_365d": 0,
    "importer_is_new": False,
    "mirror_expected": True,
    "mirror_found": True,
    "mirror_probability": 0.999,
    "mirror_value_ratio": 1.06,
    "mirror_mass_ratio": 1.0,
    "mirror_quantity_ratio": None,
    "mirror_goods_differ": False,
    "mirror_origin_differs": False,
    "mirror_severity": 0.0,
    "partner_alert": False,
    "aeo": False,
}


def an_item(**changes: Any) -> dict[str, Any]:
    """Return the facts of an ordinary item with some changed."""
    return PLAIN | changes
