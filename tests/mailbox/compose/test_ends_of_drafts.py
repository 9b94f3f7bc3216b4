"""What ends a draft: another mailbox takes it over, time passes, its writer goes; nothing else is lost."""

from datetime import timedelta
from typing import Any

import pytest
from tests.access.signin.people import account
from tests.mailbox.compose.test_services import DUE, LIMIT, drafts, save
from tests.post.outbox.letters import NOON

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.compose import services
from vaguemestre.mailbox.compose.models import Composition, Identity, Mailing, MailingCopy, StockText
from vaguemestre.mailbox.compose.services.erasure import forget_person
from vaguemestre.mailbox.compose.services.identities import move_identities, remove_reply_to
from vaguemestre.mailbox.compose.services.retention import (
    ABANDONED_AFTER,
    CLASS_RECIPIENTS_KEPT,
    delete_abandoned,
    delete_old_mailings,
)
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import DraftFields, Writer
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.values import MailLogin

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(nicolas: Account) -> Writer:
    """Another mailbox, which the writer may send from."""
    box = account("secretariat")
    return Writer(box.pk, "Secrétariat", box.mailbox, MailLogin(box.mailbox), acting_id=nicolas.pk)


def begun(writer: Writer, mailboxes: MemoryMailboxes) -> str:
    key = new_key()
    save(writer, key, mailboxes, 0, to="a@b.fr", subject="Sortie", html="<p>x</p>")
    return key


def mailing(of: Account, **changed: Any) -> Mailing:
    key = new_key()
    given = {"key": key, "series": key[::-1], "state": "done", "created_at": NOON}
    made = Mailing.objects.create(account=of, **{**given, **changed})
    MailingCopy.objects.create(mailing=made, number=1, address="x@y.fr")
    return made


def test_a_draft_taken_to_another_mailbox_is_in_that_one_only_and_its_original_stays_in_the_first(
    writer: Writer, shared: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox, nicolas: Account
) -> None:
    key = begun(writer, mailboxes)
    identity = Identity.objects.create(account=nicolas, address=writer.address, name="N")
    Composition.objects.update(answered={"folder": "INBOX", "uid_validity": 1, "uid": 7}, identity=identity)
    prepared = mailing(nicolas, state="ready", composition=Composition.objects.get())
    services.hand_over(writer, key, shared, mailboxes, now=NOON)
    row = Composition.objects.get()
    assert (row.account_id, row.draft, row.identity) == (shared.account_id, None, None)
    assert row.answered == {"mailbox": nicolas.mailbox, "folder": "INBOX", "uid_validity": 1, "uid": 7}
    assert not Mailing.objects.filter(pk=prepared.pk).exists(), "it is prepared again from there"
    assert drafts(box) == []
    with pytest.raises(Refusal, match="gone"):
        services.hand_over(writer, key, shared, mailboxes, now=NOON)


def test_a_draft_that_is_sent_meanwhile_is_not_taken_to_another_mailbox(
    writer: Writer, shared: Writer, mailboxes: MemoryMailboxes
) -> None:
    key = begun(writer, mailboxes)
    written = DraftFields(to="a@b.fr", subject="x", html="<p>x</p>")
    services.send_draft(writer, key, written, 1, DUE, limit=LIMIT, now=NOON)
    with pytest.raises(Refusal, match="already-sent"):
        services.hand_over(writer, key, shared, mailboxes, now=NOON)
    assert Composition.objects.get().account_id == writer.account_id


def test_a_text_left_alone_is_deleted_after_its_time_unless_it_is_leaving(
    writer: Writer, nicolas: Account, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    keys = {name: begun(writer, mailboxes) for name in ("old", "leaving", "mailed", "recent")}
    Composition.objects.filter(key=keys["leaving"]).update(is_sending=True)
    mailing(nicolas, state="running", composition=Composition.objects.get(key=keys["mailed"]))
    now = NOON + ABANDONED_AFTER + timedelta(seconds=1)
    Composition.objects.filter(key=keys["recent"]).update(updated_at=now)
    delete_abandoned(now=now)
    left = set(Composition.objects.values_list("key", flat=True))
    assert left == {keys[name] for name in ("leaving", "mailed", "recent")}
    assert len(drafts(box)) == 4, "the drafts of the mailbox stay"


def test_whom_a_mailing_to_classes_went_to_is_forgotten_before_the_mailing(nicolas: Account) -> None:
    old = NOON - CLASS_RECIPIENTS_KEPT - timedelta(days=1)
    classes = mailing(nicolas, audiences=["4e B"], created_at=old)
    people = mailing(nicolas, created_at=old)
    running = mailing(nicolas, audiences=["4e B"], created_at=old, state="running")
    recent = mailing(nicolas, audiences=["4e B"])
    delete_old_mailings(365, now=NOON)
    with_copies = set(MailingCopy.objects.values_list("mailing_id", flat=True))
    assert with_copies == {people.pk, running.pk, recent.pk}
    assert Mailing.objects.filter(pk=classes.pk).exists()
    delete_old_mailings(7, now=NOON)
    assert set(Mailing.objects.values_list("pk", flat=True)) == {running.pk, recent.pk}


def test_a_forgotten_person_leaves_what_is_shared_with_the_school_only(
    writer: Writer, nicolas: Account, mailboxes: MemoryMailboxes
) -> None:
    other, school = account("autre"), nicolas.person.assignments.get().structure
    begun(writer, mailboxes)
    for owner in (nicolas, other):
        mailing(owner)
        Identity.objects.create(account=owner, address="a@b.fr", name="N")
        for structure in (None, school):
            StockText.objects.create(account=owner, structure=structure, title="T", html="x", updated_at=NOON)
    forget_person(nicolas.pk)
    for table in (Mailing, Identity):
        assert {row.account_id for row in table._default_manager.all()} == {other.pk}
    assert not Composition.objects.exists()
    assert StockText.objects.filter(account=nicolas).get().structure == school
    assert StockText.objects.filter(account=other).count() == 2


def test_an_answer_address_its_owner_disowns_is_removed_once_and_from_no_other(nicolas: Account) -> None:
    identity = Identity.objects.create(
        account=nicolas, address="a@b.fr", name="N", reply_to="voleur@dehors.example"
    )
    assert not remove_reply_to(account("autre").pk, identity.pk, by="notice", now=NOON)
    assert remove_reply_to(nicolas.pk, identity.pk, by="notice", now=NOON)
    assert not remove_reply_to(nicolas.pk, identity.pk, by="notice", now=NOON)
    identity.refresh_from_db()
    assert identity.reply_to == ""


def test_identities_follow_their_owner_to_another_academie(nicolas: Account) -> None:
    for address, reply_to in (("n@ac-amiens.test", "n@ac-amiens.test"), ("n@asso.example", "x@asso.example")):
        Identity.objects.create(account=nicolas, address=address, name="N", reply_to=reply_to)
    for _ in range(2):
        move_identities(nicolas.pk, "ac-amiens.test", "n@ac-lille.test")
    assert set(Identity.objects.values_list("address", "reply_to")) == {
        ("n@ac-lille.test", "n@ac-lille.test"),
        ("n@asso.example", "x@asso.example"),
    }
