"""What a class of service takes from mail programs, and how long two folders keep a message."""

import contextlib
import imaplib
import smtplib
from collections.abc import Iterator

import pytest
from tests.engines.live import LiveEngines, Someone, digest, letter, wait_until

from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.provisioning.values import MailboxLimits

pytestmark = pytest.mark.engines


def signs_in(engines: LiveEngines, person: Someone) -> bool:
    try:
        engines.signed_in(person).logout()
    except imaplib.IMAP4.error:
        return False
    return True


def token_opens(engines: LiveEngines, mailbox: str, token: str) -> bool:
    try:
        engines.with_token(mailbox, token).logout()
    except imaplib.IMAP4.error:
        return False
    return True


def submits(engines: LiveEngines, person: Someone) -> bool:
    with engines.submission() as client:
        client.ehlo()
        try:
            client.login(person.mailbox, person.password)
        except smtplib.SMTPAuthenticationError:
            return False
    return True


def test_programs_are_refused_the_protocols_of_the_class_and_no_other(engines: LiveEngines) -> None:
    marie, other = engines.someone(), engines.someone()
    without_imap = engines.change(marie, limits=MailboxLimits(imap=False))
    assert (signs_in(engines, without_imap), submits(engines, without_imap)) == (False, True)
    reads_only = engines.change(marie, limits=MailboxLimits(submission=False))
    assert (signs_in(engines, reads_only), submits(engines, reads_only)) == (True, False)
    assert (signs_in(engines, other), submits(engines, other)) == (True, True)
    everything = engines.change(marie, limits=MailboxLimits())
    assert (signs_in(engines, everything), submits(engines, everything)) == (True, True)


def test_a_program_s_token_is_refused_where_that_of_a_page_opens(engines: LiveEngines) -> None:
    marie = engines.someone(limits=MailboxLimits(imap=False))
    page, program = engines.token(marie.mailbox), engines.token(marie.mailbox, allowed=False)
    engines.directory.allow_token(marie.mailbox, digest(program), 2**31, is_program=True)
    assert token_opens(engines, marie.mailbox, page)
    assert not token_opens(engines, marie.mailbox, program)
    engines.change(marie, limits=MailboxLimits())
    assert token_opens(engines, marie.mailbox, program)


def reload(engines: LiveEngines) -> None:
    engines.doveadm._run("reload")
    wait_until(lambda: is_up(engines))


def is_up(engines: LiveEngines) -> bool:
    try:
        engines.someone()
    except EngineDown:  # the processes of before are ending
        return False
    return True


@contextlib.contextmanager
def seconds_for_days(engines: LiveEngines) -> Iterator[None]:
    """The days of classes count as seconds: nobody waits for a day."""
    file = engines.config.engines_dir / "dovecot/dovecot.conf"
    text = file.read_text(encoding="utf-8")
    assert text.count("_days || 'd'") == 2
    try:
        file.write_text(text.replace("_days || 'd'", "_days || 's'"), encoding="utf-8")
        reload(engines)
        yield
    finally:
        file.write_text(text, encoding="utf-8")
        reload(engines)


def test_the_days_of_the_class_empty_two_folders(engines: LiveEngines) -> None:
    short, usual = engines.someone(limits=MailboxLimits(trash_days=1, junk_days=1)), engines.someone()
    for person in (short, usual):
        with engines.signed_in(person) as client:
            for folder in ("Trash", "Junk", "INBOX"):
                client.append(folder, "", "", letter("a@b.example", "m@x.example", "vieux").as_bytes())

    def left(person: Someone) -> list[int]:
        """How many messages three folders hold; nothing while a process that ends takes the sign-in."""
        try:
            with engines.signed_in(person) as client:
                return [int(client.select(folder)[1][0] or 0) for folder in ("Trash", "Junk", "INBOX")]
        except imaplib.IMAP4.error:
            return []

    with seconds_for_days(engines):
        wait_until(lambda: left(short) == [0, 0, 1])
        assert wait_until(lambda: left(usual)) == [1, 1, 1]
