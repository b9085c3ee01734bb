import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from backend_developer.workspace.postgres import installed
from backend_developer.workspace.postgres.extensions import tried_until_had

Install = Callable[..., Path]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[Path, str]:
    """What `pg_config` of each folder prints; no process is started."""
    told: dict[Path, str] = {}

    def run(argv: list[str], **_: object) -> object:
        folder = Path(argv[0]).parent
        if folder not in told:
            raise FileNotFoundError(argv[0])
        return type("Ended", (), {"stdout": told[folder]})

    monkeypatch.setattr("subprocess.run", run)
    monkeypatch.setattr(installed, "_PLACES", ())
    return told


@pytest.fixture
def install(tmp_path: Path, answers: dict[Path, str], monkeypatch: pytest.MonkeyPatch) -> Install:
    """Lays out an installation, the last one first in PATH."""
    folders: list[str] = []

    def lay_out(version: str, *extensions: str, programs: tuple[str, ...] = installed._PROGRAMS) -> Path:
        folder, share = tmp_path / version / "bin", tmp_path / version / "share"
        folder.mkdir(parents=True)
        (share / "extension").mkdir(parents=True)
        for program in programs:
            (folder / program).touch(stat.S_IRWXU)
        for extension in extensions:
            (share / "extension" / f"{extension}.control").touch()
        answers[folder] = f"PostgreSQL {version} (Debian {version}-0+deb12u1)\n{share}\n"
        folders.insert(0, str(folder))
        monkeypatch.setenv("PATH", ":".join(["", *folders, str(tmp_path / "nowhere")]))
        return folder

    return lay_out


def test_the_newest_that_has_all_is_taken(install: Install) -> None:
    install("16.3", "pg_trgm", "hstore")
    newest = install("17.1", "pg_trgm", "hstore")
    install("18.0", "pg_trgm")
    found = installed.installation_with(["pg_trgm", "hstore"])
    assert found
    assert (found.programs, found.version, found.major) == (newest, "17.1", 17)
    assert installed.installation_with(["postgis"]) is None


def test_what_is_not_whole_too_old_or_does_not_answer_is_passed_over(
    install: Install, answers: dict[Path, str]
) -> None:
    install("16.1", "hstore", programs=("postgres", "pg_config"))
    install("12.9", "hstore")
    del answers[install("17.2", "hstore")]
    answers[install("17.3", "hstore")] = "no PostgreSQL\n/share\n"
    answers[install("17.4", "hstore")] = "PostgreSQL 17.4\n"
    assert list(installed.installations()) == []


def test_the_usual_places_are_looked_at_and_none_is_read_twice(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("15.18", "hstore")
    (tmp_path / "link").symlink_to(tmp_path / "15.18")
    monkeypatch.setattr(installed, "_PLACES", (f"{tmp_path}/*/bin",))
    assert [one.version for one in installed.installations()] == ["15.18"]
    monkeypatch.setenv("PATH", "")
    assert [one.version for one in installed.installations()] == ["15.18"]


def test_data_folders_are_told_apart_by_version_and_place(install: Install) -> None:
    install("15.1")
    install("15.2")
    one, two = installed.installations()
    assert one.mark != two.mark
    assert one.mark.startswith("15-")


class Attempts:
    """Attempts that are refused these extensions one after the other."""

    def __init__(self, *refused: set[str]) -> None:
        self._refused = iter(refused)
        self.asked: list[set[str]] = []
        self.made = 0

    async def attempt(self) -> set[str]:
        self.made += 1
        return next(self._refused)

    async def had(self, names: object) -> bool:
        assert isinstance(names, set)
        self.asked.append(names)
        return "postgis" not in names


@pytest.mark.parametrize(
    ("refused", "asked", "made"),
    [
        ([set()], [], 1),
        ([{"hstore"}, set()], [{"hstore"}], 2),
        ([{"hstore"}, {"pg_trgm"}, set()], [{"hstore"}, {"pg_trgm"}], 3),
        ([{"hstore"}, {"hstore"}], [{"hstore"}], 2),
        ([{"postgis"}], [{"postgis"}], 1),
        ([{"hstore"}, {"hstore", "postgis"}], [{"hstore"}, {"postgis"}], 2),
    ],
)
async def test_an_attempt_is_made_again_where_another_server_has_what_it_lacked(
    refused: list[set[str]], asked: list[set[str]], made: int
) -> None:
    attempts = Attempts(*refused)
    assert await tried_until_had(attempts.had, attempts.attempt, lambda came_to: came_to) == refused[-1]
    assert (attempts.asked, attempts.made) == (asked, made)
