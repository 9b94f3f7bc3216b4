"""Server of a table that Postfix asks (socketmap_table(5)): netstrings over a UNIX socket."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

type LookUp = Callable[[str], Awaitable[str]]

_MAX_REQUEST_BYTES = 1_000  # bytes: a name of a table and a domain
_MAX_LENGTH_DIGITS = 4  # digits
_NOT_FOUND = b"NOTFOUND "


async def serve(path: Path, look_up: LookUp) -> asyncio.Server:
    """Listen on that path. `look_up` returns a key's value; empty: it has none."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                _, _, key = (await _request(reader)).partition(" ")
                writer.write(_netstring(await _reply(look_up, key)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            return  # Postfix hung up, or the peer is not Postfix
        finally:
            writer.close()

    server = await asyncio.start_unix_server(answer, path, limit=_MAX_REQUEST_BYTES + _MAX_LENGTH_DIGITS)
    path.chmod(0o660)  # of its folder's group
    return server


async def _request(reader: asyncio.StreamReader) -> str:
    """`table key`. Raises IncompleteReadError at the end, ValueError for what is no netstring."""
    digits = b""
    while (byte := await reader.readexactly(1)) != b":":
        digits += byte
        if not digits.isdigit() or len(digits) > _MAX_LENGTH_DIGITS:
            raise ValueError("no netstring")
    length = int(digits or b"x")
    if length > _MAX_REQUEST_BYTES:
        raise ValueError("too long")
    text = await reader.readexactly(length)
    if await reader.readexactly(1) != b",":
        raise ValueError("no netstring")
    return text.decode("utf-8")


async def _reply(look_up: LookUp, key: str) -> bytes:
    value = await look_up(key)
    return f"OK {value}".encode() if value else _NOT_FOUND


def _netstring(content: bytes) -> bytes:
    return b"%d:%s," % (len(content), content)
