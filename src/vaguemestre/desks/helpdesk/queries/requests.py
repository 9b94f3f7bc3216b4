"""Requests from `/aide`."""

import hashlib

from django.db.models import Case, IntegerField, Q, QuerySet, When

from vaguemestre.desks.helpdesk.models import RequestRow
from vaguemestre.desks.helpdesk.values import Kind, RequestShown
from vaguemestre.people.credentials.queries import usernames_of

# How the desk may put them in order, and what it means here: accounts used by somebody else come first.
ORDERS = {
    "recue": ("calm", "pk"),
    "sujet": ("kind", "pk"),
    "personne": ("name", "pk"),
    "etablissement": ("place", "pk"),
}
_OPEN = (RequestRow.State.NEW, RequestRow.State.TAKEN)


def requests_page(
    *,
    is_answered: bool = False,
    kind: str = "",
    search: str = "",
    order: str = "recue",
    first: int = 0,
    count: int = 30,
) -> tuple[list[RequestShown], int]:
    """A page of what waits, or of what was answered, and how many.

    `order`: one of ORDERS, `-` before it to turn it. `search`: words of a name or of a place.
    """
    rows = RequestRow.objects.filter(state__in=(RequestRow.State.ANSWERED,) if is_answered else _OPEN)
    rows = rows.annotate(calm=Case(When(kind=Kind.TAKEN, then=0), default=1, output_field=IntegerField()))
    if kind:
        rows = rows.filter(kind=kind)
    for word in search.split()[:6]:
        rows = rows.filter(Q(name__icontains=word) | Q(place__icontains=word))
    turned = order.startswith("-")
    columns = ("pk",) if order == "-recue" else ORDERS[order.removeprefix("-")]
    ordered = rows.order_by(*(f"-{one}" if turned else one for one in columns))
    return _shown(ordered[first : first + count]), rows.count()


def count_waiting() -> int:
    return RequestRow.objects.filter(state__in=_OPEN).count()


def request_of(request_id: int) -> RequestShown | None:
    return next(iter(_shown(RequestRow.objects.filter(pk=request_id))), None)


def request_followed(token: str) -> RequestShown | None:
    """By the secret part of the address its author was given."""
    return next(iter(_shown(RequestRow.objects.filter(token_sha256=token_sha256(token)))), None)


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _shown(rows: QuerySet[RequestRow]) -> list[RequestShown]:
    kept = list(rows)
    names = usernames_of([row.taken_by_id for row in kept if row.taken_by_id])
    return [
        RequestShown(
            row.pk,
            row.kind,
            row.name,
            row.place,
            row.contact,
            row.text,
            row.state,
            row.made_at,
            row.account_id,
            names.get(row.taken_by_id or 0, ""),
            row.answer,
            row.answered_at,
        )
        for row in kept
    ]
