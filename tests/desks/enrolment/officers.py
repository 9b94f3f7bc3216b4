"""Officers, applicants and people of services, for tests."""

from datetime import date
from random import Random
from typing import Any

from django.db import transaction
from tests.access.signin.people import NOON, account

from vaguemestre.desks.enrolment import services
from vaguemestre.desks.enrolment.models import NumenRequest
from vaguemestre.desks.enrolment.values import Applicant, ProofFile, Receipt, Work, Workplace
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.directory.models import Academy, ManagementService, Person, Structure
from vaguemestre.people.directory.services import found_academy

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"
COLLEGE = "0800001A"  # the one of tests.access.signin.people


def academy() -> int:
    made = account("fondatrice").person
    assert made is not None
    with transaction.atomic():
        found_academy("20", "Académie d’Amiens", "ac-amiens.test", ("002", "060", "080"))
    return made.academy_id


def officer(academy_id: int, code: str, username: str = "") -> Account:
    """Somebody who answers for that service."""
    made = account(username or f"officier{code.lower().replace('_', '')}", role="hr_officer")
    service = ManagementService.objects.get(academy_id=academy_id, code=code)
    with transaction.atomic():
        services.appoint_officer(made.pk, service.pk, by="test", now=NOON)
    return made


def managed_by(academy_id: int, code: str, username: str, **changes: Any) -> Account:
    """An account whose person that service manages."""
    made = account(username, **changes)
    service = ManagementService.objects.get(academy_id=academy_id, code=code)
    Person.objects.filter(pk=made.person_id).update(service=service)
    return made


def applicant(**changes: Any) -> Applicant:
    told: dict[str, Any] = {
        "civility": "Mme",
        "birth_name": "Nguyễn",
        "usage_name": "",
        "first_name": "Ngọc Ánh",
        "birth_date": date(1996, 5, 17),
        "birth_place": "Laon",
        "workplace": Workplace.COLLEGE,
        "work": Work.TEACHER,
        "department": "080",
        "uai": "",
        "school": "Collège Jean-Macé, Abbeville",
        "post": "Professeure de SVT",
        "starts_on": date(2026, 9, 1),
        "ends_on": date(2027, 8, 31),
        "contact": "ngoc@perso.example",
        "postal": "3 rue des Lilas\n80100 Abbeville",
    }
    return Applicant(**{**told, **changes})


def filed(academy_id: int, **changes: Any) -> tuple[NumenRequest, Receipt]:
    receipt = services.submit_request(
        academy_id,
        applicant(**changes),
        [ProofFile("contrat.pdf", "application/pdf", PDF)],
        secret_keys.get(),
        Random(NumenRequest.objects.count()),
        network=f"192.0.2.{NumenRequest.objects.count()}",
        now=NOON,
    )
    return NumenRequest.objects.get(reference=receipt.reference), receipt


def school(uai: str = "0809001Z") -> Structure:
    told = {
        "academy": Academy.objects.get(),
        "name": "Collège des Essais",
        "town": "Amiens",
        "folded": "college-des-essais-amiens",
    }
    made, _ = Structure.objects.get_or_create(uai=uai, defaults=told)
    return made
