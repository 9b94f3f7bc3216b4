"""The table that Postfix asks over a socket, as socketmap_table(5) describes it."""

import asyncio
from pathlib import Path

import pytest

from vaguemestre.engines.postfix import socketmap


async def _value(key: str) -> str:
    return {"trouvé.example": "dane-only"}.get(key, "")


def exchanged(tmp_path: Path, request: bytes) -> bytes:
    """What is answered to those bytes, until the server hangs up or has no more to say."""

    async def talk() -> bytes:
        server = await socketmap.serve(tmp_path / "s", _value)
        reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
        writer.write(request)
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        server.close()
        return answer

    return asyncio.run(talk())


def test_several_questions_of_one_connection_are_answered_in_order(tmp_path: Path) -> None:
    key = "dane trouvé.example".encode()
    request = b"%d:%s,18:dane autre.example," % (len(key), key)
    assert exchanged(tmp_path, request + b"4:dane,") == b"12:OK dane-only,9:NOTFOUND ,9:NOTFOUND ,"


@pytest.mark.parametrize(
    "request_",
    [b"", b":,", b"x:,", b"-1:,", b"99999:x,", b"9999:x,", b"3:abcd", b"3:ab", b"2:\xff\xff,", b"5" * 100],
)
def test_what_is_no_question_ends_the_connection(tmp_path: Path, request_: bytes) -> None:
    assert exchanged(tmp_path, request_) == b""


def test_only_the_group_of_its_folder_may_ask(tmp_path: Path) -> None:
    async def mode() -> int:
        server = await socketmap.serve(tmp_path / "s", _value)
        try:
            return (tmp_path / "s").stat().st_mode & 0o777
        finally:
            server.close()

    assert asyncio.run(mode()) == 0o660
