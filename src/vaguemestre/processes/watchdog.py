"""Runs a process under systemd and tells it whether the process answers (sd_notify(3)).

`python -m vaguemestre.processes.watchdog --ask QUESTION… -- COMMAND…` becomes the command; a companion stays
beside it, asks what the supervisor of `bin/up` would ask, says `READY=1` at the first answer and `WATCHDOG=1`
at each, while the command itself is not stopped. A process that hangs is thereby ended and started again,
like one that died.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from argparse import REMAINDER, ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path

from vaguemestre.processes.supervisor import process_table
from vaguemestre.processes.supervisor.logs import RELOAD, SilentLog
from vaguemestre.processes.supervisor.plan import Ask, Question
from vaguemestre.processes.supervisor.readiness import answers

_READY_EVERY = 0.5  # seconds between two questions, until the first answer
_ALIVE_EVERY = 10.0  # then
_GREETED_EVERY = 60.0  # a mail server writes several lines about each who comes and says nothing
_HEARTBEAT_AGE = 30.0  # seconds


class QuestionUnreadable(ValueError):
    """A question that `question_word` did not write."""


def question_word(question: Question) -> str:
    """A question as one word of a command line: its kind, where it is asked, what is expected."""
    if question.ask is Ask.HEARTBEAT:
        return f"{question.ask}:{question.expect}"
    return f"{question.ask}:{question.socket or question.port}:{question.expect}"


def parse_question(word: str) -> Question:
    """The question of such a word. Raises QuestionUnreadable."""
    kind, _, rest = word.partition(":")
    try:
        ask = Ask(kind)
        if ask is Ask.HEARTBEAT:
            return Question(ask, expect=rest)
        place, _, expect = rest.partition(":")
        if place.startswith("/"):
            return Question(ask, expect=expect, socket=Path(place))
        return Question(ask, int(place), expect)
    except ValueError as error:
        raise QuestionUnreadable(word) from error


def due_questions(
    questions: Sequence[Question], greeted: Mapping[Question, float], now: float
) -> list[Question]:
    """The processes to ask now.

    `greeted`: when each answered last, on the clock of `now`; a greeting counts a minute.
    """

    def counts(question: Question) -> bool:
        return question.ask is Ask.GREETING and now - greeted.get(question, -_GREETED_EVERY) < _GREETED_EVERY

    return [question for question in questions if not counts(question)]


async def all_answer(questions: Sequence[Question], *, began: float, now: float) -> bool:
    """Whether every question is answered. A heartbeat counts if it is younger than 30 s and than `began`."""
    since = max(began, now - _HEARTBEAT_AGE)
    return all([await answers(question, since=since) for question in questions])


def stands_still(pid: int) -> bool:
    """Whether it was stopped (SIGSTOP): what it started may answer on, and is never replaced."""
    process = process_table.find_process(pid)
    return process is not None and process.state == "T"


def notify(state: str, address: str) -> None:
    """Tell systemd; `@` begins an abstract socket's name."""
    path = "\0" + address[1:] if address.startswith("@") else address
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as peer,
        contextlib.suppress(OSError),  # systemd that restarts itself is told again later
    ):
        peer.sendto(state.encode(), path)


def accompany(questions: Sequence[Question], address: str, served: int, log: Path | None = None) -> None:
    """Ask and tell until the process that this one accompanies has ended.

    `log`: written by an engine, which is reloaded once it answers and writes nothing there.
    """
    began, is_ready = time.time(), False
    silent_log = SilentLog(log, began) if log else None
    greeted: dict[Question, float] = {}
    while os.getppid() == served:
        questions_due = due_questions(questions, greeted, time.monotonic())
        if not stands_still(served) and asyncio.run(all_answer(questions_due, began=began, now=time.time())):
            greeted |= dict.fromkeys(questions_due, time.monotonic())
            notify("WATCHDOG=1" if is_ready else "READY=1\nWATCHDOG=1", address)
            is_ready = True
            if silent_log:
                _reload_if_silent(silent_log, served)
        time.sleep(_ALIVE_EVERY if is_ready else _READY_EVERY)


def _reload_if_silent(log: SilentLog, served: int) -> None:
    with contextlib.suppress(OSError):
        if log.wants_reload(time.time()):
            os.kill(served, RELOAD)


def main(arguments: Sequence[str]) -> None:
    parser = ArgumentParser(description="Run a process and tell systemd whether it answers")
    parser.add_argument("--ask", action="append", type=parse_question, default=[])
    parser.add_argument("--log", type=Path, help="written by the engine: it is reloaded once it is silent")
    parser.add_argument("command", nargs=REMAINDER)
    options = parser.parse_args(arguments)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    _remove_left_sockets(options.ask)
    address = os.environ.get("NOTIFY_SOCKET", "")
    served = os.getpid()
    if address and os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        accompany(options.ask, address, served, options.log)
        os._exit(0)
    os.environ.pop("NOTIFY_SOCKET", None)  # an engine that knows systemd would say it is ready too early
    os.environ.pop("WATCHDOG_USEC", None)
    os.execv(command[0], command)  # noqa: S606 (no shell is wanted)


def _remove_left_sockets(questions: Sequence[Question]) -> None:
    """What a killed process left where it listens would keep its successor from listening."""
    for question in questions:
        if question.socket:
            question.socket.unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1:])
