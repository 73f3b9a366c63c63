"""The shape of the house: sizes, names, and who may make a `Release`. Imports are held by import-linter."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "comity"
FILES = sorted(
    path for path in SOURCE.rglob("*.py") if path.parent.name != "versions"
)  # a step of the schema is one list
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
MOST_ARGUMENTS = 6
BANNED_MODULES = {"utils", "helpers", "common", "misc", "manager", "service", "data", "info"}
BANNED_FUNCTIONS = {"process", "handle"}
MAKES_RELEASES = "comity/cooperation/agreements"


def relative(path: Path) -> str:
    return path.relative_to(SOURCE.parent).as_posix()


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_file_is_within_its_bounds(path):
    faults = []
    lines = path.read_text(encoding="utf-8").count("\n")
    if lines > LONGEST_FILE:
        faults.append(f"{lines} lines, at most {LONGEST_FILE}: split it by question")
    if path.stem in BANNED_MODULES:
        faults.append(f"the name {path.stem} says nothing: name the question it answers")
    for function in functions(path):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        count = len(function.args.posonlyargs + function.args.args + function.args.kwonlyargs)
        count -= sum(argument.arg in ("self", "cls") for argument in function.args.args[:1])
        if length > LONGEST_FUNCTION:
            faults.append(f"{function.name}: {length} lines, at most {LONGEST_FUNCTION}")
        if count > MOST_ARGUMENTS:
            faults.append(f"{function.name}: {count} arguments, at most {MOST_ARGUMENTS}")
        if function.name in BANNED_FUNCTIONS or function.name.startswith("do_"):
            faults.append(f"{function.name}: the name says nothing")
        if isinstance(function, ast.AsyncFunctionDef):
            faults.append(f"{function.name}: asynchronous; the house has one colour")

    assert faults == []


def test_files_of_tests_and_benchmarks_are_within_the_same_bound():
    root = SOURCE.parents[1]
    paths = [path for folder in ("tests", "benchmarks") for path in (root / folder).rglob("*.py")]

    lengths = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8").count("\n") for path in paths}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_only_agreements_make_a_release(path):
    if relative(path).startswith(MAKES_RELEASES):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))

    made = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Release"
    ]

    assert made == []


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_tables_are_imported_by_the_stores_of_their_own_package_only(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module is not None}
    tables = {module for module in imported if module.endswith(".tables")}
    if path.parts[-2] == "migrations":
        return

    within = path.relative_to(SOURCE).parts[:-1]
    own = {f"comity.{'.'.join(within[:depth])}.tables" for depth in range(1, len(within) + 1)}

    assert tables <= own
    assert not tables or path.stem == "store"


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_nobody_below_the_doors_commits(path):
    if relative(path).startswith(("comity/entrypoints", "comity/foundation/storage")):
        return

    calls = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]

    assert calls == []
