"""Django's test runner, or the project's own one, that reports each test. Named with `--testrunner`."""

from __future__ import annotations

import importlib
from typing import Any

import backend_developer_unittest as recording

_base: Any = importlib.import_module("django.test.utils").get_runner(importlib.import_module("django.conf").settings)


class Runner(_base):  # type: ignore[misc]  # which class it is depends on the project
    """The runner that the settings name, with a result that reports."""

    def get_resultclass(self) -> Any:
        """A result that reports on top of the runner's own."""
        own = super().get_resultclass()
        if own is None:
            return recording.Recording
        return type("RecordingResult", (recording.Recording, own), {})
