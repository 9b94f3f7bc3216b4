"""« Aujourd’hui »: figures drawn and as a table, alarms with what to do, the queue."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import account
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.desks.operations import ports
from vaguemestre.desks.operations.models import Alarm, MetricSample
from vaguemestre.desks.operations.rules.advice import ADVICE
from vaguemestre.desks.operations.rules.slots import slot_of
from vaguemestre.desks.operations.values import QueuedMessage, QueuedRecipient, Resolution, ServiceLamp
from vaguemestre.foundation.cluster.services import give_sign
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy
from vaguemestre.site.config.topology import NodeSection, Topology

pytestmark = pytest.mark.django_db(transaction=True)


def administrator(*, spans: bool = True) -> Client:
    made = account("rssi", role="administrator")
    Account.objects.filter(pk=made.pk).update(spans_academies=spans)
    return browser_of(Account.objects.get(pk=made.pk))


@pytest.fixture(autouse=True)
def service() -> Iterator[None]:
    """A queue with one message, and a worker that is down."""
    slots = (ports.list_queue, ports.service_lamps, ports.signs_of_life)
    before = [slot.get() for slot in slots]
    oldest = QueuedMessage(
        "AAAAAA1", "deferred", timezone.now() - timedelta(hours=3), 900, "a@ac.test",
        (QueuedRecipient("x@mairie.test", "connect to mx[192.0.2.1]:25: Connection refused"),),
    )  # fmt: skip
    ports.list_queue.replace(lambda: (oldest,))
    ports.service_lamps.replace(
        lambda: (ServiceLamp("worker", False, False, "no sign"), ServiceLamp("postfix", True, False, ""))
    )
    ports.signs_of_life.replace(dict)
    yield
    ports.signs_of_life.replace(before[2])  # type: ignore[arg-type]
    ports.list_queue.replace(before[0])  # type: ignore[arg-type]
    ports.service_lamps.replace(before[1])  # type: ignore[arg-type]


def text_of(content: bytes) -> str:
    return re.sub(r"[ \n]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", content.decode())))


def test_a_service_that_is_down_is_an_alarm_at_once_with_what_to_do() -> None:
    answer = administrator().get("/administration/")
    page = text_of(answer.content)
    assert "Travaux : pas de réponse" in page
    assert 'href="/administration/que-faire/part-down"' in answer.content.decode()
    assert "mairie.test" in page
    assert "Leur serveur refuse la connexion" in page


@pytest.mark.parametrize("period", ["jour", "semaine", "mois", "annee"])
def test_what_is_drawn_is_also_a_table(period: str) -> None:
    for resolution in Resolution:
        MetricSample.objects.create(
            series="arrived",
            resolution=resolution,
            at=slot_of(timezone.now(), resolution),
            total=41208,
            number=1,
        )
    client = administrator()
    drawn = client.get(f"/administration/?periode={period}").content.decode()
    assert 'role="img" aria-label="Reçus, par ' in drawn
    assert "<rect" in drawn
    table = text_of(client.get(f"/administration/?periode={period}&vue=tableau").content)
    assert "41\N{NARROW NO-BREAK SPACE}208" in table


def test_an_alarm_says_since_when_and_how_long_it_lasted() -> None:
    now = timezone.now()
    Alarm.objects.create(
        name="disk-full", words="Disque de la boîte", opened_at=now - timedelta(minutes=12), closed_at=now
    )
    assert "Disque de la boîte" in (page := text_of(administrator().get("/administration/").content))
    assert "après 12 min" in page


def test_a_process_that_gives_no_sign_of_life_is_named_as_the_page_is_made() -> None:
    """Not at the next round, which may be a minute away."""
    now = timezone.now().timestamp()
    ports.signs_of_life.replace(lambda: {"reading": now - 50, "door": now - 30, "names": now - 500})
    page = text_of(administrator().get("/administration/").content)
    assert "reading ne donne plus signe de vie" in page
    assert "door ne donne plus signe de vie" not in page
    assert "names ne donne plus signe de vie" not in page


def test_a_machine_among_several_is_named_with_what_is_down_there_or_once_it_is_silent(
    settings: Any, tmp_path: Path
) -> None:
    """Its own parts are those of the lamps; a machine that was taken out is not missed."""
    (tmp_path / "node").write_text("web1\n")
    nodes = tuple(NodeSection(name=name, address="10.0.0.1") for name in ("web1", "pod1", "pod2"))
    settings.CONFIG = replace(settings.CONFIG, home=tmp_path, topology=Topology(nodes, ()))
    now = timezone.now()
    full = {"disk": {"status": "down"}, "push": {"status": "ok"}}
    give_sign("web1", full, now=now)
    give_sign("pod1", full, now=now)
    give_sign("pod2", full, now=now - timedelta(seconds=50))
    give_sign("former", full, now=now - timedelta(hours=2))
    page = text_of(administrator().get("/administration/").content)
    assert "pod1, Place sur le disque : il n’en reste presque plus" in page
    assert "La machine pod2 ne donne plus signe de vie depuis" in page
    assert "pod2, Place" not in page
    assert "web1, Place" not in page
    assert "former" not in page


def test_a_queue_that_does_not_answer_leaves_the_page_whole() -> None:
    def away() -> tuple[QueuedMessage, ...]:
        raise EngineDown("queue")

    ports.list_queue.replace(away)
    assert "La file ne répond pas" in text_of(administrator().get("/administration/").content)


def test_an_office_of_one_academie_sees_nothing_of_the_installation() -> None:
    client = administrator(spans=False)
    Academy.objects.create(code="09", name="Académie de Lille", domain="ac-lille.test")
    page = text_of(client.get("/administration/").content)
    assert "Jamais activés" in page
    assert "Alarmes" not in page


@pytest.mark.parametrize("name", ADVICE)
def test_each_alarm_has_its_page(name: str) -> None:
    answer = administrator().get(f"/administration/que-faire/{name}")
    assert answer.status_code == 200
    assert "Que faire" in text_of(answer.content)


def test_an_unknown_alarm_has_none() -> None:
    assert administrator().get("/administration/que-faire/rien").status_code == 404
