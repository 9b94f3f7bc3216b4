"""Comparing pictures: what an eye sees counts, how letters are drawn does not."""

import random

from PIL import Image, ImageDraw
from tests.visual.pictures import changed_share, save, side_by_side

MAX_CHANGED = 0.002  # as for screens


def screen(at: int = 20, *, noise: int = 0) -> Image.Image:
    image = Image.new("RGB", (512, 344), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((at, 20, at + 60, 36), fill="navy")
    for line in range(60, 320, 12):
        draw.line((20, line, 400, line), fill=(90, 90, 90))
    if noise:
        chance = random.Random(7)
        drift = [chance.randint(-noise, noise) for _ in range(image.width * image.height)]
        image.putdata(
            [
                tuple(max(0, min(255, value + by)) for value in pixel)  # type: ignore[attr-defined]
                for pixel, by in zip(image.get_flattened_data(), drift, strict=True)
            ]
        )
    return image


def test_a_button_that_moved_is_seen() -> None:
    assert changed_share(screen(), screen(at=90)) > MAX_CHANGED


def test_letters_drawn_a_little_otherwise_are_the_same() -> None:
    assert changed_share(screen(), screen(noise=20)) <= MAX_CHANGED
    assert changed_share(screen(), screen()) == 0


def test_another_size_is_another_screen() -> None:
    assert changed_share(screen(), screen().crop((0, 0, 512, 300))) == 1


def test_a_picture_kept_is_small_and_the_same(tmp_path) -> None:
    path = tmp_path / "picture.png"
    save(screen(), path)
    assert path.stat().st_size < 20_000
    kept = Image.open(path).convert("RGB")
    assert changed_share(screen(), kept) <= MAX_CHANGED
    assert side_by_side(screen(), kept).width == 3 * 512
