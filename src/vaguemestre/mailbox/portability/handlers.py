"""What the worker of long work does for a move."""

import shutil
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from vaguemestre.mailbox.portability import queries, services
from vaguemestre.mailbox.portability.events import ExportWithdrawn, MoveGoesOn
from vaguemestre.mailbox.portability.ports import (
    open_archive,
    open_elsewhere,
    open_store,
    other_parts,
    partners,
    take_parts,
)
from vaguemestre.mailbox.portability.services.run_slice import Means
from vaguemestre.mailbox.portability.values import Tally
from vaguemestre.people.credentials.events import PersonErased
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.queries import is_closed

SLICE = 4.0  # seconds of one move, before the next one's turn
KEPT = timedelta(days=7)  # a file brought in or taken out


def go_on(event: MoveGoesOn) -> None:
    """Some of the move; the rest is announced again."""
    services.carry_on(event.move_id, means(), enough=slice_of(time.monotonic), clock=timezone.now)


def slice_of(clock: Callable[[], float]) -> Callable[[Tally], bool]:
    """Whether a slice that begins now is over, asked after each message.

    It lasts as long as it took to come to its first message, if that is longer: a large archive is unpacked
    again for each slice, and a message a slice would never end.
    """
    began = clock()
    end: list[float] = []

    def enough(tally: Tally) -> bool:
        now = clock()
        if not end:
            end.append(now + max(SLICE, now - began))
        return now > end[0]

    return enough


def means() -> Means:
    folder = settings.CONFIG.moves_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Means(
        open_store.get(),
        open_archive.get(),
        open_elsewhere.get(),
        other_parts.get(),
        take_parts.get(),
        partners.get(),
        secret_keys.get(),
        folder,
    )


def erase_withdrawn(event: ExportWithdrawn) -> None:
    """Its file, and what was written of it."""
    if stored := queries.stored_name(event.move_id):
        _erase(event.move_id, stored)


def forget_old_files() -> None:
    """Each minute: files and passwords kept long enough go, the row stays."""
    for move_id, stored in queries.files_over(timezone.now() - KEPT):
        _erase(move_id, stored)


def _erase(move_id: int, stored: str) -> None:
    if stored:
        path = settings.CONFIG.moves_dir / stored
        path.unlink(missing_ok=True)
        shutil.rmtree(path.with_name(f"{stored}.work"), ignore_errors=True)
    services.forget_file(move_id)


def forget_person(event: PersonErased) -> None:
    """Their civil status is erased: nothing of theirs stays here."""
    if is_closed(event.account_id):
        services.forget_person(event.account_id)
