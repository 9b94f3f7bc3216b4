"""One slice of an import or export: a few seconds, then the rest is announced."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.file_store import WorkStore
from vaguemestre.mailbox.portability.models import Move
from vaguemestre.mailbox.portability.ports import (
    OpenArchive,
    OpenElsewhere,
    OpenStore,
    OtherParts,
    Partners,
    Source,
    Store,
    TakeParts,
)
from vaguemestre.mailbox.portability.queries import tally_of
from vaguemestre.mailbox.portability.services.growing_files import StoredFile
from vaguemestre.mailbox.portability.services.mbox_export import WorkFiles, export_folders, pack
from vaguemestre.mailbox.portability.services.message_import import import_messages
from vaguemestre.mailbox.portability.services.requests import next_slice
from vaguemestre.mailbox.portability.services.sealed_export import write_sealed
from vaguemestre.mailbox.portability.services.verification import verify
from vaguemestre.mailbox.portability.values import Kind, Server, State, Tally
from vaguemestre.people.credentials.queries import presented
from vaguemestre.people.credentials.rules.secret_box import unseal
from vaguemestre.people.credentials.values import SecretKeys


@dataclass(frozen=True)
class MovePorts:
    """Ports and keys of a move. `files`: uploaded archives, and those being made."""

    open_store: OpenStore
    open_archive: OpenArchive
    open_elsewhere: OpenElsewhere
    other_parts: OtherParts
    take_parts: TakeParts
    partners: Partners
    keys: SecretKeys
    files: WorkStore


def run_move(
    move_id: int, means: MovePorts, *, enough: Callable[[Tally], bool], clock: Callable[[], datetime]
) -> None:
    """Run a slice of a running move and announce the rest.

    A refusal ends the move as failed, with its code; engine errors propagate: the job is retried.
    """
    move = Move.objects.filter(pk=move_id, state=State.RUNNING).first()
    if move is None:
        return
    trouble, tally, owner = "", tally_of(move.tally), presented(move.account_id)
    if owner is None:  # the account was deleted meanwhile
        _save(move, tally, "portability.account-closed", clock())
        return
    try:
        with means.open_store(owner.mailbox) as store:
            tally = _run(move, store, means, tally, enough, clock)
    except Refusal as refusal:
        trouble = refusal.code
    _save(move, tally, trouble, clock())


def _run(
    move: Move,
    store: Store,
    means: MovePorts,
    so_far: Tally,
    enough: Callable[[Tally], bool],
    clock: Callable[[], datetime],
) -> Tally:
    if move.kind == Kind.EXPORT:
        tally = export_folders(store, _work_files(move, means), so_far, enough=enough)
        if tally.is_over:
            archive = StoredFile(means.files, move.stored)
            pack(_work_files(move, means), archive, means.other_parts(move.account_id))
        return tally
    if move.kind == Kind.SEALED:
        return _sealed(move, store, means, so_far, enough)
    with _source(move, means) as source:
        tally = import_messages(store, source, so_far, now=clock(), apart=move.apart, enough=enough)
        if tally.is_over and (parts := source.parts()):
            tally = verify(store, source, tally, apart=move.apart)
            means.take_parts(move.account_id, parts, store.places().names, now=clock())
        return tally


def _sealed(
    move: Move, store: Store, means: MovePorts, so_far: Tally, enough: Callable[[Tally], bool]
) -> Tally:
    card = means.partners.known().get(move.server["to"])
    if card is None:
        raise Refusal("portability.partner-unknown", domain=move.server["to"])
    return write_sealed(
        store,
        StoredFile(means.files, move.stored),
        so_far,
        means.partners.own(),
        card,
        ephemeral=unseal(bytes(move.sealed), move.account_id, means.keys),
        parts=partial(means.other_parts, move.account_id),
        enough=enough,
    )


def _work_files(move: Move, means: MovePorts) -> WorkFiles:
    """The working files of an export, before they are packed into one."""
    return lambda name: StoredFile(means.files, f"{move.stored}.{name}")


@contextmanager
def _source(move: Move, means: MovePorts) -> Iterator[Source]:
    if move.kind == Kind.FILE:
        with means.files.local(move.stored) as path, means.open_archive(path, move.name) as source:
            yield source
        return
    password = unseal(bytes(move.sealed), move.account_id, means.keys).decode()
    with means.open_elsewhere(Server(**move.server, password=password)) as source:
        yield source


@transaction.atomic(durable=True)
def _save(move: Move, tally: Tally, trouble: str, now: datetime) -> None:
    """Store the tally and the outcome, unless the person has stopped the move meanwhile."""
    rows = Move.objects.filter(pk=move.pk)
    rows.update(tally=asdict(tally))
    running = rows.filter(state=State.RUNNING)
    if trouble:
        running.update(state=State.FAILED, trouble=trouble, ended_at=now)
    elif tally.is_over:
        if running.update(state=State.DONE, ended_at=now, sealed=b""):
            facts = {"added": tally.added, "known": tally.known, "left": tally.left_count}
            facts |= {"verified": tally.verified} if tally.verified else {}
            action = f"portability.{move.kind}-done"
            record(action, to=account_subject(move.account_id), by="system", at=now, **facts)
    elif running.exists():
        announce(next_slice(move))
