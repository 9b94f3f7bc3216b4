"""Jobs of imports and exports."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from vaguemestre.foundation.cluster.locks import exclusive
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.mailbox.portability import queries, services
from vaguemestre.mailbox.portability.events import ExportWithdrawn, ImportGoesOn, MoveGoesOn
from vaguemestre.mailbox.portability.ports import (
    files,
    open_archive,
    open_elsewhere,
    open_store,
    other_parts,
    partners,
    take_parts,
)
from vaguemestre.mailbox.portability.services.run_slice import MovePorts
from vaguemestre.mailbox.portability.values import Tally
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import is_closed

SLICE = 4.0  # seconds of one move before it is the turn of another
KEPT = timedelta(days=7)  # retention of imported and exported files


def go_on(event: MoveGoesOn) -> None:
    """Run a slice of an export; the rest is announced again. An import goes to its own queue."""
    if not services.hand_to_imports(event.move_id):  # announced by an older version
        _run_slice(event.move_id)


def go_on_importing(event: ImportGoesOn) -> None:
    """Run a slice of an import, unless another machine runs one of the same: then later."""
    lock = settings.CONFIG.data_dir / "imports.lock"
    with exclusive(f"import {event.move_id}", lock) as is_ours:
        if is_ours:
            _run_slice(event.move_id)
            return
    announce(event, due=timezone.now() + timedelta(seconds=SLICE))


def _run_slice(move_id: int) -> None:
    services.run_move(move_id, means(), enough=slice_of(time.monotonic), clock=timezone.now)


def slice_of(clock: Callable[[], float]) -> Callable[[Tally], bool]:
    """Start a slice; returns a predicate, called after each message, that tells whether the slice is over.

    A slice lasts at least as long as its first message took: each slice unpacks a large archive again, and
    would otherwise import one message only.
    """
    began = clock()
    end: list[float] = []

    def enough(tally: Tally) -> bool:
        now = clock()
        if not end:
            end.append(now + max(SLICE, now - began))
        return now > end[0]

    return enough


def means() -> MovePorts:
    return MovePorts(
        open_store.get(),
        open_archive.get(),
        open_elsewhere.get(),
        other_parts.get(),
        take_parts.get(),
        partners.get(),
        secret_keys.get(),
        files.get(),
    )


def erase_withdrawn(event: ExportWithdrawn) -> None:
    """Delete the file of a withdrawn export, and its working files."""
    if stored := queries.stored_name(event.move_id):
        _erase(event.move_id, stored)


def forget_old_files() -> None:
    """Delete expired files and passwords, each minute; the rows stay for their own time."""
    now = timezone.now()
    for move_id, stored in queries.files_over(now - KEPT):
        _erase(move_id, stored)
    services.delete_old_moves(settings.CONFIG.retention.moves_days, now=now)


def _erase(move_id: int, stored: str) -> None:
    if stored:
        store = files.get()
        for name in store.names():
            if name == stored or name.startswith(f"{stored}."):
                store.remove(name)
    services.forget_file(move_id)


def forget_person(event: PersonErased) -> None:
    """Delete the data of a person erased from the directory (GDPR art. 17)."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
