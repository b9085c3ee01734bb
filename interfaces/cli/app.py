"""The command line's surface: every command with its options.

What a command does stands in the module of its name and is loaded when it is asked for, so that `--help` and
`--version` answer without pydantic, langgraph or openai.
"""

import io
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

PROGRAM = "backend-developer"

TaskId = Annotated[str, typer.Argument(metavar="TASK_ID", help="The task's id.", show_default=False)]
Workspace = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", metavar="DIR", help="Folder of the project; the current one by default."),
]
Model = Annotated[str | None, typer.Option(metavar="M", help="Model, as provider:name.")]
BaseUrl = Annotated[str | None, typer.Option(metavar="U", help="Address of an OpenAI-compatible server.")]
Record = Annotated[Path | None, typer.Option(metavar="F", help="Write the model's answers to this cassette.")]
Replay = Annotated[Path | None, typer.Option(metavar="F", help="Take the model's answers from this cassette.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Write the log to stderr too.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]

app = typer.Typer(
    name=PROGRAM,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def run(  # noqa: PLR0913, PLR0917 - each is an option that the user may type
    task: Annotated[
        str | None,
        typer.Argument(metavar='TASK.json|-|"text"', help="A file, standard input, or the task in words."),
    ] = None,
    workspace: Workspace = None,
    model: Model = None,
    base_url: BaseUrl = None,
    record: Record = None,
    replay: Replay = None,
    task_id: Annotated[str | None, typer.Option(metavar="ID", help="Id of the task, instead of its own.")] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Carry out a task; its report goes to standard output as JSON."""
    from backend_developer.interfaces.cli.common import Look, ModelChoice  # noqa: PLC0415 - only when asked for
    from backend_developer.interfaces.cli.run import run_task  # noqa: PLC0415 - only when asked for

    choice = ModelChoice(model, base_url, record, replay)
    raise typer.Exit(run_task(task, workspace, task_id, choice, Look(quiet, verbose)))


@app.command()
def demo(
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="New folder for the sample project; a scratch one by default.")
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Watch a sample service being changed, with recorded model answers."""
    from backend_developer.interfaces.cli.common import Look  # noqa: PLC0415 - only when asked for
    from backend_developer.interfaces.cli.demo import run_demo  # noqa: PLC0415 - only when asked for

    raise typer.Exit(run_demo(into, Look(quiet, verbose)))


@app.command()
def resume(
    task_id: TaskId,
    workspace: Workspace = None,
    model: Model = None,
    base_url: BaseUrl = None,
    record: Record = None,
    replay: Replay = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Go on with an interrupted task, from where it was."""
    from backend_developer.interfaces.cli.common import Look, ModelChoice  # noqa: PLC0415 - only when asked for
    from backend_developer.interfaces.cli.resume import resume_task  # noqa: PLC0415 - only when asked for

    choice = ModelChoice(model, base_url, record, replay)
    raise typer.Exit(resume_task(task_id, workspace, choice, Look(quiet, verbose)))


@app.command()
def undo(task_id: TaskId, workspace: Workspace = None, verbose: Verbose = False) -> None:
    """Put back the files that a task changed; later edits are kept."""
    from backend_developer.interfaces.cli.common import Look  # noqa: PLC0415 - only when asked for
    from backend_developer.interfaces.cli.undo import undo_task  # noqa: PLC0415 - only when asked for

    raise typer.Exit(undo_task(task_id, workspace, Look(verbose=verbose)))


@app.command()
def show(task_id: TaskId, workspace: Workspace = None, as_json: AsJson = False, verbose: Verbose = False) -> None:
    """Show a task's gates, evidence, diff and report."""
    from backend_developer.interfaces.cli.common import Look  # noqa: PLC0415 - only when asked for
    from backend_developer.interfaces.cli.show import show_task  # noqa: PLC0415 - only when asked for

    raise typer.Exit(show_task(task_id, workspace, as_json, Look(verbose=verbose)))


@app.command()
def gates(workspace: Workspace = None, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Run only the gates on a project, without a model."""
    from backend_developer.interfaces.cli.common import Look  # noqa: PLC0415 - only when asked for
    from backend_developer.interfaces.cli.gates import run_gates  # noqa: PLC0415 - only when asked for

    raise typer.Exit(run_gates(workspace, Look(quiet, verbose)))


@app.command()
def scan(
    query: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="Words for what you need, or a pattern: create|update.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--type", "-t", metavar="T", help="Only this language or suffix, such as py.")
    ] = None,
    duplicates: Annotated[bool, typer.Option("--duplicates", help="Show near-copies; QUERY narrows them.")] = False,
    ask: Annotated[
        bool,
        typer.Option("--ask", help="The model names what QUERY may be called, and chooses what serves: two calls."),
    ] = False,
    as_json: AsJson = False,
    workspace: Workspace = None,
    verbose: Verbose = False,
) -> None:
    """Find what a project already has: definitions, lines, near-copies."""
    from backend_developer.interfaces.cli.common import Look  # noqa: PLC0415 - only when asked for
    from backend_developer.interfaces.cli.scan import Question, scan_project  # noqa: PLC0415 - only when asked for

    question = Question(query, kind, duplicates, ask)
    raise typer.Exit(scan_project(question, workspace, as_json, Look(verbose=verbose)))


@app.command()
def doctor(as_json: AsJson = False, verbose: Verbose = False) -> None:
    """Check what a run needs, and say how to mend what is missing."""
    from backend_developer.interfaces.cli.common import Look  # noqa: PLC0415 - only when asked for
    from backend_developer.interfaces.cli.doctor import run_doctor  # noqa: PLC0415 - only when asked for

    raise typer.Exit(run_doctor(as_json, Look(verbose=verbose)))


@app.command()
def mcp(
    server: Annotated[
        str, typer.Argument(metavar="SERVER", help="pg-aiguide, context7, code-index or sequential-thinking.")
    ],
    workspace: Workspace = None,
    verbose: Verbose = False,
) -> None:
    """Serve one of the MCP servers on standard input and output."""
    from backend_developer.interfaces.cli.mcp import run_server  # noqa: PLC0415 - only when asked for

    raise typer.Exit(run_server(server, workspace, verbose=verbose))


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {version(PROGRAM)}")
        raise typer.Exit


@app.callback()
def _top(
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Change a backend project, and prove the change before it is reported as done."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 success, 1 failed, 2 blocked or bad input, 70 our bug, 130 interrupted."""
    _speak_utf8()
    try:
        get_command(app).main(args=argv, prog_name=PROGRAM)
    except Exception as error:  # noqa: BLE001 - nothing may reach the user as a bare traceback
        from backend_developer.interfaces.cli.failures import settle  # noqa: PLC0415 - only when something failed

        sys.exit(settle(error))


def _speak_utf8() -> None:
    # A lone surrogate, as in a file name that is not UTF-8, becomes an escape that JSON knows too.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
