"""A photo that can be shown: small, and made again from its points so that it is nothing else."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from vaguemestre.foundation.kernel.errors import Refusal

LARGEST = 10_000_000  # octets
_SIDE = 256
_MOST_POINTS = 50_000_000
_KINDS = ("JPEG", "PNG", "GIF", "WEBP")


def fitted(content: bytes) -> bytes:
    """A JPEG of 256 points a side at most. Raises Refusal `contacts.photo-unreadable`."""
    if len(content) > LARGEST:
        raise Refusal("contacts.photo-unreadable")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=_KINDS) as picture:
                if picture.width * picture.height > _MOST_POINTS:
                    raise Refusal("contacts.photo-unreadable")
                upright = ImageOps.exif_transpose(picture).convert("RGB")
                small = ImageOps.fit(upright, (_SIDE, _SIDE)) if min(upright.size) >= _SIDE else upright
                small.thumbnail((_SIDE, _SIDE))
                out = io.BytesIO()
                small.save(out, "JPEG", quality=85)
    except (
        OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError, Warning,
    ) as error:  # fmt: skip
        raise Refusal("contacts.photo-unreadable") from error
    return out.getvalue()
