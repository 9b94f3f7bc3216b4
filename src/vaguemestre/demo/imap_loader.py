"""Bulk append of messages by IMAP (MULTIAPPEND, RFC 3502; LITERAL+, RFC 7888)."""

import socket
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from itertools import batched

from vaguemestre.demo.letters import Letter
from vaguemestre.engines.imap.protocol.arguments import Argument, Literal
from vaguemestre.engines.imap.protocol.connection import CommandRefused, Connection
from vaguemestre.engines.imap.protocol.mailbox_names import to_wire
from vaguemestre.engines.imap.store.creation_race import create_mailbox, retry_untrue_refusal
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused

BATCH = 100
_PATIENCE = 120.0


def load(
    address: tuple[str, int],
    login: str,
    password: str,
    letters: Iterable[Letter],
    *,
    may_be_there: bool,
    progress: Callable[[int], None],
) -> None:
    """Append the letters, each folder in its order; `progress` hears how many more are in.

    A batch is all there or not at all: with `may_be_there` (an interrupted load is being finished), one whose
    first letter is found is skipped. Raises EngineDown, EngineRefused.
    """
    by_folder: dict[str, list[Letter]] = defaultdict(list)
    for letter in letters:
        by_folder[letter.folder].append(letter)
    connection = _signed_in(address, login, password)
    try:
        for folder, filed in by_folder.items():
            name = to_wire(folder)
            _make(connection, name)
            for some in batched(filed, BATCH):
                if not (may_be_there and _is_there(connection, name, some[0])):
                    _append(connection, name, some)
                progress(len(some))
    finally:
        connection.close()


def _signed_in(address: tuple[str, int], login: str, password: str) -> Connection:
    try:
        connection = Connection(socket.create_connection(address, timeout=_PATIENCE))
    except OSError as error:
        raise EngineDown(f"imap: {error}") from error
    try:
        connection.run(b"LOGIN", login, password, patience=_PATIENCE)
    except (EngineDown, EngineRefused):
        connection.close()
        raise
    return connection


def _make(connection: Connection, name: str) -> None:
    """Create and subscribe to a folder if it does not exist."""
    if name != "INBOX":
        try:
            create_mailbox(partial(connection.run, patience=_PATIENCE), name)
        except CommandRefused as refused:
            if refused.code != "ALREADYEXISTS":
                raise
    retry_untrue_refusal(lambda: connection.run(b"SUBSCRIBE", name, patience=_PATIENCE), "ALREADYEXISTS")


def _is_there(connection: Connection, name: str, letter: Letter) -> bool:
    connection.run(b"EXAMINE", name, patience=_PATIENCE)
    message_id = _header(letter.content, b"Message-ID").decode()
    lines = connection.run(b"UID SEARCH HEADER Message-ID", message_id, patience=_PATIENCE)
    return any(line.text.removeprefix(b"SEARCH").strip() for line in lines if line.text.startswith(b"SEARCH"))


def _append(connection: Connection, name: str, letters: tuple[Letter, ...]) -> None:
    arguments: list[Argument] = [b"APPEND", name]
    for letter in letters:
        arguments.append(f"({' '.join(letter.flags)})".encode())
        arguments.append(
            f'"{letter.at.day:2d}-{_MONTHS[letter.at.month - 1]}-{letter.at:%Y %H:%M:%S %z}"'.encode()
        )
        arguments.append(Literal(letter.content))
    connection.run(*arguments, patience=_PATIENCE)


def _header(content: bytes, name: bytes) -> bytes:
    start = content.index(name + b": ") + len(name) + 2
    return content[start : content.index(b"\r\n", start)]


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
