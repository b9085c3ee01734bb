from pathlib import Path

import pytest

from backend_developer.contract import InvalidSettings, PathRefused
from backend_developer.workspace.guard import Guard


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "app/main.py").write_text("x = 1\n")
    (root / "tests").mkdir()
    (root / ".git").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.txt").write_text("theirs")
    return root


@pytest.fixture
def guard(root: Path) -> Guard:
    return Guard(root, is_test=lambda path: path.startswith("qa/"), protected=["migrations/", "*.lock", "!own.lock"])


@pytest.mark.parametrize(
    "path",
    ["app/main.py", "./app/new.py", "app/../app/x.py", "new/deep/x.py", ".env.example", "own.lock", ".gitignore"],
)
def test_lets_the_projects_files_be_written(guard: Guard, path: str) -> None:
    real = guard.check_write(path)
    assert real == str(Path(path)).replace("app/../", "")


def test_takes_an_absolute_path_inside(guard: Guard, root: Path) -> None:
    assert guard.check_write(str(root / "app/main.py")) == "app/main.py"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../outside/x.py", "outside"),
        ("/etc/passwd", "outside"),
        ("app/../../outside/x", "outside"),
        (".git/config", "git"),
        (".GIT/hooks/pre-commit", "git"),
        (".git./config", "git"),
        ("vendor/lib/.git", "git"),
        (".ai/generated-code/x.py", "generated-code"),
        (".AI/Generated-Code/x.py", "generated-code"),
        (".venv/lib/python3.11/site-packages/sitecustomize.py", "tools fill"),
        ("shop.egg-info/entry_points.txt", "tools fill"),
        ("tests/test_x.py", "is a test"),
        ("Tests/data.json", "is a test"),
        ("qa/anything.py", "is a test"),
        (".env", "secrets"),
        (".env.production", "secrets"),
        ("keys/id_rsa", "secrets"),
        ("certs/server.pem", "secrets"),
        ("backend-developer.toml", "settings"),
        ("migrations/0001.sql", "protected"),
        ("poetry.lock", "protected"),
        ("app/\0.py", "NUL"),
        ("app/\ud800.py", "surrogate"),
        ("", "empty"),
        ("  ", "empty"),
        ("a" * 256, "too long"),
        ("a/" * 2100 + "x", "too long"),
    ],
)
def test_refuses_a_write_and_says_why(guard: Guard, path: str, why: str) -> None:
    with pytest.raises(PathRefused, match=why):
        guard.check_write(path)


def test_says_what_to_do_instead_of_writing_a_test(guard: Guard) -> None:
    with pytest.raises(PathRefused, match="another agent writes tests: name what to cover in `finish`"):
        guard.check_write("app/test_main.py")


@pytest.mark.parametrize(
    ("link", "target", "path"),
    [
        ("out", "../outside", "out/x.py"),
        ("file", "../outside/secret.txt", "file"),
        ("dangling", "../outside/none", "dangling"),
        ("hooks", ".git/hooks", "hooks/pre-commit"),
        ("innocent.py", "tests/test_x.py", "innocent.py"),
        ("tests/helper.py", "../app/main.py", "tests/helper.py"),
        ("loop", "loop", "loop"),
    ],
)
def test_sees_through_links(guard: Guard, root: Path, link: str, target: str, path: str) -> None:
    (root / link).symlink_to(target)
    with pytest.raises(PathRefused):
        guard.check_write(path)


def test_a_link_inside_gives_the_file_it_leads_to(guard: Guard, root: Path) -> None:
    (root / "alias").symlink_to("app")
    assert guard.check_write("alias/main.py") == "app/main.py"


def test_a_workspace_behind_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    guard = Guard(tmp_path / "link")
    assert guard.check_write("app/main.py") == "app/main.py"
    assert guard.check_write(str(tmp_path / "link/app/main.py")) == "app/main.py"


def test_deletes_the_link_and_not_its_target(guard: Guard, root: Path) -> None:
    (root / "alias.py").symlink_to("app/main.py")
    (root / "away").symlink_to("/etc/passwd")
    assert guard.check_delete("alias.py") == "alias.py"
    assert guard.check_delete("away") == "away"


@pytest.mark.parametrize("path", [".", "..", "../outside/secret.txt", "tests/test_x.py", ".git/HEAD", ".env"])
def test_refuses_a_delete(guard: Guard, path: str) -> None:
    with pytest.raises(PathRefused):
        guard.check_delete(path)


def test_reads_tests_and_git_but_neither_secrets_nor_outside(guard: Guard, root: Path) -> None:
    (root / "peek").symlink_to("../outside/secret.txt")
    (root / "notes.txt").symlink_to(".env")
    assert guard.check_read("tests/test_x.py") == "tests/test_x.py"
    assert guard.check_read(".git/HEAD") == ".git/HEAD"
    assert guard.check_read(".") == "."
    for path in (".env", "notes.txt", "peek", "../outside/secret.txt"):
        with pytest.raises(PathRefused):
            guard.check_read(path)


def test_names_the_rule_for_the_house_rules(guard: Guard) -> None:
    rules = {path: refusal.rule for path in ("tests/x.py", ".env", ".git/x") if (refusal := guard.refusal(path))}
    assert rules == {"tests/x.py": "tests", ".env": "secrets", ".git/x": "git"}
    assert guard.refusal("app/main.py") is None


@pytest.mark.parametrize(("folder", "encloses"), [("tests", True), (".ai", True), ("migrations", True), ("app", False)])
def test_knows_folders_in_which_nothing_may_be_written(guard: Guard, folder: str, encloses: bool) -> None:
    assert guard.encloses(folder) is encloses


def test_a_glob_that_is_none_is_a_fault_of_the_settings(root: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"guard\.protected"):
        Guard(root, protected=["!"])
