"""Help requests from `/aide`: submitted, taken in charge, answered."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from vaguemestre.access.assistant.services import announce_letter
from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.rules.throttle import Budget, customer_network
from vaguemestre.access.signin.services import charge
from vaguemestre.desks.helpdesk.models import RequestRow
from vaguemestre.desks.helpdesk.queries.requests import token_sha256
from vaguemestre.desks.helpdesk.rules.secrets import without_secrets
from vaguemestre.desks.helpdesk.values import HelpRequest
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import account_subject, request_subject
from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.french_dates import dated_moment_fr
from vaguemestre.people.credentials.queries import presented, usernames_of
from vaguemestre.people.credentials.values import AccountState, SecretKeys

_HOUR = timedelta(hours=1)
_NETWORK = Budget(free=5, longest=timedelta(minutes=30), memory=_HOUR, exhausted_at=30)
_EVERYBODY = Budget(free=300, longest=timedelta(seconds=30), memory=_HOUR)
MAX_ANSWER_CHARACTERS = 4000
_State = RequestRow.State


def submit_request(request: HelpRequest, network: str, *, now: datetime) -> str:
    """Use case: submit a help request. Returns the secret token of its tracking page.

    NUMENs and passwords are masked before storage. Raises Refusal `helpdesk.too-many-requests`.
    """
    if wait := charge({f"desk-network:{customer_network(network)}": _NETWORK, "desk": _EVERYBODY}, now=now):
        raise Refusal("helpdesk.too-many-requests", wait=wait)
    token = secrets.token_urlsafe(18)
    with transaction.atomic(durable=True):
        row = RequestRow.objects.create(
            token_sha256=token_sha256(token),
            account_id=request.account_id,
            domain=request.domain,
            kind=request.kind,
            name=without_secrets(request.name),
            place=without_secrets(request.place),
            contact=request.contact,
            text=without_secrets(request.text),
            made_at=now,
        )
        by = account_subject(request.account_id) if request.account_id else "anybody"
        record("helpdesk.request-made", to=request_subject(row.pk), by=by, at=now, kind=request.kind)
    return token


@transaction.atomic(durable=True)
def take_request(request_id: int, *, seen: str, operator_id: int, now: datetime) -> None:
    """Use case: an operator takes a request in charge, from a colleague if need be.

    `seen`: the username of the colleague who had it on the page; "" for nobody. Raises Refusal
    `helpdesk.request-taken` if another has it by now.
    """
    rows = RequestRow.objects.filter(pk=request_id).exclude(state=_State.ANSWERED)
    row = rows.first()
    if row is None or row.taken_by_id == operator_id:
        return
    holder = usernames_of([row.taken_by_id]).get(row.taken_by_id, "") if row.taken_by_id else ""
    if holder != seen:
        raise Refusal("helpdesk.request-taken", by=holder)
    taken = rows.filter(taken_by_id=row.taken_by_id)
    if taken.update(state=_State.TAKEN, taken_by_id=operator_id, taken_at=_first(now)):
        record(
            "helpdesk.request-taken", to=request_subject(request_id), by=account_subject(operator_id), at=now
        )


@transaction.atomic(durable=True)
def answer_request(
    request_id: int, answer: str, keys: SecretKeys, *, operator_id: int, now: datetime
) -> None:
    """Use case: answer a request on its tracking page, in the inbox and by mail to the contact.

    Raises Refusal `helpdesk.answer-missing`, `…answer-secret`, `…request-gone`.
    """
    text = _clean_answer(answer)
    rows = RequestRow.objects.filter(pk=request_id).exclude(state=_State.ANSWERED)
    count = rows.update(
        state=_State.ANSWERED, answer=text, answered_at=now, taken_by_id=operator_id, taken_at=_first(now)
    )
    if count != 1:
        raise Refusal("helpdesk.request-gone")
    _send_answer(RequestRow.objects.get(pk=request_id), text, keys, operator_id=operator_id, now=now)


@transaction.atomic(durable=True)
def complete_answer(
    request_id: int, answer: str, keys: SecretKeys, *, operator_id: int, now: datetime
) -> None:
    """Use case: add to the answer of a request, and send the addition as the answer was.

    Raises Refusal `helpdesk.answer-missing`, `…answer-secret`, `…request-gone` (not answered yet).
    """
    text = _clean_answer(answer)
    row = RequestRow.objects.select_for_update().filter(pk=request_id, state=_State.ANSWERED).first()
    if row is None:
        raise Refusal("helpdesk.request-gone")
    if row.answer.endswith(f"\n{text}"):
        return  # the same button sent twice
    row.answer = f"{row.answer}\n\nComplément, {dated_moment_fr(now)}\u00a0:\n{text}"
    row.save(update_fields=["answer"])
    _send_answer(row, text, keys, operator_id=operator_id, now=now)


def _clean_answer(answer: str) -> str:
    text = answer.replace("\r\n", "\n").strip()[:MAX_ANSWER_CHARACTERS]
    if not text:
        raise Refusal("helpdesk.answer-missing")
    if without_secrets(text) != text:
        raise Refusal("helpdesk.answer-secret")
    return text


def _send_answer(row: RequestRow, text: str, keys: SecretKeys, *, operator_id: int, now: datetime) -> None:
    """Record an answer, and send it to the inbox and by mail to the contact."""
    record("helpdesk.request-answered", to=request_subject(row.pk), by=account_subject(operator_id), at=now)
    account = presented(row.account_id) if row.account_id else None
    if account and account.state == AccountState.ACTIVE:
        announce(AccountTouched(account.account_id, "desk-answer", now.isoformat(), detail=text))
    if address := mail_contact(row.contact):
        announce_letter(operator_id, "answer", address, keys, code=text, now=now)


def _first(now: datetime) -> Coalesce:
    """The moment a request was taken in charge first: it keeps the one it has."""
    return Coalesce("taken_at", Value(now))


def mail_contact(contact: str) -> str:
    """The contact if it is a mail address, else "": a telephone number for instance."""
    try:
        return str(parse_address(contact)) if "@" in contact else ""
    except Refusal:
        return ""
