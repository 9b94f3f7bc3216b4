"""Another provider says who comes: only signed, for us, at our address, of now, and since we asked."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from tests.access.sso.saml.service_provider import key, metadata

from vaguemestre.access.sso.saml.rules.authn_request import build_request, read_response
from vaguemestre.access.sso.saml.rules.documents import Element, MalformedMessage, parse_message
from vaguemestre.access.sso.saml.rules.message_builder import (
    Statement,
    build_assertion,
    build_response,
    serialize,
)
from vaguemestre.access.sso.saml.rules.message_parser import CLOCK_SKEW
from vaguemestre.access.sso.saml.rules.metadata import (
    build_idp_metadata,
    build_sp_metadata,
    read_identity_provider,
    read_metadata,
)
from vaguemestre.access.sso.saml.rules.names import DS, MD, SAML, SAMLP, tag
from vaguemestre.access.sso.saml.rules.signatures import InvalidSignatureError, sign
from vaguemestre.access.sso.saml.values import PASSWORD, Format, IdentityProvider, SigningPair, Status

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
THEM, DOOR = "https://ent.example/saml", "https://ent.example/saml/sso"
HERE, CONSUMER = "https://mail.example/ent/metadata.xml", "https://mail.example/ent/saml"


@lru_cache
def pair(name: str) -> SigningPair:
    private, certificate = key(name)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningPair(1, pem, certificate.public_bytes(Encoding.PEM), NOON)


def der(name: str) -> bytes:
    return key(name)[1].public_bytes(Encoding.DER)


def provider() -> IdentityProvider:
    return IdentityProvider(THEM, DOOR, (der("sp"),))


def as_it_is(root: Element) -> Element:
    return root


@dataclass(frozen=True)
class Answer:
    """What a provider answers. `before` and `after`: done to the assertion before it is signed, to the whole
    once signed.
    """

    user: str = "camille.ent"
    issuer: str = THEM
    audience: str = HERE
    recipient: str = CONSUMER
    destination: str = CONSUMER
    form: Format = Format.PERSISTENT
    attributes: dict[str, str | list[str]] = field(default_factory=dict)
    at: datetime = NOON
    status: Status = Status.SUCCESS
    answers: str = "_r1"
    signs: tuple[str, ...] = ("assertion",)
    by: str = "sp"
    before: Callable[[Element], Element] = as_it_is
    after: Callable[[Element], Element] = as_it_is

    def made(self) -> Element:
        statement = Statement(
            issuer=self.issuer,
            audience=self.audience,
            recipient=self.recipient,
            in_response_to=self.answers,
            name_id=self.user,
            format=self.form,
            session_index="_s",
            signed_in_at=self.at,
            context=PASSWORD,
            attributes=self.attributes,
            session_ends_at=self.at + timedelta(hours=1),
        )
        inside = self.before(build_assertion(statement, self.at))
        root = build_response(self.issuer, self.destination, self.answers, self.at, status=self.status)
        root.append(sign(inside, pair(self.by)) if "assertion" in self.signs else inside)
        root = sign(root, pair(self.by)) if "response" in self.signs else root
        return self.after(parse_message(serialize(root)))

    def read(self, *, now: datetime = NOON, name: str = "") -> str:
        answer = read_response(self.made(), provider(), issuer=HERE, consumer=CONSUMER, now=now, name=name)
        assert answer.answers == self.answers
        return answer.user


@pytest.mark.parametrize("signs", [("assertion",), ("response",), ("assertion", "response")])
def test_a_signed_assertion_and_a_signed_whole_are_believed(signs: tuple[str, ...]) -> None:
    assert Answer(signs=signs).read() == "camille.ent"


def test_an_answer_is_of_its_hour_give_or_take_a_clock() -> None:
    answer = read_response(Answer().made(), provider(), issuer=HERE, consumer=CONSUMER, now=NOON)
    with pytest.raises(MalformedMessage):
        Answer().read(now=answer.until)
    assert Answer().read(now=answer.until - timedelta(seconds=1))
    assert Answer().read(now=NOON - CLOCK_SKEW)
    with pytest.raises(MalformedMessage, match="not of now"):
        Answer().read(now=NOON - 2 * CLOCK_SKEW)


def test_who_comes_is_named_by_the_attribute_that_was_chosen_under_either_of_its_names() -> None:
    for attributes in ({"uid": "c.uid"}, {"mail": "a@b.fr", "uid": ["c.uid"]}):
        assert Answer(form=Format.TRANSIENT, attributes=attributes).read(name="uid") == "c.uid"  # type: ignore[arg-type]


def without(*path: tuple[str, str]) -> Callable[[Element], Element]:
    def remove(root: Element) -> Element:
        for found in root.findall("/".join(tag(*step) for step in path)):
            parent = found.getparent()
            assert parent is not None
            parent.remove(found)
        return root

    return remove


def with_attribute(path: str, name: str, value: str) -> Callable[[Element], Element]:
    def change(root: Element) -> Element:
        for found in [root] if not path else root.iter(tag(SAML, path)):
            found.set(name, value)
        return root

    return change


def renamed(root: Element) -> Element:
    root.tag = tag(SAMLP, "ArtifactResponse")
    return root


REFUSED = {
    "not-a-response": (Answer(after=renamed), "not a Response"),
    "failed": (Answer(status=Status.DENIED), "did not say who comes"),
    "no-status": (Answer(after=without((SAMLP, "Status"))), "did not say who comes"),
    "elsewhere": (Answer(destination="https://mail.example/autre"), "another address"),
    "issuer": (Answer(issuer="https://autre.example"), "another provider"),
    "issuer-inside": (
        Answer(issuer="https://autre.example", after=without((SAML, "Issuer"))), "another provider",
    ),
    "recipient": (Answer(recipient="https://mail.example/autre"), "not for here"),
    "nobody-asked": (Answer(answers=""), "not for here"),
    "not-before": (
        Answer(before=with_attribute("SubjectConfirmationData", "NotBefore", "2026-11-25T11:00:00Z")),
        "not for here",
    ),
    "method": (Answer(before=with_attribute("SubjectConfirmation", "Method", "urn:x")), "not for here"),
    "two-requests": (Answer(after=with_attribute("", "InResponseTo", "_r2")), "two requests"),
    "no-conditions": (Answer(before=without((SAML, "Conditions"))), "no conditions"),
    "audience": (Answer(audience="https://autre.example"), "somebody else"),
    "no-audience": (
        Answer(before=without((SAML, "Conditions"), (SAML, "AudienceRestriction"))), "somebody else",
    ),
    "nobody-signed-in": (Answer(before=without((SAML, "AuthnStatement"))), "nobody signed in"),
    "transient": (Answer(form=Format.TRANSIENT), "a name that lasts"),
    "no-name": (Answer(before=without((SAML, "Subject"), (SAML, "NameID"))), "a name that lasts"),
    "long-name": (Answer(user="x" * 201), "a name that lasts"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_an_answer_that_is_not_for_us_here_and_now_is_refused(case: str) -> None:
    answer, told = REFUSED[case]
    with pytest.raises(MalformedMessage, match=told):
        answer.read()


def test_an_attribute_with_two_values_names_nobody() -> None:
    assert Answer(attributes={"uid": "a"}).read(name="uid") == "a"
    for attributes in ({"uid": ["a", "b"]}, {}):
        with pytest.raises(MalformedMessage, match="a name that lasts"):
            Answer(attributes=attributes).read(name="uid")  # type: ignore[arg-type]


def twice(root: Element) -> Element:
    root.append(etree.fromstring(etree.tostring(root.find(tag(SAML, "Assertion")))))
    return root


def hidden(root: Element) -> Element:
    """The signed assertion beneath another, which is not."""
    mine = root.find(tag(SAML, "Assertion"))
    assert mine is not None
    forged = etree.fromstring(etree.tostring(mine))
    forged.set("ID", "_forged")
    signature = forged.find(tag(DS, "Signature"))
    assert signature is not None
    forged.remove(signature)
    etree.SubElement(root, tag(SAMLP, "Extensions")).append(mine)
    root.append(forged)
    return root


def signed_elsewhere(root: Element) -> Element:
    signature = root.find(f"{tag(SAML, 'Assertion')}/{tag(DS, 'Signature')}")
    assert signature is not None
    etree.SubElement(root, tag(SAMLP, "Extensions")).append(signature)
    return root


def signed_twice(root: Element) -> Element:
    assertion = root.find(tag(SAML, "Assertion"))
    assert assertion is not None
    signature = assertion.find(tag(DS, "Signature"))
    assert signature is not None
    assertion.append(etree.fromstring(etree.tostring(signature)))
    return root


def somebody_else(root: Element) -> Element:
    for name in root.iter(tag(SAML, "NameID")):
        name.text = "directrice.ent"
    return root


FORGED = {
    "unsigned": Answer(signs=()),
    "another-key": Answer(by="mallory"),
    "whole-by-another-key": Answer(by="mallory", signs=("response",)),
    "changed": Answer(after=somebody_else),
    "whole-changed": Answer(signs=("response",), after=somebody_else),
    "twice": Answer(after=twice),
    "hidden": Answer(after=hidden),
    "signed-elsewhere": Answer(after=signed_elsewhere),
    "signed-twice": Answer(after=signed_twice),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_answer_is_not_believed(case: str) -> None:
    with pytest.raises(InvalidSignatureError):
        FORGED[case].read()


def test_our_request_says_where_the_answer_goes_and_to_whom_it_is() -> None:
    root = build_request(provider(), "_r1", issuer=HERE, consumer=CONSUMER, now=NOON)
    assert root.tag == tag(SAMLP, "AuthnRequest")
    assert (root.get("ID"), root.get("Destination")) == ("_r1", DOOR)
    assert root.get("AssertionConsumerServiceURL") == CONSUMER
    assert root.findtext(tag(SAML, "Issuer")) == HERE


def described(name: str = THEM, door: str = DOOR) -> bytes:
    paths = {"sso": door, "slo": f"{door}/fin"}
    return serialize(build_idp_metadata(name, paths, "ENT", [pair("sp")], NOON))


def test_a_provider_is_read_from_its_metadata_until_they_are_over() -> None:
    assert read_identity_provider(described(), NOON) == provider()
    with pytest.raises(MalformedMessage, match="over"):
        read_identity_provider(described(), NOON + timedelta(days=8))


@pytest.mark.parametrize(
    "content",
    [
        metadata(),
        described().replace(b"KeyDescriptor", b"OtherDescriptor"),
        described().replace(b"HTTP-Redirect", b"HTTP-Artifact"),
        described(name=""),
        b'<md:EntitiesDescriptor xmlns:md="%s">%s%s</md:EntitiesDescriptor>'
        % (MD.encode(), described(), described()),
        described().replace(b'validUntil="2026', b'validUntil="bientot'),
    ],
    ids=["service-provider", "no-key", "no-redirect", "no-name", "two", "no-moment"],
)
def test_metadata_that_do_not_say_whom_to_ask_are_refused(content: bytes) -> None:
    with pytest.raises(MalformedMessage):
        read_identity_provider(content, NOON)


def test_our_metadata_towards_another_provider_are_read_as_any_service_providers() -> None:
    root = build_sp_metadata(HERE, CONSUMER, "Messagerie", [pair("sp")], NOON)
    (ours,) = read_metadata(serialize(root), NOON)
    assert (ours.entity_id, ours.name, ours.signing) == (HERE, "Messagerie", (der("sp"),))
    assert [endpoint.address for endpoint in ours.consumers] == [CONSUMER]
    assert ours.signs_requests


def test_a_contact_is_the_support_before_the_technicians() -> None:
    people = "".join(
        f'<md:ContactPerson contactType="{kind}"><md:EmailAddress>mailto:{kind}@sp.example'
        "</md:EmailAddress></md:ContactPerson>"
        for kind in ("technical", "support")
    )
    told = metadata().replace(b"</md:EntityDescriptor>", people.encode() + b"</md:EntityDescriptor>")
    (found,) = read_metadata(told, NOON)
    assert found.contact == "support@sp.example"
    assert replace(found, contact="") == read_metadata(metadata(), NOON)[0]
