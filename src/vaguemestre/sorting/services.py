"""Deciding what happens to arriving mail, and making Dovecot do it."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from vaguemestre.jobs.services import announce
from vaguemestre.journal.services import record
from vaguemestre.kernel.errors import Refusal
from vaguemestre.sorting import queries
from vaguemestre.sorting.events import SortingChanged
from vaguemestre.sorting.models import AbsenceRow, FilterRow, ScriptRow
from vaguemestre.sorting.ports import OpenScripts, Scripts
from vaguemestre.sorting.rules.absences import check_absence
from vaguemestre.sorting.rules.filters import MOST_FILTERS, check_filter, moved
from vaguemestre.sorting.script import compose
from vaguemestre.sorting.values import SCRIPT_NAME, Absence, Filter


@transaction.atomic(durable=True)
def save_absence(account_id: int, absence: Absence, *, by: str, now: datetime) -> SortingChanged:
    """Keep the absence; the script is rewritten after commit, at once or by the worker.

    Raises Refusal `sorting.absence-…`.
    """
    check_absence(absence, now=now)
    AbsenceRow.objects.update_or_create(account_id=account_id, defaults=asdict(absence))
    dates = {"starts": absence.starts_on.isoformat(), "ends": absence.ends_on.isoformat()}
    record("sorting.absence-saved", to=f"account:{account_id}", by=by, at=now, is_on=absence.is_on, **dates)
    return _changed(account_id)


@transaction.atomic(durable=True)
def end_absence(account_id: int, *, by: str, now: datetime) -> SortingChanged:
    """« Terminer maintenant »: off, its texts kept."""
    if AbsenceRow.objects.filter(account_id=account_id, is_on=True).update(is_on=False):
        record("sorting.absence-ended", to=f"account:{account_id}", by=by, at=now)
    return _changed(account_id)


@transaction.atomic(durable=True)
def save_filter(
    account_id: int, wanted: Filter, folders: Collection[str], *, by: str, now: datetime
) -> SortingChanged:
    """A new filter (`filter_id` 0), last in the list, or one changed. `folders`: names the mailbox has.

    Raises Refusal `sorting.filter-…`.
    """
    check_filter(wanted, folders)
    mine = FilterRow.objects.filter(account_id=account_id)
    kept = {
        "name": wanted.name,
        "is_on": wanted.is_on,
        "matches_all": wanted.matches_all,
        "conditions": [asdict(one) for one in wanted.conditions],
        "outcome": asdict(wanted.outcome),
    }
    if wanted.filter_id:
        if not mine.filter(pk=wanted.filter_id).update(**kept):
            raise Refusal("sorting.filter-gone")
    else:
        if mine.count() >= MOST_FILTERS:
            raise Refusal("sorting.filter-many", most=MOST_FILTERS)
        last = mine.aggregate(last=Max("position"))["last"] or 0
        FilterRow.objects.create(account_id=account_id, position=last + 1, **kept)
    record("sorting.filter-saved", to=f"account:{account_id}", by=by, at=now, name=wanted.name)
    return _changed(account_id)


@transaction.atomic(durable=True)
def switch_filter(account_id: int, filter_id: int, *, is_on: bool, by: str, now: datetime) -> SortingChanged:
    FilterRow.objects.filter(account_id=account_id, pk=filter_id).update(is_on=is_on)
    record("sorting.filter-switched", to=f"account:{account_id}", by=by, at=now, is_on=is_on)
    return _changed(account_id)


@transaction.atomic(durable=True)
def drop_filter(account_id: int, filter_id: int, *, by: str, now: datetime) -> SortingChanged:
    FilterRow.objects.filter(account_id=account_id, pk=filter_id).delete()
    record("sorting.filter-dropped", to=f"account:{account_id}", by=by, at=now)
    return _changed(account_id)


@transaction.atomic(durable=True)
def shift_filter(account_id: int, filter_id: int, places: int) -> SortingChanged:
    """One place up (-1) or down (+1)."""
    mine = FilterRow.objects.filter(account_id=account_id)
    order = moved(list(mine.values_list("pk", flat=True)), filter_id, places)
    for position, pk in enumerate(order, start=1):
        mine.filter(pk=pk).update(position=position)
    return _changed(account_id)


def _changed(account_id: int) -> SortingChanged:
    ScriptRow.objects.get_or_create(account_id=account_id)
    ScriptRow.objects.filter(account_id=account_id).update(wanted=F("wanted") + 1)
    event = SortingChanged(account_id)
    announce(event)
    return event


def rewrite_script(account_id: int, open_scripts: OpenScripts, *, now: datetime) -> None:
    """Make Dovecot hold what is decided. May run twice, or in two processes at once: the last decision wins.

    A suspended account's script stays as it is until it is resumed. Raises EngineDown, EngineRefused.
    """
    row, _ = ScriptRow.objects.get_or_create(account_id=account_id)
    owner = queries.owner_of(account_id, now)
    if owner is None:
        return
    with open_scripts(owner.mailbox) as scripts:
        while True:
            wanted = row.wanted
            kept = _other(scripts, row.kept)
            content = compose(
                queries.absence_of(account_id),
                owner,
                kept=kept,
                now=now,
                filters=queries.filters_of(account_id),
            )
            _install(scripts, content, kept)
            row.refresh_from_db()
            if row.wanted == wanted:
                break
    with transaction.atomic(durable=True):
        mine = ScriptRow.objects.filter(account_id=account_id)
        mine.update(kept=kept)
        mine.filter(applied__lt=wanted).update(applied=wanted, applied_at=now)


def _other(scripts: Scripts, known: str) -> str:
    """The script of another program that is to run besides ours: the one that runs, or ran before ours."""
    listing = scripts.listed()
    if listing.active not in ("", SCRIPT_NAME):
        return listing.active
    return known if listing.active == SCRIPT_NAME and known in listing.names else ""


def _install(scripts: Scripts, content: str, kept: str) -> None:
    """Ours runs when it has something to do; otherwise the place is left as it was found."""
    if content:
        if scripts.read(SCRIPT_NAME) != content:
            scripts.put(SCRIPT_NAME, content)
        scripts.activate(SCRIPT_NAME)
        return
    listing = scripts.listed()
    if listing.active != kept:
        scripts.activate(kept)
    if SCRIPT_NAME in listing.names:
        scripts.drop(SCRIPT_NAME)
