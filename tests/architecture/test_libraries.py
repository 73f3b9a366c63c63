"""Each library lives in its own files: another file that wants it asks those, so that it can be replaced or reviewed."""

from __future__ import annotations

import ast
from fnmatch import fnmatch
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "comity"
FILES = sorted(SOURCE.rglob("*.py"))

# Library -> the files that may import it, and why. `sqlalchemy.orm.Session`, the type that is passed on, is free.
ALLOWED = {
    "sqlalchemy": (("*/tables.py", "*/store.py", "foundation/storage/*", "migrations/*"), "rows and queries"),
    "alembic": (("migrations/*",), "the schema's history"),
    "pkcs11": (("cooperation/identity/token.py",), "tokens that hold the signing key"),
    "psycopg": ((), "SQLAlchemy speaks to it"),
    "duckdb": (("features/risk/rules/engine.py", "features/mirror/linkage/*"), "the batch engine"),
    "sqlglot": (("features/risk/rules/*",), "parsing of profiles"),
    "rapidfuzz": (("features/mirror/evidence.py", "features/risk/rules/refusals.py"), "likeness of names"),
    "lxml": (
        (
            "features/declarations/formats/*_xml/*",
            "features/declarations/formats/asycuda_sad/*",
            "features/declarations/formats/epcis/*",
            "features/declarations/formats/tabular/write_*.py",
            "foundation/sheets/*",
            "features/declarations/schema*.py",
            "features/tariff/sources/taric3/read.py",
            "features/declarations/requirements.py",
            "features/declarations/rule_packs/*",
        ),
        "XML",
    ),
    "openpyxl": (("features/declarations/formats/tabular/write_*.py",), "workbooks"),
    "currency_converter": (("foundation/rates.py", "entrypoints/demo/world/rates.py"), "exchange rates"),
    "cedarpy": (("cooperation/agreements/policies.py",), "policies"),
    "z3": (
        ("cooperation/agreements/analyse/*", "features/risk/rules/possible.py"),
        "what agreements permit and what rules can hit, all cases at once",
    ),
    "cbor2": (("cooperation/ledger/receipt_cose.py",), "COSE receipts"),
    "rfc8785": (("foundation/canonical_json.py",), "canonical JSON"),
    "cryptography": (
        ("cooperation/identity/*", "cooperation/exchange/*", "features/mirror/private/blinding.py"),
        "signatures, seals and certificates; blinded keys",
    ),
    "httpx": (
        ("cooperation/exchange/transport.py", "cooperation/bridges/xroad.py", "entrypoints/demo/*"),
        "the network",
    ),
    "fastapi": (("entrypoints/api/*", "entrypoints/console/*", "entrypoints/server.py"), "the web"),
    "starlette": (("entrypoints/api/*", "entrypoints/console/*"), "the web"),
    "uvicorn": (("entrypoints/server.py", "entrypoints/connection.py"), "the web server"),
    "anyio": (("entrypoints/api/limits.py",), "bodies that arrive in parts"),
    "pydantic": (("entrypoints/api/*",), "the API's published shapes"),
    "jinja2": (("entrypoints/console/site.py",), "templates"),
    "argon2": (("entrypoints/console/accounts.py",), "passwords"),
    "babel": (
        (
            "entrypoints/console/*",
            "entrypoints/cli/templates.py",
            "features/codes/from_packages.py",
            "features/declarations/formats/asycuda_sad/currency.py",
        ),
        "languages, countries and currencies",
    ),
    "prometheus_client": (("entrypoints/metrics.py", "entrypoints/meters.py"), "metrics"),
    "numpy": (
        (
            "features/tariff/classification/*",
            "features/mirror/linkage/*",
            "features/risk/learning/*",
            "features/risk/selection/*",
            "entrypoints/demo/world/simulation/*",
        ),
        "arithmetic of ranking, of weights, of what is learned and of the simulated world",
    ),
    "typer": (("entrypoints/cli/*",), "the command line"),
    "rich": (("entrypoints/cli/*",), "the command line"),
    "msgspec": (
        (
            "foundation/canonical_json.py",
            "cooperation/exchange/*",
            "cooperation/stewardship/*",
            "cooperation/accounts/*",
            "features/*",
            "entrypoints/api/*",
        ),
        "JSON at the edge",
    ),
}
FREE = {"sqlalchemy.orm.Session"}


def imported_by(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names - FREE


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_file_imports_only_the_libraries_that_live_in_it(path):
    place = path.relative_to(SOURCE).as_posix()
    used = {name.split(".")[0] for name in imported_by(path)} & set(ALLOWED)

    strangers = {
        library: f"lives in {', '.join(ALLOWED[library][0])}: {ALLOWED[library][1]}"
        for library in used
        if not any(fnmatch(place, pattern) for pattern in ALLOWED[library][0])
    }

    assert strangers == {}


def test_every_runtime_dependency_has_its_place():
    text = (SOURCE.parents[1] / "requirements" / "runtime.in").read_text(encoding="utf-8")
    told = {line.split(">")[0].split("[")[0].strip().lower().replace("-", "_") for line in text.splitlines() if line}
    packages = {"argon2_cffi": "argon2", "currencyconverter": "currency_converter", "z3_solver": "z3"}
    building = {"hatchling", "editables"}  # build the package; nothing imports them
    quiet = {"httptools", "python_multipart"}  # used by uvicorn and FastAPI when they are there

    named = {packages.get(name, name) for name in told} - building - quiet

    assert named <= set(ALLOWED)


@pytest.mark.parametrize("library", sorted(set(ALLOWED) - {"psycopg"}))
def test_place_of_a_library_is_really_used(library):
    assert any(name.split(".")[0] == library for path in FILES for name in imported_by(path))
