"""Run the protocol's test vectors against an implementation; the standard library is all it needs.

    python docs/protocol/run_vectors.py                                  this project's implementation
    python docs/protocol/run_vectors.py --command "./their-program"      any other

The program is started once. For each vector it is given one line of JSON, {"operation": …, "input": …}, and answers
one line: {"result": …}, {"error": "<code>"} for a refusal, or {"unsupported": true}. vectors.md tells the operations.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OURS = [sys.executable, str(HERE.parents[1] / "tests" / "conformance" / "protocol" / "adapter.py")]


def ask(program: subprocess.Popen[str], vector: dict[str, object]) -> object:
    """Give one vector to the program and return its answer."""
    question = {"operation": vector["operation"], "input": vector["input"]}
    try:
        program.stdin.write(json.dumps(question) + "\n")
        program.stdin.flush()
        line = program.stdout.readline()
    except BrokenPipeError:
        line = ""
    if not line:
        return {"fault": "the program ended"}
    try:
        return json.loads(line)
    except ValueError:
        return {"fault": f"not one line of JSON: {line[:200]!r}"}


def run(command: list[str], files: list[Path]) -> dict[str, object]:
    """Run every vector of some files; return the counts and what differed."""
    passed, unsupported, failed = 0, 0, []
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8") as program:
        for file in files:
            content = json.loads(file.read_text(encoding="utf-8"))
            for vector in content["vectors"]:
                vector["input"] = {**content["common"].get(vector["operation"], {}), **vector["input"]}
                answer = ask(program, vector)
                if answer == {"unsupported": True}:
                    unsupported += 1
                elif answer == vector["expected"]:
                    passed += 1
                else:
                    name = f"{file.stem}: {vector['name']}"
                    failed.append({"vector": name, "expected": vector["expected"], "answered": answer})
        try:
            program.stdin.close()
        except BrokenPipeError:
            program.kill()
    return {"passed": passed, "unsupported": unsupported, "failed": failed}


def main() -> int:
    """Print the counts, or one JSON object with --json; exit code 1 when a vector failed."""
    options = argparse.ArgumentParser(description="Run the protocol's test vectors against an implementation.")
    options.add_argument("--command", type=shlex.split, default=OURS, help="the program; default: this project's")
    options.add_argument("--json", action="store_true", help="write one JSON object for machines")
    options.add_argument("files", nargs="*", type=Path, help="vector files; default: all beside this program")
    chosen = options.parse_args()
    told = run(chosen.command, chosen.files or sorted((HERE / "vectors").glob("*.json")))
    if chosen.json:
        print(json.dumps(told))
    else:
        for one in told["failed"]:
            expected, answered = str(one["expected"])[:500], str(one["answered"])[:500]
            print(f"FAILED {one['vector']}\n  expected {expected}\n  answered {answered}")
        print(f"{told['passed']} passed, {len(told['failed'])} failed, {told['unsupported']} not supported")
    return 1 if told["failed"] or not told["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
