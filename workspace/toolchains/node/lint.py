"""The linters of a Node project and what building it means.

A script of package.json wins: `lint` and `typecheck` for the gate lint, `build` for the gate build. Where there is
none, a linter is run that has settings in the project; one that has not is not forced on it. TypeScript is checked
once: as the build where nothing else is built, else with the linters.
"""

import logging
from collections.abc import Iterator

from backend_developer.workspace.toolchains.base import Step, StepKind
from backend_developer.workspace.toolchains.node.checkers import BIOME, BY_NAME, ESLINT, TSC, TSGO
from backend_developer.workspace.toolchains.node.project import JAVASCRIPT
from backend_developer.workspace.toolchains.node.run import Runner
from backend_developer.workspace.toolchains.node.scripts import plain_call

logger = logging.getLogger(__name__)

TYPECHECKS = ("typecheck", "type-check", "check-types", "tsc")
"""Names of the script that checks types."""

_COMPILERS = frozenset({TSC.name, TSGO.name})
_MAX_FILES = 2_000
"""How many files are named on one command line."""


def lint_steps(runner: Runner) -> list[Step]:
    """One step a linter. Raises `NoToolchain` where one is configured and not installed."""
    steps = [*_linters(runner), *_types(runner)]
    logger.info("linters of %s: %s", runner.project.folder, [step.tool for step in steps])
    return steps or syntax_steps(runner, "lint")


def build_steps(runner: Runner) -> list[Step]:
    """The script `build`; else the TypeScript compiler without output; else that every file parses."""
    if "build" in runner.project.scripts:
        return [_of_script(runner, "build", "build")]
    if TSC.is_configured(runner.project):
        return [TSC.step(runner, "build")]
    return syntax_steps(runner, "build")


def syntax_steps(runner: Runner, kind: StepKind) -> list[Step]:
    """A check that every JavaScript file parses; nothing of them is run."""
    files = [path for path in runner.project.sources if path.endswith(JAVASCRIPT)][:_MAX_FILES]
    if not files:
        return []
    probe = runner.probe("backend_developer_syntax.mjs", "--experimental-vm-modules", "--no-warnings")
    return [runner.step(kind, "syntax", (*probe, *files))]


def _linters(runner: Runner) -> Iterator[Step]:
    project = runner.project
    if "lint" in project.scripts:
        yield _of_script(runner, "lint", "lint")
        return
    for checker in (ESLINT, BIOME):
        if checker.is_configured(project):
            yield checker.step(runner, "lint")


def _types(runner: Runner) -> Iterator[Step]:
    scripts = runner.project.scripts
    script = next((name for name in TYPECHECKS if name in scripts), None)
    if script:
        yield _of_script(runner, "lint", script)
    elif "build" in scripts and not _compiles(scripts["build"]) and TSC.is_configured(runner.project):
        yield TSC.step(runner, "lint")


def _compiles(script: str) -> bool:
    """Whether a script calls the TypeScript compiler, be it among other commands."""
    return not _COMPILERS.isdisjoint(script.replace("&", " ").replace(";", " ").split())


def _of_script(runner: Runner, kind: StepKind, name: str) -> Step:
    """The tool that the script calls, asked for output that a machine reads; else the script as it stands."""
    call = plain_call(runner.project.scripts[name])
    checker = BY_NAME.get(call.tool) if call else None
    return checker.step(runner, kind, call) if checker else runner.script(kind, name)
