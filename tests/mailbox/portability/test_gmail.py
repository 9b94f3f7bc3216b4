"""Mail exported from Gmail is one mbox: the labels of each message tell where it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mailbox.portability.test_import import NOW, archive, letter

from vaguemestre.engines.memory.transfer_store import MemoryStore
from vaguemestre.mailbox.portability.rules.gmail import Labels, labels_of
from vaguemestre.mailbox.portability.services import import_messages
from vaguemestre.mailbox.portability.values import Tally


def labelled(number: int, labels: str) -> bytes:
    """A message of such an mbox."""
    first = f"From 16618289176745323{number:02}@xxx Sun Mar 22 02:19:17 +0000 2020\n"
    fields = f"X-GM-THRID: 1661828917674532{number:03}\nX-Gmail-Labels: {labels}\n"
    return (first + fields).encode() + letter(number).replace(b"\r\n", b"\n") + b"\n"


@pytest.mark.parametrize(
    ("labels", "folder", "flags"),
    [
        ("Inbox,Important,Opened", "INBOX", {"\\Seen"}),
        ("Boîte de réception,Non lus", "INBOX", set()),
        ("=?UTF-8?Q?Bo=C3=AEte_de_r=C3=A9ception,Non_lus,Cat=C3=A9gorie_:_Promotions?=", "INBOX", set()),
        ("=?UTF-8?Q?Messages_envoy=C3=A9s,Ouvert?=", "Sent", {"\\Seen"}),
        ("Sent,Voyages/Italie", "Sent", {"\\Seen"}),
        ("Corbeille,Messages envoyés", "Trash", {"\\Seen"}),
        ("Spam,Unread", "Junk", set()),
        ("Brouillons", "Drafts", {"\\Seen"}),
        ('Archivés,"Parents, 4e B"', "Parents, 4e B", {"\\Seen"}),
        ("Ouvert,Voyages/Italie,Suivis", "Voyages/Italie", {"\\Seen", "\\Flagged"}),
        ("Messages archivés,Ouvert", "Archive", {"\\Seen"}),
        ("Category Updates,Opened", "Archive", {"\\Seen"}),
    ],
)
def test_a_message_goes_where_its_labels_say(labels: str, folder: str, flags: set[str]) -> None:
    for source in ("", "Takeout/Messages/Tous les messages"):
        store = MemoryStore()
        import_messages(store, archive((source, labelled(1, labels), True)), Tally(), now=NOW)
        ((name, (message,)),) = [(name, found) for name, found in store.folders.items() if found]
        assert (name, message.flags) == (folder, flags), source


def test_what_is_imported_apart_keeps_its_folders_there() -> None:
    store = MemoryStore()
    source = archive(("", labelled(1, "Spam") + labelled(2, "Inbox"), True))
    import_messages(store, source, Tally(), now=NOW, apart="Import")
    assert {name for name, found in store.folders.items() if found} == {"Import/Spam", "Import"}


def test_labels_alone_move_nothing() -> None:
    """A stranger may write these fields; Gmail's export writes them above all others."""
    alone = labelled(1, "Trash").replace(b"X-GM-THRID", b"X-Other")
    below = labelled(2, "Trash").replace(b"X-GM-THRID", b"Return-Path: <x@y.test>\nX-GM-THRID")
    store = MemoryStore()
    import_messages(store, archive(("Projets", alone + below, True)), Tally(), now=NOW)
    assert len(store.folders["Projets"]) == 2
    assert labels_of(letter(1)) is None


@given(st.binary(max_size=120))
def test_any_labels_are_read(labels: bytes) -> None:
    content = b"X-GM-THRID: 1\nX-Gmail-Labels: " + labels.replace(b"\n", b" ") + b"\n\nx"
    assert isinstance(labels_of(content), Labels | None)
