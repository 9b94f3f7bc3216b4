# ruff: noqa: E501 - one structure, one line
"""Hundreds of messages of distinct structures, built here: kinds of RFC 2045–2049, 3464, 5545, 8098, 8551, and the
breakages real programs make. `corpus()` gives name → octets; each name is a structure of its own.
"""

import base64
import io
import quopri
import zipfile
from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.corpus import files
from tests.mailbox.webmail.hostile_html import HOSTILE

CRLF = b"\r\n"
TEXT = "Bonjour,\n\nla réunion de l’équipe est déplacée à lundi (voir la pièce jointe).\n\n-- \nHélène\n"
CHARSETS = (
    "us-ascii", "utf-8", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16", "utf-7", "koi8-r", "shift_jis",
    "iso-2022-jp", "big5", "gb18030", "euc-kr", "windows-1256", "iso-8859-8-i", "macintosh",
    "x-unknown", "utf8", "\"utf-8", "",
)  # fmt: skip
ENCODINGS = ("7bit", "8bit", "quoted-printable", "base64", "x-uuencode", "binary", "BASE64 ", "none-such")


def encoded(content: bytes, encoding: str) -> bytes:
    match encoding.strip().lower():
        case "base64":
            return base64.encodebytes(content).replace(b"\n", CRLF)
        case "quoted-printable":
            return quopri.encodestring(content).replace(b"\n", CRLF)
    return content.replace(b"\r\n", b"\n").replace(b"\n", CRLF)


def head(name: str, *lines: str, sender: str = "Un parent <parent@dehors.example>") -> bytes:
    fields = [
        f"From: {sender}",
        "To: camille.delattre@ac-amiens.test",
        f"Subject: {name}",
        "Date: Tue, 01 Sep 2026 10:00:00 +0200",
        f"Message-ID: <{abs(hash(name))}@corpus.example>",
        "MIME-Version: 1.0",
        *lines,
    ]
    return "\r\n".join(fields).encode("utf-8", "surrogateescape") + CRLF


def part(kind: str, content: bytes, *lines: str, encoding: str = "7bit") -> bytes:
    fields = [f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", *lines]
    return "\r\n".join(fields).encode("utf-8") + CRLF + CRLF + encoded(content, encoding)


def multi(kind: str, *parts: bytes, boundary: str = "b0", more: str = "", end: bool = True) -> bytes:
    mark = b"--" + boundary.encode()
    top = f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}'.encode() + CRLF + CRLF
    body = b"".join(mark + CRLF + one + CRLF for one in parts)
    return top + body + (mark + b"--" + CRLF if end else b"")


def plain(text: str = TEXT) -> bytes:
    return part("text/plain; charset=utf-8", text.encode(), encoding="8bit")


def html(text: str = "<p>Bonjour <b>à tous</b></p>") -> bytes:
    return part("text/html; charset=utf-8", text.encode(), encoding="8bit")


def attached(kind: str, content: bytes, name: str, how: str = "attachment") -> bytes:
    return part(
        f'{kind}; name="{name}"', content, f'Content-Disposition: {how}; filename="{name}"', encoding="base64"
    )


def _bodies() -> Iterator[tuple[str, bytes]]:
    for charset, kind in product(CHARSETS, ("plain", "html")):
        words = TEXT if kind == "plain" else f"<html><body><p>{TEXT}</p></body></html>"
        try:
            content = words.encode(charset.strip('"') or "utf-8", "replace")
        except LookupError:
            content = words.encode("latin-1", "replace")
        name = f"text/{kind} in {charset or 'no charset'}"
        yield name, head(name) + part(f"text/{kind}; charset={charset}", content, encoding="base64")
    for encoding, kind in product(ENCODINGS, ("plain", "html")):
        name = f"text/{kind} by {encoding}"
        yield name, head(name) + part(f"text/{kind}; charset=utf-8", TEXT.encode(), encoding=encoding)
    broken = {
        "base64 with junk": b"Qm9u*!*am91cg==\r\n%%%",
        "base64 cut short": b"Qm9uam91c",
        "quoted-printable with stray signs": b"Bon=ZZjour =\r\n=3D==",
        "a line of 100,000 characters": b"x" * 100_000,
        "null characters": b"Bon\x00jour\x00",
        "lone carriage returns": b"un\rdeux\rtrois",
        "only blanks": b" \r\n\t\r\n",
    }
    for name, content in broken.items():
        how = "base64" if "base64" in name else "quoted-printable" if "quoted" in name else "8bit"
        yield (
            name,
            head(name, "Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {how}")
            + CRLF
            + content,
        )


def _trees() -> Iterator[tuple[str, bytes]]:
    png = part("image/png", files.PNG, "Content-ID: <logo>", "Content-Disposition: inline", encoding="base64")
    inside = html("<p>Logo : <img src='cid:logo' alt='logo'></p>")
    trees = {
        "alternative": multi("alternative", plain(), html()),
        "alternative, HTML first": multi("alternative", html(), plain()),
        "alternative of one": multi("alternative", plain()),
        "alternative with a calendar": multi("alternative", plain(), html(), _calendar("REQUEST")),
        "alternative of unknown kinds": multi("alternative", part("text/x-amp-html", b"<p>amp</p>"), part("text/enriched", b"<bold>x</bold>")),
        "related": multi("related", inside, png, more='; type="text/html"'),
        "related in alternative": multi("alternative", plain(), multi("related", inside, png, boundary="b1")),
        "alternative in related": multi("related", multi("alternative", plain(), inside, boundary="b1"), png),
        "related without a picture": multi("related", inside),
        "mixed": multi("mixed", plain(), attached("application/pdf", files.PDF, "note.pdf")),
        "mixed, all three": multi("mixed", multi("related", multi("alternative", plain(), inside, boundary="b2"), png, boundary="b1"), attached("application/pdf", files.PDF, "note.pdf")),
        "mixed of texts": multi("mixed", plain("un"), plain("deux"), html("<p>trois</p>")),
        "mixed, the file first": multi("mixed", attached("image/png", files.PNG, "a.png"), plain()),
        "mixed with a footer": multi("mixed", html(), plain("_____\nListe de diffusion\n")),
        "parallel": multi("parallel", plain(), png),
        "digest": multi("digest", *(b"\r\n" + head(f"d{n}") + CRLF + b"texte\r\n" for n in range(3))),
        "form-data": multi("form-data", part("text/plain", b"x", 'Content-Disposition: form-data; name="a"')),
        "appledouble": multi("appledouble", part("application/applefile", b"\0" * 20, encoding="base64"), attached("application/pdf", files.PDF, "m.pdf")),
        "unknown multipart": multi("x-nothing", plain(), html()),
        "empty multipart": multi("mixed"),
        "a multipart of empty multiparts": multi("mixed", multi("mixed", boundary="b1"), multi("alternative", boundary="b2")),
        "no closing boundary": multi("mixed", plain(), attached("text/csv", files.CSV, "a.csv"), end=False),
        "preamble and epilogue": multi("mixed", plain()).replace(b"\r\n\r\n", b"\r\n\r\nThis is a MIME message.\r\n", 1) + b"epilogue",
        "boundary that begins another": multi("mixed", multi("mixed", plain(), boundary="b00"), plain("b"), boundary="b0"),
        "the same boundary twice": multi("mixed", multi("mixed", plain(), boundary="b0"), plain("b"), boundary="b0"),
        "no boundary": b"Content-Type: multipart/mixed\r\n\r\n--b0\r\n\r\ntexte\r\n--b0--\r\n",
        "a boundary never met": b'Content-Type: multipart/mixed; boundary="ailleurs"\r\n\r\ntexte sans partie\r\n',
        "a boundary with odd signs": multi("mixed", plain(), boundary="=_?(x):/,'+"),
        "a message inside": multi("mixed", plain(), _message(plain())),
        "a forwarded message, inline": multi("mixed", plain(), part("message/rfc822", head("dedans") + plain(), "Content-Disposition: inline")),
        "a message in base64": multi("mixed", plain(), part("message/rfc822", head("dedans") + plain(), encoding="base64")),
        "an .eml as octets": multi("mixed", plain(), attached("application/octet-stream", head("dedans") + plain(), "original.eml")),
        "messages within messages": multi("mixed", plain(), _message(multi("mixed", plain(), _message(multi("alternative", plain(), html(), boundary="b3"), "b2"), boundary="b2"), "b1")),
        "partial": b'Content-Type: message/partial; number=1; total=3; id="x"\r\n\r\ntexte\r\n',
        "external body": multi("mixed", plain(), part('message/external-body; access-type=URL; URL="http://pixel.dehors.example/x"', b"Content-Type: text/plain\r\n\r\n")),
        "global message": multi("mixed", plain(), part("message/global", head("global") + plain(), encoding="base64")),
        "news": part("message/news", head("news") + plain()),
        "http": part("message/http", b"GET / HTTP/1.0\r\n\r\n"),
        "signed, S/MIME": multi("signed", plain(), attached("application/pkcs7-signature", b"\x30\x03\x02\x01\x00", "smime.p7s"), more='; protocol="application/pkcs7-signature"; micalg=sha-256'),
        "signed, PGP": multi("signed", plain(), part("application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----\r\n-----END PGP SIGNATURE-----"), more='; protocol="application/pgp-signature"'),
        "signed, only one part": multi("signed", plain()),
        "opaque S/MIME": part("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", b"\x30\x80", encoding="base64"),
        "enveloped S/MIME": part("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", b"\x30\x80\x06\x09", encoding="base64"),
        "encrypted, PGP": multi("encrypted", part("application/pgp-encrypted", b"Version: 1"), part("application/octet-stream", b"-----BEGIN PGP MESSAGE-----"), more='; protocol="application/pgp-encrypted"'),
        "inline PGP": plain("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nBonjour\n-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"),
    }  # fmt: skip
    for name, body in trees.items():
        yield name, head(name) + body
    for depth in (5, 30, 60, 110):
        body = plain()
        for level in range(depth):
            body = multi("mixed", body, boundary=f"n{level}")
        yield f"{depth} levels of multipart", head(f"{depth} levels") + body
    for depth in (3, 25, 70):
        body = plain()
        for level in range(depth):
            body = part("message/rfc822", head(f"niveau {level}") + body)
        yield f"{depth} levels of messages", head(f"{depth} messages") + body
    for count in (120, 450, 3000):
        name = f"{count} parts"
        yield (
            name,
            head(name)
            + multi("mixed", plain(), *(attached("text/plain", b"x", f"f{n}.txt") for n in range(count))),
        )


def _message(body: bytes, boundary: str = "") -> bytes:
    return part("message/rfc822", head(f"dedans {boundary}", sender="Quelqu'un <x@ailleurs.example>") + body)


def _calendar(method: str, **changes: Any) -> bytes:
    return part(
        f"text/calendar; charset=utf-8; method={method}", files.calendar(method, **changes), encoding="base64"
    )


def _calendars() -> Iterator[tuple[str, bytes]]:
    for method in ("REQUEST", "CANCEL", "REPLY", "PUBLISH", "COUNTER", "REFRESH"):
        name = f"calendar {method}"
        yield name, head(name) + multi("alternative", plain(), _calendar(method))
    changes = {
        "all day": {"DTSTART;VALUE=DATE": "20261207", "DTEND;VALUE=DATE": "20261209"},
        "weekly": {"RRULE": "FREQ=WEEKLY;COUNT=10"},
        "floating": {"DTSTART": "20261207T140000", "DTEND": "20261207T150000"},
        "a duration": {"DTSTART": "20261207T140000Z", "DURATION": "PT45M"},
        "an unknown zone": {"DTSTART;TZID=Nulle/Part": "20261207T140000"},
        "no end": {"DTSTART": "20261207T140000Z"},
        "no start": {},
        "ends before it starts": {"DTSTART": "20261207T140000Z", "DTEND": "20261207T130000Z"},
        "hostile text": {"DTSTART": "20261207T140000Z", "DESCRIPTION": "<details ontoggle=alert(1) open>x", "LOCATION": "<svg onload=alert(1)>"},
        "the year 9999": {"DTSTART": "99991231T230000Z", "DTEND": "99991231T235900Z"},
        "the year 0": {"DTSTART": "00010101T000000Z"},
    }  # fmt: skip
    for what, fields in changes.items():
        name = f"calendar, {what}"
        content = files.calendar("REQUEST", bare=True, **fields)
        yield (
            name,
            head(name)
            + multi("mixed", plain(), part("text/calendar; method=REQUEST", content, encoding="base64")),
        )
    for what, content in {
        "no calendar": b"pas un calendrier",
        "an empty one": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        "cut": files.calendar("REQUEST")[:120],
    }.items():
        name = f"calendar part that is {what}"
        yield name, head(name) + multi("mixed", plain(), attached("text/calendar", content, "invite.ics"))


def _reports() -> Iterator[tuple[str, bytes]]:
    for status in ("5.1.1", "5.2.2", "5.7.1", "4.4.7", "5.3.4", "5.4.4", "5.9.9", "nothing"):
        said = f"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status} no\r\n"
        name = f"delivery report {status}"
        original = part("message/rfc822", head("original") + plain())
        yield (
            name,
            head(name)
            + multi(
                "report",
                plain(),
                part("message/delivery-status", said.encode()),
                original,
                more="; report-type=delivery-status",
            ),
        )
    others = {
        "delayed": b"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n",
        "delivered": b"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: delivered\r\nStatus: 2.0.0\r\n",
        "of 300 recipients": b"Reporting-MTA: dns; mx\r\n\r\n" + b"\r\n".join(b"Final-Recipient: rfc822; x%d@y.example\r\nAction: failed\r\nStatus: 5.1.1\r\n" % n for n in range(300)),
        "empty": b"",
        "of junk": bytes(range(256)),
    }  # fmt: skip
    for what, said_of in others.items():
        name = f"delivery report {what}"
        yield (
            name,
            head(name)
            + multi(
                "report",
                plain(),
                part("message/delivery-status", said_of, encoding="base64"),
                part("text/rfc822-headers", head("original")),
            ),
        )
    for what in ("displayed", "deleted", ""):
        name = f"read receipt {what}"
        notice = f"Final-Recipient: rfc822; x@y.example\r\nDisposition: manual-action/MDN-sent-manually; {what}\r\n"
        yield (
            name,
            head(name)
            + multi(
                "report",
                plain(),
                part("message/disposition-notification", notice.encode()),
                more="; report-type=disposition-notification",
            ),
        )
    yield (
        "feedback report",
        head("feedback")
        + multi(
            "report",
            plain(),
            part("message/feedback-report", b"Feedback-Type: abuse\r\n"),
            more="; report-type=feedback-report",
        ),
    )


def _attachments() -> Iterator[tuple[str, bytes]]:
    for kind, ending, content in files.SAMPLES:
        for how in ("attachment", "inline"):
            name = f"{how} {kind} .{ending}"
            yield (
                name,
                head(name) + multi("mixed", plain(), attached(kind, content, f"fichier.{ending}", how)),
            )
        name = f"octets named .{ending}"
        yield (
            f"{name} ({kind})",
            head(name)
            + multi("mixed", plain(), attached("application/octet-stream", content, f"fichier.{ending}")),
        )
    names = {
        "RFC 2231": "attachment; filename*=utf-8''%C3%A9l%C3%A8ves.pdf",
        "RFC 2231 in pieces": "attachment; filename*0*=utf-8''%C3%A9l; filename*1=eves.pdf",
        "encoded words": 'attachment; filename="=?utf-8?B?w6lsw6h2ZXMucGRm?="',
        "raw octets": 'attachment; filename="élèves.pdf"',
        "a path": 'attachment; filename="../../etc/passwd"',
        "a Windows path": 'attachment; filename="C:\\\\temp\\\\a.pdf"',
        "a direction mark": 'attachment; filename*=utf-8\'\'facture%E2%80%AEfdp.exe',
        "no name": "attachment",
        "an empty name": 'attachment; filename=""',
        "a name of 5,000 signs": f'attachment; filename="{"a" * 5000}.pdf"',
        "markup in its name": 'attachment; filename="<img src=x onerror=alert(1)>.pdf"',
        "quotes in its name": 'attachment; filename="a\\"b\'c.pdf"',
        "a disposition of its own": "form-data; name=x",
        "an unquoted name with spaces": "attachment; filename=ma note.pdf",
    }  # fmt: skip
    for what, line in names.items():
        name = f"a file with {what}"
        yield (
            name,
            head(name)
            + multi(
                "mixed",
                plain(),
                part("application/pdf", files.PDF, f"Content-Disposition: {line}", encoding="base64"),
            ),
        )
    yield "only a file", head("only a file") + attached("application/pdf", files.PDF, "seul.pdf")
    yield "only a picture", head("only a picture") + attached("image/png", files.PNG, "seule.png", "inline")
    yield (
        "winmail.dat",
        head("winmail")
        + multi("mixed", plain(), attached("application/ms-tnef", files.tnef(), "winmail.dat")),
    )
    yield (
        "winmail.dat of junk",
        head("winmail")
        + multi(
            "mixed",
            plain(),
            attached("application/ms-tnef", b"\x78\x9f\x3e\x22" + b"\xff" * 200, "winmail.dat"),
        ),
    )


def _headers() -> Iterator[tuple[str, bytes]]:
    body = CRLF + b"texte\r\n"
    bare = {
        "nothing at all": b"",
        "an empty line": b"\r\n",
        "no header": b"\r\nle texte seul\r\n",
        "no body": b"Subject: sans corps\r\n",
        "no From": b"To: a@b.example\r\nSubject: s" + CRLF + body,
        "From of nobody": b"From: \r\nSubject: s" + CRLF + body,
        "two From": b"From: a@b.example\r\nFrom: c@d.example" + CRLF + body,
        "several authors": b"From: A <a@b.example>, C <c@d.example>\r\nSender: e@f.example" + CRLF + body,
        "a group": b"From: a@b.example\r\nTo: Equipe: a@b.example, c@d.example;\r\nCc: undisclosed-recipients:;" + CRLF + body,
        "no address": b"From: pas une adresse" + CRLF + body,
        "an address in its name": b'From: "rectrice@ac-amiens.test" <voleur@dehors.example>' + CRLF + body,
        "a colleague's name": b"From: Thomas Lefebvre <thomas.lefebvre@gmail.example>\r\n" + body,
        "a look-alike domain": b"From: Support <support@ac-arniens.test>\r\n" + body,
        "an old date": b"From: a@b.example\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000" + CRLF + body,
        "no date": b"From: a@b.example" + CRLF + body,
        "a date of nowhere": b"From: a@b.example\r\nDate: demain soir" + CRLF + body,
        "a date beyond": b"From: a@b.example\r\nDate: Fri, 31 Dec 9999 23:59:59 -1200" + CRLF + body,
        "an odd zone": b"From: a@b.example\r\nDate: Tue, 01 Sep 2026 10:00:00 +9999" + CRLF + body,
        "encoded words": b"From: =?utf-8?Q?H=C3=A9l=C3=A8ne?= <a@b.example>\r\nSubject: =?iso-8859-1?B?6XTp?= =?utf-8?Q?_suite?=\r\n" + body,
        "broken encoded words": b"From: =?utf-8?B?w6k?= <a@b.example>\r\nSubject: =?x-none?Q?=ZZ?= =?utf-8?B?%%%?=\r\n" + body,
        "raw octets": "From: Hélène <a@b.example>\r\nSubject: Été\r\n".encode("latin-1") + body,
        "a subject of 60,000 signs": b"From: a@b.example\r\nSubject: " + b"s " * 30_000 + CRLF + body,
        "a folded subject": b"From: a@b.example\r\nSubject: un\r\n deux\r\n\ttrois\r\n" + body,
        "markup in the subject": b"From: <script>alert(1)</script> <a@b.example>\r\nSubject: <img src=x onerror=alert(1)>\r\n" + body,
        "direction marks": "From: \u202etset <a@b.example>\r\nSubject: \u202eabc\u2066\r\n".encode() + body,
        "control characters": b"From: a\x07b <a@b.example>\r\nSubject: a\x00b\x1bc\r\n" + body,
        "3,000 recipients": b"From: a@b.example\r\nTo: " + b",\r\n ".join(b"p%d@b.example" % n for n in range(3000)) + CRLF + body,
        "2,000 references": b"From: a@b.example\r\nReferences: " + b"\r\n ".join(b"<r%d@b.example>" % n for n in range(2000)) + CRLF + body,
        "lines without a colon": b"From a@b Tue\r\nFrom: a@b.example\r\nune ligne\r\n" + body,
        "LF only": b"From: a@b.example\nSubject: lf\n\ntexte\n",
        "another place to answer": b"From: a@b.example\r\nReply-To: x@ailleurs.example\r\n" + body,
        "a forged verdict": b"Authentication-Results: mail.ac-amiens.test; dmarc=pass header.from=b.example\r\nFrom: a@b.example\r\n" + body,
        "a list, one click": b"From: a@b.example\r\nList-Unsubscribe: <https://liste.example/x>, <mailto:l@b.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" + body,
        "a list, by mail": b"From: a@b.example\r\nList-Unsubscribe: <mailto:l@b.example?subject=stop>\r\n" + body,
        "a list of junk": b"From: a@b.example\r\nList-Unsubscribe: javascript:alert(1), <data:text/html,x>\r\n" + body,
        "a receipt asked": b"From: a@b.example\r\nDisposition-Notification-To: a@b.example\r\n" + body,
        "a receipt asked for elsewhere": b"From: a@b.example\r\nDisposition-Notification-To: \"<b>\" <x@y>, z\r\n" + body,
        "a content type of nothing": b"From: a@b.example\r\nContent-Type: \r\n" + body,
        "a content type of junk": b"From: a@b.example\r\nContent-Type: ;;;/x=\"\r\n" + body,
        "two content types": b"From: a@b.example\r\nContent-Type: text/html\r\nContent-Type: text/plain\r\n" + body,
        "no slash in its type": b"From: a@b.example\r\nContent-Type: text\r\n" + body,
    }  # fmt: skip
    yield from bare.items()


def _quotes() -> Iterator[tuple[str, bytes]]:
    said = "Le texte qui est cité, assez long pour être plié à la lecture."
    styles = {
        "Gmail": f'<div>Oui.</div><div class="gmail_quote"><div class="gmail_attr">Le mar. 1 sept. 2026 à 10:00, A &lt;a@b.example&gt; a écrit :<br></div><blockquote class="gmail_quote">{said}</blockquote></div>',
        "Thunderbird": f'<p>Oui.</p><div class="moz-cite-prefix">Le 01/09/2026 à 10:00, A a écrit :<br></div><blockquote type="cite" cite="mid:x">{said}</blockquote>',
        "iOS": f'Oui.<br><br><blockquote type="cite">Le 1 sept. 2026 à 10:00, A &lt;a@b.example&gt; a écrit :<br><br></blockquote><blockquote type="cite"><div>{said}</div></blockquote>',
        "Outlook": f'<div class="WordSection1"><p class="MsoNormal">Oui.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>De :</b> A<br><b>Envoyé :</b> mardi<br><b>À :</b> B<br><b>Objet :</b> c</p></div><p>{said}</p></div>',
        "Outlook on the web": f'<div>Oui.</div><hr><div id="divRplyFwdMsg"><b>De :</b> A<br><b>Envoyé :</b> mardi<br><b>À :</b> B<br><b>Objet :</b> c</div><div>{said}</div>',
        "only a quotation": f"<blockquote>{said}</blockquote>",
        "a forward": f'<div>Pour info</div><div class="gmail_quote">---------- Message transféré ----------<br>{said}</div>',
        "quotes in a table": f"<table><tr><td>Oui.<blockquote>{said}</blockquote></td></tr></table>",
        "quotes never closed": f"<p>Oui.<blockquote><div>{said}",
    }  # fmt: skip
    for what, text in styles.items():
        name = f"quoted by {what}"
        yield name, head(name) + html(text)
    texts = {
        "signs": f"Oui.\n\nLe 1 sept., A a écrit :\n{'> ' + said}\n> b\n> c\n> d\n> e\n",
        "signs at five levels": "Oui.\n"
        + "".join(f"{'>' * level} niveau {level}\n" for level in range(1, 6)),
        "answers between the lines": "> a\noui\n> b\nnon\n",
        "flowed text": "Une longue ligne qui va se terminer par une espace et se poursuivre \nsur la suivante, puis encore une longue ligne qui se poursuit elle \naussi.\n",
        "an Outlook header in plain text": f"Oui.\n\nDe : A\nEnvoyé : mardi\nÀ : B\nObjet : c\n\n{said}\n",
    }
    for what, text in texts.items():
        name = f"plain text with {what}"
        flowed = "; format=flowed; delsp=yes" if what == "flowed text" else ""
        yield name, head(name) + part(f"text/plain; charset=utf-8{flowed}", text.encode(), encoding="8bit")


def _hostile() -> Iterator[tuple[str, bytes]]:
    for number, (name, text) in enumerate(HOSTILE.items()):
        kind = "alternative" if number % 2 else "mixed"
        yield f"hostile: {name}", head(f"hostile {number}") + multi(kind, plain(), html(text))


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("notes/élèves.csv", files.CSV)
    return made.getvalue()


def corpus() -> dict[str, bytes]:
    """Every message, by the name of its structure."""
    makers = (_bodies, _trees, _calendars, _reports, _attachments, _headers, _quotes, _hostile)
    found: dict[str, bytes] = {}
    for make in makers:
        for name, content in make():
            assert name not in found, name
            found[name] = content
    return found
