"""What a Makefile says, read without make: `make -pn` would run whatever stands in `$(shell ...)`.

Read are rules, their recipes, plain variables and included files. Both branches of a condition count; pattern rules and
what `define` makes are passed over.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from backend_developer.workspace.toolchains.files import read_text

logger = logging.getLogger(__name__)

NAMES = ("GNUmakefile", "makefile", "Makefile")
"""In the order in which make looks for them."""

_CONTINUED = re.compile(r"\\\r?\n[ \t]*")
_ASSIGNED = re.compile(r"^(?:export\s+|override\s+)*(?P<name>[\w.-]+)\s*(?P<how>\?|\+|:{1,3}|!)?=\s*(?P<value>.*)$")
_RULE = re.compile(r"^(?P<names>[^\s:#=][^:#=]*?)\s*&?::?(?![:=])(?P<needs>[^;]*)(?:;(?P<command>.*))?$")
_INCLUDE = re.compile(r"^[-s]?include\s+(?P<paths>[^#$]+)")
_REFERENCE = re.compile(r"\$(?:\((?P<round>[\w.-]+)\)|\{(?P<curly>[\w.-]+)\})")
_BLOCK = re.compile(r"^(?:override\s+)?define\b")
_DEPTH = 8
"""How far variables are followed."""


@dataclass(slots=True)
class _Rule:
    needs: list[str] = field(default_factory=list)
    recipe: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Makefile:
    """The Makefile of one folder."""

    folder: Path
    rules: Mapping[str, _Rule]
    variables: Mapping[str, str]
    files: tuple[str, ...]
    """It and the files that it includes, relative to its folder."""

    @classmethod
    def of(cls, folder: Path) -> "Makefile | None":
        """The one that make would take; None where there is none. Reads the disk."""
        name = next((name for name in NAMES if (folder / name).is_file()), None)
        if name is None:
            return None
        rules: dict[str, _Rule] = {}
        variables = {"MAKE": "make"}
        files = list(_files(folder, name, set()))
        _read(iter([line for file in files for line in _lines(folder / file)]), rules, variables)
        logger.debug("%s: targets %s", folder / name, sorted(rules))
        return cls(folder, rules, variables, tuple(files))

    def commands(self, target: str, *, anew: bool = False) -> list[str]:
        """The command lines of a target and, before them, of the targets that it needs, with variables filled in.

        A target that is a file which is there already is taken to be up to date, unless all is to be made `anew`.
        """
        return list(self._commands(target, set(), anew=anew))

    def _commands(self, target: str, seen: set[str], *, anew: bool) -> Iterator[str]:
        rule = self.rules.get(target)
        if rule is None or target in seen:
            return
        seen.add(target)
        for name in self._expanded(" ".join(rule.needs)).split():
            if anew or not (self.folder / name).exists() or name in self._phony:
                yield from self._commands(name, seen, anew=anew)
        for line in rule.recipe:
            command = self._expanded(line).lstrip("@-+ \t").strip()
            own = command.split()[1:] if command.startswith("make ") else []
            if own and all(word in self.rules for word in own):
                for name in own:
                    yield from self._commands(name, seen, anew=anew)
            elif command and not command.startswith("#"):
                yield command

    def stands_still(self, target: str) -> bool:
        """Whether a file or folder has the target's name, so that make takes it to be done and runs nothing."""
        return target not in self._phony and (self.folder / target).exists()

    @cached_property
    def _phony(self) -> set[str]:
        rule = self.rules.get(".PHONY")
        return set(self._expanded(" ".join(rule.needs)).split()) if rule else set()

    def _expanded(self, text: str) -> str:
        """With the values of plain variables; one that is not set is empty, as it is for make. Functions stay."""
        for _ in range(_DEPTH):
            filled = _REFERENCE.sub(lambda match: self.variables.get(match["round"] or match["curly"], ""), text)
            if filled == text:
                break
            text = filled
        return text.replace("$$", "$")


def _files(folder: Path, name: str, seen: set[str]) -> Iterator[str]:
    """A file and those that it includes: their variables are read in any order, as make expands recipes last."""
    if name in seen:
        return
    seen.add(name)
    yield name
    for line in _lines(folder / name):
        included = _INCLUDE.match(line)
        words = included["paths"].split() if included else []
        for path in sorted(path for word in words if not word.startswith("/") for path in folder.glob(word)):
            yield from _files(folder, path.relative_to(folder).as_posix(), seen)


def _lines(path: Path) -> list[str]:
    return _CONTINUED.sub(" ", read_text(path)).splitlines()


def _read(lines: Iterator[str], rules: dict[str, _Rule], variables: dict[str, str]) -> None:
    current: list[_Rule] = []
    for line in lines:
        if line.startswith("\t"):
            for rule in current:
                rule.recipe.append(line.strip())
        elif _BLOCK.match(line):
            _skip_block(lines)
        elif assigned := _ASSIGNED.match(line.strip()):
            _assign(assigned, variables)
        elif (stated := _RULE.match(line)) and "=" not in stated["needs"]:
            current = [rules.setdefault(name, _Rule()) for name in stated["names"].split()]
            _state(stated, current)


def _skip_block(lines: Iterator[str]) -> None:
    for line in lines:
        if line.strip() == "endef":
            return


def _assign(match: re.Match[str], variables: dict[str, str]) -> None:
    name, value = match["name"], match["value"].partition(" #")[0].strip()
    if match["how"] == "+":
        variables[name] = f"{variables.get(name, '')} {value}".strip()
    elif match["how"] != "?" or name not in variables:
        variables[name] = value if match["how"] != "!" else f"$(shell {value})"


def _state(match: re.Match[str], rules: list[_Rule]) -> None:
    needs = match["needs"].partition("#")[0].replace("|", " ").split()
    for rule in rules:
        rule.needs += needs
        if match["command"]:
            rule.recipe.append(match["command"].strip())
