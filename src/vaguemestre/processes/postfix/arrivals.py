"""Parts of what arrives at the MX are counted by a process apart: a stranger's letters delay no submission.

The gate forks a keeper before it has threads. The keeper forks the process that answers Postfix, again
whenever that one ends. Both end with the gate (prctl(2)), whose unit and user they have.
"""

import asyncio
import contextlib
import ctypes
import logging
import os
import select
import signal
import time
from pathlib import Path
from typing import NoReturn

from vaguemestre.engines.postfix import milter
from vaguemestre.processes.postfix.socket_handover import listening_place, take_over

log = logging.getLogger("gate")

_START_SECONDS = 20.0
_PAUSE_SECONDS = 1.0  # before another is forked
_NICENESS = 5  # those who submit wait for an answer, and are ours
_PR_SET_PDEATHSIG = 1
_READY = b"r"


def fork_arrivals(path: Path) -> None:
    """Have what arrives answered for at that socket; returns once it is, or after some seconds.

    Without it mail arrives uncounted, and submissions are judged all the same.
    """
    reader, writer = os.pipe()
    gate = os.getpid()
    if os.fork() == 0:
        os.close(reader)
        _keep(path, writer, gate)
    os.close(writer)
    heard, _, _ = select.select([reader], [], [], _START_SECONDS)
    is_ready = bool(heard) and os.read(reader, 1) == _READY
    os.close(reader)
    if not is_ready:
        log.error("nobody answers for what arrives")


def _keep(path: Path, writer: int, gate: int) -> NoReturn:
    _end_with(gate)
    keeper = os.getpid()
    while True:
        process = os.fork()
        if process == 0:
            _answer_then_exit(path, writer, keeper)
        os.waitpid(process, 0)
        log.error("the process that counts parts of arrivals ended: another is started")
        time.sleep(_PAUSE_SECONDS)  # one that ends at once must not take the processor


def _answer_then_exit(path: Path, writer: int, keeper: int) -> NoReturn:
    try:
        _end_with(keeper)
        os.nice(_NICENESS)
        asyncio.run(_answer(path, writer))
    except (OSError, ValueError, RuntimeError):
        log.exception("arrivals")
    finally:
        os._exit(1)


async def _answer(path: Path, writer: int) -> None:
    """Answer Postfix for ever."""
    with listening_place(path) as own:
        server = await milter.serve_arrivals(str(own))
        take_over(own, path)
        with contextlib.suppress(OSError):  # the gate listens to the first only
            os.write(writer, _READY)
        await server.serve_forever()


def _end_with(parent: int) -> None:
    """Get SIGTERM when the parent dies, or end now if it did."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) or os.getppid() != parent:
        os._exit(1)
