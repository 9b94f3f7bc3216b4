"""Decoders run shut in: they see nothing of the machine, reach nobody, and end."""

import subprocess
import time
from pathlib import Path

import pytest
from tests.corpus import files

from vaguemestre.engines.conversion import sandbox
from vaguemestre.engines.conversion.preview_store import PreviewStore
from vaguemestre.engines.conversion.sandbox import Limits, SandboxedConverter
from vaguemestre.engines.file_store import FileStore
from vaguemestre.mailbox.webmail.ports import ConversionRefused
from vaguemestre.mailbox.webmail.values import Conversion

_URN = "urn:oasis:names:tc:opendocument:xmlns"
SHEET = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="{_URN}:office:1.0" xmlns:table="{_URN}:table:1.0"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>
<table:table table:name="Notes"><table:table-row>
<table:table-cell office:value-type="float" office:value="10.5"/></table:table-row></table:table>
</office:spreadsheet></office:body></office:document>"""


def test_a_telephone_picture_becomes_a_jpeg() -> None:
    assert SandboxedConverter()(Conversion.HEIC, files.HEIC).startswith(b"\xff\xd8\xff")


def test_a_container_of_outlook_becomes_a_message() -> None:
    made = SandboxedConverter()(Conversion.TNEF, files.tnef("../été.txt", b"texte"))
    assert b"Content-Disposition: attachment" in made
    assert b"../" not in made


@pytest.mark.heavy
@pytest.mark.parametrize("what", [Conversion.HEIC, Conversion.TNEF])
def test_junk_is_refused_not_a_crash(what: Conversion) -> None:
    for junk in (b"", b"\x00" * 100, files.HEIC[:60]):
        with pytest.raises(ConversionRefused):
            SandboxedConverter()(what, junk)


@pytest.mark.heavy
def test_an_office_document_becomes_a_pdf() -> None:
    assert SandboxedConverter()(Conversion.OFFICE, files.odt()).startswith(b"%PDF-")


@pytest.mark.heavy
def test_numbers_of_a_sheet_are_written_as_in_french(tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").write_bytes(SandboxedConverter()(Conversion.OFFICE, SHEET.encode()))
    read = subprocess.run(
        ["pdftotext", tmp_path / "sheet.pdf", "-"], capture_output=True, check=True, text=True
    )
    assert "10,5" in read.stdout.split()


@pytest.fixture
def spy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A decoder of the tests' own, in place of the picture's."""
    script = tmp_path / "heic.py"
    tmp_path.chmod(0o755)
    monkeypatch.setattr(sandbox, "_DECODERS", tmp_path)
    return script


def told(script: Path, code: str) -> str:
    script.write_text(f"from pathlib import Path\n{code}\n")
    return SandboxedConverter()(Conversion.HEIC, b"x").decode()


def test_a_decoder_reaches_nobody(spy: Path) -> None:
    code = (
        "import socket\n"
        "try:\n    socket.create_connection(('127.0.0.1', 22), 2); said = 'reached'\n"
        "except OSError as error:\n    said = str(error.errno)\n"
        "names = socket.if_nameindex()\n"
        "Path('picture.jpg').write_text(f'{said} {[n for _, n in names]}')"
    )
    assert told(spy, code).startswith("101 ['lo']") or told(spy, code).startswith("111 ['lo']")


def test_a_decoder_is_nobody_and_sees_no_home(spy: Path) -> None:
    code = (
        "import os\n"
        "seen = [p for p in ('/root', '/home', '/etc/shadow', '/var/lib') if os.access(p, os.R_OK)]\n"
        "Path('picture.jpg').write_text(f'{os.getuid()} {seen}')"
    )
    assert told(spy, code) == "65534 []"


@pytest.mark.heavy
def test_a_decoder_that_dawdles_or_swells_is_ended(spy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sandbox._LIMITS, Conversion.HEIC, Limits(2, 1, 500_000_000, 1_000))
    start = time.monotonic()
    with pytest.raises(ConversionRefused):
        told(spy, "while True: pass")
    assert time.monotonic() - start < 30
    with pytest.raises(ConversionRefused):
        told(spy, "x = bytearray(900_000_000); Path('picture.jpg').write_bytes(b'x')")
    with pytest.raises(ConversionRefused):
        told(spy, "Path('picture.jpg').write_bytes(b'x' * 5_000)")


@pytest.mark.heavy
def test_what_is_its_own_and_what_it_unpacks_are_bounded(spy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LibreOffice may map four gigabytes, and took them for five thousand slides in 41 kB."""
    limits = Limits(10, 8, 4_000_000_000, 10_000_000, data=300_000_000)
    monkeypatch.setitem(sandbox._LIMITS, Conversion.HEIC, limits)
    monkeypatch.setattr(sandbox, "_TEMPORARY_BYTES", 20_000_000)
    with pytest.raises(ConversionRefused):
        told(spy, "x = bytearray(900_000_000); Path('picture.jpg').write_bytes(b'x')")
    code = (
        "import mmap\n"
        "mapped = mmap.mmap(-1, 900_000_000, mmap.MAP_SHARED, mmap.PROT_READ)\n"
        "try:\n"
        "    for number in range(5): Path(f'/tmp/{number}').write_bytes(b'x' * 9_000_000)\n"
        "except OSError as error: said = error.errno\n"
        "else: said = 'all written'\n"
        "Path('picture.jpg').write_text(f'{len(mapped)} {said}')"
    )
    assert told(spy, code) == "900000000 28"


def test_a_decoder_cannot_hand_over_another_file(spy: Path) -> None:
    with pytest.raises(ConversionRefused):
        told(spy, "import os; os.symlink('/etc/hostname', 'picture.jpg')")


KEY = "a" * 64


def test_a_preview_is_made_once_and_a_failure_is_told(tmp_path: Path) -> None:
    made: list[bytes] = []

    def convert(what: Conversion, content: bytes) -> bytes:
        made.append(content)
        if content == b"bad":
            raise ConversionRefused("webmail.preview-impossible")
        return b"%PDF-"

    shelf = PreviewStore(FileStore(tmp_path / "previews"), convert, is_wanted=True)
    assert shelf.find(KEY) is None
    shelf.make(KEY, b"good")
    shelf.make(KEY, b"good")
    assert shelf.find(KEY) == b"%PDF-"
    assert made == [b"good"]
    shelf.make("b" * 64, b"bad")
    with pytest.raises(ConversionRefused):
        shelf.find("b" * 64)
    with pytest.raises(ConversionRefused):
        shelf.find("../../etc/passwd")


def test_previews_nobody_wants_are_not_made(tmp_path: Path) -> None:
    assert not PreviewStore(FileStore(tmp_path), SandboxedConverter(), is_wanted=False).are_made()


def test_a_preview_is_found_for_an_hour_then_forgotten_and_so_is_half_of_one(tmp_path: Path) -> None:
    now, files = 7_200.0 * 3_600, FileStore(tmp_path)
    shelf = PreviewStore(files, lambda *_: b"%PDF-", is_wanted=True, clock=lambda: now)
    shelf.make(KEY, b"good")
    now += 3_599
    shelf.forget_old()
    assert shelf.find(KEY) == b"%PDF-"
    files.append(f"7200-{'c' * 64}.pdf", 0, b"%PD")  # its machine was killed
    assert shelf.find("c" * 64) is None
    shelf.make("c" * 64, b"good")
    assert shelf.find("c" * 64) == b"%PDF-"
    now += 3_601
    shelf.forget_old()
    assert shelf.find(KEY) is None
    assert files.names() == set()
