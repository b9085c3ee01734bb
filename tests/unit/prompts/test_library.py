from pathlib import Path

import pytest

from backend_developer.contract import CallFailed
from backend_developer.prompts.library import SkillLibrary, read_skill

GOOD = "---\nname: {name}\ndescription: About it.\n---\n# Title\n\nBefore.\n\n## Core\nDo this.\n\n## More\nAnd that.\n"


def skill(folder: Path, name: str, text: str = GOOD) -> Path:
    (folder / name).mkdir(parents=True)
    (folder / name / "SKILL.md").write_text(text.replace("{name}", name), encoding="utf-8")
    return folder / name


def test_the_first_section_is_the_core(tmp_path: Path) -> None:
    made = read_skill(skill(tmp_path, "a-skill"))
    assert (made.name, made.description, made.core) == ("a-skill", "About it.", "Do this.")


def test_without_sections_all_of_it_is_the_core(tmp_path: Path) -> None:
    text = "---\nname: {name}\ndescription: About it.\n---\nOnly this.\n"
    assert read_skill(skill(tmp_path, "a-skill", text)).core == "Only this."


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Only text.", "no front matter"),
        ("---\n: [\n---\nx", "not YAML"),
        ("---\n- a\n---\nx", "not a mapping"),
        ("---\nname: other\ndescription: x\n---\nx", "its name must be 'a-skill'"),
        ("---\nname: a-skill\n---\nx", "description"),
        ("---\nname: a-skill\ndescription: ''\n---\nx", "description"),
        (f"---\nname: a-skill\ndescription: {'x' * 1025}\n---\nx", "description"),
    ],
)
def test_a_broken_skill_says_how(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_skill(skill(tmp_path, "a-skill", text))


def test_a_broken_skill_is_passed_over_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    skill(tmp_path, "good")
    skill(tmp_path, "bad", "Only text.")
    library = SkillLibrary([tmp_path])
    assert library.names == ["good"]
    assert library.broken == ["skill 'bad' is passed over: has no front matter between two lines of ---"]
    assert library.broken[0] in caplog.text


def test_a_later_folder_wins(tmp_path: Path) -> None:
    skill(tmp_path / "one", "same")
    skill(tmp_path / "two", "same", GOOD.replace("Do this.", "Do that."))
    library = SkillLibrary([tmp_path / "one", tmp_path / "two"])
    assert "Do that." in library.whole("same")


def test_an_unknown_skill_names_the_ones_there_are(tmp_path: Path) -> None:
    skill(tmp_path, "good")
    with pytest.raises(CallFailed, match="good"):
        SkillLibrary([tmp_path]).whole("nice")


def test_what_does_not_fit_is_listed_and_what_is_smaller_still_enters(tmp_path: Path) -> None:
    skill(tmp_path, "large", GOOD.replace("Do this.", "x" * 100))
    skill(tmp_path, "small")
    library = SkillLibrary([tmp_path])
    assert library.fit(["large", "small", "absent"], 10) == (["small"], ["large"])
    assert library.fit([], 10) == ([], [])


def test_the_prompt_holds_cores_and_names(tmp_path: Path) -> None:
    skill(tmp_path, "large")
    skill(tmp_path, "small")
    library = SkillLibrary([tmp_path])
    assert library.prompt(["small"], ["large"]) == (
        "# Skills\n\n## small\nDo this.\n\nMore by `skill(name)`, and the whole text of those above: large."
    )
    assert library.prompt([], []) == ""
