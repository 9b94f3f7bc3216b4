"""Questions to services of this machine, without Django: what they say first, or when asked."""

import socket

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.text.os_errors import os_error_fr
from vaguemestre.site.monitoring.check import Check

_PATIENCE = 0.25  # seconds for one service
_SECOND_PATIENCE = 0.5  # seconds, once more: a busy machine starts the process that greets later
LATE = os_error_fr(TimeoutError())
UNEXPECTED = "réponse inattendue"


def front_check(port: int) -> Check:
    """Whether nginx answers, by itself, whatever pools do: without Host it says 400 (RFC 9112 §3.2)."""
    return greets("127.0.0.1", port, b"HTTP/1.1 400", asked=b"GET / HTTP/1.1\r\n\r\n")


def greets(
    host: str, port: int, expected: bytes, patience: float = _PATIENCE, *, asked: bytes = b""
) -> Check:
    """Whether a service says what it says first, or when asked; one that is only late is asked once more."""
    first = _greeting(host, port, expected, patience, asked)
    return _greeting(host, port, expected, _SECOND_PATIENCE, asked) if first.words == LATE else first


def _greeting(host: str, port: int, expected: bytes, patience: float, asked: bytes) -> Check:
    try:
        with socket.create_connection((host, port), patience) as peer:
            peer.sendall(asked)
            return judged(is_well=peer.recv(64).startswith(expected))
    except OSError as error:
        return Check(ok=False, words=os_error_fr(error))


def judged(*, is_well: bool) -> Check:
    """Of an answer that came."""
    return Check(ok=is_well, words="" if is_well else UNEXPECTED)


def engine_words(error: EngineDown) -> str:
    """Why an engine of ours is away, in French."""
    cause = error.__cause__
    return os_error_fr(cause) if isinstance(cause, OSError) else UNEXPECTED


def page_answers(port: int, path: str) -> Check:
    """Whether a process of ours answers that page on the loopback."""
    try:
        with socket.create_connection(("127.0.0.1", port), _PATIENCE) as peer:
            peer.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost:{port}\r\n\r\n".encode())
            return judged(is_well=b" 200 " in peer.recv(64))
    except OSError as error:
        return Check(ok=False, words=os_error_fr(error))


def is_ours(address: str) -> bool:
    """Whether this machine has that address at the moment: nobody else can listen on it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
