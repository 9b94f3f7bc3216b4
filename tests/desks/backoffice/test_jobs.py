"""Administrators decide of jobs that failed: again, or given up with a reason; the journal keeps it."""

from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.foundation.jobs import queries as job_queries
from vaguemestre.foundation.jobs.queries import find_failed_job
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.foundation.journal.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
HANDLER = "vaguemestre.post.outbox.handlers:send"


@pytest.fixture
def client() -> Client:
    return browser_of(account("aleclercq", role="administrator"))


@pytest.fixture
def failed() -> str:
    """The number of a job that was tried for three days."""
    task = wake.enqueue(HANDLER, "vaguemestre.post.outbox.events:MessageQueued", {"message_id": 7}, 85)
    DBTaskResult.objects.filter(pk=task.id).update(
        status="FAILED", finished_at=timezone.now(), exception_class_path="builtins.KeyError"
    )
    return str(task.id)


def acts() -> list[str]:
    return list(Entry.objects.filter(action__startswith="jobs.").values_list("action", flat=True))


def test_it_is_shown_with_what_it_was_and_how_it_ended(client: Client, failed: str) -> None:
    page = client.get("/administration/travaux").content.decode()
    for words in (HANDLER, "KeyError", "85", f"/administration/travaux/{failed}/relancer"):
        assert words in page
    assert "1 travail en échec attend une décision" in client.get("/administration/").content.decode()


def test_several_are_counted_as_french_counts_them(client: Client, failed: str) -> None:
    task = wake.enqueue(HANDLER, "vaguemestre.post.outbox.events:MessageQueued", {"message_id": 8}, 85)
    DBTaskResult.objects.filter(pk=task.id).update(status="FAILED", finished_at=timezone.now())
    assert "2 travaux en échec attendent une décision" in client.get("/administration/").content.decode()


def test_run_again_it_waits_for_its_first_attempt(client: Client, failed: str) -> None:
    answer = client.post(f"/administration/travaux/{failed}/relancer")
    assert (answer.status_code, answer["Location"]) == (302, "/administration/travaux")
    (row,) = DBTaskResult.objects.all()
    assert (row.status, row.args_kwargs["args"]) == (
        "READY",
        [HANDLER, "vaguemestre.post.outbox.events:MessageQueued", {"message_id": 7}, 1],
    )
    assert acts() == ["jobs.run-again"]


def test_given_up_it_is_gone_and_the_journal_says_why(client: Client, failed: str) -> None:
    client.post(f"/administration/travaux/{failed}/abandonner", {"reason": "Boîte effacée"})
    assert not DBTaskResult.objects.exists()
    (entry,) = Entry.objects.filter(action="jobs.given-up")
    assert (entry.details["reason"], entry.details["handler"]) == ("Boîte effacée", HANDLER)
    assert "Aucun travail n’est en échec" in client.get("/administration/travaux").content.decode()


def test_without_a_reason_it_stays(client: Client, failed: str) -> None:
    answer = client.post(f"/administration/travaux/{failed}/abandonner", {"reason": " "})
    assert answer.status_code == 422
    assert "Écrivez pourquoi" in answer.content.decode()
    assert DBTaskResult.objects.failed().count() == 1
    assert acts() == []


def test_two_who_decide_at_once_decide_once(client: Client, failed: str) -> None:
    client.post(f"/administration/travaux/{failed}/relancer")
    answer = client.post(f"/administration/travaux/{failed}/abandonner", {"reason": "Trop tard"})
    assert answer.status_code == 422
    assert "n’est plus en échec" in answer.content.decode()
    assert DBTaskResult.objects.ready().count() == 1


@pytest.mark.parametrize("decision", ["relancer", "abandonner"])
def test_one_who_decides_on_what_another_just_decided_is_told_so_and_the_journal_too(
    client: Client, failed: str, decision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second read the job before the first had ended."""
    job = find_failed_job(UUID(failed))
    client.post(f"/administration/travaux/{failed}/relancer")
    monkeypatch.setattr(job_queries, "find_failed_job", lambda _job_id: job)
    answer = client.post(f"/administration/travaux/{failed}/{decision}", {"reason": "Trop tard"})
    assert answer.status_code == 422
    assert "n’est plus en échec" in answer.content.decode()
    assert acts() == ["jobs.run-again"]


def test_nobody_else_sees_or_decides(failed: str) -> None:
    officer = browser_of(account("nmartin"))
    assert officer.get("/administration/travaux").status_code == 403
    assert officer.post(f"/administration/travaux/{failed}/relancer").status_code == 403
    assert DBTaskResult.objects.failed().count() == 1


@pytest.mark.parametrize(
    "arguments",
    [{"args": [], "kwargs": {}}, {"args": [7, None, "x"], "kwargs": {}}, {"args": [["a"], {}, {}, "?"]}, []],
)
def test_a_job_of_another_version_is_shown_and_decided_of_too(
    client: Client, failed: str, arguments: object
) -> None:
    DBTaskResult.objects.filter(pk=failed).update(args_kwargs=arguments)
    page = client.get("/administration/travaux")
    assert page.status_code == 200
    assert f"/administration/travaux/{failed}/relancer" in page.content.decode()
    assert client.post(f"/administration/travaux/{failed}/relancer").status_code == 302
    assert DBTaskResult.objects.get().status == "READY"
