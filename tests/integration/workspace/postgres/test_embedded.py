import asyncio
import os
import shutil
import signal
import tempfile
from asyncio.subprocess import Process
from pathlib import Path

import psutil
import pytest

from backend_developer.contract import NoDatabase
from backend_developer.workspace.filelock import is_held
from backend_developer.workspace.postgres.connect import answers, connect
from backend_developer.workspace.postgres.embedded import EmbeddedServer
from tests.support.postgres import processes_of, start_client, until

CLIENT = """
import asyncio, sys, time
from pathlib import Path
from backend_developer.workspace.postgres.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), durable=False, linger_s=0.5)
asyncio.run(server.ensure())
print("ready", flush=True)
time.sleep(600)
"""


def embedded(folder: Path) -> EmbeddedServer:
    return EmbeddedServer(folder / "pg", durable=False, linger_s=0.5)


async def client(folder: Path) -> Process:
    process, line = await start_client(CLIENT, str(folder / "pg"))
    assert line == "ready"
    return process


def postmaster(folder: Path) -> int:
    return int((folder / "pg/data/postmaster.pid").read_text().splitlines()[0])


def keeper(folder: Path) -> int:
    return int((folder / "pg/keeper.lock").read_text() or 0)


async def mark(dsn: str) -> None:
    connection = await connect(dsn, name="test")
    await connection.execute("CREATE TABLE IF NOT EXISTS mark (name text)")
    await connection.execute("CHECKPOINT")
    await connection.close()


async def has_mark(dsn: str) -> bool:
    connection = await connect(dsn, name="test")
    found = await (await connection.execute("SELECT to_regclass('mark') IS NOT NULL AS found")).fetchone()
    await connection.close()
    return bool(found and found["found"])


async def kill(process: Process) -> None:
    process.kill()
    await process.wait()
    # Or the pipe would be closed after the loop.
    process._transport.close()  # type: ignore[attr-defined]  # asyncio has no public way


async def test_it_starts_listens_on_its_socket_only_and_stops_after_the_last_client(own_state_dir: Path) -> None:
    server = embedded(own_state_dir)
    dsn = await server.ensure()
    assert await server.ensure() == dsn
    connection = await connect(dsn, name="test")
    row = await (await connection.execute("SHOW listen_addresses")).fetchone()
    await connection.close()
    assert row == {"listen_addresses": ""}
    assert (own_state_dir / "pg/data").stat().st_mode & 0o777 == 0o700
    assert (own_state_dir / "pg/run").stat().st_mode & 0o007 == 0
    assert await server.leave(wait_s=20)
    assert processes_of(own_state_dir) == []


async def test_it_comes_back_with_its_data(stopped: Path) -> None:
    first = embedded(stopped)
    await mark(await first.ensure())
    await first.leave(wait_s=20)
    second = embedded(stopped)
    assert await has_mark(await second.ensure())
    await second.leave(wait_s=20)


async def test_a_client_that_comes_while_it_stops_waits_and_starts_it_anew(stopped: Path) -> None:
    server = embedded(stopped)
    dsn = await server.ensure()
    await server.leave()
    assert await until(lambda: not (stopped / "pg/data/postmaster.pid").exists() or not processes_of(stopped))
    assert await server.ensure() == dsn
    assert await answers(dsn)
    await server.leave(wait_s=20)


async def test_processes_that_start_at_once_share_one_server(own_state_dir: Path) -> None:
    clients = await asyncio.gather(*(client(own_state_dir) for _ in range(3)))
    servers = [p for p in processes_of(own_state_dir) if p.name() == "postgres" and "-D" in p.cmdline()]
    assert [p.pid for p in servers] == [postmaster(own_state_dir)]
    await asyncio.gather(*(kill(process) for process in clients))
    assert await until(lambda: not processes_of(own_state_dir))


async def test_the_server_stops_when_its_clients_are_killed(stopped: Path) -> None:
    one, two = await client(stopped), await client(stopped)
    await kill(one)
    await asyncio.sleep(1.5)
    assert processes_of(stopped)
    await kill(two)
    assert await until(lambda: not processes_of(stopped), limit_s=15)


async def test_a_killed_server_is_started_again_and_keeps_its_data(stopped: Path) -> None:
    server = embedded(stopped)
    dsn = await server.ensure()
    await mark(dsn)
    killed = postmaster(stopped)
    os.kill(killed, signal.SIGKILL)
    assert await until(lambda: not psutil.pid_exists(killed))
    assert await server.ensure() == dsn
    assert await has_mark(dsn)
    assert postmaster(stopped) != killed
    await server.leave(wait_s=20)


async def test_a_killed_keeper_is_replaced_and_the_server_stays(stopped: Path) -> None:
    server = embedded(stopped)
    dsn = await server.ensure()
    before, killed = postmaster(stopped), keeper(stopped)
    os.kill(killed, signal.SIGKILL)
    assert await until(lambda: keeper(stopped) not in {0, killed})
    assert await answers(dsn)
    assert postmaster(stopped) == before
    assert await server.leave(wait_s=20)
    assert processes_of(stopped) == []


async def test_all_killed_at_once_leaves_nothing_that_the_next_start_stumbles_over(stopped: Path) -> None:
    process = await client(stopped)
    for pid in (keeper(stopped), postmaster(stopped)):
        os.kill(pid, signal.SIGKILL)
    await kill(process)
    server = embedded(stopped)
    assert await answers(await server.ensure())
    await server.leave(wait_s=20)


async def test_a_server_without_keeper_and_clients_is_taken_over_and_then_stopped(stopped: Path) -> None:
    process = await client(stopped)
    running = postmaster(stopped)
    # Or it would see to another keeper first.
    process.send_signal(signal.SIGSTOP)
    assert await until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)
    os.kill(keeper(stopped), signal.SIGKILL)
    await kill(process)
    # A killed process keeps its locks until it is really gone.
    assert await until(lambda: not is_held(stopped / "pg/keeper.lock"))
    assert psutil.pid_exists(running)
    server = embedded(stopped)
    await server.ensure()
    assert postmaster(stopped) == running
    assert await server.leave(wait_s=20)
    assert processes_of(stopped) == []


async def test_a_pid_file_that_names_another_living_process_is_not_believed(stopped: Path) -> None:
    pid_file = stopped / "pg/data/postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{stopped}/pg/data\n1\n5432\n{stopped}/pg/run\n\n0 0\nready\n")
    server = embedded(stopped)
    assert await answers(await server.ensure())
    await server.leave(wait_s=20)


async def test_what_a_cut_short_creation_left_is_cleared_away(own_state_dir: Path) -> None:
    leftover = own_state_dir / "pg/data.new-1"
    leftover.mkdir(parents=True)
    (leftover / "PG_VERSION").write_text("18")
    server = embedded(own_state_dir)
    await server.ensure()
    assert not leftover.exists()
    await server.leave(wait_s=20)


async def test_a_folder_too_deep_for_a_socket_has_it_elsewhere(own_state_dir: Path) -> None:
    server = EmbeddedServer(own_state_dir / ("deep/" * 25) / "pg", durable=False, linger_s=0.1)
    try:
        assert await answers(await server.ensure())
        assert server.cluster.sockets.parent == Path("/tmp")
    finally:
        await server.leave(wait_s=20)
        shutil.rmtree(server.cluster.sockets)


async def test_a_server_that_does_not_start_is_told_with_its_own_words(stopped: Path) -> None:
    server = embedded(stopped)
    with (stopped / "pg/data/postgresql.conf").open("a") as file:
        file.write("\nno_such_setting = 1\n")
    with pytest.raises(NoDatabase, match="no_such_setting") as caught:
        await server.ensure()
    assert "DATABASE_URL" in caught.value.way_out
    await server.leave(wait_s=20)
    assert processes_of(stopped) == []


async def test_another_major_version_is_refused(stopped: Path) -> None:
    server = embedded(stopped)
    (stopped / "pg/data/PG_VERSION").write_text("16\n")
    with pytest.raises(NoDatabase, match="PostgreSQL 16"):
        await server.ensure()
    await server.leave(wait_s=20)


async def test_a_place_that_cannot_be_used_names_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NoDatabase, match="Not a directory") as caught:
        await EmbeddedServer(tmp_path / "file" / "pg").ensure()
    assert "BACKEND_DEVELOPER_STATE_DIR" in caught.value.way_out


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
async def test_as_root_a_closed_folder_above_is_refused_and_left_as_it_is() -> None:
    closed = Path(tempfile.mkdtemp())
    try:
        with pytest.raises(NoDatabase, match="closed"):
            await EmbeddedServer(closed / "pg").ensure()
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(closed)
