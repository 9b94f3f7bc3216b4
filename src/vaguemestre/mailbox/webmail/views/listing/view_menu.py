"""Menu that sorts and filters the list."""

from typing import NamedTuple

from vaguemestre.mailbox.webmail.rules.listing.view_params import FILTERS, ORDERS
from vaguemestre.post.mailstore.values import Order, View


class Choice(NamedTuple):
    """One choice of a menu."""

    value: str
    name: str
    is_chosen: bool


class ViewMenu(NamedTuple):
    """Choices of the menu that sorts and filters the list. `active`: names of the filters that are on.

    `is_changed`: the list is not as it comes, whatever is searched for.
    """

    orders: tuple[Choice, ...]
    directions: tuple[Choice, ...]
    filters: tuple[Choice, ...]
    active: str
    is_changed: bool


def view_menu(view: View, *, is_merged: bool = False) -> ViewMenu:
    """Choices of the menu, those of the view chosen. `is_merged`: several mailboxes, always by date."""
    names = ORDERS[view.order]
    orders = [order for order in ORDERS if order is not Order.RELEVANCE or view.terms]
    return ViewMenu(
        orders=()
        if is_merged
        else tuple(Choice(order.value, ORDERS[order].name, order is view.order) for order in orders),
        directions=(
            Choice("", names.default, not view.is_reversed),
            Choice("inverse", names.reverse, view.is_reversed),
        ),
        filters=tuple(Choice(only.value, name, only in view.only) for only, name in FILTERS.items()),
        active=", ".join(name.lower() for only, name in FILTERS.items() if only in view.only),
        is_changed=bool(view.only) or view.is_reversed or view.order is not Order.DATE,
    )
