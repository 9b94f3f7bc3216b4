"""The address book is its owner's alone."""

import html
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.answers import as_typed, confirmed

from vaguemestre.mailbox.contacts.handlers import remember_recipients
from vaguemestre.mailbox.contacts.models import Contact, SchoolBook
from vaguemestre.mailbox.contacts.queries import contacts_like, contacts_of
from vaguemestre.mailbox.contacts.rules.cards import birthday_fr, dialled_number
from vaguemestre.mailbox.contacts.services import collect_addresses, save_card, save_group
from vaguemestre.mailbox.contacts.values import AddressBook, ContactCard
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Assignment
from vaguemestre.post.outbox.events import MessageFiled

pytestmark = pytest.mark.django_db


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def browser(client: Client, nicolas: Account) -> Client:
    return signed_in(nicolas, client)


def add(browser: Client, name: str = "Éric", address: str = "eric@dehors.example") -> int:
    assert browser.post("/contacts/nouveau/", {"name": name, "address": address}).status_code == 302
    return int(Contact.objects.get(address=address).pk)


def test_a_card_is_added_changed_found_and_deleted(browser: Client) -> None:
    card = add(browser)
    browser.post(
        f"/contacts/{card}/", {"name": "Éric Dupont", "address": "eric@dehors.example", "note": "FCPE"}
    )
    assert "Éric Dupont" in browser.get("/contacts/", {"q": "dupont"}).content.decode()
    assert "Aucun contact" in browser.get("/contacts/", {"q": "durand"}).content.decode()
    confirmed(browser, f"/contacts/{card}/supprimer/")
    assert Contact.objects.count() == 0
    assert "Votre carnet est vide" in browser.get("/contacts/").content.decode()


def test_a_card_or_a_group_goes_only_once_confirmed(browser: Client, nicolas: Account) -> None:
    """Nothing brings it back, and telephones lose it too."""
    card = add(browser)
    group = save_group(AddressBook(account_id=nicolas.pk), "Chorale")
    asked = browser.post(f"/contacts/{group}/supprimer/").content.decode()
    assert "Supprimer le groupe « Chorale »" in as_typed(asked)
    assert "Les contacts qu’il réunit restent" in asked
    assert "Supprimer le contact « Éric »" in as_typed(browser.post(f"/contacts/{card}/supprimer/").text)
    assert Contact.objects.count() == 2
    assert confirmed(browser, f"/contacts/{group}/supprimer/")["Location"].endswith("fait=groupe-supprime")
    assert list(Contact.objects.values_list("pk", flat=True)) == [card]


def test_those_of_a_group_come_first_on_its_page(browser: Client, nicolas: Account) -> None:
    """They stood scattered among all the contacts of a narrow box."""
    for name in ("Abel", "Béa", "Chloé", "Denis"):
        add(browser, name, f"{name[0]}@dehors.example".lower())
    group = save_group(AddressBook(account_id=nicolas.pk), "Chorale")
    chosen = Contact.objects.filter(name__in=("Béa", "Denis")).values_list("pk", flat=True)
    browser.post(f"/contacts/groupes/{group}/", {"name": "Chorale", "member": list(chosen)})
    page = browser.get(f"/contacts/groupes/{group}/").text
    names = re.findall(r'<label for="member-\d+">(\w+)', page)
    assert names == ["Béa", "Denis", "Abel", "Chloé"]


def test_the_head_of_the_page_leads_to_the_import_at_its_foot(browser: Client) -> None:
    page = browser.get("/contacts/").content.decode()
    head, foot = page.split("</h1>", 1)[1].split('role="search"', 1)
    assert 'href="#contacts-file"' in head
    assert 'id="contacts-file"' in foot


def test_a_card_is_read_before_its_form(browser: Client) -> None:
    typed = {
        "name": "Éric", "address": "eric@dehors.example", "others": "e@maison.example",
        "mobile": "06 11 22 33 44", "birthday": "12/04/1980", "organisation": "FCPE",
        "note": "Rappeler\nle soir",
    }  # fmt: skip
    browser.post("/contacts/nouveau/", typed)
    card = Contact.objects.get()
    read, form = (
        browser.get(f"/contacts/{card.pk}/").text,
        browser.get(f"/contacts/{card.pk}/?modifier=1").text,
    )
    for shown in ("e@maison.example", 'href="tel:0611223344"', "12/04/1980", "FCPE", "Rappeler<br>le soir"):
        assert shown in read
    assert "?q=de%3Aeric%40dehors.example&amp;partout=1" in read
    assert "Supprimer ce contact" not in read
    assert 'name="mobile" value="06 11 22 33 44"' in form
    assert 'name="birthday" value="12/04/1980"' in form
    assert "Supprimer ce contact" in form


def test_an_older_window_erases_nothing_that_another_saved(browser: Client) -> None:
    card = add(browser)
    page = browser.get(f"/contacts/{card}/?modifier=1").text
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found
    typed = {"name": "Éric", "address": "eric@dehors.example", "shown": html.unescape(found[1])}
    assert browser.post(f"/contacts/{card}/", {**typed, "phone": "03 22 00 00 02"}).status_code == 302
    assert browser.post(f"/contacts/{card}/", {**typed, "note": "Sorties"}).status_code == 302
    read = browser.get(f"/contacts/{card}/").text
    assert "03 22 00 00 02" in read
    assert "Sorties" in read
    both = browser.post(f"/contacts/{card}/", {**typed, "note": "Voyages"})
    assert (both.status_code, "y a mis" in both.text) == (422, True)


@pytest.mark.parametrize(
    ("birthday", "shown"), [("1980-04-12", "12/04/1980"), ("--04-12", "12/04"), ("", "")]
)
def test_a_birthday_is_shown_with_its_year_if_known(birthday: str, shown: str) -> None:
    assert birthday_fr(birthday) == shown


@pytest.mark.parametrize(
    ("phone", "dialled"), [("06 11 22 33 44", "0611223344"), ("+33 (6) 11", "+33611"), ("03 22 poste 12", "")]
)
def test_a_number_is_dialled_without_its_spaces(phone: str, dialled: str) -> None:
    assert dialled_number(phone) == dialled


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(browser: Client) -> None:
    answer = browser.post("/contacts/nouveau/", {"name": "Éric & co", "address": "pas une adresse"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "n’est pas une adresse électronique" in page
    assert "Éric &amp; co" in page


def test_an_address_stands_once_in_a_book(browser: Client) -> None:
    add(browser)
    again = browser.post("/contacts/nouveau/", {"name": "Encore", "address": "Eric@Dehors.example"})
    assert "déjà dans votre carnet" in again.content.decode()


def test_books_do_not_know_each_other(browser: Client, nicolas: Account) -> None:
    other = account(username="other")
    theirs = Contact.objects.create(account=other, name="Secret", address="secret@dehors.example")
    assert "Secret" not in browser.get("/contacts/").content.decode()
    assert browser.get(f"/contacts/{theirs.pk}/").status_code == 422
    browser.post(f"/contacts/{theirs.pk}/", {"name": "x", "address": "x@y.fr"})
    browser.post(f"/contacts/{theirs.pk}/supprimer/")
    theirs.refresh_from_db()
    assert theirs.name == "Secret"
    assert contacts_like(nicolas.pk, "secret", limit=9) == ()


def test_text_on_cards_is_text(browser: Client) -> None:
    add(browser, name='<script>alert(1)</script>"', address="x@dehors.example")
    assert "<script>alert" not in browser.get("/contacts/").content.decode()


def test_whom_one_wrote_to_is_remembered_apart_and_kept_on_purpose_by_saving(
    browser: Client, nicolas: Account
) -> None:
    for _ in range(2):
        collect_addresses(nicolas.pk, [("", "nouveau@dehors.example")])
    (known,) = contacts_of(nicolas.pk)
    assert known.is_collected
    assert "Déjà écrit" in browser.get("/contacts/").content.decode()
    add(browser, name="Nouveau", address="nouveau@dehors.example")
    (known,) = contacts_of(nicolas.pk)
    assert (known.name, known.is_collected) == ("Nouveau", False)


def test_a_message_nobody_knows_teaches_nothing(nicolas: Account) -> None:
    remember_recipients(MessageFiled(nicolas.pk, "absent.1"))
    assert contacts_of(nicolas.pk) == ()


def test_anybody_read_or_written_to_is_added_from_their_page(browser: Client, nicolas: Account) -> None:
    asked = {"adresse": "Marie@X.fr", "nom": '<b>Marie"</b>'}
    page = browser.get("/contacts/personne/", asked).content.decode()
    assert "Ajouter aux contacts" in page
    assert "<!doctype html>" in page
    assert "<b>Marie" not in page
    assert "<!doctype" not in browser.get("/contacts/personne/", asked, headers={"hx-request": "true"}).text
    assert browser.post("/contacts/personne/", asked).status_code == 405
    form = {"address": asked["adresse"], "name": asked["nom"]}
    assert browser.post("/contacts/ajouter/", form).status_code == 302
    assert "Dans vos contacts" in browser.get("/contacts/personne/", asked).content.decode()
    assert Client().get("/contacts/personne/", asked).status_code == 302
    assert browser.get("/contacts/personne/").headers["Location"] == "/contacts/"


def test_the_book_of_ones_school_is_proposed_while_one_serves_there(nicolas: Account) -> None:
    book = SchoolBook.objects.create(uai="0800001A", name="Collège Jean-Macé")
    save_card(
        AddressBook(book_id=book.pk, uai=book.uai), ContactCard("Mairie d’Abbeville", "mairie@x.example")
    )
    assert [one.address for one in contacts_like(nicolas.pk, "mairie", limit=9)] == ["mairie@x.example"]
    Assignment.objects.update(ends_on="2026-09-30")
    assert contacts_like(nicolas.pk, "mairie", limit=9) == ()


def test_writing_again_to_the_same_people_makes_no_other_writer_wait(
    nicolas: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [("", "un@dehors.example"), ("", "deux@dehors.example")]
    collect_addresses(nicolas.pk, people)
    with django_assert_num_queries(1) as reading:  # neither a transaction nor a write
        collect_addresses(nicolas.pk, people)
    assert reading.captured_queries[0]["sql"].startswith("SELECT")
    collect_addresses(nicolas.pk, [*people, ("", "trois@dehors.example")])
    assert {one.address for one in contacts_of(nicolas.pk)} == {
        "un@dehors.example",
        "deux@dehors.example",
        "trois@dehors.example",
    }


def test_neither_accents_nor_case_hide_a_contact_or_put_it_last(nicolas: Account) -> None:
    shelf = AddressBook(account_id=nicolas.pk)
    for name in ("Claire Magnier", "Élodie Roy", "Cédric Obry"):
        save_card(shelf, ContactCard(name, f"{len(name)}@x.example"))
    collect_addresses(nicolas.pk, [("Émile Écrit", "emile@x.example")])
    assert [one.name for one in contacts_of(nicolas.pk)] == [
        "Cédric Obry",
        "Claire Magnier",
        "Élodie Roy",
        "Émile Écrit",
    ]
    assert [one.name for one in contacts_like(nicolas.pk, "ELODIE roy", limit=9)] == ["Élodie Roy"]
    assert [one.name for one in contacts_like(nicolas.pk, "ecrit", limit=9)] == ["Émile Écrit"]
