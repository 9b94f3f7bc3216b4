"""What happens to somebody, declared; and what follows, day after day."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.queries import (
    Standing,
    accounts_of,
    closed_before,
    open_accounts_of,
    standing,
    standings,
)
from vaguemestre.people.credentials.services import change_states, erase_account, move_mailboxes
from vaguemestre.people.directory.queries import last_days_of_ended_people, people_serving
from vaguemestre.people.directory.services import delete_former_addresses, erase_civil_status, hide_people
from vaguemestre.people.intake.queries import last_mentions
from vaguemestre.people.intake.services import forget_person
from vaguemestre.people.lifecycle import queries, rules
from vaguemestre.people.lifecycle.events import (
    ClosingNear,
    MailboxDoomed,
    MembershipsTouched,
    NeutralReplyDue,
    NeutralReplyOver,
)
from vaguemestre.people.lifecycle.models import Day, Passage
from vaguemestre.people.lifecycle.ports import BoxesOwned
from vaguemestre.people.lifecycle.values import Event, Foreseen, Numbers, Remains, Step, Table

_LONGEST = timedelta(days=3 * 365)  # of a neutral reply whose end nobody knows
_NOTICE = timedelta(days=10)  # the least that is left to somebody whose contract's end is found late
_ERASED_AT_ONCE = 50
_SHUTTING = frozenset({Step.CLOSE, Step.FREEZE, Step.PURGE})
BY_FEED = "feed"  # who declares what a feed tells
_EARLIEST = timedelta(days=366)  # that an event may be declared after it happened


@transaction.atomic(durable=True)
def declare(
    account_id: int,
    event: Event,
    effect_on: date,
    numbers: Numbers,
    *,
    new_address: str = "",
    by: str,
    now: datetime,
    today: date,
) -> None:
    """Use case: keep that it happens, in the place of what was declared before; the steps due are done.

    Raises Refusal `lifecycle.account-unknown`, `lifecycle.account-closed`, `lifecycle.by-the-feed`,
    `lifecycle.by-the-desk`, `lifecycle.day-impossible`.
    """
    _check_declared(account_id, event, effect_on, today)
    _end(account_id, by=by, now=now, replaced_by=event)
    passage = _begun(account_id, event, effect_on, by, now)
    passage.new_address = new_address
    _go_on(passage, numbers, rules.table(numbers), now=now, today=today)


def foresee(account_id: int, event: Event, effect_on: date, numbers: Numbers, *, today: date) -> Foreseen:
    """What `declare` would do; writes nothing. Raises the same Refusals."""
    _check_declared(account_id, event, effect_on, today)
    passage = queries.open_passage(account_id)
    dues = rules.steps(rules.table(numbers)[event], effect_on)
    return Foreseen(
        at_once=rules.due(dues, (), today),
        later=tuple(due for due in dues if due.on > today),
        notices=rules.notice_days(rules.closing_day(dues), today, numbers.notices),
        replaces=Event(passage.event) if passage else None,
        reopens=bool(passage and event is not Event.DEATH and _SHUTTING & set(passage.done)),
    )


def _check_declared(account_id: int, event: Event, effect_on: date, today: date) -> None:
    if event in rules.BY_THE_FEED or event in rules.BY_THE_DESK:
        raise Refusal("lifecycle.by-the-feed" if event in rules.BY_THE_FEED else "lifecycle.by-the-desk")
    if not today - _EARLIEST <= effect_on <= today + _LONGEST:
        raise Refusal("lifecycle.day-impossible")
    account = standing(account_id)
    if account is None or account.person_id is None:
        raise Refusal("lifecycle.account-unknown")
    if not rules.may_happen(event, account.state, account.mailbox_state):
        raise Refusal("lifecycle.account-closed")


@transaction.atomic(durable=True)
def come_back(account_id: int, *, by: str, now: datetime) -> None:
    """Use case: it is over, or was declared by mistake: account, mailbox and directory as before.

    A mailbox that was erased comes back empty. Raises Refusal `lifecycle.nothing-declared`.
    """
    if not _end(account_id, by=by, now=now):
        raise Refusal("lifecycle.nothing-declared")


@transaction.atomic(durable=True)
def postpone(
    account_id: int, closes_on: date, numbers: Numbers, *, by: str, now: datetime, today: date
) -> None:
    """Use case: another day of closing, as retired people ask. Raises Refusal `lifecycle.nothing-closes`,
    `lifecycle.day-impossible`.
    """
    table = rules.table(numbers)
    passage = queries.open_passage(account_id)
    if passage is None or Step.CLOSE not in table[Event(passage.event)].steps or Step.CLOSE in passage.done:
        raise Refusal("lifecycle.nothing-closes")
    if not today < closes_on <= today + _LONGEST:
        raise Refusal("lifecycle.day-impossible")
    passage.closes_on = closes_on
    passage.done = [one for one in passage.done if not one.startswith("notice-")]
    record(
        "lifecycle.closing-put-off",
        to=f"account:{account_id}",
        by=by,
        at=now,
        closes_on=closes_on.isoformat(),
    )
    _go_on(passage, numbers, table, now=now, today=today)


@transaction.atomic(durable=True)
def tell_new_address(account_id: int, *, agrees: bool, by: str, now: datetime, numbers: Numbers) -> None:
    """Use case: whether the neutral reply gives the new address is the person's own choice.

    Raises Refusal `lifecycle.nothing-declared`.
    """
    passage = queries.open_passage(account_id)
    if passage is None or not passage.new_address:
        raise Refusal("lifecycle.nothing-declared")
    Passage.objects.filter(pk=passage.pk).update(tells_new_address=agrees)
    passage.tells_new_address = agrees
    record("lifecycle.new-address-told", to=f"account:{account_id}", by=by, at=now, agrees=agrees)
    if Step.ANSWER in passage.done:
        _answer(passage, rules.table(numbers))


@transaction.atomic(durable=True)
def leave_now(account_id: int, boxes_owned: BoxesOwned, numbers: Numbers, *, by: str, now: datetime) -> None:
    """Use case: the person has taken everything and closes their account before its day.

    Raises Refusal `lifecycle.nothing-closes`, `lifecycle.boxes-owned` while somebody else must first own
    their boxes.
    """
    passage = queries.open_passage(account_id)
    closing = rules.table(numbers)[Event(passage.event)].steps if passage else {}
    if passage is None or Step.CLOSE not in closing or Step.CLOSE in passage.done:
        raise Refusal("lifecycle.nothing-closes")
    owned = boxes_owned(account_id)
    if owned:
        raise Refusal("lifecycle.boxes-owned", boxes=", ".join(owned))
    _do(passage, Step.CLOSE, {}, by, now)
    Passage.objects.filter(pk=passage.pk).update(done=[*passage.done, Step.CLOSE])


@transaction.atomic(durable=True)
def begin_academy_move(
    account_id: int,
    left_domain: str,
    new_address: str,
    numbers: Numbers,
    *,
    by: str,
    now: datetime,
    today: date,
) -> None:
    """Use case: somebody moved to another académie of this installation. Twice is once."""
    passage = queries.open_passage(account_id)
    if passage and (passage.event, passage.new_address) == (Event.ACADEMY_MOVE, new_address):
        return
    _end(account_id, by=by, now=now, replaced_by=Event.ACADEMY_MOVE)
    passage = _begun(account_id, Event.ACADEMY_MOVE, today, by, now)
    passage.new_address, passage.left_domain = new_address, left_domain
    _go_on(passage, numbers, rules.table(numbers), now=now, today=today)


def follow(numbers: Numbers, *, now: datetime, today: date) -> int:
    """Whatever is due that day, each life in a transaction of its own; how many. Run again: nothing."""
    table, count = rules.table(numbers), 0
    for passage_id in queries.due_passages(today):
        with transaction.atomic(durable=True):
            passage = Passage.objects.select_for_update().filter(pk=passage_id, ended_at=None).first()
            if passage is not None:
                _go_on(passage, numbers, table, now=now, today=today)
                count += 1
    return count


def look_around(numbers: Numbers, *, now: datetime, today: date) -> bool:
    """Once a day: contracts that ended without a feed saying more, people who serve again, settings changed.

    False when that day was looked at already.
    """
    try:
        with transaction.atomic():
            Day.objects.create(day=today)
    except IntegrityError:
        return False
    _begin_departures(last_days_of_ended_people(today), numbers, now=now, today=today)
    _take_back(standings(queries.open_of(Event.CONTRACT_END)), now=now, today=today)
    table = rules.table(numbers)
    for passage in Passage.objects.filter(ended_at=None):
        _keep_next(passage, table, numbers, today)
    Day.objects.filter(day__lt=today - timedelta(days=30)).delete()
    return True


def begin_departures(person_ids: Collection[int], numbers: Numbers, *, now: datetime, today: date) -> int:
    """Begin what follows for those of these people whose every post is over; how many. Run again: nothing."""
    return _begin_departures(last_days_of_ended_people(today, person_ids), numbers, now=now, today=today)


def take_back_departures(person_ids: Collection[int], *, now: datetime, today: date) -> None:
    """End what a departure began for those of these people who serve again. Run again: nothing."""
    accounts = accounts_of(person_ids)
    leaving = [account_id for account_id in queries.open_of(Event.CONTRACT_END) if account_id in accounts]
    _take_back(standings(leaving), now=now, today=today)


def _begin_departures(ended: Mapping[int, date], numbers: Numbers, *, now: datetime, today: date) -> int:
    accounts, begun = open_accounts_of(ended), 0
    for account_id in accounts.keys() - queries.passing(accounts):
        with transaction.atomic(durable=True):
            if queries.open_passage(account_id) is None:
                person_id = accounts[account_id]
                effect_on = ended[person_id] + timedelta(days=1)
                passage = _begun(account_id, Event.CONTRACT_END, effect_on, "system", now)
                soonest = today + _NOTICE
                if effect_on + timedelta(days=numbers.contract_closed) < soonest:
                    passage.closes_on = soonest  # found late: nobody is closed unannounced
                _go_on(passage, numbers, rules.table(numbers), now=now, today=today)
                begun += 1
    return begun


@transaction.atomic(durable=True)
def follow_situation(
    account_id: int, told: Event | None, effect_on: date, numbers: Numbers, *, now: datetime, today: date
) -> None:
    """Use case: a feed says that it happens to somebody, or (None) that they serve. Twice is once.

    A closing that an officer put off stays so when another departure takes the place of the first.
    """
    passage, account = queries.open_passage(account_id), standing(account_id)
    if account is None:
        return
    current = Event(passage.event) if passage else None
    match rules.following(told, current, is_by_feed=passage is not None and passage.by == BY_FEED):
        case rules.Following.END:
            _end(account_id, by=BY_FEED, now=now)
        case rules.Following.DECLARE if told is not None and rules.may_happen(
            told, account.state, account.mailbox_state
        ):
            _end(account_id, by=BY_FEED, now=now, replaced_by=told)
            day = max(today - _EARLIEST, min(effect_on, today + _LONGEST))
            table, former = rules.table(numbers), passage.closes_on if passage else None
            passage = _begun(account_id, told, day, BY_FEED, now)
            passage.closes_on = rules.put_off(rules.closing_day(rules.steps(table[told], day)), former)
            _go_on(passage, numbers, table, now=now, today=today)


def erase_civil_statuses(numbers: Numbers, *, by: str = "system", now: datetime, today: date) -> int:
    """Once a day: whoever left long ago is forgotten, each in a transaction of its own; how many.

    So many a round, mail waits behind nobody; the next round of that day goes on, killed or not.
    """
    if not Day.objects.filter(day=today, has_erased=False).exists():
        return 0
    closed = closed_before(now - timedelta(days=28 * numbers.civil_status_months))
    known = standings(closed)
    people = {account_id: known[account_id].person_id or 0 for account_id in closed}
    serving = people_serving(list(people.values()), today)
    mentions = last_mentions(list(people.values()))
    erased = 0
    for account_id, person_id in people.items():
        remains = _remains(known[account_id], person_id in serving, mentions.get(person_id))
        if rules.is_erased(remains, numbers, today):
            erased += _erase(account_id, person_id, by=by, now=now)
        if erased == _ERASED_AT_ONCE:
            return erased
    Day.objects.filter(day=today).update(has_erased=True)
    return erased


def _remains(account: Standing, serves: bool, mentioned_on: date | None) -> Remains:
    closed = account.state_since if account.state == "closed" else None
    return Remains(paris_day(closed) if closed else None, account.mailbox_state, serves, mentioned_on)


@transaction.atomic(durable=True)
def _erase(account_id: int, person_id: int, *, by: str, now: datetime) -> bool:
    """What happened to them goes too: a death, a suspension, a retirement are nobody's business any more."""
    account = standing(account_id)
    if account is None or account.state != "closed":
        return False  # somebody came back meanwhile
    forget_person(person_id)
    if not erase_civil_status(person_id, account.username, by=by, now=now):
        return False
    erase_account(account_id, by=by, now=now)
    _purge_mailbox(account_id, by, now)
    Passage.objects.filter(account_id=account_id).delete()
    return True


def _take_back(leaving: Mapping[int, Standing], *, now: datetime, today: date) -> None:
    """A contract renewed: the person serves again."""
    people = {account_id: account.person_id for account_id, account in leaving.items()}
    serving = people_serving([person for person in people.values() if person], today)
    for account_id, person_id in people.items():
        if person_id in serving:
            with transaction.atomic(durable=True):
                _end(account_id, by="system", now=now)


def _begun(account_id: int, event: Event, effect_on: date, by: str, now: datetime) -> Passage:
    passage = Passage.objects.create(
        account_id=account_id, event=event, effect_on=effect_on, by=by, declared_at=now, next_on=effect_on
    )
    record(f"lifecycle.{event}", to=f"account:{account_id}", by=by, at=now, effect_on=effect_on.isoformat())
    return passage


def _go_on(passage: Passage, numbers: Numbers, table: Table, *, now: datetime, today: date) -> None:
    """The steps due, then the notice due, then the next day kept."""
    dues = rules.steps(table[Event(passage.event)], passage.effect_on, passage.closes_on)
    for step in rules.due(dues, passage.done, today):
        _do(passage, step, table, "system", now)
        passage.done = [*passage.done, step]
    closes_on = rules.closing_day(dues)
    ahead = rules.notice_due(closes_on, passage.done, today, numbers.notices)
    if closes_on and ahead is not None:
        told = rules.told_by(ahead, numbers.notices)
        passage.done = [*passage.done, *(one for one in told if one not in passage.done)]
        announce(ClosingNear(passage.account_id, closes_on.isoformat(), now.isoformat()))
    _keep_next(passage, table, numbers, today)


def _keep_next(passage: Passage, table: Table, numbers: Numbers, today: date) -> None:
    dues = rules.steps(table[Event(passage.event)], passage.effect_on, passage.closes_on)
    passage.next_on = rules.next_day(dues, passage.done, today, numbers.notices)
    passage.save()


def _do(passage: Passage, step: Step, table: Table, by: str, now: datetime) -> None:
    account_id = passage.account_id
    match step:
        case Step.HIDE:
            hide_people([_person_of(account_id)], hidden=True, by=by, now=now)
        case Step.ANSWER:
            _answer(passage, table)
        case Step.FORGET:
            delete_former_addresses(_person_of(account_id), passage.left_domain, by=by, now=now)
        case Step.WITHDRAW:
            passage.withdrawn_at = now
            announce(MembershipsTouched(account_id))
        case Step.SUSPEND:
            _suspended(account_id, by, now)
        case Step.CLOSE | Step.FREEZE:
            change_states([account_id], "close", by=by, now=now)
            state = "frozen" if step is Step.FREEZE else "closed"
            move_mailboxes([account_id], state, by=by, now=now)
        case Step.PURGE:
            _purge_mailbox(account_id, by, now)


def _purge_mailbox(account_id: int, by: str, now: datetime) -> None:
    if move_mailboxes([account_id], "purged", by=by, now=now):
        announce(MailboxDoomed(account_id))


def _suspended(account_id: int, by: str, now: datetime) -> None:
    if _state_of(account_id) != "closed":
        change_states([account_id], "suspend", by=by, now=now)


def _answer(passage: Passage, table: Table) -> None:
    dues = rules.steps(table[Event(passage.event)], passage.effect_on, passage.closes_on)
    forgotten = next((due.on for due in dues if due.step is Step.FORGET), None)
    ends_on = rules.closing_day(dues) or forgotten or passage.effect_on + _LONGEST
    told = passage.new_address if passage.tells_new_address else ""
    starts_on = passage.effect_on.isoformat()
    announce(NeutralReplyDue(passage.account_id, starts_on, ends_on.isoformat(), told, passage.left_domain))


def _end(account_id: int, *, by: str, now: datetime, replaced_by: Event | None = None) -> bool:
    """End what is open, and take back what it did; False when nothing was. What another event declared since
    follows its own steps.

    What was closed before a death stays closed, should the death be taken back.
    """
    passage = queries.open_passage(account_id)
    if passage is None:
        return False
    done = set(passage.done)
    Passage.objects.filter(pk=passage.pk).update(ended_at=now, next_on=None, withdrawn_at=None)
    record("lifecycle.ended", to=f"account:{account_id}", by=by, at=now, event=passage.event)
    if Step.HIDE in done:
        hide_people([_person_of(account_id)], hidden=False, by=by, now=now)
    if Step.ANSWER in done:
        announce(NeutralReplyOver(account_id))
    if Step.WITHDRAW in done:
        announce(MembershipsTouched(account_id))
    if Step.SUSPEND in done and replaced_by is None:
        _resumed(account_id, by, now)
    if done & _SHUTTING and replaced_by is not Event.DEATH:
        _open_again(passage, by, now)
    return True


def _open_again(passage: Passage, by: str, now: datetime) -> None:
    """Account and mailbox; an account that was closed before it was declared stays so, its mailbox too."""
    account = standing(passage.account_id)
    if account is None:
        return
    was_closed = account.state_since is None or account.state_since < passage.declared_at
    if passage.event == Event.DEATH and was_closed:
        move_mailboxes([account.account_id], "closed", by=by, now=now)
        return
    change_states([account.account_id], "reopen", by=by, now=now)
    move_mailboxes([account.account_id], "open", by=by, now=now)


def _resumed(account_id: int, by: str, now: datetime) -> None:
    if _state_of(account_id) == "suspended":
        change_states([account_id], "resume", by=by, now=now)


def _person_of(account_id: int) -> int:
    found = standing(account_id)
    return found.person_id or 0 if found else 0


def _state_of(account_id: int) -> str:
    found = standing(account_id)
    return found.state if found else ""
