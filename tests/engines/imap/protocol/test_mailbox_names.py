"""Folder names travel in modified UTF-7 and come back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.imap_utf7 import decode, encode

from vaguemestre.engines.imap.protocol import mailbox_names

possible = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=30)


@given(possible)
def test_a_name_comes_back_the_same(name: str) -> None:
    assert mailbox_names.from_wire(mailbox_names.to_wire(name)) == name
    assert mailbox_names.to_wire(name).isascii()


@given(possible)
def test_a_name_is_written_as_imapclient_writes_it(name: str) -> None:
    assert mailbox_names.to_wire(name).encode("ascii") == encode(name)
    assert decode(mailbox_names.to_wire(name).encode("ascii")) == name


@pytest.mark.parametrize("name", ["&", "&-", "&AOk", "&!!!-", "&2AA-", "a&b-"])
def test_a_malformed_name_is_read_without_failing(name: str) -> None:
    assert isinstance(mailbox_names.from_wire(name), str)


@pytest.mark.parametrize("name", ["", "a\r\nb", "\x00", "a\x7f", "x" * 1001, "\ud800"])
def test_some_names_cannot_be(name: str) -> None:
    assert not mailbox_names.is_possible(name)
