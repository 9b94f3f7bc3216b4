"""The author of a NUMEN request and the service in charge are written to, once, and nothing secret leaves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from random import Random
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import NOON
from tests.desks.enrolment.officers import academy, filed, officer, school

from vaguemestre.access.signin.ports import deliver_notice, letter_sender, send_outside
from vaguemestre.desks.enrolment import handlers, queries, services
from vaguemestre.desks.enrolment.events import RequestMoved
from vaguemestre.desks.enrolment.models import NumenRequest, Step
from vaguemestre.desks.enrolment.queries.requests import (
    MAX_MAILS_A_DAY,
    MAX_NOTICES_AN_HOUR,
    MAX_RECEIPTS_A_DAY,
)
from vaguemestre.desks.enrolment.rules.request_mail import ServiceContact, applicant_mail
from vaguemestre.desks.enrolment.values import RequestState
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.slots import Slot
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.queries import current_numen
from vaguemestre.people.directory.values import NumenLayout
from vaguemestre.people.paragraphs.models import AcademyParagraph
from vaguemestre.people.paragraphs.values import LetterKind
from vaguemestre.site.wiring.subscriptions import SUBSCRIPTIONS

pytestmark = pytest.mark.django_db


@dataclass
class Post:
    """What left, by the two ways out."""

    outside: list[tuple[str, EmailMessage]] = field(default_factory=list)
    inside: dict[tuple[str, str], EmailMessage] = field(default_factory=dict)
    is_down: bool = False

    def send(self, mailbox: str, sender: str, recipients: list[str], content: bytes) -> None:
        if self.is_down:
            raise EngineDown("smtp: away")
        self.outside.append((recipients[0], self._read(content)))

    def deliver(self, mailbox: str, content: bytes, message_id: str, at: datetime) -> None:
        message = self._read(content)
        assert message["Message-ID"] == message_id
        self.inside.setdefault((mailbox, message_id), message)

    def _read(self, content: bytes) -> EmailMessage:
        return message_from_bytes(content, policy=policy.default)

    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for _, message in self.outside]

    def texts(self) -> str:
        messages = [message for _, message in self.outside] + list(self.inside.values())
        return "".join(f"{message['Subject']}{message.get_content()}" for message in messages)


@pytest.fixture
def post() -> Iterator[Post]:
    slots: tuple[Slot[Any], ...] = (send_outside, deliver_notice, letter_sender)
    held = [slot.get() for slot in slots]
    kept = Post()
    send_outside.replace(kept.send)
    deliver_notice.replace(kept.deliver)
    letter_sender.replace(lambda domain, *, now: f"ne-pas-repondre@{domain}")
    yield kept
    for slot, before in zip(slots, held, strict=True):
        slot.replace(before)


@pytest.fixture
def place() -> int:
    return academy()


@pytest.fixture
def clerk(place: int) -> Account:
    return officer(place, "DPE")


def carry(request: NumenRequest) -> None:
    """What the worker does of each step, twice: a job may run again."""
    for _ in range(2):
        for step in request.steps.order_by("pk"):
            for handler in SUBSCRIPTIONS[RequestMoved]:
                handler(RequestMoved(request.pk, step.pk))


def test_a_request_is_receipted_to_its_author_and_told_to_the_officers(
    place: int, clerk: Account, post: Post
) -> None:
    request, receipt = filed(place)
    carry(request)
    ((to, message),) = post.outside
    assert to == "ngoc@perso.example"
    assert "bien reçue" in message["Subject"]
    assert request.reference in message.get_content()
    assert "/numen/suivi" in message.get_content()
    (((mailbox, _), notice),) = post.inside.items()
    assert mailbox == clerk.mailbox
    assert request.reference in notice["Subject"]
    assert f"/gestion/demandes/{request.pk}" in notice.get_content()
    assert receipt.secret not in post.texts()
    assert "Nguy" not in post.texts()


def test_a_service_without_an_officer_is_written_to_at_its_address(place: int, post: Post) -> None:
    request, _ = filed(place)
    carry(request)
    assert sorted(to for to, _ in post.outside) == ["ce.dpe@ac-amiens.test", "ngoc@perso.example"]


def test_a_piece_awaited_an_answer_and_the_numen_ready_are_told(
    place: int, clerk: Account, post: Post
) -> None:
    request, _ = filed(place)
    scope, keys = queries.scope_of(clerk.pk), numen_keys.get()
    services.start_review(scope, request.pk, by="test", now=NOON)
    services.request_information(scope, request.pk, "Le contrat, et non 20E1234567ABC.", by="test", now=NOON)
    services.complete_request(request.pk, "Le voici.", [], secret_keys.get(), now=NOON)
    uai = school().uai
    person_id = services.create_person(
        scope, request.pk, uai, NumenLayout.SEED, keys, Random(1), 2048, by="test", now=NOON
    )
    services.mark_delivered(scope, request.pk, "La lettre est partie.", by="test", now=NOON)
    carry(request)
    assert [subject.split(" : ")[1] for subject in post.subjects()] == [
        "bien reçue",
        "une pièce est attendue",
        "votre NUMEN est prêt",
        "la lettre est partie",
    ]
    assert [str(one["Subject"]).split(" : ")[-1] for one in post.inside.values()] == [
        f"Nouvelle demande de NUMEN {request.reference}",
        "réponse reçue",
    ]
    numen = current_numen(person_id, keys)
    assert numen
    assert numen.text not in post.texts()
    assert "20E1234567ABC" not in post.texts()


def test_the_mail_to_the_applicant_alone_holds_what_the_academie_adds(
    place: int, clerk: Account, post: Post
) -> None:
    AcademyParagraph.objects.create(
        academy_id=place, kind=LetterKind.NUMEN_REQUEST, text="Bureau 12, le matin.", changed_at=NOON
    )
    request, _ = filed(place)
    carry(request)
    ((_, message),) = post.outside
    (notice,) = post.inside.values()
    text = "\n".join(message.get_content().splitlines())
    assert "Bureau 12, le matin.\n\nPersonne ne vous demandera" in text
    assert "Bureau 12" not in notice.get_content()


def test_a_refusal_is_told_without_its_motive(place: int, clerk: Account, post: Post) -> None:
    request, _ = filed(place)
    services.reject(queries.scope_of(clerk.pk), request.pk, "Contrat d’un tiers.", by="test", now=NOON)
    carry(request)
    assert post.subjects()[1].endswith("refusée")
    assert "tiers" not in post.texts()


def test_what_could_not_leave_leaves_later(place: int, clerk: Account, post: Post) -> None:
    request, _ = filed(place)
    step = request.steps.get()
    post.is_down = True
    with pytest.raises(EngineDown):
        handlers.mail_applicant(RequestMoved(request.pk, step.pk))
    post.is_down = False
    carry(request)
    assert len(post.outside) == 1


@pytest.mark.heavy
def test_the_form_does_not_fill_somebody_elses_mailbox(place: int, clerk: Account, post: Post) -> None:
    for number in range(5):
        request, _ = filed(place, contact=f"vic.time+{number}@Perso.example")
        carry(request)
    assert len(post.outside) == MAX_RECEIPTS_A_DAY
    scope = queries.scope_of(clerk.pk)
    for request in NumenRequest.objects.order_by("pk"):
        services.request_information(scope, request.pk, "?", by="test", now=NOON)
        services.reject(scope, request.pk, "Non.", by="test", now=NOON)
        carry(request)
    assert len(post.outside) == MAX_MAILS_A_DAY
    other, _ = filed(place, contact="autre@perso.example")
    carry(other)
    assert len(post.outside) == MAX_MAILS_A_DAY + 1
    Step.objects.update(applicant_mailed_at=NOON - timedelta(days=400))
    again, _ = filed(place, contact="victime@perso.example")
    carry(again)
    assert len(post.outside) == MAX_MAILS_A_DAY + 2


@pytest.mark.heavy
def test_a_flood_of_requests_does_not_flood_the_service(place: int, clerk: Account, post: Post) -> None:
    for number in range(MAX_NOTICES_AN_HOUR + 3):
        request, _ = filed(place, contact=f"personne{number}@perso.example")
        carry(request)
    assert len(post.inside) == MAX_NOTICES_AN_HOUR


def test_every_step_wakes_both_mails(place: int, clerk: Account) -> None:
    request, _ = filed(place)
    services.start_review(queries.scope_of(clerk.pk), request.pk, by="test", now=NOON)
    jobs = [job.args_kwargs["args"] for job in DBTaskResult.objects.all()]
    woken = [(job[0], job[2]) for job in jobs if job[1].endswith(":RequestMoved")]
    steps = {(fields["step_id"], handler.rpartition(":")[2]) for handler, fields in woken}
    wanted = {
        (step.pk, name) for step in request.steps.all() for name in ("mail_applicant", "notify_service")
    }
    assert steps == wanted


def test_a_state_that_comes_back_is_a_mail_of_its_own_and_a_retry_is_not() -> None:
    def message_id(at: datetime) -> object:
        contact = ServiceContact("DPE", "", "")
        content = applicant_mail(
            RequestState.SUBMITTED, "AB-12", contact, to="a@dehors.example", sender="num@ac-amiens.test",
            site="https://mail.test", at=at,
        )  # fmt: skip
        assert content
        return message_from_bytes(content, policy=policy.default)["Message-ID"]

    assert message_id(NOON) == message_id(NOON)
    assert message_id(NOON) != message_id(NOON + timedelta(hours=1))
