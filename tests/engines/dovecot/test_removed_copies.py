"""Copies are taken out of real mailboxes and put back; only the mail service can name where they are."""

import imaplib
import os
import re
import time

import pytest
from tests.engines.live import LiveEngines, Someone, letter, wait_until

from vaguemestre.desks.removals.rules.returns import copies_to_return
from vaguemestre.desks.removals.values import REMOVED_COPIES, SoughtMail
from vaguemestre.engines.dovecot.copies.mailbox_state import has_arrivals
from vaguemestre.engines.dovecot.copies.removed_copies import RemovedCopies, sought_words
from vaguemestre.engines.dovecot.doveadm_server import Answer, DoveadmServer, doveadm_socket
from vaguemestre.engines.dovecot.homes import deleted_files
from vaguemestre.engines.sieve.scripts import OpenManageSieve
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.post.mailstore.values import DELETED_MESSAGES
from vaguemestre.post.trace.rules.queue_ids import taken_at
from vaguemestre.post.trace.values import Step, StepKind

pytestmark = pytest.mark.engines
FORGED = "Votre compte sera fermé"
PREFIX = REMOVED_COPIES.partition("/")[0]
QUEUE_ID = "4jcL145XDTz1dbQY"
RECEIVED = (
    "from dehors.example (unknown [192.0.2.1])\r\n\tby mail.ac-amiens.test (Postfix) with ESMTP id {}\r\n"
    "\tfor <marie@ac-amiens.test>; Tue, 10 Nov 2026 08:00:00 +0000 (UTC)"
)
FLAGS = "(\\Seen \\Answered label_7)"


@pytest.fixture
def marie(engines: LiveEngines) -> Someone:
    return engines.someone()


@pytest.fixture
def copies(engines: LiveEngines) -> RemovedCopies:
    return RemovedCopies(DoveadmServer(doveadm_socket(engines.config)), engines.config)


def put(client: imaplib.IMAP4, message_id: str, subject: str = FORGED, folder: str = "INBOX") -> None:
    message = letter("faux@dehors.example", "marie@ac-amiens.test", subject)
    message.replace_header("Message-ID", message_id)
    content = f"Received: {RECEIVED.format(QUEUE_ID)}\r\n".encode() + message.as_bytes()
    status, _ = client.append(folder, FLAGS, '"10-Nov-2026 08:00:00 +0000"', content)
    assert status == "OK"


def find(copies: RemovedCopies, mailbox: str, subject: str, *message_ids: str) -> list[list[str]]:
    """The copies of what Postfix took as QUEUE_ID, by these Message-IDs."""
    sought = SoughtMail(frozenset({QUEUE_ID}), message_ids=message_ids, subject=subject)
    return copies.find(mailbox, sought_words(sought))


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
    found = find(copies, mailbox, subject, *message_ids)
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
    [[folder, _, _, flags]] = find(copies, marie.mailbox, FORGED, "<f1@x.example>")
    assert folder == "INBOX"
    assert {"\\Seen", "\\Answered"} <= set(flags.split())
    assert len(find(copies, marie.mailbox, "", "<f1@x.example>")) == 2
    other = SoughtMail(frozenset({"4jcL2F1h85z1dZxX"}), message_ids=("<f1@x.example>",))
    assert copies.find(marie.mailbox, sought_words(other)) == []  # another message of the same Message-ID


def test_the_state_of_a_mailbox_is_another_once_a_message_came_went_or_was_marked(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    sought = sought_words(SoughtMail(frozenset({QUEUE_ID}), message_ids=("<f1@x.example>",)))
    with engines.signed_in(marie) as client:
        client.create("Projets")
        put(client, "<f1@x.example>")
        put(client, "<autre@x.example>")
        wait_until(lambda: copies.look(marie.mailbox, sought)[0])
        state, [[folder, uid, _, _]] = copies.look(marie.mailbox, sought)
        assert copies.look(marie.mailbox, sought)[0] == copies.state(marie.mailbox) == state
        states = [state]
        put(client, "<f1@x.example>", folder="Projets")
        states.append(copies.state(marie.mailbox))
        client.select("INBOX")
        client.uid("STORE", uid, "-FLAGS", "\\Answered")
        states.append(copies.state(marie.mailbox))
        client.uid("MOVE", uid, "Projets")
        states.append(copies.state(marie.mailbox))
        assert len(set(states)) == 4
        assert copies.remove(marie.mailbox, folder, uid) == 0  # its owner moved it
        uids = [uid for _, uid, _, _ in copies.find(marie.mailbox, sought)]
        assert copies.remove(marie.mailbox, "Projets", *uids) == 2


def test_a_message_that_came_to_a_folder_is_known_however_it_came(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    with engines.signed_in(marie) as client:
        client.create("Projets")
        put(client, "<f1@x.example>")
        client.select("INBOX")
        began = time.time_ns()
        assert not has_arrivals(engines.config, marie.mailbox, began)
        client.uid("COPY", "1:*", "Projets")  # a link, whose date is that of the first
        assert has_arrivals(engines.config, marie.mailbox, began - 20_000_000)
        began = time.time_ns()
        client.uid("STORE", "1:*", "+FLAGS", "\\Seen")
        assert not has_arrivals(engines.config, marie.mailbox, began)


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
        assert [row[0] for row in find(copies, marie.mailbox, "", "<f2@x.example>")] == ["Projets"]


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
    assert len(find(copies, marie.mailbox, FORGED, "-A")) == 1


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


class Counted(DoveadmServer):
    """Counts the commands, each of which opens the mailbox."""

    count = 0

    def run(self, user: str, *command: str) -> Answer:
        self.count += 1
        return super().run(user, *command)


@pytest.mark.parametrize(("minutes", "commands"), [(-90, 1), (-30, 2), (5, 2)])
def test_deleted_messages_are_asked_for_if_any_was_put_there_since_the_letter_was_taken(
    engines: LiveEngines, marie: Someone, minutes: int, commands: int
) -> None:
    """An hour of doubt is left to the clocks of machines."""
    counted = Counted(doveadm_socket(engines.config))
    copies = RemovedCopies(counted, engines.config)
    with engines.signed_in(marie) as client:
        put(client, "<f1@x.example>", folder="Trash")
        assert [row[0] for row in find(copies, marie.mailbox, "", "<f1@x.example>")] == ["Trash"]
        assert counted.count == 1, "nothing was ever deleted"
        client.select("Trash")
        client.store("1:*", "+FLAGS.SILENT", "\\Deleted")
        client.expunge()
    taken = taken_at(QUEUE_ID)
    assert taken
    os.utime(deleted_files(engines.config, marie.mailbox), (0, taken + 60 * minutes))
    counted.count = 0
    found = find(copies, marie.mailbox, "", "<f1@x.example>")
    assert counted.count == commands
    assert [row[0] for row in found] == [DELETED_MESSAGES] * (commands - 1)


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


def test_a_copy_returns_by_its_guid_alone_and_nothing_else_that_was_taken_does(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    with engines.signed_in(marie) as client:
        client.create("Projets")
        put(client, "<f1@x.example>", folder="Projets")
        put(client, "<f2@x.example>")
        before = listed(client, "Projets")
        client.select("INBOX")  # a client is sent away from a folder that is deleted
        ((_, guid),) = removed(copies, marie.mailbox, FORGED, "<f1@x.example>")
        removed(copies, marie.mailbox, FORGED, "<f2@x.example>")
        client.delete("Projets")
        copies.restore_guids(marie.mailbox, "Projets", guid, "0" * 32)
        copies.restore_guids(marie.mailbox, "Projets", guid)
        assert listed(client, "Projets") == before
        assert listed(client, "INBOX") == set()
        assert len(copies.list_removed(marie.mailbox)) == 1
        with pytest.raises(EngineRefused):
            copies.restore_guids(marie.mailbox, "Projets", "all OR guid 1")


def test_what_was_discarded_is_gone(engines: LiveEngines, marie: Someone, copies: RemovedCopies) -> None:
    with engines.signed_in(marie) as client:
        put(client, "<f1@x.example>")
    removed(copies, marie.mailbox, FORGED, "<f1@x.example>")
    copies.discard(marie.mailbox, *(uid for uid, _ in copies.list_removed(marie.mailbox)))
    assert copies.list_removed(marie.mailbox) == []


def test_a_mailbox_that_does_not_exist_is_refused(copies: RemovedCopies) -> None:
    with pytest.raises(EngineRefused, match="NOUSER"):
        find(copies, "personne@ac-amiens.test", "", "<f1@x.example>")


def taken(engines: LiveEngines, sender: str) -> list[Step]:
    """The deliveries of what an envelope sender sent, once they are logged."""

    def deliveries() -> list[Step]:
        steps = engines.logged_steps()
        queue_ids = {step.queue_id for step in steps if step.sender == sender and step.queue_id}
        return [step for step in steps if step.queue_id in queue_ids and step.kind is StepKind.DELIVERED]

    return list(wait_until(deliveries))


def sought(steps: list[Step], subject: str = "") -> str:
    """What is looked for of these deliveries, by what Postfix wrote alone."""
    arrivals = tuple((step.queue_id, int(step.at.timestamp())) for step in steps)
    return sought_words(SoughtMail(frozenset(step.queue_id for step in steps), arrivals, subject=subject))


@pytest.mark.parametrize(
    "field",
    [
        b"",
        b"Message-ID: \r\n",
        b"Message-ID: <t1@evil.example>\r\nMessage-ID: <t2@evil.example>\r\n",
        b"Message-ID: <c@evil.example> (urgent)\r\n",
        b"Message-ID: (urgent) <c@evil.example>\r\n",
        b"Message-ID: n@evil.example\r\n",
        b"Message-ID: <s s\t@evil.example>\r\n",
        b"Message-ID: <f2@evil\r\n .example>\r\n",
        b"Message-ID: <" + b"a" * 300 + b"@evil.example>\r\n",
        b"Message-ID: =?utf-8?q?<e@evil.example>?=\r\n",
        b'Message-ID: <"q\\""@evil.example>\r\n',
        b"Message-ID: <p@evil.example>\r\n",
    ],
    ids=[
        "none", "empty", "two", "comment after", "comment before", "no brackets", "blanks", "folded inside",
        "long", "encoded", "quoted", "plain",
    ],
)  # fmt: skip
def test_a_letter_is_found_whatever_its_author_wrote_as_message_id(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies, field: bytes
) -> None:
    sender = f"phish.{marie.mailbox.partition('@')[0]}@evil.example"
    head = f"From: {sender}\r\nTo: {marie.address}\r\nSubject: piege\r\n".encode()
    with engines.mx() as client:
        client.sendmail(sender, [marie.address], head + field + b"\r\nhttp://evil.example/\r\n")
    engines.arrive(marie.address, letter("chef@dehors.example", marie.address, "honnete"))
    steps = taken(engines, sender)
    assert [step.recipient for step in steps] == [marie.address]
    assert engines.directory.mailboxes_of([marie.address]) == {marie.address: marie.mailbox}
    [[folder, uid, _, _]] = copies.find(marie.mailbox, sought(steps))
    copies.remove(marie.mailbox, folder, uid)
    assert copies.find(marie.mailbox, sought(steps)) == []
    assert len(copies.list_removed(marie.mailbox)) == 1


def test_a_letter_with_the_message_id_of_a_phish_stays(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    message, phisher = letter("chef@dehors.example", marie.address, FORGED), f"p.{marie.mailbox}.evil.example"
    engines.arrive(marie.address, message, "chef@dehors.example")
    engines.arrive(marie.address, message, phisher)
    [step] = taken(engines, phisher)
    arrivals, ids = ((step.queue_id, int(step.at.timestamp())),), (message["Message-ID"],)
    by_name = SoughtMail(frozenset({step.queue_id}), arrivals, ids, subject=FORGED)
    [[folder, uid, _, _]] = copies.find(marie.mailbox, sought_words(by_name))
    with engines.signed_in(marie) as client:
        client.select(folder, readonly=True)
        data = client.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (RETURN-PATH)])")[1]
        assert phisher in str(data)


def test_what_a_filter_sent_on_is_found_by_its_message_id(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    """It has another queue identifier, under the first one; and no folder it was filed in on that day."""
    with engines.signed_in(marie) as client:
        message = letter("faux@dehors.example", "marie@ac-amiens.test", FORGED)
        chain = "".join(f"Received: {RECEIVED.format(one)}\r\n" for one in ("4jcL2F1h85z1dZxX", QUEUE_ID))
        client.append("INBOX", "", "", chain.encode() + message.as_bytes())
    assert len(find(copies, marie.mailbox, FORGED, message["Message-ID"])) == 1


def test_the_author_s_own_copy_is_found_and_nobody_else_s(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    """A copy in « Envoyés » was never received: it is one only where its author's mailbox is meant."""
    with engines.signed_in(marie) as client:
        message = letter(marie.address, "paul@ac-amiens.test", FORGED)
        client.append("Sent", "", "", message.as_bytes())
    ids = (message["Message-ID"],)
    assert find(copies, marie.mailbox, FORGED, *ids) == []
    own = SoughtMail(frozenset({QUEUE_ID}), message_ids=ids, written_here=frozenset(ids))
    assert [row[0] for row in copies.find(marie.mailbox, sought_words(own))] == ["Sent"]


def test_only_what_came_around_those_moments_is_looked_at(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    with engines.signed_in(marie) as client:
        put(client, "<f1@x.example>")
    came = 1_794_297_600  # 10 November 2026, 8:00
    for moments, count in (((came,), 1), ((came - 1800, came, came + 86400), 1), ((int(time.time()),), 0)):
        arrivals = tuple((QUEUE_ID, moment) for moment in moments)
        words = sought_words(SoughtMail(frozenset({QUEUE_ID}), arrivals))
        assert len(copies.find(marie.mailbox, words)) == count, moments


def test_many_other_letters_of_that_hour_do_not_hide_a_copy(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    """Their fields are not in the answer, which has a limit."""
    came, other = '"10-Nov-2026 08:10:00 +0000"', RECEIVED.format("4jcL2F1h85z1dZxX")
    content = f"Received: {other}\r\nReceived: from {'x' * 900} by y\r\n".encode() * 20 + b"\r\nx\r\n"
    with engines.signed_in(marie) as client:
        put(client, "<f1@x.example>")
        for _ in range(60):
            client.append("INBOX", "", came, content)
    words = sought_words(SoughtMail(frozenset({QUEUE_ID}), ((QUEUE_ID, 1_794_297_600),)))
    assert [row[0] for row in copies.find(marie.mailbox, words)] == ["INBOX"]


def test_a_letter_that_a_backup_brought_back_is_found_by_its_guid_wherever_it_is(
    engines: LiveEngines, marie: Someone, copies: RemovedCopies
) -> None:
    with engines.signed_in(marie) as client:
        client.create('"Projets 100 %"')
        put(client, "<f1@x.example>")
        put(client, "<autre@x.example>")
        ((_, guid),) = removed(copies, marie.mailbox, FORGED, "<f1@x.example>")
        assert copies.find_guids(marie.mailbox, guid) == []
        restored(copies, marie.mailbox, [("Projets 100 %", guid)])
        ((folder, uid, found, flags),) = copies.find_guids(marie.mailbox, guid, "0" * 32)
        assert (folder, found) == ("Projets 100 %", guid)
        assert {"\\Answered", "\\Seen", "label_7"} <= set(flags.split())
        copies.remove(marie.mailbox, folder, uid)
        assert listed(client, "Projets 100 %") == set()
        assert [row[0] for row in listed(client, "INBOX")] == ["<autre@x.example>"]
        with pytest.raises(EngineRefused):
            copies.find_guids(marie.mailbox, "all OR guid 1")
