"""Addresses pasted into a list: what cannot be read is named, the others are enrolled."""

import pytest
from django.utils import timezone
from tests.answers import as_typed
from tests.schools.lists.conftest import address_of, made, signed_in

from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Structure
from vaguemestre.schools.lists.models import Subscriber
from vaguemestre.schools.sharing.models import Box
from vaguemestre.schools.sharing.services import open_school_boxes

pytestmark = [pytest.mark.heavy, pytest.mark.django_db(transaction=True)]


def pasted(owner: Account, people: str) -> str:
    row = made(owner)
    answer = signed_in(owner).post(f"/listes/{row.pk}/membres/ajouter", {"people": people})
    return as_typed(answer.content.decode())


def enrolled() -> set[str]:
    return set(Subscriber.objects.values_list("address", flat=True))


def test_a_name_among_the_addresses_does_not_refuse_them_all(owner: Account, subscriber: Account) -> None:
    page = pasted(owner, f"Camille Delattre\n{address_of(subscriber)}, papa@famille.example")
    assert len(enrolled()) == 2
    assert address_of(subscriber) in page
    assert "papa@famille.example" in page
    assert "Ce ne sont pas des adresses : Camille Delattre" in page


def test_a_list_among_the_addresses_is_named_and_the_others_are_enrolled(
    owner: Account, subscriber: Account
) -> None:
    nested = made(owner).address
    page = pasted(owner, f"{nested}\n{address_of(subscriber)}\npersonne@ac-amiens.test")
    assert enrolled() == {f"person:{subscriber.person_id}"}
    assert f"Une liste ne peut pas être membre d’une liste : {nested}" in page
    assert "ne sont à personne : personne@ac-amiens.test" in page
    assert "1 inscription." in page


def test_whoever_is_a_member_already_is_said_to_be(owner: Account, subscriber: Account) -> None:
    row = made(owner)
    where, client = f"/listes/{row.pk}/membres/ajouter", signed_in(owner)
    client.post(where, {"people": address_of(subscriber)})
    answer = client.post(where, {"people": f"{address_of(subscriber)}, papa@famille.example"})
    page = as_typed(answer.content.decode())
    assert "1 inscription. 1 adresse était déjà inscrite." in page


def test_a_proof_asked_meanwhile_names_the_list_and_the_member(owner: Account, subscriber: Account) -> None:
    row = made(owner)
    signed_in(owner).post(f"/listes/{row.pk}/membres/ajouter", {"people": address_of(subscriber)})
    page = as_typed(signed_in(owner).get(f"/listes/{row.pk}/membres").content.decode())
    assert page.count(f'name="about" value="{row.title}"') == 2
    assert ', à retirer">' in page


def test_names_alone_are_refused(owner: Account) -> None:
    assert "Camille Delattre" in pasted(owner, "Camille Delattre")
    assert enrolled() == set()


def test_the_mailbox_of_a_school_is_enrolled_as_any_address(owner: Account, subscriber: Account) -> None:
    assert Structure.objects.exists()
    open_school_boxes(None, quota_mb=512, by="test", now=timezone.now())
    address = Box.objects.values_list("address", flat=True).first()
    page = pasted(owner, f"{address}")
    assert "ne sont à personne" not in page
    assert enrolled() == {str(address).lower()}


def test_rows_of_several_columns_are_enrolled_by_their_address(owner: Account, subscriber: Account) -> None:
    page = pasted(
        owner, f"Nom\tCourriel\nDelattre\tCamille\t{address_of(subscriber)}\nX\tpapa@famille.example"
    )
    assert len(enrolled()) == 2
    assert "2 inscriptions." in page
    assert "Ce ne sont pas des adresses : Nom Courriel." in page


def test_what_is_refused_stays_in_the_field(owner: Account, subscriber: Account) -> None:
    page = pasted(owner, f"Camille Delattre\n{address_of(subscriber)}\npersonne@ac-amiens.test")
    assert "Camille Delattre\npersonne@ac-amiens.test</textarea>" in page
