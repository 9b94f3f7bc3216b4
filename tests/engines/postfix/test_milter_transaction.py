"""A field is taken down as Postfix tells it, whatever it holds."""

import pytest
from tests.processor import least_seconds

from vaguemestre.engines.postfix.milter_transaction import MilterTransaction, record


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
