"""What is deleted for good stays for a while where its owner can take it back, and counts in no quota."""

import imaplib
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.live import LiveEngines, Someone, letter

from vaguemestre.engines.dovecot.configuration import MAX_DELETED
from vaguemestre.engines.dovecot.copies.deleted_bound import DeletedBound, oldest_beyond
from vaguemestre.engines.dovecot.copies.deleted_recovery import DeletedRecovery
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer, doveadm_socket
from vaguemestre.post.mailstore.values import DELETED_MESSAGES

pytestmark = pytest.mark.engines


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


def put(client: imaplib.IMAP4, subject: str, folder: str = "INBOX", flags: str = "") -> None:
    content = letter("a@b.example", "marie@ac-amiens.test", subject).as_bytes()
    assert client.append(folder, flags, "", content)[0] == "OK"


def delete_all(client: imaplib.IMAP4, folder: str) -> None:
    client.select(folder)
    client.store("1:*", "+FLAGS.SILENT", "\\Deleted")
    client.expunge()


def deleted(client: imaplib.IMAP4) -> list[bytes]:
    """Flags and subject of each deleted message."""
    status, count = client.select(DELETED_MESSAGES, readonly=True)
    if status != "OK" or count == [b"0"]:
        return []
    answers = client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
    return [b" ".join(answer) for answer in answers if isinstance(answer, tuple)]


def test_a_deleted_message_stays_with_its_flags(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        put(client, "perdu", "Trash", "(\\Seen \\Flagged label_12)")
        delete_all(client, "Trash")
        [row] = deleted(client)
        assert b"perdu" in row
        assert {b"\\Seen", b"\\Flagged", b"label_12"} <= set(
            row.replace(b"(", b" ").replace(b")", b" ").split()
        )
        assert b"\\Deleted" not in row


def test_a_message_that_moves_is_not_deleted(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        put(client, "rangé")
        client.select("INBOX")
        client.uid("MOVE", "1", "Archive")
        assert deleted(client) == []
        client.select("Archive")
        client.copy("1", "Trash")  # as mail programs without MOVE
        delete_all(client, "Archive")
        assert deleted(client) == []


@pytest.mark.parametrize("folder", ["Drafts", "Junk"])
def test_former_drafts_and_junk_are_not_kept(engines: LiveEngines, marie: Someone, folder: str) -> None:
    with engines.signed_in(marie) as client:
        put(client, "à oublier", folder)
        delete_all(client, folder)
        assert deleted(client) == []


def test_messages_of_a_deleted_folder_stay(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        client.create("Projets")
        put(client, "dans le dossier", "Projets")
        assert client.delete("Projets")[0] == "OK"
        assert [b"dans le dossier" in row for row in deleted(client)] == [True]


def test_what_is_deleted_frees_the_quota(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        for _ in range(3):
            client.append(
                "INBOX",
                "",
                "",
                letter("a@b.example", "m@x.example", "gros", "y" * 70 + "\n").as_bytes() + b"z" * 500_000,
            )
        assert engines.doveadm.quota(marie.mailbox).used_bytes > 1_400_000
        delete_all(client, "INBOX")
        assert engines.doveadm.quota(marie.mailbox).used_bytes < 10_000
        assert len(deleted(client)) == 3


def test_the_desk_has_them_all_put_back_into_a_folder_of_their_owner(
    engines: LiveEngines, marie: Someone
) -> None:
    recovery = DeletedRecovery(DoveadmServer(doveadm_socket(engines.config)))
    recover = partial(recovery, marie.mailbox, "Récupérés")
    wire = "R&AOk-cup&AOk-r&AOk-s"
    with engines.signed_in(marie) as client:
        assert recover() == 0
        assert client.select(wire)[0] == "NO", "nothing to put back makes no folder"
        for subject in ("un", "deux"):
            put(client, subject, "Trash", "(\\Seen label_12)")
        delete_all(client, "Trash")
        put(client, "resté")
        assert recover() == 2
        assert deleted(client) == []
        assert client.select(wire)[1] == [b"2"]
        flags = client.fetch("1:*", "(FLAGS)")[1]
        assert all(b"\\Seen" in row and b"label_12" in row for row in flags)
        assert wire.encode() in b"".join(client.lsub()[1])
        client.close()
        put(client, "trois")
        delete_all(client, "INBOX")
        assert recover() == 2
        assert client.select(wire)[1] == [b"4"]
        assert recover() == 0


def test_no_list_of_folders_has_it(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        put(client, "perdu")
        delete_all(client, "INBOX")
        listed = b"\n".join(line for line in client.list()[1] if isinstance(line, bytes))
        assert b"Supprimes" not in listed
        client.select("Virtuel/All")
        assert client.search(None, "SUBJECT", "perdu")[1] == [b""]


def test_who_deletes_it_there_deletes_it_for_ever(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        put(client, "perdu")
        delete_all(client, "INBOX")
        delete_all(client, DELETED_MESSAGES)
        assert deleted(client) == []


def test_it_goes_after_the_days_of_the_setting(engines: LiveEngines, marie: Someone) -> None:
    text = (engines.config.engines_dir / "dovecot/dovecot.conf").read_text()
    assert f"autoexpunge = {engines.config.mail.deleted_days}d" in text.partition("namespace deleted")[2]


@pytest.mark.parametrize("subfolder", ["Supprimes/Stock", f"{DELETED_MESSAGES}/Stock"])
def test_nobody_makes_a_folder_beside_them(engines: LiveEngines, marie: Someone, subfolder: str) -> None:
    with engines.signed_in(marie) as client:
        put(client, "perdu")
        delete_all(client, "INBOX")
        assert client.create(subfolder)[0] == "NO"
        assert client.append(subfolder, "", "", b"Subject: x\r\n\r\nx")[0] == "NO"


def test_nobody_stores_messages_among_them(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        put(client, "perdu")
        delete_all(client, "INBOX")
        put(client, "gardé")
        assert client.append(DELETED_MESSAGES, "", "", b"Subject: x\r\n\r\nx")[0] == "NO"
        client.select("INBOX")
        assert client.copy("1", DELETED_MESSAGES)[0] == "NO"
        assert len(deleted(client)) == 1


def test_its_owner_takes_a_message_back(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        put(client, "perdu", flags="(\\Flagged)")
        delete_all(client, "INBOX")
        client.select(DELETED_MESSAGES)
        assert client.uid("MOVE", "1", "INBOX")[0] == "OK"
        assert deleted(client) == []
        client.select("INBOX")
        assert b"\\Flagged" in client.fetch("1", "(FLAGS)")[1][0]


def test_a_list_or_a_shared_mailbox_keeps_none(engines: LiveEngines) -> None:
    name = f"liste@{engines.config.academy.domain}"
    box = engines.someone(name, names=(name,), receives=(name,), sends=(name,))
    with engines.signed_in(box) as client:
        put(client, "automatique")
        delete_all(client, "INBOX")
        assert deleted(client) == []


def test_so_many_stay_and_the_oldest_go_first(engines: LiveEngines) -> None:
    text = (engines.config.engines_dir / "dovecot/dovecot.conf").read_text()
    assert f"autoexpunge_max_mails = {MAX_DELETED}" in text.partition("namespace deleted")[2]


@pytest.mark.parametrize("folder", ["INBOX", "Sent", "Projets"])
def test_no_folder_is_renamed_into_them(engines: LiveEngines, marie: Someone, folder: str) -> None:
    """It would leave everybody's sight, its quota and its end."""
    with engines.signed_in(marie) as client:
        client.create("Projets")
        put(client, "précieux", folder)
        for target in ("Supprimes/a", f"{DELETED_MESSAGES}/a", DELETED_MESSAGES):
            assert client.rename(folder, target)[0] == "NO"
        assert client.select(folder)[1] == [b"1"]


def test_they_are_not_renamed(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        put(client, "perdu")
        delete_all(client, "INBOX")
        for target in ("Projets", "Supprimes/Projets"):
            assert client.rename(DELETED_MESSAGES, target)[0] == "NO"
        assert len(deleted(client)) == 1


def test_a_folder_of_ones_own_is_renamed(engines: LiveEngines, marie: Someone) -> None:
    with engines.signed_in(marie) as client:
        client.create("Projets")
        put(client, "précieux", "Projets")
        assert client.rename("Projets", "Archive/Projets")[0] == "OK"
        assert client.select("Archive/Projets")[1] == [b"1"]


def test_beyond_its_bytes_the_oldest_deleted_messages_go(engines: LiveEngines, marie: Someone) -> None:
    bound = DeletedBound(engines.config, DoveadmServer(doveadm_socket(engines.config)))
    assert bound(marie.mailbox, "1000") == 0  # nothing was ever deleted
    with engines.signed_in(marie) as client:
        for number in range(4):
            content = letter("a@b.example", "marie@ac-amiens.test", f"lourd {number}")
            content.set_content("Un paragraphe comme un autre.\n" * 1000)
            assert client.append("Trash", "", "", content.as_bytes())[0] == "OK"
        delete_all(client, "Trash")
        assert bound(marie.mailbox, "1000000") == 0
        assert bound(marie.mailbox, "70000") == 2
        assert [b"lourd 2" in row or b"lourd 3" in row for row in deleted(client)] == [True, True]
        put(client, "gardé")
    assert bound(marie.mailbox, "70000") == 0


@given(st.lists(st.integers(0, 1000), max_size=30), st.integers(0, 5000))
def test_what_is_kept_is_the_newest_that_fit(sizes: list[int], limit: int) -> None:
    rows = list(enumerate(sizes, 1))
    gone = oldest_beyond(rows[::-1], limit)
    assert gone == list(range(1, len(gone) + 1))
    kept = sizes[len(gone) :]
    assert sum(kept) <= limit
    assert not gone or sum(kept) + sizes[len(gone) - 1] > limit
