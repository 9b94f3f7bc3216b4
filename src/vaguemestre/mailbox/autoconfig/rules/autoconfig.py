"""Mozilla's autoconfig, version 1.1 (draft-ietf-mailmaint-autoconfig)."""

from xml.etree.ElementTree import Element, SubElement, tostring

from vaguemestre.mailbox.autoconfig.values import Offer, Server


def autoconfig(offered: Offer) -> bytes:
    """The document. `%EMAILADDRESS%` is filled by the program: nothing depends on who asks."""
    root = Element("clientConfig", version="1.1")
    provider = SubElement(root, "emailProvider", id=offered.domain)
    _text(provider, "domain", offered.domain)
    _text(provider, "displayName", f"Messagerie – {offered.name}")
    _text(provider, "displayShortName", offered.name)
    _server(SubElement(provider, "incomingServer", type="imap"), offered.imap)
    _server(SubElement(provider, "outgoingServer", type="smtp"), offered.smtp)
    guide = SubElement(provider, "documentation", url=offered.guide_url)
    _text(guide, "descr", "Réglages pas à pas").set("lang", "fr")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _server(element: Element, server: Server) -> None:
    _text(element, "hostname", server.host)
    _text(element, "port", str(server.port))
    _text(element, "socketType", "SSL")
    _text(element, "authentication", "password-cleartext")  # inside TLS
    _text(element, "username", "%EMAILADDRESS%")


def _text(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    element.text = text
    return element
