"""What the worker does for lists: mail read, letters carried, people told."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from vaguemestre.access.signin.ports import deliver_notice
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import is_closed, presented
from vaguemestre.people.intake.events import PersonTransferred
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.outbox.ports import find_reports, submit
from vaguemestre.schools.lists import queries, services
from vaguemestre.schools.lists.events import LetterGoesOn, ListMailCame, NoticeDue
from vaguemestre.schools.lists.models import LetterRow
from vaguemestre.schools.lists.ports import was_sent_as
from vaguemestre.schools.lists.rules.notices import notice
from vaguemestre.schools.lists.services.fanout import Means

_UNREAD_FOR = timedelta(minutes=10)
_LOST_FOR = timedelta(minutes=5)
_AT_ONCE = 20


def read_list(event: ListMailCame) -> None:
    services.read_list(event.list_id, open_mailbox.get(), find_reports.get(), now=timezone.now())


def follow_transfer(event: PersonTransferred) -> None:
    """To another académie of this installation: no list of the one they left is theirs."""
    services.leave_academy(
        event.account_id, event.person_id, event.left_domain, by="system", now=timezone.now()
    )


def carry_letter(event: LetterGoesOn) -> None:
    means = Means(
        open_mailbox=open_mailbox.get(),
        submit=submit.get(),
        was_sent_as=was_sent_as.get(),
        domain=settings.CONFIG.academy.domain.lower(),
        site=settings.CONFIG.public_url.rstrip("/"),
        clock=timezone.now,
    )
    services.carry_letter(event.letter_id, means)


def find_unread_mail() -> None:
    """A delivery nobody heard of is found all the same, a few lists at a time."""
    for list_id in queries.unread_lists(timezone.now() - _UNREAD_FOR, limit=_AT_ONCE):
        services.hear_again(list_id)


def find_lost_letters() -> None:
    """A letter whose job was lost with its worker goes on."""
    for letter_id in queries.lost_letters(timezone.now() - _LOST_FOR):
        services.carry_again(letter_id)


def tell(event: NoticeDue) -> None:
    """Its author when they are certainly one of ours; those who decide, at most once an hour for a list."""
    row = queries.letter_by_number(event.letter_id)
    if row is None:
        return
    if event.what == "to-decide":
        _tell_keepers(row)
    elif row.author_id:
        _tell_author(row, event.what)


def _tell_author(row: LetterRow, what: str) -> None:
    author = presented(row.author_id or 0)
    if author is None:
        return
    quoted = f"Votre message « {row.subject or '(sans objet)'} » à la liste « {row.list.title} »"
    if what == "held":
        subject = f"En attente : {row.subject}"
        said = (f"{quoted} attend l’accord de ceux qui s’en occupent.", _why(row))
    else:
        subject = f"Non diffusé : {row.subject}"
        said = (f"{quoted} n’a pas été diffusé.", row.note or _why(row))
    _deliver(row, author.mailbox, author.address, subject, said, f"{row.public_id} {what}")


def _tell_keepers(row: LetterRow) -> None:
    where = settings.CONFIG.public_url.rstrip("/") + reverse("lists:moderation", args=[row.list_id])
    said = (
        f"Un message attend votre décision sur la liste « {row.list.title} ».",
        where,
    )
    subject = f"À modérer : liste « {row.list.title} »"
    hour = row.received_at.strftime("%Y%m%d%H")
    for account_id in queries.keeper_accounts(row.list_id, timezone.now()):
        keeper = presented(account_id)
        if keeper:
            _deliver(row, keeper.mailbox, keeper.address, subject, said, f"list:{row.list_id} {hour}")


def _why(row: LetterRow) -> str:
    return sentence(Refusal(row.reason)) if row.reason else ""


def _deliver(
    row: LetterRow, mailbox: str, address: str, subject: str, said: tuple[str, ...], key: str
) -> None:
    now = timezone.now()
    content, message_id = notice(
        row.list.title, row.list.address, address, subject, tuple(one for one in said if one), key, now
    )
    deliver_notice.get()(mailbox, content, message_id, now)


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id, event.person_id)
