"""Thumbnails of photos, re-encoded from their pixels so that nothing else is served."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from vaguemestre.foundation.kernel.errors import Refusal

MAX_PHOTO_OCTETS = 10_000_000
_SIDE_PIXELS = 256
_MAX_PIXELS = 50_000_000
_KINDS = ("JPEG", "PNG", "GIF", "WEBP")


def thumbnail(content: bytes) -> bytes:
    """JPEG of 256 × 256 pixels at most. Raises Refusal `contacts.photo-unreadable`."""
    if len(content) > MAX_PHOTO_OCTETS:
        raise Refusal("contacts.photo-unreadable")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=_KINDS) as picture:
                if picture.width * picture.height > _MAX_PIXELS:
                    raise Refusal("contacts.photo-unreadable")
                upright = ImageOps.exif_transpose(picture).convert("RGB")
                small = (
                    ImageOps.fit(upright, (_SIDE_PIXELS, _SIDE_PIXELS))
                    if min(upright.size) >= _SIDE_PIXELS
                    else upright
                )
                small.thumbnail((_SIDE_PIXELS, _SIDE_PIXELS))
                out = io.BytesIO()
                small.save(out, "JPEG", quality=85)
    except (
        OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError, Warning,
    ) as error:  # fmt: skip
        raise Refusal("contacts.photo-unreadable") from error
    return out.getvalue()
