"""An account's mail stopped on suspicion: it waits, then leaves once, or reaches nobody."""

from datetime import timedelta

import pytest
from django.db import transaction
from tests.access.signin.people import account
from tests.post.outbox.letters import NOON
from tests.post.outbox.test_services import CONTENT, World

from vaguemestre.post.outbox import services
from vaguemestre.post.outbox.models import OutboxMessage, Submission
from vaguemestre.post.outbox.queries import count_on_hold
from vaguemestre.post.outbox.values import MessageToSend

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def queued(account_id: int, key: str = "k.1") -> int:
    parcel = MessageToSend(
        account_id=account_id,
        key=key,
        message_id=f"<{key}@ac-amiens.test>",
        sender="nmorel@ac-amiens.test",
        recipients=("a@ailleurs.test",),
        bcc=(),
        subject="Objet",
        content=CONTENT,
        due_at=NOON,
    )
    with transaction.atomic():
        return services.queue_message(parcel, by="test", now=NOON)


def test_what_is_stopped_stays_and_leaves_once_when_it_is_let_go() -> None:
    owner, world = account(), World()
    row = queued(owner.pk)
    with transaction.atomic():
        assert services.stop_outgoing(owner.pk, by="test", now=NOON) == 1
    world.run(row, LATER)
    services.retry_overdue_messages(now=LATER)
    assert world.queue == []
    assert count_on_hold(owner.pk) == 1
    with transaction.atomic():
        assert services.release_outgoing(owner.pk, by="test", now=LATER) == 1
        assert services.release_outgoing(owner.pk, by="test", now=LATER) == 0
    world.run(row, LATER)
    world.run(row, LATER)
    assert len(world.queue) == 1
    assert count_on_hold(owner.pk) == 0


def test_what_is_let_go_before_its_hour_leaves_at_its_hour() -> None:
    owner, world = account(), World()
    row, hour = queued(owner.pk), NOON + timedelta(days=1)
    OutboxMessage.objects.filter(pk=row).update(due_at=hour)
    with transaction.atomic():
        services.stop_outgoing(owner.pk, by="test", now=NOON)
        assert services.release_outgoing(owner.pk, by="test", now=LATER) == 1
    world.run(row, LATER)
    assert world.queue == []
    world.run(row, hour)
    assert len(world.queue) == 1


def test_what_is_thrown_away_reaches_nobody_and_is_kept_nowhere() -> None:
    owner, world = account(), World()
    row = queued(owner.pk)
    Submission.objects.create(account=owner, queue_id="Q1", recipients=[], counted=0, hold="held", at=NOON)
    with transaction.atomic():
        services.stop_outgoing(owner.pk, by="test", now=NOON)
        assert count_on_hold(owner.pk) == 2
        assert services.discard_outgoing(owner.pk, by="test", now=LATER) == 2
    world.run(row, LATER)
    assert world.queue == []
    assert bytes(OutboxMessage.objects.get(pk=row).content) == b""
    assert Submission.objects.get().hold == "discarded"


def test_somebody_else_is_left_alone() -> None:
    owner, other, world = account(), account("autre"), World()
    row = queued(other.pk)
    with transaction.atomic():
        assert services.stop_outgoing(owner.pk, by="test", now=NOON) == 0
    world.run(row, LATER)
    assert len(world.queue) == 1
