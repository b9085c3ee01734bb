from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from backend_developer.contract import GateResult
from backend_developer.nodes.gates.house_rules import house_rules
from backend_developer.workspace.guard import Guard
from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.project_settings import GuardTable, HouseRulesTable, ProjectSettings
from tests.support.planted import PLANTED

GOOD = b'def create(name):\n    logger.info("[users:create] name=%s", name)\n    user = store(name)\n    return user\n'
SILENT = b"def create(name):\n    user = store(name)\n    notify(user)\n    return user\n"
ANSWERED = {"1": {"server": "code-index", "tool": "code-index", "ok": True}}


class Journal:
    def __init__(self, before: dict[str, bytes | None]) -> None:
        self._before = before

    async def files_changed(self) -> list[str]:
        return sorted(self._before)

    async def before(self, paths: Sequence[str]) -> list[bytes | None]:
        return [self._before[path] for path in paths]


class Bench:
    """A project whose files are written; those with bytes from before are old, all are changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.before: dict[str, bytes | None] = {}
        self.events: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {"attempt": 2, "consult": ANSWERED}
        self.required = {"code-index"}
        self.settings = ProjectSettings()
        self.index = CodeIndex(root, root.with_name(f"{root.name}-state"))

    def change(self, path: str, after: bytes, before: bytes | None = None) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(after)
        self.before[path] = before

    async def judge(self) -> GateResult:
        guard = Guard(self.root, protected=self.settings.guard.protected)
        context = SimpleNamespace(
            workspace=SimpleNamespace(root=self.root, journal=Journal(self.before), guard=guard),
            project_settings=self.settings,
            index=self.index,
            required_servers=lambda state: self.required,
        )
        runtime: Any = SimpleNamespace(context=context, stream_writer=self.events.append)
        state: Any = self.state
        update = await house_rules(state, runtime)
        return GateResult.model_validate(update["gates"]["2/house_rules"])


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    root = tmp_path / "project"
    root.mkdir()
    opened = Bench(root)
    yield opened
    opened.index.close()


async def codes(bench: Bench) -> list[str]:
    return [finding.code for finding in (await bench.judge()).findings]


async def test_a_good_change_passes_and_is_told(bench: Bench) -> None:
    bench.change("app/users.py", GOOD)

    result = await bench.judge()

    assert (result.status, result.findings, result.attempt) == ("pass", [], 2)
    assert result.evidence["files"] == 1
    begun, ended = bench.events
    assert begun == {"event": "gate", "gate": "house_rules", "attempt": 2}
    assert (ended["status"], ended["findings"]) == ("pass", 0)


async def test_nothing_changed_is_no_success(bench: Bench) -> None:
    result = await bench.judge()

    assert result.status == "fail"
    assert [finding.code for finding in result.findings] == ["nothing-changed"]


async def test_rules_on_files_are_applied(bench: Bench) -> None:
    bench.change("app/users.py", SILENT)
    bench.change("app/long.py", b"x = 1\n" * 301)

    assert await codes(bench) == ["file-too-long", "log-missing"]


async def test_a_warning_alone_does_not_fail(bench: Bench) -> None:
    bench.change("app/long.py", b"x = 1\n" * 400, before=b"x = 2\n" * 401)

    result = await bench.judge()

    assert result.status == "pass"
    assert [finding.level for finding in result.findings] == ["warning"]


async def test_the_projects_settings_are_heeded(bench: Bench) -> None:
    rules = HouseRulesTable(max_lines=400, log_prefix=False, exclude=("legacy/",))
    bench.settings = ProjectSettings(house_rules=rules, guard=GuardTable(protected=("schema/",)))
    bench.change("app/users.py", SILENT)
    bench.change("app/long.py", b"x = 1\n" * 301)
    bench.change("legacy/longer.py", b"x = 1\n" * 901)
    bench.change("schema/a.sql", b"select 1;\n")

    assert await codes(bench) == ["path-forbidden"]


async def test_tests_and_forbidden_places_are_named(bench: Bench) -> None:
    for path in ("tests/test_users.py", ".env", ".ai/generated-code/x.py", "backend-developer.toml", "app/ok.py"):
        bench.change(path, b"x = 1\n")

    found = {finding.file: finding.code for finding in (await bench.judge()).findings}

    assert found == {
        "tests/test_users.py": "test-written",
        ".env": "path-forbidden",
        ".ai/generated-code/x.py": "path-forbidden",
        "backend-developer.toml": "path-forbidden",
    }


async def test_a_mandatory_server_must_have_been_asked_and_have_answered(bench: Bench) -> None:
    bench.change("app/users.py", GOOD)
    bench.required = {"code-index", "context7", "pg-aiguide"}
    bench.state["consult"] = {
        **ANSWERED,
        "2": {"server": "context7", "ok": False},
        "3": {"server": "code-index", "ok": False},
    }

    findings = (await bench.judge()).findings

    assert [finding.code for finding in findings] == ["mcp-missing", "mcp-missing"]
    assert "context7 was asked, but has not answered" in findings[0].message
    assert "pg-aiguide was not asked" in findings[1].message


async def test_source_that_git_ignores_is_named(bench: Bench) -> None:
    (bench.root / ".gitignore").write_text("app/\n")
    bench.change("app/users.py", GOOD)
    bench.change("lib/users.py", GOOD)
    bench.change("app/notes.txt", b"no source")
    assert [(one.file, one.code) for one in (await bench.judge()).findings] == [("app/users.py", "ignored-by-git")]


async def test_the_measures_are_those_of_the_baseline(bench: Bench) -> None:
    bench.state["baseline"] = {"lint": {"evidence": {"steps": [{"tool": "ruff"}]}}}
    bench.change("pyproject.toml", b"[tool.ruff]\nexclude = ['*']\n", before=b"[tool.ruff]\n")
    assert await codes(bench) == ["measure-changed"]
    bench.state["task"] = {"files_involved": ["pyproject.toml"]}
    assert await codes(bench) == []


@pytest.mark.parametrize(("weight", "status"), [("warning", "pass"), ("error", "fail"), ("off", "pass")])
async def test_an_index_file_weighs_what_the_project_says(
    bench: Bench, weight: Literal["warning", "error", "off"], status: str
) -> None:
    bench.settings = ProjectSettings(house_rules=HouseRulesTable(index_files=weight))
    bench.change("src/models/users.ts", b"export class User {}\n", before=b"export class User { }\n")
    bench.change("src/models/index.ts", b"export class Team {}\n", before=b"")
    result = await bench.judge()
    assert result.status == status
    assert [one.code for one in result.findings] == ([] if weight == "off" else ["index-defines"])


COPIED = b"""
def overdue(session, today):
    logger.info("[m:overdue] today=%s", today)
    found = []
    for invoice in session.query(Invoice).filter(Invoice.paid == False):
        if invoice.due < today and invoice.total > 0:
            found.append((invoice.number, invoice.total * 1.05))
    return sorted(found, key=lambda pair: pair[1], reverse=True)
"""


@pytest.mark.parametrize(
    ("duplicates", "status", "found"),
    [("warning", "pass", ["near-copy"]), ("error", "fail", ["near-copy"]), ("off", "pass", [])],
)
async def test_a_near_copy_weighs_what_the_project_says(
    bench: Bench, duplicates: Literal["warning", "error", "off"], status: str, found: list[str]
) -> None:
    for planted in PLANTED:
        (bench.root / f"invoices.{planted.suffix}").write_bytes(planted.original.encode())
        bench.change(f"loans.{planted.suffix}", planted.copy.encode())
    bench.settings = ProjectSettings(house_rules=HouseRulesTable(duplicates=duplicates, log_prefix=False))

    result = await bench.judge()

    assert result.status == status
    copies = {f"loans.{planted.suffix}": found for planted in PLANTED}
    told = {path: [one.code for one in result.findings if one.file == path] for path in copies}
    assert told == copies


async def test_an_excluded_file_may_be_a_copy(bench: Bench) -> None:
    (bench.root / "invoices.py").write_bytes(COPIED)
    bench.settings = ProjectSettings(house_rules=HouseRulesTable(exclude=("legacy/",)))
    bench.change("legacy/loans.py", COPIED)

    assert (await bench.judge()).findings == []
