import asyncio
import time
from pathlib import Path
from typing import cast

from backend_developer.contract import NoDatabase, load_settings
from backend_developer.contract.ports import Commands
from backend_developer.interfaces.doctor.check import Check, Probe, Surroundings, diagnose, fit

SURROUNDINGS = Surroundings(load_settings(state_dir=Path("unused")), cast("Commands", None))


async def fine(_: Surroundings) -> Check:
    await asyncio.sleep(0.1)
    return Check("fine", "ok", "there")


async def hangs(_: Surroundings) -> Check:
    await asyncio.sleep(60)
    return Check("hangs", "ok", "never said")


async def blocked(_: Surroundings) -> Check:
    raise NoDatabase("PostgreSQL does not start.", "Free some space.")


async def breaks(_: Surroundings) -> Check:
    raise ZeroDivisionError("by zero")


async def test_checks_run_side_by_side_in_their_order() -> None:
    began = time.perf_counter()
    checks = await diagnose(SURROUNDINGS, [Probe(f"{number}", fine, essential=number == 0) for number in range(10)])
    assert time.perf_counter() - began < 0.8
    assert [check.essential for check in checks] == [True] + [False] * 9


async def test_a_check_that_hangs_or_breaks_is_a_row() -> None:
    probes = [Probe("hangs", hangs, limit_s=0.05), Probe("db", blocked, essential=True), Probe("breaks", breaks)]
    hung, database, broken = await diagnose(SURROUNDINGS, probes)
    assert (hung.status, hung.detail) == ("missing", "no answer within 0 s")
    assert database == Check("db", "missing", "PostgreSQL does not start.", "Free some space.", essential=True)
    assert (broken.status, broken.detail) == ("missing", "ZeroDivisionError: by zero")


def test_only_what_is_essential_keeps_a_run_from_starting() -> None:
    assert fit([Check("rg", "missing", ""), Check("model", "warning", "", essential=True)])
    assert not fit([Check("model", "missing", "", essential=True)])
