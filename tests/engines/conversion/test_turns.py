"""Who waits for the sandboxed reader holds a thread of the pages: few may."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Event, Semaphore, Thread
from typing import Any

import pytest

from vaguemestre.engines.conversion import sandbox, task_runner
from vaguemestre.engines.conversion.sandbox import SandboxedConverter
from vaguemestre.engines.conversion.task_runner import TaskRunner
from vaguemestre.engines.conversion.turns import Turns
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.webmail.ports import ReaderBusy
from vaguemestre.mailbox.webmail.values import Conversion, Task

THREADS_OF_A_WORKER = 4
PATIENCE = 5.0  # seconds for what should come at once; a waiting request waits longer


class SlowReader:
    """Readings that begin, and end when told."""

    def __init__(self) -> None:
        self.begun, self.ending = Semaphore(0), Event()

    def __call__(self, *_: object) -> Any:
        self.begun.release()
        self.ending.wait()
        return b"read"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowReader]:
    reader = SlowReader()
    monkeypatch.setattr(task_runner, "_run", reader)
    monkeypatch.setattr(sandbox, "_convert", reader)
    yield reader
    reader.ending.set()


@contextmanager
def asking(calls: list[Callable[[], Any]]) -> Iterator[SimpleQueue[Any]]:
    """Each call in a thread of its own; what each returned or raised, as they end."""
    ends: SimpleQueue[Any] = SimpleQueue()

    def ask(call: Callable[[], Any]) -> None:
        try:
            ends.put(call())
        except EngineDown as error:
            ends.put(error)

    threads = [Thread(target=ask, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    yield ends
    for thread in threads:
        thread.join()


def test_of_ten_people_who_ask_at_once_fewer_than_the_threads_of_a_worker_wait(slow: SlowReader) -> None:
    turns = Turns()
    run, convert = TaskRunner(turns), SandboxedConverter(turns)

    def read() -> Any:
        return run(Task.ARCHIVE, {}, [b""])

    def decode() -> Any:
        return convert(Conversion.HEIC, b"")

    with asking([read, decode] * 5) as ends:
        refused = []
        try:
            for _ in range(10 - THREADS_OF_A_WORKER + 1):
                refused.append(ends.get(timeout=PATIENCE))
        except Empty:
            pytest.fail(f"only {len(refused)} of ten were answered while the others are read")
        finally:
            slow.ending.set()
        read_after = [ends.get(timeout=PATIENCE) for _ in range(THREADS_OF_A_WORKER - 1)]
    assert all(isinstance(error, ReaderBusy) for error in refused)
    assert read_after == [b"read"] * 3
    assert read() == b"read"  # every place was given back


def test_documents_of_the_worker_wait_and_hold_no_turn_of_the_pages(slow: SlowReader) -> None:
    turns = Turns()
    run, convert = TaskRunner(turns), SandboxedConverter(turns)
    with asking([lambda: convert(Conversion.OFFICE, b"")] * 4) as documents:
        for _ in range(2):
            assert slow.begun.acquire(timeout=PATIENCE)
        with asking([lambda: run(Task.ARCHIVE, {}, [b""])]) as letters:
            assert slow.begun.acquire(timeout=PATIENCE)
            slow.ending.set()
            assert letters.get(timeout=PATIENCE) == b"read"
        assert [documents.get(timeout=PATIENCE) for _ in range(4)] == [b"read"] * 4
