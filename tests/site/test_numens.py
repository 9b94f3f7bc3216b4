"""The service that opens NUMENs: pages find, seal and mask; an officer is told one, and that is journaled."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.access.signin.people import account

from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.rules.session_keys import new_session_key, session_digest
from vaguemestre.desks.enrolment.models import Officer
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.kernel.errors import EngineRefused
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import ManagementService, NumenRow
from vaguemestre.people.directory.ports import numen_keys
from vaguemestre.people.directory.rules.numen_vault import PURPOSE, HeldKeys, digest
from vaguemestre.people.directory.rules.numens import parse_numen
from vaguemestre.people.intake.values import LINE_PURPOSE
from vaguemestre.schools.rosters.values import STAGED_PURPOSE
from vaguemestre.site.adapters.numens import HeldNumens, QuestionBudget, verbs

pytestmark = pytest.mark.django_db(transaction=True)

PAGES, DOORS = 1001, 1002
NUMEN = "20E9501234ABC"


@pytest.fixture
def numens() -> HeldNumens:
    keys = numen_keys.get()
    assert isinstance(keys, HeldKeys)
    return HeldNumens(keys)


@pytest.fixture
def ask(numens: HeldNumens) -> Callable[..., Any]:
    table = verbs(numens, {PAGES}, {DOORS})
    return lambda verb, *arguments: table[verb].run(*arguments)


def sign_in(who: Account) -> str:
    """Open a session for them; the secret of its cookie."""
    secret = new_session_key()
    BrowserSession.objects.create(
        session_key=session_digest(secret), account=who,
        expire_date=timezone.now() + timedelta(hours=1), session_data="",
    )  # fmt: skip
    return secret


@pytest.fixture
def nicolas() -> Account:
    return account(numen=NUMEN)


@pytest.fixture
def service(nicolas: Account) -> ManagementService:
    assert nicolas.person
    made = ManagementService.objects.create(academy=nicolas.person.academy, code="DPE1", name="DPE 1")
    nicolas.person.service = made
    nicolas.person.save()
    return made


@pytest.fixture
def officer(service: ManagementService) -> Account:
    made = account("gestion", role="hr_officer")
    Officer.objects.create(account=made, service=service)
    return made


def sealed_of(who: Account) -> str:
    return b64encode(bytes(NumenRow.objects.get(person=who.person).ciphertext)).decode()


def test_a_numen_is_found_by_whoever_types_it(ask: Callable[..., dict[str, Any]], nicolas: Account) -> None:
    assert ask("digest", NUMEN)["is"] == NumenRow.objects.get(person=nicolas.person).digest


def test_an_officer_is_told_the_numen_of_their_own_and_that_is_journaled(
    ask: Callable[..., dict[str, Any]], nicolas: Account, officer: Account
) -> None:
    told = ask("disclose", sign_in(officer), str(nicolas.person_id), "screen")
    assert told == {"is": NUMEN}
    line = Entry.objects.get(action="enrolment.numen-shown")
    assert (line.by, line.to) == (f"account:{officer.pk}", f"person:{nicolas.person_id}")


def test_the_officer_of_another_service_is_told_nothing(
    ask: Callable[..., dict[str, Any]], nicolas: Account, service: ManagementService
) -> None:
    other = ManagementService.objects.create(academy_id=service.academy_id, code="DPE2", name="DPE 2")
    stranger = account("ailleurs", role="hr_officer")
    Officer.objects.create(account=stranger, service=other)
    told = ask("disclose", sign_in(stranger), str(nicolas.person_id), "screen")
    assert told == {"refusal": "enrolment.person-unknown"}
    assert not Entry.objects.filter(action="enrolment.numen-shown").exists()


@pytest.mark.parametrize("role", ["agent", "administrator", "nobody"])
def test_whoever_is_no_officer_is_told_nothing(
    ask: Callable[..., dict[str, Any]], nicolas: Account, service: ManagementService, role: str
) -> None:
    secret = ""
    if role != "nobody":
        other = account("autre", role=role)
        Officer.objects.create(account=other, service=service)  # left over from another office
        secret = sign_in(other)
    with pytest.raises(EngineRefused):
        ask("disclose", secret, str(nicolas.person_id), "screen")


def test_staff_see_it_masked_and_others_do_not(
    ask: Callable[..., dict[str, Any]], nicolas: Account, officer: Account
) -> None:
    assert ask("mask", sign_in(officer), sealed_of(nicolas)) == {"is": parse_numen(NUMEN).masked}
    with pytest.raises(EngineRefused):
        ask("mask", sign_in(nicolas), sealed_of(nicolas))


def test_a_sealed_numen_is_opened_for_nobody(
    ask: Callable[..., dict[str, Any]], nicolas: Account, officer: Account
) -> None:
    with pytest.raises(EngineRefused):
        ask("unseal", sign_in(officer), sealed_of(nicolas), PURPOSE.decode())


def test_lines_of_feeds_are_opened_for_officers_and_files_of_classes_for_whoever_is_signed_in(
    ask: Callable[..., dict[str, Any]], nicolas: Account, officer: Account
) -> None:
    def opened(who: Account, purpose: bytes) -> bytes:
        sealed = ask("seal", b64encode(b"content").decode(), purpose.decode())["is"]
        return b64decode(ask("unseal", sign_in(who), sealed, purpose.decode())["is"])

    assert opened(officer, LINE_PURPOSE) == opened(nicolas, STAGED_PURPOSE) == b"content"
    with pytest.raises(EngineRefused):
        opened(nicolas, LINE_PURPOSE)


def test_a_password_is_judged_without_the_numen_being_told(
    ask: Callable[..., dict[str, Any]], nicolas: Account
) -> None:
    assert ask("words", str(nicolas.pk), "20E95012 et alors") == {"is": ("20e95012", "2oegsoi2")}
    assert ask("words", str(nicolas.pk), "quatre vélos bleus") == {"is": ()}
    assert ask("words", "0", NUMEN) == {"is": ()}


def test_a_text_longer_than_any_password_is_answered_nothing(
    ask: Callable[..., dict[str, Any]], nicolas: Account
) -> None:
    assert ask("words", str(nicolas.pk), NUMEN.ljust(1024, "."))["is"]
    assert ask("words", str(nicolas.pk), NUMEN.ljust(1025, ".")) == {"is": ()}


def test_questions_about_an_account_are_counted_by_the_hour(numens: HeldNumens, nicolas: Account) -> None:
    clock = [0.0]
    ask = verbs(numens, {PAGES}, {DOORS}, QuestionBudget(lambda: clock[0]))["words"].run
    for asked in ("", "." * 2000) * 100:
        assert ask(str(nicolas.pk), asked) == {"is": ()}
    assert ask(str(nicolas.pk), "") == {"refusal": "credentials.passwords-tried-too-often"}
    assert ask("0", "") == {"is": ()}
    clock[0] = 3600.0
    assert ask(str(nicolas.pk), "") == {"is": ()}


def test_what_opens_anything_is_for_the_pages_of_those_signed_in(numens: HeldNumens) -> None:
    table = verbs(numens, {PAGES}, {DOORS})
    assert {name for name, verb in table.items() if DOORS in verb.users} == {"digest", "seal", "words"}
    assert all(PAGES in verb.users for verb in table.values())


@pytest.mark.parametrize("arguments", [("unseal", "", "é", "x"), ("mask", "", "==="), ("words", "x", "y")])
def test_what_is_not_understood_is_refused(
    ask: Callable[..., dict[str, Any]], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(EngineRefused):
        ask(*arguments)


def test_a_seal_of_pages_is_opened_by_the_keys(
    ask: Callable[..., dict[str, Any]], numens: HeldNumens
) -> None:
    sealed = b64decode(ask("seal", b64encode(NUMEN.encode()).decode(), PURPOSE.decode())["is"])
    assert numens.keys.mask(sealed) == parse_numen(NUMEN).masked
    assert digest(parse_numen(NUMEN), numens.keys) == numens.keys.digest(NUMEN)
