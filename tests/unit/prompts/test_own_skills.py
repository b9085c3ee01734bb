"""Skills that a project, a user or the settings bring along."""

from pathlib import Path

import pytest

from backend_developer.contract import CallFailed, load_settings
from backend_developer.nodes.load_skills import load_skills
from backend_developer.nodes.write.tools.knowledge import skill_tool
from backend_developer.prompts.library import (
    BUILT_IN,
    FILE_BYTES,
    HOME_FOLDERS,
    LISTED_CHARS,
    OWN_FOLDERS,
    SkillLibrary,
    own_folders,
)
from tests.support.fakes import make_bench

TEXT = "---\nname: {name}\ndescription: {about}\n---\n# Title\n\n## Core\n{core}\n"


def put(folder: Path, name: str, *, core: str = "Do this.", about: str = "About it.") -> Path:
    (folder / name).mkdir(parents=True)
    (folder / name / "SKILL.md").write_text(TEXT.format(name=name, about=about, core=core), encoding="utf-8")
    return folder / name


def library(tmp_path: Path, *more: Path) -> SkillLibrary:
    project = tmp_path / "project"
    return SkillLibrary(own_folders(project, tmp_path / "home", more), project)


@pytest.mark.parametrize("place", [*(f"project/{name}" for name in OWN_FOLDERS), *(f"home/{n}" for n in HOME_FOLDERS)])
def test_each_place_is_found_and_wins_over_ours(tmp_path: Path, place: str) -> None:
    put(tmp_path / place, "own-skill")
    put(tmp_path / place, "code-standards", core="Ours is replaced.")
    skills = library(tmp_path)
    assert "own-skill" in skills.names
    assert "Ours is replaced." in skills.prompt(["code-standards"], [])
    assert len(skills.names) == 28


def test_settings_win_over_the_project_which_wins_over_the_user(tmp_path: Path) -> None:
    put(tmp_path / "home/.agents/skills", "same", core="the user's")
    assert "the user's" in library(tmp_path).whole("same")
    put(tmp_path / "project/.opencode/skill", "same", core="the project's")
    assert "the project's" in library(tmp_path).whole("same")
    put(tmp_path / "settings", "same", core="the settings'")
    assert "the settings'" in library(tmp_path, tmp_path / "settings").whole("same")


def test_the_settings_name_folders_as_path_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("BACKEND_DEVELOPER_SKILL_DIRS", "/srv/skills:~/skills:")
    assert load_settings().skill_dirs == (Path("/srv/skills"), Path("/home/ann/skills"))


@pytest.mark.parametrize("link", ["SKILL.md", "folder", "place"])
def test_no_link_leads_out_of_the_project(tmp_path: Path, link: str) -> None:
    outside = put(tmp_path / "outside", "bad-skill", core="stolen")
    place = tmp_path / "project/.agents/skills"
    if link == "SKILL.md":
        (place / "bad-skill").mkdir(parents=True)
        (place / "bad-skill/SKILL.md").symlink_to(outside / "SKILL.md")
    elif link == "folder":
        place.mkdir(parents=True)
        (place / "bad-skill").symlink_to(outside)
    else:
        place.parent.mkdir(parents=True)
        place.symlink_to(outside.parent)
    skills = library(tmp_path)
    assert "bad-skill" not in skills.names
    assert "leads out of its place" in skills.broken[0]


def test_a_user_may_keep_their_own_behind_a_link(tmp_path: Path) -> None:
    outside = put(tmp_path / "dotfiles", "own-skill")
    (tmp_path / "home/.claude/skills").mkdir(parents=True)
    (tmp_path / "home/.claude/skills/own-skill").symlink_to(outside)
    assert "own-skill" in library(tmp_path).names


async def test_broken_ones_are_told_on_the_stream_and_stop_nothing(tmp_path: Path) -> None:
    place = tmp_path / "own"
    put(place, "too-large", core="x" * FILE_BYTES)
    (put(place, "binary") / "SKILL.md").write_bytes(b"\xff\xfe\0")
    (place / "a-folder/SKILL.md").mkdir(parents=True)
    put(place, "good")
    skills = SkillLibrary([BUILT_IN, place])
    bench = await make_bench(tmp_path / "run", skills=skills)
    assert (await load_skills(bench.state(), bench.runtime))["skills"]["loaded"]
    told = [event["text"] for event in bench.events if event["event"] == "notice"]
    assert told == skills.broken
    assert [name for name in ("too-large", "binary", "a-folder") if not any(name in line for line in told)] == []
    assert "good" in skills.names


async def test_the_tools_description_names_all_in_the_same_bytes_within_a_bound(tmp_path: Path) -> None:
    for number in range(60):
        put(
            tmp_path / "project/.agents/skills",
            f"own-{number:02}",
            about="'Says what\n\n  it is for " + "x" * 400 + "'",
        )
    described = skill_tool(library(tmp_path)).spec()["function"]["description"]
    assert described == skill_tool(library(tmp_path)).spec()["function"]["description"]
    ours = skill_tool(SkillLibrary()).spec()["function"]["description"]
    assert all(name in ours for name in SkillLibrary().names)
    assert len(ours) < 900
    assert "\nown-00: Says what it is for xxx" in described
    assert described.endswith("\nand more")
    assert len(described) < len(ours) + LISTED_CHARS + 20


async def test_references_are_had_by_name_and_nothing_else(tmp_path: Path) -> None:
    folder = put(tmp_path / "project/.agents/skills", "own-skill")
    (folder / "references").mkdir()
    (folder / "references/more.md").write_text("The rest.\n")
    (folder / "references/link.md").symlink_to("/etc/hostname")
    (folder / "secret.md").write_text("secret")
    skills = library(tmp_path)
    assert "`own-skill/references/more.md`" in skills.whole("own-skill")
    assert skills.whole("own-skill/references/more.md") == "The rest.\n"
    for path in ("references/link.md", "secret.md", "references/../secret.md", "references/absent.md"):
        with pytest.raises(CallFailed, match=r"references are: references/more\.md"):
            skills.whole(f"own-skill/{path}")
    bench = await make_bench(tmp_path / "run", skills=skills)
    given = await bench.context.toolbox.call("skill", {"name": "own-skill/references/more.md"}, "1")
    assert (given.text, given.ok) == ("The rest.\n", True)


def test_a_reference_that_became_a_link_is_refused(tmp_path: Path) -> None:
    folder = put(tmp_path / "project/.agents/skills", "own-skill")
    (folder / "references").mkdir()
    (folder / "references/more.md").write_text("The rest.\n")
    skills = library(tmp_path)
    (folder / "references/more.md").unlink()
    (folder / "references/more.md").symlink_to("/etc/hostname")
    with pytest.raises(CallFailed, match="leads out"):
        skills.whole("own-skill/references/more.md")
