"""Our requests to another identity provider (profiles §4.1), and its responses.

Only a signed assertion is accepted: for us, at our address, current, in response to our request. Unsolicited
responses are refused.
"""

from datetime import datetime

from lxml import etree

from vaguemestre.access.sso.saml.rules.documents import Element, MalformedMessage
from vaguemestre.access.sso.saml.rules.message_builder import xml_time
from vaguemestre.access.sso.saml.rules.message_parser import CLOCK_SKEW, id_of, issuer_of, text_of, time_of
from vaguemestre.access.sso.saml.rules.names import BEARER, BY_OID, SAML, SAMLP, tag
from vaguemestre.access.sso.saml.rules.signatures import signed_assertion
from vaguemestre.access.sso.saml.values import Binding, Format, IdentityProvider, PartnerIdentity, Status

_MAX_NAME_CHARACTERS = 200


def build_request(
    provider: IdentityProvider, request_id: str, *, issuer: str, consumer: str, now: datetime
) -> Element:
    """Build an unsigned AuthnRequest."""
    root = etree.Element(tag(SAMLP, "AuthnRequest"), nsmap={"samlp": SAMLP, "saml": SAML})
    root.attrib.update({"ID": request_id, "Version": "2.0", "IssueInstant": xml_time(now)})
    root.attrib.update({"Destination": provider.address, "AssertionConsumerServiceURL": consumer})
    root.set("ProtocolBinding", Binding.POST.value)
    etree.SubElement(root, tag(SAML, "Issuer")).text = issuer
    return root


def read_response(
    response: Element,
    provider: IdentityProvider,
    *,
    issuer: str,
    consumer: str,
    now: datetime,
    name: str = "",
) -> PartnerIdentity:
    """The user a response names, by the attribute `name`, else by a NameID that is not transient.

    Raises MalformedMessage, InvalidSignatureError.
    """
    if response.tag != tag(SAMLP, "Response"):
        raise MalformedMessage("not a Response")
    status = response.find(f"{tag(SAMLP, 'Status')}/{tag(SAMLP, 'StatusCode')}")
    if status is None or status.get("Value") != Status.SUCCESS:
        raise MalformedMessage("the provider did not say who comes")
    if response.get("Destination") != consumer:
        raise MalformedMessage("for another address")
    if response.find(tag(SAML, "Issuer")) is not None and issuer_of(response) != provider.entity_id:
        raise MalformedMessage("from another provider")
    id_of(response)
    assertion = signed_assertion(response, provider.signing)
    if issuer_of(assertion) != provider.entity_id:
        raise MalformedMessage("from another provider")
    answers, until = _check_confirmation(assertion, consumer, now)
    if response.get("InResponseTo", answers) != answers:
        raise MalformedMessage("two requests are answered")
    until = min(until, _check_conditions(assertion, issuer, now))
    if assertion.find(tag(SAML, "AuthnStatement")) is None:
        raise MalformedMessage("nobody signed in")
    return PartnerIdentity(_user_name(assertion, name), answers, id_of(assertion), until + CLOCK_SKEW)


def _check_confirmation(assertion: Element, consumer: str, now: datetime) -> tuple[str, datetime]:
    """(ID of our request, validity) of the bearer confirmation at our address (profiles §4.1.4.3)."""
    for confirmation in assertion.findall(f"{tag(SAML, 'Subject')}/{tag(SAML, 'SubjectConfirmation')}"):
        confirmation_data = confirmation.find(tag(SAML, "SubjectConfirmationData"))
        if (
            confirmation.get("Method") != BEARER
            or confirmation_data is None
            or confirmation_data.get("NotBefore") is not None
        ):
            continue
        until, answers = (
            time_of(confirmation_data.get("NotOnOrAfter", "")),
            confirmation_data.get("InResponseTo", ""),
        )
        if confirmation_data.get("Recipient") == consumer and now < until + CLOCK_SKEW and answers:
            return answers, until
    raise MalformedMessage("not for here, not of now, or nobody asked")


def _check_conditions(assertion: Element, issuer: str, now: datetime) -> datetime:
    """Check the conditions; returns until when they hold."""
    elements = assertion.findall(tag(SAML, "Conditions"))
    if len(elements) != 1:
        raise MalformedMessage("no conditions")
    until, since = time_of(elements[0].get("NotOnOrAfter", "")), elements[0].get("NotBefore", "")
    if now >= until + CLOCK_SKEW or (since and now < time_of(since) - CLOCK_SKEW):
        raise MalformedMessage("not of now")
    restrictions = elements[0].findall(tag(SAML, "AudienceRestriction"))
    if not restrictions or not all(
        issuer in [text_of(audience) for audience in restriction.findall(tag(SAML, "Audience"))]
        for restriction in restrictions
    ):
        raise MalformedMessage("for somebody else")
    return until


def _user_name(assertion: Element, name: str) -> str:
    if name:
        names = [
            text_of(value)
            for element in assertion.iter(tag(SAML, "Attribute"))
            if name in (element.get("Name", ""), BY_OID.get(element.get("Name", ""), ""))
            for value in element.findall(tag(SAML, "AttributeValue"))
        ]
    else:
        named = assertion.findall(f"{tag(SAML, 'Subject')}/{tag(SAML, 'NameID')}")
        names = [text_of(element) for element in named if element.get("Format", "") != Format.TRANSIENT]
    user = names[0] if len(names) == 1 else ""
    if not user or len(user) > _MAX_NAME_CHARACTERS or not user.isprintable():
        raise MalformedMessage("a name that lasts is needed")
    return user
