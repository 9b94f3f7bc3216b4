"""Use cases of breaches. The journal records that a file changed, never what it says but two dates."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.desks.breaches.models import Breach, BreachNotice
from vaguemestre.desks.breaches.values import BreachFacts, Notice
from vaguemestre.foundation.cluster.locks import locked_row
from vaguemestre.foundation.jobs.purge import delete_batch
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import breach_subject
from vaguemestre.foundation.kernel.errors import Refusal

RETENTION = timedelta(days=5 * 365)  # from its closing; the authority may ask for it meanwhile


@transaction.atomic(durable=True)
def open_breach(facts: BreachFacts, *, by: str, now: datetime) -> int:
    """Use case: open the file of a breach. Returns its id.

    Raises Refusal `breaches.title-missing`, `breaches.in-the-future`, `breaches.began-after-known`.
    """
    _check(facts, now)
    row = Breach.objects.create(**asdict(facts), opened_by=by, opened_at=now)
    record("breaches.opened", to=breach_subject(row.pk), by=by, at=now)
    return row.pk


@transaction.atomic(durable=True)
def change_breach(breach_id: int, facts: BreachFacts, *, by: str, now: datetime) -> None:
    """Use case: update the facts. The journal keeps both moments of a start that moves the deadlines.

    Raises as `open_breach`, and `breaches.gone`, `breaches.closed`, `breaches.known-after-notice`.
    """
    _check(facts, now)
    row = _open_row(breach_id)
    first = row.notices.order_by("sent_at").first()
    if first and first.sent_at < facts.known_at:
        raise Refusal("breaches.known-after-notice", field="known_at")
    changed = sorted(name for name, value in asdict(facts).items() if getattr(row, name) != value)
    if changed:
        Breach.objects.filter(pk=row.pk).update(**asdict(facts))
        dates = {}
        if row.known_at != facts.known_at:
            dates = {"before": row.known_at.isoformat(), "after": facts.known_at.isoformat()}
        record(
            "breaches.changed", to=breach_subject(row.pk), by=by, at=now, fields=" ".join(changed), **dates
        )


@transaction.atomic(durable=True)
def record_notice(breach_id: int, notice: Notice, *, by: str, now: datetime) -> None:
    """Use case: record that a notice was sent.

    Raises Refusal `breaches.recipient-missing`, `breaches.in-the-future`, `breaches.gone`, `breaches.closed`,
    `breaches.notice-before-known`.
    """
    if not notice.recipient.strip():
        raise Refusal("breaches.recipient-missing", field="recipient")
    if notice.sent_at > now:
        raise Refusal("breaches.in-the-future", field="sent_at")
    row = _open_row(breach_id)
    if notice.sent_at < row.known_at:
        raise Refusal("breaches.notice-before-known", field="sent_at")
    BreachNotice.objects.create(breach=row, by=by, **notice._asdict())
    sent_at = notice.sent_at.isoformat()
    record(
        "breaches.noticed", to=breach_subject(row.pk), by=by, at=now, kind=notice.kind.value, sent_at=sent_at
    )


@transaction.atomic(durable=True)
def close_breach(breach_id: int, note: str, *, by: str, now: datetime) -> None:
    """Use case: close the file.

    Raises Refusal `breaches.note-missing`, `breaches.gone`, `breaches.closed`.
    """
    if not note.strip():
        raise Refusal("breaches.note-missing", field="note")
    row = _open_row(breach_id)
    Breach.objects.filter(pk=row.pk).update(closed_at=now, closing_note=note.strip()[:500])
    record("breaches.closed", to=breach_subject(row.pk), by=by, at=now)


@transaction.atomic(durable=True)
def record_export(breach_id: int, *, by: str, now: datetime) -> None:
    """Use case: record in the journal that the file was exported."""
    record("breaches.exported", to=breach_subject(breach_id), by=by, at=now)


def delete_old_breaches(*, now: datetime) -> None:
    """Delete the files that were closed longer ago than RETENTION."""
    delete_batch(Breach.objects.filter(closed_at__lt=now - RETENTION))


def _check(facts: BreachFacts, now: datetime) -> None:
    if not facts.title.strip():
        raise Refusal("breaches.title-missing", field="title")
    if facts.known_at > now:
        raise Refusal("breaches.in-the-future", field="known_at")
    if facts.began_at and facts.began_at > now:
        raise Refusal("breaches.in-the-future", field="began_at")
    if facts.began_at and facts.began_at > facts.known_at:
        raise Refusal("breaches.began-after-known", field="began_at")


def _open_row(breach_id: int) -> Breach:
    """The row of an open file, locked. Raises Refusal `breaches.gone`, `breaches.closed`."""
    row = locked_row(Breach.objects.filter(pk=breach_id), "breaches.gone")
    if row.closed_at:
        raise Refusal("breaches.closed")
    return row
