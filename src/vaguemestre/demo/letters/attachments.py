"""Small real files to attach: PDF, PNG, JPEG, office documents, an invitation. Made once each, then kept."""

import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache

_LINES = (
    "Collège Jules Verne - Amiens",
    "Objet : document transmis pour information",
    "Les horaires indiqués s'entendent sous réserve de modification.",
    "Merci de signaler toute erreur au secrétariat.",
    "Le principal",
)


@cache
def pdf(title: str, variant: int) -> bytes:
    """One A4 page with a title and a few lines, valid for every reader (PDF 1.4, a standard font)."""
    lines = [
        title,
        "",
        *_LINES[variant % 2 :],
        f"Page 1 sur 1 - référence {2026 + variant}/{variant * 37 + 12}",
    ]
    drawn = b"BT /F1 12 Tf 60 780 Td 18 TL\n"
    for line in lines:
        escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        drawn += b"(" + escaped.encode("cp1252", "replace") + b") Tj T*\n"
    drawn += b"ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 6\n0000000000 65535 f \n%b"
        b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))
    )


@cache
def png(variant: int, width: int = 480, height: int = 320) -> bytes:
    """A landscape of flat colours (PNG, ISO/IEC 15948)."""
    rows = []
    for y in range(height):
        row = bytearray(b"\0")
        for x in range(0, width, 8):
            row += bytes(_colour(x / width, y / height, variant)) * 8
        rows.append(bytes(row[: 1 + width * 3]))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def _colour(x: float, y: float, variant: int) -> tuple[int, int, int]:
    hill = 0.55 + 0.12 * (((x * (3 + variant)) % 1.0) - 0.5) * (1 if variant % 2 else -1)
    if y < hill:
        light = int(70 * y / hill)
        return 120 + light, 160 + light // 2 + variant * 5, 225
    dark = int(80 * (y - hill) / (1 - hill))
    return 110 - dark // 2, 165 - dark, 80 - dark // 2 + variant * 6


@cache
def jpeg(variant: int, across: int = 60, down: int = 40) -> bytes:
    """The same landscape as a baseline JPEG (ITU-T T.81): blocks of 8 by 8 of one colour, DC terms only."""
    # DC categories 0..11, five bits each but the last; AC: end of block alone, one bit.
    dc = b"\0\0\0\0\x0c" + b"\0" * 11 + bytes(range(12))
    ac = b"\x01" + b"\0" * 15 + b"\0"
    tables = b"".join(
        b"\xff\xc4" + struct.pack(">HB", 2 + 1 + len(table), kind) + table
        for kind, table in ((0, dc), (0x10, ac))
    )
    quantised = b"\xff\xdb" + struct.pack(">HB", 67, 0) + b"\x08" * 64
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, down * 8, across * 8, 3)
    frame += b"".join(bytes((component, 0x11, 0)) for component in (1, 2, 3))
    scan = b"\xff\xda" + struct.pack(">HB", 12, 3) + bytes((1, 0, 2, 0, 3, 0, 0, 63, 0))
    app = b"\xff\xe0" + struct.pack(">H5sHBHHBB", 16, b"JFIF\0", 0x0101, 0, 1, 1, 0, 0)
    bits = "".join(_blocks(variant, across, down))
    bits += "1" * (-len(bits) % 8)
    body = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    return b"\xff\xd8" + app + quantised + frame + tables + scan + body + b"\xff\xd9"


def _blocks(variant: int, across: int, down: int) -> list[str]:
    before = [0, 0, 0]
    bits = []
    for y in range(down):
        for x in range(across):
            red, green, blue = _colour(x / across, y / down, variant)
            luma = 0.299 * red + 0.587 * green + 0.114 * blue
            parts = (luma - 128, (blue - luma) / 1.772, (red - luma) / 1.402)
            for component, value in enumerate(parts):
                term = round(value)  # eight times the mean, quantised by eight
                bits.append(_dc(term - before[component]) + "0")
                before[component] = term
    return bits


def _dc(difference: int) -> str:
    size = abs(difference).bit_length()
    code = f"{size:05b}"
    if not size:
        return code
    return code + format(difference if difference > 0 else difference + (1 << size) - 1, f"0{size}b")


@cache
def docx(title: str, variant: int) -> bytes:
    """A word-processor document of a few paragraphs (ECMA-376, the least a reader wants)."""
    paragraphs = "".join(
        f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in (title, *_LINES, f"Version {variant + 1}")
    )
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return _package(
        {
            "[Content_Types].xml": _content_types("/word/document.xml", "wordprocessingml.document.main"),
            "_rels/.rels": _relations("word/document.xml"),
            "word/document.xml": f'{_XML}<w:document xmlns:w="{word}">'
            f"<w:body>{paragraphs}</w:body></w:document>",
        }
    )


@cache
def xlsx(title: str, variant: int) -> bytes:
    """A sheet of marks (ECMA-376)."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rows = [
        (title, "Note", "Appréciation"),
        *((f"Élève {n}", str(8 + (n * variant) % 12), "À suivre") for n in range(1, 25)),
    ]
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    return _package(
        {
            "[Content_Types].xml": _content_types(
                "/xl/workbook.xml",
                "spreadsheetml.sheet.main",
                '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.'
                'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>',
            ),
            "_rels/.rels": _relations("xl/workbook.xml"),
            "xl/workbook.xml": f'{_XML}<workbook xmlns="{main}" xmlns:r="{link}"><sheets>'
            '<sheet name="Feuille1" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_RELATIONS}">'
            '<Relationship Id="rId1" '
            f'Type="{link}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'{_XML}<worksheet xmlns="{main}">'
            f"<sheetData>{cells}</sheetData></worksheet>",
        }
    )


@cache
def odt(title: str, variant: int) -> bytes:
    """A text document (OpenDocument 1.3, ISO/IEC 26300)."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    kind = "application/vnd.oasis.opendocument.text"
    paragraphs = "".join(f"<text:p>{line}</text:p>" for line in (title, *_LINES, f"Version {variant + 1}"))
    return _package(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'{_XML}<manifest:manifest xmlns:manifest="{manifest}" '
            'manifest:version="1.3">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
            "content.xml": f'{_XML}<office:document-content xmlns:office="{office}" xmlns:text="{text}" '
            f'office:version="1.3"><office:body><office:text>{paragraphs}</office:text></office:body>'
            "</office:document-content>",
        }
    )


def invitation(uid: str, title: str, starts: datetime, place: str, organiser: str, guest: str) -> bytes:
    """A request to meet for an hour (RFC 5545, RFC 5546), in UTC."""
    starts = starts.astimezone(UTC)
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Vaguemestre//Demonstration//FR\r\nMETHOD:REQUEST\r\n"
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:{starts - timedelta(days=6):%Y%m%dT%H%M%SZ}\r\n"
        f"DTSTART:{starts:%Y%m%dT%H%M%SZ}\r\nDTEND:{starts + timedelta(hours=1):%Y%m%dT%H%M%SZ}\r\n"
        f"SUMMARY:{title}\r\nLOCATION:{place}\r\nORGANIZER:mailto:{organiser}\r\n"
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{guest}\r\n"
        "SEQUENCE:0\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def _content_types(part: str, kind: str, more: str = "") -> str:
    return (
        f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{part}" '
        f'ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/>'
        f"{more}</Types>"
    )


def _relations(target: str) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return (
        f'{_XML}<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'
    )


def _package(parts: dict[str, str]) -> bytes:
    """A zip whose bytes depend on its content only; the first part is stored as it is (OpenDocument)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for rank, (name, content) in enumerate(parts.items()):
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if rank == 0 else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()
