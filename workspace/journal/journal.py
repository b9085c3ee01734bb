"""The journal: what the task wrote, exactly, and how to take it back.

A write is stored before the file is touched (the bytes before and after, the answer), and closed after it. So when
the process dies at any line, `recover` either finds the write done, or does it, or finds someone else's edit and
leaves that. A call that is closed is never run again: `recall` has its answer.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from backend_developer.contract import CallFailed
from backend_developer.workspace.files import FILE, Content, Version, digest_of, same
from backend_developer.workspace.journal.blobs import Blobs
from backend_developer.workspace.journal.diff import file_diff
from backend_developer.workspace.journal.disk import Disk
from backend_developer.workspace.journal.records import (
    Adopted,
    Batch,
    CallRecord,
    FileRecord,
    Kept,
    Recovered,
    Store,
    UndoResult,
)
from backend_developer.workspace.text import printable

logger = logging.getLogger(__name__)

MAX_STORED_BYTES = 64 * 1024 * 1024
"""Longer files are kept on this machine only."""

_EDITED = "someone else changed it since"
_MIXED = "someone else changed it between the writes of this task"
_LOST = "the bytes to put there are not kept"
_CONFLICT = "Not written: someone else changed the file while this call was interrupted. Read it and decide anew."


class Journal:
    """The edits of one run in one workspace; one process at a time may write to it.

    Paths are what the guard returns: relative to the workspace, links resolved.
    """

    def __init__(self, store: Store, blobs: Blobs, root: Path, run: str) -> None:
        self._store = store
        self._blobs = blobs
        self._disk = Disk(root)
        self.run = run
        self._files: dict[str, FileRecord] = {}
        self._folders: set[str] = set()
        self._calls: dict[str, bool] = {}
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, store: Store, *, blobs: Blobs, root: Path, run: str) -> Self:
        """The journal of a run, with all that it did before."""
        journal = cls(store, blobs, root, run)
        loaded = await store.load(run)
        journal._files = {record.path: record for record in loaded.files}
        journal._folders = set(loaded.folders)
        journal._calls = dict(loaded.calls)
        logger.info("run=%s files=%d calls=%d", run, len(loaded.files), len(loaded.calls))
        return journal

    async def write(self, path: str, data: bytes | None, *, call_id: str, answer: str = "") -> None:
        """Make a file hold these bytes; None deletes it. One write a call, and `answer` is what the call answers.

        A file's mode is kept. Raises `CallFailed` where the system refuses it; then nothing was done.
        """
        async with self._turn:
            known = self._files.get(path)
            try:
                content, intent = await asyncio.to_thread(self._intend, path, data, CallRecord(call_id, answer))
            except OSError as error:
                raise CallFailed(f"{printable(path)} cannot be read: {error.strerror}") from None
            await self._keep(intent)
            try:
                await asyncio.to_thread(self._disk.put, path, content, intent.folders)
            except OSError as error:
                await self._withdraw(call_id, path, known)
                raise CallFailed(f"{printable(path)} cannot be written: {error.strerror}") from None
            await self._close(call_id)
            logger.info("%s %s, call %s", "deleted" if data is None else "wrote", printable(path), call_id)

    async def adopt(self, changes: Sequence[Adopted], *, folders: Sequence[str], call: CallRecord) -> None:
        """Take what a command has changed as this task's edits. The bytes must be among the blobs already."""
        async with self._turn:
            records = tuple(self._record(path, before, after, call.call_id) for path, before, after in changes)
            blobs = await asyncio.to_thread(self._bytes_of, records)
            await self._keep(Batch(replace(call, done=True), records, tuple(folders), blobs))
            logger.info("adopted %d changes of call %s", len(records), call.call_id)

    async def remember(self, call_id: str, answer: str, *, ok: bool = True) -> None:
        """Keep the answer of a call that has ended."""
        await self._keep(Batch(CallRecord(call_id, answer, ok, done=True)))

    async def recall(self, call_id: str) -> CallRecord | None:
        """The answer of a call that has ended before; None where it has not."""
        return await self._store.answer(self.run, call_id) if self.ended(call_id) else None

    def ended(self, call_id: str) -> bool:
        """Whether the call's answer is kept, and all that it wrote is in place."""
        return self._calls.get(call_id, False)

    async def ended_in(self, run: str, call_id: str) -> bool:
        """As `ended`, for a call of any run."""
        record = await self._store.answer(run, call_id)
        return record is not None and record.done

    async def touched(self) -> list[str]:
        """The paths that the task wrote, sorted, also where they are as before again."""
        return sorted(printable(path) for path in self._files)

    async def files_changed(self) -> list[str]:
        """The paths whose bytes differ now from before the task, sorted."""
        records = list(self._files.values())
        now = await asyncio.to_thread(lambda: [self._disk.version(record.path) for record in records])
        pairs = zip(records, now, strict=True)
        return sorted(printable(record.path) for record, current in pairs if not same(current, record.original))

    async def before(self, paths: Sequence[str]) -> list[bytes | None]:
        """The bytes of files before the task, read in one go; None where there was none. Raises `OSError`."""
        records = [self._files.get(path) or self._shown_as(path) for path in paths]
        found = await asyncio.to_thread(lambda: [*map(self._found_before, paths, records)])
        for place, (record, data) in enumerate(zip(records, found, strict=True)):
            if data is None and record and record.original:
                found[place] = await self._store.blob(self.run, record.original.digest)
        return found

    def _found_before(self, path: str, record: FileRecord | None) -> bytes | None:
        if record is None:
            content = self._disk.read(path)
            return content.data if content else None
        return self._blobs.get(record.original.digest) if record.original else None

    def _shown_as(self, path: str) -> FileRecord | None:
        return next((record for name, record in self._files.items() if printable(name) == path), None)

    async def diff(self) -> str:
        """What the task changed, as a unified diff; empty where nothing differs."""
        parts = []
        for path, record in sorted(self._files.items()):
            now = await asyncio.to_thread(self._disk.read, path)
            before = await self._content(record.original)
            if not same(_version(now), record.original):
                parts.append(await asyncio.to_thread(file_diff, path, before, now))
        return "".join(parts)

    async def undo(self) -> UndoResult:
        """Put back what the task wrote, where it is still what the task wrote; the rest is kept and named."""
        restored: list[str] = []
        kept: list[Kept] = []
        async with self._turn:
            await asyncio.to_thread(self._disk.tidy, list(self._files))
            for record in sorted(self._files.values(), key=lambda record: record.path):
                now = await asyncio.to_thread(self._disk.version, record.path)
                if same(now, record.original) and not _only_mode(record, now):
                    continue
                reason = await self._put(record, record.original) if self._is_ours(record, now) else _edited(record)
                if reason:
                    kept.append(Kept(printable(record.path), reason))
                else:
                    restored.append(printable(record.path))
                    await self._keep(Batch(files=(replace(record, written=record.original),)))
            await asyncio.to_thread(self._disk.remove_empty, self._folders)
        logger.info("run=%s restored=%d kept=%d", self.run, len(restored), len(kept))
        return UndoResult(restored, kept)

    async def recover(self) -> Recovered:
        """Finish what a killed process left half-done, and bring the edits to a tree that lacks them.

        A file that is as before the task, or as before the interrupted write, is written; one that is neither that
        nor as written is someone else's: it is left alone and named.
        """
        redone: list[str] = []
        kept: list[Kept] = []
        async with self._turn:
            await asyncio.to_thread(self._disk.tidy, list(self._files))
            for record in sorted(self._files.values(), key=lambda record: record.path):
                now = await asyncio.to_thread(self._disk.version, record.path)
                if same(now, record.written):
                    continue
                reason = await self._put(record, record.written) if self._is_behind(record, now) else _EDITED
                if not reason:
                    redone.append(printable(record.path))
                    continue
                kept.append(Kept(printable(record.path), reason))
                await self._give_up(record)
            for call_id in [call_id for call_id, done in self._calls.items() if not done]:
                await self._close(call_id)
        logger.info("run=%s redone=%d kept=%d", self.run, len(redone), len(kept))
        return Recovered(redone, kept)

    def _is_ours(self, record: FileRecord, now: Version | None) -> bool:
        if record.mixed:
            return False
        return same(now, record.written) or (self._is_open(record) and same(now, record.base))

    def _is_behind(self, record: FileRecord, now: Version | None) -> bool:
        return same(now, record.original) or (self._is_open(record) and same(now, record.base))

    def _is_open(self, record: FileRecord) -> bool:
        return not self._calls.get(record.call_id, True)

    async def _put(self, record: FileRecord, version: Version | None) -> str:
        """Put a version in place; returns why it could not be."""
        content = await self._content(version)
        if version is not None and content is None:
            return _LOST
        try:
            await asyncio.to_thread(self._disk.put_anew, record.path, content)
        except (OSError, CallFailed) as error:
            return str(error)
        return ""

    async def _give_up(self, record: FileRecord) -> None:
        """An interrupted write that someone else came before: it did not happen, and its call says so."""
        if self._is_open(record):
            call = CallRecord(record.call_id, _CONFLICT, ok=False, done=True)
            await self._keep(Batch(call, (replace(record, written=record.base),)))

    async def _content(self, version: Version | None) -> Content | None:
        if version is None:
            return None
        data = await asyncio.to_thread(self._blobs.get, version.digest)
        if data is None:
            data = await self._store.blob(self.run, version.digest)
        return None if data is None else Content(data, version.mode)

    def _record(self, path: str, before: Version | None, after: Version | None, call_id: str) -> FileRecord:
        known = self._files.get(path)
        if known is None:
            return FileRecord(path, before, before, after, call_id)
        foreign = not same(before, known.written) and not same(before, known.original)
        return FileRecord(path, known.original, before, after, call_id, mixed=known.mixed or foreign)

    def _intend(self, path: str, data: bytes | None, call: CallRecord) -> tuple[Content | None, Batch]:
        """What the path will hold, and all that is stored before it does."""
        before, folders = self._disk.before_write(path)
        content = None if data is None else Content(data, before.mode if before else FILE)
        record = self._record(path, _version(before), _version(content), call.call_id)
        blobs = self._to_store(before, content, self._files.get(path))
        return content, Batch(call, (record,), tuple(folders), blobs)

    def _to_store(self, before: Content | None, after: Content | None, known: FileRecord | None) -> dict[str, bytes]:
        """Bytes for the store: the original and the new ones. On disk: the original, and what others wrote since."""
        if before and not (known and same(before.version, known.written)):
            self._blobs.put(before.data)
        if after and len(after.data) > MAX_STORED_BYTES:
            self._blobs.put(after.data)
        kept = [content for content in (after, None if known else before) if content]
        return {digest_of(content.data): content.data for content in kept if len(content.data) <= MAX_STORED_BYTES}

    def _bytes_of(self, records: Sequence[FileRecord]) -> dict[str, bytes]:
        versions = [record.written for record in records]
        versions += [record.original for record in records if record.path not in self._files]
        found = {version.digest: self._blobs.get(version.digest) for version in versions if version}
        return {digest: data for digest, data in found.items() if data is not None and len(data) <= MAX_STORED_BYTES}

    async def _keep(self, batch: Batch) -> None:
        await self._store.record(self.run, batch)
        self._files |= {record.path: record for record in batch.files}
        self._folders |= set(batch.folders)
        if batch.call is not None:
            self._calls[batch.call.call_id] = batch.call.done

    async def _close(self, call_id: str) -> None:
        await self._store.close(self.run, call_id)
        self._calls[call_id] = True

    async def _withdraw(self, call_id: str, path: str, previous: FileRecord | None) -> None:
        await self._store.withdraw(self.run, call_id, path, previous)
        del self._calls[call_id], self._files[path]
        if previous is not None:
            self._files[path] = previous


def _only_mode(record: FileRecord, now: Version | None) -> bool:
    """Whether the file is as before, but for the permissions that the task gave it."""
    if not (now and record.original and record.written) or not same(record.written, record.original):
        return False
    return now.mode == record.written.mode != record.original.mode


def _edited(record: FileRecord) -> str:
    return _MIXED if record.mixed else _EDITED


def _version(content: Content | None) -> Version | None:
    return content.version if content else None
