"""What was delivered without the virus check is examined once, when it is back; a virus is told once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from tests.access.signin.people import account
from tests.desks.removals.samples import arrival, told
from tests.post.quarantine.samples import NOON, MemoryQuarantine, mail
from tests.post.quarantine.test_services import events_of

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.quarantine import services
from vaguemestre.post.quarantine.models import QuarantinedMessage, UnexaminedMail
from vaguemestre.post.quarantine.values import InfectedCopy
from vaguemestre.post.trace.events import MailUnexamined
from vaguemestre.post.trace.values import Engine, Step, StepKind

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


class Killed(Exception):
    """In place of the death of the process."""


@dataclass
class MemoryFilter:
    is_wanted: bool = True
    is_away: bool = False

    def ping(self) -> None:
        if self.is_away:
            raise EngineDown("away")


@dataclass
class MemoryCheck(MemoryFilter):
    """A virus check and mailboxes, which may be away. `viruses`: (mailbox, queue identifier).

    `unjudged`: what the filter has to see as well, after the virus check.
    """

    filter: MemoryFilter = field(default_factory=MemoryFilter)
    unjudged: set[str] = field(default_factory=set)
    boxes_away: set[str] = field(default_factory=set)
    viruses: set[tuple[str, str]] = field(default_factory=set)
    verdict: str = "virus Eicar"
    looks: list[tuple[str, str]] = field(default_factory=list)
    moved: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    on_move: Callable[[], None] = lambda: None

    def examine_copies(self, mailbox: str, queue_id: str, at: int) -> list[InfectedCopy]:
        if mailbox in self.boxes_away:
            raise EngineDown("away")
        self.looks.append((mailbox, queue_id))
        infected = (mailbox, queue_id) in self.viruses and not self.moved[mailbox]
        if queue_id in self.unjudged and self.filter.is_away and not infected:
            raise EngineDown("away")
        return [InfectedCopy("INBOX", 7, mail(f"g{queue_id}", self.verdict))] if infected else []

    def quarantine_copies(self, mailbox: str, uids: Mapping[str, Sequence[int]]) -> None:
        self.on_move()
        self.moved[mailbox] += uids["INBOX"]

    def run(self, now: datetime) -> int:
        def of_itself(addresses: Collection[str]) -> dict[str, str]:
            return {address: address for address in addresses}

        return services.examine_unexamined(services.Examiner(self, self.filter, self, of_itself, lambda: now))


@pytest.fixture
def check() -> MemoryCheck:
    return MemoryCheck()


@pytest.fixture
def marie() -> Account:
    return account("marie")


def deliver(mailbox: str, queue_id: str, *, is_over: bool = True) -> None:
    """A message that arrived marked, as the logs tell."""
    steps = [Step(NOON, Engine.POSTFIX, StepKind.UNEXAMINED, queue_id), *arrival(mailbox, "<m@x>", queue_id)]
    done = [Step(NOON, Engine.POSTFIX, StepKind.DONE, queue_id)] if is_over else []
    told([*steps, *done], queue_id)
    services.note_unexamined([queue_id], now=NOON)


def test_what_the_logs_mark_is_announced_by_its_queue_identifier() -> None:
    told([Step(NOON, Engine.POSTFIX, StepKind.UNEXAMINED, "4jB")] * 2, "postfix")
    assert [list(event.queue_ids) for event in events_of(MailUnexamined)] == [["4jB"]]


def test_nothing_is_tried_while_the_virus_check_is_away(check: MemoryCheck, marie: Account) -> None:
    deliver(marie.mailbox, "4jB")
    check.is_away = True
    assert check.run(NOON) == 0
    assert UnexaminedMail.objects.get().attempts == 0
    check.is_away = False
    assert check.run(NOON) == 1
    assert check.looks == [(marie.mailbox, "4jB")]
    assert not UnexaminedMail.objects.exists()


def test_without_a_virus_check_the_filter_alone_examines(check: MemoryCheck, marie: Account) -> None:
    deliver(marie.mailbox, "4jB")
    check.is_wanted, check.filter.is_away = False, True
    check.unjudged.add("4jB")
    assert check.run(NOON) == 0
    assert check.looks == []
    check.filter.is_away = False
    assert check.run(NOON) == 1
    assert not UnexaminedMail.objects.exists()


def test_without_virus_check_and_filter_nothing_is_tried(check: MemoryCheck, marie: Account) -> None:
    deliver(marie.mailbox, "4jB")
    check.is_wanted = check.filter.is_wanted = False
    assert check.run(NOON) == 0
    assert check.looks == []


def test_while_the_filter_is_away_each_letter_is_scanned_once_and_judged_as_soon_as_it_is_back(
    check: MemoryCheck, marie: Account
) -> None:
    """However long it was away: a pause that grew meanwhile would go on after its return."""
    check.filter.is_away = True
    check.unjudged |= {"4jB", "4jC"}
    check.viruses.add((marie.mailbox, "4jC"))
    deliver(marie.mailbox, "4jB")
    deliver(marie.mailbox, "4jC")
    assert check.run(NOON) == 2
    assert check.moved[marie.mailbox] == [7]  # a virus does not wait for the filter
    for minute in range(1, 300):
        assert check.run(NOON + minute * MINUTE) == 0
    assert len(check.looks) == 2
    check.filter.is_away = False
    assert check.run(NOON + 300 * MINUTE) == 1
    assert not UnexaminedMail.objects.exists()


def test_a_virus_is_told_and_written_down_once_whatever_dies_in_between(
    check: MemoryCheck, marie: Account
) -> None:
    deliver(marie.mailbox, "4jB")
    check.viruses.add((marie.mailbox, "4jB"))

    def die() -> None:
        raise Killed

    check.on_move = die
    with pytest.raises(Killed):
        check.run(NOON)
    assert check.run(NOON + MINUTE) == 0  # the lease of the dead one
    check.on_move = lambda: None
    assert check.run(NOON + 11 * MINUTE) == 1
    assert check.moved[marie.mailbox] == [7]
    row = QuarantinedMessage.objects.get()
    assert (row.account_id, row.reason, row.detail, row.told_at) == (marie.pk, "virus", "Eicar", NOON)
    assert Entry.objects.get(action="quarantine.virus-found-late").to == f"account:{marie.pk}"
    assert [event.act for event in events_of(AccountTouched)] == ["virus-found-late"]


@pytest.mark.parametrize("verdict", ["macro docm", "fraud piege.example"])
def test_what_the_filter_finds_late_is_told_in_its_own_words(
    check: MemoryCheck, marie: Account, verdict: str
) -> None:
    deliver(marie.mailbox, "4jB")
    check.viruses.add((marie.mailbox, "4jB"))
    check.verdict = verdict
    check.run(NOON)
    row = QuarantinedMessage.objects.get()
    assert f"{row.reason} {row.detail}" == verdict
    assert Entry.objects.get(action="quarantine.judged-late").details["found"] == row.detail
    assert [event.act for event in events_of(AccountTouched)] == ["judged-late"]


def test_what_was_found_late_is_not_taken_for_what_a_script_filed(marie: Account, check: MemoryCheck) -> None:
    deliver(marie.mailbox, "4jB")
    check.viruses.add((marie.mailbox, "4jB"))
    check.run(NOON)
    engine = MemoryQuarantine()
    engine.boxes[marie.mailbox].append(mail("g4jB", ""))  # moved: it bears no field of the filter
    services.store_found(marie.mailbox, engine)
    assert engine.inboxes[marie.mailbox] == []


def test_a_mailbox_that_does_not_answer_waits_and_delays_no_other(check: MemoryCheck, marie: Account) -> None:
    paul = account("paul")
    deliver(marie.mailbox, "4jB")
    deliver(paul.mailbox, "4jC")
    check.boxes_away.add(marie.mailbox)
    check.run(NOON)
    assert check.looks == [(paul.mailbox, "4jC")]
    check.boxes_away.clear()
    assert check.run(NOON + MINUTE) == 0
    assert check.run(NOON + 3 * MINUTE) == 1


def test_a_message_still_in_the_queue_is_looked_for_again(check: MemoryCheck, marie: Account) -> None:
    deliver(marie.mailbox, "4jB", is_over=False)
    check.run(NOON)
    told([Step(NOON, Engine.POSTFIX, StepKind.DONE, "4jB")], "later")
    assert check.run(NOON + 3 * MINUTE) == 1
    assert not UnexaminedMail.objects.exists()


def test_what_cannot_be_examined_is_forgotten_after_a_while(marie: Account) -> None:
    deliver(marie.mailbox, "4jB")
    services.delete_old_notes(now=NOON + timedelta(days=7))
    assert UnexaminedMail.objects.exists()
    services.delete_old_notes(now=NOON + timedelta(days=9))
    assert not UnexaminedMail.objects.exists()
