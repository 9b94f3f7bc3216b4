"""Managers of lists: owners, moderators, the head of a list's school, administrators of orphan lists."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from vaguemestre.access.signin.queries import office_academy_of
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import Presented, identified, presented
from vaguemestre.people.credentials.values import AccountRole, AccountState
from vaguemestre.people.directory.queries import academy_domain, left_the_place, primary_address, served_posts
from vaguemestre.people.lifecycle.queries import withdrawn_accounts, withdrawn_among
from vaguemestre.schools.lists.models import ListLetter, ListRole, MailingList
from vaguemestre.schools.lists.queries.members import academy_of_list, receiving_accounts
from vaguemestre.schools.lists.values import HeldLetters, ManagedList, Manager, Role, State

_HEAD_FUNCTION = "DIR"


def role_in(list_id: int, account_id: int, now: datetime) -> Role | None:
    """OWNER, MODERATOR or None.

    The current head of the school of a list is one of its owners. Administrators are owners of orphan lists.
    """
    stored = roles_held(now).filter(list_id=list_id, account_id=account_id).values_list("role", flat=True)
    value = stored.first()
    role = Role(value) if value else None
    if role is Role.OWNER:
        return role
    row = MailingList.objects.filter(pk=list_id).first()
    account = presented(account_id)
    if (
        row is None
        or account is None
        or account.state != AccountState.ACTIVE
        or withdrawn_among([account_id])
    ):
        return None
    if row.within and account_id in _heads(row.within, now):
        return Role.OWNER
    is_orphan = _administers(account, row) and list_id in orphan_lists(now)
    return Role.OWNER if is_orphan else role


def managers_of(list_id: int, now: datetime) -> list[Manager]:
    """Owners first, then moderators, then the head of the school of the list."""
    rows = ListRole.objects.exclude(_left_its_school(now)).filter(list_id=list_id)
    managers = []
    for row in rows.select_related("account__person").order_by("-role", "pk"):
        person = row.account.person
        name = person.shown_name if person else row.account.username
        address = primary_address(person.pk) if person else None
        managers.append(Manager(row.account_id, name, address or "", Role(row.role)))
    account_ids = {manager.account_id for manager in managers}
    within = MailingList.objects.values_list("within", flat=True).get(pk=list_id)
    for account_id in _heads(within, now) if within else ():
        head = presented(account_id)
        if head and account_id not in account_ids:
            managers.append(Manager(account_id, head.name, head.address, Role.HEAD))
    return managers


def manager_accounts(list_id: int, now: datetime) -> list[int]:
    """Accounts that moderate the list."""
    rows = roles_held(now).filter(list_id=list_id).order_by("pk")
    within = MailingList.objects.values_list("within", flat=True).get(pk=list_id)
    heads = _heads(within, now) if within else ()
    return list(dict.fromkeys((*rows.values_list("account_id", flat=True), *heads)))


def lists_owned_by_post(account_id: int, person_id: int, now: datetime) -> list[int]:
    """Lists of the schools a person leads and, for administrators, lists without owner."""
    posts = (
        served_posts(paris_day(now), [{"functions": [_HEAD_FUNCTION]}], person_id=person_id)
        if person_id
        else ()
    )
    rows = MailingList.objects.filter(within__in={post.uai for post in posts}, closed_at__isnull=True)
    list_ids = list(rows.values_list("pk", flat=True))
    account = presented(account_id)
    if account and account.role == AccountRole.ADMINISTRATOR:
        orphans = MailingList.objects.filter(pk__in=orphan_lists(now), closed_at__isnull=True)
        if reach := office_academy_of(account):
            orphans = orphans.filter(address__iendswith=f"@{academy_domain(reach)}")
        list_ids += orphans.order_by("pk").values_list("pk", flat=True)
    return list_ids


def managed_lists(account_id: int, now: datetime, *, limit: int) -> list[ManagedList]:
    """Open lists of which the account is an owner or a moderator, by title."""
    ids = managed_list_ids(account_id, now)
    rows = MailingList.objects.filter(pk__in=ids, closed_at__isnull=True).order_by("title", "pk")
    return [ManagedList(*row) for row in rows.values_list("pk", "title")[:limit]]


def managed_list_ids(account_id: int, now: datetime) -> set[int]:
    """The lists that the account owns or moderates; none after departure or during a long leave."""
    if withdrawn_among([account_id]):
        return set()
    person_id = identified(account_id).person_id or 0
    by_role = roles_held(now).filter(account_id=account_id).values_list("list_id", flat=True)
    return {*by_role, *lists_owned_by_post(account_id, person_id, now)}


def held_letters_of(account_id: int, person_id: int, now: datetime) -> list[HeldLetters]:
    """The lists that somebody manages where letters await a decision, by title. One query where none does."""
    held = ListLetter.objects.filter(state=State.HELD, list__closed_at__isnull=True)
    counts = dict(held.values_list("list_id").annotate(count=Count("pk")).values_list("list_id", "count"))
    if not counts or withdrawn_among([account_id]):
        return []
    by_role = roles_held(now).filter(account_id=account_id).values_list("list_id", flat=True)
    ids = counts.keys() & {*by_role, *lists_owned_by_post(account_id, person_id, now)}
    rows = MailingList.objects.filter(pk__in=ids).order_by("title", "pk")
    return [HeldLetters(pk, title, counts[pk]) for pk, title in rows.values_list("pk", "title")]


def _administers(account: Presented, row: MailingList) -> bool:
    """Whether the account is an administrator whose office covers the académie of the list."""
    reach = office_academy_of(account)
    return account.role == AccountRole.ADMINISTRATOR and reach in (0, reach and academy_of_list(row))


def heads_of_schools(uais: Collection[str], now: datetime) -> dict[str, tuple[int, ...]]:
    """School → accounts of its heads today; schools without one are left out."""
    if not uais:
        return {}
    posts = list(served_posts(paris_day(now), [{"functions": [_HEAD_FUNCTION], "uais": list(uais)}]))
    accounts = receiving_accounts({post.person_id for post in posts})
    heads: dict[str, set[int]] = {}
    for post in posts:
        if post.person_id in accounts:
            heads.setdefault(post.uai, set()).add(accounts[post.person_id])
    return {uai: tuple(sorted(found)) for uai, found in heads.items()}


def _heads(uai: str, now: datetime) -> tuple[int, ...]:
    """Accounts of the heads of that school today."""
    return heads_of_schools([uai], now).get(uai, ())


def orphan_lists(now: datetime) -> set[int]:
    """Lists whose owners have all left, and whose establishment has no head either."""
    owned = set(active_owners(now).values_list("list_id", flat=True))
    within = dict(MailingList.objects.exclude(pk__in=owned).values_list("pk", "within"))
    heads = heads_of_schools({uai for uai in within.values() if uai}, now)
    return {list_id for list_id, uai in within.items() if uai not in heads}


def active_owners(now: datetime) -> QuerySet[ListRole]:
    """The owners by name who are still there."""
    return roles_held(now).filter(role=Role.OWNER)


def roles_held(now: datetime) -> QuerySet[ListRole]:
    """The roles by name of those who are still there.

    A role in the list of a school ends with the post there during which it was given (docs/domain.md §3.6).
    """
    rows = ListRole.objects.filter(account__state=AccountState.ACTIVE).exclude(
        account_id__in=withdrawn_accounts()
    )
    return rows.exclude(_left_its_school(now))


def _left_its_school(now: datetime) -> Q:
    return left_the_place(paris_day(now), person="account__person_id", uai="list__within", since="given_on")
