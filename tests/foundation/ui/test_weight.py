"""The mail reader opens light: what it fetches the first time, before any compression."""

from pathlib import Path

import vaguemestre
from vaguemestre.foundation.ui.bundles import BUNDLES, bundle

ROOMS = Path(vaguemestre.__file__).parent
READER = ("ui/mail.css", "webmail/page.js")
ALONE = ("ui/ui.js", "ui/icons.svg", "ui/atkinson.woff2")
THE_PAGE_ITSELF = 16_000  # gzip, two hundred folders left aside


def content(name: str) -> bytes:
    (file,) = ROOMS.glob(f"*/{name.partition('/')[0]}/static/{name}")
    return file.read_bytes()


def test_the_reader_weighs_two_hundred_thousand_bytes_at_most() -> None:
    bundles = {name: bundle(name, [content(part).decode() for part in BUNDLES[name]]) for name in READER}
    weights = {name: len(text.encode()) for name, text in bundles.items()}
    weights |= {name: len(content(name)) for name in ALONE}
    assert sum(weights.values()) + THE_PAGE_ITSELF <= 200_000, weights
