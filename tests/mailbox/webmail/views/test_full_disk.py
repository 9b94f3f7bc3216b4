"""A temporary folder without room: said in a sentence, and nothing is left behind."""

import base64
import os
import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.mailbox.webmail.conftest import address, put
from tests.mailbox.webmail.rendering.test_text_files import many

from vaguemestre.engines.memory.mailbox import MemoryMailbox

pytestmark = pytest.mark.django_db
SENTENCE = "Le serveur n’a plus de place pour ce fichier"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of one megabyte."""
    argv = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if subprocess.run(argv, capture_output=True, check=False).returncode:
        pytest.skip("this machine mounts nothing")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def room(folder: Path) -> int:
    return os.statvfs(folder).f_bavail


def check_sentence(answer: Any) -> None:
    assert answer.status_code == 507
    assert SENTENCE in answer.content.decode()
    assert "content-disposition" not in answer.headers


@pytest.mark.heavy
def test_an_archive_of_attachments_without_room(reader: Client, box: MemoryMailbox, tiny: Path) -> None:
    before = room(tiny)
    check_sentence(reader.get(address(put(box, many(3, 2_000_000)), "pieces.zip")))
    assert room(tiny) == before
    assert list(tiny.iterdir()) == []


def test_a_picture_to_convert_without_room(reader: Client, box: MemoryMailbox, tiny: Path) -> None:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + random.Random(1).randbytes(2_000_000)
    head = b"Content-Type: image/heic; name=photo.heic\r\nContent-Transfer-Encoding: base64\r\n"
    content = b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n" + head
    ref = put(box, content + b"Content-Disposition: attachment; filename=photo.heic\r\n\r\n" + coded(heic))
    check_sentence(reader.get(address(ref, "apercu/1/")))
    assert list(tiny.iterdir()) == []


def test_an_upload_without_room_is_told_before_any_view_sees_it(reader: Client, tiny: Path) -> None:
    reader.handler.enforce_csrf_checks = True
    page = reverse("portability:show")
    token = reader.get(page).context["csrf_token"]
    reader.raise_request_exception = False
    sent = {"fichier": SimpleUploadedFile("archive.zip", bytes(4_000_000)), "csrfmiddlewaretoken": str(token)}
    check_sentence(reader.post(page, sent))
    assert list(tiny.iterdir()) == []


def coded(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")
