"""A logo is drawn again, or refused in a sentence, whatever file is given."""

import io
import struct
import zlib

import pytest
from PIL import Image

from vaguemestre.access.sso.registry.rules.logos import SIDE, redraw_logo
from vaguemestre.foundation.kernel.errors import Refusal


def png_of(width: int, height: int) -> bytes:
    """The header of an image of that size, and almost nothing of it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(1_000))
    chunks = (
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (header, data, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    "content",
    [
        png_of(40_000, 40_000),
        png_of(14_000, 14_000),
        png_of(5_000, 5_000),
        png_of(2_100, 2_100),
        b"RIFF\xff\xff\xff\xffWEBPVP8X\x0a\0\0\0\x10\0\0\0\xff\xff\xff\xff\xff\xff",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"",
    ],
)
def test_what_is_no_reasonable_image_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match="sso.logo-unreadable"):
        redraw_logo(content)


def test_an_image_becomes_a_square() -> None:
    given = io.BytesIO()
    Image.new("RGB", (300, 100), "red").save(given, "JPEG")
    assert Image.open(io.BytesIO(redraw_logo(given.getvalue()))).size == (SIDE, SIDE)
