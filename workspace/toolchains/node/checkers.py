"""The tools that check a Node project without running it, and how each is asked for output that a machine reads."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from backend_developer.workspace.toolchains.base import Step, StepKind
from backend_developer.workspace.toolchains.node.project import NodeProject
from backend_developer.workspace.toolchains.node.run import Runner
from backend_developer.workspace.toolchains.node.scripts import Call

logger = logging.getLogger(__name__)

_ESLINT_FILES = (
    *(f"eslint.config.{ending}" for ending in ("js", "mjs", "cjs", "ts", "mts", "cts")),
    *(f".eslintrc{ending}" for ending in ("", ".js", ".cjs", ".json", ".yml", ".yaml")),
)
_BIOME_FILES = ("biome.json", "biome.jsonc", ".biome.json", ".biome.jsonc")
_WRITES = frozenset({"--fix", "--write", "--unsafe", "--apply", "--apply-unsafe", "--cache"})
"""Options with which a linter changes files; a gate only looks."""
_FORMATS = ("-f", "--format", "--reporter", "-o", "--output-file")
_WATCHES = frozenset({"-w", "--watch"})


@dataclass(frozen=True, slots=True)
class Checker:
    """One tool: its settings, what it is called with where no script says, and how it is made to print."""

    name: str
    files: tuple[str, ...]
    arguments: tuple[str, ...]
    machine: Callable[[tuple[str, ...]], tuple[str, ...]]
    key: str | None = None
    """A field of package.json that holds its settings."""

    def is_configured(self, project: NodeProject) -> bool:
        """Whether the project says how it is to be used."""
        return project.has(*self.files) or (self.key is not None and self.key in project.manifest)

    def step(self, runner: Runner, kind: StepKind, call: Call | None = None) -> Step:
        """Its command, with the arguments of a script. Raises `NoToolchain` where it is not installed."""
        arguments = call.arguments if call else self.arguments
        argv = (*runner.project.program(self.name), *self.machine(arguments))
        return runner.step(kind, self.name, argv, call.env if call else None)


def _eslint(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return *_kept(arguments), "--format", "json", "--no-color"


def _biome(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return *_kept(arguments), "--reporter=github", "--max-diagnostics=none", "--colors=off"


def _tsc(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return *(word for word in arguments if word not in _WATCHES), "--pretty", "false"


def _kept(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The script's own arguments, but for those that change files or how the findings are printed."""
    kept: list[str] = []
    skip = False
    for word in arguments:
        if skip or word in _WRITES or word.startswith(tuple(f"{name}=" for name in _FORMATS)):
            skip = False
        elif word in _FORMATS:
            skip = True
        else:
            kept.append(word)
    return tuple(kept)


ESLINT = Checker("eslint", _ESLINT_FILES, (".",), _eslint, "eslintConfig")
BIOME = Checker("biome", _BIOME_FILES, ("check", "."), _biome)
TSC = Checker("tsc", ("tsconfig.json",), ("--noEmit",), _tsc)
TSGO = Checker("tsgo", TSC.files, TSC.arguments, _tsc)
"""TypeScript's native compiler beside the older one; from TypeScript 7 on it is called tsc itself."""

BY_NAME = {checker.name: checker for checker in (ESLINT, BIOME, TSC, TSGO)}
