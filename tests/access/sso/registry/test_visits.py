"""A visit is one session in one application: it ends with its session or account, told once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.access.sso.people import added

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.sso.registry.events import VisitEnded
from vaguemestre.access.sso.registry.models import Consent, Pseudonym, Subject, Tally, Visit
from vaguemestre.access.sso.registry.queries import find_application
from vaguemestre.access.sso.registry.services import visits
from vaguemestre.access.sso.registry.services.erasure import erase_account
from vaguemestre.access.sso.registry.values import Application
from vaguemestre.foundation.jobs import ports as jobs
from vaguemestre.foundation.jobs.rules import job_words
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def hear(event: VisitEnded) -> None:
    """A listener, so that each end has a job."""


@pytest.fixture(autouse=True)
def _heard(_few_listeners: None) -> Iterator[None]:
    before = jobs.subscriptions.get()
    jobs.subscriptions.replace({**before, VisitEnded: (hear,)})
    yield
    jobs.subscriptions.replace(before)


@pytest.fixture
def intranet() -> Application:
    return registered()


def registered(**more: object) -> Application:
    added(**more)
    application = find_application(str(more.get("client_id", "intranet")))
    assert application
    return application


def ends_told() -> list[int]:
    words = [job_words(job.args_kwargs) for job in DBTaskResult.objects.all()]
    return sorted(word.fields["visit_id"] for word in words if word and word.event.endswith(":VisitEnded"))


def open_sessions() -> set[str]:
    return set(Visit.objects.filter(ended_at=None).values_list("session_key", flat=True))


def visit(application: Application, who: Account, session: str, *, anew: bool = False) -> int:
    return visits.start_visit(application, who.pk, session, now=NOW, anew=anew).visit_id


def test_a_session_has_one_visit_in_an_application_counted_and_journaled_once(
    intranet: Application, nicolas: Account
) -> None:
    first = visit(intranet, nicolas, "s1")
    assert visit(intranet, nicolas, "s1") == first
    assert visit(intranet, nicolas, "s2") != first
    assert visit(intranet, nicolas, "s1", anew=True) != first
    assert visit(intranet, nicolas, "s1") == first, "the oldest that is open"
    assert [(row.entered, row.refused) for row in Tally.objects.all()] == [(3, 0)]
    assert Entry.objects.filter(action="sso.entered").count() == 3


def test_an_end_is_told_once_to_each_application_and_other_sessions_go_on(
    intranet: Application, nicolas: Account
) -> None:
    ended = [visit(intranet, nicolas, key) for key in ("s1", "s2")]
    visit(intranet, nicolas, "s3")
    for _ in range(2):
        visits.end_visits_of_sessions(["s1", "s2"], now=NOW)
    assert ends_told() == ended
    assert open_sessions() == {"s3"}


def test_a_visit_is_ended_by_its_owner_only(intranet: Application, nicolas: Account) -> None:
    mine = visit(intranet, nicolas, "s1")
    visits.end_visit(account("autre").pk, mine, now=NOW)
    assert open_sessions() == {"s1"}
    visits.end_visit(nicolas.pk, mine, now=NOW)
    assert (open_sessions(), ends_told()) == (set(), [mine])


def test_visits_end_with_an_account_that_is_shut_and_with_no_other(
    intranet: Application, nicolas: Account
) -> None:
    other = account("autre")
    shut = visit(intranet, nicolas, "s1")
    visit(intranet, other, "s2")
    visits.end_visits_of_accounts([nicolas.pk, other.pk], now=NOW)
    assert ends_told() == []
    Account.objects.filter(pk=nicolas.pk).update(state="suspended")
    visits.end_visits_of_accounts([nicolas.pk, other.pk], now=NOW)
    assert (ends_told(), open_sessions()) == ([shut], {"s2"})


def test_visits_go_on_in_the_session_that_replaces_theirs(intranet: Application, nicolas: Account) -> None:
    visit(intranet, nicolas, "s1")
    visit(intranet, nicolas, "s2")
    visits.end_visits_of_sessions(["s2"], now=NOW)
    visits.move_visits(["s1", "s2"], "s3")
    assert open_sessions() == {"s3"}
    assert set(Visit.objects.values_list("session_key", flat=True)) == {"s2", "s3"}, "what ended stays"


def test_visits_end_with_sessions_that_expired(intranet: Application, nicolas: Account) -> None:
    for key, hours in (("open", 1), ("over", -1)):
        BrowserSession.objects.create(
            session_key=key,
            session_data="",
            expire_date=NOW + timedelta(hours=hours),
            account=nicolas,
            started_at=NOW,
        )
    visit(intranet, nicolas, "open")
    over, unknown = visit(intranet, nicolas, "over"), visit(intranet, nicolas, "unknown")
    visits.end_visits_of_expired(NOW)
    assert (ends_told(), open_sessions()) == ([over, unknown], {"open"})


def test_what_is_left_of_a_visit_goes_after_the_longest_session(
    intranet: Application, nicolas: Account
) -> None:
    told, old = visit(intranet, nicolas, "s1"), visit(intranet, nicolas, "s2")
    kept = visit(intranet, nicolas, "s3")
    visits.set_visit_reference(kept, "ST-1")
    visits.delete_visit(told)
    Visit.objects.filter(pk=old).update(started_at=NOW - visits.MAX_AGE - timedelta(seconds=1))
    visits.delete_old_visits(NOW)
    assert list(Visit.objects.values_list("pk", "reference")) == [(kept, "ST-1")]


def test_each_application_that_wants_it_knows_a_person_by_another_name_that_never_changes(
    nicolas: Account,
) -> None:
    one, two = registered(pairwise=True), registered(client_id="notes", pairwise=True)
    for _ in range(2):
        for application in (one, two):
            visit(application, nicolas, "s1", anew=True)
    names = set(Pseudonym.objects.values_list("name", flat=True))
    assert len(names) == 2
    assert not names & set(Subject.objects.values_list("sub", flat=True))


def test_what_was_agreed_refused_and_looked_at_is_in_the_journal(
    intranet: Application, nicolas: Account
) -> None:
    for _ in range(2):
        visits.record_consent(intranet, nicolas.pk, now=NOW)
    visits.record_refusal(intranet, nicolas.pk, "reserved", now=NOW)
    visits.record_preview(intranet, nicolas.pk, by="account:1", now=NOW)
    assert Consent.objects.get().released == list(intranet.released)
    assert [(row.entered, row.refused) for row in Tally.objects.all()] == [(0, 1)]
    actions = Entry.objects.filter(action__startswith="sso.").exclude(action="sso.application-added")
    assert sorted(actions.values_list("action", flat=True)) == [
        "sso.agreed", "sso.agreed", "sso.looked-at", "sso.turned-away",
    ]  # fmt: skip


def test_an_erased_person_leaves_neither_visit_nor_consent_and_their_identifier_is_given_to_nobody(
    intranet: Application, nicolas: Account
) -> None:
    other = account("autre")
    for who in (nicolas, other):
        visit(intranet, who, f"s{who.pk}")
        visits.record_consent(intranet, who.pk, now=NOW)
    erase_account(nicolas.pk)
    assert set(Visit.objects.values_list("account_id", flat=True)) == {other.pk}
    assert set(Consent.objects.values_list("account_id", flat=True)) == {other.pk}
    assert Subject.objects.count() == 2
