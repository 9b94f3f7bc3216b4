"""Asking another provider who comes (profiles §4.1), and reading what it answers.

Nothing is believed but the signed assertion, for us, at our address, of now, in answer to what we asked:
an answer nobody asked for is not read.
"""

from datetime import datetime

from lxml import etree

from vaguemestre.access.sso.saml.rules.documents import Element, NotRead
from vaguemestre.access.sso.saml.rules.message_builder import moment
from vaguemestre.access.sso.saml.rules.message_parser import AROUND, id_of, issuer_of, moment_of, text_of
from vaguemestre.access.sso.saml.rules.names import BEARER, BY_OID, SAML, SAMLP, tag
from vaguemestre.access.sso.saml.rules.signatures import signed_assertion
from vaguemestre.access.sso.saml.values import Binding, Format, Provider, Said, Status

_LONGEST = 200


def request(provider: Provider, request_id: str, *, issuer: str, consumer: str, now: datetime) -> Element:
    """An AuthnRequest, unsigned."""
    root = etree.Element(tag(SAMLP, "AuthnRequest"), nsmap={"samlp": SAMLP, "saml": SAML})
    root.attrib.update({"ID": request_id, "Version": "2.0", "IssueInstant": moment(now)})
    root.attrib.update({"Destination": provider.address, "AssertionConsumerServiceURL": consumer})
    root.set("ProtocolBinding", Binding.POST.value)
    etree.SubElement(root, tag(SAML, "Issuer")).text = issuer
    return root


def said(
    response: Element, provider: Provider, *, issuer: str, consumer: str, now: datetime, name: str = ""
) -> Said:
    """Who comes. `name`: the attribute that names them; without, the NameID does, unless it is of one visit.

    Raises NotRead, NotSigned.
    """
    if response.tag != tag(SAMLP, "Response"):
        raise NotRead("not a Response")
    status = response.find(f"{tag(SAMLP, 'Status')}/{tag(SAMLP, 'StatusCode')}")
    if status is None or status.get("Value") != Status.SUCCESS:
        raise NotRead("the provider did not say who comes")
    if response.get("Destination") != consumer:
        raise NotRead("for another address")
    if response.find(tag(SAML, "Issuer")) is not None and issuer_of(response) != provider.entity_id:
        raise NotRead("from another provider")
    id_of(response)
    assertion = signed_assertion(response, provider.signing)
    if issuer_of(assertion) != provider.entity_id:
        raise NotRead("from another provider")
    answers, until = _confirmed(assertion, consumer, now)
    if response.get("InResponseTo", answers) != answers:
        raise NotRead("two requests are answered")
    until = min(until, _conditions(assertion, issuer, now))
    if assertion.find(tag(SAML, "AuthnStatement")) is None:
        raise NotRead("nobody signed in")
    return Said(_user(assertion, name), answers, id_of(assertion), until + AROUND)


def _confirmed(assertion: Element, consumer: str, now: datetime) -> tuple[str, datetime]:
    """(the request answered, until when) by a bearer, at our address (profiles §4.1.4.3)."""
    for one in assertion.findall(f"{tag(SAML, 'Subject')}/{tag(SAML, 'SubjectConfirmation')}"):
        told = one.find(tag(SAML, "SubjectConfirmationData"))
        if one.get("Method") != BEARER or told is None or told.get("NotBefore") is not None:
            continue
        until, answers = moment_of(told.get("NotOnOrAfter", "")), told.get("InResponseTo", "")
        if told.get("Recipient") == consumer and now < until + AROUND and answers:
            return answers, until
    raise NotRead("not for here, not of now, or nobody asked")


def _conditions(assertion: Element, issuer: str, now: datetime) -> datetime:
    """Until when it holds."""
    found = assertion.findall(tag(SAML, "Conditions"))
    if len(found) != 1:
        raise NotRead("no conditions")
    until, since = moment_of(found[0].get("NotOnOrAfter", "")), found[0].get("NotBefore", "")
    if now >= until + AROUND or (since and now < moment_of(since) - AROUND):
        raise NotRead("not of now")
    restrictions = found[0].findall(tag(SAML, "AudienceRestriction"))
    if not restrictions or not all(
        issuer in [text_of(one) for one in each.findall(tag(SAML, "Audience"))] for each in restrictions
    ):
        raise NotRead("for somebody else")
    return until


def _user(assertion: Element, name: str) -> str:
    if name:
        found = [
            text_of(value)
            for one in assertion.iter(tag(SAML, "Attribute"))
            if name in (one.get("Name", ""), BY_OID.get(one.get("Name", ""), ""))
            for value in one.findall(tag(SAML, "AttributeValue"))
        ]
    else:
        named = assertion.findall(f"{tag(SAML, 'Subject')}/{tag(SAML, 'NameID')}")
        found = [text_of(one) for one in named if one.get("Format", "") != Format.TRANSIENT]
    user = found[0] if len(found) == 1 else ""
    if not user or len(user) > _LONGEST or not user.isprintable():
        raise NotRead("a name that lasts is needed")
    return user
