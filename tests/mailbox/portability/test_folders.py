"""A folder comes back under the name it has here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.mailbox.portability.rules.folders import target
from vaguemestre.mailbox.portability.values import Places

HERE = Places(
    frozenset({"INBOX", "Sent", "Drafts", "Junk", "Trash", "Archive", "Projets/2026"}),
    {"sent": "Sent", "drafts": "Drafts", "junk": "Junk", "trash": "Trash", "archive": "Archive"},
)


@pytest.mark.parametrize(
    ("there", "use", "here"),
    [
        ("", "", "INBOX"),
        ("Inbox", "", "INBOX"),
        ("Boîte de réception", "", "INBOX"),
        ("Éléments envoyés", "", "Sent"),
        ("Objets transmis", "sent", "Sent"),
        ("[Gmail]/Corbeille", "", "Trash"),
        ("courriels/INBOX.mbox", "", "INBOX"),
        ("courriels/Projets/2026.mbox", "", "Projets/2026"),
        ("Inbox.sbd/Parents", "", "Parents"),
        ("INBOX/Sent", "", "Sent"),
        ("INBOX/Corbeille", "", "Trash"),
        ("INBOX/Brouillons", "", "Drafts"),
        ("INBOX/Gesendet", "sent", "Sent"),
        ("INBOX/Sent/2019", "", "Sent/2019"),
        ("INBOX/PROJETS/2026", "", "Projets/2026"),
        ("INBOX/Inbox/Parents", "", "Inbox/Parents"),
        ("[Gmail]/Messages envoyés", "sent", "Sent"),
        ("[Gmail]/Sent Mail", "", "Sent"),
        ("Junk Email", "", "Junk"),
        ("Courrier indésirable", "", "Junk"),
        ("QUARANTAINE", "", "Junk"),
        ("DRAFT", "", "Drafts"),
        ("Courriers envoyés", "", "Sent"),
        ("Courriers indésirables", "", "Junk"),
        ("PROJETS/2026", "", "Projets/2026"),
        ("Sent/2019", "", "Sent/2019"),
        ("Conseils de classe", "", "Conseils de classe"),
        ("a%b*c", "", "a b c"),
        (". . .", "", "INBOX"),
    ],
)
def test_known_folders_are_recognised_and_others_keep_their_names(there: str, use: str, here: str) -> None:
    assert target(there, use, HERE) == here


def test_apart_means_below_one_folder() -> None:
    assert target("Sent", "sent", HERE, apart="Import") == "Import/Sent"
    assert target("", "", HERE, apart="Import") == "Import"


@given(st.text(max_size=200), st.sampled_from(["", "sent", "all"]))
def test_whatever_a_program_wrote_the_name_is_one_that_a_mailbox_takes(there: str, use: str) -> None:
    name = target(there, use, HERE)
    assert name
    assert not set(name) & set("\x00\r\n\x7f%*\\")
    assert all(step.strip() and step.strip(".") for step in name.split("/"))
