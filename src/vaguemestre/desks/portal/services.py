"""What a person changes about their own account. Use cases, each in one transaction."""

from datetime import datetime

from django.db import transaction

from vaguemestre.desks.portal.models import AnnouncementRow, Favourite
from vaguemestre.desks.portal.rules import check_announcement
from vaguemestre.desks.portal.values import Announcement
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.services import accept_charter, prefer_theme, revoke_app_password


@transaction.atomic(durable=True)
def choose_theme(account_id: int, theme: str) -> None:
    prefer_theme(account_id, theme)


@transaction.atomic(durable=True)
def drop_app_password(account_id: int, app_password_id: int, *, by: str, now: datetime) -> None:
    revoke_app_password(account_id, app_password_id, by=by, now=now)


@transaction.atomic(durable=True)
def star(account_id: int, key: str, *, wanted: bool) -> None:
    """Put an application first, or back in its place; twice does no more than once."""
    if wanted:
        Favourite.objects.get_or_create(account_id=account_id, key=key)
    else:
        Favourite.objects.filter(account_id=account_id, key=key).delete()


@transaction.atomic(durable=True)
def agree_to_charter(account_id: int, version: str, *, by: str, now: datetime) -> None:
    accept_charter(account_id, version, by=by, now=now)


@transaction.atomic(durable=True)
def publish(wanted: Announcement, *, by: str, now: datetime) -> int:
    """Write a message of the académie, or write it anew when it has a number; its number.

    Raises Refusal as `rules.check_announcement`, and `portal.announcement-gone`.
    """
    check_announcement(wanted)
    number = wanted.announcement_id
    fields = {
        "title": wanted.title.strip(),
        "text": wanted.text.strip(),
        "weight": wanted.weight.value,
        "starts_on": wanted.starts_on,
        "ends_on": wanted.ends_on,
    }
    if not number:
        number = AnnouncementRow.objects.create(**fields).pk
    elif not AnnouncementRow.objects.filter(pk=number).update(**fields):
        raise Refusal("portal.announcement-gone")
    record("portal.announcement-published", to=f"announcement:{number}", by=by, at=now)
    return number


@transaction.atomic(durable=True)
def withdraw(announcement_id: int, *, by: str, now: datetime) -> None:
    if AnnouncementRow.objects.filter(pk=announcement_id).delete()[0]:
        record("portal.announcement-withdrawn", to=f"announcement:{announcement_id}", by=by, at=now)


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: what they wanted first on their home page."""
    Favourite.objects.filter(account_id=account_id).delete()
