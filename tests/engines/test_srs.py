"""Postsrsd as it is asked and started; what it does is tried where mail is sent on."""

import socket
import threading
from pathlib import Path

import pytest

from vaguemestre.engines.outgoing.srs import SenderRewriter
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.processes.postfix.postsrsd import command


def answered(answer: bytes, sender: str) -> tuple[bytes, str]:
    """What postsrsd would be asked, and what is made of that answer."""
    asked: list[bytes] = []

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            asked.append(peer.recv(1024))
            peer.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            address = SenderRewriter(listener.getsockname()[1])(sender)
        finally:
            thread.join(60)
    return asked[0], address


def test_what_the_protocol_cannot_hold_is_quoted_and_comes_back_whole() -> None:
    asked, address = answered(b'200 SRS0=x="a%20b"@c.fr\n', '"a b%"@dehors.fr')
    assert asked == b'get "a%20b%25"@dehors.fr\n'
    assert address == 'SRS0=x="a b"@c.fr'


@pytest.mark.parametrize("answer", [b"400 later\n", b"500 no\n", b"200 \n", b""])
def test_an_answer_without_an_address_is_an_engine_that_is_down(answer: bytes) -> None:
    with pytest.raises(EngineDown):
        answered(answer, "jean@dehors.fr")


def test_the_program_is_told_the_file_of_its_secret_and_never_the_secret() -> None:
    argv = command(("/usr/sbin/postsrsd", "-dx.fr"), {"CREDENTIALS_DIRECTORY": "/run/credentials/p"})
    assert argv == ["/usr/sbin/postsrsd", "-dx.fr", f"-s{Path('/run/credentials/p/srs_key')}"]
