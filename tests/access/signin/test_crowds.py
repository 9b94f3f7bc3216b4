"""Many tries at once or from one network: whoever has the right password gets in, and no page waits."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.access.signin.people import PASSWORD, account
from tests.access.signin.races import at_once
from tests.access.signin.work import INSTANT, challenge_of, solved, worked
from tests.answers import PageAnswer

from vaguemestre.access.signin.failure_storm import failed_attempts
from vaguemestre.access.signin.models import Attempts
from vaguemestre.access.signin.services import end_deferred_form
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.credentials.services import hash_slot

HELD = settings.HELD_FORM_COOKIE_NAME

pytestmark = pytest.mark.django_db


@pytest.fixture
def nicolas() -> Account:
    return account()


def tried(client: Client, name: str, secret: str, **more: str) -> PageAnswer:
    return client.post("/alogin", {"username": name, "secret": secret, **more})


def a_pupil_tries(number: int) -> PageAnswer:
    return tried(Client(), f"invente{number}", f"essai {number}")


@pytest.mark.heavy
def test_a_pupil_does_not_keep_a_colleague_of_the_same_address_out(nicolas: Account) -> None:
    for number in range(32):
        a_pupil_tries(number)
    for number in range(32, 38):
        a_pupil_tries(number)
        colleague = Client()
        answer = worked(colleague, tried(colleague, "nmorel", PASSWORD))
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert colleague.get("/").status_code == 200


@pytest.mark.heavy
def test_twenty_failures_on_an_account_do_not_close_it_to_its_owner(nicolas: Account) -> None:
    pupil = Client()
    for number in range(20):
        answer = tried(pupil, "nmorel", f"essai {number}")
        if number < 7:
            worked(pupil, answer)
    near = Attempts.objects.get(subject__startswith=f"near:account:{nicolas.pk}:")
    Attempts.objects.filter(pk=near.pk).update(failures=20)
    Attempts.objects.filter(subject=f"account:{nicolas.pk}").update(failures=20)
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert worked(elsewhere, tried(elsewhere, "nmorel", PASSWORD))["Location"] == "/"


@pytest.mark.heavy
def test_above_the_brake_a_try_without_its_work_is_not_looked_at(nicolas: Account) -> None:
    for number in range(32):
        a_pupil_tries(number)
    colleague = Client()
    answer = tried(colleague, "nmorel", PASSWORD)
    assert answer.status_code == 202
    assert colleague.post(INSTANT, {"work": "1,2,3,4,5,6,7,8"}).status_code == 202
    assert colleague.get("/").status_code == 302


def test_the_work_of_one_try_does_not_serve_for_the_next(nicolas: Account) -> None:
    pupil = Client()
    for _ in range(5):
        tried(pupil, "nmorel", "faux")
    asked = tried(pupil, "nmorel", "encore faux")
    answer, held = solved(*challenge_of(asked)), pupil.cookies[HELD].value
    assert pupil.post(INSTANT, {"work": answer}).status_code == 200
    pupil.cookies[HELD] = held
    assert pupil.post(INSTANT, {"work": answer})["Location"] == "/alogin"
    again = tried(pupil, "nmorel", "encore faux")
    assert again.status_code == 202
    assert challenge_of(again) != challenge_of(asked)


@pytest.mark.parametrize("end", ["answered", "left", "deferred again, then answered"])
def test_a_copy_of_what_was_deferred_opens_nothing_once_it_had_its_answer(nicolas: Account, end: str) -> None:
    Attempts.objects.create(subject="network:127.0.0.1", failures=40, last_at=timezone.now())
    owner, thief = Client(), Client(REMOTE_ADDR="203.0.113.9")
    asked = tried(owner, "nmorel", PASSWORD)
    thief.cookies[HELD] = owner.cookies[HELD].value
    work = {"work": solved(*challenge_of(asked))}
    if end == "left":
        owner.get("/alogin")
    elif end == "answered":
        assert owner.post(INSTANT, work)["Location"] == "/"
    else:
        again = owner.post(INSTANT, {"work": "1,2,3,4,5,6,7,8"})
        assert again.status_code == 202
        assert worked(owner, again)["Location"] == "/"
    assert thief.post(INSTANT, work)["Location"] == "/alogin"
    assert thief.get("/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_several_copies_at_once_one_opens_the_account() -> None:
    account()
    Attempts.objects.create(subject="network:127.0.0.1", failures=40, last_at=timezone.now())
    owner = Client()
    asked = tried(owner, "nmorel", PASSWORD)
    work, held = {"work": solved(*challenge_of(asked))}, owner.cookies[HELD].value

    def resume(number: int) -> str:
        client = Client()
        client.cookies[HELD] = held
        answer = client.post(INSTANT, work)
        return answer.headers.get("Location", "")

    assert at_once(3, resume).count("/") == 1


def test_what_is_kept_of_an_answer_is_a_digest_for_five_minutes(nicolas: Account) -> None:
    now = timezone.now()
    assert end_deferred_form("chain", now=now)
    assert not end_deferred_form("chain", now=now + timedelta(minutes=5))
    assert "chain" not in Attempts.objects.get().subject
    assert end_deferred_form("another", now=now + timedelta(minutes=5, seconds=1))
    assert Attempts.objects.count() == 1


def test_what_was_deferred_is_over_once_somebody_is_in_or_out(nicolas: Account) -> None:
    """The cookie holds name and password: whoever sits down next would be that person."""
    for leave in (lambda client: client.get("/alogin"), lambda client: client.post("/deconnexion")):
        Attempts.objects.all().delete()
        Attempts.objects.create(subject="network:127.0.0.1", failures=40, last_at=timezone.now())
        client = Client()
        assert tried(client, "nmorel", PASSWORD).status_code == 202
        assert not client.cookies[HELD]["max-age"], "it ends with the browser"
        held = client.cookies[HELD].value
        Attempts.objects.all().delete()
        assert tried(client, "nmorel", PASSWORD)["Location"] == "/"
        assert not client.cookies[HELD].value
        client.cookies[HELD] = held  # as if it had been left behind
        client.session.flush()
        leave(client)
        assert not client.cookies[HELD].value
        assert client.get(INSTANT)["Location"] == "/alogin"


def test_the_work_done_in_one_network_does_not_serve_in_another(nicolas: Account) -> None:
    for network in ("127.0.0.1", "203.0.113.9", "203.0.113.10"):
        Attempts.objects.create(subject=f"network:{network}", failures=40, last_at=timezone.now())
    pupil = Client()
    asked = tried(pupil, "nmorel", "faux")
    answer, held = solved(*challenge_of(asked)), pupil.cookies[HELD].value
    for network in ("203.0.113.9", "203.0.113.10"):
        elsewhere = Client(REMOTE_ADDR=network)
        elsewhere.cookies[HELD] = held
        again = elsewhere.post(INSTANT, {"work": answer})
        assert again.status_code == 202
        assert challenge_of(again) != challenge_of(asked)
    assert pupil.post(INSTANT, {"work": answer}).status_code == 200


@pytest.mark.heavy
def test_known_and_unknown_names_are_asked_for_the_same_work(nicolas: Account) -> None:
    levels = []
    for name in ("nmorel", "personne"):
        client = Client(REMOTE_ADDR="203.0.113.7" if name == "nmorel" else "203.0.113.8")
        answers = [tried(client, name, f"faux {number}") for number in range(6)]
        levels.append([answer.status_code for answer in answers] + [challenge_of(answers[-1])[1]])
    assert levels[0] == levels[1]
    assert levels[0][-2:] == [202, 1]


@pytest.mark.heavy
def test_nothing_typed_is_on_the_page_nor_in_the_tables(nicolas: Account) -> None:
    for number in range(32):
        a_pupil_tries(number)
    client = Client()
    answer = tried(client, "nmorel", PASSWORD, next="/contacts/")
    text = answer.content.decode()
    assert PASSWORD not in text
    assert "nmorel" not in text
    assert "no-store" in answer["Cache-Control"]
    cookie = answer.cookies[HELD]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["max-age"], "it ends with the browser"
    assert PASSWORD not in cookie.value
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM signin_browsersession")
        assert cursor.fetchone() == (0,)
    done = worked(client, answer)
    assert done["Location"] == "/contacts/"
    assert done.cookies[HELD].value == ""


@pytest.mark.heavy
def test_a_browser_without_scripts_waits_and_comes_back(
    nicolas: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(32):
        a_pupil_tries(number)
    client = Client()
    page = tried(client, "nmorel", PASSWORD).content.decode()
    refresh = re.search(r'<noscript><meta http-equiv="refresh" content="(\d+);url=([^"]+)"></noscript>', page)
    assert refresh
    seconds, where = int(refresh[1]), refresh[2]
    assert where == INSTANT
    assert client.get(where).status_code == 202  # too soon: asked again, from now on
    monkeypatch.setattr("vaguemestre.access.signin.held_forms.time.time", later(seconds))
    assert client.get(where)["Location"] == "/"


def later(seconds: int) -> Callable[[], float]:
    now = time.time() + seconds
    return lambda: now


@pytest.mark.heavy
def test_a_form_held_too_long_is_typed_again(nicolas: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(32):
        a_pupil_tries(number)
    client = Client()
    tried(client, "nmorel", PASSWORD)
    monkeypatch.setattr("vaguemestre.access.signin.held_forms.time.time", later(400))
    assert client.get(INSTANT)["Location"] == "/alogin"
    assert Client().get(INSTANT)["Location"] == "/alogin"


def test_without_a_place_for_its_hash_a_try_comes_back_by_itself(nicolas: Account) -> None:
    client = Client()
    with hash_slot() as one, hash_slot() as two, hash_slot() as three:
        assert (one, two, three) == (True, True, False)
        answer = tried(client, "nmorel", PASSWORD)
        text = answer.content.decode()
        assert answer.status_code == 202
        assert "Un instant…</h1>" in text
        assert 'role="status"' in text
        assert not Attempts.objects.exists()  # nothing was looked at, nothing is charged
        assert client.get(INSTANT).status_code == 202
    refresh = re.search(r'<meta http-equiv="refresh" content="[2-4];url=([^"]+)">', text)
    assert refresh
    assert client.get(refresh[1])["Location"] == "/"


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_page_does_not_wait_for_sign_ins_that_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that hash are held at a gate: of sixteen sign-ins two hash, fourteen have an answer at once."""
    account()
    entered, gate = [Event(), Event()], Event()
    free = iter(entered)

    def slow(password: str, kept: str) -> bool:
        next(free).set()
        assert gate.wait(30)
        return False

    monkeypatch.setattr("vaguemestre.access.signin.services.steps.matches_hash", slow)
    statuses: list[int] = []

    def run(number: int) -> None:
        statuses.append(tried(Client(), f"invente{number}", "faux").status_code)
        connection.close()

    hashing = [Thread(target=run, args=(number,)) for number in range(2)]
    for thread in hashing:
        thread.start()
    assert all(event.wait(30) for event in entered)
    others = [Thread(target=run, args=(number,)) for number in range(2, 16)]
    for thread in others:
        thread.start()
    for thread in others:
        thread.join(60)
    assert statuses == [202] * 14
    gate.set()
    for thread in hashing:
        thread.join(60)
    assert statuses[14:] == [200, 200]


def test_a_storm_in_vain_asks_every_strange_browser_for_work_and_no_known_one(nicolas: Account) -> None:
    known = Client()
    tried(known, "nmorel", PASSWORD)
    known.post("/deconnexion")
    tried(Client(REMOTE_ADDR="198.51.100.1"), "invente", "essai")
    assert failed_attempts.level(timezone.now()) == 0
    for _ in range(25):
        failed_attempts.record(timezone.now())
    stranger = Client(REMOTE_ADDR="203.0.113.5")
    answer = tried(stranger, "nmorel", PASSWORD)
    assert answer.status_code == 202
    assert worked(stranger, answer)["Location"] == "/"
    assert tried(known, "nmorel", PASSWORD)["Location"] == "/"
    failed_attempts.reset()
    fresh = Client(REMOTE_ADDR="203.0.113.6")
    assert tried(fresh, "nmorel", PASSWORD)["Location"] == "/"


@pytest.mark.parametrize("state", ["pending", "active", "suspended", "closed", "nobody"])
def test_a_numen_typed_at_sign_in_leads_to_the_same_page_whoever_it_is(state: str) -> None:
    numen = "20E9501234ABC"
    if state != "nobody":
        account("ifares", state=state, numen=numen)
    account("autre", numen="20E9501235ABD")
    answers = {
        (answer.status_code, answer["Location"])
        for answer in (
            tried(Client(), "ifares", numen),
            tried(Client(), "ifares", "20 e 95 01235 abd"),
            tried(Client(), "ifares", "20E9599999ZZZ"),
        )
    }
    assert answers == {(302, "/assistant/?choix=premiere-connexion&numen=1")}


def test_a_numen_costs_what_another_wrong_secret_costs(nicolas: Account) -> None:
    for secret in ("20E9501234ABC", "un mauvais mot de passe"):
        tried(Client(REMOTE_ADDR="203.0.113.3"), "nmorel", secret)
    assert Attempts.objects.get(subject=f"account:{nicolas.pk}").failures == 2


def test_the_page_a_numen_leads_to_says_nothing_of_the_account() -> None:
    text = Client().get("/assistant/?choix=premiere-connexion&numen=1").content.decode()
    assert "n’est pas encore activé" not in text
    assert "Un NUMEN n’ouvre pas la messagerie" in text


@pytest.mark.heavy
def test_strangers_who_fail_do_not_slow_a_passkey_down(nicolas: Account) -> None:
    for number in range(60):
        a_pupil_tries(number)
    client = Client()
    client.post("/alogin/cle/options")
    page = client.post("/alogin/cle", {"response": "{}", "next": "/"}).content.decode()
    assert "Réessayez dans" not in page


def test_counters_are_forgotten_as_they_fade(nicolas: Account) -> None:
    tried(Client(), "nmorel", "faux")
    assert Attempts.objects.filter(subject__startswith="near:").count() == 1
    Attempts.objects.update(last_at=Attempts.objects.latest("last_at").last_at - timedelta(hours=25))
    client = Client()
    assert tried(client, "nmorel", PASSWORD)["Location"] == "/"
