"""Our own parsers in a sandboxed process with a limit of processor time: `webmail.ports.RunLimited`, files.

Hostile bytes block neither the interpreter of a web worker nor, past the limit, one of its threads.
"""

import json
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from math import ceil
from pathlib import Path
from threading import Timer
from typing import IO, Any, NamedTuple

import vaguemestre
from vaguemestre.engines.conversion.sandbox import Limits, limits_argv, sandbox_argv
from vaguemestre.engines.conversion.turns import Turns
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.mailbox.webmail.ports import TooComplex
from vaguemestre.mailbox.webmail.values import Task

_SCRIPT = Path(__file__).parent / "decoders" / "task.py"
_SOURCE = str(Path(vaguemestre.__file__).parents[1])
_LIBRARIES = sysconfig.get_paths()["purelib"]

PROCESSOR_SECONDS = 0.75
_CLOCK_SECONDS = 8.0  # more than the processor time: the machine has other work
_MEMORY_BYTES = 1_500_000_000
_TASKS = "vaguemestre.mailbox.webmail.rules.tasks"
_MAX_LINE_BYTES = 80_000_000
_MAX_QUESTIONS = 3_000
# SIGPROF, SIGXCPU or SIGABRT (out of memory): the exit code of the process itself, or of its sandbox.
_SIGNALS = (signal.SIGPROF, signal.SIGXCPU, signal.SIGABRT)
_OVER_BUDGET = frozenset((*(-number for number in _SIGNALS), *(128 + number for number in _SIGNALS)))


class Budget(NamedTuple):
    """Seconds of processor, and of clock: more, the machine has other work; octets of memory."""

    processor: float
    clock: float
    memory: int = _MEMORY_BYTES


class _NoAnswer(Exception):
    """The process ended without an answer."""


class TaskRunner:
    """`turns`: those of the process; without, this one's own."""

    def __init__(self, turns: Turns | None = None) -> None:
        self._turns = turns or Turns()

    def __call__(
        self,
        task: Task,
        request: Mapping[str, Any],
        blobs: Sequence[bytes],
        answer: Callable[[str, str], str | None] = lambda _kind, _what: None,
    ) -> Any:
        budget = Budget(PROCESSOR_SECONDS, _CLOCK_SECONDS)
        with self._turns.turn(budget.clock):
            return _run(f"{_TASKS}.{task.value}", budget, request, blobs, answer)


class FileReader:
    """Has a file that somebody gave read by `perform` of a module. One at a time, with turns of its own."""

    def __init__(self, module: str, budget: Budget) -> None:
        self._module, self._budget = module, budget
        self._turns = Turns(at_once=1)

    def __call__(self, request: Mapping[str, Any], content: bytes) -> Any:
        """The answer. Raises EngineRefused for a file beyond the budget, EngineDown, ReaderBusy."""
        with self._turns.turn(self._budget.clock):
            try:
                return _run(self._module, self._budget, request, [content], lambda _kind, _what: None)
            except TooComplex as error:
                raise EngineRefused(
                    "ce fichier demande trop de temps ou de mémoire pour être lu : donnez-le en plusieurs"
                ) from error


def _run(
    module: str,
    budget: Budget,
    request: Mapping[str, Any],
    blobs: Sequence[bytes],
    answer: Callable[[str, str], str | None],
) -> Any:
    limits = Limits(budget.clock, ceil(budget.processor) + 1, budget.memory, 1)
    argv = [*sandbox_argv(None, (_SOURCE, _LIBRARIES)), *limits_argv(limits)]
    argv += [sys.executable, "-I", "-S", str(_SCRIPT), str(budget.processor), _SOURCE, _LIBRARIES]
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
        raise EngineDown(f"le lecteur de fichiers ne s’exécute pas : {error}") from error
    clock = Timer(budget.clock, process.kill)
    clock.start()
    try:
        if process.stdin is None or process.stdout is None:
            raise EngineDown("le lecteur de fichiers n’a pas de canal")
        return _exchange(process.stdin, process.stdout, module, request, blobs, answer)
    except (_NoAnswer, ConnectionError) as error:
        code = process.wait()
        # anything else is our clock or a fault of our own, and proves nothing about the message
        if code not in _OVER_BUDGET:
            raise EngineDown(f"le lecteur de fichiers a fini avec le code {code}") from error
        raise TooComplex("webmail.too-complex") from error
    finally:
        clock.cancel()
        process.kill()
        with suppress(ConnectionError):
            process.stdin.close()  # type: ignore[union-attr]
        process.stdout.close()  # type: ignore[union-attr]
        process.wait()


def _exchange(
    stdin: IO[bytes],
    stdout: IO[bytes],
    module: str,
    request: Mapping[str, Any],
    blobs: Sequence[bytes],
    answer: Callable[[str, str], str | None],
) -> Any:
    """Send the request, answer the task's questions, return its answer. Raises TooComplex, _Ended."""
    first = {"module": module, "request": dict(request), "blobs": [len(blob) for blob in blobs]}
    stdin.write(json.dumps(first).encode("ascii") + b"\n")
    for blob in blobs:
        stdin.write(blob)
    stdin.flush()
    for _ in range(_MAX_QUESTIONS):
        line = stdout.readline(_MAX_LINE_BYTES)
        if not line:
            raise _NoAnswer
        message = json.loads(line) if line.endswith(b"\n") else {}
        if "answer" in message:
            return message["answer"]
        if "ask" not in message:
            break
        stdin.write(json.dumps(answer(*message["ask"])).encode("ascii") + b"\n")
        stdin.flush()
    raise TooComplex("webmail.too-complex")
