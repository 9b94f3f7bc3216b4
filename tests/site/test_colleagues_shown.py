"""The directory and the suggestions show the people of académies that are colleagues, and no others."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account
from tests.mailbox.sorting.samples import memory_sieve
from tests.mailbox.sorting.test_absence_page import typed
from tests.site.test_academies_served import LILLE, of_lille, serve, signed, two  # noqa: F401

from vaguemestre.access.signin.queries import hidden_academies
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.sorting.models import AbsenceRow
from vaguemestre.mailbox.webmail.http import own_institution
from vaguemestre.mailbox.webmail.services.message.authors import author_of
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Assignment, MailAddress, Person
from vaguemestre.people.directory.services.name_changes import reindex_names
from vaguemestre.post.mailstore.values import Correspondent
from vaguemestre.schools.sharing.models import Box
from vaguemestre.schools.sharing.values import BoxKind
from vaguemestre.site.config import Config

pytestmark = pytest.mark.django_db
AMIENOISE, LILLOISE = "dubois-amienoise", "dubois-lilloise"
PART = {"HX-Request": "true"}  # without the name of the reader
EVERYBODY = {AMIENOISE, LILLOISE}


@pytest.fixture
def amienoise() -> Account:
    return account(AMIENOISE, first_name="Anne", last_name="Dubois")


@pytest.fixture
def lilloise() -> Account:
    made = of_lille(LILLOISE)
    Person.objects.filter(pk=made.person_id).update(birth_name="Dubois", first_name="Lise")
    return made


@pytest.fixture(params=["own", "installation"])
def whom(request: pytest.FixtureRequest, settings: Any, two: Config) -> dict[str, set[str]]:  # noqa: F811
    """Whom each sees: Lille says who its colleagues are, Amiens keeps to itself."""
    serve(settings, replace(two.academy_at(LILLE), colleagues=request.param))
    return {AMIENOISE: {AMIENOISE}, LILLOISE: EVERYBODY if request.param == "installation" else {LILLOISE}}


@pytest.fixture
def readers(settings: Any, amienoise: Account, lilloise: Account) -> dict[str, Client]:
    """A browser of each, both serving since last week."""
    Assignment.objects.update(starts_on=timezone.localdate() - timedelta(days=7), function="ENS")
    reindex_names(Person.objects.all())
    host = settings.CONFIG.public_url.partition("//")[2]
    clients = {who.username: Client(headers={"host": host}) for who in (amienoise, lilloise)}
    for who in (amienoise, lilloise):
        signed_in(who, clients[who.username])
    return clients


def named_in(answer: Any) -> set[str]:
    assert answer.status_code == 200
    return {name for name in EVERYBODY if name in answer.content.decode()}


@pytest.mark.parametrize("asked", ["", "q=dubois", "fonction=ENS", "etablissement=0800001A"])
def test_the_directory_lists_colleagues_alone(
    whom: dict[str, set[str]], readers: dict[str, Client], asked: str
) -> None:
    pages = {name: reader.get(f"/annuaire/?{asked}", headers=PART) for name, reader in readers.items()}
    assert {name: named_in(page) for name, page in pages.items()} == whom


def test_the_card_of_somebody_who_is_no_colleague_is_not_there(
    whom: dict[str, set[str]], readers: dict[str, Client]
) -> None:
    cards = dict(Person.objects.values_list("account__username", "public_id"))
    answers = {
        name: {of for of, card in cards.items() if reader.get(f"/annuaire/{card}").status_code == 200}
        for name, reader in readers.items()
    }
    assert answers == whom


def test_the_composer_suggests_colleagues_alone(
    whom: dict[str, set[str]], readers: dict[str, Client]
) -> None:
    asked = {
        name: reader.get("/messagerie/ecrire/destinataires/", {"q": "dubois"})
        for name, reader in readers.items()
    }
    assert {name: named_in(answer) for name, answer in asked.items()} == whom


def test_a_contact_who_is_no_colleague_is_suggested_without_what_the_directory_knows(
    whom: dict[str, set[str]], readers: dict[str, Client], amienoise: Account
) -> None:
    Contact.objects.create(account=amienoise, name="", address=f"{LILLOISE}@{LILLE}", uid="c1")
    answer = readers[AMIENOISE].get("/messagerie/ecrire/destinataires/", {"q": LILLOISE}).json()
    assert answer["suggestions"] == [{"name": "", "address": f"{LILLOISE}@{LILLE}", "detail": "Contact"}]


def test_boxes_are_suggested_to_colleagues_alone(
    whom: dict[str, set[str]], readers: dict[str, Client]
) -> None:
    for name, domain in ((AMIENOISE, "ac-amiens.test"), (LILLOISE, LILLE)):
        box = account(f"boite-{name}")
        Account.objects.filter(pk=box.pk).update(mailbox=f"ce.{name}@{domain}", person=None)
        Box.objects.create(
            account=box, kind=BoxKind.SCHOOL, title=f"Collège {name}", opened_at=timezone.now(),
            academy=Academy.objects.get(domain=domain),
        )  # fmt: skip
    asked = {
        name: reader.get("/messagerie/ecrire/destinataires/", {"q": "college"})
        for name, reader in readers.items()
    }
    assert {name: named_in(answer) for name, answer in asked.items()} == whom


def test_the_card_of_an_address_says_of_colleagues_alone_what_they_do(
    whom: dict[str, set[str]], readers: dict[str, Client]
) -> None:
    addresses = dict(MailAddress.objects.values_list("person__account__username", "address"))
    details = {
        name: {
            of
            for of, address in addresses.items()
            if of in EVERYBODY
            and "Enseign" in reader.get("/contacts/personne/", {"adresse": address}).content.decode()
        }
        for name, reader in readers.items()
    }
    assert details == whom


def test_a_borrowed_name_is_that_of_a_colleague_alone(
    whom: dict[str, set[str]], amienoise: Account, lilloise: Account
) -> None:
    Person.objects.filter(pk=lilloise.person_id).update(birth_name="Unique", first_name="Lise")
    reindex_names(Person.objects.all())
    MailAddress.objects.filter(person_id=lilloise.person_id).update(address=f"lise.unique@{LILLE}")
    sender = Correspondent("Lise Unique", "lise.unique@dehors.example")
    for who in (amienoise, lilloise):
        author = author_of(sender, own_institution(signed(who)))
        assert bool(author.impersonated_name) is (LILLOISE in whom[who.username])


def test_a_replacement_is_searched_among_colleagues_alone(
    whom: dict[str, set[str]], readers: dict[str, Client]
) -> None:
    sent = {"search": "1", "query": "dubois"}
    pages = {
        name: reader.post("/parametres/absence/remplir", sent, headers=PART)
        for name, reader in readers.items()
    }
    numbers = dict(Person.objects.values_list("account__username", "pk"))
    button = 'name="chosen_replacement" value="{}"'
    found = {
        name: {of for of, number in numbers.items() if button.format(number) in page.content.decode()}
        for name, page in pages.items()
    }
    assert found == whom


def test_a_replacement_given_by_number_is_a_colleague_whom_the_directory_shows(
    whom: dict[str, set[str]], readers: dict[str, Client]
) -> None:
    people = {person.account.username: person for person in Person.objects.select_related("account")}

    def found() -> dict[str, set[str]]:
        return {
            name: {
                of
                for of, person in people.items()
                if f"<b>{person.shown_name}</b>"
                in reader.post(
                    "/parametres/absence/remplir", {"chosen_replacement": person.pk}, headers=PART
                ).content.decode()
            }
            for name, reader in readers.items()
        }

    assert found() == whom
    Person.objects.update(unlisted=True)
    assert found() == {name: set() for name in readers}


def test_a_replacement_typed_by_number_is_not_kept(
    readers: dict[str, Client],
    two: Config,  # noqa: F811
    lilloise: Account,
) -> None:
    sent = typed(replacement=str(lilloise.person_id))
    with memory_sieve():
        answer = readers[AMIENOISE].post("/parametres/absence", sent)
    assert answer.status_code == 200, answer.content.decode()
    (kept,) = AbsenceRow.objects.all()
    assert kept.replacement_id is None


def test_with_one_academie_nothing_is_asked_and_nobody_is_hidden() -> None:
    who = signed(account())
    with CaptureQueriesContext(connection) as asked:
        assert hidden_academies(who) == ()
    assert len(asked) == 0


def test_an_account_of_nobody_has_the_colleagues_of_its_mailbox_or_none(
    two: Config,  # noqa: F811
    amienoise: Account,
    lilloise: Account,
) -> None:
    ids = {academy.domain: academy.pk for academy in Academy.objects.all()}
    who = replace(signed(amienoise), academy_id=0)
    hidden = {
        domain: set(hidden_academies(replace(who, mailbox=f"robot@{domain}")))
        for domain in ("AC-Amiens.test", LILLE, "nulle-part.test")
    }
    assert hidden == {
        "AC-Amiens.test": {ids[LILLE]},
        LILLE: {ids["ac-amiens.test"]},
        "nulle-part.test": set(ids.values()),
    }
