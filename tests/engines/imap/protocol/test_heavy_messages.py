"""Messages that no list can draw, on a live Dovecot: the page, the search and the others live on."""

import binascii
import imaplib
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

import pytest
from tests.corpus import heavy
from tests.engines.live import LiveEngines, Someone
from tests.engines.mail import Post
from tests.engines.samples import letter

from vaguemestre.engines.conversion.sandbox import SandboxedConverter
from vaguemestre.engines.conversion.task_runner import TaskRunner
from vaguemestre.engines.imap.protocol import connection, line_stream
from vaguemestre.engines.imap.store import row_fetch
from vaguemestre.mailbox.compose.rules.replies import reply_draft
from vaguemestre.mailbox.compose.values import Mode
from vaguemestre.mailbox.webmail.ports import TooComplex
from vaguemestre.mailbox.webmail.rules.listing.rows import TOO_COMPLEX, LineContext, line_of
from vaguemestre.mailbox.webmail.services.message.attachments_zip import pack_files
from vaguemestre.mailbox.webmail.services.message.enclosed import reads_within
from vaguemestre.mailbox.webmail.services.message.message_reader import read_message
from vaguemestre.post.mailstore.values import MailLogin, Row, View

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
def put(engines: LiveEngines, someone: Someone) -> Iterator[Callable[[bytes], None]]:
    """Adds a message as any mail program does."""
    client = engines.signed_in(someone)

    def append(content: bytes) -> None:
        said = client.append("INBOX", "", imaplib.Time2Internaldate(time.time()), content)
        assert said[0] == "OK", said

    try:
        yield append
    finally:
        client.shutdown()


def people(row: Row) -> str:
    return line_of(row, LineContext(row.summary.date.date(), {}, frozenset())).people


@pytest.mark.parametrize("name", heavy.HEADERS)
def test_a_page_never_fails_because_of_one_message(
    name: str, put: Callable[[bytes], None], post: Post, someone: Someone
) -> None:
    put(letter("Avant"))
    put(heavy.HEADERS[name]())
    put(letter("Après"))
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        for _ in range(2):
            page = box.page("INBOX", 0, 50)
            assert [row.summary.subject for row in page.rows][::2] == ["Après", "Avant"]
        assert page.total == 3
        assert len(page.rows) == 3
        guilty = page.rows[1]
        folders = {folder.use: folder.name for folder in box.folders()}
        for everything in folders.values():
            assert len(box.page(everything, 0, 50).rows) in {0, 3}
        assert len(box.look("INBOX", View(is_grouped=True), 0, 50).rows) >= 2
        reading = read_message(box, someone.mailbox, guilty.ref, TaskRunner())
        assert box.raw(guilty.ref)
    assert reading.opened.size > 100_000
    if guilty.summary.is_too_complex:
        assert people(guilty) == TOO_COMPLEX
        assert guilty.summary.subject in {"", "Beaucoup"}
        assert reading.opened.is_too_complex


MANY = [f"100,000 addresses in {field}" for field in ("From", "To", "Cc")]


@pytest.mark.parametrize("name", MANY)
def test_a_message_of_100_000_addresses_is_listed_threaded_and_answered(
    name: str, put: Callable[[bytes], None], post: Post, someone: Someone
) -> None:
    put(letter("Avant", Message_ID="<avant@dehors.example>"))
    tied = b"Message-ID: <beaucoup@dehors.example>\r\nIn-Reply-To: <avant@dehors.example>\r\n"
    put(tied + heavy.HEADERS[name]())
    both = "<avant@dehors.example> <beaucoup@dehors.example>"
    put(letter("Après", In_Reply_To="<beaucoup@dehors.example>", References=both))
    taken: dict[str, float] = {}

    def timed[T](what: str, ask: Callable[[], T]) -> T:
        began = time.thread_time()
        answer = ask()
        taken[what] = time.thread_time() - began
        return answer

    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        before, guilty, after = reversed(timed("list", lambda: box.page("INBOX", 0, 50)).rows)
        for row in (before, guilty, after):
            thread = timed("conversation", lambda ref=row.ref: box.conversation(ref))
            assert {one.ref for one in thread} >= {row.ref, guilty.ref}
        original = timed("open", lambda: box.open(guilty.ref))
        for mode in (Mode.REPLY, Mode.REPLY_ALL, Mode.FORWARD):
            answer = timed(
                f"answer: {mode}", lambda how=mode: reply_draft(how, original, {someone.address}, "")
            )
            assert answer.subject.endswith("Beaucoup")
    assert max(taken.values()) <= 1.0, taken


def test_its_subject_is_told_and_its_people_where_the_store_had_the_time(
    put: Callable[[bytes], None], post: Post, someone: Someone
) -> None:
    put(heavy.HEADERS["100,000 addresses in From"]())
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        (row,) = box.page("INBOX", 0, 50).rows
        message = box.open(row.ref)
        text = box.part(row.ref, message.root.number)
    assert row.summary.subject == "Beaucoup"
    assert people(row) == TOO_COMPLEX or not row.summary.is_too_complex
    assert message.subject == "Beaucoup"
    assert text.strip() == b"Bonjour"


def test_a_page_of_messages_that_each_take_long_is_drawn_and_remembered(
    put: Callable[[bytes], None], post: Post, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is there, the answer about a whole page does not end in time."""
    for n in range(4):
        put(letter(f"Lettre {n}"))
    put(heavy.HEADERS["100,000 addresses in From"]())
    run_of = connection.Connection._receive
    asked: list[bytes] = []
    send = connection.Connection._send

    def noted(self: connection.Connection, content: bytes, deadline: float) -> None:
        asked.append(content)
        send(self, content, deadline)

    def slow(self: connection.Connection, deadline: float) -> bytes:
        chunk = run_of(self, deadline)
        if asked and b"ENVELOPE" in asked[-1] and b"dehors.example" in chunk and b")(NIL NIL" in chunk:
            self.broken = True
            raise line_stream.TooSlow("imap: no answer in time")
        return chunk

    monkeypatch.setattr(connection.Connection, "_send", noted)
    monkeypatch.setattr(connection.Connection, "_receive", slow)
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        page = box.page("INBOX", 0, 50)
    assert [row.summary.subject for row in page.rows] == ["Beaucoup", *(f"Lettre {n}" for n in (3, 2, 1, 0))]
    assert page.rows[0].summary.is_too_complex
    asked.clear()
    put(letter("Une autre"))
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        assert len(box.page("INBOX", 0, 50).rows) == 6
    assert not any(b"ENVELOPE" in question and b"FETCH 5:6 " in question for question in asked)


def test_a_search_waits_for_the_index_of_a_message_that_takes_long(
    put: Callable[[bytes], None], post: Post, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store indexes 100,000 addresses before it answers: longer than a search is first given."""
    put(letter("Avant"))
    put(heavy.HEADERS["100,000 addresses in To"]())
    receive, send = connection.Connection._receive, connection.Connection._send
    asked: dict[connection.Connection, bytes] = {}  # the last question of each connection

    def noted(self: connection.Connection, content: bytes, deadline: float) -> None:
        asked[self] = content
        send(self, content, deadline)

    def indexing(self: connection.Connection, deadline: float) -> bytes:
        question = asked.get(self, b"")
        is_short = deadline - time.monotonic() < 2 * connection.PATIENCE_SECONDS
        if is_short and b" TEXT " in question:
            if b" SELECT " in question:  # sent together: the folder is answered for, then nothing more
                asked[self] = question.partition(b" SELECT ")[2].partition(b"\r\n")[2]
                return receive(self, deadline)
            self.broken = True
            raise line_stream.TooSlow("imap: no answer in time")
        return receive(self, deadline)

    monkeypatch.setattr(row_fetch, "_INDEXING_SECONDS", 60.0)  # whatever else these cores do
    monkeypatch.setattr(connection.Connection, "_send", noted)
    monkeypatch.setattr(connection.Connection, "_receive", indexing)
    view = View(terms=("Avant",))
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        assert [ref.uid for ref in box.refs("INBOX", view)] == [1]
    for grouped in (False, True):
        with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
            rows = box.look("INBOX", replace(view, is_grouped=grouped), 0, 50).rows
            assert [row.summary.subject for row in rows] == ["Avant"]
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        assert box.search("INBOX", ["Avant"], 0, 50).total == 1


FIELDS = b"From: a@dehors.example\r\nSubject: Lettre\r\nMIME-Version: 1.0\r\n"
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nLe texte de la lettre.\r\n"
LETTERS = {
    "an empty HTML beside a text": FIELDS
    + b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
    + TEXT
    + b"--b\r\nContent-Type: text/html\r\n\r\n\r\n--b--\r\n",
    "a boundary that nobody can read": FIELDS
    + b'Content-Type: multipart/alternative;; boundary="b"\r\n\r\n--b\r\n'
    + TEXT
    + b"--b--\r\n",
    "lines that end in CR": (FIELDS + TEXT).replace(b"\r\n", b"\r"),
    "parts whose lines end in CR": (
        FIELDS + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + TEXT + b"--b--\r\n"
    ).replace(b"\r\n", b"\r"),
    "a piece of a message": FIELDS
    + b'Content-Type: message/partial; id="x@y"; number=2; total=3\r\n\r\nLe texte de la lettre.\r\n',
}


@pytest.mark.parametrize("name", LETTERS)
def test_a_text_is_shown_although_its_parts_are_not_told(name: str, post: Post, someone: Someone) -> None:
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        ref = box.append("INBOX", LETTERS[name], (), datetime.now(UTC))
        reading = read_message(box, someone.mailbox, ref, TaskRunner())
    assert "Le texte de la lettre." in reading.body.html


def test_a_message_in_two_thousand_others_is_read_or_refused(post: Post, someone: Someone) -> None:
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        ref = box.append("INBOX", heavy.HEADERS["2,000 enclosed messages"](), (), datetime.now(UTC))
        with suppress(TooComplex):  # where the store had no time for its structure
            reads_within(box, ref, "1", SandboxedConverter())
        assert box.page("INBOX", 0, 50).rows


def test_a_name_told_with_its_escapes_is_undone(post: Post, someone: Someone) -> None:
    name = b'attachment; filename="%30%32%20-%20%C3%A9t%C3%A9.pdf"'
    content = FIELDS + b"Content-Type: application/pdf\r\nContent-Disposition: %b\r\n\r\nx\r\n" % name
    with post.mailboxes(MailLogin(someone.mailbox, "a session")) as box:
        ref = box.append("INBOX", content, (), datetime.now(UTC))
        assert box.open(ref).root.name == "02 - été.pdf"


def test_files_of_a_message_come_in_one_archive_also_from_its_text(
    put: Callable[[bytes], None], post: Post, someone: Someone
) -> None:
    content = bytes(range(256)) * 20
    put(with_files(content))
    with post.mailboxes(MailLogin(someone.mailbox)) as mailbox:
        (row,) = mailbox.page("INBOX", 0, 50).rows
        reading = read_message(mailbox, someone.mailbox, row.ref, TaskRunner())
        assert [file.number for file in reading.attachments] == ["2", "3", "1u1"]
        packed = pack_files(mailbox, row.ref, reading.attachments)
    with packed, zipfile.ZipFile(packed) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == {
            "a.bin": content, "b.txt": b"b", "c.bin": content,
        }  # fmt: skip


def with_files(content: bytes) -> bytes:
    """Two attached files, and one in the text."""
    lines = (binascii.b2a_uu(content[place : place + 45]) for place in range(0, len(content), 45))
    text = b"Voici\n" + b"begin 644 c.bin\n" + b"".join(lines) + b"`\nend\n"
    message = EmailMessage()
    message["From"], message["Subject"] = "a@dehors.example", "Pièces"
    message.set_content(text.decode("ascii"))
    message.add_attachment(content, "application", "octet-stream", filename="a.bin")
    message.add_attachment(b"b", "application", "octet-stream", filename="b.txt")
    return message.as_bytes(policy=policy.SMTP)
