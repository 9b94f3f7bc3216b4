"""A forgotten password: a code delivered to the contact, NUMEN and birth date; and nothing less."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.access.signin.letters import letters_due
from tests.access.signin.people import NOON, PASSWORD, account, add_application
from tests.access.signin.work import challenge_of, solved
from tests.answers import PageAnswer

from vaguemestre.access.assistant.queries import issued_code_until
from vaguemestre.access.assistant.services import issue_code
from vaguemestre.access.signin.models import Attempts, BrowserSession, Device
from vaguemestre.access.signin.services import change_password, remove_contact
from vaguemestre.people.credentials.models import Account, RecoveryContact
from vaguemestre.people.credentials.ports import secret_keys
from vaguemestre.people.credentials.services import bar_password, change_states, matches_hash
from vaguemestre.people.directory.models import Person

NUMEN = "20E9501234ABC"
BORN = "03/09/1985"
HOME = "nicolas@maison.example"
NEW = "sept nuages sur un toit"
ASK, CODE, CHOOSE = "/assistant/secours", "/assistant/secours/code", "/assistant/secours/mot-de-passe"

pytestmark = pytest.mark.django_db


def give_contact(of: Account, *, rested: bool = True) -> None:
    usable = timezone.now() + timedelta(hours=0 if rested else 1)
    RecoveryContact.objects.create(
        account=of, address=HOME, code_until=NOON, confirmed_at=NOON, usable_at=usable
    )


@pytest.fixture
def nicolas() -> Account:
    made = account(numen=NUMEN)
    give_contact(made)
    return made


def ask(client: Client, numen: str = NUMEN, born: str = BORN) -> PageAnswer:
    return client.post(ASK, {"numen": numen, "birth_date": born})


def code_given(client: Client, code: str) -> PageAnswer:
    return client.post(CODE, {"code": code})


def chosen(client: Client, password: str = NEW) -> PageAnswer:
    return client.post(CHOOSE, {"new_password": password, "confirmation": password})


def test_the_whole_way_to_a_new_password(client: Client, nicolas: Account) -> None:
    elsewhere = Client()
    elsewhere.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    assert ask(client)["Location"] == CODE
    owner, kind, address, code = letters_due()[-1]
    assert (owner, kind, address) == (nicolas.pk, "recover", HOME)
    assert code_given(client, code)["Location"] == CHOOSE
    assert "nmorel" in client.get(CHOOSE).content.decode()
    assert chosen(client)["Location"] == "/alogin?nouveau=1"
    nicolas.refresh_from_db()
    assert matches_hash(NEW, nicolas.password)
    assert not BrowserSession.objects.filter(account=nicolas).exists()
    assert elsewhere.get("/").status_code == 302
    assert client.get("/").status_code == 302  # nobody is signed in by it
    assert Client().post("/alogin", {"username": "nmorel", "secret": NEW})["Location"] == "/"
    assert chosen(client, "autre chose de long")["Location"] == ASK


def test_a_second_factor_is_still_asked_for(client: Client, nicolas: Account) -> None:
    add_application(nicolas)
    ask(client)
    code_given(client, letters_due()[-1][3])
    chosen(client)
    assert Client().post("/alogin", {"username": "nmorel", "secret": NEW})["Location"] == "/alogin/code"


def replaced(whose: Account) -> None:
    """Their owner chooses another password."""
    change_password(whose.pk, "celui du propriétaire", by=f"account:{whose.pk}", now=timezone.now())


def barred(whose: Account) -> None:
    """Their owner follows « Ce n’était pas moi »."""
    with transaction.atomic():
        bar_password(whose.pk, by="notice", now=timezone.now())


def without_the_contact(whose: Account) -> None:
    """Their owner removes the contact that received the code."""
    remove_contact(whose.pk, RecoveryContact.objects.get(account=whose).pk, now=timezone.now())


MEANWHILE = pytest.mark.parametrize("acts", [replaced, barred, without_the_contact])


@MEANWHILE
@pytest.mark.parametrize("when", ["before the code is typed", "after it"])
def test_what_the_owner_does_meanwhile_ends_what_the_code_proved(
    client: Client, nicolas: Account, when: str, acts: Callable[[Account], None]
) -> None:
    """Told of it by letter, they act: for half an hour the code went on choosing."""
    ask(client)
    code = letters_due()[-1][3]
    steps = [lambda: code_given(client, code), lambda: acts(nicolas)]
    for step in steps if when == "after it" else reversed(steps):
        step()
    assert chosen(client)["Location"] == ASK
    nicolas.refresh_from_db()
    assert not matches_hash(NEW, nicolas.password)


@MEANWHILE
@pytest.mark.parametrize("when", ["before the code is typed", "after it"])
def test_what_the_owner_does_meanwhile_ends_a_code_of_the_help_desk(
    client: Client, nicolas: Account, when: str, acts: Callable[[Account], None]
) -> None:
    with transaction.atomic():
        code = issue_code(nicolas.pk, secret_keys.get(), by="test", now=timezone.now())
    fields = {"name": "nmorel", "birth_date": BORN, "code": code}
    steps = [lambda: client.post("/assistant/code", fields), lambda: acts(nicolas)]
    for step in steps if when == "after it" else reversed(steps):
        step()
    assert chosen(client)["Location"] == ASK
    nicolas.refresh_from_db()
    assert not matches_hash(NEW, nicolas.password)
    assert issued_code_until(nicolas.pk, timezone.now()) is None, "the desk is not told of a code that opens"


def nobody() -> None:
    account("autre")


def pending() -> None:
    give_contact(account(state="pending", numen=NUMEN))


def suspended() -> None:
    made = account(numen=NUMEN)
    give_contact(made)
    change_states([made.pk], "suspend", by="test", now=NOON)


def without_contact() -> None:
    account(numen=NUMEN)


def contact_too_fresh() -> None:
    give_contact(account(numen=NUMEN), rested=False)


def known() -> None:
    give_contact(account(numen=NUMEN))


OTHERS = [nobody, pending, suspended, without_contact, contact_too_fresh]


@pytest.mark.parametrize("others", OTHERS)
def test_no_code_leaves_for_others_and_nothing_tells(client: Client, others: Callable[[], None]) -> None:
    others()
    assert ask(client)["Location"] == CODE
    [(owner, _, address, code)] = letters_due()
    assert (owner, address) == (0, "")
    assert code_given(client, code).status_code == 200  # even the code that was drawn opens nothing
    assert client.get(CHOOSE)["Location"] == ASK


def work_of(act: Callable[[], object]) -> list[str]:
    """The kinds of statements an act sends to the database, in order."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return [query["sql"].partition("SAVEPOINT")[0][:50] for query in asked]


@pytest.mark.parametrize("case", [known, *OTHERS])
def test_whoever_it_is_the_answers_and_the_work_are_the_same(
    client: Client, case: Callable[[], None]
) -> None:
    case()
    reference = work_of(lambda: ask(Client(), "20E9508888YYY"))
    answers = []
    assert work_of(lambda: answers.append(ask(client))) == reference
    [answer] = answers
    assert (answer.status_code, answer["Location"], answer.content) == (302, CODE, b"")
    page = client.get(CODE).content
    wrong = code_given(client, "00000000").content
    assert b"Si ces informations sont exactes" in page
    assert b"pas le bon, ou n" in wrong


@pytest.mark.parametrize("born", ["04/09/1985", "03/09/1986"])
def test_the_birth_date_counts(client: Client, nicolas: Account, born: str) -> None:
    ask(client, born=born)
    assert [owner for owner, *_ in letters_due()] == [0]


def test_five_tries_at_a_code(client: Client, nicolas: Account) -> None:
    ask(client)
    code = letters_due()[-1][3]
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        assert code_given(client, wrong).status_code == 200
    assert code_given(client, code).status_code == 200


def test_a_code_serves_the_browser_that_asked(client: Client, nicolas: Account) -> None:
    ask(client)
    code = letters_due()[-1][3]
    stranger = Client()
    assert code_given(stranger, code)["Location"] == ASK
    ask(stranger)
    assert code_given(stranger, code).status_code == 200


def test_five_letters_a_day_at_most(client: Client, nicolas: Account) -> None:
    for _ in range(8):
        ask(Client())
    assert len(letters_due()) == 5


def test_a_password_too_close_is_refused(client: Client, nicolas: Account) -> None:
    ask(client)
    code_given(client, letters_due()[-1][3])
    assert chosen(client, f"{NUMEN}!").status_code == 200
    nicolas.refresh_from_db()
    assert matches_hash(PASSWORD, nicolas.password)


def test_suspended_meanwhile_it_stays_shut(client: Client, nicolas: Account) -> None:
    ask(client)
    code_given(client, letters_due()[-1][3])
    change_states([nicolas.pk], "suspend", by="test", now=NOON)
    assert chosen(client)["Location"] == ASK
    nicolas.refresh_from_db()
    assert matches_hash(PASSWORD, nicolas.password)


@pytest.mark.parametrize("page", [CODE, CHOOSE])
def test_no_page_is_reached_but_through_the_one_before(client: Client, nicolas: Account, page: str) -> None:
    assert client.get(page)["Location"] == ASK
    assert client.post(page, {"code": "1", "new_password": NEW, "confirmation": NEW})["Location"] == ASK


def closed_by_others(numen: str = NUMEN) -> None:
    for day in range(10, 17):
        Client(REMOTE_ADDR="203.0.113.9").post(
            "/assistant/", {"numen": numen, "birth_date": f"{day}/01/1970"}
        )
    assert Client().post("/assistant/", {"numen": numen, "birth_date": BORN}).status_code == 200


def test_a_code_to_the_address_on_file_opens_a_numen_that_others_closed(client: Client) -> None:
    ines = account("ifares", state="pending", numen=NUMEN)
    Person.objects.filter(pk=ines.person_id).update(recovery_address="ines@exemple.fr")
    closed_by_others()
    page = client.post("/assistant/", {"numen": NUMEN, "birth_date": BORN, "by_code": "1"})
    assert page["Location"] == CODE
    owner, kind, address, code = letters_due()[-1]
    assert (owner, kind, address) == (ines.pk, "activate", "ines@exemple.fr")
    assert code_given(client, code)["Location"] == "/assistant/activer"


def test_a_code_handed_over_opens_a_numen_that_others_closed(client: Client) -> None:
    ines = account("ifares", state="pending", numen=NUMEN)
    closed_by_others()
    code = issue_code(ines.pk, secret_keys.get(), by="test", now=timezone.now())
    given = {"name": NUMEN, "birth_date": BORN, "code": code}
    assert client.post("/assistant/code", given)["Location"] == "/assistant/activer"


def test_wrong_codes_of_others_do_not_close_the_door_of_codes(client: Client) -> None:
    ines = account("ifares", state="pending", numen=NUMEN)
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for number in range(8):
        stranger.post(
            "/assistant/code", {"name": NUMEN, "birth_date": BORN, "code": f"abcd-efgh-ijkm{number}"}
        )
    code = issue_code(ines.pk, secret_keys.get(), by="test", now=timezone.now())
    given = {"name": NUMEN, "birth_date": BORN, "code": code}
    assert client.post("/assistant/code", given)["Location"] == "/assistant/activer"


def test_a_contact_gets_five_letters_a_day_and_the_pages_do_not_tell(
    client: Client, nicolas: Account
) -> None:
    pages = {ask(Client(REMOTE_ADDR=f"203.0.113.{number}"))["Location"] for number in range(8)}
    assert pages == {CODE}
    assert sum(owner == nicolas.pk for owner, *_ in letters_due()) == 5


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_letters_asked_by_others_keep_no_owner_from_theirs(
    client: Client, nicolas: Account, *, is_forgotten: bool
) -> None:
    """Whoever knows the birth date spends five a day; a browser its owner signed in with has five apart."""
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    client.post("/deconnexion")
    for number in range(6):
        ask(Client(REMOTE_ADDR=f"203.0.113.{number}"))
    if is_forgotten:
        Device.objects.update(forgotten_at=NOON)
    for number in range(6):
        client.defaults["REMOTE_ADDR"] = f"203.0.113.{number + 10}"
        assert ask(client)["Location"] == CODE
    sent = sum(owner == nicolas.pk for owner, *_ in letters_due())
    assert sent == (5 if is_forgotten else 10)


def test_wrong_birth_dates_of_others_spend_no_letter(client: Client, nicolas: Account) -> None:
    for day in range(10, 17):
        ask(Client(REMOTE_ADDR="203.0.113.9"), born=f"{day}/01/1970")
    assert ask(client)["Location"] == CODE
    assert letters_due()[-1][:3] == (nicolas.pk, "recover", HOME)


@pytest.mark.parametrize("name", ["nmorel", "nmorel@ac-amiens.test"])
def test_an_identifier_does_as_well_as_a_numen(client: Client, nicolas: Account, name: str) -> None:
    assert ask(client, numen=name)["Location"] == CODE
    assert letters_due()[-1][:3] == (nicolas.pk, "recover", HOME)


def test_a_network_above_its_brake_works_and_is_not_refused(client: Client) -> None:
    account("ifares", state="pending", numen=NUMEN)
    Attempts.objects.create(subject="assistant-network:127.0.0.1", failures=25, last_at=timezone.now())
    answer = client.post("/assistant/", {"numen": NUMEN, "birth_date": BORN})
    assert answer.status_code == 202
    assert NUMEN not in answer.content.decode()
    done = client.post("/assistant/?suite=1", {"work": solved(*challenge_of(answer))})
    assert done["Location"] == "/assistant/activer"


def test_the_work_done_in_one_network_asks_for_no_code_from_another(nicolas: Account) -> None:
    here, elsewhere = Client(), Client(REMOTE_ADDR="203.0.113.9")
    for network in ("127.0.0.1", "203.0.113.9"):
        Attempts.objects.create(subject=f"assistant-network:{network}", failures=25, last_at=timezone.now())
    asked = ask(here)
    work, held = solved(*challenge_of(asked)), here.cookies[settings.HELD_FORM_COOKIE_NAME].value
    elsewhere.cookies[settings.HELD_FORM_COOKIE_NAME] = held
    again = elsewhere.post(f"{ASK}?suite=1", {"work": work})
    assert again.status_code == 202
    assert challenge_of(again) != challenge_of(asked)
    assert here.post(f"{ASK}?suite=1", {"work": work}).status_code == 302
