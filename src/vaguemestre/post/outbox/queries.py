"""What a person sees of their messages on their way."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet, Sum

from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.post.outbox.models import FateRow, OutgoingRow, PassageRow, SenderRow
from vaguemestre.post.outbox.rules.hours import UNDO_CHOICES
from vaguemestre.post.outbox.rules.reasons import delivery_reason
from vaguemestre.post.outbox.values import Fate, Held, Mark, Origin, Outgoing, Passage, Sending

_IN_VAIN = (Mark.REFUSED, Mark.DELAYED)

_SHOWN = (
    "pk",
    "key",
    "state",
    "due_at",
    "recipients",
    "subject",
    "reason",
    "created_at",
    "submitted_at",
    "filed_at",
)


def find_outgoing(account_id: int, key: str) -> Outgoing | None:
    row = OutgoingRow.objects.filter(account_id=account_id, key=key).only(*_SHOWN).first()
    return _shown(row) if row else None


def waiting_messages(account_id: int, *, limit: int = 200) -> tuple[Outgoing, ...]:
    """Held, leaving or refused, the next to leave first; those sent or taken back are elsewhere."""
    rows = OutgoingRow.objects.filter(account_id=account_id, state__in=_open_states()).only(*_SHOWN)
    return tuple(_shown(row) for row in rows.order_by("due_at")[:limit])


def queue_depth() -> int:
    """How many messages of everybody should have left by their hour and have not been filed."""
    states = (OutgoingRow.State.QUEUED, OutgoingRow.State.SUBMITTED)
    return OutgoingRow.objects.filter(state__in=states).count()


def kept_back(account_id: int) -> int:
    """How many messages of an account wait for somebody to decide: stopped here, or held at the door."""
    stopped = OutgoingRow.objects.filter(account_id=account_id, state=OutgoingRow.State.STOPPED).count()
    held = PassageRow.objects.filter(account_id=account_id, hold=PassageRow.Hold.HELD).count()
    return stopped + held


def refused_lately(account_id: int, since: datetime, *, limit: int) -> list[tuple[datetime, str, str, str]]:
    """(when, recipient, status, the other server's words) of what an account sent in vain, newest first."""
    rows = FateRow.objects.filter(passage__account_id=account_id, mark__in=_IN_VAIN, at__gte=since)
    return list(rows.order_by("-at").values_list("at", "recipient", "status", "words")[:limit])


def find_outgoing_of(account_id: int, message_id: str) -> Outgoing | None:
    """The message of that Message-ID while it is, or was, in the account's outbox."""
    row = OutgoingRow.objects.filter(account_id=account_id, message_id=message_id).only(*_SHOWN).first()
    return _shown(row) if row else None


def passages_of(account_id: int, *, offset: int, limit: int, search: str = "") -> tuple[Passage, ...]:
    """What the person sent lately, by whatever program, newest first, each with its fates: two questions."""
    rows = PassageRow.objects.filter(account_id=account_id, origin=Origin.SUBMITTED)
    for word in search.split()[:6]:
        rows = rows.filter(Q(subject__icontains=word) | Q(recipients__icontains=word))
    return _passages(rows.order_by("-at", "-pk")[offset : offset + limit])


def passages_of_message(account_id: int, message_id: str) -> tuple[Passage, ...]:
    """Every time a message of that Message-ID passed the door, oldest first."""
    rows = PassageRow.objects.filter(account_id=account_id, message_id=message_id[:255])
    return _passages(rows.order_by("at", "pk")[:50])


def held_of(account_id: int) -> tuple[Passage, ...]:
    """What waits for the account's word, oldest first."""
    rows = PassageRow.objects.filter(account_id=account_id, hold=PassageRow.Hold.HELD)
    return _passages(rows.order_by("at", "pk")[:500])


def first_held(account_id: int) -> int | None:
    """The oldest of what is held."""
    rows = PassageRow.objects.filter(account_id=account_id, hold=PassageRow.Hold.HELD)
    return rows.order_by("at", "pk").values_list("pk", flat=True).first()


def has_held(account_id: int) -> bool:
    return PassageRow.objects.filter(account_id=account_id, hold=PassageRow.Hold.HELD).exists()


# How the desk may put held mail in order, and what it means here.
HELD_ORDERS = {
    "depuis": "since",
    "compte": "account__username",
    "courriels": "messages",
    "destinataires": "recipients",
}


def held_by_account(
    *, search: str = "", order: str = "depuis", first: int = 0, count: int = 30
) -> tuple[tuple[Held, ...], int]:
    """A page of who has held mail, and how many they are: numbers and dates, no subject, no recipient.

    `order`: one of HELD_ORDERS, `-` before it to turn it. `search`: how a username begins.
    """
    rows = (
        PassageRow.objects.filter(hold=PassageRow.Hold.HELD, account__username__istartswith=search)
        .values("account_id", "account__username", "hold_code")
        .annotate(messages=Count("pk"), recipients=Sum("counted"), since=Min("at"))
        .order_by(column_of(order, HELD_ORDERS), "account_id")
    )
    held = tuple(
        Held(
            row["account_id"],
            row["account__username"],
            row["hold_code"],
            row["messages"],
            row["recipients"],
            row["since"],
        )
        for row in rows[first : first + count]
    )
    return held, rows.count()


def sending_of(account_id: int, *, undo_seconds: int) -> Sending:
    """What the account chose; `undo_seconds` is the académie's word when it chose nothing."""
    row = SenderRow.objects.filter(account_id=account_id).first()
    if row is None:
        return Sending(undo_seconds, offers_quiet_hours=True)
    chosen = row.undo_seconds if row.undo_seconds in UNDO_CHOICES else None
    return Sending(undo_seconds if chosen is None else chosen, row.offers_quiet_hours)


def _passages(rows: QuerySet[PassageRow]) -> tuple[Passage, ...]:
    found = list(rows)
    known: dict[int, dict[str, FateRow]] = defaultdict(dict)
    for fate in FateRow.objects.filter(passage_id__in=[row.pk for row in found]):
        known[fate.passage_id][fate.recipient.lower()] = fate
    return tuple(_passage(row, known[row.pk]) for row in found)


def _passage(row: PassageRow, known: Mapping[str, FateRow]) -> Passage:
    fates = []
    for recipient in row.recipients:
        fate = known.get(recipient.lower())
        if fate is None:
            fates.append(Fate(recipient, Mark.ACCEPTED, row.at))
            continue
        fates.append(replace(_fate(fate), recipient=recipient))
    return Passage(
        row.pk, row.message_id, row.subject, row.sender, row.at, row.hold, row.hold_code, tuple(fates)
    )


def _fate(row: FateRow) -> Fate:
    mark = Mark(row.mark)
    is_bad = mark in (Mark.DELAYED, Mark.REFUSED)
    reason = delivery_reason(row.status, row.words) if is_bad else ""
    return Fate(row.recipient, mark, row.at, reason, row.words if is_bad else "")


def fates_counted(account_id: int, sender_begins: str, *, since: datetime | None = None) -> dict[str, int]:
    """Mark → how many recipients, over the account's passages whose envelope sender begins so.

    `since`: those of the passages taken from that moment on only.
    """
    mine = FateRow.objects.filter(passage__account_id=account_id, passage__sender__startswith=sender_begins)
    if since is not None:
        mine = mine.filter(passage__at__gte=since)
    return dict(mine.values_list("mark").annotate(count=Count("pk")).values_list("mark", "count"))


def fates_of(account_id: int, sender_begins: str, recipients: Collection[str]) -> dict[str, Fate]:
    """Recipient → fate, over the account's passages whose envelope sender begins so."""
    mine = FateRow.objects.filter(
        passage__account_id=account_id,
        passage__sender__startswith=sender_begins,
        recipient__in=[one.lower() for one in recipients],
    )
    return {row.recipient: _fate(row) for row in mine}


def copies_in_flight(account_id: int, key: str) -> int:
    """How many of the messages whose keys begin with `key.` have not reached their end."""
    ended = (OutgoingRow.State.FILED, OutgoingRow.State.CANCELLED, OutgoingRow.State.REFUSED)
    mine = OutgoingRow.objects.filter(account_id=account_id, key__startswith=f"{key}.")
    return mine.exclude(state__in=ended).count()


def copies_by_state(account_id: int, key: str) -> dict[str, int]:
    """State → how many of the messages whose keys begin with `key.`."""
    mine = OutgoingRow.objects.filter(account_id=account_id, key__startswith=f"{key}.")
    return dict(mine.values_list("state").annotate(count=Count("pk")).values_list("state", "count"))


def _open_states() -> Iterable[str]:
    state = OutgoingRow.State
    return (state.HELD, state.QUEUED, state.REFUSED)


def _shown(row: OutgoingRow) -> Outgoing:
    reason, _, about = row.reason.partition(" ")
    return Outgoing(
        id=row.pk,
        key=row.key,
        state=row.state,
        due_at=row.due_at,
        recipients=tuple(row.recipients),
        subject=row.subject,
        reason=reason,
        about=about,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        filed_at=row.filed_at,
    )
