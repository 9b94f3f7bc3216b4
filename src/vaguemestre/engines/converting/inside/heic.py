"""Run apart: `file` (HEIC) → `picture.jpg`."""

from pathlib import Path

import pillow_heif
from PIL import Image, ImageOps

Image.MAX_IMAGE_PIXELS = 60_000_000
pillow_heif.register_heif_opener()
with Image.open("file") as picture:
    shown = ImageOps.exif_transpose(picture).convert("RGB")
    shown.thumbnail((2400, 2400))
    shown.save("picture.jpg", "JPEG", quality=85)  # without the place and the camera it was taken with
if not Path("picture.jpg").stat().st_size:
    raise SystemExit(1)
