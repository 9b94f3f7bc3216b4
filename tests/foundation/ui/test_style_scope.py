"""What changes in the mail page has its own style looked up, not that of the whole page."""

import re
from pathlib import Path

import vaguemestre
from vaguemestre.foundation.ui.bundles import BUNDLES, bundle

ROOMS = Path(vaguemestre.__file__).parent
SELECTOR = re.compile(r"(?:^|[{};])\s*([^{}@;]*:has\([^{}]*?)\{")
HOLDER = re.compile(r"([\w.#-]*)(?::[\w-]+)*(?::not\()?:has\(")
CLASSES = ("app", "mailbox", "composing", "mail", "list", "rows", "read")
# what holds the list or the reading pane, and so changes with them; nothing named: whatever holds them
PAGE = {"", "html", "body", "main", "mail-app"} | {f".{name}" for name in CLASSES}


def mail_styles() -> str:
    texts = []
    for name in BUNDLES["ui/mail.css"]:
        (file,) = ROOMS.glob(f"*/{name.partition('/')[0]}/static/{name}")
        texts.append(file.read_text())
    return bundle("ui/mail.css", texts)


def with_has() -> list[str]:
    """Selectors, several of them where one rule has several."""
    return SELECTOR.findall(mail_styles())


def test_nothing_asks_what_the_whole_page_has() -> None:
    """Asked of what holds the page, `:has` makes each change there a change of everything it holds."""
    holders = [holder for selector in with_has() for holder in HOLDER.findall(selector)]
    assert holders
    assert PAGE.intersection(holders) == set()


def test_what_has_something_changes_named_parts_only() -> None:
    """`:has(…) > *` sends browsers through all that is below, also for every other `:has` of the page."""
    assert [selector for selector in with_has() if re.search(r"\*\s*(?:,|$)", selector)] == []
