from pathlib import Path

import pytest

from backend_developer.contract import InvalidSettings
from backend_developer.workspace.project_settings import SETTINGS_FILE, ProjectSettings, load_project_settings


def write(root: Path, text: str) -> Path:
    (root / SETTINGS_FILE).write_text(text, encoding="utf-8")
    return root


def faults(root: Path, text: str) -> list[str]:
    with pytest.raises(InvalidSettings) as caught:
        load_project_settings(write(root, text))
    return caught.value.faults


def test_a_project_without_the_file_has_the_defaults(tmp_path: Path) -> None:
    settings = load_project_settings(tmp_path)

    assert settings == ProjectSettings()
    assert settings.house_rules.max_lines == 300
    assert settings.start is None


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = load_project_settings(
        write(
            tmp_path,
            """
            python = ".venv/bin/python"
            [commands]
            lint = "ruff check"
            tests = ["pytest -q", "pytest -q e2e"]
            [guard]
            protected = ["schema/*.sql"]
            [house_rules]
            max_lines = 400
            log_prefix = false
            duplicates = "off"
            exclude = ["legacy/"]
            [runtime]
            start = "uvicorn app:app --port {port}"
            cwd = "server"
            port_env = "APP_PORT"
            ready_path = "/health"
            database = "DSN"
            env = { MODE = "dev" }
            """,
        )
    )

    assert settings.commands.lint == ("ruff check",)
    assert settings.commands.tests == ("pytest -q", "pytest -q e2e")
    assert settings.guard.protected == ("schema/*.sql",)
    assert settings.house_rules.duplicates == "off"
    assert settings.runtime.database == "DSN"
    assert settings.start == "uvicorn app:app --port {port}"


def test_start_may_stand_among_the_commands(tmp_path: Path) -> None:
    assert load_project_settings(write(tmp_path, '[commands]\nstart = "run"')).start == "run"


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        """
        speed = 1
        [commands]
        start = "a"
        tests = ["ok", " "]
        [house_rules]
        max_lines = "300"
        max_line = 1
        [runtime]
        start = "b"
        cwd = "../elsewhere"
        ready_path = "health"
        env = { PORT = 1 }
        [gates]
        skip = ["lint"]
        """,
    )

    for part in (
        "speed: unknown key; there are python, commands, guard, house_rules, database, runtime",
        "commands.tests.1: is blank",
        "house_rules.max_lines: Input should be a valid integer",
        "house_rules.max_line: unknown key; there are max_lines, log_prefix, duplicates, index_files, exclude",
        "runtime.cwd: must be a folder inside the workspace",
        "runtime.ready_path: must begin with /",
        "runtime.env.PORT: Input should be a valid string",
        "gates: unknown key",
        "start is set in [commands] and in [runtime]",
    ):
        assert any(part in fault for fault in found), (part, found)
    assert len(found) == 9


@pytest.mark.parametrize(
    ("content", "part"),
    [(b"[runtime", "not valid TOML"), (b"\xff\xfe", "cannot be read"), (b"commands = 3", "commands: ")],
)
def test_a_broken_file_is_refused_with_its_name(tmp_path: Path, content: bytes, part: str) -> None:
    (tmp_path / SETTINGS_FILE).write_bytes(content)

    with pytest.raises(InvalidSettings, match=part) as caught:
        load_project_settings(tmp_path)

    assert SETTINGS_FILE in str(caught.value)
