# ruff: noqa: C901, E501 - one letter, one line
"""Real kinds of mail, several hundred structures: after the examples of RFCs, as clients write, in every charset, broken.

`letters()` gives a name and the bytes for each. `shape` is what makes two of them the same structure.
"""

import base64
import email
import email.policy
import itertools
import quopri
import random
import re
from collections.abc import Iterator
from typing import Any

from tests.mailbox.webmail.hostile_html import HOSTILE

TEXT = (
    "Bonjour,\n\nLe conseil de classe de 4e B aura lieu jeudi à 17 h. L’été, ça ira mieux.\n\n-- \nHélène\n"
)
PLAIN = "Bonjour,\n\nLe conseil de classe aura lieu jeudi.\n"
HTML = (
    "<html><body style='font-family:Calibri'><h1>Réunion</h1><p>Jeudi à <b>17 h</b>, "
    "<a href='https://ac-amiens.example/x'>salle 12</a>.</p>"
    "<img src='cid:logo@x'><img src='http://pixel.dehors.example/1.gif'><table><tr><td>a<td>b</table></body></html>"
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//FR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:{uid}@x\r\n"
    "DTSTAMP:20261101T080000Z\r\nORGANIZER;CN=Paul:mailto:paul@dehors.example\r\n"
    "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:camille.delattre@ac-amiens.test\r\nSUMMARY:Conseil {uid}\r\n"
    "LOCATION:Salle 12\r\n{when}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
VCARD = "BEGIN:VCARD\r\nVERSION:{version}\r\nFN:Zoé Petit\r\nN:Petit;Zoé;;;\r\nEMAIL:zoe@dehors.example\r\nTEL:0322000000\r\nEND:VCARD\r\n"
WHENS = (
    "DTSTART:20261203T160000Z\r\nDTEND:20261203T170000Z",
    "DTSTART;VALUE=DATE:20261203\r\nDTEND;VALUE=DATE:20261204",
    "DTSTART;TZID=Europe/Paris:20261203T160000\r\nDURATION:PT1H30M",
    "DTSTART:20261203T160000Z\r\nRRULE:FREQ=WEEKLY;COUNT=10",
    "DTSTART:nimporte",
    "",
)
CHARSETS = (
    "us-ascii", "utf-8", "utf-7", "utf-16", "utf-16le", "utf-32", "iso-8859-1", "iso-8859-2", "iso-8859-3",
    "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-8", "iso-8859-8-i", "iso-8859-9",
    "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15", "windows-1250", "windows-1251", "windows-1252",
    "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258", "koi8-r",
    "koi8-u", "macintosh", "cp437", "cp850", "gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp",
    "iso-2022-jp", "euc-kr", "iso-2022-kr", "tis-620", "unknown-8bit", "x-user-defined", "ansi_x3.4-1968",
    "\"utf-8", "utf8", "UTF 8", "", "default",
)  # fmt: skip
ENCODINGS = (
    "7bit",
    "8bit",
    "binary",
    "quoted-printable",
    "base64",
    "x-uuencode",
    "QUOTED-PRINTABLE ",
    "7-bit",
    "",
)

_number = itertools.count(1)


def header(subject: str, **more: str) -> str:
    """What every letter begins with; names in `more` are written with low lines."""
    number = next(_number)
    fields = {
        "From": "=?utf-8?q?Zo=C3=A9_Petit?= <zoe@dehors.example>",
        "To": "Camille Delattre <camille.delattre@ac-amiens.test>",
        "Subject": subject,
        "Date": "Tue, 24 Nov 2026 10:00:00 +0100",
        "Message-ID": f"<corpus-{number}@dehors.example>",
        "MIME-Version": "1.0",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)


def leaf(
    kind: str, content: bytes | str, *, charset: str = "utf-8", encoding: str = "base64", more: str = ""
) -> bytes:
    """A part: its header and its body."""
    octets = content.encode("utf-8") if isinstance(content, str) else content
    plain = encoding.strip().lower()
    if plain == "base64":
        octets = base64.encodebytes(octets)
    elif plain == "quoted-printable":
        octets = quopri.encodestring(octets)
    said = f"Content-Type: {kind}" + (f"; charset={charset}" if kind.startswith("text/") and charset else "")
    said += f"\r\nContent-Transfer-Encoding: {encoding}" if encoding else ""
    return f"{said}\r\n{more}\r\n".encode() + octets


def several(kind: str, *parts: bytes, more: str = "", boundary: str = "") -> bytes:
    mark = boundary or f"=_{next(_number)}"
    body = b"".join(f"--{mark}\r\n".encode() + part + b"\r\n" for part in parts)
    return (
        f'Content-Type: {kind}; boundary="{mark}"{more}\r\n\r\n'.encode() + body + f"--{mark}--\r\n".encode()
    )


def put(kind: str, name: str, how: str = "attachment") -> str:
    return f'Content-Disposition: {how}; filename="{name}"\r\n'


text = leaf("text/plain", TEXT)
html = leaf("text/html", HTML, encoding="quoted-printable")
logo = leaf("image/png", PNG, more="Content-ID: <logo@x>\r\n" + put("image/png", "logo.png", "inline"))
pdf = leaf("application/pdf", PDF, more=put("application/pdf", "Bulletin.pdf"))
BLOCKS = {
    "text": text,
    "html": html,
    "alternative": several("multipart/alternative", text, html),
    "html only related": several("multipart/related", html, logo, more='; type="text/html"'),
    "related in alternative": several("multipart/alternative", text, several("multipart/related", html, logo)),
    "alternative in related": several("multipart/related", several("multipart/alternative", text, html), logo),
    "flowed": leaf("text/plain; format=flowed; delsp=yes", "Une ligne qui \nse poursuit. \n> cité \n>> deux\n"),
    "enriched": leaf("text/enriched", "<bold>Bonjour</bold> <italic>à tous</italic>"),
    "amp": several("multipart/alternative", text, leaf("text/x-amp-html", "<html amp4email></html>"), html),
    "watch": several("multipart/alternative", text, leaf("text/watch-html", "<b>montre</b>"), html),
    "calendar beside": several(
        "multipart/alternative", text, html,
        leaf("text/calendar; method=REQUEST", ICS.format(method="REQUEST", uid="alt", when=WHENS[0])),
    ),
    "nothing": leaf("text/plain", ""),
    "empty html": leaf("text/html", "<html></html>"),
}  # fmt: skip
BESIDE = {
    "alone": (),
    "pdf": (pdf,),
    "two files": (pdf, leaf("text/csv", "nom;note\nÉva;12\n", more=put("text/csv", "notes.csv"))),
    "inline picture": (leaf("image/png", PNG, more=put("image/png", "photo.png", "inline")),),
    "signature picture": (leaf("image/png", PNG, more="Content-ID: <nobody@x>\r\n"),),
    "footer of a list": (leaf("text/plain", "_____\nListe profs@dehors.example\n", encoding="7bit"),),
    "letter": (leaf("message/rfc822", header("Dedans").encode() + text, encoding="7bit"),),
    "unnamed": (leaf("application/octet-stream", b"\0\1\2"),),
}
FILES = {
    "Tableau é.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "lettre.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "diapos.odp": "application/vnd.oasis.opendocument.presentation",
    "old.doc": "application/msword",
    "photo.heic": "image/heic",
    "dessin.svg": "image/svg+xml",
    "page.html": "text/html",
    "script.js": "text/javascript",
    "virus.exe": "application/x-msdownload",
    "classe.zip": "application/zip",
    "son.mp3": "audio/mpeg",
    "film.mp4": "video/mp4",
    "winmail.dat": "application/ms-tnef",
    "carte.vcf": "text/vcard",
    "sortie.ics": "text/calendar",
    "courriel.eml": "message/rfc822",
    "../../etc/passwd": "application/octet-stream",
    "a\u202egnp.exe": "application/octet-stream",
    "x" * 240 + ".txt": "text/plain",
    "": "application/octet-stream",
}


def letters() -> Iterator[tuple[str, bytes]]:
    """Every letter under a name of its own."""
    yield from _as_clients_write()
    yield from _charsets_and_encodings()
    yield from _of_the_rfcs()
    yield from _files()
    yield from _broken()
    yield from _hostile()


def _as_clients_write() -> Iterator[tuple[str, bytes]]:
    for (what, block), (beside, files) in itertools.product(BLOCKS.items(), BESIDE.items()):
        name = f"{what}, {beside}"
        made = several("multipart/mixed", block, *files) if files else block
        yield name, header(name).encode() + made
    for what in ("alternative", "related in alternative"):
        report = several("multipart/mixed", several("multipart/related", BLOCKS[what], logo), pdf, text)
        yield (
            f"outlook: {what} in related in mixed",
            header("Outlook", X_Mailer="Microsoft Outlook 16").encode() + report,
        )
    apple = several("multipart/alternative", text, several("multipart/mixed", html, pdf, html, logo, html))
    yield (
        "apple mail: files between pieces of html",
        header("Apple", X_Mailer="Apple Mail (2.3)").encode() + apple,
    )
    for quoting in (
        "Le 24 nov. 2026 à 10:00, Paul a écrit :\n> un\n>> deux\n",
        "-----Message d'origine-----\nDe : Paul\nEnvoyé : mardi\nObjet : x\n\nun\n",
        "Envoyé de mon iPhone\n\n> Le 24 nov. 2026 à 10:00, Paul <p@x.fr> a écrit :\n> un\n",
    ):
        yield (
            f"quoting: {quoting[:20]!r}",
            header("Re: Cité", In_Reply_To="<x@y>").encode() + leaf("text/plain", quoting),
        )
    for quoting in (
        '<div>Oui</div><div class="gmail_quote">Le 24 nov. <blockquote class="gmail_quote">un</blockquote></div>',
        '<p>Oui</p><div id="divRplyFwdMsg">De : Paul</div><p>un</p>',
        '<p>Oui</p><blockquote type="cite"><p>un</p></blockquote>',
        '<p>Oui</p><div id="appendonsend"></div><hr><p>De : Paul</p>',
    ):
        yield f"quoting html: {quoting[10:40]!r}", header("Re: Cité").encode() + leaf("text/html", quoting)
    newsletter = header(
        "Lettre", List_Unsubscribe="<https://x.example/u>, <mailto:u@x.example>",
        List_Unsubscribe_Post="List-Unsubscribe=One-Click", List_Id="Lettre <l.x.example>", Precedence="bulk",
    )  # fmt: skip
    table = "<table width=600>" + "<tr><td width=600 style='padding:9px'>Bloc</td></tr>" * 400 + "</table>"
    yield "newsletter", newsletter.encode() + several("multipart/alternative", text, leaf("text/html", table))
    yield "receipt asked", header("Accusé", Disposition_Notification_To="zoe@dehors.example").encode() + text
    yield "crowd", header("Foule", Cc=", ".join(f"P{n} <p{n}@x.example>" for n in range(900))).encode() + text
    yield "groups", header("Groupes", To="Profs: a@x.example, b@x.example;, Vide:;").encode() + text
    yield "no recipient", header("Caché", To="undisclosed-recipients:;").encode() + text


def _charsets_and_encodings() -> Iterator[tuple[str, bytes]]:
    for charset, kind in itertools.product(CHARSETS, ("text/plain", "text/html")):
        content = f"<p>{TEXT}</p>" if kind == "text/html" else TEXT
        try:
            octets = content.encode(charset, "replace")
        except LookupError:
            octets = content.encode()
        yield f"charset {charset!r} of {kind}", header("Jeu").encode() + leaf(kind, octets, charset=charset)
    for encoding, kind in itertools.product(
        ENCODINGS, ("text/plain", "text/html", "application/pdf", "message/rfc822")
    ):
        inside = (header("Codé") + "\r\n" + PLAIN).encode() if kind == "message/rfc822" else PLAIN.encode()
        part = leaf(kind, inside, encoding=encoding)
        yield f"{kind} in {encoding!r}", header("Codage").encode() + several("multipart/mixed", text, part)
    for word in (
        "=?utf-8?B?w4l0w6k=?=", "=?iso-8859-1?q?=C9t=E9?=", "=?utf-8?q?=C3?= =?utf-8?q?=89t=C3=A9?=",
        "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "=?utf-8*fr?q?=C3=89t?=", "=?utf-8?b?!!!?=", "=?x-nul?q?abc?=",
        "=?utf-8?q?a?==?utf-8?q?b?=", "\u00c9t\u00e9 brut", "=?utf-8?q?" + "x" * 900 + "?=", "=?utf-8?q?a=0D=0ABcc:_x?=",
        "\u202eesrever", "😀 " * 60, "", " ", "<script>alert(1)</script>", "=?utf-8?", "a\tb", "=?us-ascii?q?=E9?=",
    ):  # fmt: skip
        yield f"subject {word[:24]!r}", header(word, From=f"{word[:60]} <zoe@dehors.example>").encode() + text


def _of_the_rfcs() -> Iterator[tuple[str, bytes]]:
    for when, method in itertools.product(WHENS, ("REQUEST", "CANCEL", "REPLY", "PUBLISH", "COUNTER")):
        uid = f"{method}-{WHENS.index(when)}"
        invitation = leaf(f"text/calendar; method={method}", ICS.format(method=method, uid=uid, when=when))
        name = f"iMIP (RFC 6047): {uid}"
        yield name, header(name).encode() + several("multipart/mixed", text, invitation)
    for version in ("2.1", "3.0", "4.0"):
        yield f"vCard {version}", header("Carte").encode() + leaf("text/vcard", VCARD.format(version=version))
    for action, status in (
        ("failed", "5.1.1"),
        ("delayed", "4.4.1"),
        ("delivered", "2.0.0"),
        ("relayed", "2.0.0"),
        ("x", ""),
    ):
        told = (
            "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; p@x.example\r\n"
            f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
        )
        for back in ("message/rfc822", "text/rfc822-headers", "message/global-headers", ""):
            third = (leaf(back, header("Parti") + "\r\nx", encoding="7bit"),) if back else ()
            report = several(
                "multipart/report", text, leaf("message/delivery-status", told, encoding="7bit"), *third,
                more="; report-type=delivery-status",
            )  # fmt: skip
            yield (
                f"DSN (RFC 3464): {action}, {back}",
                header("Undelivered", From="MAILER-DAEMON <>").encode() + report,
            )
    seen = (
        "Final-Recipient: rfc822;p@x.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n"
    )
    mdn = several("multipart/report", text, leaf("message/disposition-notification", seen, encoding="7bit"))
    yield "MDN (RFC 8098)", header("Lu").encode() + mdn
    arf = several("multipart/report", text, leaf("message/feedback-report", "Feedback-Type: abuse\r\n"), pdf)
    yield "ARF (RFC 5965)", header("Plainte").encode() + arf
    digest = several(
        "multipart/digest", *(b"\r\n" + (header(f"N° {n}") + "\r\nx").encode() for n in range(5))
    )
    yield "digest (RFC 2046 §5.1.5)", header("Digest").encode() + digest
    yield (
        "parallel (RFC 2046 §5.1.6)",
        header("Parallel").encode() + several("multipart/parallel", text, logo),
    )
    yield (
        "unknown multipart (RFC 2046 §5.1.7)",
        header("Autre").encode() + several("multipart/x-nouveau", text, pdf),
    )
    appendix = several(
        "multipart/mixed", text, leaf("text/plain", "explicite", charset="us-ascii", encoding="7bit"),
        several("multipart/parallel", leaf("audio/basic", b"au"), leaf("image/jpeg", b"\xff\xd8\xff\xe0")),
        leaf("text/enriched", "<bold>x</bold>"),
        leaf("message/rfc822", header("(sujet)").encode() + leaf("text/plain", "é", charset="ISO-8859-1"), encoding="7bit"),
    )  # fmt: skip
    yield "complex (RFC 2049 appendix A)", header("Complexe").encode() + appendix
    for access in ("anon-ftp", "mail-server", "local-file", "URL"):
        said = f'message/external-body; access-type={access}; name="/etc/passwd"; URL="http://pixel.dehors.example/e"'
        yield (
            f"external body: {access}",
            header("Dehors").encode() + leaf(said, "Content-Type: text/plain\r\n\r\n"),
        )
    for number in (1, 2):
        partial = leaf(
            f'message/partial; id="a@x"; number={number}; total=2', header("Moitié") + "\r\nmoitié"
        )
        yield f"partial {number} (RFC 2046 §5.2.2)", header("Moitié").encode() + partial
    for protocol, kind in (
        ("pgp-signature", "pgp-sha256"),
        ("pkcs7-signature", "sha-256"),
        ("x-pkcs7-signature", "sha1"),
    ):
        signature = leaf(f"application/{protocol}", b"\x30\x80nothing", more=put("", "smime.p7s"))
        for what in ("text", "alternative", "html only related"):
            signed = several(
                "multipart/signed",
                BLOCKS[what],
                signature,
                more=f'; protocol="application/{protocol}"; micalg={kind}',
            )
            yield f"signed {protocol}: {what}", header("Signé").encode() + signed
    sealed = several(
        "multipart/encrypted", leaf("application/pgp-encrypted", "Version: 1\n"),
        leaf("application/octet-stream", "-----BEGIN PGP MESSAGE-----\n\nxx\n-----END PGP MESSAGE-----\n"),
        more='; protocol="application/pgp-encrypted"',
    )  # fmt: skip
    yield "PGP encrypted (RFC 3156)", header("Chiffré").encode() + sealed
    for block in ("MESSAGE", "SIGNED MESSAGE", "PUBLIC KEY BLOCK"):
        yield (
            f"PGP in the text: {block}",
            header("PGP").encode() + leaf("text/plain", f"-----BEGIN PGP {block}-----\n\nxx\n"),
        )
    for kind in ("signed-data", "enveloped-data", "compressed-data", "certs-only", ""):
        opaque = leaf(f"application/pkcs7-mime; smime-type={kind}; name=smime.p7m", b"\x30\x80opaque")
        yield f"S/MIME: {kind}", header("S/MIME").encode() + opaque
    mhtml = several(
        "multipart/related", leaf("text/html", HTML, more="Content-Location: http://x.example/\r\n"), logo
    )
    yield "MHTML (RFC 2557)", header("MHTML").encode() + mhtml
    protected = several("multipart/mixed", text, more='; protected-headers="v1"; hp="clear"')
    yield "protected header (RFC 9788)", header("...").encode() + protected
    yield "utf-8 header (RFC 6532)", header("Été", From="Zoé <zoé@été.example>").encode() + text
    for field in ("filename*=utf-8''%C3%A9.pdf", "filename*0=\"a\"; filename*1=\"b.pdf\"", "filename*0*=utf-8''%C3; filename*1*=%A9.pdf",
                  "filename==?utf-8?q?=C3=A9.pdf?=", "filename=sans guillemets.pdf", "filename*=x''%ZZ", "filename*9999=z",
                  "filename=\"a\\\"b.pdf\"", "filename=; x", "FILENAME=A.PDF; size=12; creation-date=\"x\""):  # fmt: skip
        part = leaf("application/pdf", PDF, more=f"Content-Disposition: attachment; {field}\r\n")
        yield (
            f"name (RFC 2231): {field[:30]}",
            header("Nom").encode() + several("multipart/mixed", text, part),
        )


def _files() -> Iterator[tuple[str, bytes]]:
    for name, kind in FILES.items():
        for how in ("attachment", "inline"):
            part = leaf(
                kind, b"contenu de " + name.encode("utf-8", "replace"), charset="", more=put(kind, name, how)
            )
            yield (
                f"file {name[:24]!r} {how}",
                header("Fichier").encode() + several("multipart/mixed", text, part),
            )
        alone = leaf(kind, b"seul", charset="", more=put(kind, name))
        yield f"file alone {name[:24]!r}", header("Seul").encode() + alone


def _broken() -> Iterator[tuple[str, bytes]]:
    start = header("Cassé").encode()
    whole = several("multipart/mixed", text, pdf, boundary="abc")
    yield "boundary never closed", start + whole.replace(b"--abc--", b"")
    yield "boundary never opened", start + whole.replace(b"\r\n--abc", b"\r\n-abc")
    yield "no boundary said", start + whole.replace(b'; boundary="abc"', b"")
    yield "empty boundary", start + whole.replace(b'"abc"', b'""')
    yield "boundary with spaces after", start + whole.replace(b"--abc\r\n", b"--abc   \r\n")
    yield (
        "same boundary inside",
        start
        + several(
            "multipart/mixed", several("multipart/alternative", text, html, boundary="b"), pdf, boundary="b"
        ),
    )
    yield (
        "one boundary begins the other",
        start
        + several(
            "multipart/mixed", several("multipart/alternative", text, html, boundary="ab"), pdf, boundary="a"
        ),
    )
    yield "endless boundary", start + several("multipart/mixed", text, pdf, boundary="x" * 900)
    yield (
        "preamble and epilogue",
        start + whole.replace(b"\r\n\r\n--abc", b"\r\n\r\nprologue\r\n--abc", 1) + b"epilogue",
    )
    yield "no part", start + b'Content-Type: multipart/mixed; boundary="a"\r\n\r\n--a--\r\n'
    yield "one part", start + several("multipart/mixed", text)
    yield "empty parts", start + several("multipart/mixed", b"", b"\r\n", b"", text)
    yield "multipart in base64", start + b"Content-Transfer-Encoding: base64\r\n" + whole
    yield "two content types", start + b"Content-Type: text/html\r\n" + text
    for said in ("text", "text/", "/plain", "text/plain;", "text/plain; charset", "text/plain; =x", 'text/plain; charset="', "a/b/c", "text/html text/plain", ";", "multipart/", "TEXT/HTML", "text/plain; charset=utf-8; charset=koi8-r", "text/plain (un (commentaire)); charset=utf-8"):  # fmt: skip
        yield f"content type {said!r}", start + f"Content-Type: {said}\r\n\r\n{PLAIN}".encode()
    yield "no header", PLAIN.encode()
    yield "no body", start
    yield "nothing", b"\r\n"
    yield "only a boundary", b"--abc\r\n\r\n"
    yield "lines in LF", (start + text).replace(b"\r\n", b"\n")
    yield "lines in CR", start + b"\r\n" + b"a\rb\rc\r"
    yield (
        "NUL",
        start
        + leaf("text/html", b"<p>a\0b<img src=x\0 onerror=alert(1)>", encoding="binary").replace(
            b"\0", b"\x80"
        ),
    )
    yield "controls", start + leaf("text/plain", bytes(range(1, 32)), encoding="8bit")
    yield "octets that are no charset's", start + leaf("text/plain", bytes(range(128, 256)), encoding="8bit")
    yield "very long line", start + leaf("text/plain", "x" * 400_000, encoding="7bit")
    yield "very long header", header("y" * 50_000).encode() + text
    yield "header without a colon", b"Bonjour tout le monde\r\n" + start + text
    yield "mbox line first", b"From zoe@dehors.example Tue Nov 24 10:00:00 2026\r\n" + start + text
    yield "base64 cut", start + leaf("text/plain", TEXT)[:-9] + b"="
    yield "base64 with rubbish", start + text.replace(b"\n", b"!\n~", 3)
    yield (
        "quoted-printable cut",
        start + leaf("text/plain", b"", encoding="quoted-printable") + b"a=\r\nb=C3=\r\n=ZZ=E9",
    )
    for date in ("", "hier", "Tue, 31 Feb 2026 99:99:99 +9999", "0", "Thu, 1 Jan 1970 00:00:00 +0000", "Fri, 1 Jan 9999 00:00:00 -1200", "24/11/2026 10:00"):  # fmt: skip
        yield f"date {date!r}", header("Date", Date=date).encode() + text
    for sender in ("", "<>", "Zoé", '"" <zoe@dehors.example>', "a@x.example, b@y.example", "zoe@", "@x.example", '"camille.delattre@ac-amiens.test" <x@dehors.example>', "Camille Delattre <c@ac-arniens.test>", "(commentaire) zoe@dehors.example", "<zoe@dehors.example", "x" * 400 + "@dehors.example"):  # fmt: skip
        yield f"from {sender[:30]!r}", header("De", From=sender).encode() + text
    for deep in (3, 12, 45, 90):
        made = text
        for _ in range(deep):
            made = several("multipart/mixed", made)
        yield f"{deep} multiparts deep", start + made
        made = header("Fond").encode() + text
        for level in range(min(deep, 45)):
            made = header(f"Niveau {level}").encode() + leaf("message/rfc822", made, encoding="7bit")
        yield f"{min(deep, 45)} letters deep ({deep})", made
    for many in (60, 450, 3_000):
        yield (
            f"{many} parts",
            start + several("multipart/mixed", *([leaf("text/plain", "x", encoding="7bit")] * many)),
        )
    yield "tower of tables", start + leaf("text/html", "<table><tr><td>" * 500 + "x")
    yield "tower of quotes", start + leaf("text/plain", ">" * 900 + " x\n")
    yield "a megabyte of html", start + leaf("text/html", "<p>Bonjour <b>à tous</b></p>" * 40_000)
    chance = random.Random(4)
    for number in range(40):
        octets = bytearray(start + BLOCKS["related in alternative"] + several("multipart/mixed", pdf))
        for _ in range(chance.randint(1, 60)):
            place = chance.randrange(len(start), len(octets))
            if chance.random() < 0.5:
                octets[place] = chance.randrange(1, 256)
            else:
                del octets[place : place + chance.randint(1, 30)]
        yield f"bitten {number}", bytes(octets)


def _hostile() -> Iterator[tuple[str, bytes]]:
    for name, content in HOSTILE.items():
        octets = content.encode("utf-8", "replace")
        yield (
            f"hostile: {name}",
            header("Piège").encode() + several("multipart/alternative", text, leaf("text/html", octets)),
        )


def shape(content: bytes) -> str:
    """The structure of a letter: its tree, what each part is said to be, and how it is written down."""

    def told(part: Any) -> str:
        said = str(part.get("Content-Type", "")).split(";")
        names = sorted(piece.split("=")[0].strip().lower() for piece in said[1:])
        how = str(part.get("Content-Disposition", "")).split(";")[0]
        code = str(part.get("Content-Transfer-Encoding", "")).lower()
        charset = re.search(r'charset="?([\w-]*)', str(part.get("Content-Type", "")).lower())
        inside = part.get_payload()
        children = (
            ",".join(told(child) for child in inside)
            if isinstance(inside, list) and len(inside) < 500
            else ""
        )
        return f"{said[0].lower()}|{names}|{charset[1] if charset else ''}|{how}|{code}({children})"

    read = email.message_from_bytes(content, policy=email.policy.compat32)
    return told(read) + ",".join(sorted(name.lower() for name in read))
