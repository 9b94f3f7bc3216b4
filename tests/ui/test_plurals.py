"""Counts as French writes them."""

import pytest
from django.utils.translation import ngettext


@pytest.mark.parametrize(("count", "words"), [(0, "demande"), (1, "demande"), (2, "demandes")])
def test_the_plural_begins_at_two(count: int, words: str) -> None:
    assert ngettext("demande", "demandes", count) == words
