"""The virus check speaks clamd's INSTREAM: whole files, in pieces, over TCP or a socket of the machine."""

import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from django.db import transaction
from django.utils import timezone
from tests.engines.virus_check import EICAR, MARK, NAMES, RealClamd

from vaguemestre.engines.clamd import Clamd, is_elsewhere
from vaguemestre.engines.file_store import FileStore
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.filelinks.models import SharedFile
from vaguemestre.post.filelinks.services import scan_file, scan_left_over_files, share_content
from vaguemestre.post.filelinks.values import FileLimits


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
        serving.join(60)
    assert heard == [content]


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealClamd]:
    made = RealClamd(tmp_path_factory.mktemp("clamd"))
    yield made
    made.end()


@pytest.mark.engines
def test_the_real_one_finds_it_in_a_file_or_in_an_archive_and_nothing_elsewhere(clamd: RealClamd) -> None:
    clamd.start()
    scan, archive = Clamd(clamd.address), io.BytesIO()
    scan.ping()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("dedans/fiche.doc", b"x" * 200_000 + MARK)
        made.writestr("dedans/essai.com", EICAR)
    assert scan(io.BytesIO(b"x" * 600_000 + MARK)) == NAMES[MARK]
    assert scan(io.BytesIO(EICAR)) == NAMES[EICAR]
    assert scan(io.BytesIO(archive.getvalue())) in NAMES.values()
    assert scan(io.BytesIO(b"x" * 25_000_000)) == ""
    with pytest.raises(EngineDown, match="size limit"):
        scan(io.BytesIO(b"x" * 32_000_000))


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("content", "verdict"), [(EICAR, "infected"), (MARK, "infected"), (b"x", "clean")])
def test_a_file_lent_while_it_was_away_waits_for_it_and_is_lent_only_if_clean(
    clamd: RealClamd, tmp_path: Path, content: bytes, verdict: str
) -> None:
    clamd.end()
    store, scan, now = FileStore(tmp_path), Clamd(clamd.address), timezone.now()
    limits = FileLimits(1_000_000, 1_000_000, 30, 60)
    with transaction.atomic():
        begun = share_content(None, "a.bin", "", content, store, scan, limits, now=now)
    with pytest.raises(EngineDown):
        scan_file(begun.id, store, scan, now=now)
    assert SharedFile.objects.get().verdict == "waiting"
    clamd.start()
    scan_file(begun.id, store, scan, now=now)
    assert SharedFile.objects.get().verdict == verdict
    assert bool(store.names()) is (verdict == "clean")


class Answers:
    """A scanner that finds `virus` in everything, or is away."""

    is_wanted = True

    def __init__(self, virus: str | None) -> None:
        self.virus = virus

    def __call__(self, content: BinaryIO) -> str:
        if self.virus is None:
            raise EngineDown("away")
        return self.virus


@pytest.mark.django_db(transaction=True)
def test_what_was_lent_before_there_was_a_check_is_scanned_once_there_is_one(tmp_path: Path) -> None:
    store, now, limits = FileStore(tmp_path), timezone.now(), FileLimits(1_000_000, 1_000_000, 30, 60)
    with transaction.atomic():
        share_content(None, "a.bin", "", b"x", store, Clamd(""), limits, now=now)
        share_content(None, "b.bin", "", b"x", store, Answers(None), limits, now=now)
    assert scan_left_over_files(store, Clamd(""), lambda: now) == 0
    assert scan_left_over_files(store, Answers(None), lambda: now) == 0
    assert scan_left_over_files(store, Answers("Eicar"), lambda: now) == 1  # the other one has its job
    verdicts = SharedFile.objects.order_by("name").values_list("verdict", flat=True)
    assert list(verdicts) == ["infected", "waiting"]
    later = now + timedelta(days=5)
    assert scan_left_over_files(store, Answers(""), lambda: later) == 1
    assert list(verdicts.all()) == ["infected", "clean"]


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
        serving.join(60)


@pytest.mark.parametrize(
    ("address", "elsewhere"),
    [("", False), ("/run/clamav/clamd.ctl", False), ("127.0.0.1:3310", False), ("[::1]:3310", False),
     ("av.ac-amiens.test:3310", True), ("10.0.0.7:3310", True)],
)  # fmt: skip
def test_it_is_known_whether_it_is_on_another_machine(address: str, *, elsewhere: bool) -> None:
    assert is_elsewhere(address) is elsewhere


def test_without_one_nothing_is_asked() -> None:
    assert not Clamd("").is_wanted
    assert Clamd("")(io.BytesIO(b"x")) == ""
