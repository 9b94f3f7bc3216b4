"""Members' work on the messages of a mailbox."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from vaguemestre.people.credentials.queries import names_of
from vaguemestre.schools.sharing.models import BoxActivity, Note, Presence, SentMessage, Thread, ThreadMessage
from vaguemestre.schools.sharing.rules.collaboration import ANSWERING_FOR, is_present
from vaguemestre.schools.sharing.rules.history_labels import activity_words, describe_place
from vaguemestre.schools.sharing.values import (
    ActivityRow,
    Collaboration,
    FollowUpRow,
    InboxMessage,
    MessageRef,
    NoteRow,
    PresenceKind,
    PresentMember,
    SentAnswer,
)


class CompetingAnswers(NamedTuple):
    """Answers of other members to a message: those sent, newest first, and those being written."""

    sent: list[SentMessage]
    in_progress: list[Presence]


def collaboration_on(ref: MessageRef, account_id: int, now: datetime) -> Collaboration:
    """Presence, assignment, answers and notes on a message, as one of the members sees them."""
    thread = Thread.objects.filter(box_id=ref.box_id, root=ref.root).first()
    notes = list(Note.objects.filter(thread=thread).order_by("pk")) if thread else []
    others = _present(ref, account_id, now)
    answers = list(SentMessage.objects.filter(box_id=ref.box_id, in_reply_to=ref.message_id).order_by("at"))
    own = SentMessage.objects.filter(box_id=ref.box_id, message_id=ref.message_id).first()
    ids = {row.account_id for row in notes} | {row.account_id for row in others}
    ids |= {row.account_id for row in answers}
    ids |= {own.account_id} if own else set()
    ids |= {pk for pk in (thread.assignee_id, thread.assigned_by_id) if pk} if thread else set()
    names = names_of(ids)
    is_delegated = thread is not None and thread.assigned_by_id not in (None, thread.assignee_id)
    return Collaboration(
        present=tuple(
            PresentMember(names[row.account_id], row.kind == PresenceKind.ANSWERS) for row in others
        ),
        assignee=names.get(thread.assignee_id or 0, "") if thread else "",
        assignee_id=(thread.assignee_id or 0) if thread else 0,
        assigned_at=thread.assigned_at if thread else None,
        assigned_by=names.get(thread.assigned_by_id or 0, "") if thread and is_delegated else "",
        is_closed=bool(thread and thread.closed_at),
        answers=tuple(SentAnswer(names[row.account_id], row.account_id, row.at) for row in answers),
        sent_by=names[own.account_id] if own else "",
        notes=tuple(NoteRow(names[row.account_id], row.text, row.at) for row in notes),
    )


def _present(ref: MessageRef, account_id: int, now: datetime) -> list[Presence]:
    """The other members present, each once, those who answer first."""
    rows = Presence.objects.filter(
        box_id=ref.box_id, message_id=ref.message_id, seen_at__gte=now - ANSWERING_FOR
    ).exclude(account_id=account_id)
    present_rows = [
        row for row in rows.order_by("kind", "pk") if is_present(PresenceKind(row.kind), row.seen_at, now)
    ]
    return list({row.account_id: row for row in reversed(present_rows)}.values())[::-1]


def competing_answers(box_id: int, message_id: str, account_id: int, now: datetime) -> CompetingAnswers:
    """The answers of the other members to a message."""
    answers = SentMessage.objects.filter(box_id=box_id, in_reply_to=message_id).exclude(account_id=account_id)
    present = _present(MessageRef(box_id, message_id, message_id), account_id, now)
    return CompetingAnswers(
        list(answers.order_by("-at")), [row for row in present if row.kind == PresenceKind.ANSWERS]
    )


def sender_of_message(box_account_id: int, key: str) -> int | None:
    """Account of the member who sent that message of a shared mailbox; None elsewhere."""
    rows = SentMessage.objects.filter(box__account_id=box_account_id, key=key)
    return rows.values_list("account_id", flat=True).first()


def follow_up_rows(box_id: int, messages: Collection[InboxMessage]) -> list[FollowUpRow]:
    """The messages with their assignee and first answer, in three queries whatever their number."""
    message_ids = [message.message_id for message in messages if message.message_id]
    answers: dict[str, SentMessage] = {}
    for row in SentMessage.objects.filter(box_id=box_id, in_reply_to__in=message_ids).order_by("at"):
        answers.setdefault(row.in_reply_to, row)
    threads = _threads(box_id, message_ids)
    ids = {row.account_id for row in answers.values()}
    ids |= {thread.assignee_id for thread in threads.values() if thread.assignee_id}
    names = names_of(ids)
    rows = []
    for message in messages:
        answer, thread = answers.get(message.message_id), threads.get(message.message_id)
        rows.append(
            FollowUpRow(
                message,
                names.get(thread.assignee_id or 0, "") if thread else "",
                names[answer.account_id] if answer else "",
                answer.at if answer else None,
                bool(thread and thread.closed_at),
            )
        )
    return rows


def _threads(box_id: int, message_ids: Iterable[str]) -> dict[str, Thread]:
    rows = ThreadMessage.objects.filter(thread__box_id=box_id, message_id__in=message_ids)
    return {row.message_id: row.thread for row in rows.select_related("thread")}


def activity_of(box_id: int, *, limit: int = 100) -> list[ActivityRow]:
    """Members' activity in the mailbox, newest first."""
    rows = list(BoxActivity.objects.filter(box_id=box_id).order_by("-pk")[:limit])
    names = names_of({row.account_id for row in rows})
    lines = []
    for row in rows:
        place = describe_place(row.place)
        action = activity_words(row.action, row.number)
        lines.append(
            ActivityRow(names[row.account_id], action, place.folder, row.number, row.at, place.location)
        )
    return lines
