"""The token service signs for whoever shows a secret, and for the worker; for nobody's word."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import PASSWORD, account
from tests.mailbox.webmail.conftest import browser_of
from tests.people.credentials.test_tokens import Engines
from tests.schools.sharing.conftest import School, lead

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.presence import present_secret
from vaguemestre.access.signin.rules.session_keys import new_session_key, session_digest
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.ports import ProgramToken, mail_tokens, token_keys
from vaguemestre.people.credentials.rules.tokens import sha256_of
from vaguemestre.people.credentials.services import change_states
from vaguemestre.people.provisioning.ports import mail_directory
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.schools.lists.models import MailingList
from vaguemestre.schools.sharing.models import Box
from vaguemestre.schools.sharing.rules.box_rights import box_session_key
from vaguemestre.schools.sharing.services import open_school_boxes, sync_owners
from vaguemestre.schools.sharing.values import Right
from vaguemestre.site.adapters import mail_access
from vaguemestre.site.adapters.mail_tokens import SignedTokens, verbs

pytestmark = pytest.mark.django_db(transaction=True)

PAGES, WORKER = 1001, 1002


@pytest.fixture
def engines() -> Iterator[Engines]:
    made, held = Engines(), mail_directory.get()
    mail_directory.replace(made)  # type: ignore[arg-type]
    yield made
    mail_directory.replace(held)


@pytest.fixture
def ask(engines: Engines) -> Callable[..., Any]:
    table = verbs(SignedTokens(token_keys.get()), {PAGES}, {WORKER})
    return lambda verb, *arguments: table[verb].run(*arguments)


@pytest.fixture
def nicolas() -> Account:
    return account()


def sign_in(who: Account) -> str:
    """Open a session for them; the secret of its cookie."""
    secret = new_session_key()
    BrowserSession.objects.create(
        session_key=session_digest(secret),
        account=who,
        expire_date=timezone.now() + timedelta(hours=1),
        session_data="",
    )
    return secret


def test_the_secret_of_a_session_opens_the_mailbox_of_its_person(
    ask: Callable[..., Any], engines: Engines, nicolas: Account
) -> None:
    (token,) = ask("session", nicolas.mailbox, sign_in(nicolas))
    assert engines.honoured[sha256_of(token)][0] == nicolas.mailbox


def test_it_opens_no_strangers_mailbox(ask: Callable[..., Any], engines: Engines, nicolas: Account) -> None:
    stranger = account("cdelattre")
    assert ask("session", stranger.mailbox, sign_in(nicolas)) == []
    assert not engines.honoured


def test_what_the_database_holds_is_no_secret(
    ask: Callable[..., Any], engines: Engines, nicolas: Account
) -> None:
    digest = session_digest(sign_in(nicolas))
    for shown in (digest, "", "s1"):
        assert ask("session", nicolas.mailbox, shown) == []
    assert not engines.honoured


@pytest.mark.parametrize("ending", ["over", "suspended"])
def test_a_session_that_is_over_opens_nothing(
    ask: Callable[..., Any], engines: Engines, nicolas: Account, ending: str
) -> None:
    secret = sign_in(nicolas)
    if ending == "over":
        BrowserSession.objects.update(expire_date=timezone.now())
    else:
        with transaction.atomic():
            change_states([nicolas.pk], "suspend", by="test", now=timezone.now())
    assert ask("session", nicolas.mailbox, secret) == []
    assert not engines.honoured


def test_a_members_secret_opens_the_shared_mailbox_and_a_strangers_does_not(
    ask: Callable[..., Any], engines: Engines
) -> None:
    head, member, stranger = account("pvasseur"), account("smartin"), account("nmorel")
    lead(head)
    open_school_boxes(None, quota_mb=512, by="test", now=timezone.now())
    sync_owners(None, by="test", now=timezone.now())
    school = School(Box.objects.get(), head)
    school.share(member, Right.READ)
    box = school.box.account
    (token,) = ask("session", box.mailbox, sign_in(member))
    assert engines.honoured[sha256_of(token)][0] == box.mailbox
    assert ask("session", box.mailbox, sign_in(stranger)) == []


def test_only_the_worker_asks_without_a_secret(ask: Callable[..., Any], nicolas: Account) -> None:
    table = verbs(SignedTokens(token_keys.get()), {PAGES}, {WORKER})
    assert {name for name, verb in table.items() if PAGES in verb.users} == {"session", "program", "list"}
    assert {name for name, verb in table.items() if WORKER in verb.users} == {"job"}
    assert ask("job", nicolas.mailbox) != []


class ServiceForPages:
    """The service as a process of pages meets it."""

    def __init__(self) -> None:
        self._tokens = SignedTokens(token_keys.get())

    def for_session(self, mailbox: str, secret: str) -> str:
        return self._tokens.for_session(mailbox, secret)

    def for_list(self, mailbox: str) -> str:
        return self._tokens.for_list(mailbox)

    def for_job(self, mailbox: str) -> str:
        raise EngineRefused(mailbox)

    def for_program(self, key: str) -> ProgramToken:
        raise EngineRefused(key)


@pytest.fixture
def in_a_page(engines: Engines) -> Iterator[Callable[[str], object]]:
    held = mail_tokens.get()
    mail_tokens.replace(ServiceForPages())
    marks = []

    def request_with(secret: str) -> None:
        marks.append(present_secret.set(secret))

    yield request_with
    for mark in reversed(marks):
        present_secret.reset(mark)
    mail_tokens.replace(held)


def test_a_page_opens_its_persons_mailbox_and_leaves_anothers_to_the_worker(
    in_a_page: Callable[[str], object], nicolas: Account
) -> None:
    secret, stranger = sign_in(nicolas), account("cdelattre")
    in_a_page(secret)
    assert mail_access.mail_token(MailLogin(nicolas.mailbox, session_digest(secret)))
    assert mail_access.submission_token(nicolas.mailbox)
    with pytest.raises(EngineDown):
        mail_access.submission_token(stranger.mailbox)


def test_a_page_opens_the_mailbox_of_a_list_for_whoever_it_let_in(
    in_a_page: Callable[[str], object], nicolas: Account
) -> None:
    of_list = account("liste")
    MailingList.objects.create(
        account=of_list, address=of_list.mailbox, title="Conseil", kind="manual", created_at=timezone.now()
    )
    Account.objects.filter(pk=of_list.pk).update(person=None)
    in_a_page("")  # a stranger, with a link that the page read
    assert mail_access.mail_token(MailLogin(of_list.mailbox))
    with pytest.raises(EngineDown):
        mail_access.mail_token(MailLogin(nicolas.mailbox))


def test_a_mailbox_of_somebody_is_opened_as_no_list_whatever_the_tables_of_lists_say(
    ask: Callable[..., Any], nicolas: Account
) -> None:
    MailingList.objects.create(
        account=nicolas, address=nicolas.mailbox, title="Faux", kind="manual", created_at=timezone.now()
    )
    assert ask("list", nicolas.mailbox) == []


def test_what_follows_a_sign_in_is_done_as_the_person_who_came_in(nicolas: Account) -> None:
    browser = Client()
    browser.post("/alogin", {"username": nicolas.username, "secret": PASSWORD})
    row = BrowserSession.objects.get(account=nicolas)
    assert session_digest(present_secret.get() or "") == row.session_key


def test_a_login_of_another_session_is_refused_in_a_request(
    in_a_page: Callable[[str], object], nicolas: Account
) -> None:
    first, second = sign_in(nicolas), sign_in(nicolas)
    in_a_page(first)
    for name in (session_digest(second), box_session_key(session_digest(second), 1, nicolas.pk)):
        with pytest.raises(Refusal):
            mail_access.mail_token(MailLogin(nicolas.mailbox, name))


def test_the_secret_of_a_request_is_that_of_its_cookie_and_of_no_request_before(nicolas: Account) -> None:
    browser = browser_of(nicolas)
    browser.get("/")
    assert (
        session_digest(present_secret.get() or "") == BrowserSession.objects.get(account=nicolas).session_key
    )
    Client().get("/")
    assert present_secret.get() == ""
