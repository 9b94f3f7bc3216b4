"""Pictures of screens, small, and how far one is from another whatever draws the letters."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

WIDTHS = {1280: 512, 390: 195}  # of a window: of its picture
COLOURS = 64
VISIBLE = 28  # difference of a channel, of 255, beyond which a pixel is another
BLUR = 1  # pixels: letters drawn a little otherwise are the same


def shrink(png: bytes) -> Image.Image:
    """The picture kept of a screenshot."""
    image = Image.open(BytesIO(png)).convert("RGB")
    width = WIDTHS[image.width]
    height = round(image.height * width / image.width)
    return image.resize((width, height), Image.Resampling.BOX)


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture with few colours, a dozen kilobytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def changed_pixels(before: Image.Image, after: Image.Image) -> Image.Image:
    """White where the two differ visibly, black elsewhere. Both have one size."""
    blur = ImageFilter.BoxBlur(BLUR)
    difference = ImageChops.difference(before.convert("RGB").filter(blur), after.convert("RGB").filter(blur))
    red, green, blue = difference.split()
    largest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return largest.point([0] * VISIBLE + [255] * (256 - VISIBLE))


def changed_share(before: Image.Image, after: Image.Image) -> float:
    """Share of pixels that differ visibly, 0 to 1; 1 when sizes differ."""
    if before.size != after.size:
        return 1.0
    return changed_pixels(before, after).histogram()[255] / (before.width * before.height)


def side_by_side(before: Image.Image, after: Image.Image) -> Image.Image:
    """Before, after, and what changed."""
    parts = [before.convert("RGB"), after.convert("RGB")]
    if before.size == after.size:
        parts.append(changed_pixels(before, after).convert("RGB"))
    sheet = Image.new("RGB", (sum(part.width for part in parts), max(part.height for part in parts)), "red")
    left = 0
    for part in parts:
        sheet.paste(part, (left, 0))
        left += part.width
    return sheet
