"""The skills' code blocks, and what their fences promise.

A fence says its language and at most one word:

| fence | promise |
| --- | --- |
| `python` | stands alone: compiles, has no undefined or unused name, obeys our rule on logging |
| `python run` | the same, and runs to its end without a warning |
| `python fragment` | compiles, its names come from elsewhere, or it shows a mistake |
| `sql` | runs on PostgreSQL after the blocks above it |
| `sql fails` | breaks a constraint there |
| `rust` | compiles with the standard library alone |
| `bash` | parses |
| `json`, `toml`, `yaml` | parses |
| `go`, `typescript`, `csharp` | stands alone |
| any `fragment`, and `text` | nothing |
"""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from backend_developer.prompts.library import BUILT_IN

WORDS: dict[str, set[str]] = {
    "python": {"run", "fragment"},
    "sql": {"fails", "fragment"},
    "rust": {"fragment"},
    "go": {"fragment"},
    "typescript": {"fragment"},
    "csharp": {"fragment"},
    "bash": set(),
    "json": {"fragment"},
    "toml": {"fragment"},
    "yaml": {"fragment"},
    "text": set(),
}
"""Language to the words that may stand after it."""

NAMES = sorted(path.parent.name for path in BUILT_IN.glob("*/SKILL.md"))


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block; `line` is that of its first line of code in the file."""

    skill: str
    line: int
    language: str
    word: str
    code: str

    @property
    def file_stem(self) -> str:
        """A file name that leads back to the place."""
        return f"{self.skill.replace('-', '_')}_line_{self.line}"


def blocks_of(skill: str, language: str | None = None) -> list[Block]:
    """The blocks of a skill in their order, of one language or all."""
    found = parse_blocks(skill, (BUILT_IN / skill / "SKILL.md").read_text(encoding="utf-8"))
    return [block for block in found if language in {None, block.language}]


def skills_with(language: str, *words: str) -> list[str]:
    """The skills that have blocks of a language, with one of the words where some are given."""
    return [name for name in NAMES if any(not words or block.word in words for block in blocks_of(name, language))]


def parse_blocks(skill: str, text: str) -> Iterator[Block]:
    """Read the fences of a text. Raises `ValueError` where one promises what nobody knows."""
    for token in MarkdownIt().parse(_without_front_matter(text)):
        if token.type != "fence":
            continue
        assert token.map is not None
        line = token.map[0] + 2
        language, _, word = token.info.partition(" ")
        if language not in WORDS or (word and word not in WORDS[language]):
            raise ValueError(f"{skill}:{line - 1}: a fence cannot be marked {token.info!r}")
        yield Block(skill, line, language, word, token.content)


def _without_front_matter(text: str) -> str:
    """The same lines, so that line numbers hold."""
    lines = text.splitlines()
    end = lines.index("---", 1)
    return "\n".join([""] * (end + 1) + lines[end + 1 :]) + "\n"


def write_files(blocks: list[Block], folder: Path, suffix: str) -> list[Path]:
    """Each block in a file of its own, named after its place."""
    paths = [folder / f"{block.file_stem}{suffix}" for block in blocks]
    for block, path in zip(blocks, paths, strict=True):
        path.write_text(block.code, encoding="utf-8")
    return paths


async def run(*argv: str, cwd: Path, env: Mapping[str, str] | None = None, limit_s: float = 60.0) -> tuple[int, str]:
    """Exit code and output of a process that is gone afterwards."""
    process = await asyncio.create_subprocess_exec(*argv, cwd=cwd, env=env, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT)
    try:
        output, _ = await asyncio.wait_for(process.communicate(), limit_s)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return await process.wait(), output.decode(errors="replace")
