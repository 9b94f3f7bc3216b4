"""An address that answers no SYN, as that of a machine without power."""

import contextlib
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def deaf(address: str, port: int) -> Iterator[None]:
    """A machine without power: connections to it neither open nor fail."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(socket.create_server((address, port), backlog=0))
        for _ in range(3):  # the queue of those that nobody accepts is full
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((address, port))
        yield
