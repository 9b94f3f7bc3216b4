"""The bare engine: a socket kept open, no TLS, commands written by hand, answers read and not looked into.

This is the floor a webmail is measured against, so nothing here is clever: SELECT, then the command, two
round trips, and the bytes thrown away.
"""

import base64
import socket
from collections.abc import Iterable, Sequence


class Bare:
    """An IMAP connection signed in with an application password."""

    def __init__(self, address: tuple[str, int], mailbox: str, password: str) -> None:
        self._socket = socket.create_connection(address, timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._tag = 0
        self._ended(b"* ")
        said = base64.b64encode(f"\0{mailbox}\0{password}".encode())
        self.run(b"AUTHENTICATE PLAIN " + said)

    def run(self, command: bytes) -> bytes:
        """The whole answer, unparsed. AssertionError when it is not OK."""
        self._tag += 1
        tag = b"%d " % self._tag
        self._socket.sendall(tag + command + b"\r\n")
        return self._ended(tag)

    def append_all(self, folder: str, messages: Sequence[tuple[Sequence[str], str, bytes]]) -> None:
        """MULTIAPPEND (RFC 3502): flags, IMAP date and content of each."""
        self._tag += 1
        tag = b"%d " % self._tag
        pieces = [tag, b'APPEND "%b"' % folder.encode()]
        for flags, date, content in messages:
            pieces.append(b' (%b) "%b" {%d+}\r\n' % (" ".join(flags).encode(), date.encode(), len(content)))
            pieces.append(content)
        self._socket.sendall(b"".join(pieces) + b"\r\n")
        self._ended(tag)

    def close(self) -> None:
        self._socket.close()

    def _ended(self, tag: bytes) -> bytes:
        """Everything up to the tagged line, which is always the last one."""
        data = self._socket.recv(262_144)
        while True:
            last = data.rfind(b"\r\n", 0, -2)
            last = last + 2 if last >= 0 else 0
            if data.endswith(b"\r\n") and data.startswith(tag, last):
                assert data.startswith(b"OK", last + len(tag)), data[last:]
                return data
            chunk = self._socket.recv(262_144)
            assert chunk, "the server hung up"
            data += chunk


LIST_ITEMS = b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE PREVIEW)"
OPEN_ITEMS = (
    b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (REFERENCES)]"
    b" BODY.PEEK[%b])"
)


def uid_set(uids: Iterable[int]) -> bytes:
    return ",".join(str(uid) for uid in uids).encode()
