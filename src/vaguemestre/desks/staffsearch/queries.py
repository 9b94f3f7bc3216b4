"""People, establishments, mailboxes and lists that match words, as each role may know them."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from django.urls import reverse

from vaguemestre.desks.enrolment.queries import scope_of, search_people
from vaguemestre.desks.helpdesk.queries.accounts import search_accounts
from vaguemestre.desks.staffsearch.values import Hit, HitGroup, Search
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import find_account, is_account_in
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.queries import (
    PeopleFilter,
    StructureFilter,
    StructureSummary,
    people_page,
    person_summary,
    structures_page,
)
from vaguemestre.schools.lists.queries import lists_matching
from vaguemestre.schools.sharing.queries import boxes_matching

SHOWN = 6


def hit_groups(search: Search) -> list[HitGroup]:
    """The first hits of each kind, people first; kinds without any are left out."""
    people = _PEOPLE[search.asker.role]
    groups = (people(search), _establishments(search), _boxes(search), _lists(search))
    return [group for group in groups if group.hits]


def _administered_people(search: Search) -> HitGroup:
    reach = search.asker.academy_id
    rows, total = people_page(
        PeopleFilter(words=search.words, academy_id=reach, day=paris_day(search.now)), first=0, count=SHOWN
    )
    people = {row.person_id: row for row in rows}
    account = find_account(search.words)  # by username, which the list of people does not look at
    if account and account.person_id and is_account_in(account.account_id, reach):
        exact = person_summary(account.person_id)
        if exact and exact.person_id not in people:
            people, total = {exact.person_id: exact, **people}, total + 1
    hits = [
        Hit(row.name, row.place or row.service, reverse("backoffice:person", args=[row.person_id]))
        for row in people.values()
    ]
    return _people(hits, total, _address_with_query("backoffice:people", q=search.words))


def _accounts(search: Search) -> HitGroup:
    rows, total = search_accounts(search.words, count=SHOWN, academy_id=search.asker.academy_id)
    hits = [
        Hit(
            row.name,
            " · ".join(filter(None, (row.username, row.place))),
            reverse("helpdesk:account", args=[row.account_id]),
        )
        for row in rows
    ]
    return _people(hits, total, _address_with_query("helpdesk:search", q=search.words))


def _managed_people(search: Search) -> HitGroup:
    criteria = PeopleFilter(words=search.words, day=paris_day(search.now))
    rows, total = search_people(scope_of(search.asker.account_id), criteria, count=SHOWN)
    hits = [Hit(row.name, row.place, reverse("enrolment:person", args=[row.person_id])) for row in rows]
    return _people(hits, total, _address_with_query("enrolment:people", q=search.words))


_PEOPLE: dict[str, Callable[[Search], HitGroup]] = {
    AccountRole.ADMINISTRATOR: _administered_people,
    AccountRole.HELPDESK: _accounts,
    AccountRole.HR_OFFICER: _managed_people,
}


def _people(hits: Sequence[Hit], total: int, more: str) -> HitGroup:
    return HitGroup("Personnes", "users", hits[:SHOWN], total, more if total > SHOWN else "")


def _establishments(search: Search) -> HitGroup:
    """An administrator is led to the establishment, others to its people."""
    criteria = StructureFilter(words=search.words, academy_id=search.asker.academy_id)
    rows, total = structures_page(criteria, paris_day(search.now), order="nom", first=0, count=SHOWN)
    page = _ESTABLISHMENT_PAGES[search.asker.role]
    hits = [Hit(row.name, ", ".join(filter(None, (row.town, row.uai))), page(row)) for row in rows]
    is_listed = search.asker.role == AccountRole.ADMINISTRATOR and total > SHOWN
    more = _address_with_query("backoffice:structures", q=search.words) if is_listed else ""
    return HitGroup("Établissements", "building-community", hits, total, more)


_ESTABLISHMENT_PAGES: dict[str, Callable[[StructureSummary], str]] = {
    AccountRole.ADMINISTRATOR: lambda row: reverse("backoffice:structure", args=[row.structure_id]),
    AccountRole.HELPDESK: lambda row: _address_with_query("helpdesk:search", q=row.uai),
    AccountRole.HR_OFFICER: lambda row: _address_with_query("enrolment:people", etablissement=row.uai),
}


def _boxes(search: Search) -> HitGroup:
    """Shared mailboxes found, with their owners: no link, since only members may open one."""
    boxes, total = boxes_matching(search.words, search.now, academy_id=search.asker.academy_id, limit=SHOWN)
    is_administrator = search.asker.role == AccountRole.ADMINISTRATOR
    hits = []
    for box in boxes:
        owners = f"responsable : {' et '.join(box.owners)}" if box.owners else "sans responsable"
        vacant = (
            _address_with_query("sharing:vacant-boxes", q=box.address)
            if is_administrator and not box.owners
            else ""
        )
        hits.append(Hit(box.title, f"{box.address} · {owners}", vacant))
    return HitGroup("Boîtes partagées", "mailbox", hits, total)


def _lists(search: Search) -> HitGroup:
    asker = search.asker
    sees_all = asker.role == AccountRole.ADMINISTRATOR
    rows, total = lists_matching(
        search.words, asker.account_id, search.now,
        reach=asker.academy_id if sees_all else None, limit=SHOWN,
    )  # fmt: skip
    hits = [
        Hit(row.title, row.address, reverse("lists:list", args=[row.list_id]) if row.may_open else "")
        for row in rows
    ]
    return HitGroup("Listes", "list", hits, total)


def _address_with_query(name: str, **query: str) -> str:
    return f"{reverse(name)}?{urlencode(query)}"
