"""The sample that the demo and the first notebook work on: a scratch copy, its task and its recorded answers."""

import json
import logging
import shutil
import tempfile
from pathlib import Path

from backend_developer.contract import Blocked, Task, WorkspaceUnusable, parse_task

logger = logging.getLogger(__name__)

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
PROJECT = "users_service"
TASK_FILE = "users_service.task.json"
CASSETTE = Path("demo") / "cassette.jsonl"

SCRATCH_PREFIX = "backend-developer-demo-"
NOT_COPIED = ("__pycache__", ".*_cache", ".venv")


def recorded_answers(examples: Path = EXAMPLES) -> Path:
    """The cassette of the sample's task. Raises `Blocked` where the samples are not there."""
    cassette = examples / CASSETTE
    if not cassette.is_file():
        raise Blocked(
            "The demo's samples are not installed with this package.",
            "Run the demo in a clone of the repository, or run a task of your own with `backend-developer run`.",
            source="demo",
        )
    return cassette


def copied_sample(into: Path | None = None, examples: Path = EXAMPLES) -> Task:
    """The sample's task, on a copy of its project: in `into`, else in a new folder for temporary files.

    Raises `WorkspaceUnusable` where `into` is taken.
    """
    return parse_task(json.loads((examples / TASK_FILE).read_bytes()), workspace=_copy(examples / PROJECT, into))


def _copy(project: Path, into: Path | None) -> Path:
    target = (into or Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX)) / PROJECT).expanduser().absolute()
    try:
        shutil.copytree(project, target, ignore=shutil.ignore_patterns(*NOT_COPIED))
    except OSError as error:
        raise WorkspaceUnusable(
            f"Cannot copy the sample project to {target}: {error.strerror or error}.",
            "Name a folder that does not exist yet with --into.",
            source="demo",
        ) from None
    logger.info("project=%s target=%s", project, target)
    return target
