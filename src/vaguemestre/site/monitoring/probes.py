"""Questions to services of this machine, without Django: what they say first, or when asked."""

import socket

from vaguemestre.site.monitoring.check import Check

_PATIENCE = 0.25  # seconds for one service
_SECOND_PATIENCE = 0.5  # seconds, once more: a busy machine starts the process that greets later
LATE = "timed out"


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
            return Check(ok=peer.recv(64).startswith(expected))
    except TimeoutError:
        return Check(ok=False, words=LATE)
    except OSError as error:
        return Check(ok=False, words=str(error))


def page_answers(port: int, path: str) -> Check:
    """Whether a process of ours answers that page on the loopback."""
    try:
        with socket.create_connection(("127.0.0.1", port), _PATIENCE) as peer:
            peer.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost:{port}\r\n\r\n".encode())
            return Check(ok=b" 200 " in peer.recv(64))
    except OSError as error:
        return Check(ok=False, words=str(error))


def is_ours(address: str) -> bool:
    """Whether this machine has that address at the moment: nobody else can listen on it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
