"""The tools `edit`, `write` and `delete`."""

import asyncio
import logging
import stat
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from backend_developer.contract import CallFailed
from backend_developer.nodes.write.tools.reading import check_file, near_names
from backend_developer.nodes.write.tools.tool import Tool, ToolAnswer, ToolArgs
from backend_developer.workspace.edits import Edited, apply_edit
from backend_developer.workspace.files import Content, read_content
from backend_developer.workspace.syntax import syntax_fault
from backend_developer.workspace.text import Decoded, decode, line_count, newline_of, printable, with_newline
from backend_developer.workspace.workspace import Workspace

logger = logging.getLogger(__name__)

_NO_SOURCE = frozenset({".json", ".lock", ".csv", ".tsv", ".md", ".rst", ".txt", ".svg", ".xml", ".html", ".snap"})
"""Endings of files that may be as long as they like."""


class EditArgs(ToolArgs):
    """Arguments of `edit`."""

    path: str
    old: str
    new: str
    replace_all: bool = False


class WriteArgs(ToolArgs):
    """Arguments of `write`."""

    path: str
    content: str


class DeleteArgs(ToolArgs):
    """Arguments of `delete`."""

    path: str


class _Plan(NamedTuple):
    """A write that is ready to be made."""

    path: str
    data: bytes | None
    answer: str


def editing_tools(workspace: Workspace, *, max_lines: int) -> list[Tool[Any]]:
    """`edit`, `write` and `delete` on this workspace; a file over `max_lines` is remarked on."""
    editor = _Editor(workspace, max_lines)
    return [
        Tool("edit", EditArgs, editor.edit, mutates=True),
        Tool("write", WriteArgs, editor.write, mutates=True),
        Tool("delete", DeleteArgs, editor.delete, mutates=True),
    ]


class _Editor:
    def __init__(self, workspace: Workspace, max_lines: int) -> None:
        self._workspace = workspace
        self._max_lines = max_lines

    async def edit(self, args: EditArgs, call_id: str) -> ToolAnswer:
        return await self._do(await asyncio.to_thread(self._plan_edit, args), call_id)

    async def write(self, args: WriteArgs, call_id: str) -> ToolAnswer:
        return await self._do(await asyncio.to_thread(self._plan_write, args), call_id)

    async def delete(self, args: DeleteArgs, call_id: str) -> ToolAnswer:
        return await self._do(await asyncio.to_thread(self._plan_delete, args), call_id)

    async def _do(self, plan: _Plan, call_id: str) -> ToolAnswer:
        await self._workspace.journal.write(plan.path, plan.data, call_id=call_id, answer=plan.answer)
        logger.info("%s", plan.answer.partition("\n")[0])
        return ToolAnswer(plan.answer)

    def _plan_edit(self, args: EditArgs) -> _Plan:
        path = self._workspace.guard.check_write(args.path)
        check_file(self._workspace, path)
        data = (self._workspace.root / path).read_bytes()
        decoded = decode(data)
        if decoded is None:
            raise CallFailed(f"{printable(path)} is binary, so it cannot be edited as text.")
        edited = apply_edit(decoded.text, args.old, args.new, replace_all=args.replace_all)
        fresh = _encoded(path, decoded, edited.text)
        return _Plan(path, fresh, f"Edited {printable(path)}{_places(edited)}{self._remarks(path, fresh, edited.text)}")

    def _plan_write(self, args: WriteArgs) -> _Plan:
        path = self._workspace.guard.check_write(args.path)
        old = self._old(path)
        was = decode(old.data) if old else None
        form = Decoded("", bom=was.bom if was and was.encoding == "utf-8" else b"")
        newline = newline_of(was.text) if was else "\n"
        # Only a file of Windows line ends is held to them: a new one is as the model wrote it.
        content = with_newline(args.content, newline) if newline != "\n" else args.content
        data = _encoded(path, form, content)
        if old and old.data == data:
            raise CallFailed(f"{printable(path)} has this content already; nothing was written.")
        deed = "Overwrote" if old else "Wrote"
        lines = line_count(content)
        length = f"{lines} line{'' if lines == 1 else 's'}"
        return _Plan(path, data, f"{deed} {printable(path)}, {length}.{self._remarks(path, data, content)}")

    def _old(self, path: str) -> Content | None:
        content = read_content(self._workspace.root / path)
        return content if content and stat.S_ISREG(content.mode) else None

    def _plan_delete(self, args: DeleteArgs) -> _Plan:
        path = self._workspace.guard.check_delete(args.path)
        content = read_content(self._workspace.root / path)
        if content is None:
            raise CallFailed(f"{printable(path)} does not exist. {near_names(self._workspace, path)}")
        return _Plan(path, None, f"Deleted {printable(path)}.")

    def _remarks(self, path: str, data: bytes, text: str) -> str:
        remarks = []
        fault = syntax_fault(path, data)
        if fault is not None:
            remarks.append(f"\nSaved, but line {fault.line} is no valid syntax: {fault.message}. Mend it.")
        lines = line_count(text)
        if lines > self._max_lines and PurePosixPath(path).suffix.lower() not in _NO_SOURCE:
            remarks.append(f"\nIt has {lines} lines now; the limit is {self._max_lines}: split it.")
        return "".join(remarks)


def _places(edited: Edited) -> str:
    lines = ", ".join(str(line) for line in edited.lines[:20])
    where = f" at line {lines}." if len(edited.lines) == 1 else f" at {len(edited.lines)} places: lines {lines}."
    return where + (
        f" `old` differed in {edited.tolerance}; see that the result is as you meant it." if edited.tolerance else ""
    )


def _encoded(path: str, form: Decoded, text: str) -> bytes:
    try:
        return form.encode(text)
    except UnicodeEncodeError as error:
        sign = text[error.start : error.end][:10]
        raise CallFailed(
            f"{printable(path)} is written in {form.encoding}, which has no {sign!a}; nothing was written. "
            "Use other characters."
        ) from None
