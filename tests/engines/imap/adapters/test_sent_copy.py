"""What follows a sending happens once, however often it is asked."""

import pytest
from tests.engines.imap.adapters.conftest import Store
from tests.engines.samples import at, letter

from vaguemestre.engines.imap.adapters.sent_copy import AnsweredMarks, SentCopies
from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused
from vaguemestre.post.mailstore.ports import QuotaReached
from vaguemestre.post.mailstore.privacy import PRIVATE
from vaguemestre.post.mailstore.values import Flag, MailLogin, MessageRef

ID = "<envoi@ac-amiens.test>"
SENT = letter("Re: Question", Message_ID=ID)


def kept(ref: MessageRef, **more: object) -> dict[str, object]:
    return {"folder": ref.folder, "uid_validity": ref.uid_validity, "uid": ref.uid, **more}


def test_the_copy_is_filed_once_the_original_marked_the_draft_gone(store: Store) -> None:
    opened, mailbox = store
    login = MailLogin(mailbox)
    with opened(login) as box:
        original = box.append("INBOX", letter("Question"), (), at(1))
        draft = box.append("Drafts", letter("Re: Question"), (Flag.DRAFT,), at(2))
    for _ in range(2):
        SentCopies(opened)(mailbox, SENT, ID, kept(original), kept(draft), at(3))
    with opened(login) as box:
        sent = box.page("Sent", 0, 50)
        assert [row.summary.message_id for row in sent.rows] == [ID]
        assert Flag.SEEN in sent.rows[0].flags
        assert Flag.ANSWERED in box.page("INBOX", 0, 50).rows[0].flags
        assert box.page("Drafts", 0, 50).total == 0


def test_the_copy_of_a_private_answer_is_marked_so(store: Store) -> None:
    opened, mailbox = store
    sent = letter("Re: Question", Message_ID=ID, Sensitivity="Private")
    SentCopies(opened)(mailbox, sent, ID, None, None, at(3))
    with opened(MailLogin(mailbox)) as box:
        assert box.page("Sent", 0, 50).rows[0].flags == {Flag.SEEN, PRIVATE}


def test_the_original_is_marked_at_once_and_not_before(store: Store) -> None:
    opened, mailbox = store
    with opened(MailLogin(mailbox)) as box:
        original = box.append("INBOX", letter("Question"), (), at(1))
    with AnsweredMarks(opened)(mailbox, kept(original)) as mark:
        with opened(MailLogin(mailbox)) as box:
            assert box.open(original).flags == frozenset()
        assert mark()
        with opened(MailLogin(mailbox)) as box:
            assert box.open(original).flags == {Flag.ANSWERED}


def test_a_mail_store_that_is_away_keeps_nothing_from_leaving() -> None:
    def away(_: MailLogin) -> None:
        raise EngineDown("imap: nobody there")

    original = MessageRef("INBOX", 1, 1)
    with AnsweredMarks(MemoryMailboxes(before_open=away))("marie", kept(original)) as mark:
        assert not mark()


def test_a_forwarded_message_is_marked_so(store: Store) -> None:
    opened, mailbox = store
    with opened(MailLogin(mailbox)) as box:
        original = box.append("INBOX", letter("Question"), (), at(1))
    SentCopies(opened)(mailbox, SENT, ID, kept(original, flag="$Forwarded"), None, at(3))
    with opened(MailLogin(mailbox)) as box:
        assert box.open(original).flags == {Flag.FORWARDED}


@pytest.mark.parametrize(
    "odd", [None, {}, {"folder": "Nulle part", "uid_validity": 1, "uid": 1}, {"uid": "x"}]
)
def test_an_original_that_is_gone_is_no_trouble(store: Store, odd: dict[str, object] | None) -> None:
    opened, mailbox = store
    SentCopies(opened)(mailbox, SENT, ID, odd, odd, at(3))
    with opened(MailLogin(mailbox)) as box:
        assert box.page("Sent", 0, 50).total == 1


def test_no_room_is_a_refusal_of_the_engine() -> None:
    def full(_: MailLogin) -> None:
        raise QuotaReached("mailstore.quota-reached")

    with pytest.raises(EngineRefused):
        SentCopies(MemoryMailboxes(before_open=full))("marie", SENT, ID, None, None, at(3))


def test_the_original_is_marked_even_if_there_is_no_room_for_the_copy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = MemoryMailboxes()
    with opened(MailLogin("marie")) as box:
        original = box.append("INBOX", letter("Question"), (), at(1))

    def full(*_: object) -> MessageRef:
        raise QuotaReached("mailstore.quota-reached")

    monkeypatch.setattr(MemoryMailbox, "append", full)
    with pytest.raises(EngineRefused):
        SentCopies(opened)("marie", SENT, ID, kept(original), None, at(3))
    with opened(MailLogin("marie")) as box:
        assert Flag.ANSWERED in box.open(original).flags


def test_the_folder_of_sent_mail_is_asked_for_once_and_again_when_it_is_gone(store: Store) -> None:
    opened, mailbox = store
    login = MailLogin(mailbox)
    copies = SentCopies(opened)
    copies(mailbox, SENT, ID, None, None, at(3), may_exist=False)
    copies._known[mailbox] = copies._known[mailbox]._replace(name="Envoyés autrefois")
    copies(
        mailbox,
        letter("Suite", Message_ID="<suite@ac-amiens.test>"),
        "<suite@ac-amiens.test>",
        None,
        None,
        at(4),
    )
    with opened(login) as box:
        assert box.page("Sent", 0, 50).total == 2
