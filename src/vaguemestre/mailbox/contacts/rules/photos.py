"""Thumbnails of photos, re-encoded from their pixels so that nothing else is served."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageOps, UnidentifiedImageError

from vaguemestre.foundation.kernel.errors import Refusal

MAX_PHOTO_BYTES = 10_000_000
_SIDE_PIXELS = 256
_MAX_PIXELS = 16_800_000  # 4,096 × 4,096: photos of telephones
_LIGHT_PIXELS = 1_000_000  # some milliseconds, and megabytes
_LIGHT_BYTES = 300_000  # a header may be all of the file, in a million pieces
_PROFILE = b"iCCP"  # of a PNG: each is decompressed as the header is read, a kilobyte to a megabyte
_KINDS = ("JPEG", "PNG", "GIF", "WEBP")
_LIGHT_KINDS = ("JPEG", "PNG")  # opened, these two allocate nothing


def is_light(content: bytes) -> bool:
    """Whether a photo costs little to read, by size and header. Raises Refusal `contacts.photo-unreadable`.

    Others are for the sandbox: a few kilobytes may hold a picture of a hundred megabytes.
    """
    if len(content) > MAX_PHOTO_BYTES:
        raise Refusal("contacts.photo-unreadable")
    if not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n")):
        return False
    if len(content) > _LIGHT_BYTES or content.count(_PROFILE) > 1:
        return False
    with _opened(content, _LIGHT_KINDS) as picture:
        return picture.width * picture.height <= _LIGHT_PIXELS


def thumbnail(content: bytes) -> bytes:
    """JPEG of 256 × 256 pixels at most. Raises Refusal `contacts.photo-unreadable`."""
    with _opened(content, _KINDS) as picture:
        upright = ImageOps.exif_transpose(_reduced(picture)).convert("RGB")
        small = (
            ImageOps.fit(upright, (_SIDE_PIXELS, _SIDE_PIXELS))
            if min(upright.size) >= _SIDE_PIXELS
            else upright
        )
        small.thumbnail((_SIDE_PIXELS, _SIDE_PIXELS))
        out = io.BytesIO()
        small.save(out, "JPEG", quality=85)
    return out.getvalue()


@contextmanager
def _opened(content: bytes, kinds: tuple[str, ...]) -> Iterator[Image.Image]:
    """The picture, not decoded yet. Raises Refusal `contacts.photo-unreadable`, while it is used too."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=kinds) as picture:
                if picture.width * picture.height > _MAX_PIXELS:
                    raise Refusal("contacts.photo-unreadable")
                yield picture
    except (
        OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError, Warning,
    ) as error:  # fmt: skip
        raise Refusal("contacts.photo-unreadable") from error


def _reduced(picture: Image.Image) -> Image.Image:
    """The picture, its shorter side between one and two thumbnails long where it is longer.

    Reduced before anything else is made of it: each copy of the whole would be as large.
    """
    picture.draft("RGB", (2 * _SIDE_PIXELS, 2 * _SIDE_PIXELS))  # a JPEG is decoded small
    whole = picture if picture.mode in {"RGB", "RGBA", "L", "LA", "CMYK"} else picture.convert("RGB")
    return whole.reduce(max(1, min(whole.size) // _SIDE_PIXELS))
