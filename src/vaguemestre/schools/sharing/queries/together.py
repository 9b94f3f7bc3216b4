"""Who works on what in a mailbox."""

from collections.abc import Collection, Iterable
from datetime import datetime

from vaguemestre.people.credentials.queries import names_of
from vaguemestre.schools.sharing.models import Deed, Note, Presence, Sent, Thread, ThreadMessage
from vaguemestre.schools.sharing.rules.story import DEEDS, place_said
from vaguemestre.schools.sharing.rules.together import ANSWERING_FOR, is_there
from vaguemestre.schools.sharing.values import (
    Answered,
    Care,
    DeedShown,
    Followed,
    Letter,
    NoteShown,
    Place,
    Present,
)


def care_of(place: Place, account_id: int, now: datetime) -> Care:
    """What the others do, did and left about a message, for one of the members."""
    thread = Thread.objects.filter(box_id=place.box_id, root=place.root).first()
    notes = list(Note.objects.filter(thread=thread).order_by("pk")) if thread else []
    others = _present(place, account_id, now)
    sent = list(Sent.objects.filter(box_id=place.box_id, answers=place.message_id).order_by("at"))
    own = Sent.objects.filter(box_id=place.box_id, message_id=place.message_id).first()
    ids = {row.account_id for row in notes} | {row.account_id for row in others}
    ids |= {row.account_id for row in sent}
    ids |= {own.account_id} if own else set()
    ids |= {one for one in (thread.taken_by_id, thread.given_by_id) if one} if thread else set()
    names = names_of(ids)
    is_given = thread is not None and thread.given_by_id not in (None, thread.taken_by_id)
    return Care(
        present=tuple(Present(names[row.account_id], row.doing == "answers") for row in others),
        taken_by=names.get(thread.taken_by_id or 0, "") if thread else "",
        taken_by_id=(thread.taken_by_id or 0) if thread else 0,
        taken_at=thread.taken_at if thread else None,
        given_by=names.get(thread.given_by_id or 0, "") if thread and is_given else "",
        is_closed=bool(thread and thread.closed_at),
        answers=tuple(Answered(names[row.account_id], row.account_id, row.at) for row in sent),
        sent_by=names[own.account_id] if own else "",
        notes=tuple(NoteShown(names[row.account_id], row.text, row.at) for row in notes),
    )


def _present(place: Place, account_id: int, now: datetime) -> list[Presence]:
    """The other members at it, those who answer first, each once."""
    rows = Presence.objects.filter(
        box_id=place.box_id, message_id=place.message_id, seen_at__gte=now - ANSWERING_FOR
    ).exclude(account_id=account_id)
    here = [row for row in rows.order_by("doing", "pk") if is_there(row.doing, row.seen_at, now)]
    return list({row.account_id: row for row in reversed(here)}.values())[::-1]


def others_at(
    box_id: int, message_id: str, account_id: int, now: datetime
) -> tuple[list[Sent], list[Presence]]:
    """Answers others sent to a message, and others who are answering it."""
    sent = Sent.objects.filter(box_id=box_id, answers=message_id).exclude(account_id=account_id)
    present = _present(Place(box_id, message_id, message_id), account_id, now)
    return list(sent.order_by("-at")), [row for row in present if row.doing == "answers"]


def followed(box_id: int, letters: Collection[Letter]) -> list[Followed]:
    """Those messages, each with who took it and who answered it. A few questions, whatever their number."""
    known = [letter.message_id for letter in letters if letter.message_id]
    answers: dict[str, Sent] = {}
    for row in Sent.objects.filter(box_id=box_id, answers__in=known).order_by("at"):
        answers.setdefault(row.answers, row)
    threads = _threads(box_id, known)
    ids = {row.account_id for row in answers.values()}
    ids |= {thread.taken_by_id for thread in threads.values() if thread.taken_by_id}
    names = names_of(ids)
    shown = []
    for letter in letters:
        answer, thread = answers.get(letter.message_id), threads.get(letter.message_id)
        shown.append(
            Followed(
                letter,
                names.get(thread.taken_by_id or 0, "") if thread else "",
                names[answer.account_id] if answer else "",
                answer.at if answer else None,
                bool(thread and thread.closed_at),
            )
        )
    return shown


def _threads(box_id: int, message_ids: Iterable[str]) -> dict[str, Thread]:
    rows = ThreadMessage.objects.filter(thread__box_id=box_id, message_id__in=message_ids)
    return {row.message_id: row.thread for row in rows.select_related("thread")}


def deeds_of(box_id: int, *, limit: int = 100) -> list[DeedShown]:
    """Who did what there, newest first."""
    rows = list(Deed.objects.filter(box_id=box_id).order_by("-pk")[:limit])
    names = names_of({row.account_id for row in rows})
    shown = []
    for row in rows:
        place, where = place_said(row.place)
        what = DEEDS.get(row.what, row.what)
        shown.append(DeedShown(names[row.account_id], what, place, row.number, row.at, where))
    return shown
