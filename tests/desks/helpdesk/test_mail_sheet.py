"""What the sheet of an account says of its mail: its size, and where it is sent on."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account

from vaguemestre.desks.helpdesk.ports import undelivered_to, usage_of
from vaguemestre.desks.helpdesk.values import MailboxUsage
from vaguemestre.engines.memory.scripts import MemorySieve
from vaguemestre.mailbox.sorting import services
from vaguemestre.mailbox.sorting.events import SortingChanged
from vaguemestre.mailbox.sorting.handlers import renew_scripts, rewrite_script, tell_foreign_script
from vaguemestre.mailbox.sorting.models import ScriptRow
from vaguemestre.mailbox.sorting.ports import open_scripts, put_house_script
from vaguemestre.mailbox.sorting.values import SCRIPT_FORM
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.trace.events import ScriptsChanged

pytestmark = pytest.mark.django_db(transaction=True)
NOWHERE = "Aucune règle n’envoie ses courriels ailleurs"


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture(autouse=True)
def sieve() -> Iterator[MemorySieve]:
    before, fake = (open_scripts.get(), undelivered_to.get(), usage_of.get()), MemorySieve()
    house = put_house_script.get()
    open_scripts.replace(fake)
    put_house_script.replace(fake.put_house_script)
    undelivered_to.replace(lambda addresses, *, now: ())
    usage_of.replace(lambda mailbox: MailboxUsage(100_800_000, 104_857_600))
    yield fake
    open_scripts.replace(before[0])
    undelivered_to.replace(before[1])
    usage_of.replace(before[2])
    put_house_script.replace(house)


def sheet(client: Client, of: Account) -> str:
    signed_in(account("lpoulain", role="helpdesk"), client)
    return client.get(f"/assistance/compte/{of.pk}/messagerie").content.decode()


def test_a_program_that_forwards_is_shown_with_where_it_sends(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    with sieve(nicolas.mailbox) as scripts:
        scripts.put("pirate", 'redirect "lucie.poulain@ac-amiens.test"; keep;\r\n')
        scripts.activate("pirate")
    tell_foreign_script(ScriptsChanged(nicolas.mailbox))  # by the worker: nobody of the desk opens a mailbox
    sieve.is_away = True
    page = sheet(client, nicolas)
    assert "Règles d’un logiciel, « pirate »" in page
    assert "copie vers lucie.poulain@ac-amiens.test" in page
    assert NOWHERE not in page


def test_what_runs_no_more_is_shown_no_more(client: Client, nicolas: Account, sieve: MemorySieve) -> None:
    with sieve(nicolas.mailbox) as scripts:
        scripts.put("pirate", 'redirect "lucie.poulain@ac-amiens.test"; keep;\r\n')
        scripts.activate("pirate")
    tell_foreign_script(ScriptsChanged(nicolas.mailbox))
    with transaction.atomic():
        services.stop_foreign_script(nicolas.pk, 0, by="notice", now=timezone.now())
    rewrite_script(SortingChanged(nicolas.pk))
    assert NOWHERE in sheet(client, nicolas)


def test_what_is_written_by_hand_is_shown_with_where_it_sends(client: Client, nicolas: Account) -> None:
    ScriptRow.objects.create(account=nicolas, expert='redirect "b@ac-amiens.test";')
    page = sheet(client, nicolas)
    assert "Règles écrites à la main" in page
    assert "copie vers b@ac-amiens.test" in page


def test_nothing_is_said_of_a_programs_script_that_nobody_read(client: Client, nicolas: Account) -> None:
    ScriptRow.objects.create(account=nicolas, told_mark="a" * 64)  # by a version that kept no more of it
    page = sheet(client, nicolas)
    assert "n’ont pas encore été lues" in page
    assert NOWHERE not in page


def test_such_a_script_is_read_by_the_round_of_outdated_ones(
    client: Client, nicolas: Account, sieve: MemorySieve
) -> None:
    with sieve(nicolas.mailbox) as scripts:
        scripts.put("pirate", 'redirect "lucie.poulain@ac-amiens.test"; keep;\r\n')
        scripts.activate("pirate")
    ScriptRow.objects.create(account=nicolas, told_mark="a" * 64, form=SCRIPT_FORM)
    renew_scripts()
    assert "copie vers lucie.poulain@ac-amiens.test" in sheet(client, nicolas)


@pytest.mark.parametrize(("used", "words"), [(96, "Presque pleine"), (100, "le courrier est refusé")])
def test_a_full_mailbox_is_not_called_nearly_full(
    client: Client, nicolas: Account, used: int, words: str
) -> None:
    usage_of.replace(lambda mailbox: MailboxUsage(used, 100))
    page = sheet(client, nicolas)
    assert [said for said in ("Presque pleine", "le courrier est refusé") if said in page] == [words]
    assert NOWHERE in page
