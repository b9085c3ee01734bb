"""A check, and how checks are run side by side."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from backend_developer.contract import Blocked, Settings
from backend_developer.contract.ports import Commands

logger = logging.getLogger(__name__)

Status = Literal["ok", "warning", "missing"]


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the doctor's table."""

    name: str
    status: Status
    detail: str
    fix: str = ""
    """How to mend it; empty where there is nothing to mend."""
    essential: bool = False
    """Whether a run is impossible without it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a check may look at."""

    settings: Settings
    commands: Commands


@dataclass(frozen=True, slots=True)
class Probe:
    """A check that can be run."""

    name: str
    look: Callable[[Surroundings], Awaitable[Check]]
    essential: bool = False
    limit_s: float = 10.0


async def diagnose(surroundings: Surroundings, probes: Sequence[Probe]) -> list[Check]:
    """Run the checks side by side; the rows come in the order of the probes."""
    return await asyncio.gather(*(_look(probe, surroundings) for probe in probes))


def fit(checks: Sequence[Check]) -> bool:
    """Whether nothing essential is missing."""
    return not any(check.essential and check.status == "missing" for check in checks)


async def _look(probe: Probe, surroundings: Surroundings) -> Check:
    try:
        async with asyncio.timeout(probe.limit_s):
            check = await probe.look(surroundings)
    except TimeoutError:
        check = Check(probe.name, "missing", f"no answer within {probe.limit_s:.0f} s", "The log has the details.")
    except Blocked as error:
        check = Check(probe.name, "missing", error.message, error.way_out)
    except Exception as error:
        logger.exception("probe=%s", probe.name)
        check = Check(probe.name, "missing", f"{type(error).__name__}: {error}", "The log has the details.")
    logger.info("probe=%s status=%s", probe.name, check.status)
    return replace(check, essential=probe.essential)
