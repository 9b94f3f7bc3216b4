"""Storage of answers to invitations, and of the revisions of their events."""

from dataclasses import replace

from django.db import transaction

from vaguemestre.mailbox.calendar.models import CANCELLED, UNANSWERED, Engagement
from vaguemestre.mailbox.calendar.queries import row_of
from vaguemestre.mailbox.calendar.values import Answer, Event, Revision

_NOT_MOVED = {"moved_sequence": None, "moved_starts": None, "moved_ends": None}


def keep_answer(account_id: int, event: Event, answer: Answer, *, title: str, revision: Revision) -> None:
    """Store an answer, in place of a former one to the same event. Inside the caller's transaction.

    An answer to a letter that is not proved does not make the organiser's proved ones out of date.
    """
    row = row_of(account_id, event)
    if row is not None and row.is_proved and not revision.is_proved:
        revision = replace(revision, sequence=row.sequence, is_proved=True)
    if row is not None and row.uid != event.key:
        Engagement.objects.filter(pk=row.pk).update(uid=event.key)
    Engagement.objects.update_or_create(
        account_id=account_id,
        uid=event.key,
        defaults={
            "answer": answer.value,
            "title": title[:255],
            "starts": revision.starts,
            "ends": revision.ends,
            "sequence": revision.sequence,
            "is_proved": revision.is_proved,
            **_NOT_MOVED,
        },
    )


def cancel_event(account_id: int, event: Event, sequence: int) -> None:
    """Free the time of an event that its organiser cancelled. Inside the caller's transaction."""
    row = row_of(account_id, event)
    if row is not None:
        Engagement.objects.filter(pk=row.pk).update(answer=CANCELLED, sequence=sequence, **_NOT_MOVED)


@transaction.atomic(durable=True)
def note_revision(
    account_id: int, event: Event, revision: Revision, *, title: str, is_cancelled: bool
) -> None:
    """Use case: remember a revision that the event's organiser sent, if it is the latest seen. Idempotent.

    A first invitation is not remembered before it is answered. Once a letter of the organiser was proved,
    the others count only if they are too; what was seen before it counts for nothing against it.
    """
    row = row_of(account_id, event)
    if row is not None and row.uid == event.key and revision.is_proved and not row.is_proved:
        row = _settled_by_proof(row, revision)
    if row is None:
        if is_cancelled or revision.sequence:
            Engagement.objects.get_or_create(
                account_id=account_id,
                uid=event.key,
                defaults={
                    "answer": CANCELLED if is_cancelled else UNANSWERED,
                    "title": title[:255],
                    "starts": revision.starts,
                    "ends": revision.ends,
                    "sequence": revision.sequence,
                    "is_proved": revision.is_proved,
                },
            )
        return
    changes = _changes(row, revision, is_cancelled=is_cancelled) if row.uid == event.key else {}
    if changes:
        Engagement.objects.filter(pk=row.pk).update(**changes)


def _settled_by_proof(row: Engagement, revision: Revision) -> Engagement | None:
    """The row as a first proved letter leaves it: of unproved ones only an answer given stays."""
    if row.is_proved is None:
        row.is_proved = True
    elif row.answer in {CANCELLED, UNANSWERED}:
        row.delete()
        return None
    else:
        row.is_proved, row.sequence = True, min(row.sequence, revision.sequence)
        row.moved_sequence = row.moved_starts = row.moved_ends = None
    row.save()
    return row


def _changes(row: Engagement, revision: Revision, *, is_cancelled: bool) -> dict[str, object]:
    """Columns that a revision changes; none for one that is not the latest, or proves too little."""
    if row.is_proved and not revision.is_proved:
        return {}
    latest = max(row.sequence, row.moved_sequence or 0)
    if is_cancelled:
        is_news = row.answer != CANCELLED and revision.sequence >= latest
        return {"answer": CANCELLED, "sequence": revision.sequence, **_NOT_MOVED} if is_news else {}
    if revision.sequence <= latest:
        return {}
    if row.answer in {CANCELLED, UNANSWERED}:
        return {
            "answer": UNANSWERED,
            "sequence": revision.sequence,
            "starts": revision.starts,
            "ends": revision.ends,
        }
    if row.moved_sequence is None and (row.starts, row.ends) == (revision.starts, revision.ends):
        return {}
    return {
        "moved_sequence": revision.sequence,
        "moved_starts": revision.starts,
        "moved_ends": revision.ends,
    }


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete the person's answers."""
    Engagement.objects.filter(account_id=account_id).delete()
