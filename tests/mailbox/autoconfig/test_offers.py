"""One offer, told as each kind of program expects it."""

import contextlib
import plistlib
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.autoconfig.rules.apple import profile
from vaguemestre.mailbox.autoconfig.rules.autoconfig import autoconfig
from vaguemestre.mailbox.autoconfig.rules.autodiscover import asked_address, autodiscover, autodiscover_error
from vaguemestre.mailbox.autoconfig.rules.offers import offer
from vaguemestre.mailbox.autoconfig.values import Holder, Offer, Server

ADDRESS = "nadia.morel@ac-amiens.test"
REQUEST = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">'
    "<Request><EMailAddress>{}</EMailAddress><AcceptableResponseSchema>"
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
    "</AcceptableResponseSchema></Request></Autodiscover>"
)


def made(public_url: str = "https://portail.ac-amiens.test") -> Offer:
    return offer(
        public_url=public_url,
        domain="ac-amiens.test",
        name="Académie <d’Amiens>",
        imaps=993,
        submissions=465,
        managesieve=4190,
    )


@pytest.mark.parametrize(
    ("public_url", "host"),
    [
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("https://portail.ac-amiens.test", "mail.ac-amiens.test"),
    ],
)
def test_servers_have_a_name_their_certificate_holds(public_url: str, host: str) -> None:
    found = made(public_url)
    assert found.imap == Server(host, 993)
    assert found.smtp == Server(host, 465)
    assert found.guide_url == f"{public_url.rstrip('/')}/appareils/"


def test_thunderbird_reads_servers_tls_and_the_address_as_login() -> None:
    root = ElementTree.fromstring(autoconfig(made()))
    provider = root.find("emailProvider")
    assert provider is not None
    assert provider.findtext("domain") == "ac-amiens.test"
    for name, port in (("incomingServer", "993"), ("outgoingServer", "465")):
        server = provider.find(name)
        assert server is not None
        assert [(one.tag, one.text) for one in server] == [
            ("hostname", "mail.ac-amiens.test"), ("port", port), ("socketType", "SSL"),
            ("authentication", "password-cleartext"), ("username", "%EMAILADDRESS%"),
        ]  # fmt: skip


def test_outlook_reads_the_same() -> None:
    space = "{http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a}"
    root = ElementTree.fromstring(autodiscover(made(), ADDRESS))
    account = root.find(f"{space}Response/{space}Account")
    assert account is not None
    assert account.findtext(f"{space}Action") == "settings"
    found = {
        one.findtext(f"{space}Type"): tuple(
            one.findtext(f"{space}{name}") for name in ("Server", "Port", "SSL", "LoginName")
        )
        for one in account.iter(f"{space}Protocol")
    }
    assert found == {
        "IMAP": ("mail.ac-amiens.test", "993", "on", ADDRESS),
        "SMTP": ("mail.ac-amiens.test", "465", "on", ADDRESS),
    }


def test_the_address_asked_about_is_read() -> None:
    assert asked_address(REQUEST.format(ADDRESS).encode()) == ADDRESS
    assert asked_address(REQUEST.format("  Nadia.Morel@AC-Amiens.test ").encode()) == ADDRESS


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"EMailAddress",
        b"<a/>",
        REQUEST.format("").encode(),
        REQUEST.format("pas une adresse").encode(),
        REQUEST.format("a@b.test&lt;script&gt;").encode(),
        REQUEST.format(ADDRESS).encode()[:-3],
        b'<!DOCTYPE a [<!ENTITY x "y">]>' + REQUEST.format(ADDRESS).encode().partition(b"?>")[2],
        b'<!DOCTYPE a SYSTEM "http://dehors.example/x.dtd"><EMailAddress>a@b.test</EMailAddress>',
        b'<?xml-stylesheet href="x"?><EMailAddress>a@b.test</EMailAddress>',
        b"<a>" * 40 + b"<EMailAddress>a@b.test</EMailAddress>" + b"</a>" * 40,
        REQUEST.format(f"{ADDRESS}{' ' * 20_000}").encode(),
    ],
)
def test_anything_else_is_refused_before_it_is_expanded(body: bytes) -> None:
    with pytest.raises(Refusal, match="autoconfig.request-malformed"):
        asked_address(body)


@given(st.binary(max_size=400))
def test_no_request_does_more_than_be_refused(body: bytes) -> None:
    with contextlib.suppress(Refusal):
        assert "@" in asked_address(body)


def test_a_malformed_request_gets_outlooks_own_error() -> None:
    root = ElementTree.fromstring(autodiscover_error("12:00:00"))
    assert [one.text for one in root.iter() if one.tag.endswith("ErrorCode")] == ["600"]


def test_an_iphone_reads_the_same() -> None:
    holder = Holder(ADDRESS, "Nadia <Morel>", "abcd-efgh")
    (account,) = plistlib.loads(profile(made(), holder))["PayloadContent"]
    for way, port in (("Incoming", 993), ("Outgoing", 465)):
        assert account[f"{way}MailServerHostName"] == "mail.ac-amiens.test"
        assert account[f"{way}MailServerPortNumber"] == port
        assert account[f"{way}MailServerUseSSL"] is True
        assert account[f"{way}MailServerUsername"] == ADDRESS
    assert account["EmailAddress"] == ADDRESS
    assert account["EmailAccountName"] == "Nadia <Morel>"
    assert account["IncomingPassword"] == "abcd-efgh"
    assert account["OutgoingPasswordSameAsIncomingPassword"] is True


def test_an_iphone_asks_for_what_is_not_known() -> None:
    (account,) = plistlib.loads(profile(made(), Holder()))["PayloadContent"]
    assert not {"EmailAddress", "IncomingPassword", "IncomingMailServerUsername"} & set(account)


def test_the_next_profile_of_the_same_person_replaces_the_former() -> None:
    def identity(holder: Holder) -> tuple[str, str]:
        read = plistlib.loads(profile(made(), holder))
        return read["PayloadIdentifier"], read["PayloadUUID"]

    assert identity(Holder(ADDRESS)) == identity(Holder(ADDRESS, "Nadia", "x"))
    assert identity(Holder(ADDRESS)) != identity(Holder("autre@ac-amiens.test"))
