"""Every path through the assistant, recovery and sign-in: none opens without what is demanded.

From each state, every page is asked and every form is sent, with what the stranger knows and with
wrong values; a state is what the browser may do next. The whole graph is walked, for each stranger and each
account.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from tests.access.signin.letters import letters_due
from tests.access.signin.people import NOON, PASSWORD, account, add_application
from tests.drawn import LONG, some_of

from vaguemestre.access.assistant.services import issue_code
from vaguemestre.access.signin.models import Attempts
from vaguemestre.people.credentials.hashers import HEAVY
from vaguemestre.people.credentials.models import Account, RecoveryContact
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.directory.models import Person

NUMEN, BORN, NEW = "20E9501234ABC", "03/09/1985", "sept nuages sur un toit"
HOME = "nicolas@maison.example"
PAGES = (
    "/assistant/", "/assistant/code", "/assistant/activer", "/assistant/secours", "/assistant/secours/code",
    "/assistant/secours/mot-de-passe", "/alogin", "/alogin/code", "/parametres/securite", "/",
)  # fmt: skip
DEEPEST = 4  # identify, prove, choose, sign in
_HELD = ("recovery-sent", "assistant-proved", "attempt", "account")

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Stranger:
    """What somebody knows, beyond the username that everybody knows."""

    numen: bool = False
    born: bool = False
    reads_contact: bool = False
    was_handed: bool = False


@dataclass(frozen=True)
class Case:
    """An account, and what its académie asks of a first activation."""

    state: str
    has_contact: bool = False
    has_factor: bool = False
    proof: str = "numen"


CASES = (
    Case("pending"),
    Case("pending", has_contact=True, proof="numen+code"),
    Case("pending", proof="numen+code"),
    Case("active"),
    Case("active", has_contact=True),
    Case("active", has_contact=True, has_factor=True),
    Case("suspended", has_contact=True),
    Case("closed", has_contact=True),
)
STRANGERS = tuple(Stranger(*known) for known in product((False, True), repeat=4))


def may_open(case: Case, who: Stranger) -> bool:
    """The policy, written anew: who may change what opens that account."""
    if case.state in ("suspended", "closed") or not who.born:
        return False
    if who.was_handed:
        return True  # with the username, or the NUMEN
    if not who.numen:
        return False
    if case.state == "pending" and case.proof == "numen":
        return True
    return case.has_contact and who.reads_contact


def may_be_in(case: Case, who: Stranger) -> bool:
    """Who gets a session: a second factor is asked of everybody, whatever was recovered."""
    return may_open(case, who) and not case.has_factor


class LightHasher(Argon2PasswordHasher):
    """What is walked here are the paths, thousands of them: a light hash says as much."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


class LightHeavyHasher(LightHasher):
    """The administrators' kind, which a refusal costs too."""

    algorithm = HEAVY


@pytest.fixture
def made(settings: Settings) -> Callable[[Case], Account]:
    settings.PASSWORD_HASHERS = [f"{__name__}.LightHasher", f"{__name__}.LightHeavyHasher"]

    def make(case: Case) -> Account:
        academy = replace(settings.CONFIG.academy, proof=case.proof)
        settings.CONFIG = replace(settings.CONFIG, academy=academy)
        owner = account(numen=NUMEN, state=case.state)
        if case.has_factor:
            add_application(owner)
        if case.has_contact:
            Person.objects.filter(pk=owner.person_id).update(recovery_address=HOME)
            rested = timezone.now() - timedelta(hours=1)
            if case.state != "pending":
                RecoveryContact.objects.create(
                    account=owner, address=HOME, code_until=NOON, confirmed_at=NOON, usable_at=rested
                )
        return owner

    return make


class Browser:
    """A fresh browser that walked a path, and where that led."""

    def __init__(self, owner: Account, who: Stranger, handed: str) -> None:
        self.client, self.owner, self.who, self.handed = Client(), owner, who, handed

    def forms(self) -> list[tuple[str, dict[str, str]]]:
        """Every form, with what is known and with what is not."""
        numen = NUMEN if self.who.numen else "20E9599999ZZZ"
        born = BORN if self.who.born else "01/01/1970"
        chosen = {"new_password": NEW, "confirmation": NEW, "charter": "on"}
        codes = [self.delivered(), "00000000"]
        return [
            ("/assistant/", {"numen": numen, "birth_date": born}),
            ("/assistant/secours", {"numen": numen, "birth_date": born}),
            *(("/assistant/secours/code", {"code": code}) for code in codes if code),
            *(
                (
                    "/assistant/code",
                    {"name": name, "birth_date": born, "code": self.handed or "aaaa-aaaa-aaaaa"},
                )
                for name in ("nmorel", numen)
            ),
            ("/assistant/activer", chosen),
            ("/assistant/secours/mot-de-passe", chosen),
            ("/alogin", {"username": "nmorel", "secret": NEW}),
            ("/alogin", {"username": "nmorel", "secret": numen}),
            ("/alogin/code", {"code": "000000"}),
        ]

    def delivered(self) -> str:
        """The code of the last letter, for whoever reads that address."""
        due = [letter for letter in letters_due() if letter[1] in ("recover", "activate")]
        return due[-1][3] if due and due[-1][2] and self.who.reads_contact else ""

    def walk(self, path: tuple[int, ...]) -> None:
        for step in path:
            Attempts.objects.all().delete()  # a patient stranger: budgets have tests of their own
            steps = self.forms()
            if step < len(steps):
                self.client.post(*steps[step])

    def state(self) -> str:
        """What this browser may do next: what its session holds, and what the account has become."""
        self.owner.refresh_from_db()
        session = self.client.session
        held = sorted((name, str(session[name])[:20]) for name in _HELD if name in session)
        return json.dumps([held, self.owner.state, self.is_changed(), bool(self.delivered()), self.is_in()])

    def look_around(self) -> None:
        """Every page, asked from here."""
        for page in PAGES:
            assert self.client.get(page).status_code in (200, 302, 404), page

    def is_changed(self) -> bool:
        return self.owner.has_usable_password() and self.owner.check_password(NEW)

    def is_in(self) -> bool:
        return self.client.get("/").status_code == 200


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done inside leaves no trace."""
    mark = transaction.savepoint_create()
    yield
    transaction.savepoint_rollback(mark)


def reached(owner: Account, who: Stranger, handed: str) -> tuple[bool, bool, int]:
    """(the account can be opened, a session can be had, states seen) by some path."""
    seen: set[str] = set()
    waiting: list[tuple[int, ...]] = [()]
    opened = entered = False
    while waiting:
        path = waiting.pop(0)
        with undone():
            browser = Browser(owner, who, handed)
            browser.walk(path)
            state = browser.state()
            opened |= browser.is_changed()
            entered |= browser.is_in()
            choices = len(browser.forms())
            if state not in seen:
                browser.look_around()
                entered |= browser.is_in()
        if state not in seen and len(path) < DEEPEST:
            seen.add(state)
            waiting += [(*path, step) for step in range(choices)]
    owner.refresh_from_db()
    return opened, entered, len(seen)


@pytest.mark.heavy
@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(str(v) for v in vars_of(case)))
def test_no_path_opens_without_what_is_demanded(case: Case, made: Callable[[Case], Account]) -> None:
    owner = made(case)
    for who in strangers_for(case):
        with undone():
            handed = (
                issue_code(owner.pk, secret_keys.get(), by="test", now=timezone.now())
                if who.was_handed
                else ""
            )
            opened, entered, states = reached(owner, who, handed)
        assert opened == may_open(case, who), (case, who)
        assert entered == may_be_in(case, who), (case, who)
        assert states > 1


def strangers_for(case: Case) -> list[Stranger]:
    """The strongest that is kept out and a drawn one; of some accounts, the weakest that is let in.

    Who is let in reaches ten times the pages of who is not.
    """
    if LONG:
        return list(STRANGERS)
    others = [who for who in STRANGERS if not may_open(case, who)]
    opened = [one for one in CASES if any(may_open(one, who) for who in STRANGERS)]
    let_in = [who for who in STRANGERS if may_open(case, who)] if case in some_of(opened, 2, "let in") else []
    return [*let_in[:1], others[-1], *some_of(others[:-1], 1, "kept out", case)]


def vars_of(case: Case) -> tuple[object, ...]:
    return case.state, case.has_contact, case.has_factor, case.proof


def test_the_password_is_what_it_was() -> None:
    assert PASSWORD != NEW
