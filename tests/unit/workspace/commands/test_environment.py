import sys
from pathlib import Path

import pytest

from backend_developer.workspace.commands.environment import command_environment, command_path


def environment(source: dict[str, str], cache: Path | None = None, **extra: str) -> dict[str, str]:
    root = Path("/project")
    return command_environment(source, root=root, cwd=root / "api", scratch=Path("/scratch"), cache=cache, extra=extra)


@pytest.mark.parametrize(
    "name",
    ["OPENAI_API_KEY", "BACKEND_DEVELOPER_API_KEY", "DATABASE_URL", "PYTHONPATH", "VIRTUAL_ENV", "SSH_AUTH_SOCK", "X"],
)
def test_what_is_not_allowed_does_not_pass(name: str) -> None:
    assert name not in environment({name: "secret"})


@pytest.mark.parametrize("name", ["HOME", "LC_ALL", "TZ", "SSL_CERT_FILE", "https_proxy", "CARGO_HOME", "GOPATH"])
def test_what_tools_need_passes(name: str) -> None:
    assert environment({name: "value"})[name] == "value"


def test_passwords_in_addresses_do_not_pass() -> None:
    source = {"https_proxy": "http://me:word@proxy:1", "PIP_INDEX_URL": "https://registry.example/simple"}
    got = environment(source)
    assert "https_proxy" not in got
    assert got["PIP_INDEX_URL"] == source["PIP_INDEX_URL"]


def test_programs_do_not_ask_page_or_colour() -> None:
    got = environment({"TERM": "xterm", "PAGER": "less"})
    assert (got["TERM"], got["PAGER"], got["NO_COLOR"], got["CI"]) == ("dumb", "cat", "1", "1")
    assert got["PWD"] == "/project/api"


def test_text_is_utf8_where_no_locale_is_set() -> None:
    assert environment({})["LANG"] == "C.UTF-8"
    assert "LANG" not in environment({"LC_ALL": "de_DE.UTF-8"})


def test_the_caller_wins() -> None:
    assert environment({}, DATABASE_URL="scratch", CI="0")["DATABASE_URL"] == "scratch"
    assert environment({}, CI="0")["CI"] == "0"


@pytest.mark.parametrize(("cache", "folder"), [(None, "/scratch"), (Path("/cache"), "/cache")])
def test_caches_stay_out_of_the_home_folder(cache: Path | None, folder: str) -> None:
    got = environment({"XDG_CACHE_HOME": "/home/me/.cache"}, cache)
    assert got["XDG_CACHE_HOME"] == folder
    assert got["NPM_CONFIG_CACHE"] == f"{folder}/npm"
    assert got["TMPDIR"] == "/scratch"


def test_our_virtualenv_leaves_the_path(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours / "bin", theirs):
        folder.mkdir(parents=True)
        python = folder / "python3"
        python.touch(0o755)
    path = command_path(f"{ours}/bin:{theirs}", tmp_path / "project", ours=ours)
    assert path == str(theirs)


def test_a_path_without_python_gets_the_base_one_last(tmp_path: Path) -> None:
    ours = tmp_path / "ours"
    assert command_path(f"{ours}/bin:{tmp_path}", tmp_path / "project", ours=ours) == (
        f"{tmp_path}:{sys.base_prefix}/bin"
    )


def test_the_projects_own_virtualenv_stays(tmp_path: Path) -> None:
    ours = tmp_path / "project" / ".venv"
    path = f"{ours}/bin:/usr/bin"
    assert command_path(path, tmp_path / "project", ours=ours) == path
