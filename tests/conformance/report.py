"""What becomes of every third-party file beside the project: read, accepted, refused with reasons, crashed.

Run with `make conformance`, or `python tests/conformance/report.py [FOLDER…]`. One JSON object on the last line.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from comity.features.codes.files.read import READABLE, read_code_lists  # noqa: E402
from comity.features.declarations.formats.ncts_xml.read import tree_in  # noqa: E402
from comity.features.declarations.read import DEFAULT_LIMITS, read_documents  # noqa: E402
from comity.features.declarations.schemas import Schemas  # noqa: E402
from comity.features.tariff.classification.errors import TrainingInvalid  # noqa: E402
from comity.features.tariff.classification.learn_from import read_nomenclature, read_terms, read_vague  # noqa: E402
from comity.flows.import_tariff import import_tariff  # noqa: E402
from comity.foundation.clock import SystemClock  # noqa: E402
from comity.foundation.errors import Severity  # noqa: E402
from comity.foundation.storage.session import Database  # noqa: E402
from comity.migrations.upgrade import migrate  # noqa: E402
from tests.conformance.entry_summary import agreement, as_table  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
DOCUMENT_ENDINGS = frozenset({".xml", ".json", ".edi", ".txt", ".csv", ".xlsx", ".ods", ".jsonld"})

Survey = dict[str, Any]


def survey_documents(folder: Path) -> Survey:
    """Read every document of a folder as a node would."""
    tally: Counter[str] = Counter(files=0, read=0, documents=0, accepted=0, refused=0, crashed=0)
    reasons: Counter[str] = Counter()
    crashed = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in DOCUMENT_ENDINGS or not path.is_file():
            continue
        tally["files"] += 1
        try:
            reading = read_documents(path)
        except Exception as error:  # a crash is what is counted here
            tally["crashed"] += 1
            crashed.append(f"{path.relative_to(folder)}: {type(error).__name__}")
            continue
        tally["read"] += 1
        found = [*reading.findings, *(one for document in reading.documents for one in document.findings)]
        reasons.update({one.code for one in found if one.severity is Severity.ERROR})
        accepted = sum(document.document is not None for document in reading.documents)
        tally["documents"] += len(reading.documents)
        tally["accepted"] += accepted
        tally["refused"] += len(reading.documents) - accepted + (not reading.documents)
    return {**tally, "refused_because": dict(reasons.most_common()), "crashes": crashed}


def survey_epcis(folder: Path) -> Survey:
    """Read every document, and count how often it is accepted or refused as the folder it lies in says."""
    judged = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in DOCUMENT_ENDINGS]
    agreed = 0
    for path in judged:
        reading = read_documents(path)
        accepted = bool(reading.documents) and all(one.document is not None for one in reading.documents)
        agreed += accepted != ("invalid" in {part.lower() for part in path.relative_to(folder).parts})
    return {**survey_documents(folder), "agreed": agreed, "agreed_share": round(agreed / max(len(judged), 1), 4)}


def survey_entry_summaries(folder: Path) -> Survey:
    """Read every sample, and compare the errors of every published message with those that are expected."""
    told = agreement(folder)
    print("\n".join(as_table(told["rules"])))
    return {**survey_documents(folder / "sample"), **told}


def survey_ncts(folder: Path) -> Survey:
    """Read every message, and count how often the verdict without the schemas is that of the schemas."""
    schemas = Schemas(folder / "schemas")
    agreed, judged = 0, 0
    for path in sorted((folder / "samples").iterdir()):
        reading = read_documents(path)
        tree = tree_in(path.read_bytes(), limits=DEFAULT_LIMITS) if reading.format == "ncts" else []
        if isinstance(tree, list):
            continue
        judged += 1
        is_valid = not schemas.findings(tree[0], limits=DEFAULT_LIMITS, places=tree[1])
        agreed += is_valid == (reading.documents[0].document is not None)
    share = round(agreed / max(judged, 1), 4)
    return {**survey_documents(folder / "samples"), "judged": judged, "agreed": agreed, "agreed_share": share}


def survey_tariff(folder: Path) -> Survey:
    """Import every TARIC3 file into one database, in the order of their names, and count what was found."""
    tally: Counter[str] = Counter(files=0, read=0, accepted=0, refused=0, crashed=0, records=0)
    errors: Counter[str] = Counter()
    warnings: Counter[str] = Counter()
    crashed = []
    with tempfile.TemporaryDirectory() as made:
        database = Database(f"sqlite:///{made}/tariff.db")
        migrate(database)
        for path in sorted(folder.rglob("*.xml")):
            tally["files"] += 1
            try:
                with database.transaction() as session:
                    done = import_tariff(session, path, clock=SystemClock())
            except Exception as error:  # a crash is what is counted here
                tally["crashed"] += 1
                crashed.append(f"{path.relative_to(folder)}: {type(error).__name__}")
                continue
            tally["read"] += 1
            tally["accepted" if done.is_stored else "refused"] += 1
            tally["records"] += sum(done.counts.get(action, 0) for action in ("create", "update", "delete"))
            errors.update({one.code for one in done.findings if one.severity is Severity.ERROR})
            warnings.update({one.code for one in done.findings if one.severity is Severity.WARNING})
        database.dispose()
    return {**tally, "refused_because": dict(errors), "told": dict(warnings.most_common()), "crashes": crashed}


def survey_lists(folder: Path) -> Survey:
    """Read every published file of code lists: lists, entries and pairs of HS editions, and what was left out."""
    tally: Counter[str] = Counter(files=0, lists=0, entries=0, correlated=0, crashed=0)
    reasons: Counter[str] = Counter()
    crashed: list[str] = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix.lower() not in READABLE:
            continue
        tally["files"] += 1
        try:
            found = read_code_lists(path.name, path.read_bytes())
        except Exception as error:  # a crash is what is counted here
            tally["crashed"] += 1
            crashed.append(f"{path.relative_to(folder)}: {type(error).__name__}")
            continue
        tally["lists"] += len(found.lists)
        tally["entries"] += sum(len(one.entries) for one in found.lists)
        tally["correlated"] += sum(len(one.pairs) for one in found.correlations)
        reasons.update(one.code for one in found.findings)
    return {**tally, "remarks": dict(reasons.most_common()), "crashes": crashed}


def survey_terms(folder: Path) -> Survey:
    """Read the descriptions that classification learns from, against the nomenclature beside them."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".json", ".csv"))
    tally: Counter[str] = Counter(files=len(files), read=0, accepted=0, refused=0, crashed=0, terms=0, left_out=0)
    crashed = []
    nomenclature = read_nomenclature(DATA / "harmonized-system" / "harmonized-system.csv", edition="HS2022")
    for path in files:
        try:
            if "vague" in path.name:
                tally["terms"] += len(read_vague(path))
            else:
                found = read_terms([path], nomenclature)
                tally["terms"] += len(found.terms)
                tally["left_out"] += found.left_out
            tally["accepted"] += 1
        except TrainingInvalid:
            tally["refused"] += 1
        except Exception as error:  # a crash is what is counted here
            tally["crashed"] += 1
            crashed.append(f"{path.name}: {type(error).__name__}")
            continue
        tally["read"] += 1
    return {**tally, "crashes": crashed}


COLLECTIONS: dict[str, Callable[[Path], Survey]] = {
    "wco-declarations": lambda folder: survey_documents(folder / "samples"),
    "code-lists": survey_lists,
    "harmonized-system": survey_lists,
    "hs-classification": survey_terms,
    "ports": survey_lists,
    "asycuda": survey_documents,
    "dcsa": survey_documents,
    "edifact": survey_documents,
    "entry-summary": survey_entry_summaries,
    "epcis": survey_epcis,
    "ncts": survey_ncts,
    "tariff-taric3": survey_tariff,
}
"""Folder beside the project -> what is done with it. Watch lists, travel documents and the Korean declarations have no
reader yet: names, faces and prediction are rooms of their own."""


def report(chosen: list[str]) -> dict[str, Survey]:
    """Return the survey of each collection that is there."""
    told = {}
    for name, survey in COLLECTIONS.items():
        if (not chosen or name in chosen) and (DATA / name).is_dir():
            told[name] = survey(DATA / name)
            figures = {key: value for key, value in told[name].items() if isinstance(value, int | float)}
            print(f"{name:26} " + "  ".join(f"{key} {value}" for key, value in figures.items()))
    return told


if __name__ == "__main__":
    print(json.dumps({"conformance": report(sys.argv[1:])}))
