"""A filter run on messages received before treats each once and stops for a newer request."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.mailbox.sorting.samples import NOW

from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.mailbox.sorting import queries
from vaguemestre.mailbox.sorting.models import AbsenceRow, FilterRow, PassRow, ScriptRow, SpamRow
from vaguemestre.mailbox.sorting.services import (
    backfill,
    drop_filter,
    request_backfill,
    run_backfill,
    save_filter,
    stop_expert,
    stop_filter,
)
from vaguemestre.mailbox.sorting.services.erasure import forget_person
from vaguemestre.mailbox.sorting.values import Aspect, Condition, Filter, MessageSummary, Outcome
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db
PARENTS = Filter("Parents", (Condition(Aspect.SUBJECT, text="sortie"),), Outcome(move_to="Parents"))


def nothing() -> None:
    """Nothing happens meanwhile."""


class ReceivedMail:
    """An inbox in memory: subjects by UID. It remembers what was done, and may be struck before an act."""

    def __init__(self, *subjects: str) -> None:
        self.subjects = {f"INBOX/{uid}": subject for uid, subject in enumerate(subjects, 1)}
        self.done: list[tuple[str, Outcome]] = []
        self.read: list[str] = []
        self.whole = False
        self.before_apply: Callable[[], None] = nothing

    @contextmanager
    def open(self, mailbox: str) -> Iterator["ReceivedMail"]:
        yield self

    def keys(self) -> tuple[str, ...]:
        return tuple(self.subjects)

    def summaries(self, keys: Sequence[str], *, whole: bool) -> tuple[MessageSummary, ...]:
        self.read += keys
        self.whole |= whole
        return tuple(
            MessageSummary(
                "X <x@dehors.example>", "x@dehors.example", "", (), self.subjects[key], 1, False, key=key
            )
            for key in keys
        )

    def apply(self, keys: Collection[str], outcome: Outcome) -> None:
        self.before_apply()
        self.done += [(key, outcome) for key in keys]

    @property
    def moved(self) -> list[str]:
        return [key for key, _ in self.done]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "_BATCH_MESSAGES", 2)


@pytest.fixture
def nicolas() -> Account:
    return account()


def saved(of: Account, wanted: Filter = PARENTS) -> int:
    save_filter(of.pk, wanted, ("Parents",), by="test", now=NOW)
    return int(FilterRow.objects.latest("pk").pk)


def asked(of: Account, filter_id: int) -> int:
    return request_backfill(of.pk, filter_id, by="test", now=NOW).number


def progress(of: Account) -> tuple[str, int, int, int]:
    row = PassRow.objects.get(account=of)
    return row.state, row.whole, row.seen, row.taken


SUBJECTS = ("Sortie au musée", "Réunion", "Sortie", "Conseil", "La sortie de mai")


def test_each_message_that_matches_is_treated_once_oldest_first(nicolas: Account) -> None:
    inbox, number = ReceivedMail(*SUBJECTS), asked(nicolas, saved(nicolas))
    for _ in range(2):
        run_backfill(nicolas.pk, number, inbox.open, now=NOW)
    assert inbox.done == [(f"INBOX/{uid}", PARENTS.outcome) for uid in (1, 3, 5)]
    assert progress(nicolas) == ("done", 5, 5, 3)
    assert not inbox.whole, "the subject is read without the text"


def test_a_filter_on_the_text_reads_whole_messages(nicolas: Account) -> None:
    inbox = ReceivedMail(*SUBJECTS)
    number = asked(nicolas, saved(nicolas, replace(PARENTS, conditions=(Condition(Aspect.TEXT, text="x"),))))
    run_backfill(nicolas.pk, number, inbox.open, now=NOW)
    assert inbox.whole


def test_a_run_that_an_engine_cut_goes_on_where_it_stopped(nicolas: Account) -> None:
    inbox, number = ReceivedMail(*SUBJECTS), asked(nicolas, saved(nicolas))

    def away() -> None:
        if inbox.done:
            raise EngineDown("imap")

    inbox.before_apply = away
    with pytest.raises(EngineDown):
        run_backfill(nicolas.pk, number, inbox.open, now=NOW)
    assert progress(nicolas) == ("running", 5, 2, 1)
    inbox.before_apply, inbox.read = nothing, []
    run_backfill(nicolas.pk, number, inbox.open, now=NOW)
    assert inbox.read == ["INBOX/3", "INBOX/4", "INBOX/5"]
    assert progress(nicolas) == ("done", 5, 5, 3)


def test_a_long_run_leaves_their_turn_to_the_jobs_of_others(
    nicolas: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "_RUN_SECONDS", 0.0)
    inbox, number = ReceivedMail(*SUBJECTS), asked(nicolas, saved(nicolas))
    jobs = DBTaskResult.objects.filter(args_kwargs__args__1__endswith="BackfillRequested")
    for treated in (2, 4):
        jobs.update(status="SUCCESSFUL")  # the one that runs
        run_backfill(nicolas.pk, number, inbox.open, now=NOW)
        assert progress(nicolas) == ("running", 5, treated, treated // 2)
        assert jobs.filter(status="READY").count() == 1, "one batch, then the rest is announced"
    jobs.update(status="SUCCESSFUL")
    run_backfill(nicolas.pk, number, inbox.open, now=NOW)
    assert progress(nicolas) == ("done", 5, 5, 3)
    assert not jobs.filter(status="READY").exists()


def test_a_newer_request_ends_the_older_one_after_its_batch(nicolas: Account) -> None:
    inbox, filter_id = ReceivedMail(*SUBJECTS), saved(nicolas)
    number = asked(nicolas, filter_id)

    def ask_again() -> None:
        asked(nicolas, filter_id)

    inbox.before_apply = ask_again
    run_backfill(nicolas.pk, number, inbox.open, now=NOW)
    assert inbox.moved == ["INBOX/1"]
    assert progress(nicolas) == ("running", 0, 0, 0), "the newer one has everything before it"


def test_a_full_folder_a_dropped_filter_and_a_closed_account_fail_the_run(nicolas: Account) -> None:
    inbox, filter_id = ReceivedMail(*SUBJECTS), saved(nicolas)

    def full() -> None:
        raise Refusal("mailstore.over-quota")

    inbox.before_apply = full
    run_backfill(nicolas.pk, asked(nicolas, filter_id), inbox.open, now=NOW)
    assert progress(nicolas)[0] == "failed"
    inbox.before_apply = nothing
    number = asked(nicolas, filter_id)
    Account.objects.filter(pk=nicolas.pk).update(state="suspended")
    run_backfill(nicolas.pk, number, inbox.open, now=NOW)
    assert progress(nicolas)[0] == "failed"
    Account.objects.filter(pk=nicolas.pk).update(state="active")
    number = asked(nicolas, filter_id)
    drop_filter(nicolas.pk, filter_id, by="test", now=NOW)
    run_backfill(nicolas.pk, number, inbox.open, now=NOW)
    assert progress(nicolas)[0] == "failed"
    assert inbox.done == []


def test_nobody_runs_the_filter_of_another_nor_a_request_that_is_not(nicolas: Account) -> None:
    other, filter_id = account("autre"), saved(nicolas)
    with pytest.raises(Refusal, match="filter-gone"):
        asked(other, filter_id)
    inbox = ReceivedMail(*SUBJECTS)
    run_backfill(other.pk, 1, inbox.open, now=NOW)
    assert (inbox.read, PassRow.objects.count()) == ([], 0)


def test_a_filter_stopped_from_its_notice_is_off_once_and_a_hand_written_script_is_a_comment(
    nicolas: Account,
) -> None:
    filter_id, other = saved(nicolas), account("autre")
    assert not stop_filter(other.pk, filter_id, by="notice", now=NOW)
    assert stop_filter(nicolas.pk, filter_id, by="notice", now=NOW)
    assert not stop_filter(nicolas.pk, filter_id, by="notice", now=NOW)
    assert not FilterRow.objects.get().is_on
    ScriptRow.objects.filter(account=nicolas).update(expert='redirect "x@dehors.example";\n')
    assert stop_expert(nicolas.pk, 0, by="notice", now=NOW)
    assert queries.expert_script_of(nicolas.pk) == '# redirect "x@dehors.example";\n'
    assert not stop_expert(nicolas.pk, 0, by="notice", now=NOW)


def test_a_forgotten_person_leaves_no_setting_and_replaces_nobody(nicolas: Account) -> None:
    other = account("autre")
    for owner in (nicolas, other):
        asked(owner, saved(owner))
        SpamRow.objects.create(account=owner)
        AbsenceRow.objects.create(
            account=owner, starts_on=NOW.date(), ends_on=NOW.date(), replacement_id=nicolas.person_id
        )
    forget_person(nicolas.pk, nicolas.person_id or 0)
    for table in (PassRow, FilterRow, AbsenceRow, SpamRow, ScriptRow):
        assert {row.account_id for row in table._default_manager.all()} == {other.pk}
    assert AbsenceRow.objects.get().replacement_id is None
