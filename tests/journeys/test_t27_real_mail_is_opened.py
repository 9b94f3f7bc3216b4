"""Hundreds of structures of mail, opened one by one in the browser, on a phone, a tablet and a desk.

No error, nothing asked of anybody, and neither the page nor the text is wider than its place.
"""

import imaplib
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Response
from tests.corpus.letters import corpus
from tests.journeys.conftest import Instance
from tests.journeys.seen import imap, sign_in
from tests.mailbox.webmail.corpus import letters, shape

pytestmark = [pytest.mark.engines, pytest.mark.browser]

SIZES = ((1280, 860), (360, 740), (768, 1024))

# Opens a letter as a click does; says when its text and its cards are there.
OPEN = """async (address) => {
  const app = document.querySelector("mail-app");
  await app.visit(address);
  const message = app.querySelector("#reader .message");
  const ref = message?.dataset.ref.split("/").slice(1).join("/");
  if (!ref || !address.endsWith(`${ref}/`)) return "not open";
  const frame = message.querySelector("iframe.body");
  const until = performance.now() + 8000;
  const waits = () => message.querySelector("[data-fill]:empty") || app.bodyFrame.frame !== frame;
  while (waits() && performance.now() < until) await new Promise((go) => setTimeout(go, 10));
  if (waits()) return "not whole: " + message.querySelector("[data-fill]:empty")?.dataset.fill;
  return document.documentElement.scrollWidth > innerWidth ? "wider than the page" : "";
}"""


def every_letter() -> list[tuple[str, bytes]]:
    """But for what no server takes from a mail program: nothing at all, NUL (RFC 9051 §4.3.1)."""
    others = ((f"{name} (corpus)", content) for name, content in corpus().items())
    every = (*letters(), *others)
    return [(name, content.replace(b"\0", b"\x80")) for name, content in every if content]


def test_the_corpus_has_three_hundred_structures_at_least() -> None:
    assert len({shape(content) for _, content in letters()}) >= 300


# tables in tables in tables, each a step further: their frame scrolls, the page does not widen
STEPPED = "tower of tables"


def overflowing(page: Page) -> str:
    """Whether the text is wider than its frame."""
    text = next(frame for frame in page.frames if "/corps/" in frame.url)
    wide, room = text.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return f"text of {wide} in {room}" if wide > room else ""


@pytest.mark.timeout(1_800)  # the whole of it, with --long
def test_every_letter_opens_and_asks_nothing(
    instance: Instance, page: Page, how_many: Callable[[int, int], int]
) -> None:
    every = every_letter()
    some = every[:: max(1, len(every) // how_many(60, len(every)))]
    head = instance.account("head")
    refs = {}
    with imap(instance, head) as client:
        client.create("Corpus")
        for name, content in some:
            when = imaplib.Time2Internaldate(datetime(2026, 11, 24, 9, tzinfo=UTC))
            told = client.append("Corpus", "", when, content)[1][0].decode()
            refs[name] = "/".join(re.search(r"APPENDUID (\d+) (\d+)", told).groups())
    asked: list[str] = []
    broken: list[str] = []
    told_of: dict[str, str] = {}

    def answered(response: Response) -> None:
        if response.status >= 500:
            broken.append(f"{response.status} {response.url}")

    page.context.on("request", lambda request: asked.append(request.url))
    page.context.on("response", answered)
    page.on("dialog", lambda dialog: (broken.append(f"dialog {dialog.message}"), dialog.dismiss()))  # type: ignore[call-overload]
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    sign_in(page, instance.web, head["username"], head["password"])
    page.goto(f"{instance.web}/messagerie/Corpus/")
    page.locator("#messages li.row").first.wait_for()
    # sampled, each letter at one of the sizes; all of them at every size otherwise
    turns = how_many(1, len(SIZES))
    for place, (name, ref) in enumerate(refs.items()):
        for width, height in [SIZES[(place + turn) % len(SIZES)] for turn in range(turns)]:
            page.set_viewport_size({"width": width, "height": height})
            before = len(broken)
            wrong = page.evaluate(OPEN, f"{instance.web}/messagerie/Corpus/{ref}/")
            if not wrong and name != STEPPED:
                wrong = overflowing(page)
            if wrong or broken[before:]:
                told_of[f"{name} at {width}"] = f"{wrong} {broken[before:]}"
    assert told_of == {}
    own = (instance.web, instance.web.rsplit(":", 1)[0], "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
