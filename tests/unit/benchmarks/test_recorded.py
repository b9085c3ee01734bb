"""The recorded answers of the model belong to the questions, and to candidates that are told apart."""

from backend_developer.workspace.index import Hit
from benchmarks.scan.projects import PROJECTS
from benchmarks.scan.ranking import FIRST, questions
from benchmarks.scan.recorded import Chosen, choices, key, names


def hit(path: str, name: str, line: int = 1) -> Hit:
    return Hit("function", name, "", path, line, line, "", 1.0, "")


def test_each_question_has_its_names_and_its_choice_and_there_are_no_others() -> None:
    for project in PROJECTS:
        needs = {one.need for one in questions(project.name)}
        assert set(names(project.name)) == needs == set(choices(project.name))


def test_no_choice_names_more_than_it_may() -> None:
    assert all(len(one.serves) <= FIRST for project in PROJECTS for one in choices(project.name).values())


def test_a_choice_is_read_among_the_candidates_in_its_own_order() -> None:
    hits = [hit("a.py", "one"), hit("a.py", "two"), hit("a.py", "two", 9), hit("b.py", "three")]
    found = Chosen("", ("b.py:three", "a.py:two", "gone.py:four")).among(hits)
    assert [(one.name, one.line) for one in found] == [("three", 1), ("two", 1)]


def test_other_candidates_have_another_key_and_their_order_has_none() -> None:
    first, second, third = hit("a.py", "one"), hit("a.py", "two"), hit("b.py", "one")
    assert key([first, second]) == key([second, first])
    assert len({key([first]), key([second]), key([third]), key([first, second]), key([])}) == 5
