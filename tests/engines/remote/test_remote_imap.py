"""What another IMAP server says of its folders is not repeated to it blindly."""

import pytest

from vaguemestre.engines.remote_imap import _parse_list


@pytest.mark.parametrize("name", [b"Notes\r\nA9 DELETE INBOX", b"Notes\nA9 LOGOUT", b"Not\0es"])
def test_a_folder_whose_name_holds_a_line_end_is_passed_over(name: bytes) -> None:
    answer = [(b'(\\HasNoChildren) "/" {%d}' % len(name), name), b'(\\HasNoChildren) "/" "Projets"']
    assert [folder.name for folder in _parse_list(answer)] == ["Projets"]
