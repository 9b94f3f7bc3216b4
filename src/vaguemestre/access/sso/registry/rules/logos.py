"""A logo drawn again: what is kept is pixels of ours, never the file that was sent."""

import io

from PIL import Image, UnidentifiedImageError

from vaguemestre.foundation.kernel.errors import Refusal

SIDE = 96  # pixels
_MOST = 20_000_000  # pixels: a picture that would fill the memory is not opened
_KINDS = ("PNG", "JPEG", "WEBP")


def redrawn(content: bytes) -> bytes:
    """A square PNG. Raises Refusal `sso.logo-unreadable`."""
    refused = Refusal("sso.logo-unreadable")
    try:
        with Image.open(io.BytesIO(content), formats=_KINDS) as sent:
            if sent.width * sent.height > _MOST:
                raise refused
            small = sent.convert("RGBA")
            small.thumbnail((SIDE, SIDE))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise refused from error
    drawn = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    drawn.paste(small, ((SIDE - small.width) // 2, (SIDE - small.height) // 2))
    written = io.BytesIO()
    drawn.save(written, "PNG", optimize=True)
    return written.getvalue()
