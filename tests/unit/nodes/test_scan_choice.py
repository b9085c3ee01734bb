"""What the node `scan` makes of the needs that the analysis names: candidates, and the model's choice among them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from backend_developer.contract import BudgetSpent, ContextTooLong
from backend_developer.contract.analysis import Analysis, Usage
from backend_developer.nodes.scan import scan
from backend_developer.nodes.scan_choice import CANDIDATES, LINE_CHARS, SERVING
from backend_developer.nodes.scan_needs import NAMED
from backend_developer.nodes.structured import TRIES
from tests.support.fakes import Bench, Line, answer, call, make_bench

FILES = {
    "app/pages.py": '''
def cut(rows: list[Row], size: int) -> list[list[Row]]:
    """So many rows at a time."""

def paginate(rows: list[Row], number: int) -> Page:
    """One part of a long list."""

def page_count(rows: list[Row]) -> int:
    """How many parts there are."""
''',
    "app/mail.py": "def clean_address(text: str) -> str: ...\n",
}
PAGES = {"need": "Give a list in parts", "names": ["paginate", "page_of", "cut_pages"]}
MAIL = {"need": "Check an e-mail address", "names": ["clean_address", "validate_email"]}


def chosen(*serves: tuple[int, list[int]]) -> AIMessage:
    return answer(call("choose", choices=[{"need": need, "serves": numbers} for need, numbers in serves]))


async def scanned(
    folder: Path,
    *lines: Line,
    reuse: Any,
    files: dict[str, str] = FILES,
    keywords: Sequence[str] = (),
    involved: Sequence[str] = (),
    **settings: Any,
) -> tuple[Bench, dict[str, Any]]:
    task = {"main_task": "Create invoices", "files_involved": list(involved)}
    bench = await make_bench(folder, *lines, files=files, task=task, **settings)
    analysis = Analysis.model_validate({"summary": "x", "reuse": reuse, "keywords": list(keywords)}).dump()
    return bench, await scan(bench.state(analysis=analysis), bench.runtime)


def names(update: dict[str, Any]) -> list[str]:
    return [hit["name"] for hit in update["scan"]["hits"]]


async def test_what_the_model_chooses_stands_in_the_digest_the_best_first(tmp_path: Path) -> None:
    bench, update = await scanned(tmp_path, chosen((1, [2, 1]), (2, [1])), reuse=[PAGES, MAIL])
    shown = bench.model.asked[0].messages[1].text
    first, second = [
        line.split(" def ")[1].partition("(")[0] for line in shown.splitlines() if line.startswith(("1. ", "2. "))
    ][:2]
    assert names(update)[:1] == [second]
    assert set(names(update)) == {first, second, "clean_address"}
    assert update["scan"]["hits"][0]["why"] == "for: Give a list in parts"
    assert update["scan"]["digest"].index(second) < update["scan"]["digest"].index(first)
    assert update["usage"]["calls"] == 1


async def test_what_the_model_does_not_choose_is_not_named(tmp_path: Path) -> None:
    words = ("paginate", "page", "clean_address")
    _, update = await scanned(tmp_path, chosen((1, []), (2, [])), reuse=[PAGES, MAIL], keywords=words)
    assert names(update) == []
    assert "Nothing in the project" in update["scan"]["digest"]


async def test_what_the_model_did_not_see_is_still_found_by_words(tmp_path: Path) -> None:
    _, update = await scanned(tmp_path, chosen((1, [])), reuse=[PAGES], keywords=["clean", "address"])
    assert names(update) == ["clean_address"]


async def test_a_file_that_the_task_names_does_not_turn_the_choice_over(tmp_path: Path) -> None:
    files = {**FILES, "app/other.py": "def page_of(rows): ...\n"}
    _, update = await scanned(
        tmp_path, chosen((1, [2, 1])), reuse=[PAGES], files=files, involved=["app/pages.py", "app/other.py"]
    )
    _, turned = await scanned(
        tmp_path / "b", chosen((1, [1, 2])), reuse=[PAGES], files=files, involved=["app/pages.py"]
    )
    assert names(update)[:2] == names(turned)[:2][::-1]


async def test_a_need_of_which_the_model_does_not_speak_is_served_by_the_ranking(tmp_path: Path) -> None:
    bench, update = await scanned(tmp_path, chosen((2, [1])), reuse=[PAGES, MAIL])
    assert names(update)[0] == "clean_address"
    assert "paginate" in names(update)
    assert len(bench.model.asked) == 1


async def test_a_call_for_each_need_is_read_as_one(tmp_path: Path) -> None:
    calls = [call("choose", f"c{need}", choices=[{"need": need, "serves": [1]}]) for need in (1, 2)]
    _, update = await scanned(tmp_path, answer(*calls), reuse=[PAGES, MAIL])
    assert set(names(update)) == {"paginate", "clean_address"}


@pytest.mark.parametrize("serves", [None, 1, [1] * 40])
async def test_what_models_write_for_a_list_is_understood(tmp_path: Path, serves: Any) -> None:
    line = answer(call("choose", choices={"need": 1, "serves": serves}))
    _, update = await scanned(tmp_path, line, reuse=[PAGES])
    assert names(update) == (["paginate"] if serves else [])


async def test_more_than_it_may_choose_is_cut(tmp_path: Path) -> None:
    files = {"app/pages.py": "".join(f"def paginate_{number}(rows): ...\n" for number in range(20))}
    _, update = await scanned(tmp_path, chosen((1, list(range(1, 21)))), reuse=[PAGES], files=files)
    assert len(names(update)) == SERVING


async def test_candidates_that_do_not_fit_the_model_leave_it_to_the_ranking(tmp_path: Path) -> None:
    bench, update = await scanned(tmp_path, ContextTooLong("Too long.", "Lower it."), reuse=[PAGES])
    assert "paginate" in names(update)
    assert {"event": "notice"}.items() <= bench.events[0].items()


@pytest.mark.parametrize(
    ("reuse", "asked"),
    [
        (None, []),
        ("Give a list in parts", ["Give a list in parts"]),
        (
            [PAGES, 7, {"names": ["x"]}, {"need": "A\n\n## B " + "c" * 999, "names": None}],
            [PAGES["need"], f"A ## B {'c' * 193}"],
        ),
        (MAIL, [MAIL["need"]]),
    ],
)
def test_needs_in_other_forms_do_not_cost_the_analysis(reuse: Any, asked: list[str]) -> None:
    analysis = Analysis.model_validate({"summary": "x", "reuse": reuse})
    assert [one.need for one in analysis.reuse] == asked


async def test_a_long_path_leaves_the_name_to_be_seen(tmp_path: Path) -> None:
    path = "app/" + "very_long_folder/" * 12 + "pages.py"
    bench, _ = await scanned(tmp_path, chosen((1, [1])), reuse=[PAGES], files={path: "def paginate(rows): ...\n"})
    assert "/pages.py:1 def paginate(rows)" in bench.model.asked[0].messages[1].text


async def test_the_model_sees_each_need_with_its_numbered_candidates_and_is_forced_to_choose(tmp_path: Path) -> None:
    bench, _ = await scanned(tmp_path, chosen((1, [1])), reuse=[PAGES, MAIL])
    (asked,) = bench.model.asked
    assert (asked.purpose, asked.choice) == ("scan", "choose")
    assert "Often none serves" in asked.messages[0].text
    shown = asked.messages[1].text
    assert "## Need 1: Give a list in parts" in shown
    assert "1. app/pages.py:5 def paginate(rows: list[Row], number: int) -> Page - One part of a long list." in shown
    assert "## Need 2: Check an e-mail address\n\n1. app/mail.py:1 def clean_address(text: str) -> str" in shown
    assert {"event": "model", "purpose": "scan"}.items() <= bench.events[0].items()


async def test_without_candidates_the_model_is_not_asked(tmp_path: Path) -> None:
    bench, update = await scanned(tmp_path, reuse=[PAGES], files={"app/x.py": "RATE = 1\n"})
    assert bench.model.asked == []
    assert list(update) == ["scan"]


async def test_without_needs_the_model_is_not_asked(tmp_path: Path) -> None:
    bench, update = await scanned(tmp_path, reuse=[{"need": " ", "names": ["paginate"]}])
    assert bench.model.asked == []
    assert list(update) == ["scan"]


async def test_where_the_model_is_not_to_choose_the_ranking_serves(tmp_path: Path) -> None:
    bench, update = await scanned(tmp_path, reuse=[PAGES, MAIL], scan_choice=False)
    assert bench.model.asked == []
    assert {"paginate", "clean_address"} <= set(names(update))
    assert list(update) == ["scan"]


async def test_where_the_model_does_not_choose_the_ranking_serves(tmp_path: Path) -> None:
    lines = [answer(text="hm"), answer(call("choose", choices="all")), answer(text="{}")]
    bench, update = await scanned(tmp_path, *lines, reuse=[PAGES])
    assert "paginate" in names(update)
    assert len(bench.model.asked) == TRIES == update["usage"]["calls"]
    assert "neither a call of `choose`" in bench.model.asked[1].messages[-1].text


async def test_a_choice_that_is_written_as_text_serves_as_well(tmp_path: Path) -> None:
    _, update = await scanned(tmp_path, answer(text='{"choices": [{"need": 1, "serves": [1]}]}'), reuse=[PAGES])
    assert names(update) == ["paginate"]


@pytest.mark.parametrize("serves", [(1, [0, -1, 99, 1]), (1, [1, 1])])
async def test_numbers_of_nothing_and_repeated_ones_do_no_harm(tmp_path: Path, serves: tuple[int, list[int]]) -> None:
    _, update = await scanned(tmp_path, chosen(serves, (0, [1]), (7, [1])), reuse=[PAGES])
    assert names(update) == ["paginate"]


async def test_the_question_is_bounded(tmp_path: Path) -> None:
    functions = "".join(f"def paginate_{number}(rows, {'argument, ' * 30}last): ...\n" for number in range(80))
    reuse = [{**PAGES, "need": f"Give list {number} in parts"} for number in range(9)]
    bench, _ = await scanned(tmp_path, chosen(), reuse=reuse, files={"app/pages.py": functions})
    lines = bench.model.asked[0].messages[1].text.splitlines()
    listed = [line for line in lines if line[:1].isdigit()]
    assert len(listed) == NAMED * CANDIDATES
    assert max(map(len, listed)) <= LINE_CHARS + len("30. ")


async def test_a_spent_budget_stops_before_the_question(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, files=FILES, max_model_calls=1)
    analysis = Analysis.model_validate({"summary": "x", "reuse": [PAGES]}).dump()
    spent = Usage(calls=1).dump()
    with pytest.raises(BudgetSpent):
        await scan(bench.state(analysis=analysis, usage=spent), bench.runtime)
    assert bench.model.asked == []


async def test_the_same_choice_gives_the_same_digest_byte_by_byte(tmp_path: Path) -> None:
    both = [await scanned(tmp_path / name, chosen((1, [1, 2]), (2, [1])), reuse=[PAGES, MAIL]) for name in "ab"]
    assert len({update["scan"]["digest"] for _, update in both}) == 1
