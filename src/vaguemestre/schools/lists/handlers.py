"""Jobs of lists: reading of mailboxes, fan-out, notices."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from vaguemestre.access.signin.ports import deliver_notice
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.queries import Presented, is_closed, presented
from vaguemestre.people.intake.events import PersonTransferred
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.outbox.ports import find_reports, submit
from vaguemestre.schools.lists import queries, services
from vaguemestre.schools.lists.events import FanoutDue, ListMailDelivered, NoticeDue
from vaguemestre.schools.lists.models import ListLetter
from vaguemestre.schools.lists.ports import is_sealed, was_sent_as
from vaguemestre.schools.lists.refusals import TO_AUTHORS
from vaguemestre.schools.lists.rules.notices import build_notice
from vaguemestre.schools.lists.services.fanout import FanoutContext
from vaguemestre.schools.lists.values import DECIDER_LEFT, NoticeKind

_READ_EVERY = timedelta(minutes=10)  # a mailbox is read at least that often
_STALLED_AFTER = timedelta(minutes=5)
_LISTS_PER_RUN = 20


def read_list(event: ListMailDelivered) -> None:
    services.read_list(
        event.list_id, open_mailbox.get(), find_reports.get(), is_sealed.get(), now=timezone.now()
    )


def follow_transfer(event: PersonTransferred) -> None:
    """Remove a person from the lists of the académie they left, for another one of this installation."""
    services.leave_academy(
        event.account_id, event.person_id, event.left_domain, by="system", now=timezone.now()
    )


def fan_out(event: FanoutDue) -> None:
    context = FanoutContext(
        open_mailbox=open_mailbox.get(),
        submit=submit.get(),
        was_sent_as=was_sent_as.get(),
        site=settings.CONFIG.public_url.rstrip("/"),
        clock=timezone.now,
    )
    services.fan_out(event.letter_id, context)


def read_overdue_lists() -> None:
    """Read mailboxes that had no delivery event for long, a few lists at a time."""
    for list_id in queries.overdue_lists(timezone.now() - _READ_EVERY, limit=_LISTS_PER_RUN):
        services.announce_mail(list_id)


def resume_stalled_letters() -> None:
    """Resume letters whose jobs were lost with a worker."""
    for letter_id in queries.stalled_letters(timezone.now() - _STALLED_AFTER):
        services.resume_fanout(letter_id)


def send_notices(event: NoticeDue) -> None:
    """Notify an authenticated author, or the managers (once an hour for a list)."""
    row = queries.find_letter_by_id(event.letter_id)
    if row is None:
        return
    kind = NoticeKind(event.kind)
    if kind is NoticeKind.TO_DECIDE:
        _notify_managers(row)
    elif row.author_id:
        _notify_author(row, kind)


def _notify_author(row: ListLetter, kind: NoticeKind) -> None:
    author = presented(row.author_id or 0)
    if author is None:
        return
    message = f"Votre message « {row.subject or '(sans objet)'} » à la liste « {row.list.title} »"
    reason = TO_AUTHORS.get(row.reason, "") or (sentence(Refusal(row.reason)) if row.reason else "")
    if kind is NoticeKind.HELD:
        subject = f"En attente : {row.subject}"
        paragraphs = (f"{message} attend l’accord de ceux qui s’en occupent.", reason)
    else:
        subject = f"Non diffusé : {row.subject}"
        paragraphs = (f"{message} n’a pas été diffusé.", row.note or reason)
    _deliver(row, author, subject, paragraphs, f"{row.public_id} {kind}")


def _notify_managers(row: ListLetter) -> None:
    address = settings.CONFIG.public_url.rstrip("/") + reverse("lists:moderation", args=[row.list_id])
    paragraphs = (f"Un message attend votre décision sur la liste « {row.list.title} ».", address)
    subject = f"À modérer : liste « {row.list.title} »"
    hour = row.received_at.strftime("%Y%m%d%H")
    if row.reason == DECIDER_LEFT:  # they were told of it once
        hour = str(row.public_id)
    for account_id in queries.manager_accounts(row.list_id, timezone.now()):
        manager = presented(account_id)
        if manager:
            _deliver(row, manager, subject, paragraphs, f"list:{row.list_id} {hour}")


def _deliver(row: ListLetter, to: Presented, subject: str, paragraphs: tuple[str, ...], key: str) -> None:
    """Deliver a notice; the same key is the same notice."""
    now = timezone.now()
    texts = tuple(paragraph for paragraph in paragraphs if paragraph)
    content, message_id = build_notice(row.list.title, row.list.address, to.address, subject, texts, key, now)
    deliver_notice.get()(to.mailbox, content, message_id, now)


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id, event.person_id)


def end_with_posts() -> None:
    """Periodic task: end the roles and subscriptions in the lists of schools that people left."""
    services.end_with_posts(settings.CONFIG.lifecycle.overlap, now=timezone.now())


def purge_old_copies() -> None:
    """Periodic task: delete the copies of messages whose retention is over."""
    services.delete_old_copies(settings.CONFIG.retention.submissions_days, now=timezone.now())
