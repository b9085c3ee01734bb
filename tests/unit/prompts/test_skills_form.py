import re

import pytest

from backend_developer.nodes.load_skills import TABLE
from backend_developer.prompts.library import BUILT_IN, CHARS_A_TOKEN, Skill, read_skill
from tests.integration.prompts.skill_blocks import NAMES, blocks_of

CORE_TOKENS = 220

_LINK = re.compile(r"\]\((?!https?://|#)([^)]+)\)")
_NAMED_SKILL = re.compile(r"skills? (`[a-z-]+`(?:(?:,| and) `[a-z-]+`)*)")


@pytest.fixture(params=NAMES)
def skill(request: pytest.FixtureRequest) -> Skill:
    return read_skill(BUILT_IN / request.param)


def _prose(body: str) -> str:
    return re.sub(r"^```.*?^```$", "", body, flags=re.MULTILINE | re.DOTALL)


def _headings(body: str) -> list[str]:
    return re.findall(r"^## (.+)$", _prose(body), flags=re.MULTILINE)


def test_the_skills_are_those_of_the_table() -> None:
    assert sorted({name for _, names in TABLE for name in names}) == NAMES


def test_description_says_what_and_when(skill: Skill) -> None:
    what, when, _ = skill.description.partition("Use when ")
    assert len(what) > 30
    assert when
    assert skill.description.endswith(".")


def test_length(skill: Skill) -> None:
    lines = (BUILT_IN / skill.name / "SKILL.md").read_text(encoding="utf-8").splitlines()
    assert 80 <= len(lines) <= 200


def test_core_is_short_and_imperative(skill: Skill) -> None:
    assert len(skill.core) <= CORE_TOKENS * CHARS_A_TOKEN
    lines = skill.core.splitlines()
    assert 5 <= len(lines) <= 7
    assert all(re.match(r"- [A-Z`]", line) for line in lines)


def test_sections(skill: Skill) -> None:
    headings = _headings(skill.body)
    assert headings[0] == "Core"
    assert "Mistakes and their fix" in headings
    assert headings[-1] == "Check list"
    check_list = skill.body.rpartition("## Check list")[2].strip().splitlines()
    assert len(check_list) >= 4
    assert all(line.startswith("- [ ] ") for line in check_list)


def test_shows_code(skill: Skill) -> None:
    assert len(blocks_of(skill.name)) >= 2


def test_references_exist(skill: Skill) -> None:
    folder, prose = BUILT_IN / skill.name, _prose(skill.body)
    assert [link for link in _LINK.findall(prose) if not (folder / link).is_file()] == []
    named = {name for found in _NAMED_SKILL.findall(prose) for name in re.findall(r"`([a-z-]+)`", found)}
    assert named <= set(NAMES) - {skill.name}


def test_cores_do_not_repeat_each_other() -> None:
    lines = [line for name in NAMES for line in read_skill(BUILT_IN / name).core.splitlines()]
    assert len(lines) == len(set(lines))
