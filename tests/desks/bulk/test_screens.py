"""The pages of acts on many: from a search or a file to what is done, by way of the dry run."""

import html
import re
import subprocess
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.access.signin.people import account
from tests.desks.bulk.samples import administrator, agents, work
from tests.mailbox.webmail.conftest import browser_of

from vaguemestre.desks.bulk.models import BulkAct
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment, NameWord, Person

pytestmark = pytest.mark.django_db(transaction=True)
ACTS = "/administration/personnes/actes"


@pytest.fixture
def client() -> Client:
    return browser_of(administrator("chefe"))


def text_of(content: bytes) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content.decode())).split())


def prepare(client: Client, query: str, **fields: Any) -> int:
    answer = client.post(f"{ACTS}/nouveau?{query}", {"note": "Rentrée", **fields})
    assert answer.status_code == 302, text_of(answer.content)
    return BulkAct.objects.latest("pk").pk


def decide(client: Client, act_id: int, act: str = "decider") -> Any:
    return client.post(f"{ACTS}/{act_id}/decider", {"act": act})


def page(client: Client, act_id: int, query: str = "") -> str:
    return text_of(client.get(f"{ACTS}/{act_id}{query}").content)


def test_people_found_are_suspended_after_a_dry_run_and_given_back(client: Client) -> None:
    agents(2)
    agents(1, prefix="ferme", state="closed")
    listed = text_of(client.get("/administration/personnes?q=agent").content)
    assert "Agir sur ces personnes" in listed
    act_id = prepare(client, "acte=suspend&q=agent")
    shown = page(client, act_id)
    assert "Essai à blanc : rien n’est encore fait" in shown
    assert "Suspendre : 2 personnes" in shown
    assert "Compte fermé" in page(client, act_id, "?qui=laisses")
    assert not Account.objects.filter(state="suspended").exists()
    assert decide(client, act_id).status_code == 302
    work(act_id)
    assert Account.objects.filter(state="suspended").count() == 2
    assert "Annuler pour 2 personnes" in page(client, act_id)
    decide(client, act_id, "annuler")
    work(act_id)
    assert not Account.objects.filter(state="suspended").exists()


def test_the_acts_are_listed_with_how_many_people_and_for_how_many_it_was_done(client: Client) -> None:
    agents(2)
    agents(1, prefix="agentferme", state="closed")
    act_id = prepare(client, "acte=suspend&q=agent")
    before = client.get(ACTS).content.decode()
    assert 'data-label="Personnes">3<' in before
    assert 'data-label="Fait pour">–<' in before, "nothing was done yet"
    decide(client, act_id)
    work(act_id)
    after = client.get(ACTS).content.decode()
    assert 'data-label="Personnes">3<' in after
    assert 'data-label="Fait pour">2<' in after


def test_what_was_prepared_is_abandoned_and_then_decided_no_more(client: Client) -> None:
    agents(1)
    act_id = prepare(client, "acte=suspend&q=agent")
    assert "Abandonner" in page(client, act_id)
    assert decide(client, act_id, "abandonner").status_code == 302
    shown = page(client, act_id)
    assert "Abandonné" in shown
    assert "Suspendre : 1 personne" not in shown
    assert decide(client, act_id).status_code == 422


def test_the_people_shown_follow_the_work_under_way(client: Client) -> None:
    agents(2)
    act_id = prepare(client, "acte=suspend&q=agent")
    decide(client, act_id)
    work(act_id)
    answer = client.get(f"{ACTS}/{act_id}/avancement").content.decode()
    assert 'id="people" hx-swap-oob="true"' in answer
    assert "Suspendu" in answer


def test_people_are_listed_by_name_with_their_school(client: Client) -> None:
    for name in ("Zola", "Abel", "Martin"):
        made = account(f"agent-{name.lower()}", last_name=name)
        NameWord.objects.create(person_id=made.person_id, word="agent")
    shown = page(client, prepare(client, "acte=suspend&q=agent"))
    assert shown.index("agent-abel") < shown.index("agent-martin") < shown.index("agent-zola")
    assert "Collège" in shown


def test_the_search_knows_states_schools_and_last_days(client: Client) -> None:
    waiting, leaving = agents(1, prefix="attente", state="pending")[0], agents(1, prefix="partant")[0]
    Assignment.objects.filter(person_id=leaving.person_id).update(ends_on=date(2099, 1, 31))
    for query, seen, unseen in (
        ("etat=pending", waiting, leaving),
        ("fin=01/02/2099", leaving, waiting),
        ("etablissement=0800001a&etat=active", leaving, waiting),
    ):
        listed = client.get(f"/administration/personnes?{query}").content.decode()
        assert f"/personnes/{seen.person_id}" in listed, query
        assert f"/personnes/{unseen.person_id}" not in listed, query
    assert "Personne ne répond" in text_of(
        client.get("/administration/personnes?fin=30/01/2099&q=Agent0").content
    )


def test_people_ticked_are_the_only_ones(client: Client) -> None:
    chosen, _other = agents(2)
    act_id = prepare(client, f"acte=suspend&q=agent&qui={chosen.person_id}")
    assert "Suspendre : 1 personne" in page(client, act_id)


@pytest.mark.parametrize("query", ["acte=export", "acte=export&q=+&service=&etat="])
def test_an_empty_search_is_everybody_only_if_a_box_says_so(client: Client, query: str) -> None:
    agents(2)
    answer = client.post(f"{ACTS}/nouveau?{query}", {"note": "x"})
    assert answer.status_code == 422
    assert "Aucun critère ne choisit de personnes" in text_of(answer.content)
    assert not BulkAct.objects.exists()
    act_id = prepare(client, query, everybody="on")
    assert "Préparer l’export : 3 personnes" in page(client, act_id)


@pytest.mark.parametrize("query", ["fin=demain", "service=999999", "qui=tous", "qui=%C2%B2"])
def test_a_wrong_criterion_selects_nobody(client: Client, query: str) -> None:
    agents(2)
    answer = client.post(f"{ACTS}/nouveau?acte=suspend&{query}", {"note": "x", "everybody": "on"})
    assert answer.status_code == 422
    assert "Personne n’est choisi" in text_of(answer.content)


def test_a_file_names_its_people_and_its_unknown_lines(client: Client) -> None:
    agents(2)
    content = b"identifiant\r\nagent0\r\nagent1\r\n<b>personne</b>\r\n"
    file = SimpleUploadedFile("liste.csv", content, "text/csv")
    act_id = prepare(client, "acte=quota&par=fichier", quota_mb="4096", file=file)
    shown = client.get(f"{ACTS}/{act_id}").content.decode()
    assert "1 ligne du fichier sans compte connu" in text_of(shown.encode())
    assert "&lt;b&gt;personne&lt;/b&gt;" in shown
    assert "Changer la taille : 2 personnes" in text_of(shown.encode())


def test_a_wrong_file_or_too_many_people_are_said_on_the_form(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    agents(2)
    answer = client.post(
        f"{ACTS}/nouveau?acte=export&par=fichier",
        {"note": "x", "file": SimpleUploadedFile("image.png", b"\0\1")},
    )
    assert answer.status_code == 422
    assert "n’est pas du texte" in text_of(answer.content)
    bulk = replace(settings.CONFIG.bulk, most_people=1)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, bulk=bulk))
    answer = client.post(f"{ACTS}/nouveau?acte=export&q=agent", {"note": "x"})
    assert answer.status_code == 422
    assert "Plus de 1 personnes à la fois" in text_of(answer.content)


def test_above_the_number_another_administrator_agrees(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk = replace(settings.CONFIG.bulk, second_person_above=1)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, bulk=bulk))
    agents(2)
    act_id = prepare(client, "acte=suspend&q=agent")
    decide(client, act_id)
    shown = page(client, act_id)
    assert "Une deuxième personne de l’administration doit l’accorder" in shown
    assert "Accorder cet acte" not in shown
    assert "ce n’est pas à qui l’a décidé" in text_of(decide(client, act_id, "accorder").content)
    second = browser_of(administrator("adjointe"))
    assert "Accorder cet acte" in page(second, act_id)
    assert decide(second, act_id, "accorder").status_code == 302
    work(act_id)
    assert Account.objects.filter(state="suspended").count() == 2
    assert decide(second, act_id, "annuler").status_code == 302
    shown = page(second, act_id)
    assert "doit accorder l’annulation" in shown
    assert "Ne pas annuler" in shown
    assert "Accorder l’annulation" not in shown
    assert "Accorder l’annulation" in page(client, act_id)
    assert decide(client, act_id, "accorder").status_code == 302
    work(act_id)
    assert not Account.objects.filter(state="suspended").exists()


def test_who_asked_reads_that_the_second_person_declined(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk = replace(settings.CONFIG.bulk, second_person_above=1)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, bulk=bulk))
    agents(2)
    second = browser_of(administrator("adjointe"))
    act_id = prepare(client, "acte=suspend&q=agent")
    assert "accord demandé" not in page(client, act_id)
    decide(client, act_id)
    assert decide(second, act_id, "interrompre").status_code == 302
    shown = page(client, act_id)
    assert "rien n’est encore fait. L’accord demandé a été refusé par Nicolas Morel, aujourd’hui à" in shown
    decide(client, act_id)
    assert "L’accord demandé a été refusé" not in page(client, act_id)
    decide(client, act_id, "interrompre")
    assert "La demande d’accord a été reprise par Nicolas Morel, aujourd’hui à" in page(client, act_id)
    decide(client, act_id)
    decide(second, act_id, "accorder")
    work(act_id)
    assert "accord demandé" not in page(client, act_id)
    decide(client, act_id, "annuler")
    decide(second, act_id, "interrompre")
    assert "L’accord demandé pour l’annuler a été refusé par Nicolas Morel" in page(client, act_id)


def test_letters_are_one_page_for_each_and_hold_no_numen(client: Client, tmp_path: Any) -> None:
    agents(2, prefix="attente", state="pending")
    act_id = prepare(client, "acte=letters&etat=pending")
    assert client.post(f"{ACTS}/{act_id}/fichier").status_code == 404
    decide(client, act_id)
    work(act_id)
    answer = client.post(f"{ACTS}/{act_id}/fichier")
    assert answer["Content-Type"] == "application/pdf"
    written = tmp_path / "lettres.pdf"
    written.write_bytes(answer.content)
    read = subprocess.run(["pdftotext", written, "-"], capture_output=True, check=True, text=True).stdout
    pages = [page for page in read.split("\f") if page.strip()]
    assert len(pages) == 2
    assert "attente0" in pages[0]
    assert "/assistant/" in pages[0].partition("À découper")[2]


def test_an_export_holds_no_formula(client: Client) -> None:
    one = agents(1)[0]
    Person.objects.filter(pk=one.person_id).update(first_name="=1+1")
    act_id = prepare(client, "acte=export&q=agent")
    decide(client, act_id)
    work(act_id)
    answer = client.post(f"{ACTS}/{act_id}/fichier")
    written = answer.content.decode()
    assert "agent0" in written
    assert '"=1+1' not in written


def test_only_administrators_act(client: Client) -> None:
    agents(1)
    act_id = prepare(client, "acte=suspend&q=agent")
    other = browser_of(account("aide", role="helpdesk"))
    for address in ("", "/nouveau", f"/{act_id}", f"/{act_id}/avancement"):
        assert other.get(f"{ACTS}{address}").status_code == 403
    assert decide(other, act_id).status_code == 403
