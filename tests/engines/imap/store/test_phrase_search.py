"""Phrases among the messages of a live Dovecot: whatever their text is written in, and for so long only."""

import contextlib
from collections.abc import Iterator

import pytest
from tests.engines.live import LiveEngines, wait_until
from tests.engines.mail import Post
from tests.engines.samples import at, letter, rich

from vaguemestre.engines.imap.store import phrase_search
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.webmail.rules.listing.search_query import plain_terms
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import Page, View

pytestmark = pytest.mark.engines
PAGE = (
    b"Content-Type: text/html; charset=utf-8\r\nSubject: page\r\nMIME-Version: 1.0\r\n\r\n"
    b"<style>p { color: red }</style><p>Le <b>conseil</b></p><p>de&nbsp;classe</p>"
)


@pytest.fixture
def box(engines: LiveEngines) -> Iterator[Mailbox]:
    post = Post(engines)
    with post.mailboxes(post.new_login()) as made:
        yield made
    post.pool.close_all()


def found(box: Mailbox, *phrases: str) -> list[str]:
    """The subjects of what is found; asked again while the index takes longer than one search waits."""
    pages: list[Page] = []

    def has_answered() -> bool:
        with contextlib.suppress(EngineDown):
            pages.append(box.look("INBOX", View(terms=phrases), 0, 50))
        return bool(pages)

    wait_until(has_answered)
    return [row.summary.subject for row in pages[0].rows]


def test_a_phrase_is_found_across_the_tags_of_a_page_and_in_base64(box: Mailbox) -> None:
    box.append("INBOX", PAGE, (), at(1))
    box.append("INBOX", rich("En base64"), (), at(2))
    assert found(box, "conseil de classe") == ["page"]
    assert found(box, "texte accentue") == ["En base64"]


def test_what_there_was_no_time_to_read_is_counted_and_left_out(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 8):
        box.append("INBOX", letter(f"n° {number}", "un conseil de classe"), (), at(number))
    view = View(terms=("conseil de classe",))
    assert box.look("INBOX", view, 0, 50).unchecked == 0
    box.append("INBOX", letter("n° 8", "un conseil de classe"), (), at(8))
    monkeypatch.setattr(phrase_search, "_BATCH", 3)
    monkeypatch.setattr(phrase_search, "_READING_SECONDS", 0.0)
    page = box.look("INBOX", view, 0, 50)
    assert [row.summary.subject for row in page.rows] == ["n° 8", "n° 7", "n° 6"]
    assert (page.total, page.unchecked) == (3, 5)
    assert box.look("INBOX", view, 0, 50).unchecked == 5


def test_a_sentence_without_quotes_finds_its_words_whatever_the_small_ones(box: Mailbox) -> None:
    text = "Bonjour à tous, voici le calendrier pour la rentrée de septembre et pour les réunions."
    box.append("INBOX", letter("Calendrier", text), (), at(1))
    assert found(box, *plain_terms("le calendrier pour la rentrée")) == ["Calendrier"]
    assert found(box, *plain_terms("le calendrier pour la kermesse")) == []


def test_a_name_that_the_language_shortens_to_an_article_is_found(box: Mailbox) -> None:
    box.append("INBOX", letter("Absence de Léa", "Bonjour, elle sera absente demain."), (), at(1))
    box.append("INBOX", letter("Autre", "La réunion de demain est dans le hall."), (), at(2))
    for typed in ("Léa", "léa", "lea"):
        assert found(box, typed) == ["Absence de Léa"]
    assert found(box, "demain") == ["Autre", "Absence de Léa"]
