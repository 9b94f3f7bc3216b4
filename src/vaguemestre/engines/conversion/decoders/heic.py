"""Run in the sandbox: `file` (HEIC) → `picture.jpg`."""

from pathlib import Path

import pillow_heif
from PIL import Image, ImageOps

Image.MAX_IMAGE_PIXELS = 60_000_000
pillow_heif.register_heif_opener()
with Image.open("file") as picture:
    picture.thumbnail((2400, 2400))  # before it is turned: each copy would be as large
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.save("picture.jpg", "JPEG", quality=85)  # without EXIF: place and camera
if not Path("picture.jpg").stat().st_size:
    raise SystemExit(1)
