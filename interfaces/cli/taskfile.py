"""The task as it is given on the command line: a file, standard input, or words."""

import hashlib
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

from backend_developer.contract import InvalidTask, Task, parse_task

SLUG_CHARS = 40
HASH_CHARS = 8


def read_task(given: str | None, *, workspace: Path | None = None, task_id: str | None = None) -> Task:
    """The task that `given` names.

    `-`, or nothing where input is piped in, is JSON on standard input; words that begin with a brace are JSON; an
    existing file or a name that ends in `.json` is a JSON file; all else is the task in words, and its id is
    made from them: the same words are the same task. `workspace` and `task_id` win over what the task says.

    Raises `InvalidTask` with every fault at once.
    """
    raw = _raw(given)
    options = {"workspace": workspace, "task_id": task_id}
    return parse_task(_overlaid(raw, {name: value for name, value in options.items() if value is not None}))


def id_of(words: str) -> str:
    """A readable id for a task in words: what of them is ASCII, and a hash of all of them."""
    ascii_words = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_words)[:SLUG_CHARS].strip("-") or "task"
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{slug}-{digest[:HASH_CHARS]}"


def _raw(given: str | None) -> bytes | dict[str, Any]:
    if given is None and sys.stdin.isatty():
        raise InvalidTask(['there is no task: give a file, "-" for standard input, or the task in words'])
    if given is None or given == "-":
        return sys.stdin.buffer.read()
    if given.lstrip().startswith("{"):
        return given.encode("utf-8", "surrogatepass")
    if given.endswith(".json") or _is_file(given):
        return _file(Path(given))
    return {"task_id": id_of(given), "main_task": given}


def _is_file(words: str) -> bool:
    try:
        return Path(words).is_file()
    except OSError:
        return False


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidTask([f"cannot read {path}: {error.strerror or error}"]) from None


def _overlaid(raw: bytes | dict[str, Any], options: dict[str, Any]) -> bytes | dict[str, Any]:
    if isinstance(raw, dict):
        return {**raw, **options}
    try:
        fields = json.loads(raw)
    except ValueError:
        return raw  # parse_task names the fault
    return {**fields, **options} if isinstance(fields, dict) else raw
