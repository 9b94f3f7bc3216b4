"""A few seconds of a move, then the rest for later."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.portability.events import MoveGoesOn
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
from vaguemestre.mailbox.portability.services.mbox_export import pack, take_out
from vaguemestre.mailbox.portability.services.message_import import bring
from vaguemestre.mailbox.portability.services.sealed_export import write_sealed
from vaguemestre.mailbox.portability.services.verification import verify
from vaguemestre.mailbox.portability.values import Kind, Server, State, Tally
from vaguemestre.people.credentials.queries import presented
from vaguemestre.people.credentials.rules.secret_box import unseal
from vaguemestre.people.credentials.values import SecretKeys


@dataclass(frozen=True)
class Means:
    """What a move works with. `folder`: where files of moves lie."""

    open_store: OpenStore
    open_archive: OpenArchive
    open_elsewhere: OpenElsewhere
    other_parts: OtherParts
    take_parts: TakeParts
    partners: Partners
    keys: SecretKeys
    folder: Path


def carry_on(
    move_id: int, means: Means, *, enough: Callable[[Tally], bool], clock: Callable[[], datetime]
) -> None:
    """Do some of a running move and announce the rest. A move that is not running is left alone.

    A refusal ends it as failed, with the refusal's code to show; engine errors go up: the job comes again.
    """
    move = Move.objects.filter(pk=move_id, state=State.RUNNING).first()
    if move is None:
        return
    trouble, tally, owner = "", tally_of(move.tally), presented(move.account_id)
    if owner is None:  # closed meanwhile: nothing opens the mailbox any more
        _keep(move, tally, "portability.account-closed", clock())
        return
    try:
        with means.open_store(owner.mailbox) as store:
            tally = _some(move, store, means, tally, enough, clock)
    except Refusal as refusal:
        trouble = refusal.code
    _keep(move, tally, trouble, clock())


def _some(
    move: Move,
    store: Store,
    means: Means,
    so_far: Tally,
    enough: Callable[[Tally], bool],
    clock: Callable[[], datetime],
) -> Tally:
    if move.kind == Kind.EXPORT:
        work = means.folder / f"{move.stored}.work"
        tally = take_out(store, work, so_far, enough=enough)
        if tally.is_over:
            pack(work, means.folder / move.stored, means.other_parts(move.account_id))
        return tally
    if move.kind == Kind.SEALED:
        return _sealed(move, store, means, so_far, enough)
    with _source(move, means) as source:
        tally = bring(store, source, so_far, now=clock(), apart=move.apart, enough=enough)
        if tally.is_over and (parts := source.parts()):
            tally = verify(store, source, tally, apart=move.apart)
            means.take_parts(move.account_id, parts, store.places().names, now=clock())
        return tally


def _sealed(move: Move, store: Store, means: Means, so_far: Tally, enough: Callable[[Tally], bool]) -> Tally:
    card = means.partners.known().get(move.server["to"])
    if card is None:
        raise Refusal("portability.partner-unknown", domain=move.server["to"])
    return write_sealed(
        store,
        means.folder / move.stored,
        so_far,
        means.partners.own(),
        card,
        ephemeral=unseal(bytes(move.sealed), move.account_id, means.keys),
        parts=partial(means.other_parts, move.account_id),
        enough=enough,
    )


def _source(move: Move, means: Means) -> AbstractContextManager[Source]:
    if move.kind == Kind.FILE:
        return means.open_archive(means.folder / move.stored, move.name)
    password = unseal(bytes(move.sealed), move.account_id, means.keys).decode()
    return means.open_elsewhere(Server(**move.server, password=password))


@transaction.atomic(durable=True)
def _keep(move: Move, tally: Tally, trouble: str, now: datetime) -> None:
    """Only the worker writes the tally; only the person stops a move, perhaps meanwhile."""
    kept = Move.objects.filter(pk=move.pk)
    kept.update(tally=asdict(tally))
    running = kept.filter(state=State.RUNNING)
    if trouble:
        running.update(state=State.FAILED, trouble=trouble, ended_at=now)
    elif tally.is_over:
        if running.update(state=State.DONE, ended_at=now, sealed=b""):
            told = {"added": tally.added, "known": tally.known, "left": tally.left_count}
            told |= {"verified": tally.verified} if tally.verified else {}
            record(
                f"portability.{move.kind}-done", to=f"account:{move.account_id}", by="system", at=now, **told
            )
    elif running.exists():
        announce(MoveGoesOn(move.pk))
