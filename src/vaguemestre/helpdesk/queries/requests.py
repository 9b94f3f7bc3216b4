"""Requests from `/aide`."""

import hashlib

from django.db.models import QuerySet

from vaguemestre.credentials.queries import usernames_of
from vaguemestre.helpdesk.models import RequestRow
from vaguemestre.helpdesk.values import RequestShown

MOST_SHOWN = 100
_OPEN = (RequestRow.State.NEW, RequestRow.State.TAKEN)


def requests_waiting() -> list[RequestShown]:
    """Those not answered yet: accounts used by somebody else first, then the oldest."""
    rows = _shown(RequestRow.objects.filter(state__in=_OPEN).order_by("pk")[:MOST_SHOWN])
    return sorted(rows, key=lambda one: one.kind != "compte-utilise")


def requests_answered() -> list[RequestShown]:
    """The latest, newest first."""
    return _shown(RequestRow.objects.filter(state=RequestRow.State.ANSWERED).order_by("-answered_at")[:20])


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
