"""Copies are taken out of real mailboxes and put back; only the mail service can name where they are."""

import imaplib
import re

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until

from vaguemestre.desks.removals.rules.returns import copies_to_return
from vaguemestre.desks.removals.values import REMOVED_COPIES
from vaguemestre.engines.dovecot.copies.removed_copies import RemovedCopies
from vaguemestre.engines.dovecot.doveadm_server import DoveadmServer, doveadm_socket
from vaguemestre.engines.sieve.scripts import OpenManageSieve
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.post.mailstore.values import DELETED_MESSAGES

pytestmark = pytest.mark.engines
FORGED = "Votre compte sera fermé"
PREFIX = REMOVED_COPIES.partition("/")[0]
FLAGS = "(\\Seen \\Answered label_7)"


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


@pytest.fixture
def copies(engines: LiveEngines) -> RemovedCopies:
    return RemovedCopies(DoveadmServer(doveadm_socket(engines.config)))


def put(client: imaplib.IMAP4, message_id: str, subject: str = FORGED, folder: str = "INBOX") -> None:
    message = letter("faux@dehors.example", "marie@ac-amiens.test", subject)
    message.replace_header("Message-ID", message_id)
    status, _ = client.append(folder, FLAGS, '"10-Nov-2026 08:00:00 +0000"', message.as_bytes())
    assert status == "OK"


def listed(client: imaplib.IMAP4, folder: str) -> set[tuple[str, str, str]]:
    """Message-ID, date and flags of each message of a folder."""
    status, count = client.select(folder, readonly=True)
    if status != "OK" or count == [b"0"]:
        return set()
    answers = client.fetch("1:*", "(FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
    rows = set()
    for answer in answers:
        if not isinstance(answer, tuple):
            continue
        flags = re.search(r"FLAGS \((.*?)\)", answer[0].decode())
        date = re.search(r'INTERNALDATE "(.*?)"', answer[0].decode())
        message_id = re.search(r"<.*?>", answer[1].decode())
        assert flags
        assert date
        assert message_id
        kept = sorted(flag for flag in flags[1].split() if flag != "\\Recent" and flag[0] != "$")
        rows.add((message_id[0], date[1], " ".join(kept)))
    return rows


def removed(copies: RemovedCopies, mailbox: str, subject: str, *message_ids: str) -> list[tuple[str, str]]:
    """Take every copy; folder and GUID of each."""
    found = copies.find(mailbox, subject, *message_ids)
    for folder, uid, _, _ in found:
        copies.remove(mailbox, folder, uid)
    return [(folder, guid) for folder, _, guid, _ in found]


def restored(copies: RemovedCopies, mailbox: str, kept: list[tuple[str, str]]) -> None:
    hidden = [(int(uid), guid) for uid, guid in copies.list_removed(mailbox)]
    for folder, uids in copies_to_return(kept, hidden).uids.items():
        copies.restore(mailbox, folder, *map(str, uids))


def test_a_copy_leaves_every_folder_and_comes_back_as_it_was(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    with engines.signed_in(marie) as client:
        client.create("Projets")
        put(client, "<f1@x.example>")
        put(client, "<f1@x.example>", folder="Projets")
        put(client, "<f2@x.example>", folder="Projets")
        put(client, "<autre@x.example>")
        before = {folder: listed(client, folder) for folder in ("INBOX", "Projets")}
        kept = removed(copies, marie.mailbox, FORGED, "<f1@x.example>", "<f2@x.example>")
        assert sorted(folder for folder, _ in kept) == ["INBOX", "Projets", "Projets"]
        assert [row[0] for row in listed(client, "INBOX")] == ["<autre@x.example>"]
        assert listed(client, "Projets") == set()
        assert listed(client, DELETED_MESSAGES) == set()
        restored(copies, marie.mailbox, kept)
        assert {folder: listed(client, folder) for folder in ("INBOX", "Projets")} == before
        assert copies.list_removed(marie.mailbox) == []


def test_flags_are_told_and_an_answer_under_another_subject_is_no_copy(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    with engines.signed_in(marie) as client:
        put(client, "<f1@x.example>")
        put(client, "<f1@x.example>", subject=f"Re: {FORGED}")
    [[folder, _, _, flags]] = copies.find(marie.mailbox, FORGED, "<f1@x.example>")
    assert folder == "INBOX"
    assert {"\\Seen", "\\Answered"} <= set(flags.split())
    assert len(copies.find(marie.mailbox, "", "<f1@x.example>")) == 2
    assert copies.find(marie.mailbox, "", "<f1@x") == []  # a part of a Message-ID is another one


def refused(client: imaplib.IMAP4, *command: str) -> bool:
    """Whether that command is answered NO."""
    return client._simple_command(*command)[0] == "NO"


def test_no_client_of_the_mailbox_sees_what_was_taken(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    with engines.signed_in(marie) as client:
        put(client, "<f1@x.example>")
        removed(copies, marie.mailbox, FORGED, "<f1@x.example>")
        told = [client.list(), client.list('""', "*"), client.list('""', f"{PREFIX}/*"), client.namespace()]
        told += [client.lsub(), client.xatom("LIST", '""', PREFIX), client.response("LIST")]
        assert PREFIX not in str(told)
        client.select("Virtuel/All", readonly=True)
        assert client.search(None, "HEADER", "Message-ID", "<f1@x.example>")[1] == [b""]


@pytest.mark.parametrize(
    "place", [PREFIX, f"{PREFIX}/", REMOVED_COPIES, f"{REMOVED_COPIES}/a", f"{PREFIX}/autre"]
)
def test_no_client_of_the_mailbox_names_what_was_taken(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies, place: str
) -> None:
    """Neither the copies, nor a folder of that name, which a search would pass over."""
    with engines.signed_in(marie) as client:
        client.create("Projets")
        put(client, "<f1@x.example>")
        put(client, "<f2@x.example>", folder="Projets")
        removed(copies, marie.mailbox, FORGED, "<f1@x.example>")
        before = copies.list_removed(marie.mailbox)
        for command in (
            ("SELECT", place), ("EXAMINE", place), ("STATUS", place, "(MESSAGES)"), ("CREATE", place),
            ("DELETE", place), ("RENAME", place, "Repris"), ("RENAME", "Projets", place),
            ("RENAME", "INBOX", place),
        ):  # fmt: skip
            assert refused(client, *command), command
        status, _ = client.append(place, "", "", b"Subject: x\r\n\r\nx")
        assert status == "NO"
        client.select("Projets")
        assert refused(client, "COPY", "1", place)
        assert refused(client, "MOVE", "1", place)
        client.xatom("SUBSCRIBE", place)
        assert PREFIX not in str(client.list('""', "*"))
        assert len(listed(client, "Projets")) == 1
        assert copies.list_removed(marie.mailbox) == before
        assert [row[0] for row in copies.find(marie.mailbox, "", "<f2@x.example>")] == ["Projets"]


def test_no_script_files_a_message_among_what_was_taken(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    """`fileinto :create` fails, and the message is kept in the inbox."""
    text = f'require ["fileinto", "mailbox"];\nfileinto :create "{REMOVED_COPIES}";\n'
    opened = OpenManageSieve("127.0.0.1", engines.config.ports.managesieve, engines.token)
    with opened(marie.mailbox) as scripts:
        scripts.put("mien", text)
        scripts.activate("mien")
    engines.arrive(marie.address, letter("faux@dehors.example", marie.address, FORGED))
    with engines.signed_in(marie) as client:
        wait_until(lambda: client.select("INBOX")[1] == [b"1"])
    assert copies.list_removed(marie.mailbox) == []


@pytest.mark.parametrize("name", ["Pro*", "-A", "%"])
def test_a_folder_with_an_odd_name_loses_its_copy_alone(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies, name: str
) -> None:
    """Its name is neither a mask nor an option."""
    with engines.signed_in(marie) as client:
        client.create("Projets")
        assert client.create(name)[0] == "OK"
        put(client, "<honnete@x.example>", folder="Projets")
        put(client, "<f1@x.example>", folder=name)
        kept = removed(copies, marie.mailbox, FORGED, "<f1@x.example>")
        assert [folder for folder, _ in kept] == [name]
        assert len(listed(client, "Projets")) == 1
        restored(copies, marie.mailbox, kept)
        assert len(listed(client, name)) == 1
        assert copies.list_removed(marie.mailbox) == []


def test_a_message_id_is_not_an_option(engines: LiveEngines, marie: Someone, copies: RemovedCopies) -> None:
    with engines.signed_in(marie) as client:
        put(client, "-A")
    assert len(copies.find(marie.mailbox, FORGED, "-A")) == 1


def test_a_deleted_copy_is_taken_too_and_returns_among_the_deleted(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    with engines.signed_in(marie) as client:
        put(client, "<f1@x.example>", folder="Trash")
        client.select("Trash")
        client.store("1:*", "+FLAGS.SILENT", "\\Deleted")
        client.expunge()
        before = listed(client, DELETED_MESSAGES)
        kept = removed(copies, marie.mailbox, FORGED, "<f1@x.example>")
        assert [folder for folder, _ in kept] == [DELETED_MESSAGES]
        assert listed(client, DELETED_MESSAGES) == set()
        restored(copies, marie.mailbox, kept)
        assert listed(client, DELETED_MESSAGES) == before


def test_a_copy_returns_to_a_folder_that_was_deleted_meanwhile(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    with engines.signed_in(marie) as client:
        client.create("Projets")
        put(client, "<f1@x.example>", folder="Projets")
        kept = removed(copies, marie.mailbox, FORGED, "<f1@x.example>")
        client.delete("Projets")
        restored(copies, marie.mailbox, kept)
        assert [row[0] for row in listed(client, "Projets")] == ["<f1@x.example>"]


def test_what_was_discarded_is_gone(engines: LiveEngines, marie: Someone, copies: RemovedCopies) -> None:
    with engines.signed_in(marie) as client:
        put(client, "<f1@x.example>")
    removed(copies, marie.mailbox, FORGED, "<f1@x.example>")
    copies.discard(marie.mailbox, *(uid for uid, _ in copies.list_removed(marie.mailbox)))
    assert copies.list_removed(marie.mailbox) == []


def test_a_mailbox_that_does_not_exist_is_refused(copies: RemovedCopies) -> None:
    with pytest.raises(EngineRefused, match="NOUSER"):
        copies.find("personne@ac-amiens.test", "", "<f1@x.example>")


def test_the_steps_of_a_delivery_name_the_message_that_is_found(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    message = letter("faux@dehors.example", marie.address, FORGED)
    engines.arrive(marie.address, message)
    steps = wait_until(lambda: [step for step in engines.logged_steps() if step.recipient == marie.mailbox])
    assert len(copies.find(marie.mailbox, FORGED, steps[0].message_id)) == 1
