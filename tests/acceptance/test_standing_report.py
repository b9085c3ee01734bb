"""After a run has ended: its report stands, whatever a later call asks or lacks, and `show` tells all of it.

One run serves all; each test looks at it and leaves it as it is.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.support.model_server import ModelServer
from tests.support.product import BYPRODUCTS, CORRECT, Ended, Product, picture, whole_run, write_shop
from tests.support.started import Starter


@dataclass(frozen=True)
class Finished:
    """A run that has ended with success, and the tree that it left."""

    product: Product
    ended: Ended
    tree: dict[str, str]


@pytest.fixture(scope="module")
def finished(starter: Starter, shared_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    product = Product(starter, shared_state, write_shop(tmp_path_factory.mktemp("finished") / "shop"))
    ended = whole_run(product, *CORRECT)
    return Finished(product, ended, picture(product.workspace, leave_out=BYPRODUCTS))


async def test_the_same_task_again_is_its_report(finished: Finished, server: ModelServer) -> None:
    product, first = finished.product, finished.ended
    again = await product.run(server)
    resumed = await product.resume(server)
    assert (again.code, again.report) == (first.code, first.report) == (0, first.report), again.err
    assert (resumed.code, resumed.report) == (0, first.report)
    assert not server.requests
    assert picture(product.workspace, leave_out=BYPRODUCTS) == finished.tree


async def test_another_task_of_the_same_name_does_not_take_its_place(finished: Finished, server: ModelServer) -> None:
    product = finished.product
    other = await product.run(server, product.task(main_task="Add a surcharge"))
    assert (other.code, other.report["status"]) == (2, "blocked")
    (fault,) = other.report["errors"]
    assert fault["code"] == "invalid-task"
    assert "`t1` names another task in this workspace" in fault["message"]
    assert "main_task" in fault["message"]
    assert not server.requests
    assert (await product.show())["report"] == finished.ended.report


async def test_it_is_given_without_a_model_and_by_another_way_to_the_folder(finished: Finished) -> None:
    product = replace(finished.product, environment={"BACKEND_DEVELOPER_API_KEY": ""})
    without_key = await product.call("run", product.task())
    assert (without_key.code, without_key.report) == (0, finished.ended.report), without_key.err

    link = product.workspace.with_name("link")
    link.symlink_to(product.workspace)
    by_link = await product.call("run", product.task(workspace=str(link)))
    assert (by_link.code, by_link.report) == (0, finished.ended.report), by_link.err


async def test_show_tells_all_of_a_run(finished: Finished) -> None:
    product = finished.product
    known = await product.show()
    assert known["report"] == finished.ended.report
    assert known["task"]["main_task"] == "Add a discount"
    assert {key: gate["status"] for key, gate in known["gates"].items() if gate["status"] != "pass"} == {
        "1/database": "skip"  # no migration was touched
    }
    assert "+def discounted" in known["diff"]
    assert known["usage"]["calls"] == 3
    shown = await product.call("show", "t1", "-w", str(product.workspace))
    assert shown.code == 0
    assert "def discounted" in shown.out
    unknown = await product.call("show", "t2", "-w", str(product.workspace))
    assert (unknown.code, unknown.out) == (2, "")
    assert "there is no run `t2`" in unknown.err
