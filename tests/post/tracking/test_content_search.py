"""Everybody's messages by subject and by the filter's verdict, for administrators: page and command."""

from datetime import timedelta
from typing import Any

import pytest
import typer
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import account
from tests.desks.removals.samples import told
from tests.mailbox.webmail.conftest import browser_of
from tests.post.tracking.test_search import text_of
from typer.testing import CliRunner

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.mail import trace
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.trace.models import MessageMark, MessageStep
from vaguemestre.post.trace.queries import find_messages
from vaguemestre.post.trace.rules.marks import marks_key, subject_mark
from vaguemestre.post.trace.values import Engine, MessageSearch, Step, StepKind, Verdict

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
SUBJECT, OTHER = "Élections professionnelles", "Autre objet"
WHERE = "/administration/messages"
app = typer.Typer()
app.command()(trace.command)


def message(number: int, recipient: str, subject: str, verdict: str = "", days: int = 0) -> list[Step]:
    at, queue_id = NOW - timedelta(days=days, minutes=number), f"QQQQQ{number}"
    mark = subject_mark(marks_key(settings.SECRET_KEY), subject)

    def step(kind: StepKind, **more: Any) -> Step:
        return Step(at, Engine.POSTFIX, kind, queue_id, **more)

    return [
        step(StepKind.IDENTIFIED, message_id=f"<{number}@dehors.example>"),
        step(StepKind.JUDGED, status=verdict, marks=(mark,)),
        step(StepKind.QUEUED, sender=f"jean{number}@dehors.example"),
        step(StepKind.DELIVERED, recipient=recipient, relay="box[/run/lmtp]", status="2.0.0"),
    ]


@pytest.fixture
def marie() -> Account:
    return Account.objects.get(pk=account("marie").pk)


@pytest.fixture(autouse=True)
def letters(marie: Account) -> None:
    refusal = "milter-reject: END-OF-MESSAGE from x[192.0.2.1]: 5.7.1 non"
    told(
        [
            *message(1, marie.mailbox, SUBJECT),
            *message(2, "paul@ac-amiens.test", SUBJECT, "junk"),
            *message(3, "paul@ac-amiens.test", OTHER, "virus"),
            *message(4, marie.mailbox, OTHER, "macro", days=200),
            Step(NOW, Engine.POSTFIX, StepKind.REJECTED, "QQQQQ5", "", "mal@dehors.example", marie.mailbox,
                 status="5.7.1", detail=refusal),
        ],
        name="postfix",
    )  # fmt: skip


@pytest.fixture
def desk() -> Client:
    made = account("rssi", role="administrator")
    Account.objects.filter(pk=made.pk).update(spans_academies=True)
    return browser_of(Account.objects.get(pk=made.pk))


def found(
    *addresses: str, subject: str = "", verdicts: tuple[Verdict, ...] = (), limit: int = 50
) -> list[str]:
    mark = subject_mark(marks_key(settings.SECRET_KEY), subject) if subject else 0
    criteria = MessageSearch(
        frozenset(addresses), NOW - timedelta(days=365), NOW + timedelta(days=1), subject=mark,
        verdicts=frozenset(verdicts),
    )  # fmt: skip
    return [one.key for one in find_messages(criteria, limit=limit)]


def test_everybodys_messages_of_a_subject_or_a_verdict_are_found_newest_first(marie: Account) -> None:
    assert found(subject=f"  {SUBJECT} ") == ["QQQQQ1", "QQQQQ2"]
    assert found(subject=SUBJECT, limit=1) == ["QQQQQ1"]
    assert found(subject="Élections") == []
    assert found(verdicts=(Verdict.JUNK,)) == ["QQQQQ2"]
    assert found(verdicts=(Verdict.VIRUS, Verdict.MACRO, Verdict.FRAUD)) == ["QQQQQ3", "QQQQQ4"]
    assert found(verdicts=(Verdict.REFUSED,)) == ["QQQQQ5"]


def test_a_person_a_subject_and_a_verdict_narrow_each_other(marie: Account) -> None:
    assert found(marie.mailbox, subject=SUBJECT) == ["QQQQQ1"]
    assert found(marie.mailbox, verdicts=(Verdict.MACRO,)) == ["QQQQQ4"]
    assert found(subject=SUBJECT, verdicts=(Verdict.JUNK,)) == ["QQQQQ2"]
    assert found(marie.mailbox, subject=OTHER, verdicts=(Verdict.VIRUS,)) == []


def test_no_subject_is_stored_in_clear() -> None:
    rows = [*MessageStep.objects.values_list(), *MessageMark.objects.values_list()]
    assert rows
    assert not any("lections" in str(cell) or "objet" in str(cell) for row in rows for cell in row)


def test_an_administrator_searches_everybody_and_reads_the_verdict(desk: Client) -> None:
    page = desk.get(WHERE, {"objet": SUBJECT}).content.decode()
    assert "jean1@dehors.example" in page
    assert "jean2@dehors.example" in page
    assert "jean3@dehors.example" not in page
    assert "Filtre : indésirable" in text_of(page.encode())
    aside = text_of(desk.get(WHERE, {"verdict": "mis-de-cote"}).content)
    assert "jean3@dehors.example" in aside
    assert "jean2@dehors.example" not in aside
    story = text_of(desk.get(WHERE, {"verdict": "junk", "message": "QQQQQ2"}).content)
    assert "Jugé par le filtre : indésirable" in story
    assert "Aucun message ne répond" in text_of(desk.get(WHERE, {"objet": "rien de tel"}).content)
    assert "Écrivez l’adresse" in text_of(desk.get(WHERE, {"verdict": "faux"}).content)


def test_nobody_else_searches_by_what_a_message_says(marie: Account) -> None:
    page = text_of(
        browser_of(marie).get("/messagerie/envois/ou/", {"objet": SUBJECT, "verdict": "junk"}).content
    )
    assert "jean1@dehors.example" in page, "asked for nothing but one's own mail"
    assert "jean2@dehors.example" not in page
    assert "Objet exact" not in page


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["--subject", SUBJECT], ["QQQQQ1", "QQQQQ2"]), (["--verdict", "virus"], ["QQQQQ3"]),
        (["--verdict", "macro"], ["QQQQQ4"]),
        (["--subject", SUBJECT, "--to", "paul@ac-amiens.test"], ["QQQQQ2"]),
        (["--subject", SUBJECT, "--day", f"{NOW:%Y-%m-%d}", "--verdict", "junk"], ["QQQQQ2"]),
    ],
)  # fmt: skip
def test_the_command_finds_the_same(words: list[str], keys: list[str]) -> None:
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 0, told.output
    assert [line.split()[2] for line in told.output.splitlines()] == keys


def test_the_command_says_when_there_is_none() -> None:
    assert isinstance(CliRunner().invoke(app, ["--verdict", "fraud"]).exception, Failed)


def test_a_search_of_everybody_asks_as_often_for_many_as_for_one(
    django_assert_max_num_queries: Any,
) -> None:
    told([step for number in range(10, 190) for step in message(number, "x@ac-amiens.test", "Masse", "junk")])
    with django_assert_max_num_queries(3):
        assert len(found(subject="Masse", limit=100)) == 100
