"""Statistics of help requests: of the desk as a whole, over twelve months, in a bounded number of queries."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.desks.helpdesk import services
from vaguemestre.desks.helpdesk.models import RequestRow
from vaguemestre.desks.helpdesk.queries import statistics
from vaguemestre.desks.helpdesk.rules.delay_labels import delay_fr
from vaguemestre.desks.helpdesk.rules.request_statistics import (
    NOTHING,
    WEEKS,
    RequestTimes,
    figures_by,
    figures_by_week,
    figures_of,
    first_day,
)
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.directory.models import Academy

PAGE = "/assistance/statistiques"
TODAY = date(2026, 11, 30)
SINCE = datetime(2025, 12, 1, tzinfo=PARIS)
MOMENTS = st.integers(0, 365 * 24 * 60).map(lambda minutes: SINCE + timedelta(minutes=minutes))
DELAYS = st.one_of(st.none(), st.integers(0, 10_000).map(lambda minutes: timedelta(minutes=minutes)))


@st.composite
def requests(draw: st.DrawFn) -> RequestTimes:
    made_at, taken, answered = draw(MOMENTS), draw(DELAYS), draw(DELAYS)
    return RequestTimes(
        draw(st.sampled_from("abc")),
        draw(st.sampled_from(["", "Collège", "Lycée"])),
        made_at,
        made_at + taken if taken is not None else None,
        made_at + answered if answered is not None else None,
    )


SEVERAL = st.lists(requests(), max_size=20)


@given(SEVERAL)
def test_groups_hold_every_request_once(several: list[RequestTimes]) -> None:
    for groups in (
        figures_by(lambda one: one.kind, several),
        figures_by(lambda one: one.place, several),
        figures_by_week(several, TODAY),
    ):
        assert sum(figures.received for _, figures in groups) == len(several)
        assert sum(figures.answered for _, figures in groups) == sum(bool(one.answered_at) for one in several)
        assert len({name for name, _ in groups}) == len(groups)


@given(SEVERAL)
def test_half_of_the_delays_are_no_longer_than_the_median(several: list[RequestTimes]) -> None:
    figures = figures_of(several)
    delays = [one.answered_at - one.made_at for one in several if one.answered_at]
    assert (figures.until_answered is None) == (not delays)
    if figures.until_answered is not None:
        assert 2 * sum(delay <= figures.until_answered for delay in delays) >= len(delays)
        assert 2 * sum(delay >= figures.until_answered for delay in delays) >= len(delays)


def test_every_week_is_there_with_or_without_requests() -> None:
    weeks = figures_by_week([], TODAY)
    assert [figures for _, figures in weeks] == [NOTHING] * WEEKS
    assert {monday.weekday() for monday, _ in weeks} == {0}
    assert weeks[0][0] == first_day(TODAY) == date(2025, 12, 1)
    assert weeks[-1][0] == TODAY


def test_a_request_at_night_is_of_the_week_of_paris() -> None:
    sunday_night = datetime(2026, 11, 22, 23, 30, tzinfo=PARIS)
    moments = [sunday_night, sunday_night + timedelta(hours=1)]
    weeks = dict(figures_by_week([RequestTimes("a", "", at, None, None) for at in moments], TODAY))
    assert (weeks[date(2026, 11, 16)].received, weeks[date(2026, 11, 23)].received) == (1, 1)


@pytest.mark.parametrize(
    ("minutes", "written"),
    [(0, "0 min"), (35, "35 min"), (59.6, "1 h"), (60, "1 h"), (47 * 60, "47 h"), (72 * 60, "3 j")],
)
def test_a_delay_is_written_in_the_unit_of_its_size(minutes: float, written: str) -> None:
    assert delay_fr(timedelta(minutes=minutes)) == written.replace(" ", "\N{NO-BREAK SPACE}")


def made(
    number: int, *, of: Account | None = None, days: int = 0, hours: int | None = None, **fields: str
) -> int:
    at = timezone.now() - timedelta(days=days)
    answered_at = at + timedelta(hours=hours) if hours is not None else None
    row = RequestRow.objects.create(
        token_sha256=f"{number}", account=of, made_at=at, taken_at=answered_at, answered_at=answered_at,
        state="answered" if answered_at else "new", **{"kind": "connexion", "name": "Agent", **fields},
    )  # fmt: skip
    return row.pk


@pytest.fixture
def desk() -> Client:
    return browser_of(account("lucie", role="helpdesk"))


def file_of(desk: Client, which: str) -> list[list[str]]:
    content = desk.get(f"{PAGE}.csv?par={which}").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content), delimiter=";"))[1:]


@pytest.mark.django_db
def test_requests_are_counted_by_subject_establishment_and_week(desk: Client) -> None:
    author = account("auteur")
    made(1, of=author, days=3, hours=2)
    made(2, of=author, days=3, hours=4, kind="courriels")
    made(3, days=2, place="Tapé par l’auteur")
    made(4, days=500, hours=1)
    kinds = {row[0]: row[1:] for row in file_of(desk, "sujet")}
    assert kinds == {
        "Je n’arrive pas à me connecter": ["2", "1", "120", "120"],
        "Un courriel manque, revient ou ne part pas": ["1", "1", "240", "240"],
    }
    places = {row[0]: row[1:] for row in file_of(desk, "etablissement")}
    assert places == {
        "Collège Jean-Macé, Abbeville": ["2", "2", "180", "180"],
        "Établissement non connu": ["1", "0", "", ""],
    }
    weeks = file_of(desk, "semaine")
    assert len(weeks) == WEEKS
    assert sum(int(row[1]) for row in weeks) == 3
    assert desk.get(f"{PAGE}.csv?par=operateur").status_code == 404
    for page in (PAGE, f"{PAGE}?vue=tableau"):
        shown = desk.get(page).content.decode()
        assert "Collège Jean-Macé, Abbeville" in shown
        assert "Tapé par l’auteur" not in shown


@pytest.mark.django_db
def test_nothing_of_whoever_took_or_answered_is_asked_or_shown(desk: Client) -> None:
    operator = account("operatrice", role="helpdesk", last_name="Quiarepondu")
    made(1, days=1, hours=1)
    RequestRow.objects.update(taken_by=operator, answer="Unereponse")
    with CaptureQueriesContext(connection) as asked:
        shown = desk.get(PAGE).content.decode()
    assert "Quiarepondu" not in shown
    assert not any("taken_by" in query["sql"] for query in asked if "helpdesk_requestrow" in query["sql"])


@pytest.mark.heavy
@pytest.mark.django_db
@pytest.mark.usefixtures("own_revocations")
def test_many_requests_take_no_more_queries_than_few(desk: Client) -> None:
    counts = []
    for number in (1, 40):
        for each in range(number):
            made(1000 * number + each, of=account(f"auteur{number}x{each}"), days=each, hours=1)
        tries = []
        for _ in range(2):  # once a minute a look also notes that the session is in use
            with CaptureQueriesContext(connection) as asked:
                desk.get(PAGE)
            tries.append(len(asked))
        counts.append(min(tries))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_only_so_many_requests_are_read_and_the_page_says_so(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "MAX_REQUESTS", 2)
    for number in range(3):
        made(number, days=number)
    found, is_cut = statistics.request_times(timezone.now() - timedelta(days=9), timezone.now().date())
    assert (len(found), is_cut) == (2, True)
    assert "les plus récentes sont comptées" in desk.get(PAGE).content.decode()


@pytest.mark.django_db
def test_an_office_counts_the_requests_of_its_academie_alone(desk: Client) -> None:
    Academy.objects.create(code="10", name="Académie de Lille", domain="ac-lille.test")
    made(1, days=1, domain="ac-amiens.test")
    made(2, days=1, domain="ac-lille.test")
    assert [row[1] for row in file_of(desk, "sujet")] == ["1"]


@pytest.mark.django_db(transaction=True)
def test_the_first_who_takes_a_request_dates_it_whoever_takes_it_next_or_answers() -> None:
    one, other = account("une", role="helpdesk"), account("autre", role="helpdesk")
    now = timezone.now()
    taken, direct = made(1), made(2)
    services.take_request(taken, seen="", operator_id=one.pk, now=now)
    services.take_request(taken, seen=one.username, operator_id=other.pk, now=now + timedelta(hours=1))
    keys = secret_keys.get()
    for request_id in (taken, direct):
        services.answer_request(
            request_id, "Voilà.", keys, operator_id=other.pk, now=now + timedelta(hours=2)
        )
    assert RequestRow.objects.get(pk=taken).taken_at == now
    assert RequestRow.objects.get(pk=direct).taken_at == now + timedelta(hours=2)
