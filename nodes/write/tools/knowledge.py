"""The tools that look things up: `code_index` and `skill`."""

import asyncio

from backend_developer.nodes.write.tools.tool import Tool, ToolAnswer, ToolArgs
from backend_developer.prompts import text
from backend_developer.prompts.library import SkillLibrary
from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.query import code_index


class CodeIndexArgs(ToolArgs):
    """Arguments of `code_index`."""

    query: str
    type: str | None = None


class SkillArgs(ToolArgs):
    """Arguments of `skill`."""

    name: str


def code_index_tool(index: CodeIndex) -> Tool[CodeIndexArgs]:
    """`code_index(query, type?)`: definitions and lines that match, as the user's text asks for them."""

    async def run(args: CodeIndexArgs, call_id: str) -> ToolAnswer:
        return ToolAnswer(await code_index(index, args.query, args.type))

    return Tool("code_index", CodeIndexArgs, run)


def skill_tool(library: SkillLibrary) -> Tool[SkillArgs]:
    """`skill(name)`: the whole text of a skill; its description names those that there are."""

    async def run(args: SkillArgs, call_id: str) -> ToolAnswer:
        return ToolAnswer(await asyncio.to_thread(library.whole, args.name))

    return Tool("skill", SkillArgs, run, description=f"{text('tools/skill')} {library.catalogue()}")
