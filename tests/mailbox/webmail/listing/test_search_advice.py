"""A search that found nothing says what was not understood, and what to try."""

from datetime import date

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.answers import as_typed
from tests.mailbox.webmail.conftest import put

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.mailbox.webmail.rules.listing.search_advice import Advice, advice_on

TODAY = date(2026, 11, 29)
WORDS = frozenset(("chantilly", "conseil", "dewailly", "élèves"))


def advice(text: str) -> Advice:
    return advice_on(text, WORDS, TODAY, lambda name: "")


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("avc:pj chantilly", ("avc:pj",)),
        ("de:marie avec:pj", ()),
        ("avant:demain", ("avant:demain",)),
        ("-est:beau", ("est:beau",)),
        ("http://exemple.fr 12:30", ()),
        ('"de lui: rien"', ()),
    ],
)
def test_what_only_looks_like_a_criterion_is_pointed_out(text: str, unknown: tuple[str, ...]) -> None:
    assert advice(text).unknown == unknown


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("chantily", "chantilly"),
        ("de:dewaily avec:pj Chantily", "de:dewailly avec:pj chantilly"),
        ("eleves conseil", None),
        ("introuvable", None),
        ("dans:conseli", None),
    ],
)
def test_a_word_nearly_right_is_spelled_as_in_recent_mail(text: str, better: str | None) -> None:
    nearest = advice(text).nearest
    assert (nearest and nearest.query) == better


def test_each_part_can_be_left_out() -> None:
    assert [chip.query for chip in advice("de:dewailly avec:pj chantily").without] == [
        "avec:pj chantily",
        "de:dewailly chantily",
        "de:dewailly avec:pj",
    ]
    assert advice("chantily").without == ()


@given(st.text(max_size=80))
def test_any_search_gets_advice_that_can_be_searched(text: str) -> None:
    told = advice(text)
    for chip in (*told.without, *([told.nearest] if told.nearest else [])):
        assert len(chip.query) <= len(text) + 40


@pytest.mark.django_db
def test_the_page_offers_what_to_try(reader: Client, box: MemoryMailbox) -> None:
    put(box, subject="Sortie à Chantilly")
    page = as_typed(reader.get("/messagerie/?q=avc:pj chantily&partout=1").content.decode())
    assert "« avc:pj » n’est pas un critère connu" in page
    assert "?q=avc%3Apj+chantilly&amp;partout=1" in page
    assert "?q=chantily&amp;partout=1" in page
    assert "Chantilly" in reader.get("/messagerie/?q=Chantilly&partout=1").content.decode()


@pytest.mark.django_db
def test_a_search_everywhere_lights_no_folder(reader: Client, box: MemoryMailbox) -> None:
    """« Tous les courriels » was lit, which nobody had chosen."""
    put(box, subject="Sortie à Chantilly")
    folders = reader.get("/messagerie/?q=chantilly&partout=1").content.decode().split('id="messages"')[0]
    assert 'class="folder-link"' in folders
    assert not [line for line in folders.splitlines() if "folder-link" in line and "aria-current" in line]
