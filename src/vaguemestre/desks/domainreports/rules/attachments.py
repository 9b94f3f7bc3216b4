"""The reports in a message or a file, unpacked within limits whatever the archive says of itself."""

import email
import email.policy
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from email.message import Message

from vaguemestre.desks.domainreports.rules import limits
from vaguemestre.desks.domainreports.rules.dmarc_report import read_dmarc_report
from vaguemestre.desks.domainreports.rules.limits import UnreadableReport
from vaguemestre.desks.domainreports.rules.tls_report import read_tls_reports
from vaguemestre.desks.domainreports.values import Report
from vaguemestre.foundation.kernel.text.parse_cost import UNREADABLE

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
# What may be the last record, which tells the length of the table. One may stand in another: all are asked.
_ZIP_END = re.compile(rb"(?=PK\x05\x06)")
_ZIP_64 = b"PK\x06\x07"  # it tells a length of its own; no report needs one
_MAX_ZIP_TABLE_BYTES = 16_384
_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
_MAX_LEVELS = 8  # of parts in parts
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def reports_of_message(raw: bytes) -> tuple[Report, ...]:
    """Every report attached to a message. Raises UnreadableReport if it has none, or a bad one."""
    if len(raw) > limits.MAX_MESSAGE_BYTES:
        raise UnreadableReport("too-big")
    try:
        files = list(_files(email.message_from_bytes(raw, policy=email.policy.compat32)))
    except UNREADABLE as error:
        raise UnreadableReport("message") from error
    if not files:
        raise UnreadableReport("no-report")
    return _reports(files)


def reports_of_file(content: bytes) -> tuple[Report, ...]:
    """The reports of a file: a message, an archive, XML or JSON. Raises UnreadableReport."""
    if _looks_like_report(content):
        return _reports([content])
    return reports_of_message(content)


def _reports(files: list[bytes]) -> tuple[Report, ...]:
    budget, elements, reports = limits.MAX_UNPACKED_BYTES, limits.MAX_ELEMENTS, list[Report]()
    for file in files:
        for document in _unpacked(file, budget):
            budget -= len(document)
            found, cost = _read(document, elements)
            reports += found
            elements -= cost
    if not reports:
        raise UnreadableReport("no-report")
    return tuple(reports)


def _read(document: bytes, max_elements: int) -> tuple[tuple[Report, ...], int]:
    """(the reports of a document, its number of elements)."""
    beginning = document[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if beginning.startswith(b"{"):
        return read_tls_reports(document, max_elements)
    if beginning.startswith(b"<") or document.startswith((b"\xff\xfe", b"\xfe\xff")):
        report, elements = read_dmarc_report(document, max_elements)
        return (report,), elements
    raise UnreadableReport("no-report")


def _files(message: Message) -> Iterator[bytes]:
    """The attached files that begin as a report does."""
    level, number = [message], 0
    for _ in range(_MAX_LEVELS):
        for part in level:
            if part.is_multipart() or part.get_content_type() in ("text/plain", "text/html"):
                continue
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and _looks_like_report(content):
                number += 1
                if number > limits.MAX_FILES:
                    raise UnreadableReport("too-big")
                yield content
        payloads = [part.get_payload() for part in level if part.is_multipart()]
        level = [part for payload in payloads for part in payload if isinstance(part, Message)]


def _looks_like_report(content: bytes) -> bool:
    beginning = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    return content.startswith((_GZIP, _ZIP)) or beginning.startswith((b"<?xml", b"<feedback", b"{"))


def _unpacked(file: bytes, budget: int) -> list[bytes]:
    try:
        if file.startswith(_ZIP):
            return _unzipped(file, budget)
        if file.startswith(_GZIP):
            return [_gunzipped(file, budget)]
    except _DAMAGED as error:
        raise UnreadableReport("damaged") from error
    return [_within(file, budget)]


def _gunzipped(file: bytes, budget: int) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    document = _within(stream.decompress(file, budget + 1), budget)
    if not stream.eof:
        raise UnreadableReport("damaged")
    return document


def _unzipped(file: bytes, budget: int) -> list[bytes]:
    if _ZIP_64 in file or any(
        int.from_bytes(file[end.start() + 12 : end.start() + 16], "little") > _MAX_ZIP_TABLE_BYTES
        for end in _ZIP_END.finditer(file)
    ):
        raise UnreadableReport("too-big")
    documents = []
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        if len(members) > limits.MAX_FILES:
            raise UnreadableReport("too-big")
        for info in members:
            if info.flag_bits & 1 or info.compress_type not in _METHODS:
                raise UnreadableReport("damaged")
            with archive.open(info) as stream:
                document = _within(stream.read(budget + 1), budget)
            budget -= len(document)
            documents.append(document)
    return documents


def _within(document: bytes, budget: int) -> bytes:
    if len(document) > budget:
        raise UnreadableReport("too-big")
    return document
