"""A need that comes with names that code may bear."""

import pytest

from backend_developer.workspace.index import CodeIndex, Hit, Wanted
from backend_developer.workspace.index.search import CANDIDATES, LEAST
from tests.unit.workspace.index.conftest import Write

FILES = {
    "app/processes.py": '''
class Group:
    """Whatever a command started."""

    def kill(self, grace_s: float) -> None:
        send(self.pgid, SIGTERM)

def kill_tree(pid: int) -> None:
    for child in descend(pid):
        send(child, SIGKILL)

def kill_count(log: str) -> int:
    return log.count("KILL")

def spawn(argv: list[str]) -> int:
    return fork(argv)
''',
    "app/models.py": "def load_user_by_email(email): ...\n\ndef load_user(key): ...\n",
}


@pytest.fixture
def index(index: CodeIndex, write: Write) -> CodeIndex:
    write(FILES)
    return index


async def asked(index: CodeIndex, text: str, *names: str, least: float = LEAST, limit: int = 10) -> list[Hit]:
    (hits,) = await index.similar_to_each([Wanted(text, names)], least=least, limit=limit)
    return [hit for hit in hits if hit.kind != "file"]


async def test_a_name_finds_what_the_sentence_has_no_word_of(index: CodeIndex) -> None:
    need = "Stop everything that was begun"
    assert await asked(index, need) == []
    hits = await asked(index, need, "terminate_children", "kill_tree", "stop_all")
    assert hits[0].name == "kill_tree"
    assert hits[0].why == "named like kill_tree"


async def test_names_that_nothing_comes_near_find_nothing(index: CodeIndex) -> None:
    assert await asked(index, "Resize an image", "resize_image", "make_thumbnail", "ImageScaler") == []


async def test_a_name_that_says_more_than_the_guess_comes_after_one_that_says_the_same(index: CodeIndex) -> None:
    hits = await asked(index, "Find the account", "load_user", "fetch_account")
    assert [hit.name for hit in hits][:2] == ["load_user", "load_user_by_email"]


async def test_what_encloses_a_definition_counts_in_part(index: CodeIndex) -> None:
    hits = await asked(index, "End it all", "kill_group", least=0.0)
    assert hits[0].name == "Group.kill"


async def test_several_guesses_that_come_near_say_more_than_one(index: CodeIndex) -> None:
    (once,) = [hit for hit in await asked(index, "End it", "kill_tree", least=0.0) if hit.name == "kill_tree"]
    names = ("kill_tree", "tree_kill_all", "kill_process_tree")
    (often,) = [hit for hit in await asked(index, "End it", *names, least=0.0) if hit.name == "kill_tree"]
    assert often.score > once.score


async def test_names_without_a_word_are_passed_over(index: CodeIndex) -> None:
    assert await asked(index, "End it all", "", "_", "__") == await asked(index, "End it all")


async def test_a_lower_threshold_gives_more_to_choose_from(index: CodeIndex) -> None:
    assert await asked(index, "Wood", "tree_house") == []
    assert [hit.name for hit in await asked(index, "Wood", "tree_house", least=0.0)] == ["kill_tree"]


async def test_a_definition_that_was_written_since_is_found_by_its_name(index: CodeIndex, write: Write) -> None:
    await asked(index, "Stop it", "kill_tree")
    write({"app/later.py": "def reap_orphans(): ...\n"})
    assert (await asked(index, "Clean up what is left", "reap_orphans"))[0].path == "app/later.py"


async def test_no_more_guesses_are_heard_than_the_first(index: CodeIndex) -> None:
    others = [f"other_{word}" for word in ["apple", "bread", "carrot", "date", "egg", "flour", "grape", "honey"]]
    assert await asked(index, "End it", *others, "kill_tree") == await asked(index, "End it", *others)
    assert [hit.name for hit in await asked(index, "End it", *others[1:], "kill_tree", least=0.0)] == ["kill_tree"]


async def test_which_of_many_alike_are_named_does_not_depend_on_the_history_of_the_index(
    index: CodeIndex, write: Write
) -> None:
    files: dict[str, str | bytes] = {f"app/m{number:03}.py": "def close_all(): ...\n" for number in range(150)}
    write(files)
    first = await asked(index, "End it", "close_all", limit=CANDIDATES)
    write({"app/m000.py": "RATE = 1\n"})
    await asked(index, "End it", "close_all")
    write({"app/m000.py": files["app/m000.py"]})
    assert await asked(index, "End it", "close_all", limit=CANDIDATES) == first
    assert "app/m000.py" in {hit.path for hit in first}
    assert len(first) == CANDIDATES
