"""Accounts that were never activated, by establishment."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries.academies import in_academy

_POST = "person__assignments"


class SchoolActivation(NamedTuple):
    """`pending`: accounts never activated, of `total` that are not closed."""

    structure_id: int
    uai: str
    name: str
    town: str
    pending: int
    total: int

    @property
    def share(self) -> int:
        """Activated accounts, in hundredths."""
        return round(100 * (self.total - self.pending) / self.total) if self.total else 100


class NeverActivated(NamedTuple):
    """Somebody who never activated their account, in the main post they hold."""

    account_id: int
    person_id: int
    username: str
    since: date  # when that post began


def activation_by_school(day: date, academy_id: int = 0) -> Iterator[SchoolActivation]:
    """The establishments with somebody who never activated their account, the most of them first."""
    counted = _in_post(day, academy_id).values_list(
        f"{_POST}__structure_id", f"{_POST}__structure__uai", f"{_POST}__structure__name",
        f"{_POST}__structure__town",
    ).annotate(
        pending=Count("pk", filter=Q(state=Account.State.PENDING), distinct=True),
        total=Count("pk", distinct=True),
    )  # fmt: skip
    rows = counted.filter(pending__gt=0).order_by("-pending", f"{_POST}__structure__name")
    return (SchoolActivation(*row) for row in rows)


def count_never_activated(academy_id: int = 0) -> int:
    """How many people never activated their account."""
    pending = Account.objects.filter(in_academy(academy_id), state=Account.State.PENDING)
    return pending.exclude(person=None).count()


def never_activated_in(structure_id: int, day: date, academy_id: int = 0) -> tuple[NeverActivated, ...]:
    """The people of an establishment who never activated their account, the longest in their post first."""
    rows = _in_post(day, academy_id).filter(
        **{f"{_POST}__structure_id": structure_id, "state": Account.State.PENDING}
    )
    columns = ("pk", "person_id", "username", f"{_POST}__starts_on")
    ordered = rows.order_by(f"{_POST}__starts_on", "username").values_list(*columns)
    return tuple(NeverActivated(*row) for row in ordered)


def _in_post(day: date, academy_id: int) -> QuerySet[Account]:
    """Accounts that are not closed, with the main post that their person holds on that day."""
    holds = Q(**{f"{_POST}__is_primary": True, f"{_POST}__starts_on__lte": day}) & (
        Q(**{f"{_POST}__ends_on__isnull": True}) | Q(**{f"{_POST}__ends_on__gte": day})
    )
    return Account.objects.filter(holds, in_academy(academy_id)).exclude(state=Account.State.CLOSED)
