"""`pg-aiguide`: how to build on PostgreSQL, answered from the skills and from the patterns in `prompts/patterns`."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from backend_developer.contract import CallFailed
from backend_developer.mcp_servers.local.checked import ToolArgs, checked_tool
from backend_developer.mcp_servers.local.server import LocalServer
from backend_developer.prompts import render, text
from backend_developer.prompts.library import SkillLibrary

NAME = "pg-aiguide"

SKILLS = ("postgresql-table-design", "senior-data-engineer")
_POSTGRES = frozenset({"postgres", "postgresql", "pg"})


class Practices(ToolArgs):
    """Arguments of `get_best_practices`."""

    database: str = Field(description='The database: "postgres"')


class Pattern(ToolArgs):
    """Arguments of `get_patterns`."""

    pattern: Literal["repository", "migration"] = Field(description="Which pattern")


def local_pg_aiguide(skills: SkillLibrary) -> LocalServer:
    """The server over a run's skills: a project's own skill of the same name wins here too."""

    async def practices(args: Practices) -> str:
        if args.database.strip().casefold() not in _POSTGRES:
            raise CallFailed(f'there are no best practices for {args.database!r}; there are: "postgres"')
        return _best_practices([skills.whole(name) for name in SKILLS])

    async def pattern(args: Pattern) -> str:
        return text(f"patterns/{args.pattern}")

    return LocalServer(
        NAME,
        (
            checked_tool("get_best_practices", Practices, practices),
            checked_tool("get_patterns", Pattern, pattern),
        ),
    )


def _best_practices(bodies: Sequence[str]) -> str:
    """The cores of all first: a caller that cuts the answer keeps what matters most."""
    parted = [_core_and_rest(body) for body in bodies]
    return render("mcp/best_practices", cores=[core for core, _ in parted], rests=[rest for _, rest in parted])


def _core_and_rest(body: str) -> tuple[str, str]:
    title, _, sections = body.partition("\n## ")
    core, _, rest = sections.partition("\n## ")
    title = title.strip().removeprefix("# ")
    # The first line of the section is its heading, which the skill's title replaces.
    return (
        f"{title}\n{core.partition(chr(10))[2].strip()}",
        f"{title}\n\n### {rest.replace(chr(10) + '## ', chr(10) + '### ').strip()}",
    )
