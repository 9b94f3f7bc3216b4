"""Mail that awaits a decision of the help desk: by account, and that of one account; no subject."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet, Sum

from vaguemestre.foundation.kernel.orders import column_of
from vaguemestre.people.credentials.queries import in_academy
from vaguemestre.post.outbox.models import OutboxMessage, Submission
from vaguemestre.post.outbox.values import HeldMail, HoldState, StoppedMail

_MAX_STOPPED = 100
_MAX_HELD = 200
_MAX_SEARCHED = 2000
_NOT_LEFT = (HoldState.HELD, HoldState.DISCARDED)

# Orders the help desk may choose for held mail → columns.
HELD_ORDERS = {
    "depuis": "since",
    "compte": "account__username",
    "courriels": "messages",
    "destinataires": "recipients",
}


@dataclass(frozen=True)
class HeldMessage:
    """A message that did not leave: held at submission, awaiting a decision or thrown away."""

    at: datetime
    recipients: tuple[str, ...]
    is_discarded: bool
    sender: str
    queue_id: str
    account_id: int
    number: int  # of the submission, as the journal names it


def held_by_account(
    *, search: str = "", order: str = "depuis", first: int = 0, count: int = 30, academy_id: int = 0
) -> tuple[tuple[HeldMail, ...], int]:
    """A page of accounts with held mail, and how many there are: counts and dates, no subject or recipient.

    `order`: one of HELD_ORDERS, reversed by a leading `-`. `search`: beginning of a username.
    `academy_id`: only its accounts; 0 for all.
    """
    groups = (
        Submission.objects.filter(
            in_academy(academy_id, "account__"),
            hold=HoldState.HELD,
            account__username__istartswith=search,
        )
        .values("account_id", "account__username", "hold_code")
        .annotate(messages=Count("pk"), recipients=Sum("counted"), since=Min("at"))
        .order_by(column_of(order, HELD_ORDERS), "account_id")
    )
    page = tuple(
        HeldMail(
            group["account_id"],
            group["account__username"],
            group["hold_code"],
            group["messages"],
            group["recipients"],
            group["since"],
        )
        for group in groups[first : first + count]
    )
    return page, groups.count()


def held_messages_of(account_id: int, since: datetime, until: datetime) -> tuple[HeldMessage, ...]:
    """An account's messages of those days that were held and did not leave, newest first; 200 at most.

    No step of a message tells of them: they were never let into the queue, or thrown out of it.
    """
    rows = Submission.objects.filter(account_id=account_id, at__gte=since, at__lt=until)
    return _held_messages(rows)[:_MAX_HELD]


def held_messages_with(
    addresses: Collection[str], since: datetime, until: datetime
) -> tuple[HeldMessage, ...]:
    """Held messages that one of these addresses (lower case) sent or was to receive; newest first.

    Recipients have no index: they are looked for among the latest 2,000 of those days.
    """
    messages = _held_messages(Submission.objects.filter(at__gte=since, at__lt=until))
    wanted = set(addresses)
    return tuple(
        message
        for message in messages
        if not wanted.isdisjoint(address.lower() for address in (message.sender, *message.recipients))
    )


def held_messages_in(queue_ids: Collection[str]) -> dict[str, HeldMessage]:
    """Queue identifier → the message, for those of them that were held and did not leave."""
    rows = Submission.objects.filter(queue_id__in=queue_ids)
    return {message.queue_id: message for message in _held_messages(rows)}


def _held_messages(rows: QuerySet[Submission]) -> tuple[HeldMessage, ...]:
    held = rows.filter(hold__in=_NOT_LEFT).order_by("-at", "-pk")
    columns = ("at", "recipients", "hold", "sender", "account__mailbox", "queue_id", "account_id", "pk")
    return tuple(
        HeldMessage(
            at,
            tuple(recipients),
            hold == HoldState.DISCARDED,
            sender or mailbox,
            queue_id,
            owner,
            number,
        )
        for at, recipients, hold, sender, mailbox, queue_id, owner, number in held.values_list(*columns)[
            :_MAX_SEARCHED
        ]
    )


def count_held_accounts(academy_id: int = 0) -> int:
    """Accounts with held mail, or with mail stopped when they were made safe; of one académie unless 0."""
    of_academy = in_academy(academy_id, "account__")
    held = Submission.objects.filter(of_academy, hold=HoldState.HELD).values("account_id")
    stopped = OutboxMessage.objects.filter(of_academy, state=OutboxMessage.State.STOPPED).values("account_id")
    return held.union(stopped).count()


def stopped_by_account(*, search: str = "", academy_id: int = 0) -> tuple[StoppedMail, ...]:
    """Accounts made safe whose mail about to leave awaits a decision, by username; a hundred at most.

    `search`: beginning of a username. `academy_id`: only its accounts; 0 for all.
    """
    groups = (
        OutboxMessage.objects.filter(
            in_academy(academy_id, "account__"),
            state=OutboxMessage.State.STOPPED,
            account__username__istartswith=search,
        )
        .values("account_id", "account__username")
        .annotate(messages=Count("pk"))
        .order_by("account__username")
    )
    return tuple(
        StoppedMail(group["account_id"], group["account__username"], group["messages"])
        for group in groups[:_MAX_STOPPED]
    )
