"""A message goes round each minute, its time is stored, and nothing is left of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django_tasks_db.models import DBTaskResult
from tests.engines.samples import at, letter
from tests.post.outbox.letters import NOON

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Person
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.post.outbox.models import Submission
from vaguemestre.post.outbox.rules.self_mail import self_mail_address
from vaguemestre.post.outbox.services.self_mail import PATIENCE_SECONDS, send_self_mail
from vaguemestre.post.outbox.values import RoundTrip

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = self_mail_address("ac-amiens.test")


class World:
    """Time passes while one pauses; a message arrives after so many seconds."""

    def __init__(self, arrives_after: float = 0.5) -> None:
        self.boxes = MemoryMailboxes()
        self.seconds = 0.0
        self.arrives_after = arrives_after
        self.on_its_way: list[tuple[float, bytes]] = []
        self.stored: list[RoundTrip] = []
        self.submit_fails: Callable[[], None] = lambda: None

    def submit(
        self, mailbox: str, sender: str, recipients: list[str], content: bytes, *, report: bool = False
    ) -> None:
        self.submit_fails()
        assert (mailbox, sender, recipients) == (ADDRESS, ADDRESS, [ADDRESS])
        self.on_its_way.append((self.seconds + self.arrives_after, content))

    def store(self, round_trip: RoundTrip) -> None:
        self.stored.append(round_trip)

    def pause(self, seconds: float) -> None:
        self.seconds += seconds
        arrived = [one for one in self.on_its_way if one[0] <= self.seconds]
        self.on_its_way = [one for one in self.on_its_way if one[0] > self.seconds]
        with self.boxes(MailLogin(ADDRESS)) as box:
            for _, content in arrived:
                box.append("INBOX", content, (), at(1))

    def go(self) -> None:
        send_self_mail(
            ADDRESS, self.submit, self.boxes, self.store,
            now=NOON, clock=lambda: self.seconds, pause=self.pause,
        )  # fmt: skip

    def left(self, folder: str = "INBOX") -> int:
        with self.boxes(MailLogin(ADDRESS)) as box:
            return box.page(folder, 0, 50).total


def test_its_time_is_stored_and_the_message_deleted() -> None:
    world = World(arrives_after=2.0)
    for _ in range(2):
        world.go()
    assert [round(trip.seconds, 1) for trip in world.stored] == [2.0, 2.0]
    assert world.left() == 0


def test_one_that_is_lost_is_waited_for_no_longer_and_stores_nothing() -> None:
    world = World(arrives_after=PATIENCE_SECONDS * 2)
    world.go()
    assert world.stored == []
    assert world.seconds == pytest.approx(PATIENCE_SECONDS, abs=1)


def test_what_others_write_there_fills_nothing() -> None:
    world = World()
    with world.boxes(MailLogin(ADDRESS)) as box:
        for number in range(3):
            box.append("INBOX", letter(f"Publicité {number}"), (), at(1))
    world.go()
    assert world.left() == 0


def test_its_account_is_nobodys_and_made_once() -> None:
    world = World()
    world.go()
    told = DBTaskResult.objects.count()
    assert told, "the engines are told of its mailbox"
    world.go()
    account = Account.objects.get(mailbox=ADDRESS)
    assert (account.person_id, account.role, account.has_usable_password()) == (None, "box", False)
    assert not Person.objects.exists()
    assert DBTaskResult.objects.count() == told


def test_a_service_that_is_away_stores_nothing() -> None:
    world = World()

    def away() -> None:
        raise EngineDown("smtp: nobody there")

    world.submit_fails = away
    with pytest.raises(EngineDown):
        world.go()
    assert world.stored == []


def test_what_the_gate_stored_of_it_goes_after_an_hour() -> None:
    world = World()
    world.go()
    account = Account.objects.get(mailbox=ADDRESS)
    for number, age in enumerate((timedelta(hours=2), timedelta(minutes=5))):
        Submission.objects.create(
            account=account, queue_id=f"q{number}", message_id=f"<{number}@x>", sender=ADDRESS,
            recipients=[ADDRESS], counted=0, strangers=0, at=NOON - age,
        )  # fmt: skip
    world.go()
    assert list(Submission.objects.values_list("queue_id", flat=True)) == ["q1"]
