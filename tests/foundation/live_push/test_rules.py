"""Notifications become events that carry a folder and a kind, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.live_push.rules import parse_changes, parse_folder_moves, server_sent_event
from vaguemestre.foundation.live_push.values import Change, ChangeKind, FolderMove

NEW = {
    "user": "nmarin@ac-amiens.test",
    "event": "MessageNew",
    "folder": "INBOX",
    "uid": 3.0,
    "subject": "Secret",
}


def test_fifty_messages_in_one_folder_are_one_change() -> None:
    body = json.dumps([{**NEW, "uid": n} for n in range(50)]).encode()
    assert parse_changes(body) == (Change("nmarin@ac-amiens.test", "INBOX", ChangeKind.ARRIVED),)


def test_folders_renamed_and_deleted_are_told_in_order() -> None:
    notices = [
        {"user": "a@b.fr", "event": "MailboxRename", "folder": "Parents", "former": "Paren"},
        NEW,
        {"user": "a@b.fr", "event": "MailboxRename", "folder": "Sans"},
        {"user": "a@b.fr", "event": "MailboxDelete", "folder": "Parents"},
    ]
    assert parse_folder_moves(json.dumps(notices).encode()) == (
        FolderMove("a@b.fr", "Paren", "Parents"),
        FolderMove("a@b.fr", "Parents", ""),
    )


def test_an_event_never_carries_content() -> None:
    (change,) = parse_changes(json.dumps([NEW]).encode())
    assert server_sent_event(change) == b'event: arrived\ndata: {"folder": "INBOX"}\n\n'


@given(st.text())
def test_a_folder_name_cannot_forge_a_second_event(name: str) -> None:
    text = server_sent_event(Change("a@b.fr", name, ChangeKind.GONE))
    assert text.count(b"\n") == 3
    assert b"\r" not in text
    assert json.loads(text.split(b"data: ")[1])["folder"] == name


@given(st.binary() | st.text().map(str.encode))
def test_any_body_is_read_without_complaint(body: bytes) -> None:
    assert isinstance(parse_changes(body), tuple)
    assert isinstance(parse_folder_moves(body), tuple)


@pytest.mark.heavy
@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_any_json_is_read_without_complaint(told: object) -> None:
    assert isinstance(parse_changes(json.dumps(told).encode()), tuple)
