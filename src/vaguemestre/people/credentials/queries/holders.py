"""Accounts by what holds them: a mailbox (one SQL query, for each message sent) or a person."""

from collections.abc import Collection
from itertools import batched
from typing import NamedTuple

from django.db.models import Count

from vaguemestre.foundation.cluster.frequent_queries import FrequentQuery
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries.account_states import CLASS_COLUMNS, limits_in
from vaguemestre.people.credentials.values import AccountState
from vaguemestre.people.service_classes.queries import exception_of
from vaguemestre.people.service_classes.values import NO_CLASS, HeldClass, ServiceLimits

_BATCH = 10_000
_MIN_START = 3  # letters
_MAX_FOUND = 100
_HOLDER_COLUMNS = ("pk", "state", "mailbox_state", "service_class_id", *CLASS_COLUMNS)
_HOLDER = FrequentQuery(
    lambda mailbox: Account.objects.filter(mailbox=mailbox).values_list(*_HOLDER_COLUMNS), "mailbox"
)


class MailboxHolder(NamedTuple):
    """An account; `is_open`: active, and its mailbox not held."""

    account_id: int
    is_open: bool
    limits: ServiceLimits = NO_CLASS


class PersonAccount(NamedTuple):
    """The account of a person."""

    account_id: int
    username: str
    state: AccountState


def holder_of_mailbox(mailbox: str) -> MailboxHolder | None:
    """The account whose mailbox that is, and whether the mailbox opens today."""
    rows = _HOLDER.rows(mailbox)
    if not rows:
        return None
    account_id, state, mailbox_state, *held = rows[0]
    is_open = state == AccountState.ACTIVE and mailbox_state == Account.Mailbox.OPEN
    return MailboxHolder(account_id, is_open, limits_in(held))


def limits_of_account(account_id: int) -> ServiceLimits:
    """What the class of service of an account gives; everything without one. One query."""
    rows = Account.objects.filter(pk=account_id).values_list("service_class_id", *CLASS_COLUMNS)
    row = rows.first()
    return limits_in(row) if row else NO_CLASS


def class_of_account(account_id: int) -> HeldClass | None:
    """The class of service of an account; None for an unknown account. Two queries."""
    columns = ("quota_mb", "service_class__name", "person_id", "service_class_id", *CLASS_COLUMNS)
    row = Account.objects.filter(pk=account_id).values_list(*columns).first()
    if row is None:
        return None
    quota_mb, name, person_id, *held = row
    return HeldClass(
        held[0] or 0, name or "", limits_in(held), quota_mb, exception_of(person_id) if person_id else ""
    )


def people_by_class() -> dict[int, int]:
    """Class of service → accounts that are not closed."""
    rows = Account.objects.filter(service_class__isnull=False).exclude(state=AccountState.CLOSED)
    counts = rows.order_by().values_list("service_class_id").annotate(total=Count("pk"))
    return {class_id: total for class_id, total in counts if class_id}


def usernames_of_class(class_id: int) -> list[str]:
    """The usernames of the accounts of that class of service that are not closed, in order."""
    rows = Account.objects.filter(service_class_id=class_id).exclude(state=AccountState.CLOSED)
    return list(rows.order_by("username").values_list("username", flat=True))


def people_of_accounts(account_ids: Collection[int]) -> list[int]:
    """The people of those accounts; technical accounts have none."""
    people: list[int] = []
    for batch in batched(account_ids, _BATCH):
        rows = Account.objects.filter(pk__in=batch, person__isnull=False)
        people += (person_id for person_id in rows.values_list("person_id", flat=True) if person_id)
    return people


def person_by_account(account_ids: Collection[int]) -> dict[int, int]:
    """Account → its person, for the accounts of somebody."""
    rows = Account.objects.filter(pk__in=account_ids, person__isnull=False)
    return {pk: person_id for pk, person_id in rows.values_list("pk", "person_id") if person_id}


def accounts_by_person(person_ids: Collection[int]) -> dict[int, PersonAccount]:
    """The accounts of these people, in any state, by person."""
    rows = Account.objects.filter(person_id__in=person_ids)
    columns = rows.values_list("person_id", "pk", "username", "state")
    return {
        person_id: PersonAccount(pk, username, AccountState(state))
        for person_id, pk, username, state in columns
        if person_id
    }


def people_by_username(usernames: Collection[str]) -> dict[str, int]:
    """Username → its person, for these usernames in lower case; accounts of nobody are left out."""
    rows = Account.objects.filter(username__in=usernames, person__isnull=False)
    return {username: pk for username, pk in rows.values_list("username", "person_id") if pk}


def people_of_usernames(start: str) -> list[int]:
    """Ids of the people whose username begins so, a page of them; none for less than three letters."""
    start = start.strip().lower()
    if len(start) < _MIN_START or not start.isascii() or len(start.split()) > 1:
        return []
    rows = Account.objects.filter(username__startswith=start, person__isnull=False).order_by("username")
    return list(rows.values_list("person_id", flat=True)[:_MAX_FOUND])
