"""Accounts selected to act on many at once: by state, by name, and the facts that decide."""

from collections.abc import Collection
from itertools import batched
from typing import Any

from django.db.models import Q, QuerySet

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries.academies import in_academy
from vaguemestre.people.credentials.values import AccountState, ActFacts

_BATCH = 500


def people_in_state(state: AccountState) -> QuerySet[Account, Any]:
    """The person ids of accounts in that state, as a query to use inside another one."""
    return Account.objects.filter(state=state, person__isnull=False).values("person_id")


def facts_for_acts(account_ids: Collection[int], academy_id: int) -> dict[int, ActFacts]:
    """Account → facts, for accounts of people of that académie (0: of any); others are left out."""
    facts: dict[int, ActFacts] = {}
    columns = (
        "pk",
        "person_id",
        "username",
        "mailbox",
        "state",
        "mailbox_state",
        "role",
        "quota_mb",
        "state_since",
        "factor_demanded_at",
        "service_class__quota_mb",
        "person__recovery_address",
    )
    for batch in batched(account_ids, _BATCH):
        rows = _of_people(academy_id).filter(pk__in=batch)
        for row in rows.values(*columns):
            account_id = row.pop("pk")
            facts[account_id] = ActFacts(
                account_id=account_id,
                class_quota_mb=row.pop("service_class__quota_mb") or 0,
                private_address=row.pop("person__recovery_address"),
                owes_factor=row["factor_demanded_at"] is not None,
                **row,
            )
    return facts


def all_accounts(academy_id: int) -> list[int]:
    """The accounts, but closed ones, of the people of that académie (0: of any), oldest first."""
    rows = _of_people(academy_id).exclude(state=Account.State.CLOSED)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def accounts_named(names: Collection[str], academy_id: int) -> dict[str, int]:
    """Name → account, for usernames and addresses in lower case, of people of that académie (0: of any)."""
    accounts: dict[str, int] = {}
    for batch in batched(names, _BATCH):
        people = _of_people(academy_id)
        by_name = people.filter(Q(username__in=batch) | Q(mailbox__in=batch))
        for pk, username, mailbox in by_name.values_list("pk", "username", "mailbox"):
            accounts |= {username: pk, mailbox: pk}
        by_address = people.filter(person__addresses__address__in=batch)
        accounts |= dict(by_address.values_list("person__addresses__address", "pk"))
    wanted = set(names)
    return {name: pk for name, pk in accounts.items() if name in wanted}


def _of_people(academy_id: int) -> QuerySet[Account]:
    return Account.objects.filter(in_academy(academy_id), person__isnull=False)
