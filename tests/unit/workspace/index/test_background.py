"""Work in the background: once for each time it is wanted, never twice at once, and over when its owner is."""

import threading
import time

from backend_developer.workspace.index.background import Background, Stopped

LONG_S = 10.0


class Recorded:
    """Work that goes on until the test lets it end."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.goes_on = threading.Semaphore(0)
        self.ended: list[bool] = []
        """For each piece whether it was told to stop."""

    def __call__(self, stopped: Stopped) -> None:
        self.began.release()
        while not stopped() and not self.goes_on.acquire(timeout=0.005):
            pass
        self.ended.append(stopped())


def test_what_is_wanted_while_it_rests_is_one_piece() -> None:
    work = Recorded()
    background = Background(work, rest_s=0.1, name="test")
    for _ in range(5):
        background.want()
    assert work.began.acquire(timeout=LONG_S)
    work.goes_on.release()
    assert not work.began.acquire(timeout=0.3)
    background.stop()
    assert work.ended == [False]


def test_what_is_wanted_while_it_works_is_done_after_it() -> None:
    work = Recorded()
    background = Background(work, rest_s=0.0, name="test")
    background.want()
    assert work.began.acquire(timeout=LONG_S)
    background.want()
    assert not work.began.acquire(timeout=0.05)
    work.goes_on.release()
    assert work.began.acquire(timeout=LONG_S)
    background.stop()
    assert work.ended == [False, True]


def test_stop_ends_the_work_and_waits_for_its_end() -> None:
    work = Recorded()
    background = Background(work, rest_s=0.0, name="background-of-test")
    background.want()
    assert work.began.acquire(timeout=LONG_S)
    background.stop()
    assert work.ended == [True]
    assert not [thread for thread in threading.enumerate() if thread.name == "background-of-test"]


def test_stop_does_not_wait_for_the_rest() -> None:
    work = Recorded()
    background = Background(work, rest_s=LONG_S, name="test")
    background.want()
    began = time.perf_counter()
    background.stop()
    assert time.perf_counter() - began < LONG_S / 2
    assert work.ended == []


def test_after_a_stop_it_can_be_wanted_again() -> None:
    work = Recorded()
    background = Background(work, rest_s=0.0, name="test")
    background.stop()
    for _ in range(2):
        background.want()
        assert work.began.acquire(timeout=LONG_S)
        background.stop()
    assert work.ended == [True, True]


def test_it_never_keeps_the_process() -> None:
    daemons: list[bool] = []
    done = threading.Event()

    def work(stopped: Stopped) -> None:
        daemons.append(threading.current_thread().daemon)
        done.set()

    background = Background(work, rest_s=0.0, name="test")
    background.want()
    assert done.wait(LONG_S)
    background.stop()
    assert daemons == [True]
