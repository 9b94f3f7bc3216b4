"""Photographs: a small file may hold a large picture, which is decoded in the sandbox alone, and once."""

import io
import zlib
from collections.abc import Callable, Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.access.signin.people import PASSWORD, account
from tests.processor import least_seconds

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.contacts.ports import FileReaderBusy, draw_photo
from vaguemestre.mailbox.contacts.rules import photos
from vaguemestre.mailbox.contacts.rules.photos import is_light, thumbnail
from vaguemestre.site.adapters.contacts import PhotoReader

_TURNED = 6  # EXIF: shown a quarter turn to the right


def picture(width: int, height: int, kind: str = "PNG", mode: str = "RGB", *, turned: bool = False) -> bytes:
    """A picture whose left half is red, the other blue."""
    image, out, exif = Image.new("RGB", (width, height), "blue"), io.BytesIO(), Image.Exif()
    image.paste("red", (0, 0, width // 2, height))
    if turned:
        exif[0x112] = _TURNED
    image.convert(mode).save(out, kind, exif=exif)
    return out.getvalue()


def piece(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    checksum = zlib.crc32(name + content).to_bytes(4)
    return len(content).to_bytes(4) + name + content + checksum


@pytest.fixture
def browser(client: Client) -> Client:
    client.post("/alogin", {"username": account().username, "secret": PASSWORD})
    return client


@pytest.fixture
def drawn_by() -> Iterator[Callable[[Callable[[bytes], bytes]], None]]:
    usual = draw_photo.get()
    yield draw_photo.replace
    draw_photo.replace(usual)


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("WEBP", "RGB")]
)
@pytest.mark.parametrize("size", [(1700, 1100), (300, 280), (90, 60)])
def test_a_photo_is_upright_whatever_its_size(kind: str, mode: str, size: tuple[int, int]) -> None:
    small = Image.open(io.BytesIO(thumbnail(picture(*size, kind, mode, turned=True))))
    side = 256 if min(size) >= 256 else 0
    assert small.size == ((side, side) if side else (60, 90))
    middle, height = small.width // 2, small.height
    red, blue = small.getpixel((middle, height // 8)), small.getpixel((middle, height * 7 // 8))
    assert isinstance(red, tuple)
    assert isinstance(blue, tuple)
    assert red[0] > 200 > 90 > red[2], "the left is above"
    assert blue[2] > 200 > 90 > blue[0]


def test_a_picture_of_a_palette_is_read() -> None:
    small = Image.open(io.BytesIO(thumbnail(picture(700, 600, "GIF", "P"))))
    assert small.size == (256, 256)


@pytest.mark.heavy
def test_beyond_the_photos_of_telephones_none_is_decoded() -> None:
    large = picture(4200, 4100)
    for judge in (thumbnail, is_light, PhotoReader()):
        with pytest.raises(Refusal, match="photo-unreadable"):
            judge(large)


@pytest.mark.parametrize(
    "content", [picture(1100, 1000), picture(2000, 1000, "JPEG"), picture(20, 20, "WEBP"), b"GIF89a", b"x"]
)
def test_only_small_photos_are_decoded_in_the_pages(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_light(content)
    expected = _outcome(thumbnail, content)
    monkeypatch.setattr(photos, "thumbnail", lambda _: pytest.fail("decoded here"))
    read = PhotoReader()
    assert _outcome(read, content) == expected
    monkeypatch.setattr(read, "_read", lambda *_: pytest.fail("decoded again"))
    assert _outcome(read, content) == expected, "it is kept"


@pytest.mark.parametrize(
    "piece",
    [
        piece(b"iCCP", b"a\0\0" + zlib.compress(b"a" * 900_000, 9)),
        piece(b"prVt", b""),
        piece(b"tEXt", b"a\0b"),
    ],
)
def test_a_photo_whose_header_is_all_of_it_is_not_read_in_the_pages(piece: bytes) -> None:
    """One of 7 MB, of 64 × 64 pixels, took a thread of the pages half a minute; eight stopped them all."""
    small = picture(64, 64)
    after_first = 33  # of its signature and first piece (PNG 1.2 §3.1, §4.1.1)
    for octets in (290_000, 7_000_000):
        content = small[:after_first] + piece * (octets // len(piece)) + small[after_first:]
        assert least_seconds(lambda content=content: is_light(content), 0.1) < 0.1


def test_a_small_photo_takes_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    read = PhotoReader()
    monkeypatch.setattr(read, "_read", lambda *_: pytest.fail("a process"))
    assert read(picture(600, 600)) == thumbnail(picture(600, 600))


@pytest.mark.django_db(transaction=True)
def test_a_card_that_is_refused_decodes_no_photo(
    browser: Client, drawn_by: Callable[[Callable[[bytes], bytes]], None]
) -> None:
    drawn_by(lambda _: pytest.fail("decoded"))
    photo = SimpleUploadedFile("a.png", picture(20, 20))
    answer = browser.post("/contacts/nouveau/", {"name": "Zoé", "address": "pas une adresse", "photo": photo})
    assert answer.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_while_photos_are_read_is_told_to_come_back(
    browser: Client, drawn_by: Callable[[Callable[[bytes], bytes]], None]
) -> None:
    typed = {"name": "Zoé", "address": "zoe@x.example"}
    browser.post("/contacts/nouveau/", {**typed, "photo": SimpleUploadedFile("a.png", picture(20, 20))})
    card = Contact.objects.get()
    assert browser.get(f"/contacts/{card.pk}/photo/").status_code == 200

    def busy(_: bytes) -> bytes:
        raise FileReaderBusy("every turn is taken")

    drawn_by(busy)
    assert browser.get(f"/contacts/{card.pk}/photo/").status_code == 503
    photo = SimpleUploadedFile("a.png", picture(20, 20))
    answer = browser.post(f"/contacts/{card.pk}/", {**typed, "photo": photo})
    assert answer.status_code == 422
    assert "recommencez dans un instant" in answer.content.decode()


def _outcome(read: Callable[[bytes], bytes], content: bytes) -> bytes | str:
    try:
        return read(content)
    except Refusal as refusal:
        return refusal.code
