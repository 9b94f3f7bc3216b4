"""Imports and exports: requested, stopped, resumed, withdrawn."""

from datetime import datetime

from django.db import IntegrityError, transaction

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.portability.events import ExportWithdrawn, ImportGoesOn, MoveGoesOn
from vaguemestre.mailbox.portability.models import Move
from vaguemestre.mailbox.portability.values import HOPELESS, WITHDRAWN, Kind, Server, State
from vaguemestre.people.credentials.rules.secret_box import seal
from vaguemestre.people.credentials.values import SecretKeys


@transaction.atomic(durable=True)
def ask_import(account_id: int, stored: str, name: str, *, apart: str, by: str, now: datetime) -> int:
    """Request the import of a stored file. Raises Refusal `portability.one-at-a-time`."""
    return _start(
        Move(account_id=account_id, kind=Kind.FILE, name=name[:200], stored=stored, apart=apart), by, now
    )


@transaction.atomic(durable=True)
def ask_import_from_server(
    account_id: int, server: Server, keys: SecretKeys, *, apart: str, by: str, now: datetime
) -> int:
    """Request an import from a server; its password is sealed until the move is over.

    Raises Refusal `portability.one-at-a-time`.
    """
    connection = {"host": server.host, "port": server.port, "username": server.username}
    move = Move(
        account_id=account_id, kind=Kind.SERVER, name=server.host[:200], server=connection, apart=apart
    )
    move.sealed = seal(server.password.encode(), account_id, keys)
    return _start(move, by, now)


@transaction.atomic(durable=True)
def ask_export(account_id: int, stored: str, name: str, *, by: str, now: datetime) -> int:
    """Request an export. Raises Refusal `portability.one-at-a-time`."""
    return _start(Move(account_id=account_id, kind=Kind.EXPORT, name=name, stored=stored), by, now)


@transaction.atomic(durable=True)
def ask_sealed(
    account_id: int,
    stored: str,
    name: str,
    to: str,
    ephemeral: bytes,
    keys: SecretKeys,
    *,
    by: str,
    now: datetime,
) -> int:
    """Request a sealed export for another installation, given by its domain. `ephemeral`: 32 random bytes.

    Raises Refusal `portability.one-at-a-time`.
    """
    move = Move(account_id=account_id, kind=Kind.SEALED, name=name[:200], stored=stored, server={"to": to})
    move.sealed = seal(ephemeral, account_id, keys)
    return _start(move, by, now)


@transaction.atomic(durable=True)
def stop_move(account_id: int, move_id: int, *, now: datetime) -> None:
    """Stop a move within a few messages; what was done stays. It may be resumed for some days."""
    running = Move.objects.filter(account_id=account_id, pk=move_id, state=State.RUNNING)
    running.update(state=State.STOPPED, ended_at=now)


@transaction.atomic(durable=True)
def resume_move(account_id: int, move_id: int) -> None:
    """Resume a move while its file or password is kept, unless it would fail again.

    Raises Refusal `portability.one-at-a-time`.
    """
    stopped = Move.objects.filter(
        account_id=account_id, pk=move_id, state__in=(State.STOPPED, State.FAILED)
    ).exclude(trouble__in=HOPELESS).exclude(stored="", sealed=b"").first()  # fmt: skip
    if stopped is None:
        return
    stopped.state, stopped.trouble, stopped.ended_at = State.RUNNING, "", None
    _save(stopped)
    announce(next_slice(stopped))


@transaction.atomic(durable=True)
def hand_to_imports(move_id: int) -> bool:
    """Announce the next slice of an import in the queue of imports; False for an export."""
    move = Move.objects.filter(pk=move_id, kind__in=(Kind.FILE, Kind.SERVER)).first()
    if move is None:
        return False
    announce(ImportGoesOn(move.pk))
    return True


def withdraw_export(account_id: int, number: int, *, by: str, now: datetime) -> bool:
    """« Ce n’était pas moi »: cancel an export and delete its file. Inside the caller's transaction.

    False if its file no longer exists.
    """
    copies = Move.objects.filter(account_id=account_id, pk=number, kind__in=(Kind.EXPORT, Kind.SEALED))
    if not copies.exclude(stored="").update(
        state=State.FAILED, trouble=WITHDRAWN, ended_at=now, sealed=b""
    ):  # fmt: skip
        return False
    record("portability.export-withdrawn", to=account_subject(account_id), by=by, at=now, number=number)
    announce(ExportWithdrawn(number))
    return True


@transaction.atomic(durable=True)
def record_download(account_id: int, number: int, *, by: str, now: datetime) -> None:
    """Journal that an export was downloaded: its owner reads it among their activity."""
    record("portability.export-downloaded", to=account_subject(account_id), by=by, at=now, number=number)


@transaction.atomic(durable=True)
def forget_file(move_id: int) -> None:
    """Forget the file and the server's password of a move."""
    Move.objects.filter(pk=move_id).update(stored="", sealed=b"")


def next_slice(move: Move) -> ImportGoesOn | MoveGoesOn:
    """The event that has a slice of the move run: imports wait in a queue of their own."""
    is_import = move.kind in (Kind.FILE, Kind.SERVER)
    return ImportGoesOn(move.pk) if is_import else MoveGoesOn(move.pk)


def _start(move: Move, by: str, now: datetime) -> int:
    move.state, move.begun_at = State.RUNNING, now
    _save(move)
    record(
        f"portability.{move.kind}-asked", to=account_subject(move.account_id), by=by, at=now, number=move.pk
    )
    announce(next_slice(move))
    if move.kind in (Kind.EXPORT, Kind.SEALED) and by == account_subject(move.account_id):
        notify_owner(move.account_id, "export-asked", now=now, number=move.pk)
    return move.pk


def _save(move: Move) -> None:
    try:
        with transaction.atomic():
            move.save()
    except IntegrityError as error:
        raise Refusal("portability.one-at-a-time") from error
