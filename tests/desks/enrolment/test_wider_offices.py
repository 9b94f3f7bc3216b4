"""No act of an officer on the account of an administrator, an auditor or an office wider than their own."""

from itertools import product
from random import Random

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.desks.enrolment.officers import academy, filed, managed_by, officer
from tests.foundation.ui.confirmation import confirmed

from vaguemestre.desks.enrolment import queries
from vaguemestre.desks.enrolment.models import NumenRequest
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, ManagementService, Person
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.services import issue_numen
from vaguemestre.people.directory.values import NumenLayout

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = "administre ou audite la messagerie, ou a une fonction plus étendue que la vôtre"
ROLES = ("agent", "helpdesk", "hr_officer", "administrator", "auditor")
ACTS = {
    "declarer": {"event": "retirement", "effect_on": f"{timezone.now():%d/%m/%Y}"},
    "retour": {},
    "numen": {},
    "lettre": {},
    "corriger": {"civility": "Mme", "birth_name": "Autre", "first_name": "Zoé", "birth_date": "01/02/1980"},
}


def place() -> tuple[int, Client, Account]:
    academy_id = academy()
    acting = officer(academy_id, "DPE")
    client = Client()
    signed_in(acting, client)
    return academy_id, client, acting


def target_of(academy_id: int, role: str, *, spans: bool) -> Account:
    target = managed_by(academy_id, "DPE", f"cible{role.replace('_', '')}{int(spans)}", role=role)
    Account.objects.filter(pk=target.pk).update(spans_academies=spans)
    with transaction.atomic():
        issue_numen(
            target.person_id or 0,
            NumenLayout.SEED,
            numen_keys.get(),
            Random(target.pk),
            by="test",
            now=timezone.now(),
        )
    return target


def is_above(role: str, *, spans: bool, officer_spans: bool, several: bool) -> bool:
    reaches_further = several and spans and not officer_spans and role != "agent"
    return role in ("administrator", "auditor") or reaches_further


@pytest.mark.heavy
@pytest.mark.parametrize("several", [False, True], ids=["one académie", "two académies"])
@pytest.mark.parametrize("officer_spans", [False, True], ids=["officer of one", "officer of all"])
def test_an_officer_acts_on_nobody_of_a_wider_office(several: bool, officer_spans: bool) -> None:
    academy_id, client, acting = place()
    Account.objects.filter(pk=acting.pk).update(spans_academies=officer_spans)
    if several:
        Academy.objects.create(code="09", name="Académie de Lille", domain="ac-lille.test")
    wrong = []
    for role, spans in product(ROLES, (False, True)):
        target = target_of(academy_id, role, spans=spans)
        before = Person.objects.values().get(pk=target.person_id)
        above = is_above(role, spans=spans, officer_spans=officer_spans, several=several)
        refused = refusals(client, academy_id, target)
        wrong += [(role, spans, act) for act, is_refused in refused.items() if is_refused is not above]
        assert not above or Person.objects.values().get(pk=target.person_id) == before
    assert wrong == []


def test_an_officer_acts_on_their_own_record_no_more_than_on_a_wider_office() -> None:
    """Their service may manage them: NUMEN, civil status, a return from leave."""
    academy_id, client, acting = place()
    service = ManagementService.objects.get(academy_id=academy_id, code="DPE")
    Person.objects.filter(pk=acting.person_id).update(service=service)
    with transaction.atomic():
        issue_numen(
            acting.person_id or 0,
            NumenLayout.SEED,
            numen_keys.get(),
            Random(7),
            by="test",
            now=timezone.now(),
        )
    before = Person.objects.values().get(pk=acting.person_id)
    page = f"/gestion/personnes/{acting.person_id}"
    assert "votre propre fiche" in client.get(page).content.decode()
    for act, fields in ACTS.items():
        answer = client.post(f"{page}/{act}", fields)
        assert answer.status_code == 422, act
        assert "ne change sa propre fiche" in answer.content.decode(), act
    assert not is_linked(client, academy_id, acting)
    assert Person.objects.values().get(pk=acting.person_id) == before


def refusals(client: Client, academy_id: int, target: Account) -> dict[str, bool]:
    """Which acts on that person are refused; whether their page says so."""
    page = f"/gestion/personnes/{target.person_id}"
    refused = {"": REFUSED in client.get(page).content.decode()}
    for act, fields in ACTS.items():
        answer = client.post(f"{page}/{act}", fields)
        refused[act] = answer.status_code != 200 and REFUSED in answer.content.decode()
    refused["existe"] = not is_linked(client, academy_id, target)
    return refused


def is_linked(client: Client, academy_id: int, target: Account) -> bool:
    """Whether a request for a NUMEN becomes that person's."""
    request, _ = filed(academy_id)
    client.post(f"/gestion/demandes/{request.pk}/prendre")
    born = queries.parse_applicant(request.applicant).birth_date
    former = Person.objects.values_list("birth_date", flat=True).get(pk=target.person_id)
    Person.objects.filter(pk=target.person_id).update(birth_date=born)
    confirmed(client, f"/gestion/demandes/{request.pk}/existe", {"person_id": str(target.person_id)})
    Person.objects.filter(pk=target.person_id).update(birth_date=former)
    return NumenRequest.objects.get(pk=request.pk).person_id == target.person_id


@pytest.mark.heavy
def test_letters_printed_together_leave_out_those_of_wider_offices() -> None:
    academy_id, client, _ = place()
    target = target_of(academy_id, "agent", spans=False)
    assert is_linked(client, academy_id, target)
    assert client.post("/gestion/lettres")["Content-Type"] == "application/pdf"
    Account.objects.filter(pk=target.pk).update(role="administrator")
    assert client.post("/gestion/lettres").status_code == 404
