"""Queries of the home page."""

from datetime import date

from django.db.models import Q, QuerySet

from vaguemestre.desks.portal.models import AnnouncementRow, Favourite
from vaguemestre.desks.portal.values import EVERY_ACADEMY, Announcement, Importance
from vaguemestre.foundation.kernel.orders import column_of


def favourites_of(account_id: int) -> frozenset[str]:
    return frozenset(Favourite.objects.filter(account_id=account_id).values_list("key", flat=True))


def announcements_on(day: date, academy_id: int) -> list[Announcement]:
    """The announcements displayed that day to people of that académie, most important first, then newest."""
    rows = AnnouncementRow.objects.filter(
        starts_on__lte=day, ends_on__gte=day, academy_id__in=(EVERY_ACADEMY, academy_id)
    )
    return [_announcement(row) for row in rows.order_by("-importance", "-starts_on", "-pk")]


# Public sort keys → columns.
ORDERS = {"fin": "ends_on", "debut": "starts_on", "titre": "title"}


def announcements_page(
    day: date,
    office_academy: int,
    *,
    search: str = "",
    state: str = "",
    order: str = "-fin",
    first: int = 0,
    count: int = 30,
) -> tuple[list[Announcement], int]:
    """A page of the announcements that an office of that académie (0: of all) writes, and their total.

    `state` that day: `affiche`, `a-venir`, `termine`, or "" for any. `order`: a key of ORDERS, `-` first to
    reverse it.
    """
    rows = rows_of_office(office_academy)
    match state:
        case "affiche":
            rows = rows.filter(starts_on__lte=day, ends_on__gte=day)
        case "a-venir":
            rows = rows.filter(starts_on__gt=day)
        case "termine":
            rows = rows.filter(ends_on__lt=day)
    for word in search.split()[:6]:
        rows = rows.filter(Q(title__icontains=word) | Q(text__icontains=word))
    ordered = rows.order_by(column_of(order, ORDERS), "-pk")
    return [_announcement(row) for row in ordered[first : first + count]], rows.count()


def find_announcement(announcement_id: int, office_academy: int) -> Announcement | None:
    """The announcement of that id, if an office of that académie (0: of all) may edit it."""
    row = rows_of_office(office_academy).filter(pk=announcement_id).first()
    return _announcement(row) if row else None


def rows_of_office(office_academy: int) -> QuerySet[AnnouncementRow]:
    """The announcements that an office of that académie (0: of all) writes."""
    rows = AnnouncementRow.objects.all()
    return rows.filter(academy_id=office_academy) if office_academy else rows


def _announcement(row: AnnouncementRow) -> Announcement:
    return Announcement(
        row.title,
        row.text,
        Importance(row.importance),
        row.starts_on,
        row.ends_on,
        announcement_id=row.pk,
        academy_id=row.academy_id,
        is_mailed=bool(row.mail_asked_by),
        mail_act_id=row.mail_act_id,
    )
