"""The skills: texts by the Agent Skills specification, each with a core that goes into the prompt.

Format: https://agentskills.io/specification - a folder with `SKILL.md`, front matter with `name` (the folder's) and
`description`. Ours adds one convention: the first `##` section is the core.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from backend_developer.contract import CallFailed
from backend_developer.prompts import FOLDER

logger = logging.getLogger(__name__)

BUILT_IN = FOLDER / "skills"
CHARS_A_TOKEN = 4
"""A rough measure that needs no vocabulary; English prose and code come to 3.5 to 4.5."""

_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill, read and checked."""

    name: str
    description: str
    body: str

    @property
    def core(self) -> str:
        """The first `##` section: what loading puts into the prompt."""
        sections = re.split(r"^## ", self.body, maxsplit=2, flags=re.MULTILINE)
        if len(sections) < 2:
            return self.body.strip()
        return sections[1].split("\n", 1)[-1].strip()


def read_skill(folder: Path) -> Skill:
    """Read and check one skill. Raises `ValueError` that names the fault."""
    try:
        found = _FRONT.match((folder / "SKILL.md").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read: {error}") from error
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
    return Skill(name, description, found[2].strip() + "\n")


class SkillLibrary:
    """All skills that a run can load; a later folder wins over an earlier one by name."""

    def __init__(self, folders: Sequence[Path] = (BUILT_IN,)) -> None:
        self._skills: dict[str, Skill] = {}
        for folder in folders:
            for manifest in sorted(folder.glob("*/SKILL.md")):
                try:
                    self._skills[manifest.parent.name] = read_skill(manifest.parent)
                except ValueError as error:
                    logger.warning("skill %s is passed over: %s", manifest.parent.name, error)

    @property
    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._skills)

    def whole(self, name: str) -> str:
        """The whole text of a skill. Raises `CallFailed` naming the ones there are."""
        if name not in self._skills:
            raise CallFailed(f"there is no skill {name!r}; there are: {', '.join(self.names)}")
        return self._skills[name].body

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
