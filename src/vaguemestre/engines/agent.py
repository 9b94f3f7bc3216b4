"""One right behind a Unix socket: a few named verbs, each for the users it is meant for.

A request is one line of JSON, `[verb, argument…]`; the answer another: `{"value": …}`, `{"down": words}` or
`{"refused": words}`. Who asks is told by the kernel (SO_PEERCRED, unix(7)). Imports little.
"""

import json
import logging
import os
import signal
import socket
import socketserver
import struct
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from vaguemestre.engines import stand_in
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.foundation.kernel.text.os_errors import with_causes_in_french

MAX_REQUEST_BYTES = 1_000_000  # a house script of somebody who blocked thousands of addresses
REQUEST_SECONDS = 10.0  # a request comes with its connection
_READ_BYTES = 65_536
_PATIENCE_SECONDS = 60.0
_PEER = struct.Struct("3i")  # struct ucred: process, user, group

log = logging.getLogger("agent")


class Answer(TypedDict, total=False):
    """One of the three, as JSON."""

    value: object  # of the verb, as JSON
    down: str  # why the engine could not do it now
    refused: str  # why it will not


@dataclass(frozen=True)
class Verb:
    """What an agent does. `run` takes strings; `users`: the user ids that may ask, besides root."""

    run: Callable[..., object]
    users: Collection[int]


class Agent(socketserver.ThreadingUnixStreamServer):
    """Answers on the socket of that path, which the processes of the folder's group may open."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path, verbs: Mapping[str, Verb]) -> None:
        self.verbs = verbs
        path = stand_in.own_socket(path)
        path.unlink(missing_ok=True)
        super().__init__(str(path), Conversation)
        path.chmod(0o660)
        self._users = {0, os.geteuid(), *(user for verb in verbs.values() for user in verb.users)}

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whether a verb is meant for whoever connected: others, of the same group, would hold a thread."""
        return peer_user(request) in self._users

    def serve_until_told(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)
        try:
            self.serve_forever()
        except SystemExit:
            self.server_close()


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)


class DatabaseAgent(Agent):
    """Answers in threads that stay, each with its connection to the database."""

    def __init__(self, path: Path, verbs: Mapping[str, Verb], threads: int) -> None:
        super().__init__(path, verbs)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="verb")

    def process_request(self, request: Any, client_address: Any) -> None:
        self._pool.submit(self.process_request_thread, request, client_address)

    def server_close(self) -> None:
        super().server_close()
        self._pool.shutdown(cancel_futures=True)


class Conversation(socketserver.BaseRequestHandler):
    request: socket.socket
    server: Agent

    def handle(self) -> None:
        try:
            line = self.read_line()
        except TimeoutError:
            log.warning("user %d did not end a request in time", peer_user(self.request))
            return
        if len(line) > MAX_REQUEST_BYTES:
            log.warning("refused a request longer than %d bytes", MAX_REQUEST_BYTES)
            answer: Answer = {"refused": f"demande de plus de {MAX_REQUEST_BYTES} octets"}
        elif line:
            answer = answer_to(self.server.verbs, line, peer_user(self.request))
        else:
            return
        self.request.sendall(json.dumps(answer).encode() + b"\n")

    def read_line(self) -> bytes:
        """The request's line; empty if the asker leaves before its end. Raises TimeoutError.

        Of a line that is too long only the beginning is kept. The rest is read all the same: an asker who is
        still sending would see no answer.
        """
        line, piece, until = bytearray(), b"", time.monotonic() + REQUEST_SECONDS
        while not piece.endswith(b"\n"):
            self.request.settimeout(_seconds_left(until))
            piece = self.request.recv(_READ_BYTES)
            if not piece:
                return b""
            if len(line) <= MAX_REQUEST_BYTES:
                line += piece
        self.request.settimeout(REQUEST_SECONDS)
        return bytes(line)


def _seconds_left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def peer_user(connection: socket.socket) -> int:
    """The user id of the process at the other end."""
    option = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    return int(_PEER.unpack(option)[1])


def answer_to(verbs: Mapping[str, Verb], line: bytes, user: int) -> Answer:
    """The answer to a request of that user."""
    try:
        name, *arguments = json.loads(line)
        verb = verbs[name]
        is_well_formed = all(isinstance(argument, str) for argument in arguments)
    except (ValueError, TypeError, KeyError):
        return {"refused": "verbe inconnu"}
    if not is_well_formed or user not in {0, os.geteuid(), *verb.users}:
        log.warning("refused %s to user %d", name, user)
        return {"refused": f"l’utilisateur {user} n’a pas ce droit : lancez la commande en root"}
    try:
        return {"value": verb.run(*arguments)}
    except EngineDown as error:
        return {"down": with_causes_in_french(error)}
    except (EngineRefused, TypeError) as error:
        return {"refused": str(error)}


def ask(
    path: Path, verb: str, *arguments: str, start_patience: float = 0.0, patience: float = _PATIENCE_SECONDS
) -> Any:
    """The value of an agent's answer, or of its stand-in's if it is away. Raises EngineDown, EngineRefused.

    `start_patience`: seconds to wait for an agent that does not listen yet; `patience`: for its answer.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(patience)
        try:
            _connect(peer, path, time.monotonic() + start_patience)
            peer.sendall(json.dumps([verb, *arguments]).encode() + b"\n")
            with peer.makefile("rb") as stream:
                line = stream.readline()
        except OSError as error:
            raise EngineDown(f"{path.parent.name} {verb}: {error}") from error
    return value_of(verb, line)


def value_of(verb: str, line: bytes) -> Any:
    """What an agent answered. Raises EngineDown, EngineRefused."""
    try:
        answer = json.loads(line)
    except ValueError as error:
        raise EngineDown(f"{verb}: {error}") from error
    if "value" in answer:
        return answer["value"]
    if "down" in answer:
        raise EngineDown(f"{verb}: {answer['down']}")
    raise EngineRefused(f"{verb}: {answer['refused']}")


def _connect(peer: socket.socket, path: Path, until: float) -> None:
    while not any(_is_there(peer, place) for place in (path, stand_in.socket_of(path))):
        if time.monotonic() >= until:
            peer.connect(str(path))
            return
        time.sleep(0.05)


def _is_there(peer: socket.socket, path: Path) -> bool:
    try:
        peer.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    return True
