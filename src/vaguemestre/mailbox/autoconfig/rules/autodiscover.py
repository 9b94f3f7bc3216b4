"""Outlook's autodiscover, plain XML (MS-OXDSCLI §2.2.3, §2.2.4)."""

from xml.etree.ElementTree import Element, SubElement, tostring
from xml.parsers import expat

from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.autoconfig.values import Offer, Server

_ENVELOPE = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
_OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
MAX_REQUEST_BYTES = 16 * 1024
_DEEPEST = 16


class _Forbidden(Exception):
    """The request uses what no mail program needs."""


def asked_address(body: bytes) -> str:
    """The address in the request. Raises Refusal `autoconfig.request-malformed`.

    A document type, an entity or deep nesting is refused before anything is expanded.
    """
    if len(body) > MAX_REQUEST_BYTES:
        raise Refusal("autoconfig.request-malformed")
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)  # noqa: FBT003 (the whole of it)
        return str(parse_address(reader.text))
    except (expat.ExpatError, _Forbidden, Refusal) as error:
        raise Refusal("autoconfig.request-malformed") from error


class _Reader:
    """Keeps the text of the first EMailAddress."""

    def __init__(self) -> None:
        self.text = ""
        self._depth = 0
        self._is_inside = False
        self._is_done = False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._forbid
        self.parser.EntityDeclHandler = self._forbid
        self.parser.ProcessingInstructionHandler = self._forbid
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._said

    def _forbid(self, *_: object) -> None:
        raise _Forbidden

    def _start(self, name: str, _: object) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Forbidden
        self._is_inside = not self._is_done and name.rpartition(" ")[2] == "EMailAddress"

    def _end(self, _: str) -> None:
        self._depth -= 1
        self._is_done = self._is_done or self._is_inside
        self._is_inside = False

    def _said(self, text: str) -> None:
        if self._is_inside:
            self.text += text


def autodiscover(offered: Offer, address: str) -> bytes:
    """The settings, with the address asked about as login name."""
    root = Element("Autodiscover", xmlns=_ENVELOPE)
    response = SubElement(root, "Response", xmlns=_OUTLOOK)
    _text(SubElement(response, "User"), "DisplayName", address)
    account = SubElement(response, "Account")
    _text(account, "AccountType", "email")
    _text(account, "Action", "settings")
    _protocol(account, "IMAP", offered.imap, address)
    smtp = _protocol(account, "SMTP", offered.smtp, address)
    _text(smtp, "UsePOPAuth", "on")
    _text(smtp, "SMTPLast", "off")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def autodiscover_error(time: str) -> bytes:
    """What a request without an address gets (error 600). `time` as `HH:MM:SS`."""
    root = Element("Autodiscover", xmlns=_ENVELOPE)
    error = SubElement(SubElement(root, "Response"), "Error", Time=time, Id="0")
    _text(error, "ErrorCode", "600")
    _text(error, "Message", "Invalid Request")
    SubElement(error, "DebugData")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _protocol(account: Element, kind: str, server: Server, address: str) -> Element:
    protocol = SubElement(account, "Protocol")
    _text(protocol, "Type", kind)
    _text(protocol, "Server", server.host)
    _text(protocol, "Port", str(server.port))
    _text(protocol, "DomainRequired", "off")
    _text(protocol, "LoginName", address)
    _text(protocol, "SPA", "off")
    _text(protocol, "SSL", "on")
    _text(protocol, "Encryption", "SSL")
    _text(protocol, "AuthRequired", "on")
    return protocol


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
