"""Sizes in words."""

import pytest

from vaguemestre.foundation.kernel.text.sizes import GIGABYTE, MEGABYTE, in_words, on_one_line


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (0, "0 o"),
        (1, "1 ko"),
        (1023, "1 ko"),
        (1024, "1 ko"),
        (184_200, "180 ko"),
        (MEGABYTE - 1, "1023 ko"),
        (MEGABYTE, "1 Mo"),
        (1_240_000, "1,2 Mo"),
        (2048 * MEGABYTE, "2 Go"),
        (3000 * MEGABYTE, "3\u00a0000 Mo"),
        (1536 * MEGABYTE, "1,5 Go"),
        (int(1.3 * GIGABYTE), "1,3 Go"),
    ],
)
def test_a_size_is_said_as_file_managers_say_it(octets: int, words: str) -> None:
    assert in_words(octets) == words


def test_a_page_never_cuts_a_size_between_number_and_unit() -> None:
    assert on_one_line(2048 * MEGABYTE) == "2\u00a0Go"
