"""Arguments of an IMAP command as they travel: atoms, quoted strings, literals (RFC 9051 §4)."""

import re
from dataclasses import dataclass

from vaguemestre.foundation.kernel.errors import EngineRefused

_QUOTABLE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True, slots=True)
class Literal:
    """Octets sent unchanged after their count (a message)."""

    content: bytes


type Argument = bytes | str | int | Literal


def encoded(*arguments: Argument) -> bytes:
    """Encode a command's arguments. `bytes` are our own keywords; a `str` is data: quoted, or a literal.

    Raises EngineRefused for CR, LF or NUL in data, so that nothing typed by a person becomes a command.
    """
    return b" ".join([_encode(argument) for argument in arguments])


def _encode(argument: Argument) -> bytes:
    match argument:
        case bytes():
            return argument
        case int():
            return b"%d" % argument
        case Literal(content):
            return b"{%d+}\r\n%b" % (len(content), content)
        case str():
            return _encode_string(argument)


def _encode_string(data: str) -> bytes:
    if "\r" in data or "\n" in data or "\0" in data:
        raise EngineRefused("imap: un caractère de contrôle dans un argument")
    if _QUOTABLE.fullmatch(data):
        return b'"%b"' % data.replace("\\", "\\\\").replace('"', '\\"').encode("ascii")
    content = data.encode("utf-8", "replace")
    return b"{%d+}\r\n%b" % (len(content), content)
