"""Uuencoded files in a plain text: offered as attachments by the same doors, never as part of our pages."""

import base64
import binascii
import io
import random
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.test import Client
from tests import processor
from tests.mailbox.webmail.conftest import address, put
from tests.mailbox.webmail.views.test_messages import PIECE

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.mailbox.webmail.ports import TooComplex, run_limited
from vaguemestre.mailbox.webmail.rules.rendering import uuencode
from vaguemestre.mailbox.webmail.services.message import attachments_zip, message_reader
from vaguemestre.post.mailstore.ports import Mailbox, open_mailbox
from vaguemestre.post.mailstore.values import MailLogin, MessageRef

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def encoded(name: str, content: bytes) -> str:
    """As `uuencode` writes it."""
    lines = [binascii.b2a_uu(content[n : n + 45]).decode() for n in range(0, len(content), 45)]
    return f"begin 644 {name}\n{''.join(lines)} \nend\n"


def message(text: str) -> bytes:
    top = "From: a@dehors.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
    return (top + text).replace("\n", "\r\n").encode()


def test_a_file_in_a_text_is_an_attachment(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, message("Voilà :\n" + encoded("../../É\u202egnp.<b>.png", PNG) + "Merci\n"))
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert "dans le texte" in page
    assert "pieces/1u1/" in page
    text = reader.get(address(ref, "corps/")).content.decode()
    assert "[Fichier joint : Égnp.&lt;b&gt;.png]" in text
    assert "Voilà" in text
    assert "Merci" in text
    assert "begin 644" not in text
    kept = reader.get(address(ref, "pieces/1u1/"))
    assert kept.content == PNG
    assert kept["Content-Disposition"].startswith("attachment; ")
    assert kept["Content-Security-Policy"].startswith("sandbox;")
    looked = reader.get(address(ref, "apercu/1u1/"))
    assert (looked.content, looked["Content-Type"]) == (PNG, "image/png")
    assert reader.get(address(ref, "pieces/1u2/")).status_code == 422
    assert reader.get(address(ref, "pieces/1u0/")).status_code == 404


def test_an_active_file_in_a_text_is_never_served_as_what_it_says(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, message(encoded("a.html", b"<script>alert(1)</script>")))
    kept = reader.get(address(ref, "pieces/1u1/"))
    assert kept["Content-Type"] == "application/octet-stream"
    looked = reader.get(address(ref, "apercu/1u1/"))
    assert "<script" not in looked.content.decode()
    assert looked["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.heavy
def test_a_file_in_the_base64_form_opens_under_its_name(reader: Client, box: MemoryMailbox) -> None:
    content = random.Random(2).randbytes(3_000_000)
    block = f"begin-base64 644 notes de 3e.bin\n{base64.encodebytes(content).decode()}====\n"
    ref = put(box, message(f"Voici\n{block}Fin du texte\n"))
    page = reader.get(address(ref), headers=PIECE).content.decode()
    assert "notes de 3e.bin" in page
    kept = reader.get(address(ref, "pieces/1u1/"))
    assert kept.content == content
    assert "notes" in kept["Content-Disposition"]
    assert "Fin du texte" in reader.get(address(ref, "corps/")).content.decode()


def test_files_in_a_text_come_in_the_archive_too(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, message(encoded("a.csv", b"x;y\n") + encoded("b.csv", b"1;2\n")))
    answer = reader.get(address(ref, "pieces.zip"))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    answer.close()
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == {
            "a.csv": b"x;y\n", "b.csv": b"1;2\n",
        }  # fmt: skip


@pytest.mark.heavy
def test_a_file_longer_than_a_shown_text_comes_whole(reader: Client, box: MemoryMailbox) -> None:
    large = random.Random(1).randbytes(3_000_000)
    ref = put(box, message("Voici\n" + encoded("a.bin", large) + "Fin du texte\n"))
    assert reader.get(address(ref, "pieces/1u1/")).content == large
    assert "Fin du texte" in reader.get(address(ref, "corps/")).content.decode()


def test_files_in_a_message_inside_are_offered(reader: Client, box: MemoryMailbox) -> None:
    inner = message(encoded("a.bin", PNG)).decode()
    top = 'From: a@dehors.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    outer = f"{top}Content-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    ref = put(box, outer.encode())
    assert reader.get(address(ref, "dedans/1/pieces/1u1/")).content == PNG


@pytest.mark.parametrize(
    "text",
    [
        "begin 644 nothing\nend\n",
        "begin 644 a.txt\nthis is a sentence\nend\n",
        "begin 644 a.txt\n#AAAA\n",
        "begin with this\n#AAAA\nend\n",
        "> begin 644 a\n> #AAAA\n> end\n",
    ],
)
def test_a_text_that_only_speaks_of_it_stays_a_text(text: str) -> None:
    assert uuencode.split_text(text) == (text, ())


def test_lines_with_a_checksum_or_without_blanks_are_read() -> None:
    block = encoded("a", b"Bonjour\0\0\0 ! et encore")
    first, data, *rest = block.split("\n")
    summed = "\n".join((first, data + "X", *rest))
    stripped = "\n".join(line.rstrip() for line in encoded("a", b"ab\0\0\0\0").split("\n")[:2]) + "\n`\nend\n"
    assert uuencode.decode_file(uuencode.split_text(summed).files[0]) == b"Bonjour\0\0\0 ! et encore"
    assert uuencode.decode_file(uuencode.split_text(stripped).files[0]) == b"ab\0\0\0\0"


def test_files_in_a_text_have_a_number_at_most() -> None:
    block = encoded("a", b"x")
    text, files = uuencode.split_text(block * (uuencode.MAX_FILES + 5))
    assert len(files) == uuencode.MAX_FILES
    assert text.count("begin 644") == 5


@pytest.mark.parametrize(
    "text",
    [
        "begin 644 a\n" * 300_000,
        "begin 644 a\n#AAAA\n" * 200_000,
        "begin 644 a\n" + "#AAAA\n" * 500_000,
        "begin 644 " * 300_000,
        "begin 644 a\n" + " " * 3_000_000,
        ("begin 644 a\n" + "#AAAA\n" * 60) * 9_000,
    ],
    ids=["begin", "one line", "no end", "one long line", "blanks", "short blocks"],
)
def test_a_text_made_to_hold_a_server_is_split_in_linear_time(text: str) -> None:
    def split() -> None:
        uuencode.split_text(text)
        uuencode.is_unfinished(text)

    assert processor.least_seconds(split, 1.0) <= 1.0


def many(count: int, octets: int) -> bytes:
    top = 'From: a@dehors.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n'
    content = base64.encodebytes(random.Random(1).randbytes(octets)).decode().replace("\n", "\r\n")
    fields = "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename={}.bin"
    part = f"\r\n--b\r\n{fields}\r\n\r\n"
    return (top + "".join(part.format(n) + content for n in range(count)) + "\r\n--b--\r\n").encode()


class Counted:
    """A mailbox that counts what is asked of its parts."""

    def __init__(self, box: MemoryMailbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.parts: list[int] = []
        one = box.part

        def part(ref: MessageRef, number: str, limit: int | None = None) -> bytes:
            self.parts.append(1)
            return one(ref, number, limit)

        def part_contents(ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
            self.parts.append(len(numbers))
            return {number: one(ref, number) for number in numbers}

        monkeypatch.setattr(box, "part", part)
        monkeypatch.setattr(box, "part_contents", part_contents)


@pytest.mark.heavy
def test_the_parts_of_an_archive_are_asked_for_together(
    reader: Client, box: MemoryMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref, counted = put(box, many(120, 10)), Counted(box, monkeypatch)
    answer = reader.get(address(ref, "pieces.zip"))
    assert counted.parts == [50, 50, 20]
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer["Content-Length"] == str(len(content))
    answer.close()
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        assert len(opened.namelist()) == 120


def test_a_text_with_many_files_is_read_once_for_an_archive(
    reader: Client, box: MemoryMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = put(box, message("".join(encoded(f"{n}.bin", b"x") for n in range(40))))
    reader.get(address(ref), headers=PIECE)
    counted = Counted(box, monkeypatch)
    answer = reader.get(address(ref, "pieces.zip"))
    answer.close()
    assert counted.parts == [0, 1]


def test_an_archive_gives_the_mailbox_back_before_it_is_sent(
    reader: Client, boxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    held: list[str] = []

    @contextmanager
    def opened(login: MailLogin) -> Iterator[Mailbox]:
        with boxes(login) as mailbox:
            held.append("taken")
            yield mailbox
            held.append("given back")

    open_mailbox.replace(opened)
    answer = reader.get(address(put(box, many(3, 1_000)), "pieces.zip"))
    assert held[-1] == "given back"
    assert held.count("taken") == held.count("given back")
    answer.close()


@pytest.mark.heavy
def test_the_heaviest_archive_is_made_within_a_second(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, many(3, 9_900_000))
    reads = message_reader.read_message(box, "x", ref, run_limited.get())
    contents = box.part_contents(ref, [file.number for file in reads.attachments])

    class Quick:
        """Gives what was decoded already: the work of an engine is not ours."""

        def part_contents(self, ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
            return {number: contents[number] for number in numbers}

    def pack() -> None:
        with attachments_zip.pack_files(Quick(), ref, reads.attachments) as packed:  # type: ignore[arg-type]
            sizes.append(packed.seek(0, io.SEEK_END))

    sizes: list[int] = []
    assert processor.least_seconds(pack, 1.0) <= 1.0
    assert sizes[0] > 29_000_000
    huge = [replace(file, size=30_000_000) for file in reads.attachments]
    with pytest.raises(TooComplex):
        attachments_zip.pack_files(Quick(), ref, huge)  # type: ignore[arg-type]


def test_thousands_of_files_of_one_name_are_numbered_in_no_time(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, many(1, 10))
    (file,) = message_reader.read_message(box, "x", ref, run_limited.get()).attachments
    names = ["a.txt", "a (2).txt", "A.txt", *["a.txt"] * 4_900]

    class Quick:
        def part_contents(self, ref: MessageRef, numbers: Sequence[str]) -> Mapping[str, bytes]:
            return dict.fromkeys(numbers, b"x")

    def pack() -> None:
        files = [replace(file, name=name, number=str(n)) for n, name in enumerate(names, start=1)]
        with attachments_zip.pack_files(Quick(), ref, files) as packed:  # type: ignore[arg-type]
            made[:] = zipfile.ZipFile(packed).namelist()

    made: list[str] = []
    spent = processor.least_seconds(pack, 1.0)
    assert made[:5] == ["a.txt", "a (2).txt", "A (3).txt", "a (4).txt", "a (5).txt"]
    assert len({name.lower() for name in made}) == len(names)
    assert spent <= 1.0, spent
