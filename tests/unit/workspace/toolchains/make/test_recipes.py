import pytest

from backend_developer.workspace.toolchains.base import StepKind
from backend_developer.workspace.toolchains.make.recipes import Call, calls, is_gate, is_plain, scripts, tools


@pytest.mark.parametrize(
    ("command", "tool"),
    [
        ("ruff check .", "ruff"),
        ("poetry run ruff format --check .", "ruff-format"),
        (".venv/bin/python3.12 -m pytest -q", "pytest"),
        ("python manage.py test", "django"),
        ("uv run mypy src", "mypy"),
        ("npx eslint .", "eslint"),
        ("go vet ./...", "vet"),
        ("cargo clippy --all-targets", "clippy"),
        ("./scripts/check.sh", "check.sh"),
    ],
)
def test_the_tool_of_a_command(command: str, tool: str) -> None:
    (call,) = calls([command])
    assert call is not None
    assert call.tool == tool


def test_lists_are_taken_apart_and_what_needs_a_shell_is_not_read() -> None:
    assert calls(["echo Tests && pytest -q"]) == [Call("pytest", ("-q",))]
    assert calls(["go test ./... | tee log", "TZ=UTC pytest", "echo 'open"]) == [None, None, None]
    assert tools(["flake8 && sh x.sh", "cat a | b"]) == {"flake8"}


def test_what_is_executed_is_told_from_what_is_looked_at() -> None:
    commands = ["ruff check app.py && ./check.sh -v x.py", "CI=1 bash -e run.sh | tee log", "(node lint.js)"]
    assert list(scripts(commands)) == ["ruff", "check.sh", "bash", "run.sh", "tee", "node", "lint.js"]


@pytest.mark.parametrize(
    "command",
    [
        "docker compose run --rm web pytest",
        "docker-compose up -d",
        "pip install -r requirements.txt",
        "npm ci && npm run all",
        "cd x && sudo ./run",
        "curl http://example.com",
        "backend-developer gates",
        "black .",
        "ruff check --fix .",
        "ruff format src",
        "gofmt -s -w .",
        "go fmt ./...",
        "prettier --write .",
        "cargo fmt",
    ],
)
def test_what_reaches_out_or_rewrites_is_no_gate(command: str) -> None:
    assert not is_gate(["true", command])


@pytest.mark.parametrize(
    "command",
    ["black --check .", "pytest tests/docker", "ruff format --check .", "cargo fmt --all -- --check", "./install.sh"],
)
def test_what_only_looks_is_one(command: str) -> None:
    assert is_gate([command])


@pytest.mark.parametrize(
    ("kind", "arguments", "expected"),
    [
        ("lint", "src tests", True),
        ("lint", "--strict src", False),
        ("lint", "--max-warnings 0", False),
        ("build", "-o bin/server ./cmd/server", True),
        ("build", "-tags linux ./...", False),
        ("tests", "-q --tb=short --cov=app -x", True),
        ("tests", "./...", True),
        ("tests", "tests/unit", False),
        ("tests", "-race ./...", False),
    ],
)
def test_arguments_that_narrow_or_sharpen_are_the_projects_own(kind: StepKind, arguments: str, expected: bool) -> None:
    assert is_plain(Call("x", tuple(arguments.split())), kind) is expected
