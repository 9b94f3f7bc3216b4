"""A notice of the académie is filed once, even by two processes at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.engines.imap.adapters.conftest import Store
from tests.engines.samples import at, letter

from vaguemestre.engines.imap.adapters.welcome_message import WelcomeMessages
from vaguemestre.mailbox.webmail.rules.listing.private_mail import DelegatedScope
from vaguemestre.mailbox.webmail.services.private_mail import DelegatedMailbox
from vaguemestre.post.mailstore.ports import FolderGone, Mailbox
from vaguemestre.post.mailstore.privacy import PRIVATE
from vaguemestre.post.mailstore.values import DELETED_MESSAGES, MailLogin

ID = "<compte.1@ac-amiens.test>"
NOTICE = letter("Connexion depuis un nouveau navigateur", Message_ID=ID)


def test_a_notice_filed_by_two_at_once_stays_once(store: Store) -> None:
    opened, mailbox = store

    @contextmanager
    def beside_another(login: MailLogin) -> Iterator[Mailbox]:
        with opened(login) as box:
            find = box.find_by_message_id

            def find_before_the_other(folder: str, message_id: str) -> object:
                refs = find(folder, message_id)
                if not refs:  # the other process looked too, and files now
                    with opened(login) as other:
                        other.append("INBOX", NOTICE, (), at(1))
                return refs

            box.find_by_message_id = find_before_the_other  # type: ignore[method-assign, assignment]
            try:
                yield box
            finally:
                del box.find_by_message_id

    WelcomeMessages(beside_another, "mail.ac-amiens.test", b"k")(mailbox, NOTICE, ID, at(1))
    with opened(MailLogin(mailbox)) as box:
        assert [row.summary.message_id for row in box.page("INBOX", 0, 50).rows] == [ID]
        assert _deleted(box) == []  # the second copy would tell its owner that somebody removed a notice


def _deleted(box: Mailbox) -> list[str]:
    try:
        return [row.summary.message_id for row in box.page(DELETED_MESSAGES, 0, 50).rows]
    except FolderGone:  # nothing was ever deleted
        return []


def test_a_security_notice_is_marked_for_its_owner_alone(store: Store) -> None:
    """It passes no delivery script: those to whom the mailbox is lent read it, and its links."""
    opened, mailbox = store
    private = letter("Un code de secours a servi", Message_ID=ID, Sensitivity="Private")
    WelcomeMessages(opened, "mail.ac-amiens.test", b"k")(mailbox, private, ID, at(1))
    with opened(MailLogin(mailbox)) as box:
        assert [PRIVATE in row.flags for row in box.page("INBOX", 0, 50).rows] == [True]
        assert DelegatedMailbox(box, DelegatedScope()).page("INBOX", 0, 50).rows == ()
