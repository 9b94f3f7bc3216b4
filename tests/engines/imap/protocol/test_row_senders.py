"""Whom a From field names, as Dovecot reads it: rows and opened messages of hostile ones."""

import email.utils
from collections.abc import Iterator
from datetime import date

import pytest
from tests.engines.live import LiveEngines, Someone
from tests.engines.mail import Post

from vaguemestre.mailbox.webmail.rules.listing.rows import display_name
from vaguemestre.mailbox.webmail.rules.rendering.header import build_header
from vaguemestre.mailbox.webmail.rules.trust.authenticity import Verdict
from vaguemestre.mailbox.webmail.rules.trust.from_field import AMBIGUOUS, from_field
from vaguemestre.mailbox.webmail.services.message.verdicts import AuthServer, verdict_of
from vaguemestre.post.mailstore.values import Correspondent, MailLogin

pytestmark = pytest.mark.engines

HEAD, EVIL = "philippe.vasseur@ac-amiens.test", "evil@dehors.example"


@pytest.fixture
def someone(engines: LiveEngines) -> Someone:
    return engines.someone()


@pytest.fixture
def post(engines: LiveEngines) -> Iterator[Post]:
    made = Post(engines)
    yield made
    made.pool.close_all()


def put(engines: LiveEngines, someone: Someone, content: bytes) -> None:
    client = engines.signed_in(someone)
    client.append("INBOX", "", None, content)
    client.shutdown()


def letter(author: str, text: str = "x") -> bytes:
    return f"From: {author}\r\nSubject: essai\r\nDate: {email.utils.formatdate()}\r\n\r\n{text}\r\n".encode()


@pytest.mark.parametrize(
    "author",
    [
        f"=?utf-8?Q?A:{HEAD};?= <{EVIL}>",
        f"A: {HEAD}; <{EVIL}>",
        f"A: {HEAD};, {EVIL}",
        f"{HEAD}, {EVIL}",
        f"Le principal <{HEAD}> <{EVIL}>",
        f"Le principal <{HEAD}>\r\n <{EVIL}>",
        f"<{HEAD}><{EVIL}>",
        f"{EVIL}\r\nFrom: {HEAD}",
        f"{HEAD}\r\nFrom: {EVIL}",
        f"{HEAD} <{EVIL}>, <{HEAD}>",
        f"=?utf-8?Q?Le_principal_=3C{HEAD}=3E?= <{EVIL}>",
        f"=?utf-8?Q?Camille=0ABcc:=20{HEAD}?= <{EVIL}>",
        f'"{HEAD}" <{EVIL}>',
        f"{HEAD}\x00 <{EVIL}>",
    ],
)
def test_nobody_is_shown_who_did_not_write(
    engines: LiveEngines, post: Post, someone: Someone, author: str
) -> None:
    put(engines, someone, letter(author))
    with post.mailboxes(MailLogin(someone.mailbox)) as box:
        (row,) = box.page("INBOX", 0, 10).rows
        opened = box.open(row.ref)
    field = from_field(opened)
    if field.is_ambiguous:
        assert field.sender.name == AMBIGUOUS
        assert HEAD in field.sender.address
        assert EVIL in field.sender.address
    else:
        assert display_name(field.sender) == EVIL
    # a row knows what Dovecot read, which is one address in some of these: a delivery files them as junk
    if len(opened.sender) > 1 or author.startswith(("A:", "=?utf-8?Q?A:")):
        assert display_name(row.summary.sender) == AMBIGUOUS


def test_a_name_cut_by_a_comma_is_shown_whole_in_rows_and_opened(
    engines: LiveEngines, post: Post, someone: Someone
) -> None:
    put(engines, someone, letter(f"Vasseur, Philippe <{EVIL}>"))
    with post.mailboxes(MailLogin(someone.mailbox)) as box:
        (row,) = box.page("INBOX", 0, 10).rows
        opened = box.open(row.ref)
    whole = Correspondent("Vasseur, Philippe", EVIL)
    assert (row.summary.sender, from_field(opened).sender) == (whole, whole)
    header = build_header(opened, today=date(2026, 11, 28), own=(), own_domains=frozenset())
    assert header.answers_elsewhere == ""


def test_a_true_letter_copied_by_a_program_stays_true_and_a_changed_one_does_not(
    engines: LiveEngines, post: Post, someone: Someone
) -> None:
    other = engines.someone()
    with engines.submission() as client:
        client.login(other.mailbox, other.password)
        content = letter(f"Marie <{other.address}>", "Le vrai texte.")
        client.sendmail(other.address, [someone.address], content)
    (true,) = engines.found(someone, "essai")
    voucher = AuthServer("mail.ac-amiens.test", frozenset({"ac-amiens.test"}), engines.seal_key())
    put(engines, someone, true)
    put(engines, someone, true.replace(b"Le vrai", b"Un faux"))
    put(engines, someone, true.replace(b"From: Marie", b"From: Philippe Vasseur"))
    put(engines, someone, true.replace(b"Subject: essai", f"From: <{HEAD}>\r\nSubject: essai".encode()))
    with post.mailboxes(MailLogin(someone.mailbox)) as box:
        rows = box.page("INBOX", 0, 10).rows
        opened = [box.open(row.ref) for row in reversed(rows)]
        verdicts = [verdict_of(box, someone.mailbox, one, voucher).verdict for one in opened]
    assert verdicts == [Verdict.VERIFIED, Verdict.VERIFIED, *[Verdict.UNVERIFIED] * 3]
