"""The ranking set is what it says it is: enough questions, in two halves, each told once."""

from collections import Counter

import pytest

from backend_developer.workspace.index import Hit
from benchmarks.scan.projects import DEVELOPMENT, PROJECTS
from benchmarks.scan.ranking import DEVELOPMENT_QUESTIONS, HALVES, QUESTIONS, Question, questions

ALL = [(project.name, one) for project in PROJECTS for one in questions(project.name)]


def test_there_are_questions_about_each_project_and_about_no_other() -> None:
    assert {file.stem for file in QUESTIONS.glob("*.toml")} == {project.name for project in PROJECTS}


def test_the_development_set_is_about_other_projects_and_holds_nothing_back() -> None:
    names = {project.name for project in DEVELOPMENT}
    assert {file.stem for file in DEVELOPMENT_QUESTIONS.glob("*.toml")} == names
    assert not names & {project.name for project in PROJECTS}
    asked = [one for name in names for one in questions(name, DEVELOPMENT_QUESTIONS)]
    assert {one.half for one in asked} == {"tuning"}
    assert not {one.need for one in asked} & {one.need for _, one in ALL}


def test_the_set_is_large_enough() -> None:
    assert sum(bool(one.serves) for _, one in ALL) >= 40
    assert sum(not one.serves for _, one in ALL) >= 10


def test_each_project_has_questions_that_were_never_looked_at() -> None:
    for project in PROJECTS:
        halves = Counter((one.half, bool(one.serves)) for name, one in ALL if name == project.name)
        assert {half for half, _ in halves} == (set(HALVES) if project.name != "own" else {"held_out"})
        assert halves["held_out", True] >= 5
        assert halves["held_out", False] >= 1


def test_no_need_is_asked_twice_of_a_project() -> None:
    assert max(Counter((project, one.need) for project, one in ALL).values()) == 1


def test_each_answer_names_a_path_and_a_definition() -> None:
    for _, one in ALL:
        assert all(path and name for path, _, name in (answer.partition(":") for answer in one.serves))


def test_each_need_has_names_that_a_model_gave_it() -> None:
    assert all(4 <= len(one.names) <= 8 for _, one in ALL)


@pytest.mark.parametrize(
    ("serves", "hits", "right"),
    [
        (("a.py:save",), ["User.save"], True),
        (("a.py:save",), ["User.unsave"], False),
        (("a.py:save",), ["b", "c", "d", "e", "f", "save"], False),
        (("a.py:save",), [], False),
        ((), [], True),
        ((), ["save"], False),
    ],
)
def test_an_answer_is_right_among_the_first_five_or_where_none_is_looked_for(
    serves: tuple[str, ...], hits: list[str], right: bool
) -> None:
    found = [Hit("function", name, "", "a.py", 1, 2, "", 1.0, "") for name in hits]
    assert Question("save", "tuning", serves).answered(found) == right
