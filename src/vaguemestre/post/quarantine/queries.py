"""Reads of the quarantine."""

from collections.abc import Collection, Sequence

from django.db.models import Q

from vaguemestre.foundation.kernel.addresses import people_in
from vaguemestre.people.credentials.queries import accounts_of, find_account, person_by_account
from vaguemestre.people.directory.queries import addresses_by_person, people_of_addresses_holding
from vaguemestre.post.quarantine.models import QuarantinedMessage
from vaguemestre.post.quarantine.values import HeldLetter, Quarantined, Reason, State

_MAX_PEOPLE = 200  # whose addresses hold what was typed

# Sort keys of the administrators' page → columns.
ORDERS = {"date": "arrived_at", "boite": "mailbox", "expediteur": "sender", "motif": "reason"}


def own_messages(account_id: int, *, first: int, count: int) -> tuple[Sequence[Quarantined], int]:
    """A page of what is in quarantine for that account, newest first, and how much there is in all."""
    rows = QuarantinedMessage.objects.filter(account_id=account_id).exclude(state=State.RELEASED)
    page = rows.order_by("-arrived_at", "-pk")[first : first + count]
    return [_line(row) for row in page], rows.count()


def verdicts_page(
    *, search: str, reason: str, order: str, first: int, count: int
) -> tuple[Sequence[Quarantined], int]:
    """A page of verdicts whose mailbox, envelope sender or detail contain `search`; without subjects.

    An address, a part of one or a username finds the mailbox of its holder too, which bears none of them.
    """
    rows = QuarantinedMessage.objects.filter(_matches(search) if search else Q())
    if reason:
        rows = rows.filter(reason=reason)
    page = rows.order_by(order, "-pk").defer("subject", "author")[first : first + count]
    return [_line(row, with_words=False) for row in page], rows.count()


def _matches(search: str) -> Q:
    condition = Q(mailbox__icontains=search) | Q(sender__icontains=search) | Q(detail__icontains=search)
    if holder := find_account(search):
        condition |= Q(account_id=holder.account_id)
    people = people_of_addresses_holding(search, limit=_MAX_PEOPLE)
    return condition | Q(account_id__in=accounts_of(people))


def addresses_known(messages: Collection[Quarantined]) -> dict[str, str]:
    """Mailbox → the address that people know it by: of its person, else its own. Two queries."""
    people = person_by_account([one.account_id for one in messages if one.account_id is not None])
    addresses = addresses_by_person(people.values())
    known = {one.mailbox: addresses.get(people.get(one.account_id or 0, 0)) for one in messages}
    return {mailbox: own[0].address if own else mailbox for mailbox, own in known.items()}


def held_letters(*, message_id: str, sender: str) -> list[HeldLetter]:
    """What is held with that Message-ID (with its angle brackets or without) or of that sender."""
    bare = message_id.strip("<> ")
    named = Q(message_id__in=(bare, f"<{bare}>")) if bare else Q()
    if sender:
        named |= Q(sender__iexact=sender) | Q(author__icontains=sender)
    if not named:
        return []
    rows = QuarantinedMessage.objects.filter(named, state=State.HELD).exclude(reason=Reason.VIRUS)
    return [HeldLetter(senders_of(row), row.subject, row.message_id) for row in rows]


def senders_of(row: QuarantinedMessage) -> tuple[str, ...]:
    """The addresses of its envelope sender and of its From field."""
    return (row.sender, *(address for _, address in people_in([row.author])))


def _line(row: QuarantinedMessage, *, with_words: bool = True) -> Quarantined:
    return Quarantined(
        number=row.pk,
        mailbox=row.mailbox,
        account_id=row.account_id,
        arrived_at=row.arrived_at,
        reason=Reason(row.reason),
        detail=row.detail,
        sender=row.sender,
        author=row.author if with_words else "",
        subject=row.subject if with_words else "",
        state=State(row.state),
    )
