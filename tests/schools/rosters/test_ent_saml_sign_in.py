"""Coming from the ENT by SAML: its signed answer to what this browser asked, for us, once; nothing else."""

import base64
import copy
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.conf import settings as ours
from django.test import Client
from django.utils import timezone
from lxml import etree
from tests.access.signin.people import add_application
from tests.answers import PageAnswer
from tests.schools.rosters.other_ent import OtherEnt
from tests.schools.rosters.schools import UAI, browser_of

from vaguemestre.access.sso.saml.rules.documents import Element, parse_message
from vaguemestre.access.sso.saml.rules.message_builder import (
    Statement,
    build_assertion,
    build_response,
    serialize,
)
from vaguemestre.access.sso.saml.rules.metadata import build_idp_metadata, read_metadata
from vaguemestre.access.sso.saml.rules.names import DS, SAML, SAMLP, tag
from vaguemestre.access.sso.saml.rules.pairs import generate_pair
from vaguemestre.access.sso.saml.rules.signatures import check_query, sign
from vaguemestre.access.sso.saml.values import PASSWORD, Format, SigningPair, Status
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.people.credentials.models import Account
from vaguemestre.schools.rosters.models import EntLinkRow
from vaguemestre.schools.rosters.ports import ent_saml_provider
from vaguemestre.schools.rosters.views import ent_sign_in
from vaguemestre.site.adapters.ent_saml import EntBySaml

type People = dict[str, Account]
ENT, DOOR = "https://ent.example/saml", "https://ent.example/saml/sso"
HERE, CONSUMER = f"{ours.CONFIG.public_url}/ent/metadata.xml", f"{ours.CONFIG.public_url}/ent/saml"
pytestmark = pytest.mark.django_db(transaction=True)


@lru_cache
def pair(name: str) -> SigningPair:
    now = timezone.now()
    private, certificate = generate_pair(f"{name}.example", now)
    return SigningPair(1, private, certificate, now)


def as_it_is(root: Element) -> Element:
    return root


@dataclass
class Answer:
    """What the ENT answers, and what is wrong with it. `spoil`: done to the message once signed."""

    user: str = "camille.ent"
    issuer: str = ENT
    audience: str = HERE
    recipient: str = CONSUMER
    destination: str = CONSUMER
    form: Format = Format.PERSISTENT
    attributes: dict[str, str] = field(default_factory=dict)
    late: timedelta = timedelta()
    status: Status = Status.SUCCESS
    asked: bool = True
    signs: tuple[str, ...] = ("assertion",)
    by: str = "ent"
    spoil: Callable[[Element], Element] = as_it_is

    def made(self, request_id: str) -> str:
        now = timezone.now() - self.late
        asked = request_id if self.asked else ""
        inside = build_assertion(self._statement(asked, now), now)
        root = build_response(self.issuer, self.destination, asked, now, status=self.status)
        root.append(sign(inside, pair(self.by)) if "assertion" in self.signs else inside)
        root = sign(root, pair(self.by)) if "response" in self.signs else root
        return base64.b64encode(serialize(self.spoil(parse_message(serialize(root))))).decode()

    def _statement(self, asked: str, now: datetime) -> Statement:
        return Statement(
            issuer=self.issuer,
            audience=self.audience,
            recipient=self.recipient,
            in_response_to=asked,
            name_id=self.user,
            format=self.form,
            session_index="_s",
            signed_in_at=now,
            context=PASSWORD,
            attributes=self.attributes,
            session_ends_at=now + timedelta(hours=1),
        )


@pytest.fixture(autouse=True)
def ent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The ENT's metadata, in the home of this instance."""
    now = timezone.now()
    told = build_idp_metadata(ENT, {"sso": DOOR, "slo": f"{DOOR}/fin"}, "ENT", [pair("ent")], now)
    (tmp_path / "ent.xml").write_bytes(serialize(told))
    configured(tmp_path, monkeypatch)
    before = ent_saml_provider.get()
    yield tmp_path
    ent_saml_provider.replace(before)


def configured(home: Path, monkeypatch: pytest.MonkeyPatch, *, name: str = "") -> None:
    section = replace(ours.CONFIG.ent, saml_metadata="ent.xml", saml_name=name)
    monkeypatch.setattr(ours, "CONFIG", replace(ours.CONFIG, ent=section))
    ent_saml_provider.replace(EntBySaml(replace(ours.CONFIG, home=home)))


def out(browser: Client, asked: str = "") -> str:
    """The name of the request the ENT is sent, found signed by us."""
    where = browser.get(f"/ent/{asked}").headers["Location"]
    assert where.startswith(f"{DOOR}?")
    told = parse_qs(urlsplit(where).query)
    described = read_metadata(browser.get("/ent/metadata.xml").content, timezone.now())[0]
    check_query(
        urlsplit(where).query, "SAMLRequest", told["SigAlg"][0], told["Signature"][0], described.signing
    )
    assert described.entity_id == HERE
    assert [one.address for one in described.consumers] == [CONSUMER]
    root = parse_message(zlib.decompress(base64.b64decode(told["SAMLRequest"][0]), -15))
    assert root.get("AssertionConsumerServiceURL") == CONSUMER
    return str(root.get("ID"))


def posted(content: str) -> PageAnswer:
    """As the ENT's page does: from elsewhere, without a cookie."""
    return Client().post("/ent/saml", {"SAMLResponse": content})


def back(browser: Client, content: str) -> PageAnswer:
    answer = posted(content)
    return browser.get(answer["Location"]) if answer.status_code == 303 else answer


def linked(who: Account) -> None:
    browser = Client()
    where = back(browser, Answer().made(out(browser)))["Location"]
    browser_of(browser, who)
    assert "camille.ent" in browser.get(where).content.decode()
    link = parse_qs(urlsplit(where).query)["link"][0]
    assert browser.post("/ent/relier", {"link": link}).status_code == 302


def is_in(browser: Client) -> bool:
    return not browser.get("/classes/").headers.get("Location", "").startswith("/alogin")


@pytest.mark.heavy
def test_once_linked_the_ent_opens_the_mail_and_the_composer(people: People) -> None:
    linked(people["teacher"])
    browser = Client()
    asked = out(browser, f"?uai={UAI}&classe=4B&vers=familles&objet=Sortie")
    answer = back(browser, Answer(signs=("assertion", "response")).made(asked))
    assert is_in(browser)
    composer = browser.get(answer["Location"]).headers["Location"]
    assert composer.startswith("/messagerie/ecrire/?")
    assert "subject=Sortie" in composer
    assert "4e B — familles" in unquote(composer).replace("+", " ")


@pytest.mark.heavy
@pytest.mark.parametrize("signs", [("assertion",), ("response",), ("assertion", "response")])
def test_a_signed_assertion_or_a_signed_whole_is_believed(people: People, signs: tuple[str, ...]) -> None:
    linked(people["teacher"])
    browser = Client()
    back(browser, Answer(signs=signs).made(out(browser)))
    assert is_in(browser)


@pytest.mark.heavy
def test_an_answer_serves_once(people: People) -> None:
    linked(people["teacher"])
    browser = Client()
    content = Answer().made(out(browser))
    where = posted(content)["Location"]
    browser.get(where)
    assert is_in(browser)
    browser.post("/deconnexion")
    assert browser.get(where).status_code == 422
    assert back(browser, content).status_code == 422
    assert not is_in(browser)


@pytest.mark.heavy
def test_an_answer_that_met_an_absent_engine_may_be_given_again(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked(people["teacher"])
    browser = Client()
    where = posted(Answer().made(out(browser)))["Location"]
    with monkeypatch.context() as absence:
        absence.setattr(ent_sign_in, "start_session_by_partner", away)
        assert browser.get(where).status_code == 503
    browser.get(where)
    assert is_in(browser)


def away(*_: object) -> NoReturn:
    raise EngineDown("dovecot")


@pytest.mark.heavy
def test_an_answer_to_another_browser_opens_nothing(people: People) -> None:
    linked(people["teacher"])
    mine, other = Client(), Client()
    content = Answer().made(out(mine))
    out(other)
    assert back(other, content).status_code == 422
    assert back(Client(), content).status_code == 422
    assert not is_in(other)


@pytest.mark.heavy
def test_a_second_factor_is_still_asked(people: People) -> None:
    linked(people["teacher"])
    add_application(people["teacher"])
    browser = Client()
    assert back(browser, Answer().made(out(browser)))["Location"] == "/alogin/code"
    assert not is_in(browser)


@pytest.mark.heavy
def test_an_attribute_may_name_whoever_comes(
    people: People, ent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(ent, monkeypatch, name="uid")
    named = Answer(user="_one-visit", form=Format.TRANSIENT, attributes={"uid": "camille.ent"})
    browser = Client()
    where = back(browser, named.made(out(browser)))["Location"]
    browser_of(browser, people["teacher"])
    assert "camille.ent" in browser.get(where).content.decode()
    again = Client()
    assert back(again, Answer().made(out(again))).status_code == 422  # it says no uid


def no_signature(root: Element) -> Element:
    for one in list(root.iter(tag(DS, "Signature"))):
        one.getparent().remove(one)
    return root


def other_name(root: Element) -> Element:
    next(root.iter(tag(SAML, "NameID"))).text = "direction.ent"
    return root


def forged(root: Element) -> Element:
    """The signed assertion, changed, its signature left out."""
    evil = no_signature(copy.deepcopy(root.find(tag(SAML, "Assertion"))))
    evil.set("ID", "_evil")
    return other_name(evil)


def beside(root: Element) -> Element:
    root.insert(0, forged(root))
    return root


def around(root: Element) -> Element:
    """The good one hidden within the forged one, which stands where it stood (XSW 3, 4)."""
    good, evil = root.find(tag(SAML, "Assertion")), forged(root)
    root.remove(good)
    etree.SubElement(evil, tag(SAML, "Advice")).append(good)
    root.append(evil)
    return root


def in_extensions(root: Element) -> Element:
    good, evil = root.find(tag(SAML, "Assertion")), forged(root)
    root.remove(good)
    etree.SubElement(root, tag(SAMLP, "Extensions")).append(good)
    root.append(evil)
    return root


def in_the_signature(root: Element) -> Element:
    """The signature on the forged one, with the good one as its object (XSW 8)."""
    good, evil = root.find(tag(SAML, "Assertion")), forged(root)
    signature = good.find(tag(DS, "Signature"))
    good.remove(signature)
    root.remove(good)
    etree.SubElement(signature, tag(DS, "Object")).append(good)
    evil.insert(1, signature)
    root.append(evil)
    return root


def same_id(root: Element) -> Element:
    evil = forged(root)
    evil.set("ID", root.find(tag(SAML, "Assertion")).get("ID"))
    root.append(evil)
    return root


WRONG: dict[str, Answer] = {
    "not signed": Answer(signs=()),
    "signed by a stranger": Answer(by="pirate"),
    "the whole signed by a stranger": Answer(by="pirate", signs=("response",)),
    "the signature taken away": Answer(spoil=no_signature),
    "changed once signed": Answer(spoil=other_name),
    "a forged assertion beside": Answer(spoil=beside),
    "a forged assertion around": Answer(spoil=around),
    "a forged assertion instead, the good one in extensions": Answer(spoil=in_extensions),
    "the good one inside the signature": Answer(spoil=in_the_signature),
    "two of one name": Answer(spoil=same_id),
    "a forged assertion beside, the whole signed": Answer(signs=("assertion", "response"), spoil=beside),
    "for another": Answer(audience="https://ailleurs.example"),
    "at another address": Answer(recipient="https://ailleurs.example/acs"),
    "sent to another address": Answer(destination="https://ailleurs.example/acs"),
    "from another": Answer(issuer="https://ailleurs.example"),
    "too old": Answer(late=timedelta(minutes=8)),
    "of the time to come": Answer(late=-timedelta(minutes=8)),
    "nobody asked": Answer(asked=False),
    "a failure": Answer(status=Status.DENIED),
    "a name of one visit": Answer(form=Format.TRANSIENT),
    "nobody": Answer(user=" "),
}


@pytest.mark.heavy
@pytest.mark.parametrize("what", WRONG)
def test_anything_else_is_nobody(people: People, what: str) -> None:
    linked(people["teacher"])
    browser = Client()
    assert back(browser, WRONG[what].made(out(browser))).status_code == 422
    assert not is_in(browser)


@pytest.mark.heavy
def test_an_answer_to_what_was_not_asked_links_nothing(people: People) -> None:
    browser = browser_of(Client(), people["teacher"])
    answer = back(browser, Answer().made("_" + "0" * 32))
    assert answer.status_code == 422
    assert not EntLinkRow.objects.exists()


@pytest.mark.parametrize(
    "content",
    ["", "%%%", base64.b64encode(b"<a").decode(), base64.b64encode(b"<!DOCTYPE a []><a/>").decode()],
)
def test_noise_is_nobody(content: str) -> None:
    assert posted(content).status_code == 422


def test_metadata_that_cannot_be_read_shut_the_door(ent: Path) -> None:
    (ent / "ent.xml").write_text("rien")
    assert Client().get("/ent/").status_code == 503
    assert posted(Answer().made("_x")).status_code == 503


def test_without_metadata_there_is_no_such_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "CONFIG", replace(ours.CONFIG, ent=replace(ours.CONFIG.ent, saml_metadata="")))
    assert [Client().get(f"/ent/{one}").status_code for one in ("metadata.xml", "saml/retour")] == [404, 404]
    assert posted("x").status_code == 404


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("whole", [False, True])
def test_an_ent_made_by_others_reads_us_and_is_read(
    people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, whole: bool
) -> None:
    ours_now = Client().get("/ent/metadata.xml").content
    theirs = OtherEnt(tmp_path / "autre", pair("autre"), ours_now)
    (tmp_path / "ent.xml").write_bytes(theirs.metadata())
    configured(tmp_path, monkeypatch)
    browser = Client()
    where = browser.get("/ent/").headers["Location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
    place, content = theirs.answer(query, "camille.ent", whole=whole)
    assert place == CONSUMER
    page = back(browser, content)["Location"]
    browser_of(browser, people["teacher"])
    assert "camille.ent" in browser.get(page).content.decode()
