"""Two sessions that open a new mailbox at the same moment.

Dovecot makes the inbox, the special folders and the list of folders when a mailbox is first opened. Of two
sessions doing so at once, one may be told that the inbox to select ALREADYEXISTS, or that what to put a
new folder in is NONEXISTENT (seen with 2.4.1, about once in a hundred). Neither can be true: the levels
above a new folder are made by the server (RFC 9051 §6.3.4). Asked again, it answers.
"""

from collections.abc import Callable

from vaguemestre.engines.imap.protocol.wire import Answered, Argument, Line

_ATTEMPTS = 5


def begun[T](ask: Callable[[], T], untrue: str) -> T:
    """What `ask` returns; asked again while it is refused with the response code `untrue`.

    Raises Answered for any other code, and for that one when it stays.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return ask()
        except Answered as refused:
            if refused.code != untrue:
                raise
    return ask()


def make(run: Callable[[bytes, Argument], list[Line]], name: Argument) -> None:
    """CREATE by `run`, the name as it travels.

    Raises as `run` does: Answered ALREADYEXISTS when it is there.
    """
    begun(lambda: run(b"CREATE", name), "NONEXISTENT")
