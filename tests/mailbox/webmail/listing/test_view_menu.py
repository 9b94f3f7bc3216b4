"""The sign of sorting and filtering is lit where the list is not as it comes, and only there."""

import pytest

from vaguemestre.mailbox.webmail.views.listing.view_menu import view_menu
from vaguemestre.post.mailstore.values import Only, Order, View


@pytest.mark.parametrize(
    ("view", "is_lit"),
    [
        (View(), False),
        (View(terms=("chauffage",)), False),
        (View(is_grouped=True), False),
        (View(order=Order.SENDER), True),
        (View(is_reversed=True), True),
        (View(terms=("chauffage",), order=Order.RELEVANCE), True),
        (View(only=frozenset({Only.UNREAD})), True),
    ],
)
def test_it_is_lit_where_the_list_is_not_as_it_comes(view: View, is_lit: bool) -> None:
    assert view_menu(view).is_changed is is_lit
