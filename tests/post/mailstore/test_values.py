"""What a view says of itself, and the first of a message's fields."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.post.mailstore.values import (
    Clause,
    MessageRef,
    Only,
    OpenedMessage,
    Order,
    Part,
    View,
    Where,
)


def test_a_phrase_is_a_term_of_several_words() -> None:
    assert View(terms=("conseil", "fin d’année")).phrases == ("fin d’année",)


def test_only_phrases_of_the_text_are_shunned() -> None:
    view = View(
        clauses=(
            Clause(Where.TEXT, "lettre du mois", is_not=True),
            Clause(Where.TEXT, "lettre", is_not=True),
            Clause(Where.TEXT, "lettre du jour"),
            Clause(Where.SUBJECT, "lettre du soir", is_not=True),
        )
    )
    assert view.excluded_phrases == ("lettre du mois",)


@pytest.mark.parametrize(
    "view",
    [
        View(order=Order.SUBJECT),
        View(is_reversed=True),
        View(only=frozenset({Only.UNREAD})),
        View(terms=("mot",)),
        View(clauses=(Clause(Where.READ),)),
        View(is_grouped=True),
    ],
)
def test_a_view_that_says_anything_is_not_plain(view: View) -> None:
    assert not view.is_plain


def test_whose_list_it_is_changes_nothing_to_a_plain_view() -> None:
    assert View(mine=frozenset({"a@b.test"}), domains=frozenset({"b.test"})).is_plain


def test_the_first_field_of_a_name_is_given() -> None:
    message = OpenedMessage(
        MessageRef("INBOX", 1, 2), frozenset(), datetime(2026, 11, 25, tzinfo=UTC), 10, "", None,
        (), (), (), (), "", "", (), Part("1", "text/plain"),
        fields=(("list-id", "<un>"), ("list-id", "<deux>")),
    )  # fmt: skip
    assert message.field("list-id") == "<un>"
    assert message.field("list-unsubscribe") == ""


@given(st.integers(0, 2_000_000))
def test_a_file_weighs_what_it_weighed_when_it_was_attached(octets: int) -> None:
    encoded = -(-octets // 57) * 78  # whole lines of 57 octets, as ours and others' programs write them
    told = Part("2", "application/pdf", encoding="base64", size=encoded).octets
    assert octets <= told <= octets + 57
