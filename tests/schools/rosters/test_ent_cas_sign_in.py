"""Coming from the ENT: the mail of one's own account opens, never another's; to whom to write is ready."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings as ours
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.access.signin.people import account, add_application
from tests.access.signin.redirects import HOSTILE
from tests.schools.rosters.schools import UAI, browser_of

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.foundation.jobs.services import run_now
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.people.credentials.models import Account
from vaguemestre.schools.rosters.models import EntLinkRow
from vaguemestre.schools.rosters.ports import fetch_from_ent
from vaguemestre.schools.rosters.rules.cas import user_of_ticket

CAS = "https://ent.example/cas"
type People = dict[str, Account]
type Ent = dict[str, str]


def success(user: str) -> bytes:
    return (
        '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess>'
        f"<cas:user>{user}</cas:user><cas:attributes><cas:user>autre</cas:user></cas:attributes>"
        "</cas:authenticationSuccess></cas:serviceResponse>"
    ).encode()


FAILURE = (
    b'<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">'
    b'<cas:authenticationFailure code="INVALID_TICKET">'
    b"non</cas:authenticationFailure></cas:serviceResponse>"
)


@pytest.fixture(autouse=True)
def ent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ent]:
    """The ENT's CAS server: each ticket is of a user, for the service it was made for."""
    monkeypatch.setattr(ours, "CONFIG", replace(ours.CONFIG, ent=replace(ours.CONFIG.ent, cas_url=CAS)))
    tickets: Ent = {}

    def answer(address: str) -> bytes:
        asked = parse_qs(urlsplit(address).query)
        assert address.startswith(f"{CAS}/p3/serviceValidate?")
        ticket = asked.get("ticket", [""])[0]
        if ticket == "en panne":
            raise EngineDown("ent")
        user, _, service = tickets.get(ticket, "").partition(" ")
        return success(user) if service == asked["service"][0] else FAILURE

    before = fetch_from_ent.get()
    fetch_from_ent.replace(answer)
    yield tickets
    fetch_from_ent.replace(before)


def out(browser: Client, asked: str = "") -> str:
    """The service the ENT is told to send the person back to."""
    answer = browser.get(f"/ent/{asked}")
    where = answer.headers["Location"]
    assert where.startswith(f"{CAS}/login?")
    return parse_qs(urlsplit(where).query)["service"][0]


def back(browser: Client, ent: Ent, service: str, user: str) -> "Client":
    ent["ST-1"] = f"{user} {service}"
    path = service.removeprefix(ours.CONFIG.public_url)
    return browser.get(f"{path}&ticket=ST-1")  # type: ignore[return-value]


def linked(ent: Ent, who: Account, user: str) -> None:
    """Signed in on both sides, the person says that both are theirs."""
    browser = Client()
    answer = back(browser, ent, out(browser), user)
    browser_of(browser, who)
    where = answer.headers["Location"]
    page = browser.get(where)
    assert user in page.content.decode()
    link = parse_qs(urlsplit(where).query)["link"][0]
    assert browser.post("/ent/relier", {"link": link}).status_code == 302


def is_in(browser: Client) -> bool:
    return not browser.get("/classes/").headers.get("Location", "").startswith("/alogin")


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_once_linked_the_ent_opens_the_mail_and_the_composer(people: People, ent: Ent) -> None:
    linked(ent, people["teacher"], "camille.ent")
    browser = Client()
    service = out(browser, f"?uai={UAI}&classe=4B&vers=familles&objet=Sortie")
    answer = back(browser, ent, service, "camille.ent")
    assert is_in(browser)
    composer = browser.get(answer.headers["Location"]).headers["Location"]
    assert composer.startswith("/messagerie/ecrire/?")
    told = parse_qs(urlsplit(composer).query)
    assert told["subject"] == ["Sortie"]
    assert told["to"][0].startswith("4e B — familles <familles.")
    foreign = browser.get("/ent/ecrire?classe=6A&vers=familles")
    assert foreign.headers["Location"] == "/messagerie/"
    one = browser.get("/ent/ecrire?a=parent%40ent-amiens.test").headers["Location"]
    assert "parent%40ent-amiens.test" in one


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_what_the_ent_says_is_never_a_fresh_proof(people: People, ent: Ent) -> None:
    linked(ent, people["teacher"], "camille.ent")
    browser = Client()
    back(browser, ent, out(browser), "camille.ent")
    assert is_in(browser)
    answer = browser.post("/ent/delier")
    assert answer.headers["Location"].startswith("/alogin?confirmer=1")


@pytest.mark.django_db(transaction=True)
def test_a_ticket_brought_to_another_browser_opens_nothing(people: People, ent: Ent) -> None:
    linked(ent, people["teacher"], "camille.ent")
    mine, other = Client(), Client()
    service = out(mine)
    out(other)
    assert back(other, ent, service, "camille.ent").status_code == 422  # type: ignore[attr-defined]
    assert back(Client(), ent, service, "camille.ent").status_code == 422  # type: ignore[attr-defined]
    assert not is_in(other)


@pytest.mark.django_db(transaction=True)
def test_a_link_is_made_only_where_the_person_came_from_the_ent(people: People, ent: Ent) -> None:
    attacker = Client()
    where = back(attacker, ent, out(attacker), "pirate").headers["Location"]
    link = parse_qs(urlsplit(where).query)["link"][0]
    victim = browser_of(Client(), people["teacher"])
    assert victim.get(where).status_code == 422
    assert victim.post("/ent/relier", {"link": link}).status_code == 422
    assert victim.post("/ent/relier", {"link": "faux"}).status_code == 422
    assert not EntLinkRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_ent_user_is_one_account_only(people: People, ent: Ent) -> None:
    linked(ent, people["teacher"], "camille.ent")
    browser = Client()
    service = out(browser)
    browser_of(browser, people["colleague"])
    EntLinkRow.objects.all().update(account=people["head"])
    assert browser.get(service.removeprefix(ours.CONFIG.public_url)).status_code == 422  # no ticket
    assert EntLinkRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ticket", ["", "ST-autre", "en panne"])
def test_a_ticket_the_ent_does_not_know_is_refused(people: People, ent: Ent, ticket: str) -> None:
    browser = Client()
    path = out(browser).removeprefix(ours.CONFIG.public_url)
    assert browser.get(f"{path}&ticket={ticket}").status_code == 422


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_second_factor_is_still_asked_and_privileged_roles_come_by_our_own_door(
    people: People, ent: Ent
) -> None:
    teacher, desk = people["teacher"], account("bureau", role="helpdesk")
    linked(ent, teacher, "camille.ent")
    linked(ent, desk, "bureau.ent")
    add_application(teacher)
    browser = Client()
    assert back(browser, ent, out(browser), "camille.ent").headers["Location"] == "/alogin/code"
    assert not is_in(browser)
    browser = Client()
    assert back(browser, ent, out(browser), "bureau.ent").headers["Location"].startswith("/alogin?")
    assert not is_in(browser)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["alarm-raised", "password-changed", "recovered", "desk-compromised"])
def test_what_shuts_an_account_shuts_the_ents_door(people: People, ent: Ent, act: str) -> None:
    linked(ent, people["teacher"], "camille.ent")
    run_now(AccountTouched(people["teacher"].pk, act, "2026-11-25T12:00:00+00:00"))
    assert not EntLinkRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_suspended_account_is_not_entered(people: People, ent: Ent) -> None:
    linked(ent, people["teacher"], "camille.ent")
    Account.objects.filter(pk=people["teacher"].pk).update(state="suspended")
    browser = Client()
    back(browser, ent, out(browser), "camille.ent")
    assert not is_in(browser)


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_nothing_hostile_comes_after_the_ent(people: People, ent: Ent) -> None:
    """Neither when it lets in, nor once both accounts are linked."""
    linked(ent, people["teacher"], "camille.ent")
    for hostile in HOSTILE:
        browser = Client()
        kept = out(browser).partition("&next=")[0]
        answer = back(browser, ent, f"{kept}&{urlencode({'next': hostile})}", "camille.ent")
        assert answer.headers["Location"] == "/", hostile
    browser = Client()
    where = back(browser, ent, out(browser), "philippe.ent").headers["Location"]
    link = parse_qs(urlsplit(where).query)["link"][0]
    browser_of(browser, people["head"])
    for hostile in HOSTILE:
        sent = browser.post("/ent/relier", {"link": link, "next": hostile})
        assert sent.headers["Location"] == "/messagerie/", hostile


@pytest.mark.django_db(transaction=True)
def test_without_an_ent_there_is_no_such_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "CONFIG", replace(ours.CONFIG, ent=replace(ours.CONFIG.ent, cas_url="")))
    assert Client().get("/ent/").status_code == 404


def test_the_user_is_read_where_the_standard_says() -> None:
    assert user_of_ticket(success("camille")) == "camille"


BAD: dict[str, Callable[[], bytes]] = {
    "failure": lambda: FAILURE,
    "no namespace": lambda: success("x").replace(b"http://www.yale.edu/tp/cas", b"http://ailleurs"),
    "two users": lambda: success("x</cas:user><cas:user>y"),
    "nobody": lambda: success(" "),
    "an entity": lambda: b'<!DOCTYPE a [<!ENTITY u "camille">]>' + success("&u;"),
    "cut": lambda: success("x")[:-5],
}


@pytest.mark.parametrize("what", BAD)
def test_anything_else_is_nobody(what: str) -> None:
    with pytest.raises(Refusal, match="ent-refused"):
        user_of_ticket(BAD[what]())


@given(st.binary(max_size=200))
def test_noise_is_nobody(noise: bytes) -> None:
    with pytest.raises(Refusal, match="ent-refused"):
        user_of_ticket(noise)
