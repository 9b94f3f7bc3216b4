"""Applicants' use cases: submit and complete a request. Deletion of old proofs."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from vaguemestre.access.signin.rules.throttle import customer_network
from vaguemestre.desks.enrolment.events import RequestMoved
from vaguemestre.desks.enrolment.models import NumenRequest, Proof, Step
from vaguemestre.desks.enrolment.rules import references
from vaguemestre.desks.enrolment.rules.request_states import next_state
from vaguemestre.desks.enrolment.rules.routing import service_in_charge
from vaguemestre.desks.enrolment.values import Applicant, ProofFile, Receipt, RequestAction, RequestState
from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import numen_request_subject
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.credentials.rules.secret_box import seal
from vaguemestre.people.credentials.values import SecretKeys
from vaguemestre.people.directory.queries import service_card

MAX_REQUESTS_AN_HOUR = 5  # per network


@transaction.atomic(durable=True)
def submit_request(
    academy_id: int,
    applicant: Applicant,
    proofs: Sequence[ProofFile],
    keys: SecretKeys,
    draw: Random,
    *,
    network: str,
    now: datetime,
    once: str = "",
) -> Receipt:
    """Use case: submit a request to the service in charge.

    `once`: of the page that it comes from. Sent again from it, as a reload does, the same request has the
    same receipt. Raises Refusal `enrolment.too-many`, `enrolment.no-service`.
    """
    code = service_in_charge(applicant.workplace, applicant.work, applicant.department)
    service = service_card(academy_id, code or "")
    if service is None:
        raise Refusal("enrolment.no-service")
    contact = _keyed_digest("contact", references.canonical_mailbox(applicant.contact), keys)
    secret = _secret_of(applicant, once, keys) if once else references.random_secret(draw)
    sent = NumenRequest.objects.filter(contact=contact, secret_digest=references.digest(secret)).first()
    if sent:
        return Receipt(sent.reference, secret, service.name)
    request = NumenRequest.objects.create(
        reference=_free_reference(now.year, draw),
        secret_digest=references.digest(secret),
        service_id=service.service_id,
        applicant=_to_json(applicant),
        birth_date=applicant.birth_date,
        network=_counted_network(network, keys, now),
        contact=contact,
        filed_at=now,
    )
    _keep_proofs(request, proofs, keys, now)
    _add_step(request, "Demande reçue.", by="applicant", now=now)
    return Receipt(request.reference, secret, service.name)


@transaction.atomic(durable=True)
def complete_request(
    request_id: int, message: str, proofs: Sequence[ProofFile], keys: SecretKeys, *, now: datetime
) -> None:
    """Use case: answer a question of the service, with a message, proofs or both.

    Raises Refusal `enrolment.not-now`.
    """
    request = NumenRequest.objects.select_for_update().get(pk=request_id)
    request.state = next_state(RequestState(request.state), RequestAction.COMPLETE)
    request.save(update_fields=("state",))
    _keep_proofs(request, proofs, keys, now)
    summary = f"{counted(len(proofs), 'pièce envoyée', 'pièces envoyées')}."
    _add_step(request, message or summary, by="applicant", now=now)


@transaction.atomic(durable=True)
def delete_old_proofs(days: int, *, now: datetime) -> int:
    """Use case: delete the proofs of requests closed for that many days. Returns the count."""
    old = Proof.objects.filter(request__closed_at__lt=now - timedelta(days=days))
    count = old.count()
    if count:
        old.delete()
        record("enrolment.proofs-forgotten", to="proofs", by="system", at=now, count=count)
    return count


def delete_old_requests(days: int, *, now: datetime) -> int:
    """Use case: delete requests closed for that many days, with their steps. Returns the count."""
    return delete_batch(NumenRequest.objects.filter(closed_at__lt=now - timedelta(days=days)))


def _keep_proofs(request: NumenRequest, proofs: Sequence[ProofFile], keys: SecretKeys, now: datetime) -> None:
    Proof.objects.bulk_create(
        Proof(
            request=request,
            kind=proof.kind,
            size=len(proof.content),
            sealed=seal(proof.content, request.pk, keys),
            sent_at=now,
        )
        for proof in proofs
    )


def _add_step(request: NumenRequest, message: str, *, by: str, now: datetime) -> None:
    step = Step.objects.create(request=request, state=request.state, at=now, message=message, by=by)
    announce(RequestMoved(request.pk, step.pk))
    record(
        "enrolment.request-moved",
        to=numen_request_subject(request.pk),
        by=by,
        at=now,
        state=str(request.state),
    )


def _to_json(applicant: Applicant) -> dict[str, Any]:
    fields = asdict(applicant)
    for name in ("birth_date", "starts_on", "ends_on"):
        fields[name] = fields[name].isoformat() if fields[name] else None
    return fields


def _counted_network(network: str, keys: SecretKeys, now: datetime) -> str:
    """The keyed digest of a network. Raises Refusal `enrolment.too-many` if it sent enough this hour."""
    network_digest = _keyed_digest("numen", customer_network(network), keys)
    recent = NumenRequest.objects.filter(network=network_digest, filed_at__gt=now - timedelta(hours=1))
    if recent.count() >= MAX_REQUESTS_AN_HOUR:
        raise Refusal("enrolment.too-many")
    return network_digest


def _secret_of(applicant: Applicant, once: str, keys: SecretKeys) -> str:
    """The tracking secret of that request from that page: nobody else can derive it, and nothing keeps it."""
    content = json.dumps([once, _to_json(applicant)], sort_keys=True)
    return references.derived_secret(_keyed_digest("receipt", content, keys))


def _keyed_digest(purpose: str, text: str, keys: SecretKeys) -> str:
    return hmac.new(keys.sealing[keys.current], f"{purpose} {text}".encode(), hashlib.sha256).hexdigest()


def _free_reference(year: int, draw: Random) -> str:
    while NumenRequest.objects.filter(
        reference=(reference := references.random_reference(year, draw))
    ).exists():
        continue
    return reference
