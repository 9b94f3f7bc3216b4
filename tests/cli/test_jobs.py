"""`vaguemestre jobs`: what failed is listed, run again, given up."""

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from typer.testing import CliRunner

from vaguemestre.cli.instance.jobs import app
from vaguemestre.foundation.jobs.tasks import wake
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def failed() -> str:
    task = wake.enqueue("post.handlers:send", "post.events:MessageQueued", {"message_id": 7}, 85)
    DBTaskResult.objects.filter(pk=task.id).update(
        status="FAILED", finished_at=timezone.now(), exception_class_path="builtins.KeyError"
    )
    return str(task.id)


def said(*arguments: str) -> str:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False).output


def test_what_failed_is_listed_then_run_again(failed: str) -> None:
    line = said("list")
    assert all(words in line for words in (failed, "post.handlers:send", "KeyError"))
    assert said("run", failed) == "Relancé.\n"
    assert said("list") == "Aucun travail n’est en échec.\n"
    assert DBTaskResult.objects.ready().count() == 1


def test_what_is_given_up_is_gone_and_the_journal_says_why(failed: str) -> None:
    assert said("give-up", failed, "--reason", "Boîte effacée") == "Abandonné.\n"
    assert not DBTaskResult.objects.exists()
    assert Entry.objects.get(action="jobs.given-up").details["reason"] == "Boîte effacée"


def test_what_is_not_there_is_refused(failed: str) -> None:
    said("run", failed)
    with pytest.raises(Refusal, match="job-gone"):
        said("run", failed)
