"""What is in quarantine is written down once, told once, handed over or deleted; never a virus."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.desks.removals.samples import told
from tests.post.quarantine.samples import NOON, MemoryQuarantine, mail

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.foundation.jobs.rules import job_words
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.values import QUARANTINE
from vaguemestre.post.quarantine import queries, services
from vaguemestre.post.quarantine.models import QuarantinedMessage
from vaguemestre.post.quarantine.values import State
from vaguemestre.post.trace.events import MailQuarantined
from vaguemestre.post.trace.values import Engine, Step, StepKind

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = datetime(2026, 11, 25, 8, 5, tzinfo=PARIS)


@pytest.fixture
def engine() -> MemoryQuarantine:
    return MemoryQuarantine()


@pytest.fixture
def marie() -> Account:
    return account("marie")


def events_of[T](event: type[T]) -> list[T]:
    """The events of that class that jobs wait for, in the order they were announced."""
    jobs = [job_words(job.args_kwargs) for job in DBTaskResult.objects.order_by("enqueued_at")]
    words = [word for word in jobs if word and word.event.endswith(f":{event.__name__}")]
    return [event(**word.fields) for word in words if word.handler == words[0].handler]


def hold(
    engine: MemoryQuarantine, who: Account, guid: str, verdict: str = "macro docm"
) -> QuarantinedMessage:
    engine.boxes[who.mailbox].append(mail(guid, verdict))
    services.store_found(who.mailbox, engine)
    return QuarantinedMessage.objects.get(guid=guid)


def ask(row: QuarantinedMessage, account_id: int | None, *, refused: bool = False) -> None:
    by = f"account:{account_id or 99}"
    services.ask_release(row.pk, account_id, lambda *_: refused, by=by, now=NOON)


def test_a_delivery_into_quarantine_is_announced_once_per_mailbox() -> None:
    filed = f"stored mail into mailbox '{QUARANTINE}'"
    steps = [Step(NOON, Engine.DOVECOT, StepKind.FILED, recipient="m@x.fr", detail=filed)] * 2
    told(
        [
            *steps,
            Step(
                NOON,
                Engine.DOVECOT,
                StepKind.FILED,
                recipient="n@x.fr",
                detail="stored mail into mailbox 'INBOX'",
            ),
        ]
    )
    assert events_of(MailQuarantined) == [MailQuarantined("m@x.fr")]


def test_it_is_written_down_once_with_its_verdict(engine: MemoryQuarantine, marie: Account) -> None:
    row = hold(engine, marie, "g1")
    services.store_found(marie.mailbox, engine)
    assert QuarantinedMessage.objects.count() == 1
    assert (row.account_id, row.reason, row.detail) == (marie.pk, "macro", "docm")


def test_what_a_script_of_its_owner_filed_there_goes_to_the_inbox(
    engine: MemoryQuarantine, marie: Account
) -> None:
    engine.boxes[marie.mailbox].append(mail("g1", ""))
    services.store_found(marie.mailbox, engine)
    assert engine.inboxes[marie.mailbox] == ["g1"]
    assert not QuarantinedMessage.objects.exists()


def test_its_owner_has_it_handed_over_once(engine: MemoryQuarantine, marie: Account) -> None:
    row = hold(engine, marie, "g1")
    ask(row, marie.pk)
    for _ in range(2):
        services.hand_over(marie.mailbox, engine)
    assert engine.inboxes[marie.mailbox] == ["g1"]
    assert QuarantinedMessage.objects.get().state == State.RELEASED
    line = Entry.objects.get(action="quarantine.released")
    assert line.to == f"account:{marie.pk}"
    with pytest.raises(Refusal, match="gone"):
        ask(row, marie.pk)


def test_an_engine_that_is_away_keeps_what_was_asked_for(engine: MemoryQuarantine, marie: Account) -> None:
    ask(hold(engine, marie, "g1"), marie.pk)
    engine.away.add(marie.mailbox)
    with pytest.raises(EngineDown):
        services.hand_over(marie.mailbox, engine)
    assert QuarantinedMessage.objects.get().state == State.RELEASING
    engine.away.clear()
    services.hand_over(marie.mailbox, engine)
    assert engine.inboxes[marie.mailbox] == ["g1"]


@pytest.mark.parametrize("asks", [True, False])
def test_a_virus_is_handed_over_to_nobody(engine: MemoryQuarantine, marie: Account, *, asks: bool) -> None:
    row = hold(engine, marie, "g1", "virus Eicar")
    with pytest.raises(Refusal, match="virus"):
        ask(row, marie.pk if asks else None)
    assert QuarantinedMessage.objects.get().state == State.HELD


def test_somebody_else_s_and_what_the_security_desk_removed_stay(
    engine: MemoryQuarantine, marie: Account
) -> None:
    row = hold(engine, marie, "g1")
    with pytest.raises(Refusal, match="gone"):
        ask(row, account("paul").pk)
    with pytest.raises(Refusal, match="removed"):
        ask(row, marie.pk, refused=True)


def test_the_security_desk_is_asked_about_addresses_alone(engine: MemoryQuarantine, marie: Account) -> None:
    row, asked = hold(engine, marie, "g1"), list[tuple[Collection[str], str, str]]()

    def is_refused(senders: Collection[str], subject: str, message_id: str) -> bool:
        asked.append((senders, subject, message_id))
        return True

    with pytest.raises(Refusal, match="removed"):
        services.ask_release(row.pk, marie.pk, is_refused, by="account:1", now=NOON)
    assert asked == [(("a@dehors.example", "anne@dehors.example"), "Objet g1", "<g1@x>")]


def test_a_digest_tells_each_message_once(engine: MemoryQuarantine, marie: Account) -> None:
    for guid in ("g1", "g2"):
        hold(engine, marie, guid)
    assert services.send_digests(now=NOON + timedelta(minutes=1)) == 0  # they came after 8:00
    assert services.send_digests(now=MORNING) == 1
    assert services.send_digests(now=MORNING) == 0
    hold(engine, marie, "g3")
    assert services.send_digests(now=MORNING + timedelta(days=1)) == 1
    first, second = events_of(AccountTouched)
    assert (first.account_id, first.act) == (marie.pk, "quarantine-digest")
    assert len(first.detail.splitlines()) == 2
    assert len(second.detail.splitlines()) == 1


def test_after_its_days_it_is_deleted_with_its_verdict(engine: MemoryQuarantine, marie: Account) -> None:
    hold(engine, marie, "g1", "virus Eicar")
    services.delete_old_messages(30, engine, now=NOON + timedelta(days=29))
    assert QuarantinedMessage.objects.count() == 1
    engine.away.add(marie.mailbox)
    with pytest.raises(EngineDown):
        services.delete_old_messages(30, engine, now=NOON + timedelta(days=31))
    engine.away.clear()
    services.delete_old_messages(30, engine, now=NOON + timedelta(days=31))
    assert engine.boxes[marie.mailbox] == []
    assert not QuarantinedMessage.objects.exists()


def test_administrators_search_verdicts_and_see_no_subject(engine: MemoryQuarantine, marie: Account) -> None:
    hold(engine, marie, "g1", "virus Eicar")
    hold(engine, marie, "g2")
    rows, total = queries.verdicts_page(search="eicar", reason="", order="-arrived_at", first=0, count=9)
    assert (total, [row.detail for row in rows], [row.subject for row in rows]) == (1, ["Eicar"], [""])
    assert queries.verdicts_page(search="", reason="macro", order="mailbox", first=0, count=9)[1] == 1
