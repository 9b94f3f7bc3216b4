"""What follows a message that was filed: in the job that filed it, whoever dies on the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account

from vaguemestre.foundation.jobs import ports as jobs
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.post.outbox import handlers, ports, services
from vaguemestre.post.outbox.events import MessageFiled, MessageQueued
from vaguemestre.post.outbox.models import OutboxMessage
from vaguemestre.post.outbox.values import MessageToSend

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What a process feels of kill -9."""


followed: list[str] = []
strikes: list[BaseException] = []


def forget_draft(event: MessageFiled) -> None:
    if strikes:
        raise strikes.pop()
    followed.append(f"draft {event.key}")


def remember(event: MessageFiled) -> None:
    followed.append(f"recipients {event.key}")


@contextmanager
def unmarked(mailbox: str, answered: object) -> Iterator[Callable[[], bool]]:
    yield lambda: True


def nothing(*args: Any, **kwargs: Any) -> None:
    return None


@pytest.fixture(autouse=True)
def engines() -> Iterator[None]:
    followed.clear()
    strikes.clear()
    slots: dict[Slot[Any], object] = {
        ports.submit: nothing,
        ports.file_sent: nothing,
        ports.mark_answered: unmarked,
        jobs.subscriptions: {MessageQueued: (handlers.send,), MessageFiled: (forget_draft, remember)},
    }
    before = {slot: slot.get() for slot in slots}
    for slot, engine in slots.items():
        slot.replace(engine)
    yield
    for slot, engine in before.items():
        slot.replace(engine)


def queued() -> DBTaskResult[Any, Any]:
    now = timezone.now() - timedelta(seconds=20)
    message = MessageToSend(
        account_id=account(username="u1").pk,
        key="k.1",
        message_id="<k.1@ac-amiens.test>",
        sender="a@b.fr",
        recipients=("x@dehors.example",),
        bcc=(),
        subject="Sortie",
        content=b"From: a@b.fr\r\n\r\nBonjour\r\n",
        due_at=now,
    )
    with transaction.atomic():
        services.queue_message(message, by="test", now=now)
    return DBTaskResult.objects.get()


def run(job: DBTaskResult[Any, Any]) -> None:
    wake.call(*job.args_kwargs["args"])


def test_a_filed_message_is_followed_in_the_job_that_filed_it() -> None:
    job = queued()
    run(job)
    assert followed == ["draft k.1", "recipients k.1"]
    assert OutboxMessage.objects.get().state == "filed"
    assert DBTaskResult.objects.get() == job, "no other job"


def test_a_worker_that_dies_between_the_filing_and_its_end_leaves_the_rest_to_the_next() -> None:
    job = queued()
    strikes.append(Killed())
    with pytest.raises(Killed):
        run(job)
    assert (OutboxMessage.objects.get().state, followed) == ("filed", [])
    run(job)
    assert followed == ["draft k.1", "recipients k.1"]


def test_what_fails_after_the_filing_is_tried_again_alone() -> None:
    job = queued()
    strikes.append(EngineDown("imap"))
    run(job)
    assert followed == ["recipients k.1"]
    run(DBTaskResult.objects.exclude(pk=job.pk).get())
    assert followed == ["recipients k.1", "draft k.1"]
    assert OutboxMessage.objects.get().state == "filed"
