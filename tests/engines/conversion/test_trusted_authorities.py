"""Who this machine trusts is read without a word: its commands are read by people."""

import warnings

from vaguemestre.engines.conversion.trusted_authorities import trusted_authorities


def test_the_authorities_of_debian_are_read_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert trusted_authorities.__wrapped__()
