"""Works around races of Dovecot: two sessions, or one and the indexer, at the list of folders at once.

Dovecot makes the inbox, the special folders and the list of folders when a mailbox is first opened. Of two
sessions doing so at once, one may be told ALREADYEXISTS for the inbox it selects, or NONEXISTENT for the
parent of a new folder (seen with 2.4.1, about once in a hundred). Neither can be true: the server makes the
levels above a new folder (RFC 9051 §6.3.4). The second try succeeds.

While mail that has just come is indexed, a new folder may be told ALREADYEXISTS by the very command that made
it (as often, on a busy machine).
"""

from collections.abc import Callable

from vaguemestre.engines.imap.protocol.arguments import Argument
from vaguemestre.engines.imap.protocol.connection import CommandRefused
from vaguemestre.engines.imap.protocol.line_stream import Line

_ATTEMPTS = 5


def retry_untrue_refusal[T](command: Callable[[], T], untrue: str) -> T:
    """Run a command again while it is refused with the response code `untrue`.

    Raises CommandRefused for any other code, and for that one when it stays.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return command()
        except CommandRefused as refusal:
            if refusal.code != untrue:
                raise
    return command()


def create_mailbox(
    run: Callable[[bytes, Argument], list[Line]], name: Argument, *, is_new: bool = False
) -> None:
    """CREATE a folder by its name on the wire. Raises as `run`: ALREADYEXISTS when there is one.

    `is_new`: the list of folders had none of that name just before, so that ALREADYEXISTS is not true.
    """
    try:
        retry_untrue_refusal(lambda: run(b"CREATE", name), "NONEXISTENT")
    except CommandRefused as refusal:
        if refusal.code != "ALREADYEXISTS" or not is_new:
            raise
