"""`kill -9` at any moment, then `resume`: the end is that of an undisturbed run."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.model_server import ModelServer, call
from tests.support.postgres import until
from tests.support.product import (
    ADD_DISCOUNT,
    ANALYSIS,
    BYPRODUCTS,
    FINISH,
    Product,
    alive_in,
    killed_at_the_end,
    picture,
    script,
    slow,
    whole_run,
    write_shop,
)
from tests.support.started import Started, Starter

TITLE = '"""Prices of the shop."""'
# Each of these would leave its mark twice if it were done twice.
MARK = call("edit", path="shop/prices.py", old=TITLE, new=f"{TITLE}\n# marked")
NOTE = call("bash", command="echo noted >> notes.txt; sleep 1; echo noted >> more.txt")
TURNS = (MARK, NOTE, ADD_DISCOUNT, FINISH)
PAUSE_S = 30.0

Moment = Callable[[Started, ModelServer, Product], Awaitable[object]]


def asked(turn: int, *, forced: bool = False) -> Moment:
    async def moment(_process: Any, server: ModelServer, _product: Product) -> None:
        assert await until(lambda: any(r.turn == turn and bool(r.forced) == forced for r in server.requests))

    return moment


def printed(words: str) -> Moment:
    async def moment(process: Started, _server: ModelServer, _product: Product) -> None:
        async for line in process.stderr:
            if words in line.decode():
                return
        raise AssertionError(f"the run ended before it said {words!r}")

    return moment


def written(name: str) -> Moment:
    async def moment(_process: Any, _server: ModelServer, product: Product) -> None:
        assert await until((product.workspace / name).exists)

    return moment


MOMENTS: dict[str, tuple[Any, Moment]] = {
    "analysis": (script(*TURNS, analysis=[slow(ANALYSIS, PAUSE_S), ANALYSIS]), asked(0, forced=True)),
    "just after an edit": (script(*TURNS), printed("tool edit")),
    "in a command": (script(*TURNS), written("notes.txt")),
    "in the gates": (script(*TURNS), printed("gate tests (attempt 1): started")),
}
INTERRUPTED: dict[str, tuple[Any, Moment]] = {
    "waiting for the model": (script(*TURNS[:1], [slow(NOTE, PAUSE_S), NOTE], *TURNS[2:]), asked(1)),
    "in a command": MOMENTS["in a command"],
}


@pytest.fixture(scope="module")
def undisturbed(
    starter: Starter, shared_state: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, str]]:
    """Report and tree of a run that nobody kills."""
    product = Product(starter, shared_state, write_shop(tmp_path_factory.mktemp("undisturbed") / "shop"))
    ended = whole_run(product, *TURNS)
    assert (product.workspace / "notes.txt").read_text() == "noted\n"
    assert (product.workspace / "shop" / "prices.py").read_text().count("# marked") == 1
    return ended.report, picture(product.workspace, leave_out=BYPRODUCTS)


@pytest.mark.parametrize("name", MOMENTS)
async def test_a_killed_run_ends_as_an_undisturbed_one(
    name: str, product: Product, server: ModelServer, undisturbed: tuple[dict[str, Any], dict[str, str]]
) -> None:
    steps, moment = MOMENTS[name]
    server.play(steps)
    process = await product.start("run", product.task(), "--base-url", server.base_url)
    async with killed_at_the_end(process):
        await moment(process, server, product)
        process.kill()
    assert process.returncode == -9
    assert await until(lambda: not alive_in(product.workspace), limit_s=5), alive_in(product.workspace)
    ended = await product.resume(server)
    assert (ended.report, picture(product.workspace, leave_out=BYPRODUCTS)) == undisturbed, ended.err
    assert ended.code == 0


async def test_a_run_can_be_killed_again_and_again(
    product: Product, server: ModelServer, undisturbed: tuple[dict[str, Any], dict[str, str]]
) -> None:
    turns = [[slow(one, PAUSE_S), one] for one in TURNS]
    server.play(script(*turns))
    words = ["run", product.task()]
    for turn in range(len(turns)):
        process = await product.start(*words, "--base-url", server.base_url)
        async with killed_at_the_end(process):
            await asked(turn)(process, server, product)
        words = ["resume", "t1", "-w", str(product.workspace)]
    ended = await product.resume(server)
    assert (ended.report, picture(product.workspace, leave_out=BYPRODUCTS)) == undisturbed, ended.err


@pytest.mark.parametrize("name", INTERRUPTED)
async def test_ctrl_c_is_130_and_the_run_goes_on_later(
    name: str, product: Product, server: ModelServer, undisturbed: tuple[dict[str, Any], dict[str, str]]
) -> None:
    steps, moment = INTERRUPTED[name]
    server.play(steps)
    process = await product.start("run", product.task(), "--base-url", server.base_url)
    async with killed_at_the_end(process):
        await moment(process, server, product)
        process.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, out) == (130, b"")
    assert f"resume with: backend-developer resume t1 --workspace {product.workspace}" in err.decode()
    assert "Traceback" not in err.decode()
    assert await until(lambda: not alive_in(product.workspace), limit_s=5), alive_in(product.workspace)
    ended = await product.resume(server)
    assert (ended.report, picture(product.workspace, leave_out=BYPRODUCTS)) == undisturbed, ended.err
