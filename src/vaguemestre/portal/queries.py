"""Reads of the home page."""

from datetime import date

from vaguemestre.portal.models import AnnouncementRow, Favourite
from vaguemestre.portal.values import Announcement, Weight


def favourites_of(account_id: int) -> frozenset[str]:
    return frozenset(Favourite.objects.filter(account_id=account_id).values_list("key", flat=True))


def announcements_on(day: date) -> list[Announcement]:
    """Those shown that day: what matters most first, then the newest."""
    rows = AnnouncementRow.objects.filter(starts_on__lte=day, ends_on__gte=day)
    return [_announcement(row) for row in rows.order_by("-weight", "-starts_on", "-pk")]


def announcements() -> list[Announcement]:
    """All of them, the last to end first."""
    return [_announcement(row) for row in AnnouncementRow.objects.order_by("-ends_on", "-pk")]


def announcement_numbered(announcement_id: int) -> Announcement | None:
    row = AnnouncementRow.objects.filter(pk=announcement_id).first()
    return _announcement(row) if row else None


def _announcement(row: AnnouncementRow) -> Announcement:
    return Announcement(
        row.title, row.text, Weight(row.weight), row.starts_on, row.ends_on, announcement_id=row.pk
    )
