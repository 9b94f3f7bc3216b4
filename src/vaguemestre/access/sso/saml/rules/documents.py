"""XML from outside: small, without document type, entities or comments; and the two HTTP encodings.

A comment cuts texts in two for whoever reads the first half; a document type reads files and grows without
end: messages that hold either are not read at all (SAML Security Considerations; OWASP SAML).
"""

import base64
import binascii
import zlib

from lxml import etree

LONGEST_MESSAGE = 64 * 1024
LONGEST_METADATA = 64 * 1024 * 1024  # an aggregate of a federation

type Element = etree._Element


class NotRead(Exception):
    """What came is not a document we read; the message says why."""


def parse(content: bytes, *, longest: int = LONGEST_MESSAGE) -> Element:
    """The root of a protocol message. Raises NotRead."""
    root = _parsed(content, longest, comments=False)
    for node in root.iter():
        if not isinstance(node.tag, str):
            raise NotRead("comments and processing instructions are not read")
    return root


def parse_metadata(content: bytes) -> Element:
    """The same for metadata, whose comments are dropped, and which may be long. Raises NotRead."""
    return _parsed(content, LONGEST_METADATA, comments=True)


def inflated(text: str) -> bytes:
    """A message of the Redirect binding (bindings §3.4.4.1). Raises NotRead."""
    packed = decoded(text)
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = machine.decompress(packed, LONGEST_MESSAGE + 1)
    except zlib.error as error:
        raise NotRead("not deflated") from error
    if len(content) > LONGEST_MESSAGE or machine.unconsumed_tail or not machine.eof:
        raise NotRead("too long, or cut")
    return content


def decoded(text: str) -> bytes:
    """A message of the POST binding. Raises NotRead."""
    if len(text) > 2 * LONGEST_MESSAGE:
        raise NotRead("too long")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotRead("not base64") from error


def deflated(content: bytes) -> str:
    machine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(machine.compress(content) + machine.flush()).decode()


def _parsed(content: bytes, longest: int, *, comments: bool) -> Element:
    if len(content) > longest:
        raise NotRead("too long")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:4]:
        raise NotRead("not UTF-8")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise NotRead("document types are not read")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=longest > LONGEST_MESSAGE,
        remove_comments=comments,
        remove_pis=comments,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotRead("not well-formed") from error
    if root.getroottree().docinfo.doctype:
        raise NotRead("document types are not read")
    return root
