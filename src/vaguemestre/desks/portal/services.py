"""Use cases of the portal: own account, favourites, announcements."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from vaguemestre.desks.portal.models import AnnouncementRow, Favourite
from vaguemestre.desks.portal.rules.home import CLOSED, FIRST_VISIT, PREFERENCES, check_announcement
from vaguemestre.desks.portal.values import Announcement
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.webmail.services.choices import save_choices
from vaguemestre.people.credentials.services import accept_charter, save_preference, save_theme
from vaguemestre.people.credentials.services import revoke_app_password as revoke_credential


@transaction.atomic(durable=True)
def choose_theme(account_id: int, theme: str) -> None:
    save_theme(account_id, theme)


def choose_reading(account_id: int, choices: Mapping[str, str]) -> None:
    """Use case: keep the reading choices given, if any. Raises Refusal `webmail.unreadable-choice`."""
    if choices:
        save_choices(account_id, choices)


@transaction.atomic(durable=True)
def revoke_app_password(account_id: int, app_password_id: int, *, by: str, now: datetime) -> bool:
    """Use case: revoke an app password of that account; False if it has none of that number."""
    return revoke_credential(account_id, app_password_id, by=by, now=now)


@transaction.atomic(durable=True)
def set_favourite(account_id: int, key: str, *, is_favourite: bool) -> None:
    """Use case: add an application to the favourites or remove it. Idempotent."""
    if is_favourite:
        Favourite.objects.get_or_create(account_id=account_id, key=key)
    else:
        Favourite.objects.filter(account_id=account_id, key=key).delete()


@transaction.atomic(durable=True)
def close_first_visit(account_id: int) -> None:
    """Use case: never show the card of the first visit again."""
    save_preference(account_id, PREFERENCES, {FIRST_VISIT: CLOSED})


@transaction.atomic(durable=True)
def agree_to_charter(account_id: int, version: str, *, by: str, now: datetime) -> None:
    accept_charter(account_id, version, by=by, now=now)


@transaction.atomic(durable=True)
def save_announcement(announcement: Announcement, *, by: str, now: datetime) -> int:
    """Use case: create an announcement, or update it if it has an id. Returns the id.

    Raises Refusal as `rules.check_announcement`, and `portal.announcement-gone`.
    """
    check_announcement(announcement)
    announcement_id = announcement.announcement_id
    fields = {
        "title": announcement.title.strip(),
        "text": announcement.text.strip(),
        "importance": announcement.importance.value,
        "starts_on": announcement.starts_on,
        "ends_on": announcement.ends_on,
    }
    if not announcement_id:
        announcement_id = AnnouncementRow.objects.create(**fields).pk
    elif not AnnouncementRow.objects.filter(pk=announcement_id).update(**fields):
        raise Refusal("portal.announcement-gone")
    record("portal.announcement-published", to=f"announcement:{announcement_id}", by=by, at=now)
    return announcement_id


@transaction.atomic(durable=True)
def withdraw_announcement(announcement_id: int, *, by: str, now: datetime) -> None:
    if AnnouncementRow.objects.filter(pk=announcement_id).delete()[0]:
        record("portal.announcement-withdrawn", to=f"announcement:{announcement_id}", by=by, at=now)


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete their favourites."""
    Favourite.objects.filter(account_id=account_id).delete()
