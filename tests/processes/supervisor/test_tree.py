"""A real supervisor over small real processes: start, readiness, crashes, orphans, stop."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.own_network import free_port

from vaguemestre.processes.supervisor import logs, process_table, tree
from vaguemestre.processes.supervisor.plan import Ask, Child, Question
from vaguemestre.processes.supervisor.rights import as_ourselves
from vaguemestre.processes.supervisor.tree import ChildFailed, Tree

pytestmark = pytest.mark.heavy

SOURCE = Path(__file__).resolve().parents[3] / "src"
SERVICE = str(Path(__file__).with_name("fake_service.py"))


def service(name: str, *behaviours: str, last: bool = False) -> Child:
    port = free_port()
    return Child(
        name,
        (sys.executable, SERVICE, str(port), *behaviours),
        (Question(Ask.PAGE, port, "/"),),
        ends_last=last,
    )


class Watched:
    """A tree, what it said, and how often it told of a change."""

    def __init__(self, home: Path) -> None:
        self.said: list[tuple[str, str]] = []
        self.ready_seen: list[bool] = []
        (home / "logs").mkdir()
        self.tree = Tree(
            logs=home / "logs",
            launch=as_ourselves(dict(os.environ)),
            say=lambda name, line: self.said.append((name, line)),
            changed=lambda: self.ready_seen.append(self.tree.is_ready),
        )

    def alive(self) -> set[int]:
        sessions = {kept.pid for kept in self.tree.children.values() if kept.pid}
        return {process.pid for process in process_table.in_sessions(sessions)}


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


async def until(true: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.01)


def live(watched: Watched, story: Callable[[Tree], Awaitable[None]]) -> None:
    """Run one story of a tree, which is stopped whatever happens."""

    async def told() -> None:
        try:
            await story(watched.tree)
        finally:
            await watched.tree.stop()

    asyncio.run(told())


def test_a_tree_is_ready_when_every_service_answers(watched: Watched) -> None:
    async def story(running: Tree) -> None:
        await running.start([service("a"), service("b")])
        assert running.is_ready
        assert {kept.state for kept in running.children.values()} == {"ready"}

    live(watched, story)
    assert not watched.tree.is_ready


def test_each_child_has_a_session_of_its_own(watched: Watched) -> None:
    async def story(running: Tree) -> None:
        await running.start([service("a"), service("b")])
        for kept in running.children.values():
            process = process_table.find_process(kept.pid)
            assert process is not None
            assert process.session == kept.pid

    live(watched, story)


def test_a_killed_child_comes_back_at_once(watched: Watched) -> None:
    async def story(running: Tree) -> None:
        await running.start([service("a")])
        kept = running.children["a"]
        first = kept.pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: kept.pid not in (0, first) and kept.state == "ready")
        assert kept.restarts == 1
        assert kept.last_end == "signal SIGKILL"

    live(watched, story)
    assert any("nouveau départ dans 0 s" in line for _, line in watched.said)
    assert False in watched.ready_seen[watched.ready_seen.index(True) :], "not ready was told in between"


def test_a_child_that_keeps_crashing_is_given_growing_pauses(watched: Watched) -> None:
    async def story(running: Tree) -> None:
        await running.start([service("a")])
        kept = running.children["a"]
        for crash in range(1, 4):
            victim = kept.pid
            os.kill(victim, signal.SIGKILL)
            await until(lambda crash=crash: kept.restarts == crash and kept.state == "ready")

    live(watched, story)
    pauses = [line.rpartition("dans ")[2] for _, line in watched.said if "nouveau départ" in line]
    assert pauses == ["0 s", "0.25 s", "0.5 s"]


def test_orphans_of_a_killed_child_do_not_survive_it(watched: Watched) -> None:
    async def story(running: Tree) -> None:
        await running.start([service("a", "children")])
        kept = running.children["a"]
        first = watched.alive()
        assert len(first) == 2
        os.kill(kept.pid, signal.SIGKILL)
        await until(lambda: kept.restarts == 1 and kept.state == "ready")
        for pid in first:
            left = process_table.find_process(pid)
            assert left is None or left.state == "Z"

    live(watched, story)


def test_stopping_ends_children_and_grandchildren(watched: Watched) -> None:
    families: set[int] = set()

    async def story(running: Tree) -> None:
        await running.start([service("a", "children"), service("b", "children", last=True)])
        families.update(watched.alive())
        assert len(families) == 4

    live(watched, story)
    assert [pid for pid in families if (p := process_table.find_process(pid)) and p.state != "Z"] == []


def test_a_stubborn_child_is_killed_once_patience_ends(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes no notice of a request to end: without a kill the stop would last for ever."""
    monkeypatch.setattr(tree, "END_PATIENCE", (0.5, 0.5))
    family: set[int] = set()

    async def story(running: Tree) -> None:
        await running.start([service("a", "stubborn"), service("b", "stubborn", last=True)])
        family.update(watched.alive())
        assert len(family) >= 2

    live(watched, story)
    assert [pid for pid in family if (p := process_table.find_process(pid)) and p.state != "Z"] == []


def test_a_child_that_cannot_start_fails_the_start_with_its_last_words(watched: Watched) -> None:
    async def story(running: Tree) -> None:
        with pytest.raises(ChildFailed, match=r"a ne démarre pas \(code 3\)(.|\n)*cannot go on"):
            await running.start([service("a", "crash")])

    live(watched, story)


def test_a_program_that_does_not_exist_fails_the_start(watched: Watched) -> None:
    async def story(running: Tree) -> None:
        with pytest.raises(ChildFailed, match="a ne démarre pas"):
            await running.start([Child("a", ("/nonexistent/program",), (Question(Ask.PAGE, 1, "/"),))])

    live(watched, story)


def test_a_silent_child_is_taken_for_dead(watched: Watched) -> None:
    async def story(running: Tree) -> None:
        with pytest.raises(ChildFailed, match="pas de réponse"):
            await running.start([replace(service("a", "deaf"), patience=0.3)])

    live(watched, story)


def test_a_beat_given_before_the_supervisor_looks_counts(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool forked of what is loaded beats at once, then five seconds later: a start would wait for that."""
    file, begin = tmp_path / "pool.heartbeat", tree._begin
    file.touch()
    os.utime(file, (0, 0))  # of a former start

    async def begin_and_look_late(*words: Any) -> Any:
        process = await begin(*words)
        await until(lambda: file.stat().st_mtime > 0)
        return process

    monkeypatch.setattr(tree, "_begin", begin_and_look_late)
    question = Question(Ask.HEARTBEAT, expect=str(file))
    pool = Child("pool", ("/bin/sh", "-c", f"touch {file}; exec sleep 60"), (question,), patience=2)

    async def story(tree: Tree) -> None:
        await tree.start([pool])
        assert tree.children["pool"].restarts == 0

    live(watched, story)


def test_a_child_that_was_too_slow_has_twice_the_time_at_its_next_start(watched: Watched) -> None:
    async def story(running: Tree) -> None:
        with pytest.raises(ChildFailed, match=r"a ne démarre pas \(pas de réponse en 0\.8 s\)"):
            await running.start([replace(service("a", "deaf"), patience=0.2)])

    live(watched, story)
    ends = [line.partition(")")[0] for _, line in watched.said if line.startswith("terminé")]
    assert ends[:2] == ["terminé (pas de réponse en 0.2 s", "terminé (pas de réponse en 0.4 s"]


def test_what_children_say_is_one_stream_under_their_names(watched: Watched, tmp_path: Path) -> None:
    async def story(running: Tree) -> None:
        await running.start([service("a"), service("b")])
        await until(lambda: len([line for _, line in watched.said if "begins" in line]) == 2)

    live(watched, story)
    assert {name for name, line in watched.said if "begins" in line} == {"a", "b"}
    assert "begins" in (tmp_path / "logs" / "a.log").read_text()


def test_a_file_an_engine_writes_itself_joins_the_stream(watched: Watched, tmp_path: Path) -> None:
    file = tmp_path / "logs" / "own.log"
    plain = service("a")
    child = Child(plain.name, plain.argv, plain.ready, log_file=file)

    async def story(running: Tree) -> None:
        await running.start([child])
        with file.open("a") as log:
            log.write("written by itself\n")
        await until(lambda: ("a", "written by itself") in watched.said)

    live(watched, story)


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    """The kernel tells them (PR_SET_PDEATHSIG): nobody is left to do it."""
    port = free_port()
    program = f"""
import asyncio, os, pathlib, signal
from vaguemestre.processes.supervisor.plan import Ask, Child, Question
from vaguemestre.processes.supervisor.rights import as_ourselves
from vaguemestre.processes.supervisor.tree import Tree
async def main():
    tree = Tree(logs=pathlib.Path({str(tmp_path)!r}), launch=as_ourselves(dict(os.environ)),
                say=lambda *_: None, changed=lambda: None)
    argv = ({sys.executable!r}, {SERVICE!r}, "{port}")
    await tree.start([Child("a", argv, (Question(Ask.PAGE, {port}, "/"),))])
    pathlib.Path({str(tmp_path / "pid")!r}).write_text(str(tree.children["a"].pid))
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    child = int((tmp_path / "pid").read_text())

    async def gone() -> None:
        await until(lambda: (p := process_table.find_process(child)) is None or p.state == "Z", 5)

    asyncio.run(gone())


def test_an_engine_that_answers_and_logs_nothing_any_more_is_reloaded(
    watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "_GREETED_EVERY", 0.05)
    monkeypatch.setattr(logs, "QUIET_SECONDS", 0.3)
    engine = replace(service("engine", "reloads"), log_file=tmp_path / "logs/engine.log")

    async def story(running: Tree) -> None:
        await running.start([engine])
        await until(lambda: ("engine", "reloaded") in watched.said)

    live(watched, story)


def test_the_end_of_a_process_of_its_own_is_left_to_whoever_waits_for_it(watched: Watched) -> None:
    async def ends_unharmed() -> int:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "", start_new_session=True)
        while (now := process_table.find_process(process.pid)) and now.state != "Z":
            os.sched_yield()  # never to the event loop: it has not yet been told that the process ended
        watched.tree.orphans.reap()
        return await process.wait()

    assert asyncio.run(ends_unharmed()) == 0
