"""What somebody may do to a school's list ends with the post there that they had when it was given."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.access.signin.people import account
from tests.schools.lists.conftest import (
    Clock,
    Queue,
    address_of,
    arrives,
    carried,
    made,
    message,
    signed_in,
    with_people,
)
from tests.schools.lists.test_people_and_time import announced

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.models import Assignment, Structure
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.values import EventKind
from vaguemestre.schools.lists import queries, services
from vaguemestre.schools.lists.events import NoticeDue
from vaguemestre.schools.lists.handlers import end_with_posts
from vaguemestre.schools.lists.models import ListRole, MailingList, Subscriber
from vaguemestre.schools.lists.services.administration import Creator, creation_scope
from vaguemestre.schools.lists.services.fanout import FanoutContext
from vaguemestre.schools.lists.values import Role, Writers

pytestmark = pytest.mark.django_db(transaction=True)
HERE, ELSEWHERE = "0800001A", "0800002B"


@pytest.fixture
def row(owner: Account, moderator: Account) -> MailingList:
    """A moderated list of the school where both serve."""
    row = made(owner, writers=Writers.MANAGERS, is_moderated=True)
    MailingList.objects.filter(pk=row.pk).update(within=HERE)
    services.set_role(row.pk, owner.pk, address_of(moderator), Role.MODERATOR, by="test", now=timezone.now())
    row.refresh_from_db()
    return row


def began(who: Account, days_ago: int) -> None:
    """As if they had served, and had their roles, for that long."""
    day = paris_day(timezone.now()) - timedelta(days=days_ago)
    who.person.assignments.update(starts_on=day)
    ListRole.objects.filter(account=who).update(given_on=day)


def _declared_gone(who: Account) -> None:
    """As the day's round leaves whoever was declared to retire today, their post still open."""
    now = timezone.now()
    LifecycleEvent.objects.create(
        account=who, event=EventKind.RETIREMENT, effect_on=paris_day(now),
        by="test", declared_at=now, withdrawn_at=now,
    )  # fmt: skip


def leaves(who: Account, days_ago: int = 1, *, for_elsewhere: bool = True) -> None:
    began(who, 400)
    day = paris_day(timezone.now()) - timedelta(days=days_ago)
    Assignment.objects.filter(person=who.person, structure__uai=HERE).update(ends_on=day)
    if for_elsewhere:
        other, _ = Structure.objects.get_or_create(
            uai=ELSEWHERE,
            defaults={"academy": who.person.academy, "name": "Lycée Boucher"},
        )
        Assignment.objects.create(person=who.person, structure=other, starts_on=day + timedelta(days=1))


@pytest.mark.parametrize("for_elsewhere", [True, False])
def test_whoever_moderated_a_list_of_their_school_does_so_no_more_once_gone(
    mailboxes: MemoryMailboxes,
    row: MailingList,
    moderator: Account,
    stranger: Account,
    *,
    for_elsewhere: bool,
) -> None:
    (letter,) = arrives(mailboxes, row, message(address_of(stranger), row.address))
    act: Any = {"due_at": None, "by": "test", "now": timezone.now()}
    assert queries.role_in(row.pk, moderator.pk, timezone.now()) is Role.MODERATOR
    leaves(moderator, for_elsewhere=for_elsewhere)
    now = timezone.now()
    assert queries.role_in(row.pk, moderator.pk, now) is None
    assert queries.managed_lists(moderator.pk, now, limit=9) == []
    assert queries.held_letters_of(moderator.pk, moderator.person_id or 0, now) == []
    assert queries.manager_accounts(row.pk, now) == [row.roles.get(role="owner").account_id]
    assert [one.name for one in queries.managers_of(row.pk, now)] == ["Nicolas Proprio"]
    assert not any(
        card.is_manager for card in queries.list_cards(moderator.pk, moderator.person_id or 0, now)
    )
    with pytest.raises(Refusal, match=r"lists\.gone"):
        services.accept_letter(row.pk, moderator.pk, str(letter.public_id), **act)
    assert signed_in(moderator).get(f"/listes/{row.pk}/moderation").status_code != 200


def test_whoever_left_writes_to_the_school_like_anybody_else(
    mailboxes: MemoryMailboxes, row: MailingList, moderator: Account
) -> None:
    leaves(moderator)
    (letter,) = arrives(mailboxes, row, message(address_of(moderator), row.address))
    assert (letter.state, letter.reason) == ("held", "lists.not-a-writer")


def test_a_role_that_no_post_gave_stays(row: MailingList, owner: Account, moderator: Account) -> None:
    wide, now = made(owner), timezone.now()
    ListRole.objects.create(list=wide, account=moderator, role="moderator")
    leaves(moderator, 30)
    assert queries.role_in(wide.pk, moderator.pk, now) is Role.MODERATOR, "a list of the whole académie"
    services.set_role(row.pk, owner.pk, address_of(moderator), Role.MODERATOR, by="test", now=now)
    end_with_posts()
    assert queries.role_in(row.pk, moderator.pk, now) is Role.MODERATOR, "given after they had left"
    Assignment.objects.filter(person=moderator.person, structure__uai=HERE).delete()
    ListRole.objects.update(given_on=date(2020, 1, 1))
    assert queries.role_in(row.pk, moderator.pk, now) is Role.MODERATOR, "never served there"


def test_the_head_of_the_school_takes_off_the_last_owner_by_name(row: MailingList, owner: Account) -> None:
    head, now = account("direction"), timezone.now()
    head.person.assignments.update(function="DIR")
    services.remove_role(row.pk, head.pk, owner.pk, by="test", now=now)
    assert not ListRole.objects.filter(list=row, account=owner).exists()
    assert queries.role_in(row.pk, head.pk, now) is Role.OWNER


def test_the_list_that_a_head_keeps_is_no_administrators(row: MailingList, owner: Account) -> None:
    head, office, now = account("direction"), account("bureau", role="administrator"), timezone.now()
    head.person.assignments.update(function="DIR")
    services.remove_role(row.pk, head.pk, owner.pk, by="test", now=now)
    assert queries.role_in(row.pk, office.pk, now) is None
    assert queries.managed_lists(office.pk, now, limit=9) == []
    assert services.administration.owner_addresses(row, now) == (address_of(head),)
    _declared_gone(head)
    assert queries.role_in(row.pk, office.pk, now) is Role.OWNER
    assert row.pk in {one.list_id for one in queries.managed_lists(office.pk, now, limit=9)}


def test_a_head_declared_gone_keeps_no_list_and_makes_none(row: MailingList) -> None:
    head, now = account("direction"), timezone.now()
    head.person.assignments.update(function="DIR")
    maker = Creator(head.pk, head.person_id or 0, AccountRole.AGENT)
    assert creation_scope(maker, now).places
    assert head.pk in queries.manager_accounts(row.pk, now)
    _declared_gone(head)
    assert not creation_scope(maker, now)
    assert head.pk not in queries.manager_accounts(row.pk, now)
    assert head.pk not in {manager.account_id for manager in queries.managers_of(row.pk, now)}


def test_one_post_of_two_there_that_ends_changes_nothing(row: MailingList, moderator: Account) -> None:
    leaves(moderator)
    school = Structure.objects.get(uai=HERE)
    Assignment.objects.create(person=moderator.person, structure=school, starts_on=date(2026, 9, 1))
    assert queries.role_in(row.pk, moderator.pk, timezone.now()) is Role.MODERATOR


def test_a_list_whose_only_owner_changed_school_is_an_administrators(
    row: MailingList, owner: Account
) -> None:
    left, office = account("ancien"), account("bureau", role="administrator")
    ListRole.objects.filter(role="owner").update(account=left)
    assert queries.role_in(row.pk, office.pk, timezone.now()) is None
    leaves(left)
    assert queries.role_in(row.pk, office.pk, timezone.now()) is Role.OWNER
    assert row.pk in {one.list_id for one in queries.managed_lists(office.pk, timezone.now(), limit=9)}
    assert services.administration.owner_addresses(row, timezone.now()) == ()


@pytest.mark.parametrize(("due_in", "goes"), [(timedelta(hours=1), False), (None, False), (None, True)])
def test_a_letter_accepted_by_whoever_left_since_awaits_the_others(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, row: MailingList,
    owner: Account, moderator: Account, stranger: Account, due_in: timedelta | None, *, goes: bool,
) -> None:  # fmt: skip
    with_people(row, owner, address_of(stranger))
    (letter,) = arrives(mailboxes, row, message(address_of(stranger), row.address))
    due_at = clock() + due_in if due_in else None
    services.accept_letter(row.pk, moderator.pk, str(letter.public_id), due_at=due_at, by="test", now=clock())
    if not goes:
        leaves(moderator)
    clock.now += timedelta(hours=2)
    assert carried(letter, means, clock).state == ("sent" if goes else "held")
    assert bool(queue.reached) is goes
    if goes:
        return
    assert (letter.reason, letter.decided_by, letter.due_at) == ("lists.decider-left", None, None)
    assert {one.kind for one in announced(NoticeDue)[-2:]} == {"held", "to-decide"}
    page = signed_in(owner).get(f"/listes/{row.pk}/moderation").content.decode()
    assert "n’est plus" in page
    services.accept_letter(row.pk, owner.pk, str(letter.public_id), due_at=None, by="test", now=clock())
    assert carried(letter, means, clock).state == "sent"
    assert queue.reached == [address_of(stranger)]


def test_a_managers_own_letter_waits_if_they_left_before_its_copies_were_made(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, row: MailingList,
    owner: Account, moderator: Account, stranger: Account,
) -> None:  # fmt: skip
    with_people(row, owner, address_of(stranger))
    (letter,) = arrives(mailboxes, row, message(address_of(moderator), row.address))
    assert letter.state == "sending"
    leaves(moderator)
    assert carried(letter, means, clock).state == "held"
    assert letter.reason == "lists.not-a-writer"
    assert queue.reached == []


def test_a_letter_that_began_to_leave_goes_on(
    mailboxes: MemoryMailboxes, means: FanoutContext, queue: Queue, clock: Clock, row: MailingList,
    owner: Account, moderator: Account, stranger: Account,
) -> None:  # fmt: skip
    """Half of a list has it: the other half receives it too. Any manager may stop it."""
    with_people(row, owner, address_of(stranger))
    (letter,) = arrives(mailboxes, row, message(address_of(moderator), row.address))
    queue.kill_before = 1
    with pytest.raises(BaseException):  # noqa: B017 - the worker's death
        services.fan_out(letter.pk, means)
    leaves(moderator)
    assert carried(letter, means, clock).state == "sent"


def test_a_post_that_had_ended_when_its_role_was_given_takes_it_too(
    row: MailingList, moderator: Account
) -> None:
    """The feed told it late: the role was given meanwhile, because of the post."""
    (school,) = moderator.person.assignments.all()
    school.ends_on = paris_day(timezone.now()) - timedelta(days=3)
    school.save()
    assert queries.role_in(row.pk, moderator.pk, timezone.now()) is None


def test_whoever_has_no_post_there_may_be_given_a_role_for_itself(row: MailingList, owner: Account) -> None:
    helper = account(username="renfort")
    leaves(helper, 3)
    services.set_role(row.pk, owner.pk, address_of(helper), Role.MODERATOR, by="test", now=timezone.now())
    assert queries.role_in(row.pk, helper.pk, timezone.now()) is Role.MODERATOR


def counted() -> tuple[int, int]:
    return ListRole.objects.filter(role="moderator").count(), Subscriber.objects.count()


@pytest.mark.parametrize(
    ("leave", "left"),
    [
        (lambda who: leaves(who, 15), (1, 1)),
        (lambda who: leaves(who, 16), (0, 0)),
        (lambda who: leaves(who, 300, for_elsewhere=False), (1, 1)),  # back in September, perhaps
    ],
)
def test_roles_and_subscriptions_of_a_former_school_are_removed_after_their_days(
    row: MailingList,
    owner: Account,
    moderator: Account,
    leave: Callable[[Account], None],
    left: tuple[int, int],
) -> None:
    with_people(row, owner, address_of(moderator))
    wide = made(owner)
    with_people(wide, owner, address_of(moderator))
    leave(moderator)
    Subscriber.objects.update(since=timezone.now() - timedelta(days=400))
    end_with_posts()
    roles, subscribers = counted()
    assert (roles, subscribers - 1) == left
    assert Subscriber.objects.filter(list=wide).exists()
    acts = set(Entry.objects.values_list("action", flat=True))
    assert ({"lists.manager-removed", "lists.left"} <= acts) == (left == (0, 0))
