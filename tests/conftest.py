"""The order of the tests: a long one that begins last would keep all workers but one waiting for it."""

from itertools import chain
from pathlib import Path

import pytest

_KINDS = ("acceptance", "integration", "unit")
"""The longest first."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each worker a share of each kind, the longest first; what is left in the end is short, and changes hands.

    pytest-xdist deals the tests out in as many runs of neighbours as there are workers.
    """
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    kinds = [[item for item in items if _kind(item) == kind] for kind in range(len(_KINDS) + 1)]
    items[:] = chain.from_iterable(_share(kind, worker, workers) for worker in range(workers) for kind in kinds)


def _kind(item: pytest.Item) -> int:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return _KINDS.index(folder) if folder in _KINDS else len(_KINDS)


def _share(items: list[pytest.Item], worker: int, workers: int) -> list[pytest.Item]:
    return items[len(items) * worker // workers : len(items) * (worker + 1) // workers]
