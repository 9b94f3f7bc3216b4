"""A field is taken down as Postfix tells it, whatever it holds."""

import pytest

from vaguemestre.engines.postfix.milter_transaction import MilterTransaction, record


@pytest.mark.parametrize("subject", ["=?utf-8?B?x?=", "=?x?q?x?=", "=?utf-8?q?x"])
def test_a_subject_that_cannot_be_decoded_is_shown_as_written(subject: str) -> None:
    transaction = MilterTransaction()
    record(transaction, b"L", f"Subject\0{subject}\0".encode())
    assert transaction.subject == subject
