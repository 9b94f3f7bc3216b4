"""Acts on many: carried out once for each, interrupted, gone on with, undone."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from tests.desks.bulk.samples import NOON, administrator, agents, work
from tests.questions import questions
from tests.rows import make

from vaguemestre.desks.bulk import services
from vaguemestre.desks.bulk.models import BulkAct, BulkTarget
from vaguemestre.desks.bulk.queries import find_act, people_done, select_by_file, targets_page
from vaguemestre.desks.bulk.values import Act, ActFile, Order, Selection, Skip, State
from vaguemestre.desks.helpdesk.queries.accounts import account_detail
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.mailbox.sorting.models import AbsenceRow
from vaguemestre.mailbox.sorting.values import Place
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.queries import identified, presented, second_factor_due
from vaguemestre.people.credentials.rules.second_factors import GRACE
from vaguemestre.people.credentials.services import change_states
from vaguemestre.people.credentials.values import AccountRole, ActFacts
from vaguemestre.people.directory.models import Person
from vaguemestre.people.lifecycle.services import declare_event
from vaguemestre.people.lifecycle.values import EventKind, LifecycleDelays
from vaguemestre.post.mailstore.ports import MailboxSilent

pytestmark = pytest.mark.django_db(transaction=True)
BY, SECOND = "account:999999", "account:999998"


def prepared(people: list[Account], act: Act = Act.SUSPEND, **details: object) -> int:
    order = Order(act, "Rentrée", **details)  # type: ignore[arg-type]
    selection = Selection([one.pk for one in people])
    return services.open_act(order, selection, 1000, academy_id=0, by=BY, now=NOON)


def decided(people: list[Account], act: Act = Act.SUSPEND, **details: object) -> int:
    act_id = prepared(people, act, **details)
    services.decide_act(act_id, 1000, by=BY, now=NOON)
    return act_id


def states(people: list[Account]) -> set[str]:
    rows = Account.objects.filter(pk__in=[one.pk for one in people])
    return set(rows.values_list("state", flat=True))


def file_of(act_id: int) -> ActFile:
    file = find_act(act_id, 0)
    assert file is not None
    return file


def test_preparing_changes_nobody_and_says_whom_it_would() -> None:
    people = [*agents(3), *agents(1, prefix="ferme", state="closed"), administrator("chefe")]
    file = file_of(prepared(people))
    assert states(people) == {"active", "closed"}
    assert (file.counts.total, file.counts.pending, file.counts.skipped) == (5, 3, 2)
    left, total = targets_page(file.act_id, 0, is_skipped=True, first=0, count=10)
    assert (total, [one.skip for one in left]) == (2, ["closed", "office"])


def test_whoever_was_shown_as_left_as_they_are_is_left() -> None:
    changed, left = people = agents(2)
    Account.objects.filter(pk=left.pk).update(state="suspended")
    act_id = prepared(people)
    Account.objects.filter(pk=left.pk).update(state="active")
    services.decide_act(act_id, 1000, by=BY, now=NOON)
    work(act_id)
    assert states([changed]) == {"suspended"}
    assert states([left]) == {"active"}


def test_suspension_is_done_journaled_for_each_and_undone() -> None:
    people = agents(3)
    act_id = decided(people)
    work(act_id)
    assert states(people) == {"suspended"}
    assert file_of(act_id).state is State.DONE
    told = Entry.objects.filter(action="credentials.account-suspended", by=BY)
    assert set(told.values_list("to", flat=True)) == {f"account:{one.pk}" for one in people}
    assert {entry.details["note"] for entry in told} == {file_of(act_id).order.note}
    sheet = account_detail(people[0].pk, NOON)
    assert sheet
    assert file_of(act_id).order.note in {line.reason for line in sheet.history}, "the desk is asked why"
    services.undo_act(act_id, 1000, by=BY, now=NOON)
    work(act_id)
    assert states(people) == {"active"}
    assert file_of(act_id).state is State.UNDONE


def test_undoing_leaves_whoever_was_changed_since() -> None:
    people = agents(2)
    act_id = decided(people)
    work(act_id)
    with transaction.atomic():
        change_states([people[0].pk], "close", by="cli", now=NOON)
    services.undo_act(act_id, 1000, by=BY, now=NOON)
    work(act_id)
    assert Account.objects.get(pk=people[0].pk).state == "closed"
    assert Account.objects.get(pk=people[1].pk).state == "active"
    assert (file_of(act_id).counts.undone, file_of(act_id).counts.kept) == (1, 1)


def test_undoing_leaves_whoever_was_suspended_anew_for_another_reason() -> None:
    people = agents(2)
    act_id = decided(people)
    work(act_id)
    stolen = people[0]
    with transaction.atomic():
        change_states([stolen.pk], "resume", by=SECOND, now=NOON + timedelta(hours=1))
        change_states([stolen.pk], "suspend", by=SECOND, now=NOON + timedelta(hours=2))
    services.undo_act(act_id, 1000, by=BY, now=NOON + timedelta(hours=3))
    work(act_id)
    assert states([stolen]) == {"suspended"}
    assert states(people[1:]) == {"active"}
    assert BulkTarget.objects.get(bulk_act=act_id, account_id=stolen.pk).skip == Skip.CHANGED


def test_neither_an_act_nor_its_undoing_reopens_what_a_service_suspended() -> None:
    people = agents(2)
    act_id = decided(people)
    work(act_id)
    day, delays = NOON.date(), LifecycleDelays()
    declare_event(
        people[0].pk,
        EventKind.SUSPENSION,
        day,
        delays,
        by="account:9",
        now=NOON + timedelta(hours=1),
        today=day,
    )
    services.undo_act(act_id, 1000, by=BY, now=NOON + timedelta(hours=2))
    work(act_id)
    assert (states(people[:1]), states(people[1:])) == ({"suspended"}, {"active"})
    again = prepared(people[:1], Act.RESUME)
    assert BulkTarget.objects.get(bulk_act=again).skip == Skip.SERVICE


def test_undoing_leaves_whoever_a_later_act_wanted_so_too() -> None:
    """It said « already » and did nothing; the first act's undo then opened what the second shut."""
    both, first_only = people = agents(2)
    act_id = decided(people)
    work(act_id)
    later = decided([both, *agents(1, prefix="autre")])
    assert file_of(later).counts.skipped == 1
    prepared([first_only])  # shown only, and decided by nobody
    services.undo_act(act_id, 1000, by=BY, now=NOON)
    work(act_id)
    assert (states([both]), states([first_only])) == ({"suspended"}, {"active"})
    assert BulkTarget.objects.get(bulk_act=act_id, account_id=both.pk).skip == Skip.WANTED


def test_undoing_gives_back_whom_a_later_act_wanted_no_longer() -> None:
    (one, other) = people = agents(2)
    act_id = decided(people)
    work(act_id)
    later = decided([*people, *agents(1, prefix="autre")])
    work(later)
    services.undo_act(later, 1000, by=BY, now=NOON)
    work(later)
    assert states([one, other]) == {"suspended"}
    services.undo_act(act_id, 1000, by=BY, now=NOON)
    work(act_id)
    assert states([one, other]) == {"active"}


def test_undoing_leaves_whoever_the_desk_made_safe_meanwhile() -> None:
    stolen, other = people = agents(2)
    act_id = decided(people)
    work(act_id)
    with transaction.atomic():
        record("helpdesk.compromised", to=f"account:{other.pk}", by=SECOND, at=NOON - timedelta(hours=1))
        record("helpdesk.compromised", to=f"account:{stolen.pk}", by=SECOND, at=NOON + timedelta(hours=1))
    services.undo_act(act_id, 1000, by=BY, now=NOON + timedelta(hours=2))
    work(act_id)
    assert (states([stolen]), states([other])) == ({"suspended"}, {"active"})
    assert BulkTarget.objects.get(bulk_act=act_id, account_id=stolen.pk).skip == Skip.WANTED


def test_sizes_are_changed_and_each_gets_its_own_back() -> None:
    people = agents(2)
    Account.objects.filter(pk=people[0].pk).update(quota_mb=500)
    act_id = decided(people, Act.QUOTA, quota_mb=4000)
    work(act_id)
    rows = Account.objects.filter(pk__in=[one.pk for one in people]).order_by("pk")
    assert list(rows.values_list("quota_mb", flat=True)) == [4000, 4000]
    services.undo_act(act_id, 1000, by=BY, now=NOON)
    work(act_id)
    assert list(rows.values_list("quota_mb", flat=True)) == [500, 2048]


def test_a_second_factor_is_due_from_that_day_and_no_longer_once_undone() -> None:
    one = agents(1)[0]
    act_id = decided([one], Act.FACTOR)
    work(act_id, clock=lambda: NOON)

    def due() -> datetime | None:
        shown = presented(one.pk)
        assert shown is not None
        return second_factor_due(one.pk, AccountRole.AGENT, demanded_at=shown.factor_demanded_at)

    assert due() == NOON + GRACE
    assert identified(one.pk).owes_factor
    services.undo_act(act_id, 1000, by=BY, now=NOON)
    work(act_id)
    assert due() is None


@pytest.mark.heavy
def test_it_is_interrupted_goes_on_and_treats_nobody_twice() -> None:
    people = agents(120)
    act_id = decided(people)
    ticks = iter(NOON + timedelta(seconds=n * 3) for n in range(100))
    work(act_id, clock=lambda: next(ticks))  # a slice of five seconds holds one batch
    done = file_of(act_id).counts.done
    assert 0 < done < 120
    services.stop_act(act_id, by=BY, now=NOON)
    work(act_id)
    assert file_of(act_id).counts.done == done
    services.decide_act(act_id, 1000, by=BY, now=NOON)
    work(act_id, clock=lambda: NOON)
    assert file_of(act_id).counts.done == 120
    assert Entry.objects.filter(action="credentials.account-suspended").count() == 120


@pytest.mark.heavy
def test_what_somebody_else_goes_on_with_is_charged_to_them_and_they_do_not_agree_to_it() -> None:
    people = agents(60)
    act_id = prepared(people)
    services.decide_act(act_id, 1000, by=BY, now=NOON)
    ticks = iter(NOON + timedelta(seconds=n * 3) for n in range(100))
    work(act_id, clock=lambda: next(ticks))  # a slice of five seconds holds one batch
    done = file_of(act_id).counts.done
    assert 0 < done < 60
    services.stop_act(act_id, by=BY, now=NOON)
    services.decide_act(act_id, 2, by=SECOND, now=NOON)
    assert file_of(act_id).state is State.AWAITING
    with pytest.raises(Refusal, match="bulk.same-person"):
        services.approve_act(act_id, by=SECOND, now=NOON)
    services.approve_act(act_id, by=BY, now=NOON)
    work(act_id, clock=lambda: NOON)
    told = Entry.objects.filter(action="credentials.account-suspended")
    assert [told.filter(by=who).count() for who in (BY, SECOND)] == [done, 60 - done]


def test_a_suspension_ends_the_absence_and_keeps_its_text() -> None:
    suspended, other = people = agents(2)
    for one in people:
        make(AbsenceRow, account=one, place=Place.FIRST, is_on=True, external_text="Écrivez à x@y.example")
    work(decided([suspended]))
    rows = AbsenceRow.objects.values_list("account_id", "is_on", "external_text")
    assert set(rows) == {
        (suspended.pk, False, "Écrivez à x@y.example"), (other.pk, True, "Écrivez à x@y.example"),
    }  # fmt: skip


def test_above_the_number_a_second_person_agrees() -> None:
    people = agents(3)
    act_id = prepared(people)
    services.decide_act(act_id, 2, by=BY, now=NOON)
    work(act_id)
    assert states(people) == {"active"}
    with pytest.raises(Refusal, match="bulk.same-person"):
        services.approve_act(act_id, by=BY, now=NOON)
    services.approve_act(act_id, by=SECOND, now=NOON)
    work(act_id)
    assert states(people) == {"suspended"}


def test_undoing_what_two_people_did_takes_two_and_may_be_declined() -> None:
    people = agents(3)
    act_id = prepared(people)
    services.decide_act(act_id, 2, by=BY, now=NOON)
    services.approve_act(act_id, by=SECOND, now=NOON)
    work(act_id)
    for limit in (2, 1000):  # neither declining nor the number of the day makes it a thing for one person
        services.undo_act(act_id, limit, by=SECOND, now=NOON + timedelta(days=1))
        work(act_id)
        assert file_of(act_id).state is State.UNDO_AWAITING
        assert states(people) == {"suspended"}
        with pytest.raises(Refusal, match="bulk.same-person"):
            services.approve_act(act_id, by=SECOND, now=NOON)
        services.stop_act(act_id, by=SECOND, now=NOON)
        assert file_of(act_id).state is State.DONE
    services.undo_act(act_id, 2, by=SECOND, now=NOON)
    services.approve_act(act_id, by=BY, now=NOON)
    work(act_id)
    assert states(people) == {"active"}
    file = file_of(act_id)
    assert (file.decided_by, file.approved_by) == (BY, SECOND)
    assert (file.undone_by, file.undo_approved_by) == (SECOND, BY)
    told = Entry.objects.filter(action="credentials.account-resumed")
    assert set(told.values_list("by", flat=True)) == {SECOND}


@pytest.mark.heavy
def test_an_act_half_done_and_not_undone_after_all_can_go_on() -> None:
    people = agents(120)
    act_id = prepared(people)
    services.decide_act(act_id, 2, by=BY, now=NOON)
    services.approve_act(act_id, by=SECOND, now=NOON)
    ticks = iter(NOON + timedelta(seconds=n * 3) for n in range(100))
    work(act_id, clock=lambda: next(ticks))
    services.undo_act(act_id, 2, by=BY, now=NOON)
    services.stop_act(act_id, by=SECOND, now=NOON)
    assert file_of(act_id).state is State.STOPPED
    services.decide_act(act_id, 2, by=BY, now=NOON)
    work(act_id, clock=lambda: NOON)
    assert file_of(act_id).counts.done == 120


def test_small_acts_of_one_person_within_the_hour_count_together() -> None:
    people = agents(4)
    first, second, third = (prepared(people[n : n + 2]) for n in (0, 2, 2))
    services.decide_act(first, 3, by=BY, now=NOON)
    work(first, clock=lambda: NOON)
    services.decide_act(second, 3, by=BY, now=NOON + timedelta(minutes=59))
    assert file_of(second).state is State.AWAITING
    services.stop_act(second, by=BY, now=NOON + timedelta(minutes=59))
    assert file_of(second).state is State.PREPARED
    services.decide_act(second, 3, by=SECOND, now=NOON + timedelta(minutes=59))
    assert file_of(second).state is State.RUNNING  # of somebody else
    services.stop_act(second, by=SECOND, now=NOON + timedelta(minutes=59))
    services.decide_act(third, 3, by=BY, now=NOON + timedelta(minutes=61))
    assert file_of(third).state is State.RUNNING  # an hour later


def test_the_same_people_count_once_and_an_act_agreed_by_two_counts_for_nobody() -> None:
    people = agents(5)
    services.decide_act(prepared(people[:2]), 2, by=BY, now=NOON)
    again = prepared(people[:2], Act.FACTOR)
    services.decide_act(again, 2, by=BY, now=NOON)
    work(again, clock=lambda: NOON)
    assert file_of(again).state is State.DONE
    services.undo_act(again, 2, by=BY, now=NOON)
    assert file_of(again).state is State.UNDOING
    large = prepared(people, Act.EXPORT)
    services.decide_act(large, 2, by=SECOND, now=NOON)
    services.approve_act(large, by=BY, now=NOON)
    small = prepared(people[:1], Act.EXPORT)
    services.decide_act(small, 2, by=SECOND, now=NOON)
    assert file_of(small).state is State.RUNNING


def test_small_acts_of_others_are_not_all_undone_by_one_person() -> None:
    people = agents(4)
    acts = [decided(people[:2]), decided(people[2:])]
    for act_id in acts:
        work(act_id, clock=lambda: NOON)
    for act_id in acts:
        services.undo_act(act_id, 3, by=SECOND, now=NOON)
    assert [file_of(act_id).state for act_id in acts] == [State.UNDOING, State.UNDO_AWAITING]


def test_a_notice_goes_once_to_each_and_a_refusing_mailbox_is_named() -> None:
    people, sent, is_away = agents(3), [], [True]

    def send(row: BulkAct, facts: ActFacts) -> bool:
        if len(sent) == 1 and is_away.pop():
            is_away.append(False)
            raise EngineDown("imap")
        sent.append(facts.account_id)
        return facts.account_id != people[2].pk

    act_id = decided(people, Act.NOTICE, subject="Panne", text="Ce soir.")
    with pytest.raises(EngineDown):
        work(act_id, send=send)
    assert file_of(act_id).counts.done == 0
    work(act_id, send=send)
    counts = file_of(act_id).counts
    assert (counts.done, counts.skipped) == (2, 1)
    assert Entry.objects.filter(action="bulk.notice-sent").count() == 2


def test_silent_mailboxes_hold_nobody_up_and_are_tried_again() -> None:
    people, sent = agents(8), []
    silent = {one.pk for one in people[:4]}

    def send(row: BulkAct, facts: ActFacts) -> bool:
        if facts.account_id in silent:
            raise MailboxSilent("job")
        sent.append(facts.account_id)
        return True

    act_id = decided(people, Act.NOTICE, subject="Panne", text="Ce soir.")
    with pytest.raises(MailboxSilent):
        work(act_id, send=send)
    counts, state = file_of(act_id).counts, file_of(act_id).state
    assert (counts.done, counts.pending, state) == (4, 4, State.RUNNING)
    silent.clear()
    work(act_id, send=send)
    assert sorted(sent) == [one.pk for one in people]
    assert (file_of(act_id).counts.done, file_of(act_id).state) == (8, State.DONE)


def test_a_file_selects_by_username_or_address_and_names_the_unknown() -> None:
    people = agents(2)
    content = f"identifiant;nom\n{people[0].username.upper()};x\n{people[1].mailbox};y\ninconnu;z\n".encode()
    selection = select_by_file(content, 0)
    assert list(selection.account_ids) == [one.pk for one in people]
    assert list(selection.unknown) == ["inconnu"]


def test_an_office_of_another_academie_selects_and_sees_nobody_here() -> None:
    people = agents(1)
    selection = select_by_file(people[0].username.encode(), 987654)
    assert not selection.account_ids
    act_id = prepared(people)
    assert find_act(act_id, 987654) is None
    foreign = services.open_act(
        Order(Act.SUSPEND, "x"), Selection([people[0].pk]), 10, academy_id=987654, by=BY, now=NOON
    )
    assert file_of(foreign).counts.total == 0


@pytest.mark.heavy
def test_five_hundred_people_cost_no_more_questions_than_fifty() -> None:
    few, many = agents(50, prefix="peu"), agents(500, prefix="beaucoup")

    def cost(people: list[Account]) -> tuple[int, int]:
        with questions() as preparing:
            act_id = decided(people)
        with questions() as working:
            work(act_id, clock=lambda: NOON)
        return len(preparing), len(working) // max(1, len(people) // 50)

    small, large = cost(few), cost(many)
    assert large[0] <= small[0] + 6  # rows are written by slices of 500
    assert large[1] <= small[1]
    assert BulkTarget.objects.filter(phase="done").count() == 550


@pytest.mark.heavy
def test_a_list_of_five_hundred_is_read_in_few_questions() -> None:
    act_id = decided(agents(500), Act.EXPORT)
    work(act_id, clock=lambda: NOON)
    with questions() as asked:
        assert len(people_done(act_id, 0)) == 500
    assert len(asked) <= 10


def test_old_acts_and_erased_people_are_forgotten() -> None:
    people = agents(2)
    act_id = prepared(people)
    services.forget_person(people[0].pk)
    assert file_of(act_id).counts.total == 1
    services.delete_old_acts(90, now=NOON + timedelta(days=89))
    assert BulkAct.objects.exists()
    services.delete_old_acts(90, now=datetime.fromtimestamp(NOON.timestamp() + 91 * 86400, tz=NOON.tzinfo))
    assert not BulkAct.objects.exists()


def reminded(people: list[Account], *, at: datetime = NOON) -> list[int]:
    """The accounts written to by a reminder decided then."""
    sent = list[int]()

    def send(row: BulkAct, facts: ActFacts) -> bool:
        sent.append(facts.account_id)
        return True

    selection = Selection([one.pk for one in people])
    act_id = services.open_act(Order(Act.REMINDER, "Rentrée"), selection, 1000, academy_id=0, by=BY, now=at)
    try:
        services.decide_act(act_id, 1000, by=BY, now=at)
    except Refusal:
        return sent
    work(act_id, send=send, clock=lambda: at)
    return sent


def test_a_reminder_goes_to_whoever_never_activated_and_has_a_private_address() -> None:
    active, pending, unknown = [
        *agents(1), *agents(1, prefix="attend", state="pending"), *agents(1, prefix="sans", state="pending")
    ]  # fmt: skip
    Person.objects.filter(pk__in=[active.person_id, pending.person_id]).update(
        recovery_address="prive@exemple.fr"
    )
    Person.objects.filter(pk=unknown.person_id).update(recovery_address="")
    assert reminded([active, pending, unknown]) == [pending.pk]
    assert Entry.objects.get(action="bulk.reminder-sent").to == f"account:{pending.pk}"
    left = {target.account_id: target.skip for target in BulkTarget.objects.exclude(skip="")}
    assert left == {active.pk: Skip.ACTIVATED, unknown.pk: Skip.NO_ADDRESS}


def test_nobody_is_reminded_twice_in_a_week() -> None:
    people = agents(1, prefix="attend", state="pending")
    Person.objects.update(recovery_address="prive@exemple.fr")
    assert reminded(people) == [people[0].pk]
    assert reminded(people, at=NOON + timedelta(days=6)) == []
    assert BulkTarget.objects.latest("pk").skip == Skip.LATELY
    assert reminded(people, at=NOON + timedelta(days=8)) == [people[0].pk]


def test_nobody_is_reminded_twice_by_acts_decided_together() -> None:
    people = agents(3, prefix="attend", state="pending")
    Person.objects.update(recovery_address="prive@exemple.fr")
    first, second, third = (prepared(people, Act.REMINDER) for _ in range(3))
    services.decide_act(third, 2, by=BY, now=NOON)
    assert file_of(third).state is State.AWAITING
    services.decide_act(first, 1000, by=BY, now=NOON)
    with pytest.raises(Refusal, match=r"bulk\.nobody-changes"):
        services.decide_act(second, 1000, by=BY, now=NOON)
    with pytest.raises(Refusal, match=r"bulk\.nobody-changes"):
        services.approve_act(third, by=SECOND, now=NOON)
    assert file_of(prepared(people, Act.REMINDER)).counts.skipped == len(people)
