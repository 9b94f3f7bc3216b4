"""Requests for mailboxes: made by an agent, decided by an administrator."""

import secrets
from datetime import datetime

from django.db import transaction

from vaguemestre.access.signin.services import notify_owner
from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, box_request_subject, box_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.credentials.services import NewAccount, open_boxes
from vaguemestre.people.directory.queries import taken_names
from vaguemestre.people.directory.services import take_address, take_technical_names
from vaguemestre.schools.sharing.events import MembersChanged
from vaguemestre.schools.sharing.models import Box, BoxRequest, Member
from vaguemestre.schools.sharing.rules.addresses import check_local
from vaguemestre.schools.sharing.values import BoxRequestState, MembershipChange, NewBox, Right, Source

_MAX_PENDING = 5


@transaction.atomic(durable=True)
def request_box(
    academy_id: int, domain: str, account_id: int, new_box: NewBox, *, by: str, now: datetime
) -> int:
    """Use case: submit a request to the administrators. Returns its id.

    Raises Refusal `sharing.address-impossible`, `directory.address-taken`, `sharing.too-many-requests`.
    """
    local = check_local(new_box.kind, new_box.local)
    address = f"{local}@{domain}"
    pending = BoxRequest.objects.filter(state=BoxRequest.State.ASKED)
    if taken_names("address", [address]) or pending.filter(local=local, academy_id=academy_id).exists():
        raise Refusal("directory.address-taken", address=address)
    if pending.filter(asked_by_id=account_id).count() >= _MAX_PENDING:
        raise Refusal("sharing.too-many-requests", most=_MAX_PENDING)
    row = BoxRequest.objects.create(
        academy_id=academy_id,
        kind=new_box.kind,
        local=local,
        title=new_box.title[:200],
        reason=new_box.reason[:2000],
        asked_by_id=account_id,
        asked_at=now,
    )
    record("sharing.box-asked", to=box_request_subject(row.pk), by=by, at=now, about=address)
    return row.pk


@transaction.atomic(durable=True)
def grant_request(request_id: int, *, quota_mb: int, by: str, now: datetime) -> int:
    """Use case: open the requested mailbox, owned by its requester. Returns the id of the box.

    Raises Refusal `sharing.request-decided`, `sharing.own-request`, `directory.address-taken`.
    """
    row = _pending(request_id)
    if by == account_subject(row.asked_by_id):
        raise Refusal("sharing.own-request")
    mailbox = f"{row.local}@{row.academy.domain}"
    take_address(None, mailbox)
    # two académies may each have their `projet.climat`
    is_taken = bool(taken_names("username", [row.local]))
    username = f"boite-{secrets.token_hex(8)}" if is_taken else row.local
    take_technical_names(username, mailbox)
    account_id = open_boxes([NewAccount(None, username, mailbox, quota_mb)], by=by, now=now)[0]
    box = Box.objects.create(
        account_id=account_id,
        academy_id=row.academy_id,
        kind=row.kind,
        address=mailbox,
        title=row.title,
        opened_at=now,
    )
    Member.objects.create(
        box=box,
        account_id=row.asked_by_id,
        right=Right.MANAGE,
        is_owner=True,
        source=Source.HAND,
        starts_at=now,
        added_by=by,
    )
    _decide(row, BoxRequest.State.GRANTED, "", by=by, now=now, box=box)
    announce(MembersChanged(box.pk, row.asked_by_id, MembershipChange.OWNER, by, now.isoformat()))
    record("sharing.box-opened", to=box_subject(box.pk), by=by, at=now, about=mailbox)
    return box.pk


@transaction.atomic(durable=True)
def refuse_request(request_id: int, answer: str, *, by: str, now: datetime) -> None:
    """Use case: refuse a request, and tell its requester why.

    Raises Refusal `sharing.refusal-unexplained`, `sharing.request-decided`.
    """
    if not answer.strip():
        raise Refusal("sharing.refusal-unexplained")
    row = _pending(request_id)
    _decide(row, BoxRequest.State.REFUSED, answer.strip(), by=by, now=now)
    detail = f"Boîte : {row.title}, {row.local}@{row.academy.domain}"
    notify_owner(row.asked_by_id, "box-refused", now=now, reason=row.answer, detail=detail)


def _pending(request_id: int) -> BoxRequest:
    rows = BoxRequest.objects.filter(pk=request_id, state=BoxRequest.State.ASKED)
    return locked_row(rows, "sharing.request-decided")


def _decide(
    row: BoxRequest, state: BoxRequestState, answer: str, *, by: str, now: datetime, box: Box | None = None
) -> None:
    row.state, row.answer, row.decided_by, row.decided_at, row.box = state, answer[:300], by, now, box
    row.save(update_fields=("state", "answer", "decided_by", "decided_at", "box"))
    record("sharing.request-decided", to=box_request_subject(row.pk), by=by, at=now, about=str(state))
