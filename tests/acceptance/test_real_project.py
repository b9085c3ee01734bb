"""A project that we did not write: itsdangerous from its source distribution, in a virtualenv of its own.

Its settings hold traps: ruff is told to mend files by itself, mypy to print for people, for a Python that mypy no
longer knows, and neither is installed in its virtualenv.
"""

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend_developer.workspace.filelock import FileLock
from tests.support.model_server import ModelServer, call
from tests.support.product import FINISH, Product, last_request, picture, script, write_files
from tests.support.started import Starter

RELEASE = "itsdangerous==2.2.0"
BYPRODUCTS = ("__pycache__", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache")
MODULE = "src/itsdangerous/encoding.py"
ANCHOR = "def base64_encode("
WANT_TEXT = '''def want_text(s: str | bytes, encoding: str = "utf-8") -> str:
    """The counterpart of :func:`want_bytes`."""
    return s.decode(encoding) if isinstance(s, bytes) else s


'''
ADD = call("edit", path=MODULE, old=ANCHOR, new=WANT_TEXT + ANCHOR)
BYTES = 'return _int_to_bytes(num).lstrip(b"\\x00")'
BREAK = call("edit", path=MODULE, old=BYTES, new="return str(num)")
UNUSED = call("edit", path=MODULE, old="import base64\n", new="import base64\nimport json\n")


def ran(*words: str | Path, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, capture_output=True, encoding="utf-8", timeout=110, check=False
    )


def make(folder: Path) -> str:
    """Fetch it and install it with what its tests need; gives why not, or nothing."""
    fetched = ran(
        sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", RELEASE, "-d", folder
    )
    if fetched.returncode:
        return f"the registry that pip is configured for cannot be reached: {fetched.stderr[-300:]}"
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (root,) = (path for path in folder.iterdir() if path.is_dir())
    root = root.rename(folder / "itsdangerous")
    # Without a pip of its own it is made, and copied for each test, in half the time.
    made = ran(sys.executable, "-m", "venv", "--without-pip", ".venv", cwd=root)
    assert made.returncode == 0, made.stderr
    pip = (sys.executable, "-m", "pip", "--python", root / ".venv/bin/python")
    installed = ran(*pip, "install", "-q", "-e", ".", "pytest", "freezegun", cwd=root)
    return f"its dependencies cannot be installed: {installed.stderr[-300:]}" if installed.returncode else ""


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Made once for all workers of a test run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "real-project"
    folder.mkdir(exist_ok=True)
    lock, said = FileLock(folder / "lock"), folder / "said.txt"
    lock.wait()
    try:
        if not said.exists():
            said.write_text(make(folder))
    finally:
        lock.release()
    if said.read_text():
        pytest.skip(said.read_text())
    return folder / "itsdangerous"


def moved(template: Path, root: Path) -> Path:
    """A copy of the project whose virtualenv is its own: the paths that it holds are written anew."""
    shutil.copytree(template, root, symlinks=True)
    environment = root / ".venv"
    for path in [
        *environment.glob("bin/*"),
        *environment.glob("lib/*/site-packages/*.pth"),
        environment / "pyvenv.cfg",
    ]:
        if not path.is_symlink() and str(template).encode() in (data := path.read_bytes()):
            path.write_bytes(data.replace(str(template).encode(), str(root).encode()))
    return root


@dataclass
class Real(Product):
    """The command line on this project."""

    def changed(self, before: dict[str, str]) -> set[str]:
        after = picture(self.workspace, leave_out=BYPRODUCTS)
        return {path for path in before | after if before.get(path) != after.get(path)}


@pytest.fixture
def real(starter: Starter, shared_state: Path, template: Path, tmp_path: Path) -> Iterator[Real]:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("ruff", "mypy"):
        (tools / name).symlink_to(Path(sys.executable).with_name(name))
    root = moved(template, tmp_path / "itsdangerous")
    yield Real(starter, shared_state, root, {"PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin"})
    shutil.rmtree(root)


async def test_a_correct_change_beside_an_old_failing_test(real: Real, server: ModelServer) -> None:
    write_files(real.workspace, {"tests/test_old.py": "def test_old():\n    assert 1 == 2\n"})
    before = picture(real.workspace, leave_out=BYPRODUCTS)
    server.play(script(ADD, FINISH))
    ended = await real.run(server)
    assert (ended.code, ended.report["status"]) == (0, "success"), ended.out
    assert ended.report["files_changed"] == [MODULE]
    assert real.changed(before) == {MODULE}
    assert "test_old" in last_request(server)[1]["content"]
    gates = (await real.show())["gates"]
    assert gates["0/tests"]["status"] == "fail"
    assert {key: gate["status"] for key, gate in gates.items() if key.startswith("1/") and key != "1/database"} == {
        f"1/{gate}": "pass" for gate in ("house_rules", "lint", "build", "tests", "runtime")
    }
    assert [finding["code"] for finding in gates["1/tests"]["findings"]] == ["test-failed"]
    lint = str(gates["1/lint"]["evidence"]["steps"])
    assert "tools/ruff check" in lint
    assert "tools/mypy" in lint


async def test_a_change_that_breaks_a_test_fails_with_the_test_named(real: Real, server: ModelServer) -> None:
    before = picture(real.workspace, leave_out=BYPRODUCTS)
    server.play(script(BREAK, UNUSED, FINISH, FINISH, FINISH))
    ended = await real.run(server)
    report = ended.report
    assert (ended.code, report["status"], report["files_changed"]) == (1, "failed", [MODULE]), ended.out
    assert real.changed(before) == {MODULE}
    assert "import json" in (real.workspace / MODULE).read_text(), "the project's `fix = true` is not heeded"
    faults = {(fault["source"], fault["code"], fault["file"]) for fault in report["errors"]}
    test = "tests/test_itsdangerous/test_encoding.py"
    assert {("lint/ruff", "F401", MODULE), ("tests/pytest", "test-failed", test)} <= faults, report
    assert ("lint/mypy", "return-value", MODULE) in faults, report
    assert any(f"{test}::test_int_bytes[192-" in fault["message"] for fault in report["errors"])
    findings = [message["content"] for message in last_request(server) if message["role"] == "user"][1:]
    assert len(findings) == 2
    assert all("test_int_bytes" in words and "F401" in words for words in findings)


async def test_a_change_that_does_nothing_is_no_success(real: Real, server: ModelServer) -> None:
    before = picture(real.workspace, leave_out=BYPRODUCTS)
    server.play(script(FINISH))
    real.environment["BACKEND_DEVELOPER_ATTEMPTS"] = "1"
    ended = await real.run(server)
    assert (ended.code, ended.report["status"], ended.report["files_changed"]) == (1, "failed", [])
    assert real.changed(before) == set()


async def test_a_linter_that_is_configured_and_nowhere_is_named(real: Real, server: ModelServer) -> None:
    (Path(real.environment["PATH"].partition(":")[0]) / "ruff").unlink()
    server.play(script(ADD, FINISH))
    ended = await real.run(server)
    assert (ended.code, ended.report["status"]) == (2, "blocked")
    (fault,) = ended.report["errors"]
    assert fault["code"] == "no-toolchain"
    assert "pip install ruff" in ended.report["next_action"]
