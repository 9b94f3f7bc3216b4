"""A field is taken down as Postfix tells it, whatever it holds."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processor import least_seconds

from vaguemestre.engines.postfix.milter_transaction import MilterTransaction, PartCounter, record


@pytest.mark.parametrize("subject", ["=?utf-8?B?x?=", "=?x?q?x?=", "=?utf-8?q?x"])
def test_a_subject_that_cannot_be_decoded_is_shown_as_written(subject: str) -> None:
    transaction = MilterTransaction()
    record(transaction, b"L", f"Subject\0{subject}\0".encode())
    assert transaction.subject == subject


@pytest.mark.parametrize("name", ["From", "Sender", "Resent-From"])
def test_of_very_many_senders_enough_are_kept_to_refuse_the_message(name: str) -> None:
    """Two million of them fit in a message, and held the gate for days."""
    field = f"{name}\0marie.dupont@ac-amiens.test\0".encode()

    def take_down() -> None:
        transaction = MilterTransaction()
        for _ in range(20_000):
            record(transaction, b"L", field)
        assert 20 < len(transaction.signed) < 30

    assert least_seconds(take_down, 1.0) < 1.0


@given(st.text("\r\n-b", max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_lines_that_may_begin_a_part_are_counted_wherever_the_body_is_cut(text: str, cuts: list[int]) -> None:
    whole, cut = PartCounter(), PartCounter()
    whole.add(text.encode())
    places = [0, *sorted(cuts), len(text)]
    for start, end in pairwise(places):
        cut.add(text[start:end].encode())
    assert cut.count == whole.count
    assert whole.count == sum(line.startswith("--") for line in text.replace("\r", "\n").split("\n"))
