"""`backend-developer undo`."""

from pathlib import Path

from rich.text import Text

from backend_developer.interfaces.cli.common import Look, here, in_session, prepare
from backend_developer.interfaces.cli.console import result_console
from backend_developer.interfaces.display.text import clean, counted

EXIT_KEPT = 1


def undo_task(task_id: str, workspace: Path | None, look: Look) -> int:
    """Put back what the task wrote; gives 0, or 1 where a file was kept because it has changed since."""
    folder = here(workspace)
    result = in_session(prepare(look), lambda session: session.undo(task_id, folder))
    console = result_console()
    for path in result.restored:
        console.print(Text(f"restored {clean(path)}"), soft_wrap=True)
    for path, reason in result.kept:
        console.print(Text(f"kept {clean(path)}: {clean(reason)}", style="yellow"), soft_wrap=True)
    console.print(f"{counted(len(result.restored), 'file')} restored, {len(result.kept)} kept")
    return EXIT_KEPT if result.kept else 0
