"""Requests from `/aide` reach the desk and are answered; no NUMEN and no password is ever kept of them."""

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.browsers import signed_in
from tests.access.signin.letters import letters_due
from tests.access.signin.people import NOON, PASSWORD, account
from tests.processor import least_seconds

from vaguemestre.desks.helpdesk.models import AnswerText, RequestRow
from vaguemestre.desks.helpdesk.rules.secrets import MASK, without_secrets
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy

NUMEN = "20E9501234ABC"
ASKED = {
    "kind": "connexion",
    "name": "Nicolas Morel",
    "place": "Collège Jean-Macé",
    "contact": "nicolas@maison.example",
    "text": "La page dit que mes informations ne conviennent pas.",
}


@pytest.fixture
def lucie() -> Client:
    return signed_in(account("lpoulain", role="helpdesk", first_name="Lucie", last_name="Poulain"))


@pytest.mark.django_db
def test_the_whole_way(client: Client, lucie: Client) -> None:
    followed = client.post("/aide/demande", ASKED)["Location"]
    assert "a reçu votre demande" in client.get(followed).content.decode()
    assert "Nicolas Morel" in lucie.get("/assistance/demandes").content.decode()
    row = RequestRow.objects.get()
    where = f"/assistance/demandes/{row.pk}"
    lucie.post(where, {"take": "1"})
    assert "Prise en charge" in client.get(followed).content.decode()
    assert lucie.post(where, {"answer": ""}).status_code == 200
    assert lucie.post(where, {"answer": "Recommencez avec votre identifiant."}).status_code == 302
    assert "Recommencez avec votre identifiant." in client.get(followed).content.decode()
    assert letters_due()[-1][1:] == (
        "answer",
        "nicolas@maison.example",
        "Recommencez avec votre identifiant.",
    )
    assert lucie.post(where, {"answer": "Encore."}).status_code == 200  # answered once
    assert lucie.get("/assistance/demandes?etat=repondues").content.decode().count("Nicolas Morel") == 1


@pytest.mark.django_db
def test_a_request_that_a_colleague_took_meanwhile_is_not_taken_from_them_without_a_word(
    client: Client, lucie: Client
) -> None:
    client.post("/aide/demande", ASKED)
    where = f"/assistance/demandes/{RequestRow.objects.get().pk}"
    colleague = signed_in(account("adurand", role="helpdesk", first_name="Ana", last_name="Durand"))
    assert "Prendre en charge" in colleague.get(where).text
    lucie.post(where, {"take": "1", "seen": ""})
    assert "Prendre en charge" not in lucie.get(where).text
    refused = colleague.post(where, {"take": "1", "seen": ""})
    assert refused.status_code == 422
    assert "lpoulain vient de prendre cette demande en charge" in refused.text
    assert "Prise par lpoulain" in refused.text
    assert "Reprendre à lpoulain" in refused.text
    assert colleague.post(where, {"take": "1", "seen": "lpoulain"}).status_code == 302
    assert "Prise par adurand" in lucie.get(where).text


@pytest.mark.django_db
def test_an_answer_typed_before_the_request_is_taken_in_charge_stays(client: Client, lucie: Client) -> None:
    client.post("/aide/demande", ASKED)
    where, typed = f"/assistance/demandes/{RequestRow.objects.get().pk}", "Bonjour, je regarde."
    form = lucie.get(where).text.rpartition("<form")[2].partition("</form>")[0]
    assert 'name="answer"' in form
    assert "Prendre en charge" in form, "pressed, it sends what was typed"
    taken = lucie.post(where, {"take": "1", "seen": "", "answer": typed})
    assert f"{typed}</textarea>" in taken.text
    assert "Prise par lpoulain" in taken.text
    colleague = signed_in(account("adurand", role="helpdesk", first_name="Ana", last_name="Durand"))
    refused = colleague.post(where, {"take": "1", "seen": "", "answer": typed})
    assert "lpoulain vient de prendre cette demande en charge" in refused.text
    assert f"{typed}</textarea>" in refused.text
    assert RequestRow.objects.get().answer == ""


@pytest.mark.django_db
@pytest.mark.parametrize("button", [{}, {"insert": "1"}], ids=["answer", "ready answer"])
def test_who_answers_second_is_told_and_keeps_the_text(
    client: Client, lucie: Client, button: dict[str, str]
) -> None:
    followed = client.post("/aide/demande", ASKED)["Location"]
    where = f"/assistance/demandes/{RequestRow.objects.get().pk}"
    account("adupont", role="helpdesk", first_name="Antoine", last_name="Dupont")
    antoine = Client()
    antoine.post("/alogin", {"username": "adupont", "secret": PASSWORD})
    antoine.post(where, {"answer": "Appelez le secrétariat."})
    shown = lucie.post(where, {"answer": "Recommencez <demain>.", **button}).text
    assert "votre réponse n’est pas partie" in shown
    assert "Recommencez &lt;demain&gt;." in shown
    assert "Appelez le secrétariat." in shown
    assert "Recommencez" not in client.get(followed).text
    assert "pas partie" not in lucie.get(where).text
    assert (
        "pas partie" not in antoine.post(where, {"answer": "Appelez le secrétariat."}).text
    )  # a double click


@pytest.mark.django_db
def test_an_answer_is_completed_by_anybody_of_the_desk(client: Client, lucie: Client) -> None:
    followed = client.post("/aide/demande", ASKED)["Location"]
    where = f"/assistance/demandes/{RequestRow.objects.get().pk}"
    assert lucie.post(where, {"complete": "1", "addition": "Trop tôt."}).status_code == 422
    lucie.post(where, {"answer": "Appelez le secrétariat."})
    assert "Compléter ou corriger la réponse" in lucie.get(where).text
    for text, said in (("", "Écrivez"), ("Votre NUMEN est 20E9501234ABC", "NUMEN")):
        refused = lucie.post(where, {"complete": "1", "addition": text})
        assert refused.status_code == 422
        assert said in refused.text
    before = len(letters_due())
    for _ in range(2):  # a double click
        done = lucie.post(where, {"complete": "1", "addition": "Non : écrivez-nous."})
        assert done["Location"] == where
    shown = client.get(followed).text
    assert shown.index("Appelez le secrétariat.") < shown.index("Complément, ") < shown.index("Non : écrivez")
    assert shown.count("Non : écrivez-nous.") == 1
    assert [letter[3] for letter in letters_due()[before:]] == ["Non : écrivez-nous."]


@pytest.mark.django_db
def test_who_asked_keeps_a_reference_an_address_and_a_copy(client: Client, lucie: Client) -> None:
    followed = client.post("/aide/demande", ASKED)["Location"]
    page, number = client.get(followed).text, RequestRow.objects.get().pk
    assert f"Demande nº {number}" in page
    assert f'id="tracking-address">http://testserver{followed.partition("?")[0]}<' in page
    assert ASKED["text"] in page
    assert ASKED["place"] in page
    assert f"Demande nº {number}" in lucie.get(f"/assistance/demandes/{number}").text
    assert "Nicolas Morel" in lucie.get(f"/assistance/demandes?q={number}").text
    assert "Nicolas Morel" not in lucie.get(f"/assistance/demandes?q={number + 1}").text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("contact", "is_sent"), [("nicolas@maison.example", True), ("06 11 22 33 44", False)]
)
def test_the_desk_knows_whether_its_answer_will_be_sent(
    client: Client, lucie: Client, contact: str, is_sent: bool
) -> None:
    client.post("/aide/demande", {**ASKED, "contact": contact})
    page = lucie.get(f"/assistance/demandes/{RequestRow.objects.get().pk}").text
    assert ("Envoyée à la personne" in page) == is_sent
    assert ("rien ne lui sera envoyé" in page) != is_sent


@pytest.mark.django_db
def test_somebody_signed_in_reads_the_answer_in_their_inbox(client: Client, lucie: Client) -> None:
    owner = account()
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    client.post("/aide/demande", {**ASKED, "contact": ""})
    lucie.post(f"/assistance/demandes/{RequestRow.objects.get().pk}", {"answer": "C’est fait."})
    jobs = [row.args_kwargs["args"] for row in DBTaskResult.objects.all()]
    letters = [fields for handler, _, fields, _ in jobs if handler.endswith(":notify_owner")]
    assert [one["detail"] for one in letters if one["act"] == "desk-answer"] == ["C’est fait."]
    assert RequestRow.objects.get().account == owner


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", [f"Mon NUMEN est {NUMEN}", "20 e 95 01234 abc", "mot de passe : Tulipes42!"]
)
def test_secrets_are_masked_before_anything_is_kept(client: Client, typed: str) -> None:
    page = client.post("/aide/demande", {**ASKED, "text": typed}).content.decode()
    assert "nous l’avons masqué" in page
    for secret in (NUMEN, "01234", "Tulipes42"):
        assert secret not in page
    assert not RequestRow.objects.exists()


@pytest.mark.django_db
def test_the_desk_asks_for_no_secret_either(client: Client, lucie: Client) -> None:
    client.post("/aide/demande", ASKED)
    where = f"/assistance/demandes/{RequestRow.objects.get().pk}"
    page = lucie.post(where, {"answer": "Votre mot de passe est : Tulipes42!"}).content.decode()
    assert "retirez-le" in page
    assert RequestRow.objects.get().state == "new"


@pytest.mark.django_db
def test_a_network_cannot_flood_the_desk(client: Client) -> None:
    answers = [client.post("/aide/demande", ASKED) for _ in range(8)]
    assert [answer.status_code for answer in answers].count(302) <= 7
    assert "Réessayez dans" in answers[-1].content.decode()
    assert "Nicolas Morel" in answers[-1].content.decode()  # nothing typed is lost


@pytest.mark.django_db
def test_one_line_of_ipv6_cannot_flood_the_desk() -> None:
    """Nor keep others from it: it has 256 networks or more of its own."""
    clients = [Client(REMOTE_ADDR=f"2001:db8:7:{number:x}::1") for number in range(12)]
    answers = [client.post("/aide/demande", ASKED).status_code for client in clients]
    assert answers.count(302) <= 7
    assert Client(REMOTE_ADDR="2001:db8:8::1").post("/aide/demande", ASKED).status_code == 302


@pytest.mark.django_db
def test_what_is_missing_is_told_and_nothing_typed_is_lost(client: Client) -> None:
    page = client.post("/aide/demande", {**ASKED, "kind": ""}).content.decode()
    assert "Choisissez ce qui ressemble" in page
    assert "ne conviennent pas" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/assistance/demandes", "/assistance/demandes/1", "/assistance/cles", "/assistance/reponses"]
)
def test_the_queue_is_the_desks_alone(client: Client, path: str) -> None:
    account()
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    assert client.get(path).status_code == 403
    assert client.post(path, {"answer": "x"}).status_code in (403, 405)


@pytest.mark.django_db
def test_a_request_is_followed_by_its_secret_address_alone(client: Client) -> None:
    client.post("/aide/demande", ASKED)
    number = RequestRow.objects.get().pk
    assert client.get(f"/aide/demande/{number}").status_code == 404
    assert Account.objects.count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "Mon mot de passe est refusé depuis hier.",
        "J’ai oublié mon mot de passe. Mon identifiant marche.",
        "Le code PIN est bloqué",
        "Votre mot de passe est périmé : choisissez-en un autre.",
        "Votre mot de passe : choisissez-le vous-même.",
        "Mon mot de passe est celui du portail.",
        "Appelez-moi au 06 12 34 56 78, salle 204",
        "Établissement 0800001A, depuis le 03/09/2026",
    ],
)
def test_ordinary_sentences_are_left_alone(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mdp: Soleil-2026!", f"mdp: {MASK}"),
        ("Mon mot de passe c'est Soleil2026", f"Mon mot de passe c'est {MASK}"),
        ("password=abc123", f"password={MASK}"),
        ("Mon mot de passe : choisissez-7", f"Mon mot de passe : {MASK}"),
        ("NUMEN 20E9501234ABC, merci", f"NUMEN {MASK}, merci"),
        ("20.E.95.01234.ABC", MASK),
    ],
)
def test_secrets_are_found_however_written(text: str, kept: str) -> None:
    assert without_secrets(text) == kept


@pytest.mark.heavy
@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = without_secrets(text)
    assert without_secrets(once) == once


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["text", "name", "kind"])
@pytest.mark.parametrize(
    "piece", [f"{NUMEN} ", "mot de passe : abc ", "mdp" + " " * 900, "1a ", "pass pass pass ", "\n"]
)
def test_megabytes_from_anybody_hold_no_thread(client: Client, field: str, piece: str) -> None:
    """Six requests of 1.4 MB of NUMENs kept the sign-in page from everybody for minutes."""
    typed = {**ASKED, field: piece * (1_000_000 // len(piece))}
    assert least_seconds(lambda: client.post("/aide/demande", typed), 1.0) < 1.0
    assert not RequestRow.objects.exists()


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_not_lost(client: Client) -> None:
    page = client.post("/aide/demande", {**ASKED, "text": "un mot " * 1_000 + "la fin"}).content.decode()
    assert "la fin</textarea>" in page
    assert not RequestRow.objects.exists()


READY = {"title": "Code d’activation", "text": "Un code vous attend au secrétariat."}


@pytest.mark.django_db
def test_a_ready_answer_is_put_into_the_answer_before_it_is_sent(client: Client, lucie: Client) -> None:
    domain = Academy.objects.get().domain
    assert lucie.post("/assistance/reponses/nouvelle", {**READY, "domain": domain}).status_code == 302
    ready = AnswerText.objects.get()
    assert Entry.objects.get(action="helpdesk.answer-text-saved").details["title"] == READY["title"]
    AnswerText.objects.create(
        domain="ac-ailleurs.test", title="Ailleurs", text="x", updated_at=ready.updated_at
    )
    client.post("/aide/demande", ASKED)
    where = f"/assistance/demandes/{RequestRow.objects.get().pk}"
    page = lucie.get(where).content.decode()
    assert READY["title"] in page
    assert "Ailleurs" not in page
    written = {"answer": "Bonjour,", "insert": "1", "ready": str(ready.pk)}
    page = lucie.post(where, written).content.decode()
    assert "Bonjour,\n\nUn code vous attend au secrétariat.</textarea>" in page
    assert RequestRow.objects.get().state == "new"
    assert "Bonjour,</textarea>" in lucie.post(where, {**written, "ready": ""}).content.decode()


@pytest.mark.django_db
def test_a_ready_answer_is_changed_and_deleted_and_holds_no_secret(client: Client, lucie: Client) -> None:
    account("admin", role="administrator")
    client.post("/alogin", {"username": "admin", "secret": PASSWORD})
    typed = {**READY, "domain": Academy.objects.get().domain}
    lucie.post("/assistance/reponses/nouvelle", typed)
    where = f"/assistance/reponses/{AnswerText.objects.get().pk}"
    again = lucie.post("/assistance/reponses/nouvelle", typed)
    assert (again.status_code, AnswerText.objects.count()) == (422, 1)
    assert "porte déjà ce titre" in again.content.decode()
    secret = client.post(where, {**typed, "text": "Votre mot de passe est : Tulipes42!"})
    assert (secret.status_code, AnswerText.objects.get().text) == (422, READY["text"])
    assert client.post(where, {**typed, "text": "Passez au secrétariat."}).status_code == 302
    assert "Passez au secrétariat." in lucie.get("/assistance/reponses").content.decode()
    assert client.post(f"{where}/supprimer").status_code == 302
    assert not AnswerText.objects.exists()
    assert Entry.objects.filter(action="helpdesk.answer-text-deleted").count() == 1


@pytest.mark.django_db
def test_the_desk_of_one_academie_neither_reads_nor_changes_the_ready_answers_of_another(
    lucie: Client,
) -> None:
    Academy.objects.create(code="77", name="Ailleurs", domain="ac-ailleurs.test")
    other = AnswerText.objects.create(domain="ac-ailleurs.test", title="Ailleurs", text="x", updated_at=NOON)
    assert "Ailleurs" not in lucie.get("/assistance/reponses").content.decode()
    where = f"/assistance/reponses/{other.pk}"
    typed = {**READY, "domain": "ac-ailleurs.test"}
    assert [lucie.get(where).status_code, lucie.post(where, typed).status_code] == [404, 404]
    assert lucie.post(f"{where}/supprimer").status_code == 404
    assert lucie.post("/assistance/reponses/nouvelle", typed).status_code == 422
    assert list(AnswerText.objects.values_list("title", flat=True)) == ["Ailleurs"]
