"""`webmail.ports.RunLimited`: our own readers in a process with a limit of processor time, shut in.

It holds neither the interpreter of a web worker nor, past its time, one of its threads.
"""

import json
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO, Any

import vaguemestre
from vaguemestre.engines.converting.apart import Limits, measured, walls
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.webmail.ports import TooComplex
from vaguemestre.mailbox.webmail.values import Task

_SCRIPT = Path(__file__).parent / "inside" / "task.py"
_SOURCE = str(Path(vaguemestre.__file__).parents[1])
_LIBRARIES = sysconfig.get_paths()["purelib"]

PROCESSOR_SECONDS = 0.75
_CLOCK_SECONDS = 8.0  # on a machine that has other work
_LIMITS = Limits(_CLOCK_SECONDS, 2, 1_500_000_000, 1)
_LONGEST_LINE = 80_000_000
_MOST_QUESTIONS = 3_000
# By SIGPROF, SIGXCPU or SIGABRT (no more memory), as told by the process itself or by what shut it in.
_SIGNALS = (signal.SIGPROF, signal.SIGXCPU, signal.SIGABRT)
_OVER_BUDGET = frozenset((*(-number for number in _SIGNALS), *(128 + number for number in _SIGNALS)))


class _Ended(Exception):
    """The process ended without an answer."""


class Limited:
    """`at_once`: processes started by this one; the others wait their turn, then give up."""

    def __init__(self, at_once: int = 2) -> None:
        self._turns = BoundedSemaphore(at_once)

    def __call__(
        self,
        task: Task,
        request: Mapping[str, Any],
        blobs: Sequence[bytes],
        answer: Callable[[str, str], str | None] = lambda _kind, _what: None,
    ) -> Any:
        if not self._turns.acquire(timeout=_CLOCK_SECONDS):
            raise EngineDown("too many messages are being read apart")
        try:
            return _run(task, request, blobs, answer)
        finally:
            self._turns.release()


def _run(
    task: Task,
    request: Mapping[str, Any],
    blobs: Sequence[bytes],
    answer: Callable[[str, str], str | None],
) -> Any:
    argv = [*walls(None, (_SOURCE, _LIBRARIES)), *measured(_LIMITS)]
    argv += [sys.executable, "-I", "-S", str(_SCRIPT), str(PROCESSOR_SECONDS), _SOURCE, _LIBRARIES]
    try:
        process = subprocess.Popen(
            argv,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise EngineDown(f"reading apart: {error}") from error
    clock = Timer(_CLOCK_SECONDS, process.kill)
    clock.start()
    try:
        if process.stdin is None or process.stdout is None:
            raise EngineDown("reading apart: no pipes")
        return _conversation(process.stdin, process.stdout, task, request, blobs, answer)
    except (_Ended, ConnectionError) as error:
        code = process.wait()
        if (
            code not in _OVER_BUDGET
        ):  # killed by our clock, or a fault of our own: says nothing of the message
            raise EngineDown(f"reading apart: ended with {code}") from error
        raise TooComplex("webmail.too-complex") from error
    finally:
        clock.cancel()
        process.kill()
        with suppress(ConnectionError):
            process.stdin.close()  # type: ignore[union-attr]
        process.stdout.close()  # type: ignore[union-attr]
        process.wait()


def _conversation(
    given: IO[bytes],
    told: IO[bytes],
    task: Task,
    request: Mapping[str, Any],
    blobs: Sequence[bytes],
    answer: Callable[[str, str], str | None],
) -> Any:
    """Send the request, answer the questions about it, return the answer. Raises TooComplex, _Ended."""
    first = {"task": task.value, "request": dict(request), "blobs": [len(blob) for blob in blobs]}
    given.write(json.dumps(first).encode("ascii") + b"\n")
    for blob in blobs:
        given.write(blob)
    given.flush()
    for _ in range(_MOST_QUESTIONS):
        line = told.readline(_LONGEST_LINE)
        if not line:
            raise _Ended
        said = json.loads(line) if line.endswith(b"\n") else {}
        if "answer" in said:
            return said["answer"]
        if "ask" not in said:
            break
        given.write(json.dumps(answer(*said["ask"])).encode("ascii") + b"\n")
        given.flush()
    raise TooComplex("webmail.too-complex")
