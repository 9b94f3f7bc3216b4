"""What an académie adds to a letter: one plain paragraph, of its own people only."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import NOON

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.models import Academy
from vaguemestre.people.paragraphs.labels_fr import KIND_LABELS
from vaguemestre.people.paragraphs.queries import paragraph_for, paragraphs_of
from vaguemestre.people.paragraphs.rules import clean_paragraph, most_characters
from vaguemestre.people.paragraphs.services import remove_paragraph, save_paragraph
from vaguemestre.people.paragraphs.values import LetterKind

KINDS = st.sampled_from(LetterKind)


@given(KINDS, st.text(max_size=400))
def test_a_paragraph_is_one_line_of_visible_signs_or_is_refused(kind: LetterKind, typed: str) -> None:
    try:
        text = clean_paragraph(kind, typed)
    except Refusal:
        visible = [char for char in typed if not unicodedata.category(char).startswith(("C", "Z"))]
        assert not visible or len(typed) > most_characters(kind) // 4, "decomposition lengthens at most so"
        return
    assert text == text.strip()
    assert 0 < len(text) <= most_characters(kind)
    assert "\n" not in text
    assert not any(unicodedata.category(char).startswith("C") for char in text)
    assert clean_paragraph(kind, text) == text


@pytest.mark.parametrize("typed", ["", " \n\t", "\u202e\u200b"])
def test_nothing_visible_is_no_paragraph(typed: str) -> None:
    with pytest.raises(Refusal, match=r"paragraphs\.empty"):
        clean_paragraph(LetterKind.WELCOME, typed)


@pytest.mark.parametrize("kind", LetterKind)
def test_a_paragraph_has_its_limit_and_every_kind_its_words(kind: LetterKind) -> None:
    most = most_characters(kind)
    assert len(clean_paragraph(kind, "a" * most)) == most
    with pytest.raises(Refusal, match=r"paragraphs\.too-long"):
        clean_paragraph(kind, "a" * (most + 1))
    assert KIND_LABELS[kind].place


def academy(code: str, domain: str) -> int:
    return Academy.objects.create(code=code, name=f"Académie {code}", domain=domain).pk


@pytest.mark.django_db(transaction=True)
def test_a_paragraph_is_read_by_the_letters_of_its_academie_alone_until_it_is_removed() -> None:
    here, kind = academy("20", "ac-amiens.test"), LetterKind.CLOSING
    academy("10", "ac-lille.test")
    save_paragraph(here, kind, "Bureau 12,\r\nle matin.", by="account:1", now=NOON)
    assert paragraph_for(kind, "AC-Amiens.test") == "Bureau 12, le matin."
    assert paragraph_for(kind, "ac-lille.test") == ""
    assert paragraph_for(LetterKind.WELCOME, "ac-amiens.test") == ""
    assert paragraphs_of(here)[kind].text == "Bureau 12, le matin."
    remove_paragraph(here, kind, by="account:1", now=NOON)
    assert paragraph_for(kind, "ac-amiens.test") == ""
    assert paragraphs_of(here) == {}


@pytest.mark.django_db(transaction=True)
def test_each_change_is_journaled_once_with_what_was_before_and_after() -> None:
    here, kind = academy("20", "ac-amiens.test"), LetterKind.WELCOME
    for text in ("Un.", "Deux.", "Deux."):
        save_paragraph(here, kind, text, by="account:1", now=NOON)
    for _ in range(2):
        remove_paragraph(here, kind, by="account:1", now=NOON)
    entries = Entry.objects.filter(to=f"academy:{here}").order_by("pk")
    assert [(one.action, one.details["before"], one.details.get("after")) for one in entries] == [
        ("paragraphs.changed", "", "Un."), ("paragraphs.changed", "Un.", "Deux."),
        ("paragraphs.removed", "Deux.", None),
    ]  # fmt: skip
