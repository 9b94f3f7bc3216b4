"""Roles and subscriptions in the lists of a school that people left."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import list_subject
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.directory.queries import left_the_place
from vaguemestre.schools.lists.models import ListRole, Subscriber

_ROWS_PER_RUN = 500


@transaction.atomic(durable=True)
def end_with_posts(kept_days: int, *, now: datetime) -> None:
    """Use case: remove them that many days after the post, of those who serve elsewhere by now.

    Roles count no more from the day the post ends (`queries.role_in`). Whoever serves nowhere may be back
    in September; those who left the académie are left out by `people.lifecycle`. Idempotent.
    """
    left = _left("account__person_id", "given_on", kept_days, now)
    for role in ListRole.objects.filter(left).order_by("pk")[:_ROWS_PER_RUN]:
        role.delete()
        details: dict[str, int | str] = {"account": role.account_id, "part": role.role}
        record("lists.manager-removed", to=list_subject(role.list_id), by="system", at=now, **details)
    left = _left("person_id", "since__date", kept_days, now)
    for row in Subscriber.objects.filter(left).order_by("pk")[:_ROWS_PER_RUN]:
        row.delete()
        record("lists.left", to=list_subject(row.list_id), by="system", at=now, person=row.person_id)


def _left(person: str, since: str, kept_days: int, now: datetime) -> Q:
    return left_the_place(
        paris_day(now),
        person=person,
        uai="list__within",
        since=since,
        kept_days=kept_days,
        serves_elsewhere=True,
    )
