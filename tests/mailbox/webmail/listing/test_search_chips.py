"""Criteria of a search as chips: each names one criterion and leads to the search without it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.text.keywords import keyword
from vaguemestre.mailbox.webmail.rules.listing import search_chips, search_query

TODAY = date(2026, 11, 25)
PIECES = (
    "de:marie",
    'objet:"conseil de classe"',
    "à:cdi",
    "après:01/09/2026",
    "avant:hier",
    "a:pièce",
    "est:non-lu",
    "dans:archives",
    "-de:lui",
    "étiquette:travail",
)


def chips(typed: str) -> tuple[search_chips.Chip, ...]:
    places = {"sent": "Envoyés", "archives": "Archives"}
    return search_chips.criteria(typed, TODAY, keyword, lambda place: places.get(place, place))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("de:marie", "De : marie"),
        ("from:marie", "De : marie"),
        ("à:cdi", "À : cdi"),
        ('objet:"conseil de classe"', "Objet : conseil de classe"),
        ("has:attachment", "Avec pièce jointe"),
        ("après:01/09/2026", "À partir du 01/09/2026"),
        ("avant:hier", "Avant le 24/11/2026"),
        ("dans:archives", "Dans : Archives"),
        ("in:sent", "Dans : Envoyés"),
        ("larger:10M", "Plus de 10 Mo"),
        ("smaller_than:300kb", "Moins de 300 ko"),
        ("est:non-lu", "Non lus"),
        ("-de:marie", "Sauf De : marie"),
    ],
)
def test_a_criterion_is_named_in_french(typed: str, words: str) -> None:
    assert chips(f"musée {typed} sortie") == (search_chips.Chip(words, "musée sortie"),)


@pytest.mark.parametrize("typed", ["", "musée", "est:vert", "nom:x", "avant:jamais", '"de:marie"'])
def test_words_are_no_criteria(typed: str) -> None:
    assert chips(typed) == ()


@given(st.lists(st.sampled_from((*PIECES, "musée", "sortie")), unique=True))
def test_a_chip_leads_to_the_search_without_it_and_nothing_else(pieces: list[str]) -> None:
    typed = " ".join(pieces)
    asked = [piece for piece in pieces if piece in PIECES]
    assert len(chips(typed)) == len(asked)
    for piece, chip in zip(asked, chips(typed), strict=True):
        rest = " ".join(other for other in pieces if other != piece)
        assert chip.query == rest


@given(st.lists(st.sampled_from((*PIECES, "musée")), unique=True))
def test_what_is_offered_adds_one_criterion_to_all_others(pieces: list[str]) -> None:
    typed = " ".join(pieces)
    for offer in search_chips.offers(typed, TODAY, keyword):
        more = chips(offer.query)
        assert len(more) == len(chips(typed)) + 1
        assert more[0].query == typed
        assert (
            search_query.parse_query(offer.query, TODAY, keyword).terms
            == search_query.parse_query(typed, TODAY, keyword).terms
        )
