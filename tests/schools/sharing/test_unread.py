"""The folder pane says what waits in the mailboxes one shares; a mailbox that is lent is not looked into."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from tests.access.signin.people import account
from tests.schools.sharing.conftest import School, address_of, now

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.webmail.ports import shared_unread
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.schools.sharing.models import Box
from vaguemestre.schools.sharing.values import BoxKind, Right
from vaguemestre.site.adapters.webmail import shared_unread as unread_in_boxes

Of = Callable[[Account], Client]
ADDRESS = "/messagerie/dossiers/ailleurs/"


@pytest.fixture(autouse=True)
def counted() -> Iterator[None]:
    """As the wiring plugs it."""
    before = shared_unread.get()
    shared_unread.replace(unread_in_boxes)
    yield
    shared_unread.replace(before)


@pytest.fixture
def secretary(school: School) -> Account:
    made = account("secretaire", first_name="Sylvie", last_name="Lecointe")
    school.share(made, Right.READ)
    return made


def wait_in(mails: MemoryMailboxes, mailbox: str, unread: int) -> None:
    box = mails.box(mailbox)
    for number in range(unread + 1):
        text = f"From: x@exemple.fr\r\nSubject: {number}\r\nMessage-ID: <{number}@x>\r\n\r\nBonjour"
        flags = ("\\Seen",) if number == unread else ()
        box.append("INBOX", text.encode(), flags, datetime(2026, 11, 24, tzinfo=UTC))


def test_a_member_reads_how_many_wait(
    school: School, secretary: Account, mails: MemoryMailboxes, of: Of
) -> None:
    wait_in(mails, school.box.account.mailbox, 3)
    browser = of(secretary)
    assert browser.get(ADDRESS).json() == {str(school.box.pk): 3}
    assert f'data-box="{school.box.pk}"' in browser.get("/messagerie/").content.decode()


def test_the_open_mailbox_says_one_number_in_both_places(
    school: School, secretary: Account, mails: MemoryMailboxes, of: Of
) -> None:
    """Its line among the shared mailboxes is drawn with its inbox's, and with every change of it."""
    wait_in(mails, school.box.account.mailbox, 3)
    browser = of(secretary)
    for part, headers in (("", {}), ("dossiers/", {"HX-Request": "true"})):
        column = browser.get(f"{school.path}messagerie/{part}", headers=headers).content.decode()
        (said,) = re.findall(r'data-here="oui">.*?</li>', column, re.DOTALL)
        assert 'class="count">3<' in said
        assert f'data-box="{school.box.pk}"' not in column


def test_the_list_of_a_shared_mailbox_says_whose_it_is(
    school: School, secretary: Account, mails: MemoryMailboxes, of: Of
) -> None:
    """On a phone the folders, which say it too, are in a drawer."""
    wait_in(mails, school.box.account.mailbox, 1)
    (here,) = re.findall(
        r'<p class="[^"]*whose">.*?</p>', of(secretary).get(f"{school.path}messagerie/").content.decode()
    )
    assert school.box.title in here
    assert 'whose">' not in of(secretary).get("/messagerie/").content.decode()


def test_somebody_else_reads_nothing(school: School, mails: MemoryMailboxes, of: Of) -> None:
    wait_in(mails, school.box.account.mailbox, 3)
    assert of(account("ailleurs")).get(ADDRESS).json() == {}


def test_a_lent_mailbox_is_not_looked_into(
    school: School, mails: MemoryMailboxes, secretary: Account, of: Of
) -> None:
    claire = account("claire", first_name="Claire", last_name="Magnier")
    until = date.fromordinal(paris_day(now()).toordinal() + 20)
    given = {
        "address": address_of(secretary), "right": "read", "scope": "all",
        "starts_on": paris_day(now()).isoformat(), "ends_on": until.isoformat(),
    }  # fmt: skip
    assert of(claire).post("/boites/delegation/confier/", given).status_code == 302
    lent = Box.objects.get(kind=BoxKind.PERSON)
    wait_in(mails, lent.account.mailbox, 2)
    assert str(lent.pk) not in of(secretary).get(ADDRESS).json()


def test_a_mailbox_that_does_not_answer_is_left_out(
    school: School, secretary: Account, mails: MemoryMailboxes, of: Of
) -> None:
    browser = of(secretary)

    def away(login: MailLogin) -> MemoryMailboxes:
        raise EngineDown("imap")

    before = open_mailbox.get()
    open_mailbox.replace(away)  # type: ignore[arg-type]
    try:
        answer = browser.get(ADDRESS)
    finally:
        open_mailbox.replace(before)
    assert (answer.status_code, answer.json()) == (200, {})
