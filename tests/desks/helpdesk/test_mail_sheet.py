"""What the sheet of an account says of its mail: its size, and where it is sent on."""

from collections.abc import Iterator

import pytest
from django.test import Client
from tests.access.signin.people import PASSWORD, account

from vaguemestre.desks.helpdesk.ports import undelivered_to, usage_of
from vaguemestre.desks.helpdesk.values import MailboxUsage
from vaguemestre.engines.memory.scripts import MemorySieve
from vaguemestre.mailbox.sorting.ports import open_scripts
from vaguemestre.people.credentials.models import Account

pytestmark = pytest.mark.django_db
NOWHERE = "Aucune règle n’envoie ses courriels ailleurs"


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture(autouse=True)
def sieve() -> Iterator[MemorySieve]:
    before, fake = (open_scripts.get(), undelivered_to.get(), usage_of.get()), MemorySieve()
    open_scripts.replace(fake)
    undelivered_to.replace(lambda addresses, *, now: ())
    usage_of.replace(lambda mailbox: MailboxUsage(100_800_000, 104_857_600))
    yield fake
    open_scripts.replace(before[0])
    undelivered_to.replace(before[1])
    usage_of.replace(before[2])


def sheet(client: Client, of: Account) -> str:
    account("lpoulain", role="helpdesk")
    client.post("/alogin", {"username": "lpoulain", "secret": PASSWORD})
    return client.get(f"/assistance/compte/{of.pk}/messagerie").content.decode()


def test_a_program_that_forwards_is_shown_with_where_it_sends(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    with sieve(nicolas.mailbox) as scripts:
        scripts.put("pirate", 'redirect "lucie.poulain@ac-amiens.test"; keep;\r\n')
        scripts.activate("pirate")
    page = sheet(client, nicolas)
    assert "Règles d’un logiciel, « pirate »" in page
    assert "copie vers lucie.poulain@ac-amiens.test" in page
    assert NOWHERE not in page


def test_nothing_is_said_of_programs_that_could_not_be_asked(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    sieve.is_away = True
    page = sheet(client, nicolas)
    assert "n’ont pas pu être lues" in page
    assert NOWHERE not in page


@pytest.mark.parametrize(("used", "words"), [(96, "Presque pleine"), (100, "le courrier est refusé")])
def test_a_full_mailbox_is_not_called_nearly_full(
    client: Client, nicolas: Account, used: int, words: str
) -> None:
    usage_of.replace(lambda mailbox: MailboxUsage(used, 100))
    page = sheet(client, nicolas)
    assert [said for said in ("Presque pleine", "le courrier est refusé") if said in page] == [words]
    assert NOWHERE in page
