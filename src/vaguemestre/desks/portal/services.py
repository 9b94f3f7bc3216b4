"""Use cases of the portal: own account, favourites, announcements."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from vaguemestre.desks.bulk.queries import select_everybody
from vaguemestre.desks.bulk.services import prepare_act, withdraw_act
from vaguemestre.desks.bulk.values import Act, Order
from vaguemestre.desks.portal.events import AnnouncementMailed
from vaguemestre.desks.portal.models import AnnouncementRow, Favourite
from vaguemestre.desks.portal.queries import rows_of_office
from vaguemestre.desks.portal.rules.home import (
    CLOSED,
    FIRST_VISIT,
    PREFERENCES,
    READ_ANNOUNCEMENTS,
    check_announcement,
    read_announcements,
)
from vaguemestre.desks.portal.values import EVERY_ACADEMY, Announcement
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import announcement_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.webmail.services.choices import save_choices
from vaguemestre.people.credentials.services import accept_charter, save_preference, save_theme
from vaguemestre.people.credentials.services import revoke_app_password as revoke_credential
from vaguemestre.people.credentials.values import Preferences


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
def save_announcement(
    announcement: Announcement, *, by: str, now: datetime, office_academy: int = EVERY_ACADEMY
) -> int:
    """Use case: create an announcement, or update it if it has an id. Returns the id.

    `office_academy`: the only académie that the office covers, whose people then read it. Wanted by mail
    for the first time, its sending is prepared; what is mailed says what was shown, so of a changed text no
    more of the former leaves. Raises Refusal as `rules.check_announcement`, and `portal.announcement-gone`.
    """
    check_announcement(announcement)
    announcement_id = announcement.announcement_id
    fields = {
        "title": announcement.title.strip(),
        "text": announcement.text.strip(),
        "importance": announcement.importance.value,
        "starts_on": announcement.starts_on,
        "ends_on": announcement.ends_on,
        "academy_id": office_academy or announcement.academy_id,
    }
    if not announcement_id:
        announcement_id = AnnouncementRow.objects.create(**fields).pk
    else:
        _change(rows_of_office(office_academy).filter(pk=announcement_id), fields, by, now)
    not_yet = AnnouncementRow.objects.filter(pk=announcement_id, mail_asked_by="")
    if announcement.is_mailed and not_yet.update(mail_asked_by=by):
        announce(AnnouncementMailed(announcement_id))
    record("portal.announcement-published", to=announcement_subject(announcement_id), by=by, at=now)
    return announcement_id


def _change(rows: QuerySet[AnnouncementRow], fields: Mapping[str, object], by: str, now: datetime) -> None:
    """Change the announcement; its mail, if the text is another, is prepared anew unless some of it left."""
    row = rows.select_for_update().first()
    if row is None:
        raise Refusal("portal.announcement-gone")
    is_another = any(getattr(row, name) != fields[name] for name in ("title", "text", "academy_id"))
    rows.update(**fields)
    if is_another and row.mail_act_id:
        has_left = withdraw_act(row.mail_act_id, by=by, now=now)
        rows.update(mail_act_id=0, mail_asked_by="" if has_left else by)
        if not has_left:
            announce(AnnouncementMailed(row.pk))


@transaction.atomic(durable=True)
def withdraw_announcement(
    announcement_id: int, *, by: str, now: datetime, office_academy: int = EVERY_ACADEMY
) -> None:
    """Use case: delete an announcement, if that office writes it. What its mail has brought stays.

    No more of that mail leaves.
    """
    row = rows_of_office(office_academy).select_for_update().filter(pk=announcement_id).first()
    if row:
        row.delete()
        withdraw_act(row.mail_act_id, by=by, now=now)
        record("portal.announcement-withdrawn", to=announcement_subject(announcement_id), by=by, at=now)


@transaction.atomic(durable=True)
def prepare_mail(announcement_id: int, *, now: datetime) -> None:
    """Use case: list everybody who would get the announcement by mail. An administrator then decides.

    Idempotent. Of an académie without accounts, nothing is prepared, and it may be asked again.
    """
    row = AnnouncementRow.objects.select_for_update().filter(pk=announcement_id, mail_act_id=0).first()
    if row is None or not row.mail_asked_by:
        return
    everybody = select_everybody(row.academy_id)
    if everybody.account_ids:
        note = f"Annonce « {row.title} »"
        order = Order(Act.NOTICE, note, subject=row.title, text=row.text or row.title)
        most = len(everybody.account_ids)
        row.mail_act_id = prepare_act(
            order, everybody, most, academy_id=row.academy_id, by=row.mail_asked_by, now=now
        )
    else:
        row.mail_asked_by = ""
    row.save(update_fields=("mail_act_id", "mail_asked_by"))


@transaction.atomic(durable=True)
def mark_announcement_read(
    account_id: int, announcement_id: int, preferences: Preferences, today: date
) -> None:
    """Use case: no longer show it above the person's mail. It stays on the home page."""
    read = read_announcements(preferences) | {announcement_id}
    not_over = AnnouncementRow.objects.filter(pk__in=read, ends_on__gte=today)
    kept = sorted(not_over.values_list("pk", flat=True))
    save_preference(account_id, PREFERENCES, {READ_ANNOUNCEMENTS: kept})


@transaction.atomic(durable=True)
def forget_person(account_id: int) -> None:
    """Use case: delete their favourites."""
    Favourite.objects.filter(account_id=account_id).delete()
