"""systemd is told that a process answers exactly while it does."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vaguemestre.processes import watchdog
from vaguemestre.processes.supervisor import logs
from vaguemestre.processes.supervisor.plan import Ask, Question
from vaguemestre.processes.watchdog import (
    QuestionUnreadable,
    all_answer,
    due_questions,
    parse_question,
    question_word,
)

QUESTIONS = (
    Question(Ask.GREETING, 8143, "* OK"),
    Question(Ask.PAGE, 8001, "/sante"),
    Question(Ask.SECURE_PAGE, 443, "/sante/ping"),
    Question(Ask.PAGE, expect="/sante/ping", socket=Path("/run/vaguemestre/d/front/web")),
    Question(Ask.HEARTBEAT, expect="/run/vaguemestre/gate.heartbeat"),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.ask)
def test_a_question_is_read_as_it_was_written(question: Question) -> None:
    assert parse_question(question_word(question)) == question


@pytest.mark.parametrize("word", ["", "page", "page:eighty:/", "shout:80:/"])
def test_another_word_is_refused(word: str) -> None:
    with pytest.raises(QuestionUnreadable):
        parse_question(word)


def test_a_server_that_writes_down_who_comes_is_asked_each_minute_and_again_while_it_is_silent() -> None:
    greeting, page, *_ = QUESTIONS
    assert due_questions([greeting, page], {}, now=5.0) == [greeting, page]
    assert due_questions([greeting, page], {greeting: 5.0, page: 5.0}, now=64.0) == [page]
    assert due_questions([greeting, page], {greeting: 5.0, page: 64.0}, now=65.0) == [greeting, page]
    # what did not answer then is asked at every look that follows
    assert due_questions([greeting], {greeting: 5.0}, now=75.0) == [greeting]


def test_a_heartbeat_counts_while_it_is_fresh(tmp_path: Path) -> None:
    beat = tmp_path / "beat"
    beat.touch()
    beaten_at = beat.stat().st_mtime

    def is_alive(began: float, now: float) -> bool:
        return asyncio.run(all_answer([Question(Ask.HEARTBEAT, expect=str(beat))], began=began, now=now))

    assert is_alive(began=beaten_at - 1, now=beaten_at + 29)
    assert not is_alive(began=beaten_at - 1, now=beaten_at + 31)
    assert not is_alive(began=beaten_at + 1, now=beaten_at + 2)  # left by the run before


@pytest.mark.heavy
def test_ready_is_said_once_the_process_answers_and_it_stays_the_process(tmp_path: Path) -> None:
    beat, address = tmp_path / "beat", tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(address))
        systemd.settimeout(60)
        program = f"import pathlib, signal; pathlib.Path({str(beat)!r}).touch(); signal.pause()"
        process = subprocess.Popen(
            [sys.executable, "-m", "vaguemestre.processes.watchdog", "--ask", f"heartbeat:{beat}", "--",
             sys.executable, "-c", program],
            env={**os.environ, "NOTIFY_SOCKET": str(address)},
        )  # fmt: skip
        try:
            assert systemd.recv(100) == b"READY=1\nWATCHDOG=1"
            assert beat.exists()
            assert Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0")[1] == b"-c"
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == -signal.SIGTERM


def test_nothing_is_said_of_a_process_that_does_not_answer(tmp_path: Path) -> None:
    began = time.time()
    question = Question(Ask.HEARTBEAT, expect=str(tmp_path / "never"))
    assert not asyncio.run(all_answer([question], began=began, now=began))


def test_an_engine_that_answers_and_logs_nothing_any_more_is_reloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (beat := tmp_path / "beat").touch()
    (log := tmp_path / "engine.log").touch()
    monkeypatch.setattr(logs, "QUIET_SECONDS", -1.0)  # it counts as silent at once
    monkeypatch.setattr(time, "sleep", lambda _: None)
    program = (  # a handler would miss the signal that comes just before `pause`
        "import os, signal; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP}); print(flush=True); "
        "signal.sigwait({signal.SIGHUP}); os._exit(7)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as engine:
        assert engine.stdout
        engine.stdout.readline()
        parents = iter((engine.pid, 0))
        monkeypatch.setattr(os, "getppid", lambda: next(parents))
        future = Question(Ask.HEARTBEAT, expect=str(beat))
        os.utime(beat, (time.time() + 5,) * 2)
        try:
            watchdog.accompany([future], str(tmp_path / "nobody"), engine.pid, log)
            assert engine.wait(timeout=60) == 7
        finally:
            engine.kill()


def test_a_master_that_is_stopped_is_not_said_to_answer_though_its_workers_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat, address = tmp_path / "beat", tmp_path / "notify"
    beat.touch()
    os.utime(beat, (time.time() + 60,) * 2)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd,
        subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as master,
    ):
        systemd.bind(str(address))
        systemd.setblocking(False)

        def told() -> list[bytes]:
            parents = iter((master.pid, 0))
            monkeypatch.setattr(os, "getppid", lambda: next(parents))
            watchdog.accompany([Question(Ask.HEARTBEAT, expect=str(beat))], str(address), master.pid)
            said = []
            with contextlib.suppress(BlockingIOError):
                while True:
                    said.append(systemd.recv(100))
            return said

        try:
            assert told() == [b"READY=1\nWATCHDOG=1"]
            master.send_signal(signal.SIGSTOP)
            os.waitpid(master.pid, os.WUNTRACED)
            assert told() == []
        finally:
            master.kill()
