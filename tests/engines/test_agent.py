"""One right behind a Unix socket: verbs, who may ask, and what becomes of errors."""

import contextlib
import os
import select
import socket as socketlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaguemestre.engines import agent, stand_in
from vaguemestre.engines.agent import Agent, Verb
from vaguemestre.engines.dovecot import mail_agent
from vaguemestre.engines.home_alias import sockets
from vaguemestre.engines.instance import Home
from vaguemestre.engines.outgoing.liveness import silent_programs
from vaguemestre.engines.postfix import queue_agent
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

SOURCE = Path(agent.__file__).parents[2]
NOBODY = 65534


def _down() -> None:
    raise EngineDown("away")


@contextlib.contextmanager
def serving(server: Agent) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


@pytest.fixture
def socket(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "s"
    verbs = {
        "join": Verb(lambda left, right: left + right, ()),
        "fail": Verb(_down, (NOBODY,)),
    }
    with Agent(path, verbs) as server, serving(server):
        yield path


def test_an_agent_that_stays_silent_is_given_up_in_the_time_said(tmp_path: Path) -> None:
    with socketlib.socket(socketlib.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "s"))
        silent.listen()
        with pytest.raises(EngineDown, match="timed out"):
            agent.ask(tmp_path / "s", "list", patience=0.05)


def test_an_agent_that_stands_still_is_named_and_one_that_works_is_not(tmp_path: Path) -> None:
    home, names = Home(tmp_path), ("mail-agent", "token-agent")
    for name in names:
        (sockets(home) / name).mkdir(parents=True)
    with (
        Agent(sockets(home) / "mail-agent/s", {}) as works,
        Agent(sockets(home) / "token-agent/s", {}),  # its socket takes connections, and nobody reads them
        serving(works),
    ):
        assert silent_programs(home, " ".join(names)) == ["token-agent"]


def test_a_verb_answers_what_it_makes_of_its_words(socket: Path) -> None:
    assert agent.ask(socket, "join", "é", '\n"') == 'é\n"'


@pytest.mark.parametrize(
    ("request_", "words"),
    [(["nothing"], "verbe inconnu"), (["join", "a"], "missing"), (["join", "a", "b", "c"], "takes 2")],
)
def test_what_it_does_not_know_is_refused(socket: Path, request_: list[str], words: str) -> None:
    with pytest.raises(EngineRefused, match=words):
        agent.ask(socket, *request_)


def test_an_engine_away_is_told_apart_from_a_refusal(socket: Path) -> None:
    with pytest.raises(EngineDown, match="away"):
        agent.ask(socket, "fail")


def test_an_agent_that_is_away_is_an_engine_down(tmp_path: Path) -> None:
    with pytest.raises(EngineDown):
        agent.ask(tmp_path / "none", "join")


def test_a_request_that_is_too_long_is_refused_in_words(socket: Path) -> None:
    with pytest.raises(EngineRefused, match="plus de 1000000 octets"):
        agent.ask(socket, "join", "a", "b" * 5_000_000)
    assert agent.ask(socket, "join", "a", "b") == "ab"


def test_a_request_sent_octet_by_octet_ends_with_its_time(
    socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "REQUEST_SECONDS", 0.2)
    with socketlib.socket(socketlib.AF_UNIX) as peer:
        peer.connect(str(socket))
        for _ in range(500):
            try:
                peer.send(b" ")
            except BrokenPipeError:  # it ended between two octets
                break
            if select.select([peer], [], [], 0.01)[0]:
                break
        else:
            pytest.fail("the agent still listens")


def run_as(user: int, socket: Path, conversation: str) -> str:
    """What a program of another user prints after `conversation` with the agent."""
    socket.chmod(0o666)
    for folder in socket.parents[:4]:  # pytest’s own folders, one more where a run is shared
        folder.chmod(folder.stat().st_mode | 0o011)
    program = f"""
import os, sys
import socket as socketlib
sys.path.insert(0, {str(SOURCE)!r})
from pathlib import Path
from vaguemestre.engines import agent, stand_in
from vaguemestre.foundation.kernel.errors import EngineRefused
os.setuid({user})
path = Path({str(socket)!r})
{conversation}
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="/", timeout=60
    )
    return ended.stdout.strip()


@pytest.mark.engines
def test_another_user_is_refused_whatever_the_socket_lets_through(socket: Path) -> None:
    words = run_as(
        NOBODY,
        socket,
        """
try:
    agent.ask(path, "join", "a", "b")
except EngineRefused as error:
    print(error)
""",
    )
    assert words == f"join: l’utilisateur {NOBODY} n’a pas ce droit : lancez la commande en root"


@pytest.mark.engines
def test_whom_no_verb_is_meant_for_is_hung_up_on_before_a_word(
    socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "REQUEST_SECONDS", 3600.0)
    words = run_as(
        NOBODY - 1,
        socket,
        """
peer = socketlib.socket(socketlib.AF_UNIX)
peer.settimeout(5.0)
peer.connect(str(path))
print(peer.recv(1))
""",
    )
    assert words == "b''"


def is_answering(path: Path) -> bool:
    with socketlib.socket(socketlib.AF_UNIX) as peer:
        return peer.connect_ex(str(path)) == 0


def test_an_agent_with_threads_of_its_own_ends_when_told(tmp_path: Path) -> None:
    path = tmp_path / "s"
    program = f"""
import sys
sys.path.insert(0, {str(SOURCE)!r})
from pathlib import Path
from vaguemestre.engines.agent import DatabaseAgent, Verb
DatabaseAgent(Path({str(path)!r}), {{"echo": Verb(lambda word: word, ())}}, 2).serve_until_told()
"""
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) as process:
        while not is_answering(path):
            assert process.poll() is None
        for word in ("one", "two", "three"):
            assert agent.ask(path, "echo", word) == word
        process.terminate()
        _, complaints = process.communicate(timeout=30)
    assert (process.returncode, complaints) == (0, "")


@pytest.mark.parametrize("queue_id", ["ALL", "../x", "-d", "ABCDEF12; x", "é" * 8, ""])
def test_nothing_but_a_queue_identifier_reaches_postsuper(tmp_path: Path, queue_id: str) -> None:
    queue = queue_agent.Queue(Home(tmp_path))
    for act in (queue.release, queue.discard):
        with pytest.raises(EngineRefused):
            act(queue_id)


@pytest.mark.parametrize("mailbox", ["*@ac-amiens.test", "-a@ac-amiens.test", "a@b\tc", "../../etc", ""])
def test_only_a_mailbox_is_named_to_doveadm(tmp_path: Path, mailbox: str) -> None:
    verbs = mail_agent.verbs(Home(tmp_path), {os.geteuid()}, ())
    for name in ("cut", "quota", "make"):
        with pytest.raises(EngineRefused):
            verbs[name].run(mailbox)


def test_what_cannot_be_undone_is_for_few(tmp_path: Path) -> None:
    verbs = mail_agent.verbs(Home(tmp_path), {1, 2}, {2})
    assert {name for name, verb in verbs.items() if 1 in verb.users} == {"cut", "quota", "make", "put-script"}
    assert 2 in verbs["erase"].users


def test_a_stand_in_answers_while_an_agent_is_away_and_never_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "agent"
    monkeypatch.setenv(stand_in.VARIABLE, "yes")
    with Agent(path, {"who": Verb(lambda: "stand-in", ())}) as second, serving(second):
        monkeypatch.delenv(stand_in.VARIABLE)
        assert agent.ask(path, "who") == "stand-in"
        with Agent(path, {"who": Verb(lambda: "first", ())}) as first, serving(first):
            assert agent.ask(path, "who") == "first"
        assert agent.ask(path, "who") == "stand-in"  # its socket is there, and nobody listens


LISTED = "\n".join(
    f'{{"queue_name": "{queue}", "arrival_time": {arrival}, "sender": "x@y.fr", "recipients": []}}'
    for queue, arrival in (("deferred", 20), ("hold", 30), ("deferred", 10))
)


def test_the_queue_is_counted_without_naming_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = queue_agent.Queue(Home(tmp_path))
    monkeypatch.setattr(queue, "list_messages", lambda: LISTED)
    assert queue.count_messages() == {"deferred": [2, 10], "hold": [1, 30]}


def test_who_counts_the_queue_may_neither_list_nor_change_it(tmp_path: Path) -> None:
    verbs = queue_agent.verbs(Home(tmp_path), {1}, {2})
    assert [name for name, verb in verbs.items() if 2 in verb.users] == ["count", "alive", "moves", "silent"]
    asked = [
        "alive",
        "moves",
        "silent",
        "list",
        "release",
        "discard",
        "hold",
        "release-all",
        "send-back",
        "retry",
    ]
    assert [name for name, verb in verbs.items() if 1 in verb.users] == asked
