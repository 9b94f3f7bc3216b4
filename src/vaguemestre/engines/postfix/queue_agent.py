"""Postfix's queue for those who are not root: list count it; hold, release, return or try messages.

And whether its master lives, and the programs beside it, whose sockets are theirs and Postfix's.
"""

import json
import re
import socket
import subprocess
from collections.abc import Collection
from functools import partial
from itertools import batched
from pathlib import Path

from vaguemestre.engines import agent
from vaguemestre.engines.agent import Verb
from vaguemestre.engines.home_alias import engine_path, sockets
from vaguemestre.engines.instance import Place
from vaguemestre.engines.outgoing.liveness import silent_programs
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

_CHANGED = re.compile(r": [1-9][0-9]* message")
_QUEUE_ID = re.compile(r"[0-9A-Za-z]{6,32}", re.ASCII)
_TIMEOUT_SECONDS = 20
_PAGE_SECONDS = 5.0
_COUNT_SECONDS = 2.0  # who measures has other sources to read
_MASTER_SECONDS = 1.5  # a busy machine may take that long to start a process
_IDS_PER_QUESTION = 100
_LOOK_AT_INCOMING = b"I"  # QMGR_REQ_SCAN_INCOMING


def socket_path(instance: Place) -> Path:
    return sockets(instance) / "queue-agent" / "s"


class Queue:
    """Runs Postfix's own commands. Needs root (postsuper(1)); arguments are checked first."""

    def __init__(self, instance: Place) -> None:
        self._folder = str(engine_path(instance, instance.engines_dir / "postfix"))

    def master_answers(self) -> bool:
        """Whether the master starts a process when one is wanted, which its older processes cannot tell."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(_MASTER_SECONDS)
            try:
                peer.connect(f"{self._folder}/spool/private/alive")
                return peer.recv(2) == b"up"
            except OSError:
                return False

    def manager_answers(self) -> bool:
        """Whether the queue manager does what it is told: to look at what came in, as after each message.

        It ends the connection when it has read a trigger (Postfix `master/trigger_server.c`).
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(_MASTER_SECONDS)
            try:
                peer.connect(f"{self._folder}/spool/public/qmgr")
                peer.sendall(_LOOK_AT_INCOMING)
                return peer.recv(2) == b""
            except OSError:
                return False

    def list_messages(self) -> str:
        """The queue as `postqueue -j` prints it: a JSON object a line."""
        return self._run("postqueue", "-j")

    def count_messages(self) -> dict[str, list[int]]:
        """Queue → how many messages, and when its oldest arrived (Unix time). It names nobody."""
        counts: dict[str, list[int]] = {}
        for message in map(json.loads, self.list_messages().splitlines()):
            queue, arrival = message["queue_name"], message["arrival_time"]
            count, oldest = counts.get(queue, [0, arrival])
            counts[queue] = [count + 1, min(oldest, arrival)]
        return counts

    def release(self, queue_id: str) -> bool:
        """Whether it was held."""
        return self._counted("-H", _checked(queue_id))

    def discard(self, queue_id: str) -> bool:
        """Whether it was held."""
        return self._counted("-d", _checked(queue_id), "hold")

    def hold(self, queue_ids: str) -> None:
        """Put messages aside, whatever queue they are in. `queue_ids`: with a blank between."""
        self._run("postsuper", *_each("-h", queue_ids))

    def release_all(self, queue_ids: str) -> None:
        """Give held messages back to the queue, as `release` does one."""
        self._run("postsuper", *_each("-H", queue_ids))

    def send_back(self, queue_ids: str) -> None:
        """Have messages returned to their senders, now (postsuper(1), -f)."""
        self._run("postsuper", *_each("-f", queue_ids))
        self.retry(queue_ids)

    def retry(self, queue_ids: str) -> None:
        """Have deferred messages tried now."""
        for queue_id in _each_checked(queue_ids):
            self._run("postqueue", "-i", queue_id)

    def _counted(self, *arguments: str) -> bool:
        """Run postsuper. Whether it changed a message: « Released from hold: 1 message »."""
        return bool(_CHANGED.search(self._ended("postsuper", *arguments).stderr))

    def _run(self, program: str, *arguments: str) -> str:
        return self._ended(program, *arguments).stdout

    def _ended(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        argv = [f"/usr/sbin/{program}", "-c", self._folder, *arguments]
        try:
            ended = subprocess.run(
                argv, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineDown(program) from error
        if ended.returncode:
            raise EngineDown(f"{program}: {ended.stderr.strip()[-300:]}")
        return ended


def verbs(instance: Place, users: Collection[int], counters: Collection[int]) -> dict[str, Verb]:
    """`users` list, release and discard; `counters` learn how many messages wait, and whether it lives."""
    queue = Queue(instance)
    return {
        "count": Verb(queue.count_messages, counters),
        "alive": Verb(queue.master_answers, {*users, *counters}),
        "moves": Verb(queue.manager_answers, {*users, *counters}),
        "silent": Verb(partial(silent_programs, instance), {*users, *counters}),
        "list": Verb(queue.list_messages, users),
        "release": Verb(queue.release, users),
        "discard": Verb(queue.discard, users),
        "hold": Verb(queue.hold, users),
        "release-all": Verb(queue.release_all, users),
        "send-back": Verb(queue.send_back, users),
        "retry": Verb(queue.retry, users),
    }


def list_messages(instance: Place) -> str:
    """The queue, as the agent lists it. Raises EngineDown."""
    return str(agent.ask(socket_path(instance), "list"))


def list_for_page(instance: Place) -> str:
    """The same for somebody who looks at a page: a silent agent is soon given up. Raises EngineDown."""
    return str(agent.ask(socket_path(instance), "list", patience=_PAGE_SECONDS))


def count_messages(instance: Place) -> dict[str, list[int]]:
    """Queue → number of messages, arrival of the oldest; of the agent. Raises EngineDown, EngineRefused."""
    counts: dict[str, list[int]] = agent.ask(socket_path(instance), "count", patience=_COUNT_SECONDS)
    return counts


def master_answers(instance: Place) -> bool:
    """Whether Postfix's master starts processes, as the agent sees. Raises EngineDown, EngineRefused."""
    return bool(agent.ask(socket_path(instance), "alive", patience=_MASTER_SECONDS + 1))


def manager_answers(instance: Place) -> bool:
    """Whether messages move in the queue, as the agent sees. Raises EngineDown, EngineRefused."""
    return bool(agent.ask(socket_path(instance), "moves", patience=_MASTER_SECONDS + 1))


def silent_companions(instance: Place, names: Collection[str]) -> list[str]:
    """Which of these programs beside Postfix do not answer. Raises EngineDown, EngineRefused."""
    names = " ".join(names)
    return list(agent.ask(socket_path(instance), "silent", names, patience=_MASTER_SECONDS + 1))


class HoldQueue:
    """Implements `outbox.ports.EndHold` by the agent."""

    def __init__(self, instance: Place) -> None:
        self._socket = socket_path(instance)

    def __call__(self, queue_id: str, *, discard: bool) -> bool:
        try:
            was_held = agent.ask(self._socket, "discard" if discard else "release", queue_id)
        except EngineRefused as error:
            raise EngineDown(str(error)) from error
        return was_held is not False  # an older agent, for the time of an upgrade, does not say


def act_on(instance: Place, verb: str, queue_ids: Collection[str]) -> None:
    """One of the agent's verbs on messages of the queue. Raises EngineDown, EngineRefused."""
    for batch in batched(queue_ids, _IDS_PER_QUESTION):
        agent.ask(socket_path(instance), verb, " ".join(batch))


def _each(option: str, queue_ids: str) -> list[str]:
    return [word for queue_id in _each_checked(queue_ids) for word in (option, queue_id)]


def _each_checked(queue_ids: str) -> list[str]:
    checked = [_checked(queue_id) for queue_id in queue_ids.split(" ")]
    if len(checked) > _IDS_PER_QUESTION:
        raise EngineRefused(f"plus de {_IDS_PER_QUESTION} messages à la fois : recommencez avec moins")
    return checked


def _checked(queue_id: str) -> str:
    if not _QUEUE_ID.fullmatch(queue_id):
        raise EngineRefused("ce n’est pas un numéro de la file d’attente : voir « vaguemestre queue »")
    return queue_id
