"""Deciding what happens to arriving mail, and making Dovecot do it."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import F

from vaguemestre.jobs.services import announce
from vaguemestre.journal.services import record
from vaguemestre.sorting import queries
from vaguemestre.sorting.events import SortingChanged
from vaguemestre.sorting.models import AbsenceRow, ScriptRow
from vaguemestre.sorting.ports import OpenScripts, Scripts
from vaguemestre.sorting.rules.absences import check_absence
from vaguemestre.sorting.script import compose
from vaguemestre.sorting.values import SCRIPT_NAME, Absence


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
            _install(scripts, compose(queries.absence_of(account_id), owner, kept=kept, now=now), kept)
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
