import os
from pathlib import Path

import pytest

from backend_developer.workspace.commands.supervisor import landlock, tree, wire
from backend_developer.workspace.commands.supervisor.job import Job
from backend_developer.workspace.commands.supervisor.log import Log


def job(limit_s: float | None, writable: list[bytes] | None) -> Job:
    return Job(b"/bin/sh", [b"sh", b"-c", b"", b"\xff"], b"/w", b"/s", 5, limit_s, writable)


@pytest.mark.parametrize("limit_s", [None, 0.0, 1.5, float("inf")])
@pytest.mark.parametrize("writable", [None, [], [b"/w", b"/s"]])
def test_a_job_survives_the_wire(limit_s: float | None, writable: list[bytes] | None) -> None:
    sent = job(limit_s, writable)
    buffer = bytearray(wire.frame(sent.fields()))
    fields = wire.take(buffer)
    assert fields is not None
    got = Job.read(fields)
    assert [getattr(got, name) for name in Job.__slots__] == [getattr(sent, name) for name in Job.__slots__]
    assert not buffer


def test_frames_are_taken_one_by_one_and_only_whole() -> None:
    data = wire.frame([("a", b"1")]) + wire.frame([("b", b""), ("b", b"2")])
    buffer, taken = bytearray(), []
    for byte in data:
        buffer.append(byte)
        if (fields := wire.take(buffer)) is not None:
            taken.append(fields)
    assert taken == [[("a", b"1")], [("b", b""), ("b", b"2")]]


def test_each_abi_holds_what_it_knows() -> None:
    refer, truncate = 1 << 13, 1 << 14
    assert not landlock.handled(1) & (refer | truncate)
    assert landlock.handled(2) & (refer | truncate) == refer
    assert landlock.handled(3) & (refer | truncate) == refer | truncate
    make_device = 1 << 6 | 1 << 11
    assert landlock.handled(1) & make_device == make_device
    assert landlock.handled(7) == landlock.handled(3)


def test_a_log_stops_at_its_cap_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    log = Log(file, cap=10)
    os.write(log.entrance, b"0123456789")
    assert log.take()
    assert not log.full
    os.write(log.entrance, b"abc")
    log.close_entrance()
    log.finish()
    assert log.full
    assert path.read_bytes() == b"0123456789\n[ended: it wrote more than 0 MB of output]\n"
    os.close(file)
    os.close(log.exit)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="descendants are listed on Linux only")
def test_a_process_without_children_has_no_descendants() -> None:
    assert tree.descendants(os.getpid()).keys() <= tree.descendants(os.getppid()).keys()
    assert os.getpid() in tree.descendants(os.getppid())
