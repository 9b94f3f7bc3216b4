"""A move that is killed anywhere is resumed: no message is lost, and the mailbox is open on one pod."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.access.signin.people import account

from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.provisioning.models import MailboxPlace
from vaguemestre.people.provisioning.services.mailbox_moves import (
    LEFT_FOR,
    MailboxMove,
    forget_place,
    move_mailbox,
    tidy_former_copies,
)

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class Pods:
    """Messages by pod, and where the engines let the mailbox be opened; fails at its nth call."""

    def __init__(self) -> None:
        self.messages: defaultdict[str, set[str]] = defaultdict(set)
        self.open_on = "un"
        self.calls: list[str] = []
        self.fails_at = -1
        self.during: Callable[[str], None] = lambda call: None

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if len(self.calls) == self.fails_at:
            raise EngineDown(name)
        self.during(name)

    def freeze(self, mailbox: str) -> None:
        self._call("freeze")
        self.open_on = ""

    def settle(self, mailbox: str, pod: str) -> None:
        self._call("settle")
        self.open_on = pod

    def copy(self, mailbox: str, source: str, target: str) -> None:
        self._call("copy")
        self.messages[target] = set(self.messages[source])

    def merge(self, mailbox: str, source: str, target: str) -> None:
        self._call("merge")
        self.messages[target] |= self.messages[source]

    def cut(self, mailbox: str, pod: str) -> None:
        self._call("cut")

    def empty(self, mailbox: str, pod: str) -> None:
        self._call("empty")
        self.messages[pod].clear()


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def pods() -> Pods:
    made = Pods()
    made.messages["un"] = {"a", "b"}
    return made


def move(pods: Pods, of: Account, target: str = "deux") -> MailboxMove:
    return move_mailbox(pods, pods, of.pk, target, first="un", by="test", now=lambda: NOW)


def moves_recorded() -> int:
    return Entry.objects.filter(action="provisioning.mailbox-moved").count()


def test_a_mailbox_is_closed_between_its_last_copy_and_its_new_pod_alone(
    pods: Pods, nicolas: Account
) -> None:
    moved = move(pods, nicolas)
    assert (moved.source, moved.target) == ("un", "deux")
    assert pods.calls == ["copy", "freeze", "cut", "copy", "settle", "settle", "merge"]
    assert (pods.open_on, pods.messages["deux"]) == ("deux", {"a", "b"})
    assert moves_recorded() == 1


def test_nothing_is_done_for_a_mailbox_that_lives_there(pods: Pods, nicolas: Account) -> None:
    assert move(pods, nicolas, "un") == MailboxMove(nicolas.mailbox, "un", "un")
    assert pods.calls == []


@pytest.mark.parametrize("killed_at", range(1, 8))
def test_a_killed_move_is_resumed_without_losing_a_message(
    pods: Pods, nicolas: Account, killed_at: int
) -> None:
    pods.fails_at = killed_at
    with pytest.raises(EngineDown):
        move(pods, nicolas)
    move(pods, nicolas)
    assert (pods.open_on, pods.messages["deux"]) == ("deux", {"a", "b"})
    assert moves_recorded() == 1


def test_a_message_delivered_while_it_is_copied_comes_along(pods: Pods, nicolas: Account) -> None:
    late = {"copy": "during the first copy", "merge": "of a delivery that began before"}
    pods.during = lambda call: pods.messages["un"].add(late[call]) if call in late else None
    move(pods, nicolas)
    assert pods.messages["deux"] >= {"a", "b", *late.values()}


@pytest.mark.parametrize(("killed_at", "target"), [(1, "trois"), (2, "deux"), (3, "deux"), (6, "deux")])
def test_another_pod_may_be_chosen_until_the_first_copy_is_made(
    pods: Pods, nicolas: Account, killed_at: int, target: str
) -> None:
    pods.fails_at = killed_at
    with pytest.raises(EngineDown):
        move(pods, nicolas)
    assert move(pods, nicolas, "trois").target == target
    assert (pods.open_on, pods.messages[target]) == (target, {"a", "b"})


def test_a_move_given_up_before_it_is_closed_stays_where_it_was(pods: Pods, nicolas: Account) -> None:
    pods.fails_at = 1
    with pytest.raises(EngineDown):
        move(pods, nicolas)
    assert move(pods, nicolas, "un").target == "un"
    assert MailboxPlace.objects.get().step == ""
    assert pods.open_on == "un"


def test_a_former_copy_is_deleted_once_no_delivery_can_still_reach_it(pods: Pods, nicolas: Account) -> None:
    move(pods, nicolas)
    assert tidy_former_copies(pods, now=NOW + LEFT_FOR) == 0
    assert pods.messages["un"] == {"a", "b"}
    pods.messages["un"].add("late")
    assert tidy_former_copies(pods, now=NOW + LEFT_FOR + timedelta(seconds=1)) == 1
    assert not pods.messages["un"]
    assert pods.messages["deux"] == {"a", "b", "late"}
    assert tidy_former_copies(pods, now=NOW + 2 * LEFT_FOR) == 0


def test_a_move_back_deletes_the_former_copy_first(pods: Pods, nicolas: Account) -> None:
    move(pods, nicolas)
    pods.messages["deux"].remove("a")  # deleted by its owner since
    pods.calls.clear()
    move(pods, nicolas, "un")
    assert pods.calls[:2] == ["merge", "empty"]
    assert pods.open_on == "un"


def test_a_place_is_forgotten_unless_a_copy_is_still_to_be_deleted(pods: Pods, nicolas: Account) -> None:
    move(pods, nicolas)
    forget_place(nicolas.pk)
    assert MailboxPlace.objects.exists()
    tidy_former_copies(pods, now=NOW + 2 * LEFT_FOR)
    forget_place(nicolas.pk)
    assert not MailboxPlace.objects.exists()
