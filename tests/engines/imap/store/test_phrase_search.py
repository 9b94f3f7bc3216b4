"""Phrases among the messages of a live Dovecot: whatever their text is written in, and for so long only."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.engines.live import LiveEngines, wait_until
from tests.engines.mail import Post
from tests.engines.samples import at, letter, rich

from vaguemestre.engines.imap.store import phrase_search
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.mailbox.webmail.rules.listing.search_query import plain_terms
from vaguemestre.post.mailstore.ports import Mailbox
from vaguemestre.post.mailstore.values import Clause, Page, View, Where

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


_SENDERS = {
    "Rémi Vandenbroucke": ("remi", "Rémi", "rem", "vandenbroucke", "remi vandenbroucke"),
    "Aïssatou N’Diaye": ("aissatou", "aïssatou", "Aissatou N'Diaye"),
    "LEFÈVRE Hélène": ("lefevre", "Lefèvre", "helene", "lefevre helene"),
    "Élodie Muñoz": ("elodie", "élodie", "ELODIE", "munoz"),
    "Jean-René Benoît": ("jean-rene", "rene", "benoit"),
    "Eric Legrand": ("éric", "Éric", "eric"),
    "Aura Notre": ("aura", "Aura", "notre"),  # the language has no use for these words
}


def test_a_person_is_found_without_the_accents_of_the_name(box: Mailbox) -> None:
    for minute, name in enumerate(_SENDERS):
        person, other = f"{name} <x{minute}@ac-amiens.test>", "Moi <moi@ac-amiens.test>"
        box.append("INBOX", letter(f"lettre {minute}", From=person, To=other), (), at(minute))
        box.append("INBOX", letter(f"réponse {minute}", From=other, To=person), (), at(minute))
    for minute, typed in enumerate(_SENDERS.values()):
        for words in typed:
            assert sorted(found(box, words)) == [f"lettre {minute}", f"réponse {minute}"], words
            sender, recipient = Clause(Where.FROM, words), Clause(Where.TO, words)
            assert subjects(box, View(clauses=(sender,))) == [f"lettre {minute}"], words
            assert subjects(box, View(clauses=(recipient,))) == [f"réponse {minute}"], words
            others = View(clauses=(replace(sender, is_not=True), Clause(Where.SUBJECT, "lettre")))
            assert len(subjects(box, others)) == len(_SENDERS) - 1, words


def subjects(box: Mailbox, view: View) -> list[str]:
    return [row.summary.subject for row in box.look("INBOX", view, 0, 50).rows]
