"""A message's own pictures are shown within a budget, however often its text shows each."""

from email.message import EmailMessage
from typing import Any

import pytest
from tests.mailbox.webmail.conftest import put

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.mailbox.webmail.rules.tasks import clean
from vaguemestre.mailbox.webmail.services.message.message_reader import read_message
from vaguemestre.mailbox.webmail.values import RenderedMessage

MARIE = "marie@ac-amiens.test"
BUDGET = 11_000_000


def nowhere(*_: Any, **__: Any) -> Any:
    raise AssertionError("such a text is read here")


def read(text: str, pictures: dict[str, int]) -> RenderedMessage:
    """`pictures`: Content-ID → octets."""
    message = EmailMessage()
    message["From"] = "x@dehors.example"
    message.set_content("texte")
    message.add_alternative(text, subtype="html")
    related: Any = list(message.iter_parts())[1]
    for name, size in pictures.items():
        related.add_related(b"\x89PNG\r\n\x1a\n" + bytes(size), "image", "png", cid=f"<{name}>")
    box = MemoryMailboxes().box(MARIE)
    return read_message(box, MARIE, put(box, message.as_bytes(), minutes=1), nowhere)


@pytest.mark.heavy
@pytest.mark.parametrize(("size", "times"), [(2_000_000, 100), (100_000, 500)])
def test_a_picture_shown_again_and_again_is_shown_within_the_budget(size: int, times: int) -> None:
    shown = read('<img src="cid:a">' * times, {"a": size}).body
    assert shown.html.count("data:image/png") == BUDGET // (size * 4 // 3 + 100)
    assert len(shown.html) < BUDGET + 20_000
    assert shown.used == {"a"}, "a picture of the text is no attachment"


@pytest.mark.heavy
def test_several_pictures_share_the_budget_of_their_message() -> None:
    names = [f"p{number}" for number in range(8)]
    shown = read("".join(f'<img src="cid:{name}">' for name in names), dict.fromkeys(names, 2_000_000)).body
    assert shown.html.count("data:image/png") == 4
    assert shown.used == set(names[:4]), "the others are attachments"


def test_a_logo_at_each_line_is_shown_at_each_line() -> None:
    assert read('<p><img src="cid:logo">' * 200, {"logo": 20_000}).body.html.count("data:image/png") == 200


def test_a_reader_apart_asks_for_a_picture_as_often_as_it_is_shown() -> None:
    asked: list[str] = []

    def ask(kind: str, what: str) -> str:
        asked.append(f"{kind} {what}")
        return "data:image/png;base64,AAAA"

    request = {"pictures": ["a"], "is_showing": False, "words": []}
    clean.perform(request, [b'<img src="cid:a">' * 3], ask)
    assert asked == ["picture a"] * 3
