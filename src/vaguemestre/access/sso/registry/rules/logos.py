"""Re-encoding of logos: the uploaded file itself is never stored."""

import io

from PIL import Image, UnidentifiedImageError

from vaguemestre.foundation.kernel.errors import Refusal

SIDE = 96  # pixels
_MAX_PIXELS = 4_200_000  # larger images are not decoded: the pages wait meanwhile
_KINDS = ("PNG", "JPEG", "WEBP")


def redraw_logo(content: bytes) -> bytes:
    """The logo as a square PNG. Raises Refusal `sso.logo-unreadable`."""
    refused = Refusal("sso.logo-unreadable")
    try:
        with Image.open(io.BytesIO(content), formats=_KINDS) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise refused
            image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded small
            small = image.convert("RGBA")
            small.thumbnail((SIDE, SIDE))
    except (
        UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError,
    ) as error:  # fmt: skip
        raise refused from error
    drawn = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    drawn.paste(small, ((SIDE - small.width) // 2, (SIDE - small.height) // 2))
    output = io.BytesIO()
    drawn.save(output, "PNG", optimize=True)
    return output.getvalue()
