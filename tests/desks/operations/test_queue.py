"""The queue on the page and by command: what waits and why; each decision is a line of the journal."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import account
from tests.desks.operations.test_screens import administrator, text_of
from typer.testing import CliRunner

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.cli.mail import queue as cli
from vaguemestre.desks.operations import ports, services
from vaguemestre.desks.operations.services.queue_acts import MAX_MESSAGES
from vaguemestre.desks.operations.values import QueueAct, QueuedMessage, QueuedRecipient
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.post.outbox.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = "connect to mx.un.test[192.0.2.1]:25: Connection refused"


def waiting(
    queue_id: str, queue: str = "deferred", domain: str = "un.test", minutes: int = 5
) -> QueuedMessage:
    return QueuedMessage(
        queue_id, queue, timezone.now() - timedelta(minutes=minutes), 2000, "marie@ac.test",
        (QueuedRecipient(f"x@{domain}", REFUSED),),
    )  # fmt: skip


class Engine:
    """Postfix's queue in memory: `asked` remembers what it was told."""

    def __init__(self) -> None:
        self.messages: list[QueuedMessage] = [
            waiting("AAAAAA1"), waiting("BBBBBB2", minutes=90), waiting("CCCCCC3", "hold", "deux.test"),
        ]  # fmt: skip
        self.asked: list[tuple[QueueAct, list[str]]] = []
        self.is_away = False

    def __call__(self, act: QueueAct, queue_ids: Collection[str]) -> None:
        if self.is_away:
            raise EngineDown("queue")
        self.asked.append((act, list(queue_ids)))


@pytest.fixture(autouse=True)
def engine() -> Iterator[Engine]:
    before, made = (ports.list_queue.get(), ports.act_on_queue.get()), Engine()
    ports.list_queue.replace(lambda: tuple(made.messages))
    ports.act_on_queue.replace(made)
    yield made
    ports.list_queue.replace(before[0])
    ports.act_on_queue.replace(before[1])


@pytest.fixture
def client() -> Client:
    return administrator()


def journaled() -> list[tuple[str, str]]:
    rows = Entry.objects.filter(action__startswith="operations.").order_by("id")
    return list(rows.values_list("action", "to"))


def test_what_waits_is_shown_with_its_reason_the_oldest_first(client: Client) -> None:
    page = text_of(client.get("/administration/file").content)
    assert "Leur serveur refuse la connexion" in page
    assert "Retenu, à décider" in page
    assert page.index("BBBBBB2") < page.index("AAAAAA1")


@pytest.mark.parametrize(
    ("query", "shown"),
    [("etat=retenus", {"CCCCCC3"}), ("vers=un.test", {"AAAAAA1", "BBBBBB2"}), ("q=bbbb", {"BBBBBB2"})],
)
def test_a_filter_keeps_what_it_says(client: Client, query: str, shown: set[str]) -> None:
    page = client.get(f"/administration/file?{query}").content.decode()
    assert {one for one in ("AAAAAA1", "BBBBBB2", "CCCCCC3") if f'value="{one}"' in page} == shown


def test_what_is_chosen_is_held_and_the_journal_says_by_whom(client: Client, engine: Engine) -> None:
    answer = client.post("/administration/file/agir", {"act": "retenir", "message": ["AAAAAA1", "CCCCCC3"]})
    assert answer.status_code == 302
    assert engine.asked == [(QueueAct.HOLD, ["AAAAAA1"])]  # the other one is held already
    assert journaled() == [("operations.queue-hold", "queue:AAAAAA1")]


def test_all_that_a_filter_shows_is_tried_again(client: Client, engine: Engine) -> None:
    client.post("/administration/file/agir", {"act": "essayer", "all": "1", "vers": "un.test"})
    assert engine.asked == [(QueueAct.RETRY, ["AAAAAA1", "BBBBBB2"])]


def test_to_send_back_asks_for_a_reason_and_a_fresh_proof(client: Client, engine: Engine) -> None:
    sent = {"message": ["AAAAAA1"]}
    assert client.post("/administration/file/renvoyer", sent).status_code == 422
    assert (
        client.post("/administration/file/renvoyer", {**sent, "reason": "Domaine fermé"}).status_code == 302
    )
    assert engine.asked == [(QueueAct.SEND_BACK, ["AAAAAA1"])]
    assert Entry.objects.get(action="operations.queue-send-back").details["reason"] == "Domaine fermé"
    BrowserSession.objects.update(started_at=timezone.now() - timedelta(minutes=20))
    revocations.get().bump()
    asked = client.post("/administration/file/renvoyer", {**sent, "reason": "Domaine fermé"})
    assert asked["Location"].startswith("/alogin?confirmer=1")


def test_the_journal_says_when_the_engine_was_away(client: Client, engine: Engine) -> None:
    engine.is_away = True
    answer = client.post("/administration/file/agir", {"act": "relacher", "message": ["CCCCCC3"]})
    assert answer.status_code == 503
    assert [action for action, _ in journaled()] == ["operations.queue-release", "operations.queue-unreached"]


def test_what_the_control_of_submissions_holds_is_decided_elsewhere(client: Client, engine: Engine) -> None:
    Submission.objects.create(
        queue_id="CCCCCC3",
        recipients=[],
        account=account("marie"),
        counted=500,
        at=timezone.now(),
        hold="held",
    )
    answer = client.post("/administration/file/agir", {"act": "relacher", "message": ["CCCCCC3"]})
    assert answer.status_code == 422
    assert "Envois retenus" in text_of(answer.content)
    assert engine.asked == []


def test_too_many_at_once_are_refused(engine: Engine) -> None:
    many = [waiting(f"D{number:06}") for number in range(MAX_MESSAGES + 1)]
    with pytest.raises(Refusal, match=r"operations\.too-many"):
        services.act_on_messages(QueueAct.HOLD, many, engine, by="cli", now=timezone.now())


def test_the_command_lists_and_decides(engine: Engine) -> None:
    run = CliRunner().invoke
    listed = run(cli.app, ["list"]).output
    assert "BBBBBB2" in listed.splitlines()[0]
    assert "Leur serveur refuse la connexion" in listed
    assert "un.test  2 courriels" in run(cli.app, ["list", "--by-destination"]).output
    assert "CCCCCC3" not in run(cli.app, ["list", "--to", "un.test"]).output
    assert run(cli.app, ["release", "CCCCCC3"]).output == "Fait : 1 courriel.\n"
    assert run(cli.app, ["return", "AAAAAA1", "--reason", "Adresse fausse"]).exit_code == 0
    assert run(cli.app, ["hold", "ZZZZZZ9"]).exit_code != 0
    assert [act for act, _ in engine.asked] == [QueueAct.RELEASE, QueueAct.SEND_BACK]


@pytest.mark.parametrize("act", ["retry", "hold"])
def test_one_that_left_meanwhile_keeps_no_other_from_being_decided(engine: Engine, act: str) -> None:
    result = CliRunner().invoke(cli.app, [act, "BBBBBB2", "ZZZZZZ9", "AAAAAA1"])
    assert [sorted(queue_ids) for _, queue_ids in engine.asked] == [["AAAAAA1", "BBBBBB2"]]
    assert "Fait : 2 courriels." in result.output
    assert "ZZZZZZ9" in str(result.exception)


def test_more_than_one_act_may_take_are_decided_one_lot_after_the_other(engine: Engine) -> None:
    engine.messages = [waiting(f"Q{number:05}") for number in range(MAX_MESSAGES + 2)]
    ids = [message.queue_id for message in engine.messages]
    result = CliRunner().invoke(cli.app, ["return", "--reason", "compte volé", *ids])
    assert result.output == "Fait : 502 courriels.\n"
    assert [len(queue_ids) for _, queue_ids in engine.asked] == [MAX_MESSAGES, 2]


def test_an_empty_queue_says_for_how_long_a_message_is_tried(engine: Engine, settings: Any) -> None:
    engine.messages.clear()
    outgoing = replace(settings.CONFIG.mail.outgoing, queue_days=4)
    settings.CONFIG = replace(settings.CONFIG, mail=replace(settings.CONFIG.mail, outgoing=outgoing))
    page = text_of(administrator().get("/administration/file").content)
    assert "attend ici, 4 jours au plus" in page.replace("\N{NO-BREAK SPACE}", " ")
