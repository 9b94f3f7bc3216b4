"""The query string of a paginated list."""

from vaguemestre.foundation.ui.listing import Listing


def test_words_typed_into_the_filter_are_trimmed_and_cut() -> None:
    listing = Listing.of({"q": f"  Lycée {'x' * 100} "}, ("nom",))
    assert listing.search == f"Lycée {'x' * 74}"


def test_a_list_without_a_filter_searches_nothing() -> None:
    assert Listing.of({"tri": "nom"}, ("nom",)).search == ""
