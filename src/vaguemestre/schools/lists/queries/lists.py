"""Lists: found by id or address, offered to members and writers."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache

from django.db.models import Count, Q

from vaguemestre.access.signin.queries import academies_hidden_from
from vaguemestre.foundation.cluster.frequent_queries import FrequentQuery
from vaguemestre.people.credentials.queries import identified
from vaguemestre.people.directory.queries import academies_of, academy_domain, find_academy_id
from vaguemestre.people.lifecycle.queries import withdrawn_among
from vaguemestre.schools.lists.models import ListLetter, MailingList, Subscriber
from vaguemestre.schools.lists.queries.managers import (
    lists_owned_by_post,
    managed_list_ids,
    role_in,
    roles_held,
)
from vaguemestre.schools.lists.queries.members import (
    academy_of_list,
    audience_of,
    members_of,
    membership_reasons,
    posts_of,
)
from vaguemestre.schools.lists.rules.list_address import without_detail
from vaguemestre.schools.lists.rules.members import people_matching, rule_from_json
from vaguemestre.schools.lists.values import AddressedList, FoundList, Kind, ListCard, Role, State, Writers

_MAX_CANDIDATES = 40  # lists of that name, among which those one may write to are proposed
_SHOWN_MEMBERS = 3
_LIST_OF_MAILBOX = FrequentQuery(
    lambda mailbox: MailingList.objects.filter(address=mailbox).values_list("pk"), "mailbox"
)


def find_list(list_id: int) -> MailingList | None:
    """The list of that id, open or closed."""
    return MailingList.objects.select_related("account").filter(pk=list_id).first()


def find_list_by_address(address: str) -> MailingList | None:
    """The list of that address, open or closed."""
    return MailingList.objects.filter(address=address.lower()).first()


def is_list_mailbox(mailbox: str) -> bool:
    """Implements `outbox.ports.ForwardsMail`."""
    return bool(_LIST_OF_MAILBOX.rows(mailbox.lower()))


def is_nobodys_list_mailbox(mailbox: str) -> bool:
    """Whether that mailbox is a list's own, whose account is nobody's."""
    rows = MailingList.objects.filter(address=mailbox, account__mailbox=mailbox)
    return rows.filter(account__person__isnull=True).exists()


def lists_by_address(addresses: Iterable[str]) -> dict[str, int]:
    """Address → list id, for the addresses (with or without detail) of lists."""
    candidates = {without_detail(address) for address in addresses}
    return dict(MailingList.objects.filter(address__in=candidates).values_list("address", "pk"))


def list_addresses(list_ids: Collection[int]) -> dict[int, str]:
    """List → its address."""
    return dict(MailingList.objects.filter(pk__in=list_ids).values_list("pk", "address"))


def overdue_lists(before: datetime, *, limit: int) -> list[int]:
    """Open lists whose mailbox was not read since then, the longest first."""
    rows = MailingList.objects.filter(Q(read_at=None) | Q(read_at__lt=before), closed_at__isnull=True)
    return list(rows.order_by("read_at", "pk").values_list("pk", flat=True)[:limit])


def is_joinable(row: MailingList, person_id: int) -> bool:
    """Whether that person may subscribe to the list, unless they do already."""
    return _is_joinable(row, _academies_hidden_from_person(person_id))


def serves_colleagues_of(row: MailingList, person_id: int) -> bool:
    """Whether that person is a colleague of the people of the list's académie."""
    hidden = _academies_hidden_from_person(person_id)
    return not (hidden and academy_of_list(row) in hidden)


def _is_joinable(row: MailingList, hidden_academies: Collection[int]) -> bool:
    is_open = row.may_join and row.kind == Kind.MANUAL and row.closed_at is None
    return is_open and not (hidden_academies and academy_of_list(row) in hidden_academies)


def _academies_hidden_from_person(person_id: int) -> tuple[int, ...]:
    """Académies whose lists that person does not join: their people are no colleagues (ADR 0036)."""
    return academies_hidden_from(academies_of([person_id]).get(person_id, 0))


def list_cards(account_id: int, person_id: int, now: datetime) -> tuple[ListCard, ...]:
    """Lists a person manages, is a member of, or may join. None after departure or during a long leave."""
    if withdrawn_among([account_id]):
        return ()
    roles = dict(roles_held(now).filter(account_id=account_id).values_list("list_id", "role"))
    roles |= dict.fromkeys(lists_owned_by_post(account_id, person_id, now), Role.OWNER)
    subscribed = set(Subscriber.objects.filter(person_id=person_id).values_list("list_id", flat=True))
    posts_at = cache(lambda domain: posts_of(person_id, find_academy_id(domain), now))
    held = dict(
        ListLetter.objects.filter(list_id__in=roles, state=State.HELD)
        .values_list("list_id")
        .annotate(count=Count("pk"))
        .values_list("list_id", "count")
    )
    hidden = _academies_hidden_from_person(person_id)
    cards = []
    for row in MailingList.objects.filter(closed_at__isnull=True).order_by("title", "pk"):
        is_rule, domain = row.kind == Kind.RULE, row.address.rpartition("@")[2]
        is_member = (
            bool(people_matching(rule_from_json(row.rule), posts_at(domain)))
            if is_rule
            else row.pk in subscribed
        )
        card = ListCard(
            list_id=row.pk,
            address=row.address,
            title=row.title,
            description=row.description,
            kind=Kind(row.kind),
            held=held.get(row.pk, 0),
            is_manager=row.pk in roles,
            is_owner=roles.get(row.pk) == Role.OWNER,
            is_member=is_member,
            may_leave=is_member and not is_rule,
            may_join=not is_member and _is_joinable(row, hidden),
        )
        if card.is_manager or card.is_member or card.may_join:
            cards.append(card)
    return tuple(cards)


def search_writable_lists(
    account_id: int, text: str, now: datetime, *, limit: int
) -> tuple[AddressedList, ...]:
    """Open lists the account may write to, whose title or address has every word of the text."""
    words = text.lower().split()[:5]
    if not words or len(text.strip()) < 2:
        return ()
    rows = MailingList.objects.filter(closed_at__isnull=True)
    for word in words:
        rows = rows.filter(Q(title__icontains=word) | Q(address__icontains=word))
    person_id = _person_id_of(account_id)
    lists: list[AddressedList] = []
    for row in rows.order_by("title", "pk")[:_MAX_CANDIDATES]:
        if may_write_to(row, account_id, person_id, now):
            lists.append(AddressedList(row.address, row.title, is_held=False))
            if len(lists) == limit:
                break
    return tuple(lists)


def lists_within(uai: str) -> tuple[tuple[str, str], ...]:
    """Title and address of the open lists that reach that school only, by title."""
    rows = MailingList.objects.filter(within=uai, closed_at__isnull=True)
    return tuple(rows.order_by("title", "pk").values_list("title", "address"))


def lists_matching(
    text: str, account_id: int, now: datetime, *, reach: int | None, limit: int
) -> tuple[list[FoundList], int]:
    """The first open lists that have every word in their title or address, by title, and their total.

    `reach`: the académie whose lists an administrator may know of, 0 for all; None for only those that the
    account manages.
    """
    rows = MailingList.objects.filter(closed_at__isnull=True)
    for word in text.lower().split()[:5]:
        rows = rows.filter(Q(title__icontains=word) | Q(address__icontains=word))
    if reach:
        rows = rows.filter(address__iendswith=f"@{academy_domain(reach)}")
    elif reach is None:
        rows = rows.filter(pk__in=managed_list_ids(account_id, now))
    page = list(rows.order_by("title", "pk").values_list("pk", "title", "address")[:limit])
    return [FoundList(*row, role_in(row[0], account_id, now) is not None) for row in page], rows.count()


def addressed_lists(account_id: int, addresses: Collection[str], now: datetime) -> dict[str, AddressedList]:
    """Address → open list, with its audience if the account may write to it."""
    candidates = [address.lower() for address in addresses]
    rows = list(MailingList.objects.filter(address__in=candidates, closed_at__isnull=True))
    person_id = _person_id_of(account_id) if rows else 0
    lists = {}
    for row in rows:
        is_manager = role_in(row.pk, account_id, now) is not None
        may_write = is_manager or may_write_to(row, account_id, person_id, now)
        is_held = not is_manager and (row.is_moderated or not may_write)
        audience = audience_of(members_of(row, now), sample_size=_SHOWN_MEMBERS) if may_write else None
        lists[row.address] = AddressedList(row.address, row.title, is_held, audience)
    return lists


def may_write_to(row: MailingList, account_id: int, person_id: int, now: datetime) -> bool:
    """Whether the account may write to the list without moderation of its author."""
    if row.writers in (Writers.INSIDE, Writers.ANYBODY):
        return True
    if row.writers == Writers.MEMBERS and membership_reasons(row, person_id, now):
        return True
    return role_in(row.pk, account_id, now) is not None


def _person_id_of(account_id: int) -> int:
    return identified(account_id).person_id or 0
