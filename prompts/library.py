"""The skills: texts by the Agent Skills specification, each with a core that goes into the prompt.

Format: https://agentskills.io/specification - a folder with `SKILL.md`, front matter with `name` (the folder's) and
`description`. Ours adds one convention: the first `##` section is the core.

A skill of one's own wins over one of ours by its name: settings, then the project's, then the user's, then ours. What
stands in a project was written by others: a link that leads out of it is not followed, and sizes are bounded.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from backend_developer.contract import CallFailed
from backend_developer.prompts import FOLDER

logger = logging.getLogger(__name__)

BUILT_IN = FOLDER / "skills"
CHARS_A_TOKEN = 4
"""A rough measure that needs no vocabulary; English prose and code come to 3.5 to 4.5."""

OWN_FOLDERS = (".opencode/skill", ".opencode/skills", ".claude/skills", ".agents/skills")
"""Where a project's own skills are found; a later folder wins."""
HOME_FOLDERS = (".config/opencode/skill", ".config/opencode/skills", ".claude/skills", ".agents/skills")
"""The same below a user's home folder."""
FILE_BYTES = 64_000
SKILLS_A_FOLDER = 100
REFERENCES = 40
LISTED_CHARS = 1_200
"""Of the names and descriptions of skills beside ours, in the description of the tool `skill`."""
ABOUT_CHARS = 120

_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill, read and checked."""

    name: str
    description: str
    body: str
    folder: Path = field(default_factory=Path, compare=False)
    references: tuple[str, ...] = ()
    """Files below `references/`, which `skill("<name>/references/<file>")` gives."""

    @property
    def core(self) -> str:
        """The first `##` section: what loading puts into the prompt."""
        sections = re.split(r"^## ", self.body, maxsplit=2, flags=re.MULTILINE)
        if len(sections) < 2:
            return self.body.strip()
        return sections[1].split("\n", 1)[-1].strip()


def read_skill(folder: Path, within: Path | None = None) -> Skill:
    """Read and check one skill. Raises `ValueError` that names the fault.

    `within` is the folder that no link may lead out of; by default the skill's own.
    """
    found = _FRONT.match(_read(folder / "SKILL.md", within or folder))
    if not found:
        raise ValueError("has no front matter between two lines of ---")
    try:
        front = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        raise ValueError(f"front matter is not YAML: {error}") from error
    if not isinstance(front, dict):
        raise ValueError("front matter is not a mapping")  # noqa: TRY004 - every fault of a skill is of one kind
    name, description = front.get("name"), front.get("description")
    if not isinstance(name, str) or name != folder.name or len(name) > 64 or not _NAME.fullmatch(name):
        raise ValueError(f"its name must be {folder.name!r}, in lower case with hyphens")
    if not isinstance(description, str) or not 1 <= len(description) <= 1024:
        raise ValueError("its description must have 1 to 1,024 characters")
    return Skill(name, description, found[2].strip() + "\n", folder, _references(folder))


def _read(path: Path, within: Path) -> str:
    """The text of a file that is really inside a folder. Raises `ValueError` that says why it cannot be had."""
    try:
        if not path.resolve(strict=True).is_relative_to(within.resolve()):
            raise ValueError("is a link that leads out of its place")
        if not path.is_file():
            raise ValueError("is no regular file")
        with path.open("rb") as file:
            data = file.read(FILE_BYTES + 1)
        if len(data) > FILE_BYTES:
            raise ValueError(f"is longer than {FILE_BYTES:,} bytes")
        return data.decode("utf-8").replace("\r\n", "\n")
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read: {error}") from error


def _references(folder: Path) -> tuple[str, ...]:
    if (folder / "references").is_symlink():
        return ()
    files = (path for path in (folder / "references").glob("*") if path.is_file() and not path.is_symlink())
    return tuple(f"references/{path.name}" for path in sorted(files)[:REFERENCES])


def own_folders(project: Path, home: Path, more: Sequence[Path] = ()) -> list[Path]:
    """Where skills are looked for, the weakest first: ours, the user's, the project's, those of the settings."""
    users = [home / name for name in HOME_FOLDERS]
    return [BUILT_IN, *users, *(project / name for name in OWN_FOLDERS), *more]


class SkillLibrary:
    """All skills that a run can load; a later folder wins over an earlier one by name.

    `project` is the project under work: what stands in it may not lead out of it.
    """

    def __init__(self, folders: Sequence[Path] = (BUILT_IN,), project: Path | None = None) -> None:
        self._skills: dict[str, Skill] = {}
        self.broken: list[str] = []
        """A sentence for each skill that was passed over."""
        for folder in folders:
            within = project if project is not None and folder.is_relative_to(project) else None
            for manifest in _manifests(folder):
                self._add(manifest.parent, within)

    def _add(self, folder: Path, within: Path | None) -> None:
        try:
            self._skills[folder.name] = read_skill(folder, within)
        except ValueError as error:
            told = f"skill {folder.name[:64]!r} is passed over: {' '.join(str(error).split())[:200]}"
            logger.warning("%s (%s)", told, folder)
            self.broken.append(told)

    @property
    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._skills)

    def whole(self, name: str) -> str:
        """The whole text of a skill, or of `<name>/references/<file>`. Raises `CallFailed` naming what there is."""
        skill_name, _, path = name.strip().strip("/").partition("/")
        skill = self._skills.get(skill_name)
        if skill is None:
            raise CallFailed(f"there is no skill {skill_name!r}; there are: {', '.join(self.names)}")
        if path:
            return _reference(skill, path)
        more = "".join(f"- `{skill.name}/{reference}`\n" for reference in skill.references)
        return f"{skill.body}\nMore, by `skill(name)`:\n{more}" if more else skill.body

    def catalogue(self) -> str:
        """All names in a line, and below it what skills beside ours say of themselves; bounded, the same bytes."""
        ours = [name for name in self.names if self._is_ours(name)]
        lines, left = [", ".join(ours)] if ours else [], LISTED_CHARS
        for name in self.names:
            if not self._is_ours(name):
                line = f"{name}: {' '.join(self._skills[name].description.split())[:ABOUT_CHARS]}"
                left -= len(line) + 1
                if left < 0:
                    lines.append("and more")
                    break
                lines.append(line)
        return "\n".join(lines)

    def _is_ours(self, name: str) -> bool:
        return self._skills[name].folder.parent == BUILT_IN

    def fit(self, names: Sequence[str], tokens: int) -> tuple[list[str], list[str]]:
        """Split names into those whose cores fit the budget and the rest, both in the given order."""
        loaded: list[str] = []
        listed: list[str] = []
        left = tokens * CHARS_A_TOKEN
        for name in names:
            skill = self._skills.get(name)
            if skill is None:
                logger.warning("skill %s is not installed", name)
            elif len(skill.core) <= left:
                left -= len(skill.core)
                loaded.append(name)
            else:
                listed.append(name)
        return loaded, listed

    def prompt(self, loaded: Sequence[str], listed: Sequence[str]) -> str:
        """The section of the system prompt: cores of the loaded ones, names of the others."""
        parts = ["# Skills"]
        parts += [f"## {name}\n{self._skills[name].core}" for name in loaded if name in self._skills]
        if others := [name for name in listed if name in self._skills]:
            parts.append(f"More by `skill(name)`, and the whole text of those above: {', '.join(others)}.")
        return "\n\n".join(parts) if len(parts) > 1 else ""


def _manifests(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*/SKILL.md"))[:SKILLS_A_FOLDER]
    except OSError as error:
        logger.warning("the skills in %s cannot be listed: %s", folder, error)
        return []


def _reference(skill: Skill, path: str) -> str:
    if path not in skill.references:
        there = ", ".join(skill.references) or "none"
        raise CallFailed(f"skill {skill.name!r} has no {path!r}; its references are: {there}")
    try:
        return _read(skill.folder / path, skill.folder)
    except ValueError as error:
        raise CallFailed(f"{skill.name}/{path} {error}") from error


def library_of(project: Path, more: Sequence[Path] = ()) -> SkillLibrary:
    """Ours, the user's own, the project's own and those of the folders that the settings name. Reads the disk."""
    return SkillLibrary(own_folders(project, Path.home(), more), project)
