import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from backend_developer.contract import NoDatabase
from backend_developer.workspace.services import Playback, Stage, parse_checks, play, prober, readiness
from backend_developer.workspace.services.launch import free_port
from backend_developer.workspace.toolchains.base import ServiceSpec

MakeStage = Callable[..., Stage]
MakeService = Callable[..., ServiceSpec]
ALIVE = parse_checks([{"method": "GET", "path": "/users/7", "expect": {"status": 401}}])


def codes(playback: Playback) -> list[tuple[str, str]]:
    return [(finding.code, finding.level) for finding in playback.findings]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "OTHER_PORT_AFTER_S", 0.3)


async def test_a_service_that_dies_at_start_is_told_with_the_place(make_stage: MakeStage, service: MakeService) -> None:
    playback = await play(service('raise RuntimeError("no settings")'), ALIVE, make_stage())

    (finding,) = playback.findings
    assert finding.code == "service-died"
    assert (finding.file, finding.line) == ("main.py", 3)
    assert "exit code 1 before it listened; the log says RuntimeError: no settings at main.py:3" in finding.message
    assert playback.answers == ()
    assert playback.exit_code == 1


async def test_a_service_that_never_listens_is_told_within_the_limit(
    make_stage: MakeStage, service: MakeService
) -> None:
    began = time.monotonic()

    playback = await play(service('print("dreaming", flush=True); time.sleep(60)'), ALIVE, make_stage(start_s=1.0))

    assert time.monotonic() - began < 5
    assert codes(playback) == [("service-silent", "error")]
    assert "within 1 s" in playback.findings[0].message
    assert "dreaming" in playback.findings[0].message


async def test_a_service_that_ignores_term_is_killed_with_a_warning(
    make_stage: MakeStage, service: MakeService
) -> None:
    spec = service(
        "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        'Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()'
    )

    playback = await play(spec, ALIVE, make_stage())

    assert codes(playback) == [("ignored-term", "warning")]


async def test_a_child_that_left_the_group_does_not_outlive_its_service(
    make_stage: MakeStage, service: MakeService
) -> None:
    spec = service(
        'subprocess.Popen(["sleep", "600"], start_new_session=True)\n'
        'Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()'
    )

    playback = await play(spec, ALIVE, make_stage())

    assert [answer.fault for answer in playback.answers] == [None]


async def test_the_port_may_come_from_a_variable(make_stage: MakeStage, service: MakeService) -> None:
    tail = 'Server(("0.0.0.0", int(os.environ["APP_PORT"])), Handler).serve_forever()'

    playback = await play(service(tail, env={"APP_PORT": "{port}"}), ALIVE, make_stage())

    assert codes(playback) == []


@pytest.mark.usefixtures("impatient")
async def test_a_service_that_picks_its_own_port_is_found(make_stage: MakeStage, service: MakeService) -> None:
    playback = await play(service('Server(("127.0.0.1", 0), Handler).serve_forever()'), ALIVE, make_stage())

    assert codes(playback) == []
    assert playback.url is not None
    assert f"serving on http://localhost:{playback.url.rpartition(':')[2]}" in playback.log_tail


@pytest.mark.usefixtures("impatient")
async def test_of_several_ports_the_one_in_the_log_is_asked(make_stage: MakeStage, service: MakeService) -> None:
    spec = service(
        "import socket\n"
        "spare = [socket.create_server(('127.0.0.1', 0)) for _ in range(8)]\n"
        'Server(("127.0.0.1", 0), Handler).serve_forever()'
    )

    playback = await play(spec, ALIVE, make_stage())

    assert [answer.fault for answer in playback.answers] == [None]


async def test_a_service_on_ipv6_alone_is_found(make_stage: MakeStage, service: MakeService) -> None:
    spec = service(
        "import socket\nServer.address_family = socket.AF_INET6\n"
        'Server(("::1", int(sys.argv[1])), Handler).serve_forever()'
    )

    playback = await play(spec, ALIVE, make_stage())

    assert codes(playback) == []
    assert playback.url is not None
    assert playback.url.startswith("http://[::1]:")


async def test_another_process_on_the_port_is_not_taken_for_the_service(
    make_stage: MakeStage, service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setattr(prober, "free_port", lambda: other.getsockname()[1])

        playback = await play(service("time.sleep(60)"), ALIVE, make_stage(start_s=1.0))

    assert codes(playback) == [("service-silent", "error")]


async def test_a_port_that_was_lost_to_another_process_is_changed(
    make_stage: MakeStage, service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports = iter([other.getsockname()[1], free_port()])
        monkeypatch.setattr(prober, "free_port", lambda: next(ports))

        playback = await play(service(), ALIVE, make_stage())

    assert codes(playback) == []


async def test_readiness_waits_for_the_path_that_the_project_names(make_stage: MakeStage, service: MakeService) -> None:
    tail = (
        "began = time.monotonic()\n"
        "Handler.health = lambda self: self.answer(200 if time.monotonic() - began > 1 else 503, {})\n"
        'Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()'
    )

    ready = await play(service(tail), ALIVE, make_stage(runtime={"ready_path": "/health"}))
    never = await play(service(tail), ALIVE, make_stage(runtime={"ready_path": "/never"}, start_s=1.0))

    assert codes(ready) == []
    assert ready.ready_s is not None
    assert ready.ready_s > 1
    assert "/never did not answer below 400" in never.findings[0].message


async def test_preparation_runs_before_the_service(make_stage: MakeStage, service: MakeService, project: Path) -> None:
    spec = service(
        'assert open("ready").read()\nServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()',
        prepare=(("sh", "-c", "echo $PORT > ready"),),
    )

    assert codes(await play(spec, ALIVE, make_stage())) == []


async def test_a_failed_preparation_ends_it_with_the_place(
    make_stage: MakeStage, service: MakeService, project: Path
) -> None:
    (project / "migrate.py").write_text("print('migrating')\nraise SystemError('no table')\n")

    playback = await play(service(prepare=((sys.executable, "migrate.py"),)), ALIVE, make_stage())

    (finding,) = playback.findings
    assert (finding.code, finding.file, finding.line) == ("prepare-failed", "migrate.py", 2)
    assert "ended with exit code 1; the log says SystemError: no table" in finding.message
    assert playback.url is None


async def test_a_program_that_is_not_there_is_told(make_stage: MakeStage, service: MakeService) -> None:
    playback = await play(service(argv=("no-such-server", "{port}")), ALIVE, make_stage())

    assert codes(playback) == [("start-failed", "error")]
    assert "no-such-server" in playback.findings[0].message


async def test_the_service_gets_a_scratch_database_for_its_life(make_stage: MakeStage, service: MakeService) -> None:
    life: list[str] = []

    @asynccontextmanager
    async def scratch() -> AsyncIterator[str]:
        life.append("made")
        yield "postgresql://me@/scratch?host=/run"
        life.append("dropped")

    spec = service(env={"DSN": "{database_url}"}, wants_database=True)
    checks = parse_checks([{"method": "GET", "path": "/env", "expect": {"status": 200, "contains": "me@/scratch"}}])

    playback = await play(spec, checks, make_stage(scratch_database=scratch))

    assert codes(playback) == []
    assert life == ["made", "dropped"]


async def test_without_the_database_that_it_needs_nothing_is_started(
    make_stage: MakeStage, service: MakeService
) -> None:
    @asynccontextmanager
    async def none() -> AsyncIterator[str]:
        raise NoDatabase("PostgreSQL is away.", "Start it.")
        yield ""

    with pytest.raises(NoDatabase):
        await play(service(wants_database=True), ALIVE, make_stage(scratch_database=none))
