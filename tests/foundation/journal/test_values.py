"""Subjects are written, and read back."""

import pytest

from vaguemestre.foundation.journal.values import Subject, number_of, numbers_of


@pytest.mark.parametrize("written", ["account:7", "cli", "sender:x@a.test", "link:a:b", ""])
def test_a_subject_is_written_as_it_was_read(written: str) -> None:
    assert str(Subject.parse(written)) == written


@pytest.mark.parametrize(
    ("written", "number"),
    [("account:7", 7), ("person:7", 0), ("account", 0), ("account:", 0), ("account:²", 0), ("account:x", 0)],
)
def test_the_number_of_an_account(written: str, number: int) -> None:
    assert number_of("account", written) == number


def test_numbers_are_those_of_one_kind() -> None:
    assert numbers_of("account", ["account:7", "cli", "person:8", "account:9"]) == {7, 9}
