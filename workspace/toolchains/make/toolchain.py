"""The toolchain of Makefile targets: which of them a gate runs, and what their output says.

`lint` and `typecheck` are commands of the gate lint, `build` of build, `test` of tests; those of the Makefile beside a
package's manifest are the package's. A target is judged by its recipe, with the targets that it needs:

- It only calls tools that the package's toolchain runs as well, with nothing that narrows or sharpens them
  (`ruff check .`, `pytest -q`, `go test ./...`): left to the toolchain, which reads the same tools' findings precisely.
- It starts containers, fetches something, rewrites source (`black .`, `eslint --fix`) or runs these gates: no gate runs
  it. Nor one that only prints.
- Anything else is run as `make -k <target>`, so that a fault in one needed target does not hide those of the next. It
  takes the place of the toolchain's own steps for the tools that it names; of all tests, which would run twice, where
  it names no runner. A tool that is configured and that it does not name still runs, so that a Makefile makes no gate
  weaker.

It gets the variables of the steps whose place it takes: the virtualenv, the scratch database, caches outside the
project. Where the package's tests are pytest's, our recorder is handed on in PYTEST_ADDOPTS, so that tests have names,
files and lines however deep in scripts they are run; other output is read as that of commands of the project's own.
"""

import logging
import shlex
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from backend_developer.contract import NoToolchain
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import text
from backend_developer.workspace.toolchains.base import Package, Step, StepKind, TestRun
from backend_developer.workspace.toolchains.installed import find_program
from backend_developer.workspace.toolchains.make.makefile import Makefile
from backend_developer.workspace.toolchains.make.recipes import KNOWN, calls, is_gate, is_plain, tools
from backend_developer.workspace.toolchains.node.lint import TYPECHECKS
from backend_developer.workspace.toolchains.node.packages import read_manifest, texts
from backend_developer.workspace.toolchains.node.scripts import is_placeholder
from backend_developer.workspace.toolchains.own_commands import OwnCommands
from backend_developer.workspace.toolchains.python import testing as pytest_report
from backend_developer.workspace.toolchains.python.run import REPORT

logger = logging.getLogger(__name__)

NAME = "make"

TARGETS: dict[StepKind, tuple[str, ...]] = {"lint": ("lint", "typecheck"), "build": ("build",), "tests": ("test",)}
"""Kind of gate to the targets that are its commands, the main one first."""

_STEADY = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "CARGO_NET_OFFLINE": "true",
    "GOPROXY": "off",
    "UV_NO_SYNC": "1",
    "UV_OFFLINE": "1",
    "npm_config_offline": "true",
    "pnpm_config_verify_deps_before_run": "false",
}
"""A gate fetches nothing, whatever a recipe would like to bring up to date."""

_INSTALL = "Install it with the system's package manager, or name the commands in backend-developer.toml."


class Made(NamedTuple):
    """The steps of a Makefile for one gate."""

    steps: list[Step]
    replaces: frozenset[str]
    """The tools of the toolchain's own steps whose place they take."""
    stands_alone: bool
    """Whether the main target is among them: the gate is then not without its commands where a tool is missing."""


NOTHING = Made([], frozenset(), False)


@dataclass(frozen=True)
class MakeToolchain(OwnCommands):
    """Runs targets of the project's Makefiles."""

    judged: Mapping[str, frozenset[str]] | None = None
    """Folder to the targets that have judged the untouched project, which alone count; None where nothing has yet."""
    name: str = field(default=NAME, init=False)

    def packages(self, root: Path) -> list[Package]:
        """The workspace itself, where its Makefile has a target of a gate."""
        makefile = Makefile.of(root)
        known = makefile and any(makefile.commands(target) for targets in TARGETS.values() for target in targets)
        return [Package(NAME, ".")] if known else []

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        """The targets of a gate, as if there were no other toolchain."""
        return self.made(root, package.root, kind, []).steps

    def made(self, root: Path, folder: str, kind: StepKind, own: Sequence[Step] | None) -> Made:
        """The steps of a folder's Makefile beside `own`, those of its toolchain; None where that lacks a tool.

        Scripts of a package.json in the folder win. Raises `NoToolchain` where there is no make and nothing else.
        """
        makefile = Makefile.of(root / folder)
        if makefile is None:
            return NOTHING
        chosen = self._chosen(makefile, folder, kind, own)
        if not chosen or not _has_make(root, own):
            return NOTHING
        steps = [_step(root, Package(NAME, folder), kind, _arguments(makefile, target), own or []) for target in chosen]
        named = frozenset(step.tool for step in own or [])
        replaced = named & tools(line for lines in chosen.values() for line in lines)
        if kind == "tests" and not replaced:
            replaced = named
        logger.info("%s in %s: %s in the place of %s", kind, folder, list(chosen), sorted(replaced))
        return Made(steps, replaced, TARGETS[kind][0] in chosen)

    def _chosen(
        self, makefile: Makefile, folder: str, kind: StepKind, own: Sequence[Step] | None
    ) -> dict[str, list[str]]:
        """The targets that are run, with their commands. What has judged once does so again, built files or not."""
        if self.judged is not None:
            before = self.judged.get(folder, frozenset())
            again = (target for target in TARGETS[kind] if target in before and target in makefile.rules)
            return {target: makefile.commands(target, anew=True) for target in again}
        known = KNOWN if own is None else frozenset(step.tool for step in own)
        scripts = _scripts(makefile.folder)
        return {
            target: commands
            for target in TARGETS[kind]
            if scripts.isdisjoint(_SCRIPTS[target]) and _is_more(commands := makefile.commands(target), kind, known)
        }

    def tests(self, step: Step, outcome: Outcome, root: Path) -> TestRun:
        """What the recorder in pytest says, else the output."""
        if REPORT in step.env and Path(step.env[REPORT]).exists():
            return pytest_report.read_run(step, outcome, root)
        return text.test_run(step, outcome, root, f"make {step.argv[-1]}")

    def only(self, step: Step, ids: list[str]) -> Step:
        """The same step, with a report of its own: how a target is told to run some tests alone is not known."""
        if REPORT not in step.env:
            return step
        report = Path(step.env[REPORT]).with_name(f"tests-{uuid.uuid4().hex}.jsonl")
        return replace(step, env={**step.env, REPORT: str(report)})


def _scripts(folder: Path) -> frozenset[str]:
    """The names of a package.json's scripts, without a `test` that only says that there is none."""
    scripts = texts(read_manifest(folder), "scripts")
    return frozenset(name for name, script in scripts.items() if name != "test" or not is_placeholder(script))


def _is_more(commands: list[str], kind: StepKind, known: frozenset[str]) -> bool:
    """Whether a gate may and must run them, since they are not what the toolchain runs anyway."""
    called = calls(commands)
    left = all(call and call.tool in known and is_plain(call, kind) for call in called)
    return bool(called) and not left and is_gate(commands)


def _has_make(root: Path, own: Sequence[Step] | None) -> bool:
    if find_program("make", root):
        return True
    if own:
        logger.warning("there is no make, so the toolchain's own commands stand alone")
        return False
    raise NoToolchain("The project is built with make, which is not on PATH.", _INSTALL, source="toolchain/make")


def _arguments(makefile: Makefile, target: str) -> tuple[str, ...]:
    """Beside a folder `test`, make would call the target up to date; older makes than 3.82 know no --eval."""
    return (*(("--eval", f".PHONY: {target}") if makefile.stands_still(target) else ()), "-k", target)


def _step(root: Path, package: Package, kind: StepKind, arguments: tuple[str, ...], own: Sequence[Step]) -> Step:
    env = {name: value for step in own for name, value in step.env.items()}
    recorded = next((step for step in own if step.tool == "pytest"), None)
    if recorded:
        env["PYTEST_ADDOPTS"] = shlex.join(recorded.argv[recorded.argv.index("pytest") + 1 :])
    else:
        env.pop(REPORT, None)
    if any(step.tool == "go-test" for step in own):
        # As the Go toolchain does: an old fault of vet would keep a whole package's tests from being run.
        env["GOFLAGS"] = f"{env.get('GOFLAGS', '')} -vet=off".strip()
    return Step(
        kind=kind,
        tool=NAME,
        argv=(str(find_program("make", root)), *arguments),
        package=package,
        env={**_STEADY, **env},
        writable=tuple(dict.fromkeys(folder for step in own for folder in step.writable)),
    )


_SCRIPTS = {"lint": ("lint",), "typecheck": TYPECHECKS, "build": ("build",), "test": ("test",)}
"""Target to the scripts of a package.json that win over it."""
