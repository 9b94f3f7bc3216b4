"""Help requests."""

import hashlib

from django.conf import settings
from django.db.models import Case, IntegerField, Q, QuerySet, When

from vaguemestre.desks.helpdesk.models import RequestRow
from vaguemestre.desks.helpdesk.values import HelpRequestDetail, HelpRequestState, RequestKind
from vaguemestre.people.credentials.queries import usernames_of
from vaguemestre.people.directory.queries import academy_domain

# Public sort keys → columns. Accounts used by somebody else come first.
ORDERS = {
    "recue": ("calm", "pk"),
    "sujet": ("kind", "pk"),
    "personne": ("name", "pk"),
    "etablissement": ("place", "pk"),
}
MAX_REFERENCE_DIGITS = 9
_OPEN = (RequestRow.State.NEW, RequestRow.State.TAKEN)


def requests_page(
    *,
    is_answered: bool = False,
    kind: str = "",
    search: str = "",
    order: str = "recue",
    first: int = 0,
    count: int = 30,
    academy_id: int = 0,
) -> tuple[list[HelpRequestDetail], int]:
    """A page of open or answered requests, and their total number.

    `order`: a key of ORDERS, `-` first to reverse it. `search`: words of a name or a place, or a reference.
    `academy_id`: those made to it; 0 for all.
    """
    rows = made_to(academy_id).filter(state__in=(RequestRow.State.ANSWERED,) if is_answered else _OPEN)
    rows = rows.annotate(
        calm=Case(When(kind=RequestKind.TAKEN, then=0), default=1, output_field=IntegerField())
    )
    if kind:
        rows = rows.filter(kind=kind)
    for word in search.split()[:6]:
        rows = rows.filter(Q(name__icontains=word) | Q(place__icontains=word) | _has_reference(word))
    is_reversed = order.startswith("-")
    columns = ("pk",) if order == "-recue" else ORDERS[order.removeprefix("-")]
    ordered = rows.order_by(*(f"-{column}" if is_reversed else column for column in columns))
    return _details(ordered[first : first + count]), rows.count()


def _has_reference(word: str) -> Q:
    """The request of that number; none for a word that is not one."""
    is_number = word.isascii() and word.isdigit() and len(word) <= MAX_REFERENCE_DIGITS
    return Q(pk=int(word)) if is_number else Q(pk__in=())


def count_open_requests(academy_id: int = 0) -> int:
    return made_to(academy_id).filter(state__in=_OPEN).count()


def request_detail(request_id: int, academy_id: int = 0) -> HelpRequestDetail | None:
    """The help request of that id; None if it was made to another académie."""
    return next(iter(_details(made_to(academy_id).filter(pk=request_id))), None)


def made_to(academy_id: int) -> QuerySet[RequestRow]:
    """The requests made to that académie; every request for 0."""
    if not academy_id:
        return RequestRow.objects.all()
    domain = academy_domain(academy_id)
    is_principal = domain == settings.CONFIG.academy.domain.lower()
    return RequestRow.objects.filter(domain__in=(domain, "") if is_principal else (domain,))


def request_by_token(token: str) -> HelpRequestDetail | None:
    """The request with that tracking token."""
    return next(iter(_details(RequestRow.objects.filter(token_sha256=token_sha256(token)))), None)


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _details(rows: QuerySet[RequestRow]) -> list[HelpRequestDetail]:
    requests = list(rows)
    names = usernames_of([row.taken_by_id for row in requests if row.taken_by_id])
    return [
        HelpRequestDetail(
            row.pk,
            RequestKind(row.kind),
            row.name,
            row.place,
            row.contact,
            row.text,
            HelpRequestState(row.state),
            row.made_at,
            row.account_id,
            names.get(row.taken_by_id or 0, ""),
            row.answer,
            row.answered_at,
        )
        for row in requests
    ]
