"""The gateway on a live Dovecot: right whatever others do, gone with the session, brief when hung."""

import imaplib
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import SMTPUTF8

import pytest
from imapclient.imap_utf7 import encode
from tests.engines import live
from tests.engines.live import LiveEngines, Someone, digest, wait_until
from tests.engines.mail import Post, frozen_dovecot, silent_connections
from tests.engines.samples import at, letter
from tests.processor import loaded

from vaguemestre.engines.dovecot.configuration import MAX_FOLDERS
from vaguemestre.engines.imap.cache.page_cache import SummaryCache
from vaguemestre.engines.imap.protocol.connection import Connection
from vaguemestre.engines.imap.store.folder_pages import GuessedFetch
from vaguemestre.engines.imap.store.gateway import ImapMailboxes
from vaguemestre.engines.imap.store.row_fetch import SUMMARY_ITEMS
from vaguemestre.engines.imap.store.session import FolderAnswer
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.post.mailstore.ports import (
    FolderGone,
    FolderRefused,
    MailboxSilent,
    MessageGone,
    QuotaReached,
)
from vaguemestre.post.mailstore.values import MAX_FOLDER_LEVELS, Correspondent, Flag, MailLogin, Page, Use

pytestmark = pytest.mark.engines


@pytest.fixture
def someone(engines: LiveEngines) -> Someone:
    return engines.someone()


@pytest.fixture
def post(engines: LiveEngines) -> Iterator[Post]:
    made = Post(engines)
    yield made
    made.pool.close_all()


@pytest.fixture
def other(engines: LiveEngines, someone: Someone) -> Iterator[imaplib.IMAP4]:
    """Another program on the same mailbox."""
    client = engines.signed_in(someone)
    yield client
    client.shutdown()


def listed(client: imaplib.IMAP4, folder: str = "INBOX") -> list[tuple[int, frozenset[str]]]:
    """UIDs and flags as the engine says them, newest first."""
    client.select(folder, readonly=True)
    answers = client.uid("FETCH", "1:*", "(FLAGS)")[1]
    client.unselect()
    found = []
    for answer in answers:
        if isinstance(answer, bytes) and b"UID" in answer:
            uid = int(answer.split(b"UID ")[1].split(b" ")[0].rstrip(b")"))
            flags = imaplib.ParseFlags(answer)
            unsaid = {"\\Recent", "$HasAttachment", "$HasNoAttachment"}
            found.append((uid, frozenset(flag.decode() for flag in flags) - unsaid))
    return found[::-1]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is written to the engine, one after the other."""
    writes: list[bytes] = []
    send = Connection._send

    def noted(self: Connection, content: bytes, deadline: float) -> None:
        writes.append(content)
        send(self, content, deadline)

    monkeypatch.setattr(Connection, "_send", noted)
    return writes


def shown(page: Page) -> list[tuple[int, frozenset[str]]]:
    return [(row.ref.uid, row.flags) for row in page.rows]


def append(client: imaplib.IMAP4, count: int, start: int = 0, folder: str = "INBOX") -> None:
    for n in range(start, start + count):
        client.append(folder, "", imaplib.Time2Internaldate(time.time()), letter(f"Message {n}"))


def test_the_list_is_what_the_engine_says_after_every_change(
    post: Post, someone: Someone, other: imaplib.IMAP4
) -> None:
    logins = [MailLogin(someone.mailbox, "one"), MailLogin(someone.mailbox, "two")]

    def check(size: int = 200) -> None:
        truth = listed(other)
        for login in logins:
            with post.mailboxes(login) as box:
                for offset in (0, 3):
                    page = box.page("INBOX", offset, size)
                    assert shown(page) == truth[offset : offset + size]
                    assert page.total == len(truth)
                    assert page.unread == sum("\\Seen" not in flags for _, flags in truth)
                    assert box.page("INBOX", offset, size) is page

    def change(*commands: tuple[str, ...]) -> None:
        other.select("INBOX")
        for command in commands:
            other.uid(*command)
        other.unselect()

    check()
    append(other, 5)
    check()
    append(other, 60, 5)
    check()
    change(("STORE", "3", "+FLAGS", "(\\Flagged)"))
    check()
    change(("STORE", "3", "-FLAGS", "(\\Flagged)"), ("STORE", "4:9", "+FLAGS", "(\\Seen $Forwarded)"))
    check()
    change(("STORE", "60:61", "+FLAGS", "(\\Deleted)"), ("EXPUNGE", "60:61"))
    check()
    change(("MOVE", "10,20", "Archive"))
    check()
    append(other, 1, 65)
    change(("MOVE", "11", "Archive"), ("STORE", "12", "+FLAGS", "(\\Answered)"))
    check()
    change(("STORE", "1:58", "+FLAGS", "(\\Deleted)"), ("EXPUNGE", "1:58"))
    check()


def append_old(client: imaplib.IMAP4) -> None:
    long_ago = imaplib.Time2Internaldate(time.time() - 90 * 24 * 3600)
    client.append("INBOX", "", long_ago, letter("Moved in late"))


@pytest.mark.parametrize("in_order", [True, False])
def test_the_next_page_is_asked_in_one_breath_whatever_order_the_folder_lies_in(
    post: Post, someone: Someone, other: imaplib.IMAP4, written: list[bytes], in_order: bool
) -> None:
    append(other, 7)
    uids = [7, 6, 5, 4, 3, 2, 1]
    if not in_order:
        append_old(other)
        uids.append(8)
    login = MailLogin(someone.mailbox, "one")
    with post.mailboxes(login) as box:
        box.page("INBOX", 0, 3)
        box.folders()
        for offset in (3, 6):
            del written[:]
            shown = [row.ref.uid for row in box.page("INBOX", offset, 3).rows]
            assert shown == uids[offset : offset + 3]
            assert len(written) == 1


@pytest.mark.parametrize("in_order", [True, False])
def test_a_page_asked_for_the_first_time_after_a_change_is_what_the_engine_says(
    post: Post, someone: Someone, other: imaplib.IMAP4, in_order: bool
) -> None:
    append(other, 20)
    if not in_order:
        append_old(other)
    login = MailLogin(someone.mailbox, "one")
    changes = [
        (("STORE", "5", "+FLAGS", "(\\Seen)"), 0),
        (("MOVE", "4", "Archive"), 0),
        (("MOVE", "2", "Archive"), 1),  # as many as before
        (("MOVE", "1:3,5:17", "Archive"), 0),  # now there are fewer than the next page would begin with
        (("STORE", "18", "+FLAGS", "(\\Seen)"), 3),
    ]
    for size, (command, count) in enumerate(changes, 6):
        with post.mailboxes(login) as box:
            box.page("INBOX", 0, size)
        other.select("INBOX")
        other.uid(*command)
        other.unselect()
        append(other, count, 20)
        truth = [uid for uid, _ in listed(other)]
        if not in_order and 21 in truth:
            truth = [uid for uid in truth if uid != 21] + [21]
        for offset in (size, 2 * size):
            with post.mailboxes(login) as box:
                page = box.page("INBOX", offset, size)
            assert ([row.ref.uid for row in page.rows], page.total) == (truth[offset:][:size], len(truth))


@pytest.mark.parametrize("in_order", [True, False])
def test_a_folder_bigger_than_what_is_remembered_is_listed_to_its_end(
    engines: LiveEngines, someone: Someone, in_order: bool
) -> None:
    post = Post(engines)
    post.mailboxes = ImapMailboxes(post.pool, post.pages, SummaryCache(most=5))
    with post.mailboxes(MailLogin(someone.mailbox, "")) as box:
        for n in (1, 2, 3, 4, 5, 6, 7, 8, 9) if in_order else (1, 2, 3, 4, 9, 8, 7, 6, 5):
            box.append("INBOX", letter(f"Message {n}"), (), at(n))
    subjects: list[str] = []
    for offset in (0, 3, 6, 0):
        with post.mailboxes(MailLogin(someone.mailbox, "")) as box:
            subjects += [row.summary.subject for row in box.page("INBOX", offset, 3).rows]
    post.pool.close_all()
    assert subjects == [f"Message {n}" for n in (9, 8, 7, 6, 5, 4, 3, 2, 1, 9, 8, 7)]


def test_a_letter_opened_again_and_a_mark_changed_cost_one_question_of_their_folder(
    post: Post, someone: Someone, other: imaplib.IMAP4, written: list[bytes]
) -> None:
    append(other, 2)
    login = MailLogin(someone.mailbox, "one")
    with post.mailboxes(login) as box:
        page = box.page("INBOX", 0, 50)
        box.open(page.rows[0].ref)
    for sign, opens in (("+", True), ("-", False)):
        other.select("INBOX")
        other.uid("STORE", "2", f"{sign}FLAGS", "(\\Flagged)")
        other.unselect()
        del written[:]
        with post.mailboxes(login) as box:
            marked = box.open(page.rows[0].ref) if opens else box.page("INBOX", 0, 50).rows[0]
            assert (Flag.FLAGGED in marked.flags) is (sign == "+")
        assert len(written) == 1  # a list that had just changed is expected to have changed again
        assert b" SELECT " in written[-1]
        assert b" UNSELECT" in written[-1]
        with post.mailboxes(login) as box:  # and the connection is as good as before
            assert (Flag.FLAGGED in box.page("INBOX", 0, 50).rows[0].flags) is (sign == "+")
    for is_moving, questions in ((False, 1), (True, 2), (True, 1), (False, 1), (False, 1)):
        if is_moving:
            other.select("INBOX")
            other.uid("STORE", "2", "+FLAGS", f"(word{len(written)})")
            other.unselect()
        del written[:]
        with post.mailboxes(login) as box:
            box.page("INBOX", 0, 50)
        assert len(written) == questions


@pytest.mark.parametrize("length", [1, 8190, 8191, 8192, 8193, 40_000])
def test_a_letter_is_read_whole_however_long_and_in_one_question_when_short(
    post: Post, someone: Someone, other: imaplib.IMAP4, written: list[bytes], length: int
) -> None:
    text = ("x" * 70 + "\r\n") * (length // 72) + "y" * (length % 72)
    other.append("INBOX", "", "", f"Subject: long\r\n\r\n{text}".encode())
    with post.mailboxes(MailLogin(someone.mailbox, "one")) as box:
        ref = box.page("INBOX", 0, 1).rows[0].ref
        del written[:]
        box.open(ref)
        assert box.part(ref, "1") == text.encode()
        assert len(written) == (1 if length < 8_192 else 2)
        assert box.part(ref, "1", 5) == text[:5].encode()
        assert box.part(ref, "2") == b""
        box.open(ref)  # remembered: its text is not
        assert box.part(ref, "1") == text.encode()


def test_another_letters_text_is_never_given(post: Post, someone: Someone, other: imaplib.IMAP4) -> None:
    append(other, 2)
    other.append("INBOX", "", "", b"Subject: third\r\n\r\nthe third\r\n")
    with post.mailboxes(MailLogin(someone.mailbox, "one")) as box:
        third, second, _ = (row.ref for row in box.page("INBOX", 0, 3).rows)
        box.open(third)
        assert b"le texte" in box.part(second, "1")
        assert box.part(third, "1") == b"the third\r\n"
        box.open(second)
        assert box.part(third, "1") == b"the third\r\n"


def test_the_list_of_all_folders_follows_every_change(
    post: Post, someone: Someone, other: imaplib.IMAP4
) -> None:
    login, everything = MailLogin(someone.mailbox, "s"), "Virtuel/All"

    def check() -> None:
        truth = {
            (folder, uid, flags) for folder in ("INBOX", "Archive") for uid, flags in listed(other, folder)
        }
        with post.mailboxes(login) as box:
            page = box.page(everything, 0, 100)
            assert {(row.ref.folder, row.ref.uid, row.flags) for row in page.rows} == truth
            assert page.total == len(truth)
            moments = [row.summary.date for row in page.rows]
            assert moments == sorted(moments, reverse=True)

    append(other, 3)
    append(other, 2, folder="Archive")
    check()
    for command in (
        ("STORE", "1", "+FLAGS", "(\\Seen)"),
        ("MOVE", "2", "Archive"),
        ("MOVE", "3", "Trash"),
        ("STORE", "1", "-FLAGS", "(\\Seen)"),
    ):
        other.select("INBOX")
        other.uid(*command)
        other.unselect()
        check()
    append(other, 1)
    check()


@pytest.mark.parametrize("expected", [0, 2, 3, 5, 60])
def test_a_count_told_too_early_does_no_harm(post: Post, someone: Someone, expected: int) -> None:
    with post.mailboxes(MailLogin(someone.mailbox, "s")) as box:
        refs = [box.append("INBOX", letter(f"Message {n}"), (), at(n)) for n in range(3)]
        validity, next_uid = refs[0].uid_validity, refs[-1].uid + 1
        told = {"MESSAGES": expected, "UIDVALIDITY": validity, "UIDNEXT": next_uid}
        box.unselect()
        _, count, rows = box._rows("INBOX", 0, 50, told, None)
        assert count == 3
        assert [row.ref for row in rows] == refs[::-1]
        box.unselect()
        assert [row.ref for row in box._rows("INBOX", 1, 1, told, None)[2]] == [refs[1]]


@pytest.mark.parametrize("in_order", [True, False])
def test_what_was_asked_too_early_is_left_when_the_folder_had_changed(
    post: Post, someone: Someone, in_order: bool
) -> None:
    with post.mailboxes(MailLogin(someone.mailbox, "s")) as box:
        refs = [
            box.append("INBOX", letter(f"Message {n}"), (), at(n if in_order else 9 - n)) for n in range(3)
        ]
        page = box.page("INBOX", 0, 50)
        told = {"MESSAGES": 3, "UIDVALIDITY": page.uid_validity, "UIDNEXT": refs[-1].uid + 1}
        for question, total in ((b"FETCH 1:3 " + SUMMARY_ITEMS, 2), (b"FETCH 1:2 " + SUMMARY_ITEMS, 3)):
            box.unselect()
            ahead = GuessedFetch(question, None, FolderAnswer(page.uid_validity, total, []))
            assert box._rows("INBOX", 0, 50, told, ahead)[1:] == (3, page.rows)


def test_a_folder_made_anew_is_seen_at_once(post: Post, someone: Someone, other: imaplib.IMAP4) -> None:
    login = MailLogin(someone.mailbox, "s")
    other.create("Projet")
    append(other, 3, folder="Projet")
    with post.mailboxes(login) as box:
        old = box.page("Projet", 0, 50)
        box.open(old.rows[0].ref)
    other.delete("Projet")

    def is_gone() -> bool:
        with post.mailboxes(login) as box:
            try:
                box.page("Projet", 0, 50)
            except FolderGone:
                return True
        return False

    wait_until(is_gone, 60)  # Dovecot's own list of folders may be a look behind
    other.create("Projet")
    append(other, 2, 10, "Projet")
    with post.mailboxes(login) as box:
        new = box.page("Projet", 0, 50)
        assert [row.summary.subject for row in new.rows] == ["Message 11", "Message 10"]
        assert new.uid_validity != old.uid_validity
        with pytest.raises(MessageGone):
            box.open(old.rows[0].ref)
    other.rename("Projet", "Ancien")
    other.create("Projet")
    with post.mailboxes(login) as box:
        assert box.page("Projet", 0, 50).rows == ()
        assert len(box.page("Ancien", 0, 50).rows) == 2


def test_folders_of_any_name_are_listed_and_read(post: Post, someone: Someone) -> None:
    names = ["École & co", "Élèves/6e « A »", "日本語", "a\\b", 'dit "x"', "100 % %d", "😀", "INBOX/sous"]
    for name in names:
        folder = '"' + encode(name).decode().replace("\\", "\\\\").replace('"', '\\"') + '"'
        with post.engines.signed_in(someone) as client:
            assert client.create(folder)[0] == "OK", name
    with post.mailboxes(MailLogin(someone.mailbox)) as box:
        folders = box.folders()
        assert {f.name for f in folders} >= {*names, "Élèves"}
        assert [f.use for f in folders if f.use is not Use.OTHER][-1] is Use.ALL
        order = [f.name for f in folders]
        assert order.index("INBOX/sous") == order.index("INBOX") + 1
        for name in names:
            ref = box.append(name, letter(f"Courrier {name}"), (), at(1))
            assert box.page(name, 0, 50).rows[0].ref == ref
            assert [row.ref for row in box.search(name, ["courrier"], 0, 50).rows] == [ref]
        refs = [row.ref for row in box.page("Virtuel/All", 0, 50).rows]
        assert {ref.folder for ref in refs} == set(names)
        for ref in refs:
            assert box.open(ref).subject == f"Courrier {ref.folder}"


def test_a_restarted_engine_is_not_noticed(engines: LiveEngines, post: Post, someone: Someone) -> None:
    login = MailLogin(someone.mailbox, "s")
    with post.mailboxes(login) as box:
        ref = box.append("INBOX", letter("Avant"), (), at(1))
    with post.mailboxes(login) as first, post.mailboxes(login) as second:
        first.folders()
        second.folders()
    assert post.pool.idle_count == 2
    engines.end("dovecot")
    engines.start_dovecot()
    with post.mailboxes(login) as box:
        assert [row.summary.subject for row in box.page("INBOX", 0, 50).rows] == ["Avant"]
        assert box.open(ref).subject == "Avant"


def test_a_connection_that_dies_inside_a_use_is_renewed_while_nothing_has_been_sent(
    post: Post, someone: Someone, engines: LiveEngines
) -> None:
    login = MailLogin(someone.mailbox, "s")
    with post.mailboxes(login) as box:
        ref = box.append("INBOX", letter("Sujet"), (), at(1))
    with post.mailboxes(login) as box:
        box.page("INBOX", 0, 50)
        engines.doveadm.cut(login.mailbox)
        assert box.open(ref).subject == "Sujet"
    with post.mailboxes(login) as box:
        box.page("INBOX", 0, 50)
        engines.doveadm.cut(login.mailbox)
        box.append("INBOX", letter("Une fois"), (), at(2))
    with post.mailboxes(login) as box:
        assert box.page("INBOX", 0, 50).total == 2


def test_a_kept_connection_that_died_harms_no_act(post: Post, someone: Someone, engines: LiveEngines) -> None:
    login = MailLogin(someone.mailbox, "s")
    with post.mailboxes(login) as box:
        ref = box.append("INBOX", letter("Sujet"), (), at(1))
    engines.doveadm.cut(login.mailbox)
    with post.mailboxes(login) as box:
        box.flag([ref], (Flag.SEEN,), ())
    engines.doveadm.cut(login.mailbox)
    with post.mailboxes(login) as box:
        box.append("INBOX", letter("Deux"), (), at(2))
        assert box.page("INBOX", 0, 50).unread == 1


def test_a_hung_engine_is_told_within_three_seconds(
    engines: LiveEngines, post: Post, someone: Someone
) -> None:
    login = MailLogin(someone.mailbox, "s")
    with post.mailboxes(login) as box:
        box.folders()
    for fresh in (False, True):
        with frozen_dovecot(engines):
            before = time.monotonic()
            with pytest.raises(EngineDown), post.mailboxes(login) as box:
                box.page("INBOX", 0, 50)
            assert time.monotonic() - before < loaded(3.5), fresh
    with post.mailboxes(login) as box:
        assert box.page("INBOX", 0, 50).total == 0


def test_after_a_connection_that_hangs_a_new_one_is_asked(post: Post) -> None:
    login = post.new_login()
    with post.mailboxes(login) as one, post.mailboxes(login) as two:
        assert one.page("INBOX", 0, 50).total == two.page("INBOX", 0, 50).total == 0
    assert post.pool.idle_count == 2
    with silent_connections(post, login.mailbox):
        post.after_connecting = lambda _login, _made: None  # what is opened from now on answers
        before = time.monotonic()
        with pytest.raises(MailboxSilent), post.mailboxes(login) as box:
            box.page("INBOX", 0, 50)
        assert time.monotonic() - before < loaded(3.5)
        with post.mailboxes(login) as box:
            assert box.page("INBOX", 0, 50).total == 0
        assert time.monotonic() - before < loaded(4.5)


def test_a_mailbox_that_does_not_answer_holds_up_no_other(post: Post) -> None:
    silent, other = post.new_login(), post.new_login("another session")
    for login in (silent, other):
        with post.mailboxes(login) as box:
            box.folders()
    took: list[float] = []
    refused: list[EngineDown] = []

    def ask() -> None:
        before = time.monotonic()
        try:
            with post.mailboxes(silent) as box:
                box.page("INBOX", 0, 50)
        except EngineDown as error:
            refused.append(error)
        took.append(time.monotonic() - before)

    with silent_connections(post, silent.mailbox):
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        pages = 0
        while waiting := [thread for thread in threads if thread.is_alive()]:
            with post.mailboxes(other) as box:
                assert box.page("INBOX", 0, 50).total == 0
            pages += 1
            waiting[0].join(0.05)
        assert pages > 5  # answered while the others waited
        assert len(took) == 8
        assert [type(error) for error in refused] == [MailboxSilent] * 8
        # a job comes back later: it does not wait a second time for the same mailbox
        job = MailLogin(silent.mailbox)
        before = time.monotonic()
        for _ in range(20):
            with pytest.raises(MailboxSilent), post.mailboxes(job) as box:
                box.folders()
        assert (time.monotonic() - before) / 20 < max(took) / 4
    with post.mailboxes(silent) as box:
        assert box.page("INBOX", 0, 50).total == 0
    with post.mailboxes(MailLogin(silent.mailbox)) as box:  # it answered: jobs go on too
        assert box.folders()


def test_an_engine_that_is_not_there_is_down_at_once(
    engines: LiveEngines, post: Post, someone: Someone
) -> None:
    engines.end("dovecot")
    try:
        before = time.monotonic()
        with pytest.raises(EngineDown), post.mailboxes(MailLogin(someone.mailbox, "s")) as box:
            box.folders()
        assert time.monotonic() - before < loaded(1)
    finally:
        engines.start_dovecot()


def test_the_end_of_a_session_ends_its_tokens_and_connections(engines: LiveEngines, someone: Someone) -> None:
    generation, over = [0], set[str]()
    post = Post(engines, generation=lambda: generation[0], ended=lambda keys: keys & over)
    marie, elsewhere = MailLogin(someone.mailbox, "one"), MailLogin(someone.mailbox, "two")
    for login in (marie, elsewhere):
        with post.mailboxes(login) as box:
            box.folders()
    token, kept = post.tokens
    engines.with_token(someone.mailbox, token).shutdown()  # unexpired, it still opens…
    # what signing out does: the token is refused, the session is over, the counter moves
    engines.directory.refuse_tokens([digest(token)])
    over.add("one")
    generation[0] += 1
    post.pool.close_ended_sessions()
    assert post.connections[0].broken
    assert not post.connections[1].broken
    with pytest.raises(imaplib.IMAP4.error):
        engines.with_token(someone.mailbox, token)
    engines.with_token(someone.mailbox, kept).shutdown()
    post.pool.close_all()


def test_a_token_opens_one_mailbox_only(engines: LiveEngines, someone: Someone) -> None:
    other = engines.someone()
    stolen = engines.token(other.mailbox)
    post = Post(engines)
    post.token_for = lambda login: stolen  # type: ignore[method-assign]
    with pytest.raises(EngineRefused), post.mailboxes(MailLogin(someone.mailbox, "s")) as box:
        box.folders()


def test_a_suspended_mailbox_opens_for_nobody(engines: LiveEngines, post: Post, someone: Someone) -> None:
    engines.change(someone, active=False)
    with pytest.raises(EngineRefused), post.mailboxes(MailLogin(someone.mailbox, "s")) as box:
        box.folders()


def test_a_full_mailbox_says_so_before_the_message_travels(engines: LiveEngines, post: Post) -> None:
    full = engines.someone(quota_mb=1)
    with post.mailboxes(MailLogin(full.mailbox)) as box:
        with pytest.raises(QuotaReached):
            box.append("INBOX", letter("Gros", "x" * 70 + "\n" + ("y" * 70 + "\n") * 30_000), (), at(1))
        ref = box.append("INBOX", letter("Petit"), (), at(2))
        assert box.page("INBOX", 0, 50).rows[0].ref == ref


def test_a_hundred_messages_move_in_one_command(post: Post, someone: Someone) -> None:
    with post.mailboxes(MailLogin(someone.mailbox)) as box:
        refs = [box.append("INBOX", letter(f"n° {n}"), (), at(n)) for n in range(100)]
        moved = box.move(refs[::-1], "Archive")
        assert len(moved) == 100
        assert box.open(moved[0]).subject == "n° 99"
        assert box.page("INBOX", 0, 50).total == 0
        box.flag(moved, (Flag.SEEN, "etiquette"), ())
        assert all({Flag.SEEN, "etiquette"} <= row.flags for row in box.page("Archive", 0, 100).rows)
        box.expunge(moved)
        assert box.page("Archive", 0, 50).total == 0


def test_a_flag_that_is_not_one_is_refused(post: Post, someone: Someone) -> None:
    with post.mailboxes(MailLogin(someone.mailbox)) as box:
        ref = box.append("INBOX", letter("x"), (), at(1))
        for bad in ("a b", "x)\r\n", "(", "é", ""):
            with pytest.raises(EngineRefused):
                box.flag([ref], (bad,), ())
            with pytest.raises(EngineRefused):
                box.append("INBOX", letter("y"), (bad,), at(1))
        assert box.page("INBOX", 0, 9).total == 1


def test_a_letter_opened_again_has_the_marks_of_now_or_is_gone(post: Post, someone: Someone) -> None:
    login = MailLogin(someone.mailbox, "s")
    with post.mailboxes(login) as box:
        ref = box.append("INBOX", letter("Deux fois"), (), at(1))
        first = box.open(ref)
    with post.mailboxes(login) as box:
        box.flag([ref], ("\\Flagged",), ())
        again = box.open(ref)
        assert (again.subject, again.root, again.fields) == (first.subject, first.root, first.fields)
        assert again.flags - first.flags == {"\\Flagged"}
        assert box.part(ref, "1").startswith(b"Bonjour")
        box.expunge([ref])
    with post.mailboxes(login) as box, pytest.raises(MessageGone):
        box.open(ref)


@pytest.mark.parametrize(("length", "is_asked_for"), [(500, False), (40_000, True)])
def test_a_small_message_comes_whole_with_its_text_and_a_large_one_is_asked_for(
    post: Post, someone: Someone, written: list[bytes], length: int, is_asked_for: bool
) -> None:
    content = letter("Entier", "Bonjour\n" * (length // 8))
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        ref = box.append("INBOX", content, (), at(0))
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        box.open(ref)
        del written[:]
        assert box.raw(ref) == content
        assert bool(written) is is_asked_for


def test_the_letter_of_an_address_with_accents_is_listed_and_read(
    engines: LiveEngines, post: Post, someone: Someone
) -> None:
    message = live.letter("Zoé <zoé@dehors.example>", someone.address, "accents partout : éàü")
    with engines.mx() as client:
        content = message_from_bytes(message.as_bytes(policy=SMTPUTF8), policy=SMTPUTF8)
        client.send_message(content, "zoé@dehors.example", [someone.address])
    engines.found(someone, "accents partout")
    with post.mailboxes(MailLogin(someone.mailbox, "one")) as box:
        (row,) = box.page("INBOX", 0, 1).rows
        assert box.open(row.ref).sender == (Correspondent("Zoé", "zoé@dehors.example"),)
        assert row.summary.sender == Correspondent("Zoé", "zoé@dehors.example")
        assert row.summary.subject == "accents partout : éàü"


def test_a_mailbox_has_as_many_folders_as_a_page_can_list(
    engines: LiveEngines, post: Post, someone: Someone
) -> None:
    with engines.signed_in(someone) as client:
        client.sock.settimeout(240)  # Dovecot answers commands that came together once it made them all
        commands = [f"z{number} CREATE dossier{number}" for number in range(MAX_FOLDERS + 1)]
        client.send("".join(f"{command}\r\n" for command in commands).encode())
        answers: list[bytes] = []
        while len(answers) < len(commands):
            line = client.readline()
            if line.startswith(b"z"):
                answers.append(line)
        made = [answer for answer in answers if b" OK " in answer]
        refused = [answer for answer in answers if b" NO [LIMIT] " in answer]
        assert len(made) + len(refused) == len(commands)
        assert len(made) <= MAX_FOLDERS
        assert client.create("un_de_plus")[0] == "NO"
        with (
            pytest.raises(FolderRefused, match="folder-limit"),
            post.mailboxes(MailLogin(someone.mailbox, "a session")) as box,
        ):
            box.create_folder("De plus")
        assert client.append("INBOX", "", "", b"Subject: toujours\r\n\r\n")[0] == "OK"


def test_folders_go_only_so_deep_and_deeper_ones_are_not_listed(
    engines: LiveEngines, post: Post, someone: Someone
) -> None:
    """Dovecot's LIST took 40 s for 300 folders in one another, at each opening of the mailbox."""

    def chain(levels: int, name: str = "d") -> str:
        return "/".join([name] * levels)

    with engines.signed_in(someone) as client:
        assert client.create(chain(MAX_FOLDER_LEVELS))[0] == "OK"
        assert client.append(chain(MAX_FOLDER_LEVELS), "", "", b"Subject: au fond\r\n\r\n")[0] == "OK"
        for refused in (chain(MAX_FOLDER_LEVELS + 1), chain(MAX_FOLDER_LEVELS + 1, "e"), chain(300, "e")):
            assert client.create(refused)[0] == "NO"
        assert client.create(f"{'n' * 59}/{'n' * 59}/{'n' * 120}")[0] == "OK"  # the page's longest names
        assert client.create(f"{'n' * 120}/n")[0] == "NO"
        assert client.create(f"{'n' * 59}/{'n' * 59}/{'n' * 120}/n")[0] == "NO"
        assert client.create("e")[0] == "OK"
        assert client.rename("e", chain(MAX_FOLDER_LEVELS) + "/e")[0] == "NO"
        for _ in range(3):  # each time all of them move to the bottom of new ones
            assert client.create(chain(MAX_FOLDER_LEVELS - 1, "c"))[0] == "OK"
            assert client.rename("d", chain(MAX_FOLDER_LEVELS - 1, "c") + "/d")[0] == "OK"
            assert client.rename("c", "d")[0] == "OK"
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        levels = [folder.name.count("/") + 1 for folder in box.folders()]
        assert max(levels) == 2 * MAX_FOLDER_LEVELS
        with pytest.raises(FolderRefused, match="folder-depth"):
            box.create_folder(chain(MAX_FOLDER_LEVELS + 1, "f"))
