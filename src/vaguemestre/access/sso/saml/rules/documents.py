"""Parsing of untrusted XML, without DTD, entities or comments, and the encodings of HTTP bindings.

A comment can split a text node, so that only its first part is read; a DTD can read files and expand without
end. Messages with either are refused (SAML Security Considerations; OWASP SAML).
"""

import base64
import binascii
import zlib

from lxml import etree

MAX_MESSAGE_BYTES = 64 * 1024
MAX_METADATA_BYTES = 64 * 1024 * 1024  # aggregate of a federation

type Element = etree._Element


class MalformedMessage(Exception):
    """The message is malformed, not acceptable or not for us; the text says why."""


def parse_message(content: bytes, *, longest: int = MAX_MESSAGE_BYTES) -> Element:
    """Parse a protocol message. Raises MalformedMessage."""
    root = _parse(content, longest, comments=False)
    for node in root.iter():
        if not isinstance(node.tag, str):
            raise MalformedMessage("comments and processing instructions are not read")
    return root


def parse_metadata(content: bytes) -> Element:
    """Parse metadata, which may be long; comments are dropped. Raises MalformedMessage."""
    return _parse(content, MAX_METADATA_BYTES, comments=True)


def inflate(text: str) -> bytes:
    """Decode a message of the Redirect binding (bindings §3.4.4.1). Raises MalformedMessage."""
    packed = decode_base64(text)
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = machine.decompress(packed, MAX_MESSAGE_BYTES + 1)
    except zlib.error as error:
        raise MalformedMessage("not deflated") from error
    if len(content) > MAX_MESSAGE_BYTES or machine.unconsumed_tail or not machine.eof:
        raise MalformedMessage("too long, or cut")
    return content


def decode_base64(text: str) -> bytes:
    """Decode a message of the POST binding. Raises MalformedMessage."""
    if len(text) > 2 * MAX_MESSAGE_BYTES:
        raise MalformedMessage("too long")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedMessage("not base64") from error


def deflate(content: bytes) -> str:
    """Encode a message for the Redirect binding."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(machine.compress(content) + machine.flush()).decode()


def _parse(content: bytes, longest: int, *, comments: bool) -> Element:
    if len(content) > longest:
        raise MalformedMessage("too long")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:4]:
        raise MalformedMessage("not UTF-8")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise MalformedMessage("document types are not read")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=longest > MAX_MESSAGE_BYTES,
        remove_comments=comments,
        remove_pis=comments,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MalformedMessage("not well-formed") from error
    if root.getroottree().docinfo.doctype:
        raise MalformedMessage("document types are not read")
    return root
