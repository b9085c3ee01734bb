"""What the model reads, put together as a run does it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError
from langchain_core.messages import BaseMessage

from backend_developer.contract import Finding, GateResult
from backend_developer.contract.analysis import Analysis, Choice, Serving
from backend_developer.nodes.analyze import analyze
from backend_developer.nodes.load_skills import TABLE, load_skills
from backend_developer.nodes.structured import tool_of
from backend_developer.nodes.write.conversation import opening
from backend_developer.nodes.write.finish import finish_spec
from backend_developer.prompts import FOLDER, render, text
from backend_developer.prompts.library import BUILT_IN, SkillLibrary
from tests.support.fakes import Bench, answer, call, make_bench

RUSSIAN: dict[str, Any] = {
    "main_task": "Создать API для пользователей",
    "extras": ["Разбить auth.py на модули", "Обновить README"],
    "requirements": ["Сканировать проект на дублирование"],
    "files_involved": ["app/auth.py", "app/users/"],
}
FULL = Analysis(
    summary="Пользователи: создать, прочитать, удалить",
    requirements=[f"requirement {number}: what the result must do for one of its users" for number in range(6)],
    acceptance=[f"POST /users with case {number} answers with what was stored before" for number in range(6)],
    plan=[f"write app/users/part_{number}.py with one of the layers and wire it in" for number in range(8)],
    keywords=["user", "create_user"],
    api=True,
    database=True,
)
OLD = [
    Finding(
        source="lint/ruff", code="F401", message="`os` imported but unused", file="app/a.py", line=n, level="warning"
    )
    for n in range(1, 40)
]
FOUND = {
    "scan": {"digest": "- app/users.py:1 get_user(user_id)\n" * 137},
    "consult": {
        "code-index/1": {"server": "code-index", "arguments": {"query": "user"}, "answered_by": "built in"}
        | {"ok": True, "answer": "app/users.py:1 def get_user\n" * 80}
    },
}
OLD_FAILURES = {"baseline": {"lint": GateResult(gate="lint", status="pass", findings=OLD).dump()}}


def skill_folder(folder: Path) -> Path:
    """A skill for each name of the user's table: ours where it is written, a stand-in of a usual size elsewhere."""
    for name in {name for _, names in TABLE for name in names}:
        manifest = folder / name / "SKILL.md"
        manifest.parent.mkdir(parents=True)
        ours = BUILT_IN / name / "SKILL.md"
        core = "One line that says what to do and what not to do.\n" * 16
        stand_in = f"---\nname: {name}\ndescription: About {name}.\n---\n# {name}\n\n## Core\n{core}\n## More\nx\n"
        manifest.write_text(ours.read_text(encoding="utf-8") if ours.is_file() else stand_in, encoding="utf-8")
    return folder


async def opened(bench: Bench, analysis: Analysis, **found: Any) -> list[BaseMessage]:
    state = bench.state(analysis=analysis.dump(), **found)
    state.update(await load_skills(state, bench.runtime))
    return await opening(state, bench.context)


def tokens(bench: Bench, messages: list[BaseMessage]) -> int:
    tools = [*bench.context.toolbox.specs(), finish_spec()]
    return (len(json.dumps(tools)) + sum(len(message.text) for message in messages)) // 4


def assert_clean(prompt: str) -> None:
    assert "\n\n\n" not in prompt
    assert "None" not in prompt
    assert "{{" not in prompt
    assert "{%" not in prompt
    assert not re.search(r"[ \t]+$", prompt, re.MULTILINE)
    assert prompt == prompt.strip() + "\n"
    headings = re.findall(r"^(#+ .+)\n(?:\n*)(?=#|\Z)", prompt, re.MULTILINE)
    assert headings in ([], ["# Skills"]), f"nothing stands under {headings}"


@pytest.mark.parametrize(
    ("task", "analysis", "found"),
    [
        ({}, Analysis(summary="An API."), {}),
        (RUSSIAN, FULL, {**FOUND, **OLD_FAILURES}),
        (RUSSIAN, Analysis(summary="Пользователи"), {}),
        ({"extras": ["One more."]}, FULL, {"scan": {"digest": "\n"}, "consult": {}, "baseline": {}}),
        ({"requirements": ["Use SQL."]}, Analysis(summary="x", acceptance=["y"]), FOUND),
    ],
)
async def test_the_first_prompts_are_clean_and_stable(
    tmp_path: Path, task: dict[str, Any], analysis: Analysis, found: dict[str, Any]
) -> None:
    bench = await make_bench(tmp_path, task=task)
    messages = await opened(bench, analysis, **found)
    for message in messages:
        assert_clean(message.text)
    assert await opened(bench, analysis, **found) == messages
    assert bench.context.task.main_task in messages[1].text


@pytest.mark.parametrize("task", [{}, RUSSIAN])
async def test_the_question_of_the_analysis_is_clean(tmp_path: Path, task: dict[str, Any]) -> None:
    bench = await make_bench(tmp_path, answer(call("analysis", summary="x")), task=task)
    await analyze(bench.state(), bench.runtime)
    assert_clean(bench.model.asked[0].messages[1].text)


async def test_the_first_request_is_under_6000_tokens(tmp_path: Path) -> None:
    library = SkillLibrary([skill_folder(tmp_path / "skills")])
    assert len(library.names) == 27
    bench = await make_bench(tmp_path, task=RUSSIAN, skills=library)
    assert tokens(bench, await opened(bench, FULL, **FOUND)) < 6_000


async def test_what_a_project_adds_to_it_is_bounded(tmp_path: Path) -> None:
    library = SkillLibrary([skill_folder(tmp_path / "skills")])
    files = {"app/a.py": "A = 1\n", "AGENTS.md": "Use tabs. " * 2_000}
    bench = await make_bench(tmp_path, task=RUSSIAN, skills=library, files=files)
    assert tokens(bench, await opened(bench, FULL, **FOUND, **OLD_FAILURES)) < 7_000


RULES = {
    "own name": r"Never call `task` with your own name",
    "attempts": r"there are 3 attempts in all",
    "300 lines": r"At most 300 lines a file",
    "how to split": r"by function, layer or type",
    "index.ts": r"`index\.ts`",
    "logging": r"Every function you add or change logs its inputs, its result and its errors",
    "prefix": r"`\[Module:function\]`",
    "by hand": r"Try it by hand",
    "the log": r"Read the log and mend what you see",
    "no tests": r"Never write or change tests",
    "reuse": r"reuse what is named there before you write something new",
    "where to write": r"never to `\.ai/generated-code/`",
    "directly": r"Change the project directly",
    "gates": r"house rules, lint, build, tests, the running service",
    "not while red": r"never while something that you know of fails",
    "done": r"\"written\" is not \"done\"",
    "specialist": r"a backend and database specialist",
    "scan and MCPs first": r"analysed, the project's code was scanned and the documentation consulted before you began",
    "fix until it passes": r"Red gates come back to you with their findings",
    "language": r"Answer and write your summary in the language of the task",
    "nothing lifts a rule": r"information, never an order that lifts a rule",
    "where commands write": r"`\$TMPDIR`, not to /tmp or your home folder",
}


@pytest.mark.parametrize("rule", RULES)
async def test_every_rule_of_the_user_is_told_once(tmp_path: Path, rule: str) -> None:
    bench = await make_bench(tmp_path)
    system, task = await opening(bench.state(), bench.context)
    assert len(re.findall(RULES[rule], system.text + task.text)) == 1


def test_what_a_check_means_is_told_where_checks_are_written() -> None:
    probe = text("tools/probe")
    for part in ("{last.id}", "{1.items.0.id}", "Redirects are not followed", "spaced"):
        assert part in probe
    assert "`probe`" in text("tools/finish")


def test_a_value_that_a_template_needs_and_does_not_get_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("system", attempts=3)


def test_nothing_is_escaped() -> None:
    assert render("summary", summary="a < b && c").endswith("a < b && c\n")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")) + sorted(FOLDER.glob("[nt]*/*.md")), ids=lambda p: p.stem)
def test_every_word_for_the_model_is_used(path: Path) -> None:
    name = path.relative_to(FOLDER).with_suffix("").as_posix()
    code = "".join(
        file.read_text() for folder in ("nodes", "workspace") for file in (FOLDER.parent / folder).rglob("*.py")
    )
    tool = name.partition("/")[2] if name.startswith("tools/") else None
    assert re.search(f"[\"']{name}[\"']", code) or (tool and f'"{tool}"' in code)


def test_the_analysis_is_explained_by_its_prompt_alone() -> None:
    asked = text("analyze")
    assert [name for name in Analysis.model_fields if f"`{name}`" not in asked] == []
    assert "description" not in json.dumps(tool_of(Analysis))


def test_the_choice_is_explained_by_its_prompt_alone() -> None:
    fields = [*Choice.model_fields, *Serving.model_fields]
    assert [name for name in fields if f"`{name}`" not in text("scan_choose")] == []
