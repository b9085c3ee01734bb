"""The notebooks, executed by a kernel of the interpreter that runs the tests."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.support.product import alive_in

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
FIRST_RUN = NOTEBOOKS / "01_first_run.ipynb"

EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=200, kernel_name="here", resources={"metadata": {"path": sys.argv[3]}}).execute()
nbformat.write(notebook, sys.argv[2])
"""


def executed(path: Path, cwd: Path, scratch: Path, state_dir: Path) -> Any:
    """The notebook after its execution; whatever Jupyter and the notebook write goes below `scratch`."""
    kernel = scratch / "jupyter" / "kernels" / "here"
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "Here", "language": "python"}), encoding="utf-8"
    )
    (scratch / "tmp").mkdir()
    private = ("OPENAI_", "BACKEND_", "DATABASE_", "JUPYTER_")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(private)},
        "BACKEND_DEVELOPER_STATE_DIR": str(state_dir),
        "JUPYTER_PATH": str(scratch / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "JUPYTER_CONFIG_DIR": str(scratch / "config"),
        "IPYTHONDIR": str(scratch / "ipython"),
        "TMPDIR": str(scratch / "tmp"),
    }
    target = scratch / "executed.ipynb"
    words = [sys.executable, "-c", EXECUTE, str(path), str(target), str(cwd)]
    ended = subprocess.run(words, env=environment, capture_output=True, encoding="utf-8", timeout=220, check=False)
    assert ended.returncode == 0, ended.stderr[-4000:]
    return nbformat.read(target, as_version=4)  # type: ignore[no-untyped-call] # nbformat has no types


def shown(notebook: Any) -> str:
    """All that the cells put out, as text."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(str(output.get("data", {}).get("text/plain", output.get("text", ""))) for output in outputs)


@pytest.mark.timeout(240)
def test_the_first_run_ends_with_success_and_shows_why(shared_state: Path, tmp_path: Path) -> None:
    notebook = executed(FIRST_RUN, NOTEBOOKS, tmp_path, shared_state)
    report = str(notebook.cells[-2].outputs[0]["data"]["text/plain"])
    assert "'status': 'success'" in report
    text = shown(notebook)
    for words in ("recorded answers", "attempt 2", "✓ POST /users", "+CREATE TABLE users"):
        assert words in text
    assert any("text/html" in output.get("data", {}) for output in notebook.cells[3].outputs)
    assert alive_in(tmp_path) == []


def test_it_works_from_the_root_of_the_repository_too(shared_state: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(FIRST_RUN, as_version=4)  # type: ignore[no-untyped-call] # nbformat has no types
    notebook.cells = notebook.cells[:2]
    nbformat.write(notebook, tmp_path / "start.ipynb")  # type: ignore[no-untyped-call] # nbformat has no types
    started = executed(tmp_path / "start.ipynb", NOTEBOOKS.parent, tmp_path, shared_state)
    assert "feat-user-api" in shown(started)


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
def test_notebooks_are_kept_without_output(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call] # nbformat has no types
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert [(cell.outputs, cell.execution_count) for cell in code] == [([], None)] * len(code)
