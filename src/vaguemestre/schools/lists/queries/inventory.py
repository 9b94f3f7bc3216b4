"""Lists as an inventory shows them: all of an académie, with who answers for each."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery

from vaguemestre.people.credentials.queries import names_of
from vaguemestre.people.directory.queries import academy_domain, place_names
from vaguemestre.schools.lists.models import ListLetter, MailingList, Subscriber
from vaguemestre.schools.lists.queries.managers import active_owners, heads_of_schools, orphan_lists
from vaguemestre.schools.lists.values import Kind


@dataclass(frozen=True, slots=True)
class ListSearch:
    """Which lists. `academy_id`: 0 for every académie. `uais`: that reach one of these only; None for any."""

    words: str = ""
    academy_id: int = 0
    kinds: Collection[Kind] = ()
    uais: Collection[str] | None = None
    is_closed: bool = False
    is_orphan: bool = False


class ListKey(NamedTuple):
    """What a list is put in order by. `last_used_at`: None too where it was not asked for."""

    list_id: int
    address: str
    title: str
    last_used_at: datetime | None = None


class InventoriedList(NamedTuple):
    """`uai`, `place`: of the only establishment it reaches, "" if there is none.

    `members`: its subscribers; of a list by rule, whom its last letter went to, None before the first.
    `last_used_at`: when its last letter came.
    """

    list_id: int
    kind: Kind
    address: str
    title: str
    uai: str
    place: str
    owners: tuple[str, ...]
    members: int | None
    last_used_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None


def list_keys(search: ListSearch, now: datetime, *, by_use: bool = False) -> list[ListKey]:
    """Every list of the search, in no order; when each was last used only if `by_use`."""
    rows = MailingList.objects.filter(closed_at__isnull=not search.is_closed, kind__in=search.kinds)
    for word in search.words.split()[:6]:
        rows = rows.filter(Q(title__icontains=word) | Q(address__icontains=word) | Q(within__iexact=word))
    if search.academy_id:
        rows = rows.filter(address__iendswith=f"@{academy_domain(search.academy_id)}")
    if search.uais is not None:
        rows = rows.filter(within__in=search.uais)
    columns = ["pk", "address", "title"]
    if by_use:
        rows = rows.annotate(last_used_at=_last_use())
        columns.append("last_used_at")
    keys = [ListKey(*row) for row in rows.values_list(*columns)]
    if not search.is_orphan:
        return keys
    orphans = orphan_lists(now)
    return [key for key in keys if key.list_id in orphans]


def inventoried_lists(list_ids: Collection[int], now: datetime) -> dict[int, InventoriedList]:
    """List → its line. As many queries, whatever their number."""
    sent = ListLetter.objects.filter(list_id=OuterRef("pk"), recipients__gt=0).order_by("-received_at")
    rows = MailingList.objects.filter(pk__in=list_ids).annotate(
        last_used_at=_last_use(), reached=Subquery(sent.values("recipients")[:1])
    )
    counts = Subscriber.objects.filter(list_id__in=list_ids).order_by().values_list("list_id")
    subscribers = dict(counts.annotate(Count("pk")))
    lists = list(rows)
    owners, places = _owners(lists, now), place_names({row.within for row in lists if row.within})
    return {
        row.pk: InventoriedList(
            list_id=row.pk,
            kind=Kind(row.kind),
            address=row.address,
            title=row.title,
            uai=row.within,
            place=places.get(row.within, ""),
            owners=owners.get(row.pk, ()),
            members=row.reached if row.kind == Kind.RULE else subscribers.get(row.pk, 0),
            last_used_at=row.last_used_at,
            opened_at=row.created_at,
            closed_at=row.closed_at,
        )
        for row in lists
    }


def _owners(lists: Collection[MailingList], now: datetime) -> dict[int, tuple[str, ...]]:
    """List → names of its owners, then of the heads of its establishment."""
    accounts: defaultdict[int, list[int]] = defaultdict(list)
    roles = active_owners(now).filter(list_id__in=[row.pk for row in lists]).order_by("pk")
    for list_id, account_id in roles.values_list("list_id", "account_id"):
        accounts[list_id].append(account_id)
    heads = heads_of_schools({row.within for row in lists if row.within}, now)
    for row in lists:
        accounts[row.pk] += [head for head in heads.get(row.within, ()) if head not in accounts[row.pk]]
    names = names_of({account_id for holders in accounts.values() for account_id in holders})
    return {list_id: tuple(names[holder] for holder in holders) for list_id, holders in accounts.items()}


def _last_use() -> Subquery:
    letters = ListLetter.objects.filter(list_id=OuterRef("pk")).order_by("-received_at")
    return Subquery(letters.values("received_at")[:1])
