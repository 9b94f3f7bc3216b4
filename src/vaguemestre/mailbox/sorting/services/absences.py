"""Set and end absences."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.models import AbsenceRow
from vaguemestre.mailbox.sorting.rules.absences import check_absence, is_answering
from vaguemestre.mailbox.sorting.rules.reply_templates import desk_absence, leaver_absence
from vaguemestre.mailbox.sorting.services.revision import bump_revision
from vaguemestre.mailbox.sorting.values import Absence, Place

_OWN_PLACES = (Place.FIRST, Place.SECOND, Place.WEEKLY)


@transaction.atomic(durable=True)
def save_absence(account_id: int, absence: Absence, *, by: str, now: datetime) -> SortingChanged:
    """Store the absence; the script is rewritten after commit, at once or by the worker.

    Works for any account, a person's or a functional one; the caller checks the right to. Raises Refusal
    `sorting.absence-…`.
    """
    check_absence(absence, now=now)
    _store_absence(account_id, absence)
    _record_absence("sorting.absence-saved", account_id, absence, by=by, now=now)
    return bump_revision(account_id)


@transaction.atomic(durable=True)
def end_absence(account_id: int, *, by: str, now: datetime, place: Place | None = None) -> SortingChanged:
    """Switch off the absence of that kind, or without `place` the absences that answer now.

    Texts are kept; an absence to come stays prepared.
    """
    for absence in queries.absences_of(account_id):
        if absence.place == place if place else is_answering(absence, now):
            AbsenceRow.objects.filter(account_id=account_id, place=absence.place).update(is_on=False)
            record("sorting.absence-ended", to=account_subject(account_id), by=by, at=now)
    return bump_revision(account_id)


def end_own_absences(account_id: int, *, by: str, now: datetime) -> list[SortingChanged]:
    """Switch off what the owner prepared, to come or not: somebody else may have.

    Inside the caller's transaction. Texts are kept. What the help desk or a departure set goes on. Run the
    returned events after the commit.
    """
    own = AbsenceRow.objects.filter(account_id=account_id, place__in=_OWN_PLACES)
    if not own.filter(is_on=True).update(is_on=False):
        return []
    record("sorting.absence-ended", to=account_subject(account_id), by=by, at=now)
    return [bump_revision(account_id)]


@transaction.atomic(durable=True)
def end_neutral_absence(account_id: int, *, asked_by: str, by: str, now: datetime) -> SortingChanged:
    """End the neutral absence that the help desk set. The owner is notified.

    Raises Refusal `sorting.absence-gone` if it is not on.
    """
    desk = AbsenceRow.objects.filter(account_id=account_id, place=Place.DESK, is_on=True)
    if not desk.update(is_on=False):
        raise Refusal("sorting.absence-gone")
    record("sorting.absence-ended", to=account_subject(account_id), by=by, at=now, reason=asked_by)
    announce(AccountTouched(account_id, "desk-absence-ended", now.isoformat(), asked_by))
    return bump_revision(account_id)


@transaction.atomic(durable=True)
def set_neutral_absence(
    account_id: int, starts_on: date, ends_on: date, *, asked_by: str, by: str, now: datetime
) -> SortingChanged:
    """Set a neutral absence for the help desk, at the hierarchy's request (docs/domain.md §3.6).

    Answers colleagues only. The journal names who asked, the owner is notified, and their own absences and
    texts are untouched. Raises Refusal
    `sorting.absence-…`, `sorting.account-closed`.
    """
    owner = queries.owner_of(account_id, now)
    if owner is None:
        raise Refusal("sorting.account-closed")
    absence = desk_absence(owner.name, starts_on, ends_on)
    check_absence(absence, now=now)
    _store_absence(account_id, absence)
    _record_absence(
        "sorting.absence-set-by-desk",
        account_id,
        absence,
        by=by,
        now=now,
        reason=f"à la demande de {asked_by}",
    )
    announce(AccountTouched(account_id, "desk-absence", now.isoformat(), f"à la demande de {asked_by}"))
    return bump_revision(account_id)


@transaction.atomic(durable=True)
def answer_for_leaver(
    account_id: int,
    starts_on: date,
    ends_on: date,
    new_address: str,
    *,
    only_to: str = "",
    now: datetime,
) -> SortingChanged | None:
    """Set the reply sent for somebody who left (docs/domain.md §3.6); None when the mailbox is closed."""
    owner = queries.owner_of(account_id, now)
    if owner is None:
        return None
    absence = leaver_absence(owner.name, starts_on, ends_on, new_address, only_to)
    check_absence(absence, now=now)
    _store_absence(account_id, absence)
    _record_absence("sorting.absence-set-by-life", account_id, absence, by="system", now=now)
    return bump_revision(account_id)


def _store_absence(account_id: int, absence: Absence) -> None:
    fields = asdict(absence)
    place = fields.pop("place")
    fields["weekdays"] = "".join(str(day) for day in sorted(absence.weekdays))
    AbsenceRow.objects.update_or_create(account_id=account_id, place=place, defaults=fields)


def _record_absence(
    action: str, account_id: int, absence: Absence, *, by: str, now: datetime, **more: str
) -> None:
    dates = {"starts": absence.starts_on.isoformat(), "ends": absence.ends_on.isoformat()}
    record(action, to=account_subject(account_id), by=by, at=now, is_on=absence.is_on, **dates, **more)
