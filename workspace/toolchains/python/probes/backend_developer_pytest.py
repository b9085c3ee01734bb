"""A plugin of pytest that reports each test. Loaded with `-p`; of xdist's processes only the first one writes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import backend_developer_report as reporting


def pytest_configure(config: Any) -> None:
    """Begin the report."""
    path = os.environ.get(reporting.VARIABLE)
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(config, reporting.Report(path)), "backend-developer-recorder")


class Recorder:
    """Turns pytest's reports into lines; ids are relative to the folder in which pytest was started."""

    def __init__(self, config: Any, report: reporting.Report) -> None:
        self._root = Path(str(getattr(config, "rootpath", config.rootdir)))
        self._start = str(config.invocation_params.dir)
        self._report = report

    def pytest_runtest_logreport(self, report: Any) -> None:
        """One phase of one test: setup and teardown count where they fail, setup also where it skips."""
        if report.when != "call" and report.outcome != "failed" and not (report.when == "setup" and report.skipped):
            return
        if report.outcome in {"passed", "skipped"}:
            self._report.test(self._id(report.nodeid), report.outcome)
        elif report.outcome == "failed":
            file, line = self._place(report)
            self._report.test(self._id(report.nodeid), "failed", _message(report), file, line)

    def pytest_collectreport(self, report: Any) -> None:
        """A file or class that could not be collected."""
        if report.failed:
            file, line = self._place(report)
            self._report.broken(self._id(report.nodeid), _message(report), file, line)

    def _id(self, nodeid: str) -> str:
        path, separator, rest = nodeid.partition("::")
        return os.path.relpath(self._root / path, self._start).replace(os.sep, "/") + separator + rest

    def _place(self, report: Any) -> tuple[str, int | None]:
        entries = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", [])
        places = [entry.reprfileloc for entry in entries if getattr(entry, "reprfileloc", None)]
        lines = [(str(place.path), int(place.lineno)) for place in places]
        own = [place for place in lines or _told_places(str(report.longrepr)) if reporting.is_own(place[0])]
        if own:
            return own[-1]
        path, line = (report.location or (report.nodeid.partition("::")[0], None))[:2]
        return str(self._root / path), None if line is None else line + 1


def _told_places(text: str) -> list[tuple[str, int]]:
    """The lines `file:line: in ...` of a traceback that is plain text."""
    return [(path, int(line)) for path, line in re.findall(r"^(\S.*?):(\d+): in ", text, re.MULTILINE)]


def _message(report: Any) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longrepr)
