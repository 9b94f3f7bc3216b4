"""The end of a connection at a moment, whatever the other end sends meanwhile."""

import socket
from contextlib import suppress
from threading import Timer


class Deadline:
    """Cuts a connection.

    The time-out of a socket counts each read anew: an octet now and then outlasts it.
    """

    def __init__(self, stream: socket.socket) -> None:
        self._handle = stream.dup()  # of the same connection, which TLS may take over
        self._timer: Timer | None = None

    def set(self, seconds: float) -> None:
        """Cut it in so many seconds, and not at the moment set before; whoever reads then finds its end."""
        self._cancel()
        self._timer = Timer(max(0.0, seconds), self._cut)
        self._timer.daemon = True
        self._timer.start()

    def close(self) -> None:
        self._cancel()
        self._handle.close()

    def _cancel(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _cut(self) -> None:
        with suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)
