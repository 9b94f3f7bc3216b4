"""What `statut` says takes its own path: a death, a retirement, a leave are no ordinary departure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django_tasks_db.models import DBTaskResult
from tests.people.intake.lines import crowd, feed, line
from tests.people.intake.test_plan import NOBODY, TERMS, after, planned

from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.directory.models import Person
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.services import found_academy
from vaguemestre.people.intake import services
from vaguemestre.people.intake.events import PeopleLeft, SituationReported
from vaguemestre.people.intake.ports import closing_days
from vaguemestre.people.intake.rules.situations import situation_of
from vaguemestre.people.intake.services import CheckedFeed, FeedFiles, ImportContext
from vaguemestre.people.intake.values import Situation
from vaguemestre.people.lifecycle import handlers, queries, rules
from vaguemestre.people.lifecycle import services as lives
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.rules import SituationOutcome, situation_outcome
from vaguemestre.people.lifecycle.values import EventKind, LifecycleDelays, Step

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
NUMBERS = LifecycleDelays()
TABLE = rules.consequence_table(NUMBERS)


@pytest.mark.parametrize(
    ("status", "situation"),
    [
        ("TITULAIRE", Situation.ACTIVE),
        ("", Situation.ACTIVE),
        ("Décédée", Situation.DEATH),
        ("RETRAITE", Situation.RETIREMENT),
        ("CONGE_MATERNITE", Situation.LEAVE),
        ("congé parental", Situation.LEAVE),
        ("CONGE_XYZ", Situation.LEAVE),
        ("CONGE_LONGUE_MALADIE", Situation.LONG_LEAVE),
        ("Détachement", Situation.LONG_LEAVE),
        ("MUTATION", Situation.TRANSFER),
        ("ZZZ", None),
    ],
)
def test_a_status_is_read_however_it_is_written(status: str, situation: Situation | None) -> None:
    assert situation_of(status) is situation


def test_a_death_counts_among_departures_and_is_told() -> None:
    known = after(planned(NOBODY, line(), *crowd(100)))
    made = planned(known, line(statut="DECEDE"))
    (gone,) = made.departures
    assert (gone.situation, gone.situation_on, gone.account_act) == (Situation.DEATH, TODAY, "")
    assert ("situation", "active", "death", "") in gone.differences
    assert planned(after(made, known), line(statut="DECEDE")).is_empty
    (week,) = planned(known, line(statut="DECEDE", fin="18/11/2026")).departures
    assert week.situation_on == date(2026, 11, 18)
    several = planned(known, *crowd(5, statut="DECEDE"))
    assert "fin aux fonctions de 5 personnes" in several.refusal


def test_whoever_died_long_ago_is_not_closed_as_a_contract_that_ended() -> None:
    known = after(planned(NOBODY, line(), *crowd(100)))
    (gone,) = planned(known, line(statut="DECEDE", fin="01/06/2026")).departures
    assert gone.account_act == ""


def test_somebody_unknown_who_died_or_retired_does_not_arrive() -> None:
    made = planned(NOBODY, line(statut="DECEDE"), *crowd(2, statut="RETRAITE"))
    assert (len(made.arrivals), made.ended_already) == (0, 3)


def test_an_unknown_status_is_remarked_with_its_lines() -> None:
    made = planned(NOBODY, line(statut="POSITION_9"), *crowd(3, statut="POSITION_9"))
    assert made.unknown_statuses == {"POSITION_9": 4}
    assert len(made.arrivals) == 4


@pytest.mark.parametrize(
    ("told", "current", "is_by_feed", "what"),
    [
        (None, None, False, SituationOutcome.NOTHING),
        (None, EventKind.LEAVE, True, SituationOutcome.END),
        (None, EventKind.LEAVE, False, SituationOutcome.NOTHING),
        (None, EventKind.SUSPENSION, True, SituationOutcome.NOTHING),
        (EventKind.DEATH, None, False, SituationOutcome.DECLARE),
        (EventKind.DEATH, EventKind.SUSPENSION, False, SituationOutcome.DECLARE),
        (EventKind.DEATH, EventKind.DEATH, False, SituationOutcome.NOTHING),
        (EventKind.LEAVE, EventKind.SUSPENSION, False, SituationOutcome.NOTHING),
        (EventKind.LEAVE, EventKind.LONG_LEAVE, False, SituationOutcome.NOTHING),
        (EventKind.LONG_LEAVE, EventKind.LEAVE, True, SituationOutcome.DECLARE),
        (EventKind.RETIREMENT, EventKind.CONTRACT_END, False, SituationOutcome.DECLARE),
        (EventKind.RETIREMENT, EventKind.TRANSFER, False, SituationOutcome.NOTHING),
        (EventKind.RETIREMENT, EventKind.ACADEMY_MOVE, False, SituationOutcome.NOTHING),
        (EventKind.LEAVE, EventKind.DEATH, True, SituationOutcome.NOTHING),
    ],
)
def test_a_feed_replaces_what_a_feed_said_and_hardly_anything_else(
    told: EventKind | None, current: EventKind | None, is_by_feed: bool, what: SituationOutcome
) -> None:
    assert situation_outcome(told, current, is_by_feed=is_by_feed) is what


@pytest.fixture
def setting(tmp_path: Path, db: None) -> ImportContext:
    academy = found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))
    return ImportContext(academy, numen_keys.get(), 2048, "cli", tmp_path / "feed.lock", closing_days.get())


@pytest.fixture
def give(setting: ImportContext, monkeypatch: pytest.MonkeyPatch) -> Callable[..., CheckedFeed]:
    """A feed applied so many days later, then what the worker does of it."""

    def give(*lines: str, full: str = "", days: int = 0) -> CheckedFeed:
        DBTaskResult.objects.all().delete()
        now = NOW + timedelta(days=days)
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)
        terms = replace(TERMS, today=paris_day(now), full_source=full, closure_limit_percent=100)
        checked = services.apply_feed(
            FeedFiles(feed(*lines)), setting, terms, now=now, progress=lambda *_: None
        )
        for job in DBTaskResult.objects.order_by("enqueued_at").values_list("args_kwargs", flat=True):
            _, name, told, _ = job["args"]
            if name.endswith(":SituationReported"):
                handlers.apply_reported_situation(SituationReported(**told))
            elif name.endswith(":PeopleLeft"):
                handlers.begin_reported_departures(PeopleLeft(**told))
            elif name.endswith(":PeopleChanged"):
                handlers.cancel_reported_departures(PeopleChanged(**told))
        return checked

    return give


def states(dossier: str) -> tuple[str, str]:
    account = Account.objects.get(person__dossier=dossier)
    return account.state, account.mailbox_state


def passage(dossier: str) -> LifecycleEvent | None:
    return queries.open_event(Account.objects.get(person__dossier=dossier).pk)


@pytest.mark.django_db
def test_somebody_who_left_and_serves_again_is_back_the_same_day(give: Callable[..., CheckedFeed]) -> None:
    give(line(), *crowd(2))
    give(line(fin="18/11/2026"), *crowd(2))
    begun = passage("D1")
    assert begun is not None
    assert begun.event == EventKind.CONTRACT_END
    give(line(nom_usage="Durand", fin="18/11/2026"), *crowd(2))
    assert passage("D1") == begun
    give(line(), *crowd(2))
    assert passage("D1") is None


@pytest.mark.django_db
def test_a_death_told_by_a_feed_closes_freezes_and_hides_at_once_and_is_taken_back(
    give: Callable[..., CheckedFeed],
) -> None:
    give(line(), *crowd(2))
    give(line(statut="DECEDE", fin="18/11/2026"), *crowd(2))
    assert states("D1") == ("closed", "frozen")
    assert Person.objects.get(dossier="D1").hidden_since is not None
    found = passage("D1")
    assert found is not None
    assert (found.event, found.effect_on, found.by) == ("death", date(2026, 11, 18), "feed")
    give(line(statut="DECEDE", fin="18/11/2026"), *crowd(2))
    assert LifecycleEvent.objects.count() == 1
    give(line(), *crowd(2))  # it was an error
    assert states("D1") == ("pending", "open")
    assert Person.objects.get(dossier="D1").hidden_since is None


@pytest.mark.django_db
def test_a_retirement_a_long_leave_and_a_return_follow_their_own_days(
    give: Callable[..., CheckedFeed],
) -> None:
    first, second, third = crowd(3)
    give(first, second, third)
    give(
        first.replace("TITULAIRE", "RETRAITE").replace("2020;;", "2020;31/12/2026;"),
        second.replace("TITULAIRE", "CONGE_LONGUE_DUREE"),
        third.replace("TITULAIRE", "CONGE_MATERNITE"),
    )
    retired, long_leave, leave = (passage(f"C0000{n}") for n in range(3))
    assert retired is not None
    assert (retired.event, retired.effect_on, retired.done) == ("retirement", date(2027, 1, 1), [])
    assert long_leave is not None
    assert long_leave.event == "long-leave"
    assert set(long_leave.done) == {Step.HIDE, Step.ANSWER, Step.WITHDRAW}
    assert leave is not None
    assert (leave.event, leave.next_on) == ("leave", None)
    assert states("C00002") == ("pending", "open")
    give(second, third)
    assert passage("C00001") is None
    assert passage("C00002") is None
    assert passage("C00000") is not None


@pytest.mark.django_db
def test_what_was_declared_by_hand_stays(give: Callable[..., CheckedFeed]) -> None:
    give(line())
    account = Account.objects.get()
    lives.declare_event(
        account.pk, EventKind.SUSPENSION, TODAY, NUMBERS, by="account:9", now=NOW, today=TODAY
    )
    give(line(statut="CONGE_MATERNITE"))
    give(line())
    found = passage("D1")
    assert found is not None
    assert found.event == "suspension"


def postpone(dossier: str, closes_on: date) -> None:
    account = Account.objects.get(person__dossier=dossier)
    lives.postpone_closing(account.pk, closes_on, NUMBERS, by="account:9", now=NOW, today=TODAY)


def work_until(days: int) -> None:
    """The rounds of the worker, each day up to that one."""
    for ahead in range(days + 1):
        now = NOW + timedelta(days=ahead)
        lives.run_daily_review(NUMBERS, now=now, today=paris_day(now))
        lives.run_due_events(NUMBERS, now=now, today=paris_day(now))


@pytest.mark.heavy
@pytest.mark.django_db
@pytest.mark.parametrize("status", ["TITULAIRE", "RETRAITE"])
@pytest.mark.parametrize("full", ["", "GRH1"])
def test_a_closing_put_off_by_an_officer_is_not_brought_forward_by_a_feed(
    give: Callable[..., CheckedFeed], status: str, full: str
) -> None:
    before, leaver = (line(), *crowd(2)), line(statut=status, fin="24/11/2026")
    give(*before, full=full)
    give(leaver, *crowd(2), full=full)
    put_off_to = TODAY + timedelta(days=100)
    postpone("D1", put_off_to)
    for days in (61, 99):
        work_until(days)
        assert give(leaver, *crowd(2), full=full, days=days).plan.is_empty
        assert states("D1") == ("pending", "open")
    work_until(100)
    assert states("D1") == ("closed", "closed")


@pytest.mark.django_db
def test_a_closing_put_off_stays_so_when_a_feed_gives_the_departure_another_name(
    give: Callable[..., CheckedFeed],
) -> None:
    give(line())
    give(line(fin="24/11/2026"))
    put_off_to = TODAY + timedelta(days=200)
    postpone("D1", put_off_to)
    give(line(statut="RETRAITE", fin="24/11/2026"), days=10)
    retired = queries.account_lifecycle(Account.objects.get().pk, TABLE)
    assert retired is not None
    assert (retired.event, retired.closes_on) == (EventKind.RETIREMENT, put_off_to)
    give(line(statut="DECEDE", fin="24/11/2026"), days=20)
    assert states("D1") == ("closed", "frozen")  # a death waits for nobody


@pytest.mark.django_db
def test_a_retirement_closes_on_its_own_day_not_on_that_of_contracts(
    give: Callable[..., CheckedFeed], monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = replace(NUMBERS, retirement_closed=120)
    monkeypatch.setattr(type(settings.CONFIG), "lifecycle_delays", lambda _: longer)
    retired = line(statut="RETRAITE", fin="24/11/2026")
    give(line())
    give(retired)
    assert give(retired, days=80).plan.is_empty
    assert states("D1") == ("pending", "open")


@pytest.mark.django_db
def test_a_death_of_somebody_whose_account_is_closed_freezes_the_mailbox_and_is_taken_back(
    give: Callable[..., CheckedFeed],
) -> None:
    ended = line(fin="01/09/2026")
    give(line())
    give(ended)
    assert states("D1") == ("closed", "closed")
    give(line(statut="DECEDE", fin="01/09/2026"), days=1)
    assert states("D1") == ("closed", "frozen")
    give(ended, *crowd(1), days=2)  # it was an error
    assert states("D1") == ("closed", "closed")


@pytest.mark.django_db
def test_a_departure_by_feed_is_to_come_the_same_day(give: Callable[..., CheckedFeed]) -> None:
    people = crowd(10)
    give(*people, full="GRH1")
    give(*people[:9], full="GRH1")
    ((username, life),) = queries.upcoming_lifecycles(TABLE)
    assert username == Account.objects.get(person__dossier="C00009").username
    assert life.event is EventKind.CONTRACT_END
    assert life.closes_on == TODAY + timedelta(days=60)


@pytest.mark.django_db
def test_unknown_statuses_are_told_before_anything_is_decided(setting: ImportContext) -> None:
    files = FeedFiles(feed(line(statut="POSITION_9")))
    (notice,) = services.check_feed(files, setting, TERMS, now=NOW).notices
    assert notice == "Statuts inconnus, lus comme en activité : « POSITION_9 » (1 ligne)."
