"""The benchmarks in a short version: they run, and tell every figure in one JSON object on their last line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("name", "options", "figures"),
    [
        (
            "exchange",
            ["--seconds", "1", "--growth", "600", "--entries", "70000"],
            {
                "messages_per_second_sqlite",
                "messages_per_second_postgresql",
                "share_of_floor",
                "bare_https_ratio",
                "p99_delivery_ms_at_500",
            }
            | {"ledger_appends_per_second", "bundle_verify_ms", "memory_growth_mb"},
        ),
        ("spine", ["--consignments", "40"], {"demo_seconds", "lost", "pairing_recall", "clear_one_p95_ms"}),
        ("narrow_line", ["--messages", "4"], {"narrow_line_wire_bytes_per_payload_byte", "lost"}),
        ("backlog", ["--messages", "600"], {"caught_up_per_second", "out_of_order", "sender_grew_mb"}),
        ("one_declaration_risk", [], set()),
        ("wco_xml", [], set()),
        ("duty", ["--items", "500"], {"duty_items_per_second", "duty_items_per_second_by_sql"}),
        ("classification", ["--short"], {"hs6_top1", "hs6_top5_bm25", "vague_refused", "classify_p95_ms"}),
        ("ncts_xml", [], {"ncts_generated_per_second", "asycuda_per_second"}),
        ("ens_rules", ["--messages", "40"], {"ens_rules_per_second", "ens_checked_per_second"}),
        ("codes", ["--rows", "2000", "--events", "50"], {"codes_check_ms", "correlate_again_us"}),
        ("tabular", ["--rows", "2000", "--megabytes", "2"], {"csv_rows_per_second", "csv_stream_peak_mib"}),
        ("edifact", ["--megabytes", "3"], {"generated: tokenised and checked", "generated: pydifact"}),
        (
            "ledger",
            ["--entries", "70000"],
            {"ledger_appends_per_second", "inclusion_proof_ms_at_70000", "bundle_verify_ms", "cose_receipt_verify_ms"},
        ),
        (
            "mirror",
            ["--records", "2000", "--judged", "1000"],
            {"million_s", "million_peak_mb", "f1_moderate", "f1_heavy", "calibration_error", "orphan_precision"}
            | {"splink_f1_moderate", "splink_f1_heavy", "time_over_splink"},
        ),
        ("private_matching", ["--records", "400"], {"private_100k_s", "private_met", "keyed_hashes_s"}),
        ("agreements", ["--calls", "20"], {"bilateral: one proved no, median"}),
    ],
)
def test_benchmark_tells_its_figures(name, options, figures):
    command = [sys.executable, str(ROOT / "benchmarks" / f"{name}.py"), *options]

    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200)

    assert ran.returncode == 0, ran.stderr[-2000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    assert set(told) == {"benchmark", "cores", "figures"}
    assert all(set(one) == {"name", "value", "unit", "goal", "holds"} for one in told["figures"])
    assert figures <= {one["name"] for one in told["figures"]}
