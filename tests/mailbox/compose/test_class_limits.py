"""What a class of service takes: said in figures in the composer, where nothing typed is lost."""

import pytest
from django.test import Client
from tests.answers import as_typed

from vaguemestre.mailbox.compose.models import Composition
from vaguemestre.mailbox.compose.queries import find_draft
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.service_classes.models import ServiceClass
from vaguemestre.post.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def small_class(nicolas: Account) -> ServiceClass:
    """Nicolas has the class: 1 Mo a message, nothing forwarded outside, no file lent."""
    assert nicolas.person is not None
    made = ServiceClass.objects.create(
        academy_id=nicolas.person.academy_id,
        name="Réduite",
        message_mb=1,
        forwards_outside=False,
        lends_files=False,
    )
    Account.objects.filter(pk=nicolas.pk).update(service_class=made)
    return made


def test_a_file_over_the_size_of_the_class_is_refused_with_both_figures(browser: Client) -> None:
    begun = {"name": "film.mp4", "kind": "video/mp4", "size": 900_000}
    answer = browser.post(f"/messagerie/ecrire/{new_key()}/pieces/", begun, headers=JSON)
    assert answer.status_code == 422
    assert as_typed(answer.json()["error"]) == (
        "Le message serait trop lourd : 1,5 Mo une fois les pièces jointes codées, 1,0 Mo au plus."
    )


@pytest.mark.heavy
def test_a_text_over_the_size_of_the_class_is_refused_and_kept(browser: Client, nicolas: Account) -> None:
    key, text = new_key(), "<p>" + "Un récit très long. " * 50_000 + "</p>"
    given = {"to": "parent@dehors.example", "subject": "Récit", "html": text, "attempt": 1}
    saved = browser.post(f"/messagerie/ecrire/{key}/brouillon/", {**given, "revision": 0}, headers=JSON)
    assert saved.status_code == 200, saved.content[:500]
    answer = browser.post(f"/messagerie/ecrire/{key}/envoyer/", given, headers=JSON)
    assert (answer.status_code, answer.json()["field"]) == (422, "enclosed")
    assert "1,0 Mo au plus" in answer.json()["error"]
    draft = find_draft(nicolas.pk, key)
    assert draft is not None
    assert (draft.fields.subject, draft.is_sending) == ("Récit", False)
    assert "Un récit très long." in Composition.objects.get().html
    assert not OutboxMessage.objects.exists()


def test_the_composer_offers_a_link_only_to_those_whose_class_lends_files(
    browser: Client, small_class: ServiceClass
) -> None:
    assert 'data-limit="1048576" data-lends=""' in browser.get("/messagerie/ecrire/").content.decode()
    page = browser.get("/messagerie/fichiers/").content.decode()
    assert "Votre classe de service ne comprend pas l’envoi de fichiers par un lien." in page
    assert "Écrire un courriel" not in page
    ServiceClass.objects.update(lends_files=True)
    assert 'data-lends="1"' in browser.get("/messagerie/ecrire/").content.decode()
    assert "se dépose en l’ajoutant" in browser.get("/messagerie/fichiers/").content.decode()
