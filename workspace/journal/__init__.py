"""The journal of a task's edits: exact, and good for undoing them or bringing them to another machine."""

from backend_developer.workspace.journal.blobs import Blobs
from backend_developer.workspace.journal.journal import Journal
from backend_developer.workspace.journal.memory import MemoryStore
from backend_developer.workspace.journal.postgres import PostgresStore
from backend_developer.workspace.journal.records import Adopted, CallRecord, Kept, Recovered, Store, UndoResult

__all__ = [
    "Adopted",
    "Blobs",
    "CallRecord",
    "Journal",
    "Kept",
    "MemoryStore",
    "PostgresStore",
    "Recovered",
    "Store",
    "UndoResult",
]
