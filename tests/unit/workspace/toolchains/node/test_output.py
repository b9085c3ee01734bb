"""Recorded outputs of the tools, as findings and test runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains.base import Package, Step, StepKind, TestRun
from backend_developer.workspace.toolchains.node.toolchain import NodeToolchain
from tests.support.product import write_files

ESLINT = [
    {
        "filePath": "ROOT/a.ts",
        "messages": [
            {"ruleId": "eqeqeq", "severity": 2, "message": "Expected '==='.", "line": 3, "column": 5},
            {"ruleId": "no-console", "severity": 1, "message": "Unexpected console.", "line": 4, "column": 1},
            {"ruleId": None, "fatal": True, "severity": 2, "message": "Parsing error: x", "line": 5, "column": 1},
        ],
    }
]
BIOME = """\
::warning title=lint/style/useConst,file=ROOT/a.ts,line=1,endLine=1,col=1,endColumn=4::This let is assigned once.
::error title=lint/suspicious/noDoubleEquals,file=a.ts,line=2,endLine=1,col=18,endColumn=20::Using == may be unsafe.
"""
TSC = """\
a.ts(2,7): error TS2322: Type 'string' is not assignable to type 'number'.
  The expected type comes from here.
error TS18003: No inputs were found.
"""
STYLISH = """
ROOT/a.ts
  3:5   error    Expected '===' and instead saw '=='  eqeqeq
  4:1   warning  Unexpected console statement         no-console

b.ts:7:2 - error TS1005: ';' expected.
    at run (file://ROOT/b.ts:9:1)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write_files(root, {"a.ts": "", "b.ts": "", "v/a.test.mjs": "", "v/b.test.mjs": "", "m/a.js": ""})
    return root


def _outcome(text: str, log: Path, exit_code: int = 1) -> Outcome:
    log.write_text(text)
    return Outcome(command="x", exit_code=exit_code, output=text, log=log, duration_s=0.1, timed_out=False)


def _found(root: Path, kind: StepKind, tool: str, text: str) -> list[tuple[str, str | None, int | None]]:
    node = NodeToolchain(root, root.parent)
    step = Step(kind=kind, tool=tool, argv=(tool,), package=Package("node", "."))
    found = node.findings(step, _outcome(text.replace("ROOT", str(root)), root.parent / "log"), root)
    return [(one.code, one.file, one.line) for one in found]


@pytest.mark.parametrize(
    ("tool", "text", "expected"),
    [
        ("eslint", json.dumps(ESLINT), [("eqeqeq", "a.ts", 3), ("syntax", "a.ts", 5)]),
        ("biome", BIOME, [("lint/suspicious/noDoubleEquals", "a.ts", 2)]),
        ("tsc", TSC, [("TS2322", "a.ts", 2), ("TS18003", None, None)]),
        ("tsgo", TSC, [("TS2322", "a.ts", 2), ("TS18003", None, None)]),
        ("script-lint", STYLISH, [("eqeqeq", "a.ts", 3), ("TS1005", "b.ts", 7), ("error", "b.ts", 9)]),
        ("script-build", "it went wrong", [("exit-1", None, None)]),
        ("eslint", "Oops! Something went wrong! :(", [("exit-1", None, None)]),
    ],
)
def test_outputs_are_placed(root: Path, tool: str, text: str, expected: list[Any]) -> None:
    assert _found(root, "lint", tool, text) == expected


def _read(root: Path, tool: str, report: Any) -> TestRun:
    path = root.parent / "report.json"
    path.write_text(json.dumps(report).replace("ROOT", str(root)))
    step = Step("tests", tool, (tool,), Package("node", "."), {"BACKEND_DEVELOPER_REPORT": str(path)})
    run = NodeToolchain(root, root.parent).tests(step, _outcome("", root.parent / "log"), root)
    assert not path.exists()
    return run


@pytest.mark.parametrize("tool", ["vitest", "jest"])
def test_the_report_of_vitest_and_jest(root: Path, tool: str) -> None:
    stack = (
        "AssertionError: expected 3 to be 2\n    at ROOT/v/a.test.mjs:5:15\n    at file://ROOT/node_modules/x.js:1:1"
    )
    tests = [
        {"ancestorTitles": ["price"], "title": "is right", "status": "passed", "failureMessages": []},
        {"ancestorTitles": ["price"], "title": "is wrong", "status": "failed", "failureMessages": [stack]},
        {"ancestorTitles": ["price"], "title": "later", "status": "pending", "failureMessages": []},
    ]
    suites = [
        {"name": "ROOT/v/a.test.mjs", "status": "failed", "message": "", "assertionResults": tests},
        {"name": "ROOT/v/b.test.mjs", "status": "failed", "message": "Cannot find module", "assertionResults": []},
    ]
    run = _read(root, tool, {"testResults": suites})
    assert run.passed == {"v/a.test.mjs > price > is right"}
    assert run.skipped == {"v/a.test.mjs > price > later"}
    finding = run.failed["v/a.test.mjs > price > is wrong"]
    assert (finding.file, finding.line) == ("v/a.test.mjs", 5)
    assert finding.message.endswith("AssertionError: expected 3 to be 2")
    assert [(one.code, one.file) for one in run.broken] == [("collection", "v/b.test.mjs")]


def test_the_report_of_mocha(root: Path) -> None:
    stack = "AssertionError [ERR_ASSERTION]: 3 == 2\n    at Context.<anonymous> (m/a.js:5:12)"
    wrong = {"fullTitle": "price is wrong", "file": "ROOT/m/a.js", "err": {"stack": stack, "message": "3 == 2"}}
    right = {"fullTitle": "price is right", "file": "ROOT/m/a.js", "err": {}}
    run = _read(root, "mocha", {"passes": [right], "failures": [wrong], "pending": []})
    assert run.passed == {"m/a.js > price is right"}
    finding = run.failed["m/a.js > price is wrong"]
    assert (finding.file, finding.line) == ("m/a.js", 5)


def test_a_runner_that_fails_without_a_report_is_broken(root: Path) -> None:
    step = Step("tests", "jest", ("jest",), Package("node", "."), {"BACKEND_DEVELOPER_REPORT": str(root / "none")})
    run = NodeToolchain(root, root.parent).tests(step, _outcome("no config", root.parent / "log", 2), root)
    assert [one.code for one in run.broken] == ["exit-2"]
