"""The virus check speaks clamd's INSTREAM: whole files, in pieces, over TCP or a socket of the machine."""

import io
import os
import socket
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engines.live import wait_until

from vaguemestre.engines.clamd import Clamd
from vaguemestre.foundation.kernel.errors import EngineDown

LONG = bool(os.environ.get("VAGUEMESTRE_LONG"))
MARK = b"%Marque que seule notre signature connait%"


def answering(listener: socket.socket, heard: list[bytes], said: bytes) -> threading.Thread:
    def serve() -> None:
        wire, _ = listener.accept()
        with wire, wire.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while length := int.from_bytes(stream.read(4), "big"):
                content += stream.read(length)
            heard.append(content)
            wire.sendall(said)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("said", "found"),
    [(b"stream: OK\0", ""), (b"stream: Eicar-Test FOUND\0", "Eicar-Test")],
)
@pytest.mark.parametrize("is_local", [True, False])
def test_what_it_finds_is_named(said: bytes, found: str, is_local: bool, tmp_path: Path) -> None:
    content, heard = b"x" * 600_000, list[bytes]()
    listener = socket.socket(socket.AF_UNIX if is_local else socket.AF_INET)
    listener.bind(str(tmp_path / "s") if is_local else ("127.0.0.1", 0))
    listener.listen()
    with listener:
        serving = answering(listener, heard, said)
        place = str(tmp_path / "s") if is_local else f"127.0.0.1:{listener.getsockname()[1]}"
        assert Clamd(place)(io.BytesIO(content)) == found
        serving.join(10)
    assert heard == [content]


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    """Debian's own, with one signature of ours; its socket."""
    signatures = tmp_path / "signatures"
    signatures.mkdir()
    (signatures / "ours.ndb").write_text(f"Vaguemestre.Essai:0:*:{MARK.hex()}\n")
    place, told = tmp_path / "clamd.sock", tmp_path / "clamd.conf"
    told.write_text(
        f"LocalSocket {place}\nDatabaseDirectory {signatures}\nTemporaryDirectory {tmp_path}\n"
        "Foreground yes\nStreamMaxLength 30M\n"
    )
    process = subprocess.Popen(["clamd", "--config-file", str(told)], stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: place.exists() or process.poll() is not None, 60)
        yield str(place)
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.skipif(not LONG, reason="bin/test --long")
def test_the_real_one_finds_it_in_a_file_or_in_an_archive_and_nothing_elsewhere(clamd: str) -> None:
    scan, archive = Clamd(clamd), io.BytesIO()
    scan.ping()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("dedans/fiche.doc", b"x" * 200_000 + MARK)
    assert scan(io.BytesIO(b"x" * 600_000 + MARK)) == "Vaguemestre.Essai.UNOFFICIAL"
    assert scan(io.BytesIO(archive.getvalue())) == "Vaguemestre.Essai.UNOFFICIAL"
    assert scan(io.BytesIO(b"x" * 25_000_000)) == ""
    with pytest.raises(EngineDown, match="size limit"):
        scan(io.BytesIO(b"x" * 32_000_000))


def test_a_check_that_does_not_answer_lets_nothing_through(tmp_path: Path) -> None:
    with pytest.raises(EngineDown):
        Clamd(str(tmp_path / "nobody"))(io.BytesIO(b"x"))
    with pytest.raises(EngineDown):
        Clamd(str(tmp_path / "nobody")).ping()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "s"))
    listener.listen()
    with listener:
        serving = answering(listener, [], b"INSTREAM size limit exceeded. ERROR\0")
        with pytest.raises(EngineDown, match="size limit"):
            Clamd(str(tmp_path / "s"))(io.BytesIO(b"x"))
        serving.join(10)


def test_without_one_nothing_is_asked() -> None:
    assert not Clamd("").is_wanted
    assert Clamd("")(io.BytesIO(b"x")) == ""
