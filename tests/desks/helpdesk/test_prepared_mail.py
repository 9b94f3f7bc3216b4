"""A thief leaves nothing behind that goes on: no prepared mail, no answer, no code of a program."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.inboxes import inboxes
from tests.access.signin.people import account
from tests.rows import make

from vaguemestre.access.signin.links import alarm_link
from vaguemestre.desks.helpdesk.services import perform_action
from vaguemestre.desks.helpdesk.values import DeskAction
from vaguemestre.foundation.jobs import ports as jobs
from vaguemestre.mailbox.autoconfig.models import ProgramCode
from vaguemestre.mailbox.compose.models import Identity, Mailing, MailingCopy
from vaguemestre.mailbox.sorting.models import AbsenceRow, ScriptRow
from vaguemestre.mailbox.sorting.values import Place
from vaguemestre.people.credentials.models import Account, AppPassword, RecoveryContact
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import contacts_of
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.schools.sharing.models import Box, Member, SentMessage

pytestmark = pytest.mark.django_db(transaction=True)

LATER = datetime(2040, 1, 1, tzinfo=UTC)
type Stop = Callable[[Account], object]


def act(action: DeskAction, on: Account) -> None:
    operator = account("lpoulain", role="helpdesk", first_name="Lucie", last_name="Poulain")
    reason = "Appel du 25, rappelé au numéro connu"
    perform_action(action, on.pk, reason, secret_keys.get(), operator_id=operator.pk, now=timezone.now())


def shelter(on: Account) -> None:
    act(DeskAction.COMPROMISED, on)


def lock(on: Account) -> None:
    """« Tout refermer », from the link of a notice."""
    link = alarm_link("http://x", on.pk, "new-browser", timezone.now().isoformat(), 0)
    assert Client().post(urlsplit(link).path, {"lock": "1"}).status_code == 302


BOTH = pytest.mark.parametrize("stop", [shelter, lock])


@pytest.fixture(autouse=True)
def no_consequences() -> Iterator[None]:
    """Engines hear nothing: what is decided is in the database."""
    before = jobs.subscriptions.get()
    jobs.subscriptions.replace({})
    with inboxes():
        yield
    jobs.subscriptions.replace(before)


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def other() -> Account:
    return account("mdurand", first_name="Marie", last_name="Durand")


@pytest.fixture
def box(nicolas: Account, other: Account) -> Box:
    """A mailbox that both may write from."""
    made: Box = make(Box, kind="service", closed_at=None)
    Account.objects.filter(pk=made.account_id).update(role="box", state="active")
    for member in (nicolas, other):
        make(Member, box=made, account=member, right="send", ended_at=None, ends_at=None)
    return made


def waiting(on: Account, key: str, **changed: object) -> OutboxMessage:
    given = {"state": "held", "due_at": LATER, "attempted_at": None, "content": b"c", "reason": "", **changed}
    return OutboxMessage.objects.create(
        account=on, key=key, message_id=f"<{key}@x>", sender="s", recipients=["a@b.fr"],
        created_at=timezone.now(), **given,
    )  # fmt: skip


def mailing(on: Account, acting_id: int = 0) -> Mailing:
    made: Mailing = make(
        Mailing, account=on, state="running", due_at=LATER, acting_id=acting_id, composition=None
    )
    return made


@BOTH
def test_a_mailing_due_later_is_stopped_wherever_the_thief_began_it(
    nicolas: Account, other: Account, box: Box, stop: Stop
) -> None:
    own, acted = mailing(nicolas), mailing(box.account, nicolas.pk)
    theirs, colleagues = mailing(other), mailing(box.account, other.pk)
    stop(nicolas)
    assert dict(Mailing.objects.values_list("pk", "state")) == {
        own.pk: "stopped", acted.pk: "stopped", theirs.pk: "running", colleagues.pk: "running",
    }  # fmt: skip


@BOTH
def test_a_letter_that_waits_in_a_shared_mailbox_becomes_a_draft_there_and_the_membership_stays(
    nicolas: Account, other: Account, box: Box, stop: Stop
) -> None:
    key = make(AppPassword, account=box.account, holder_id=nicolas.pk, revoked_at=None)
    for who, name in ((nicolas, "voleur.1"), (other, "marie.1")):
        waiting(box.account, name)
        make(SentMessage, box=box, account=who, key=name)
    stop(nicolas)
    states = {row.key: (row.state, row.reason) for row in OutboxMessage.objects.all()}
    assert states == {"voleur.1": ("refused", "outbox.author-secured"), "marie.1": ("held", "")}
    assert Member.objects.filter(box=box, ended_at=None).count() == 2
    key.refresh_from_db()
    assert key.revoked_at is not None


@BOTH
def test_copies_of_a_mailing_on_their_way_out_of_a_shared_mailbox_do_not_leave(
    nicolas: Account, box: Box, stop: Stop
) -> None:
    begun = mailing(box.account, nicolas.pk)
    make(MailingCopy, mailing=begun, number=1, queued_at=timezone.now())
    waiting(box.account, f"{begun.series}.1")
    waiting(box.account, "other.1")
    stop(nicolas)
    states = dict(OutboxMessage.objects.values_list("key", "state"))
    assert states == {f"{begun.series}.1": "refused", "other.1": "held"}


@pytest.mark.parametrize(("stop", "state"), [(shelter, "stopped"), (lock, "refused")])
def test_what_waits_in_the_mailbox_itself_does_not_leave(
    nicolas: Account, other: Account, stop: Stop, state: str
) -> None:
    """The desk decides of it after a compromise; whoever locks their own account finds their drafts."""
    waiting(nicolas, "k.1")
    waiting(nicolas, "k.2", state="queued")
    waiting(nicolas, "k.3", state="queued", attempted_at=timezone.now())  # too late
    waiting(other, "k.4")
    stop(nicolas)
    states = dict(OutboxMessage.objects.values_list("key", "state"))
    assert states == {"k.1": state, "k.2": state, "k.3": "queued", "k.4": "held"}


@pytest.mark.parametrize("stop", [shelter, lock, lambda on: act(DeskAction.SUSPEND, on)])
def test_an_absence_of_ones_own_answers_no_more_and_keeps_its_text(
    nicolas: Account, other: Account, stop: Stop
) -> None:
    for place in Place:
        make(AbsenceRow, account=nicolas, place=place, is_on=True, external_text="Écrivez à x@voleur.example")
    make(AbsenceRow, account=other, place=Place.FIRST, is_on=True)
    before = ScriptRow.objects.get_or_create(account=nicolas)[0].wanted
    stop(nicolas)
    on = AbsenceRow.objects.filter(account=nicolas, is_on=True).values_list("place", flat=True)
    assert set(on) == {Place.DESK, Place.LEFT}  # whoever set those is not the thief
    assert AbsenceRow.objects.filter(account=nicolas).exclude(external_text="").count() == len(Place)
    assert AbsenceRow.objects.get(account=other).is_on
    assert ScriptRow.objects.get(account=nicolas).wanted > before


def test_answers_to_a_sheltered_account_go_nowhere_else(nicolas: Account, other: Account) -> None:
    for on, reply_to in ((nicolas, "x@voleur.example"), (nicolas, "c@ac-amiens.test"), (other, "m@asso.fr")):
        make(Identity, account=on, address="n@ac-amiens.test", reply_to=reply_to, is_default=False)
    shelter(nicolas)
    assert sorted(Identity.objects.values_list("reply_to", flat=True)) == [
        "",
        "c@ac-amiens.test",
        "m@asso.fr",
    ]


@BOTH
def test_the_code_a_program_was_given_is_over(nicolas: Account, other: Account, stop: Stop) -> None:
    for on in (nicolas, other):
        make(ProgramCode, account=on, used_at=None, expires_at=timezone.now() + timedelta(minutes=1))
    stop(nicolas)
    assert [code.account_id for code in ProgramCode.objects.all()] == [other.pk]


@BOTH
def test_a_recovery_contact_of_less_than_seven_days_reopens_nothing(nicolas: Account, stop: Stop) -> None:
    now = timezone.now()
    for days, address in ((6, "v@voleur.example"), (8, "nicolas@maison.example")):
        at = now - timedelta(days=days)
        make(
            RecoveryContact, account=nicolas, address=address, confirmed_at=at,
            usable_at=at + timedelta(days=3), dropped_at=None,
        )  # fmt: skip
    stop(nicolas)
    assert [one.address for one in contacts_of(nicolas.pk, now)] == ["nicolas@maison.example"]
