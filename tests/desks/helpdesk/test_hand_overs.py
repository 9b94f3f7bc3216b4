"""The two-person path: neither an operator nor a head of school opens an account alone."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.letters import letters_due
from tests.access.signin.people import account, add_application
from tests.answers import PageAnswer
from tests.post.quarantine.test_services import events_of

from vaguemestre.access.assistant.models import IssuedCode
from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.desks.helpdesk.models import HandOverRow
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account, OneTimeDevice
from vaguemestre.people.credentials.services import withdraw_proofs
from vaguemestre.people.directory.models import Assignment, Person
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.people.lifecycle.values import EventKind

NUMEN = "20E9501234ABC"
NEW = "sept nuages sur un toit"
REASON = "Téléphone perdu, rappelé au collège"

pytestmark = pytest.mark.django_db


def head_of(username: str, uai: str = "0800001A") -> Account:
    made = account(username, first_name="Philippe", last_name="Vasseur")
    Assignment.objects.filter(person=made.person).update(function="DIR")
    return made


def withdrawn(who: Account) -> None:
    """As the day's round leaves whoever was declared to retire, their post still open."""
    LifecycleEvent.objects.create(
        account=who, event=EventKind.RETIREMENT, effect_on=date(2026, 11, 1),
        by="test", declared_at=timezone.now(), withdrawn_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def lucie(client: Client) -> Account:
    made = account("lpoulain", role="helpdesk", first_name="Lucie", last_name="Poulain")
    Assignment.objects.filter(person=made.person).delete()
    signed_in(made, client)
    return made


@pytest.fixture
def nicolas() -> Account:
    return account(numen=NUMEN)


def asked(client: Client, on: Account, second: Account, **more: str) -> PageAnswer:
    where = f"/assistance/compte/{on.pk}/remise"
    return client.post(where, {"confirmer": second.pk, "reason": REASON, **more})


def browser_of(who: Account) -> Client:
    return signed_in(who)


def code_on(page: str) -> str:
    return page.partition('<dd class="secret">')[2].partition("</dd>")[0]


def test_nobody_gone_or_whose_account_was_made_safe_hands_a_code_over(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    head, other = head_of("pvasseur"), head_of("psafe")
    with transaction.atomic():
        withdraw_proofs(other.pk, by="test", now=timezone.now())
    Account.objects.filter(pk=head.pk).update(password_barred_at=timezone.now())
    withdrawn(head_of("pgone"))
    officer = account("hr", role="hr_officer", first_name="Nathalie", last_name="Carpentier")
    page = client.get(f"/assistance/compte/{nicolas.pk}/remise").text
    assert "Vasseur" not in page
    assert "Carpentier" in page  # nobody of the school is left
    assert "fait=hand-over-asked" not in asked(client, nicolas, other).headers.get("Location", "")
    assert asked(client, nicolas, officer)["Location"].endswith("?fait=hand-over-asked")


def test_a_head_gone_since_confirms_nothing(client: Client, lucie: Account, nicolas: Account) -> None:
    head = head_of("pvasseur")
    asked(client, nicolas, head)
    where, second = f"/assistance/remises/{HandOverRow.objects.get().pk}", browser_of(head)
    assert second.get(where).status_code == 200
    withdrawn(head)
    assert second.get(where).status_code == 404
    assert second.post(where, {"verification": "Elle est devant moi"}).status_code == 404


@pytest.mark.heavy
def test_the_whole_way(client: Client, lucie: Account, nicolas: Account) -> None:
    head = head_of("pvasseur")
    Person.objects.filter(pk=nicolas.person_id).update(recovery_address="vieux@maison.example")
    assert "Vasseur" in client.get(f"/assistance/compte/{nicolas.pk}/remise").content.decode()
    assert asked(client, nicolas, head)["Location"].endswith("?fait=hand-over-asked")
    assert not IssuedCode.objects.exists()  # asking creates nothing
    second = browser_of(head)
    [row] = HandOverRow.objects.all()
    assert "Nicolas Morel" in second.get("/assistance/remises").content.decode()
    where = f"/assistance/remises/{row.pk}"
    assert "devant vous" in second.get(where).content.decode()
    assert second.get(where).text.count('name="about" value="Nicolas Morel, à la demande de Lucie') == 2
    assert second.post(where, {"verification": ""}).status_code == 200
    assert not IssuedCode.objects.exists()
    sheet = second.post(where, {"verification": "Elle est devant moi"}).content.decode()
    assert "<dd>nmorel</dd>" in sheet  # the code is useless without it
    code = code_on(sheet)
    assert len(code) == 15
    assert ("handed", "vieux@maison.example") in [(kind, to) for _, kind, to, _ in letters_due()]
    assert code not in client.get(f"/assistance/compte/{nicolas.pk}").content.decode()
    assert second.get(where).status_code == 404  # shown once
    person = Client()
    given = {"name": NUMEN.lower(), "birth_date": "03/09/1985", "code": code}
    assert person.post("/assistant/code", given)["Location"] == "/assistant/secours/mot-de-passe"
    person.post("/assistant/secours/mot-de-passe", {"new_password": NEW, "confirmation": NEW})
    assert Client().post("/alogin", {"username": "nmorel", "secret": NEW})["Location"] == "/"
    actions = list(Entry.objects.values_list("action", flat=True))
    for action in ("helpdesk.hand-over-asked", "helpdesk.hand-over-confirmed", "assistant.recovered"):
        assert action in actions


def test_the_only_person_who_can_confirm_is_chosen(client: Client, lucie: Account, nicolas: Account) -> None:
    head_of("pvasseur")
    where = f"/assistance/compte/{nicolas.pk}/remise"
    assert client.get(where).content.decode().count("checked") == 1
    head_of("autre")
    assert client.get(where).content.decode().count("checked") == 0


@pytest.mark.heavy
def test_lost_second_factors_go_when_the_code_serves_and_not_before(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    head = head_of("pvasseur")
    add_application(nicolas)
    asked(client, nicolas, head, drops_factors="on")
    where = f"/assistance/remises/{HandOverRow.objects.get().pk}"
    code = code_on(browser_of(head).post(where, {"verification": "Carte présentée"}).content.decode())
    assert OneTimeDevice.objects.exists()
    person = Client()
    person.post("/assistant/code", {"name": "nmorel", "birth_date": "03/09/1985", "code": code})
    person.post("/assistant/secours/mot-de-passe", {"new_password": NEW, "confirmation": NEW})
    assert not OneTimeDevice.objects.exists()
    assert Client().post("/alogin", {"username": "nmorel", "secret": NEW})["Location"] == "/"


def test_nobody_confirms_alone_or_for_themselves(client: Client, lucie: Account, nicolas: Account) -> None:
    head, elsewhere = head_of("pvasseur"), head_of("autre")
    Assignment.objects.filter(person=elsewhere.person).update(ends_on=date(2026, 9, 30))
    for second in (lucie, nicolas, elsewhere):
        assert asked(client, nicolas, second).status_code == 200
    assert not HandOverRow.objects.exists()
    asked(client, nicolas, head)
    where = f"/assistance/remises/{HandOverRow.objects.get().pk}"
    for stranger in (client, browser_of(nicolas)):
        assert stranger.get(where).status_code == 404
        assert stranger.post(where, {"verification": "C’est bien elle"}).status_code == 404
        assert stranger.post(f"{where}/refuser").status_code != 302
    assert not IssuedCode.objects.exists()


def test_who_left_the_school_meanwhile_confirms_no_more(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    head = head_of("pvasseur")
    head_of("autre")
    asked(client, nicolas, head)
    Assignment.objects.filter(person=head.person).update(ends_on=timezone.localdate() - timedelta(days=1))
    where = f"/assistance/remises/{HandOverRow.objects.get().pk}"
    answer = browser_of(head).post(where, {"verification": "C’est bien lui, vu ce matin"})
    assert "secret" not in answer.content.decode()
    assert "Vos fonctions ont changé" in answer.content.decode()
    assert not IssuedCode.objects.exists()


@pytest.mark.parametrize("change", [{"role": "agent"}, {"state": "suspended"}])
def test_what_an_operator_asked_who_is_none_any_more_is_confirmed_by_nobody(
    client: Client, lucie: Account, nicolas: Account, change: dict[str, str]
) -> None:
    head = head_of("pvasseur")
    asked(client, nicolas, head)
    Account.objects.filter(pk=lucie.pk).update(**change)
    where = f"/assistance/remises/{HandOverRow.objects.get().pk}"
    answer = browser_of(head).post(where, {"verification": "C’est bien lui, vu ce matin"})
    assert "n’est plus à l’assistance" in answer.content.decode()
    assert not IssuedCode.objects.exists()
    assert HandOverRow.objects.get().state == "asked"


def test_a_head_of_school_is_confirmed_by_a_management_officer(client: Client, lucie: Account) -> None:
    head, officer = head_of("pvasseur"), account("nfournier", role="hr_officer")
    asked(client, head, officer)
    assert HandOverRow.objects.get().second_id == officer.pk


def test_refused_or_forgotten_it_creates_nothing(client: Client, lucie: Account, nicolas: Account) -> None:
    head = head_of("pvasseur")
    asked(client, nicolas, head)
    second = browser_of(head)
    row = HandOverRow.objects.get()
    assert second.post(f"/assistance/remises/{row.pk}/refuser").status_code == 302
    told = [event for event in events_of(AccountTouched) if event.act == "hand-over-refused"]
    names = [person.shown_name for person in (nicolas.person, head.person) if person]
    assert [event.detail for event in told] == ["Pour : {}\nRefus de : {}".format(*names)]
    assert second.get(f"/assistance/remises/{row.pk}").status_code == 404
    asked(client, nicolas, head)
    HandOverRow.objects.filter(state="asked").update(until=timezone.now() - timedelta(minutes=1))
    late = HandOverRow.objects.get(state="asked")
    assert second.post(f"/assistance/remises/{late.pk}", {"verification": "La voici"}).status_code == 404
    assert not IssuedCode.objects.exists()


def test_a_second_request_names_the_first_and_its_confirmer_reads_that_it_waits_no_more(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    head, officer = head_of("pvasseur"), account("ncarpentier", first_name="Nora", role="hr_officer")
    where = f"/assistance/compte/{nicolas.pk}/remise"
    assert "l’a déjà demandée" not in client.get(where).text
    asked(client, nicolas, head)
    page = client.get(where).text
    assert "Lucie Poulain l’a déjà demandée" in page
    assert "Philippe Vasseur peut la confirmer" in page
    first = HandOverRow.objects.get()
    asked(client, nicolas, head)
    second = browser_of(head)
    for answer in (
        second.post(f"/assistance/remises/{first.pk}", {"verification": "Il est devant moi"}),
        second.get(f"/assistance/remises/{first.pk}"),
    ):
        assert answer.status_code == 404
        assert "Cette demande n’attend plus votre confirmation" in answer.text
        assert "refusée ou remplacée" in answer.text
    last = HandOverRow.objects.get(state=HandOverRow.State.ASKED)
    code = second.post(f"/assistance/remises/{last.pk}", {"verification": "Il est devant moi"})
    assert code_on(code.text)
    assert "Vous l’avez déjà confirmée" in second.get(f"/assistance/remises/{last.pk}").text
    assert "n’attend plus" not in browser_of(officer).get(f"/assistance/remises/{first.pk}").text


def test_a_form_that_showed_no_request_does_not_replace_a_colleagues_unsaid(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    head, where = head_of("pvasseur"), f"/assistance/compte/{nicolas.pk}/remise"
    account("adurand", role="helpdesk", first_name="Ana", last_name="Durand")
    colleague = browser_of(Account.objects.get(username="adurand"))
    assert 'name="seen" value="0"' in colleague.get(where).text
    asked(client, nicolas, head, seen="0")
    assert asked(client, nicolas, head, seen="0").status_code == 302  # a double click
    refused = asked(colleague, nicolas, head, seen="0")
    assert refused.status_code == 200
    assert "Lucie Poulain vient de demander une remise" in refused.text
    assert f"{REASON}" in refused.text
    waiting = HandOverRow.objects.get(state=HandOverRow.State.ASKED)
    assert waiting.operator_id == lucie.pk
    assert f'name="seen" value="{waiting.pk}"' in refused.text
    assert asked(colleague, nicolas, head, seen=str(waiting.pk)).status_code == 302


def test_administrators_are_out_of_reach(client: Client, lucie: Account) -> None:
    admin, head = account("admin", role="administrator"), head_of("pvasseur")
    assert asked(client, admin, head).status_code == 200
    assert not HandOverRow.objects.exists()


def test_a_code_is_its_own_accounts_and_for_its_birth_date(
    client: Client, lucie: Account, nicolas: Account
) -> None:
    head, other = head_of("pvasseur"), account("autre")
    asked(client, nicolas, head)
    where = f"/assistance/remises/{HandOverRow.objects.get().pk}"
    code = code_on(browser_of(head).post(where, {"verification": "Carte présentée"}).content.decode())
    for name, born in (("autre", "03/09/1985"), ("nmorel", "04/09/1985"), ("personne", "03/09/1985")):
        page = Client().post("/assistant/code", {"name": name, "birth_date": born, "code": code})
        assert "Nous ne pouvons pas continuer" in page.content.decode()
    other.refresh_from_db()
    IssuedCode.objects.update(until=timezone.now() - timedelta(seconds=1))
    late = Client().post("/assistant/code", {"name": "nmorel", "birth_date": "03/09/1985", "code": code})
    assert late.status_code == 200
