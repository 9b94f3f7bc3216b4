"""Addresses as the machine finds them (hosts file, local names), within a time that `getaddrinfo` lacks."""

import socket
import threading
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore
from typing import NamedTuple

_LOST = BoundedSemaphore(8)  # lookups that go on in their thread, for nobody, until the resolver gives up


class SocketAddress(NamedTuple):
    family: int
    kind: int
    protocol: int
    place: tuple[str | int | bytes, ...]


def machine_lookup(host: str, port: int, seconds: float) -> list[SocketAddress]:
    """The addresses of a host. Raises OSError, and TimeoutError after `seconds` or where too many wait."""
    if not _LOST.acquire(timeout=seconds):
        raise TimeoutError
    answers: SimpleQueue[list[SocketAddress] | Exception] = SimpleQueue()
    threading.Thread(target=_look_up, args=(host, port, answers), name="lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty as error:
        raise TimeoutError from error
    if isinstance(answer, Exception):
        raise OSError(str(answer)) from answer
    return answer


def _look_up(host: str, port: int, answers: "SimpleQueue[list[SocketAddress] | Exception]") -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answers.put([SocketAddress(family, kind, number, place) for family, kind, number, _, place in found])
    except (OSError, UnicodeError) as error:
        answers.put(error)
    finally:
        _LOST.release()
