# ruff: noqa: E501 - one structure, one line
"""Small files of each kind that mail brings, made here."""

import io
import struct
import tarfile
import wave
import zipfile

import pillow_heif
from PIL import Image

CSV = "Nom;Classe;Note\nÉlève A;6e B;14,5\nÉlève B;5e A;12\n".encode()
VCARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Roy;Inès;;;\r\nFN:Inès Roy\r\nORG:Collège Jean-Moulin\r\nTITLE:CPE\r\n"
    "EMAIL:ines.roy@dehors.example\r\nTEL:+33 3 22 00 00 00\r\nEND:VCARD\r\n"
).encode()


def _picture(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (24, 16), (200, 60, 40)).save(made, kind)
    return made.getvalue()


def _heic() -> bytes:
    pillow_heif.register_heif_opener()
    return _picture("HEIF")


def _zip(names: tuple[str, ...]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name in names:
            opened.writestr(name, "contenu")
    return made.getvalue()


def _tar() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as opened:
        info = tarfile.TarInfo("dossier/a.txt")
        info.size = 3
        opened.addfile(info, io.BytesIO(b"abc"))
    return made.getvalue()


def _wave() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 800)
    return made.getvalue()


def _pdf() -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length 44 >>\nstream\nBT /F 24 Tf 40 100 Td (Note de service) Tj ET\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(made)
    made += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(made)


PNG, JPEG, GIF, WEBP, BMP = (_picture(kind) for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP"))
PDF, HEIC, WAV = _pdf(), _heic(), _wave()
RTF = rb"{\rtf1\ansi Note de \b service\b0}"


def odt() -> bytes:
    """The least an OpenDocument text may be."""
    made = io.BytesIO()
    content = (
        '<?xml version="1.0"?><office:document-content office:version="1.3" '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        "<text:p>Note de service</text:p></office:text></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        opened.writestr("content.xml", content)
        opened.writestr("META-INF/manifest.xml", manifest)
    return made.getvalue()


def tnef(name: str = "note.txt", content: bytes = b"Note de service") -> bytes:
    """A TNEF stream with one attachment (MS-OXTNEF §2.1)."""

    def attribute(level: int, kind: int, data: bytes) -> bytes:
        return struct.pack("<BII", level, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
        + attribute(2, 0x00069002, struct.pack("<HIHHHH", 1, 0xFFFFFFFF, 0, 0, 0, 0))
        + attribute(2, 0x00018010, name.encode() + b"\0")
        + attribute(2, 0x0006800F, content)
    )


def calendar(method: str, *, bare: bool = False, **fields: str) -> bytes:
    """An event; with `bare`, nothing but the fields given (and what makes an event one)."""
    usual = {} if bare else {"DTSTART": "20261207T130000Z", "DTEND": "20261207T143000Z"}
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//essai//FR",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        "UID:evenement-1@dehors.example",
        "DTSTAMP:20261101T080000Z",
        "SUMMARY:Réunion d’équipe",
        *([] if "LOCATION" in fields else ["LOCATION:Salle 12"]),
        "ORGANIZER;CN=Inès Roy:mailto:ines.roy@dehors.example",
        "ATTENDEE;CN=Camille;PARTSTAT=NEEDS-ACTION:mailto:camille.delattre@ac-amiens.test",
        *(f"{name}:{value}" for name, value in {**usual, **fields}.items()),
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines).encode()


SAMPLES = (
    ("image/png", "png", PNG),
    ("image/jpeg", "jpg", JPEG),
    ("image/gif", "gif", GIF),
    ("image/webp", "webp", WEBP),
    ("image/bmp", "bmp", BMP),
    ("image/heic", "heic", HEIC),
    ("image/svg+xml", "svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    ("image/tiff", "tif", b"II*\0junk"),
    ("application/pdf", "pdf", PDF),
    ("application/zip", "zip", _zip(("a.txt", "dossier/b.txt"))),
    ("application/x-tar", "tar", _tar()),
    ("application/gzip", "gz", b"\x1f\x8b\x08\0junk"),
    ("text/csv", "csv", CSV),
    ("text/plain", "txt", b"note"),
    ("text/html", "html", b"<script>alert(1)</script>"),
    (
        "text/xml",
        "xml",
        b"<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    ),
    ("text/markdown", "md", b"# Note"),
    ("text/vcard", "vcf", VCARD),
    ("text/x-vcard", "vcf2", VCARD),
    ("text/calendar", "ics", calendar("PUBLISH")),
    ("audio/wav", "wav", WAV),
    ("audio/mpeg", "mp3", b"ID3\x03junk"),
    ("video/mp4", "mp4", b"\0\0\0\x18ftypisom" + b"\0" * 40),
    ("application/rtf", "rtf", RTF),
    ("application/vnd.oasis.opendocument.text", "odt", odt()),
    ("application/msword", "doc", b"\xd0\xcf\x11\xe0junk"),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
        _zip(("word/document.xml",)),
    ),
    ("application/vnd.ms-excel", "xls", b"\xd0\xcf\x11\xe0junk"),
    ("application/javascript", "js", b"alert(1)"),
    ("application/x-msdownload", "exe", b"MZ"),
    ("application/json", "json", b"{}"),
    ("font/woff2", "woff2", b"wOF2"),
    ("chemical/x-pdb", "pdb", b"HEADER"),
    ("application/octet-stream", "bin", bytes(range(256))),
)
