"""An installation that begins empty, and what does each step of its first day."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from tests.access.signin.people import NOON, account, add_application
from tests.site.doorways import People

from vaguemestre.desks.enrolment.models import Officer
from vaguemestre.desks.firstday.models import FirstDay
from vaguemestre.desks.operations.models import Reading
from vaguemestre.mailbox.autoconfig.http import wanted_records
from vaguemestre.mailbox.autoconfig.ports import look_up
from vaguemestre.mailbox.autoconfig.values import Question
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import ManagementService
from vaguemestre.people.intake.models import Feed

type Answers = dict[Question, tuple[str, ...] | None]
type Patch = pytest.MonkeyPatch


def empty(people: People) -> None:
    """As `prepare` leaves it: nobody but its administrator."""
    Account.objects.exclude(role__in=("administrator", "auditor")).update(role="agent")
    Officer.objects.all().delete()
    FirstDay.objects.create(begun_at=NOON)


def add_factors(people: People, patch: Patch) -> None:
    for administrator in Account.objects.filter(role="administrator"):
        add_application(administrator)


def give_certificate(people: People, patch: Patch) -> None:
    tls = replace(settings.CONFIG.tls, acme="standalone")
    patch.setattr(settings, "CONFIG", replace(settings.CONFIG, tls=tls))
    ends = (timezone.now() + timedelta(days=60)).timestamp()
    Reading.objects.create(series="certificate.public", value=ends, at=timezone.now())


def publish(people: People, patch: Patch) -> None:
    with zone_that_says(published()):
        assert (
            "Fait" in people.browser("administrator").get("/administration/premier-jour/dns").content.decode()
        )


def back_up(people: People, patch: Patch) -> None:
    backup = replace(settings.CONFIG.backup, repository="/var/backups/vaguemestre")
    patch.setattr(settings, "CONFIG", replace(settings.CONFIG, backup=backup))
    Reading.objects.create(series="backup.made", value=timezone.now().timestamp(), at=timezone.now())


def apply_feed(people: People, patch: Patch) -> None:
    Feed.objects.create(
        academy_id=people.academy_id,
        file_name="rh.csv",
        by="cli",
        started_at=NOON,
        finished_at=NOON,
        arrivals=9,
    )


def appoint_officers(people: People, patch: Patch) -> None:
    for service in ManagementService.objects.all():
        Officer.objects.create(service=service, account=people.accounts["officer_dpe"])


def appoint_helpdesk(people: People, patch: Patch) -> None:
    account("futureaide", role="helpdesk")


# Title of the step → what does it.
DEEDS: dict[str, Callable[[People, Patch], None]] = {
    "Second facteur de l’administration": add_factors,
    "Certificat": give_certificate,
    "Zone DNS": publish,
    "Sauvegarde": back_up,
    "Premier import RH": apply_feed,
    "Gestionnaires des services": appoint_officers,
    "Assistance": appoint_helpdesk,
}


def published() -> Answers:
    """What a zone says that holds every record."""
    said: defaultdict[Question, list[str]] = defaultdict(list)
    for record in wanted_records():
        said[record.question].append(record.value)
    return {question: tuple(values) for question, values in said.items()}


@contextmanager
def zone_that_says(answers: Answers) -> Iterator[None]:
    def answer(questions: Collection[Question]) -> Answers:
        return {question: answers.get(question, ()) for question in questions}

    held = look_up.get()
    look_up.replace(answer)
    yield
    look_up.replace(held)
