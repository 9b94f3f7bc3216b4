# ruff: noqa: E501, SIM905 - one trick, one line
"""Letters that cost a reader much: newsletters as they really are, and letters made to hold a server.

Everything is built here, of the standard library alone, so that a bench may send the same letters.
`HTML` and `LETTERS` give a builder for each name.
"""

import base64
import itertools
import random
from collections.abc import Callable, Iterator

CRLF = b"\r\n"
_LINE = 900  # octets of HTML a line: RFC 5321 allows 998
AWAY = "pixel.dehors.example"


# Newsletters that have to stay what they are


def _fill(size: int, blocks: Iterator[str]) -> str:
    """Blocks up to about that many characters."""
    written, length = [], 0
    for block in blocks:
        length += len(block)
        if length > size:
            break
        written.append(block)
    return "".join(written)


def _words(chance: random.Random, count: int) -> str:
    some = (
        "le conseil de classe de la rentrée invite les équipes à découvrir un atelier ouvert aux élèves "
        "pendant la semaine des arts, avec l’académie, l’été et Noël en ligne de mire"
    ).split()
    return " ".join(chance.choice(some) for _ in range(count))


def mjml(size: int) -> str:
    """As MJML, Mailchimp or Brevo write: tables in tables, the same inline styles over and over, long links."""
    chance = random.Random(7)

    def block(n: int) -> str:
        token = base64.urlsafe_b64encode(chance.randbytes(150)).decode()
        pad = n % 12 * 2
        return f"""
<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" style="width:600px;" width="600"><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div style="background:#ffffff;background-color:#ffffff;margin:0px auto;max-width:600px;">
<table align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#ffffff;background-color:#ffffff;width:100%;"><tbody><tr>
<td style="direction:ltr;font-size:0px;padding:{pad}px 0;padding-bottom:0px;text-align:center;vertical-align:top;">
<div class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;">
<table border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"><tbody>
<tr><td align="center" style="font-size:0px;padding:10px 25px;word-break:break-word;">
<table border="0" cellpadding="0" cellspacing="0" role="presentation" style="border-collapse:collapse;border-spacing:0px;"><tbody><tr><td style="width:{200 + n % 90}px;">
<a href="https://suivi.lettre.example/c/{n}/{token}?utm_source=newsletter&amp;utm_medium=email&amp;utm_campaign=rentree" target="_blank" style="color:#2255cc;text-decoration:none;">
<img alt="Illustration {n}" height="auto" src="https://images.lettre.example/{n}/visuel-{n % 40}.png" style="border:0;display:block;outline:none;text-decoration:none;height:auto;width:100%;font-size:13px;" width="{200 + n % 90}"></a>
</td></tr></tbody></table></td></tr>
<tr><td align="left" style="font-size:0px;padding:10px 25px;word-break:break-word;">
<div style="font-family:Ubuntu, Helvetica, Arial, sans-serif;font-size:{13 + n % 5}px;line-height:1.5;text-align:left;color:#{n % 7 * 2}{n % 7 * 2}3344;">{_words(chance, 40)} <b>{_words(chance, 3)}</b>&nbsp;: {_words(chance, 20)}</div>
</td></tr></tbody></table></div></td></tr></tbody></table></div>
<!--[if mso | IE]></td></tr></table><![endif]-->"""

    top = (
        '<!doctype html><html xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml"><head>'
        '<title>Lettre</title><style type="text/css">#outlook a { padding:0; } body { margin:0;padding:0; } '
        "table, td { border-collapse:collapse; } img { border:0; }</style><style>@media only screen and "
        "(min-width:480px) { .mj-column-per-100 { width:100% !important; max-width: 100%; } }</style></head>"
        '<body style="word-spacing:normal;background-color:#f4f4f4;">'
    )
    return f"{top}{_fill(size - len(top) - 30, map(block, itertools.count()))}</body></html>"


def outlook(size: int) -> str:
    """As Word writes: a class, a style and a span for every run of words; no two paragraphs quite alike."""
    chance = random.Random(11)

    def block(n: int) -> str:
        return (
            f"<p class=MsoNormal style='margin-top:{n % 31}.{n % 7}pt;margin-left:{n % 53}.0pt;text-indent:-18.0pt;"
            "mso-list:l0 level1 lfo1;line-height:normal'><![if !supportLists]><span lang=FR style='font-size:"
            f'{10 + n % 9}.0pt;font-family:"Calibri",sans-serif;mso-fareast-language:FR;color:#1F{n % 100:02d}7D\'>·<span '
            "style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]><span lang=FR "
            f"style='font-family:\"Arial\",sans-serif;color:black;letter-spacing:.{n}pt'>{_words(chance, 12)}<o:p></o:p></span></p>\n"
        )

    top = (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style><!-- p.MsoNormal, li.MsoNormal "
        '{margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif;} a:link {color:#0563C1;} --></style></head>'
        "<body lang=FR link='#0563C1' vlink='#954F72'><div class=WordSection1>"
    )
    return f"{top}{_fill(size - len(top), map(block, itertools.count()))}</div></body></html>"


def links(size: int) -> str:
    """A watch of the press: a line, a link, a line; each address its own."""
    chance = random.Random(13)

    def block(n: int) -> str:
        return (
            f'<li style="margin:0 0 {n % 16}px"><a href="https://revue.example/{n}/{chance.getrandbits(320):x}?de=lettre&amp;n={n}" '
            f'style="color:#0a58ca">www.journal-{n % 300}.example/article-{n}</a> <font color="#{n % 1000:03d}888">{_words(chance, 6)}</font></li>\n'
        )

    return f"<html><body><ul>{_fill(size, map(block, itertools.count()))}</ul></body></html>"


def spreadsheet(size: int) -> str:
    """A sheet pasted by Excel: one cell after the other, classes and a style each."""

    def block(n: int) -> str:
        cells = "".join(
            f"<td class=xl{65 + k} align=right width={60 + k} style='border-top:none;border-left:none;width:{60 + k}pt'>{n * k},{k}</td>"
            for k in range(12)
        )
        return f"<tr height=20 style='height:15.0pt'><td height=20 class=xl65 style='height:15.0pt'>Élève {n}</td>{cells}</tr>\n"

    sheet = "".join(
        f".xl{65 + k} {{padding:0px; mso-ignore:padding; color:black; font-size:11.0pt; border:.5pt solid windowtext; background:#E2EF{k:02d};}}\n"
        for k in range(12)
    )
    return f"<html><head><style>{sheet}</style></head><body><table border=0 cellpadding=0 cellspacing=0>{_fill(size, map(block, itertools.count()))}</table></body></html>"


def quotes(size: int) -> str:
    """A long exchange: each answer quotes the one before, sixty deep."""
    inside = ""
    deep = 60
    for n in range(deep):
        said = "".join(
            f"<div>{_words(random.Random(n * 100 + k), 30)}</div>" for k in range(size // deep // 230)
        )
        inside = (
            f'<div dir="ltr">{said}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Le mar. {n} sept. 2026, '
            f'Camille &lt;<a href="mailto:c{n}@ac.example">c{n}@ac.example</a>&gt; a écrit&nbsp;:<br></div><blockquote class="gmail_quote" '
            f'style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{inside}</blockquote></div>'
        )
    return inside


def pictures(size: int) -> str:
    """Pictures written in the text itself."""
    one = base64.b64encode(b"\x89PNG\r\n\x1a\n" + random.Random(3).randbytes(40_000)).decode()
    block = f'<p style="margin:0">Photo :<br><img src="data:image/png;base64,{one}" width="300" style="border:1px solid #ccc"></p>'
    return f"<html><body>{_fill(size, itertools.repeat(block))}</body></html>"


NEWSLETTERS: dict[str, Callable[[int], str]] = {
    "mjml": mjml,
    "outlook": outlook,
    "links": links,
    "spreadsheet": spreadsheet,
    "quotes": quotes,
    "pictures": pictures,
}


# HTML made to hold a server


def _styled(size: int) -> str:
    chance = random.Random(5)
    return _fill(
        size,
        (
            f'<p style="color:rgb({n % 256},{n // 256 % 256},{n // 65536});margin:{n}px {n + 1}px;font:{n}px/1.5 Arial;'
            f'border:{n}px solid #{chance.getrandbits(24):06x};background:linear-gradient(#{n % 1000:03d},#fff)">x</p>'
            for n in itertools.count()
        ),
    )


def _sheet(size: int) -> str:
    return "<style>" + _fill(size, (f"@x{n}{{[(}}" for n in itertools.count())) + "</style><p>x</p>"


HTML: dict[str, Callable[[], str]] = {
    "divs side by side": lambda: "<div>" * 100_000,
    "divs nested 60,000": lambda: "<div>" * 60_000 + "x" + "</div>" * 60_000,
    "divs nested 200,000": lambda: "<div>" * 200_000 + "x" + "</div>" * 200_000,
    "inputs without end": lambda: "<input " * 60_000,
    "100,000 attributes": lambda: "<p " + " ".join(f"a{n}=x" for n in range(100_000)) + ">x</p>",
    "100,000 attributes on a body": lambda: "<body " + " ".join(f"a{n}=x" for n in range(100_000)) + ">x",
    "styled paragraphs": lambda: _styled(1_400_000),
    "links with unclosed quotes": lambda: "<a href='x" * 150_000,
    "links": lambda: _fill(
        1_700_000, (f'<a href="https://h{n}.example/">www.autre{n}.example</a>' for n in itertools.count())
    ),
    "anchors never closed": lambda: "<a href=http://a.example/>www.b.example " * 45_000,
    "broken sheet": lambda: _sheet(1_900_000),
    "sheets": lambda: (
        "".join(f"<style>{'p{color:red;background:blue}' * 700}</style>" for _ in range(95)) + "<p>x"
    ),
    "style tags never closed": lambda: "<style " * 250_000,
    "sheet of brackets": lambda: "<style>" + "[" * 290_000 + "</style><p>x</p>",
    "style of brackets": lambda: '<p style="width:' + "(" * 19_000 + '">x</p>' * 1,
    "many styles of brackets": lambda: ('<p style="width:' + "(" * 900 + '">x</p>') * 2_000,
    "formatting misnested": lambda: "<b><i><u><s><p>" * 20_000,
    "formatting with attributes": lambda: "".join(f"<font size={n}>" for n in range(60_000)),
    "anchors in tables": lambda: "<a href=http://x.example/><table>" * 30_000,
    "text before tables": lambda: "<table>" + "x<tr>" * 200_000,
    "entities": lambda: "&lt;&#x41;&notanentity;" * 80_000,
    "comments": lambda: "<!-->" * 380_000,
    "unclosed comment starts": lambda: "<!-- <style " * 150_000,
    "angle brackets": lambda: "<" * 1_900_000,
    "end tags": lambda: "</p>" * 450_000,
    "end tags unknown": lambda: "<b>" * 200 + "</x>" * 400_000,
    "blockquotes nested": lambda: "<blockquote>De : x " * 90_000,
    "outlook headers": lambda: "<div>De : Envoyé : x</div>" * 75_000,
    "pictures of elsewhere": lambda: _fill(
        1_800_000, (f"<img src=http://{AWAY}/{n}.png>" for n in itertools.count())
    ),
    "svg": lambda: "<svg><g>" * 200_000,
    "math": lambda: "<math><mi>" * 150_000,
    "selects": lambda: "<select><option>" * 100_000,
    "templates": lambda: "<template>" * 150_000,
    "definition lists": lambda: "<dl><dt>" * 200_000,
    "list items": lambda: "<li>" * 450_000,
    "paragraphs": lambda: "<p>" * 600_000,
    "breaks": lambda: "<br>" * 480_000,
    "cells": lambda: "<table><tr>" + "<td>" * 450_000,
    "words bold": lambda: "<b>x</b>" * 230_000,
    "null bytes": lambda: "<di\x00v>" * 200_000,
}


TEXTS: dict[str, Callable[[], str]] = {
    "closing brackets": lambda: ("http://x.example/" + ")" * 1_900 + " ") * 500,
    "dots": lambda: "a." * 500_000,
    "at signs": lambda: "a@" * 500_000,
    "hyphens and dots": lambda: ("www." + "a-" * 30 + ".") * 15_000,
    "quotes": lambda: "> " * 500_000,
    "quoted lines": lambda: "> x\nx\n" * 150_000,
    "line ends": lambda: "\r" * 1_000_000,
    "one long word": lambda: "x" * 1_000_000,
    "slashes": lambda: "http://" * 140_000,
    "flowed": lambda: ("x" * 60 + " \n") * 16_000,
    "flowed, quoted, wide": lambda: (">" * 12 + "\N{GRINNING FACE}" * 46 + " \n") * 16_000,
}


# Whole letters


def head(subject: str, *lines: str, sender: str = "Une lettre <lettre@dehors.example>") -> bytes:
    fields = [
        f"From: {sender}",
        "To: Nicolas Morel <nicolas.morel@ac-amiens.test>",
        f"Subject: {subject}",
        "Date: Tue, 01 Sep 2026 10:00:00 +0200",
        f"Message-ID: <{abs(hash(subject))}@heavy.example>",
        "MIME-Version: 1.0",
        *lines,
    ]
    return "\r\n".join(fields).encode() + CRLF


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", CRLF)


def html_letter(html: str, plain: str = "") -> bytes:
    """That HTML as a letter, beside a plain text when one is given."""
    kind = b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    part = kind + _base64(html.encode("utf-8", "surrogatepass"))
    if not plain:
        return head("HTML") + part
    text = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + plain.encode().replace(b"\n", CRLF)
    return (
        head("HTML et texte", "Content-Type: multipart/alternative; boundary=b1")
        + CRLF
        + b"".join(b"--b1\r\n" + one + CRLF for one in (text, part))
        + b"--b1--\r\n"
    )


def _addresses(field: str, count: int) -> bytes:
    people = b",\r\n ".join(b"a%d@dehors.example" % n for n in range(count))
    return b"%b: %b\r\n" % (field.encode(), people)


def _deep(count: int) -> bytes:
    """Parts in parts."""
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(count)
    )
    return opening + b"Content-Type: text/plain\r\n\r\nBonjour\r\n" + b"x" * 100_000 + CRLF


_REST = b"Subject: Beaucoup\r\nDate: Tue, 01 Sep 2026 10:00:00 +0200\r\n\r\nBonjour\r\n"

# Whole messages, by what stands in their headers or their structure: no list can draw them as they are.
HEADERS: dict[str, Callable[[], bytes]] = {
    "100,000 addresses in From": lambda: _addresses("From", 100_000) + _REST,
    "100,000 addresses in To": lambda: b"From: a@dehors.example\r\n" + _addresses("To", 100_000) + _REST,
    "100,000 addresses in Cc": lambda: b"From: a@dehors.example\r\n" + _addresses("Cc", 100_000) + _REST,
    "100,000 names in From": lambda: (
        b"From: "
        + b",\r\n ".join(b'"\xc3\xa9 \\" %d" <a@dehors.example>' % n for n in range(100_000))
        + CRLF
        + _REST
    ),
    "100,000 fields": lambda: b"From: a@dehors.example\r\n" + b"X-Champ: x\r\n" * 100_000 + _REST,
    "a subject of 3 MB": lambda: (
        b"From: a@dehors.example\r\nSubject: " + b"mot " * 750_000 + b"\r\n\r\nBonjour\r\n"
    ),
    "100,000 references": lambda: (
        b"From: a@dehors.example\r\nReferences:" + b"\r\n <x@dehors.example>" * 100_000 + CRLF + _REST
    ),
    "multipart 2,000 deep": lambda: b"From: a@dehors.example\r\nSubject: Beaucoup\r\n" + _deep(2_000),
    "20,000 parts": lambda: (
        b"From: a@dehors.example\r\nSubject: Beaucoup\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n" * 20_000
        + b"--b--\r\n"
    ),
    "5,000 inline HTML parts": lambda: (
        b"From: a@dehors.example\r\nSubject: Beaucoup\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: text/html\r\n\r\n<p>Bonjour</p>\r\n" * 5_000
        + b"--b--\r\n"
    ),
    "2,000 enclosed messages": lambda: (
        b"From: a@dehors.example\r\nSubject: Beaucoup\r\n"
        + b"Content-Type: message/rfc822\r\n\r\nSubject: Dedans\r\n" * 2_000
        + b"\r\nBonjour\r\n"
        + b"x" * 100_000
    ),
}
