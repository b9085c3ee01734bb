"""A store that lasts as long as the process: for tests, and for a look at a project that no run belongs to."""

from dataclasses import replace

from backend_developer.workspace.journal.records import Batch, CallRecord, FileRecord, Loaded


class MemoryStore:
    """Implements `Store` with dictionaries, keyed by run."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], FileRecord] = {}
        self._folders: set[tuple[str, str]] = set()
        self._calls: dict[tuple[str, str], CallRecord] = {}
        self._blobs: dict[tuple[str, str], bytes] = {}

    async def load(self, run: str) -> Loaded:
        """See `Store`."""
        return Loaded(
            files=tuple(record for (owner, _), record in self._files.items() if owner == run),
            folders=tuple(folder for owner, folder in sorted(self._folders) if owner == run),
            calls={call_id: record.done for (owner, call_id), record in self._calls.items() if owner == run},
        )

    async def record(self, run: str, batch: Batch) -> None:
        """See `Store`."""
        if batch.call is not None:
            self._calls[run, batch.call.call_id] = batch.call
        self._files |= {(run, record.path): record for record in batch.files}
        self._folders |= {(run, folder) for folder in batch.folders}
        self._blobs |= {(run, digest): data for digest, data in batch.blobs.items()}

    async def close(self, run: str, call_id: str) -> None:
        """See `Store`."""
        self._calls[run, call_id] = replace(self._calls[run, call_id], done=True)

    async def withdraw(self, run: str, call_id: str, path: str, previous: FileRecord | None) -> None:
        """See `Store`."""
        del self._calls[run, call_id]
        del self._files[run, path]
        if previous is not None:
            self._files[run, path] = previous

    async def answer(self, run: str, call_id: str) -> CallRecord | None:
        """See `Store`."""
        return self._calls.get((run, call_id))

    async def blob(self, run: str, digest: str) -> bytes | None:
        """See `Store`."""
        return self._blobs.get((run, digest))
