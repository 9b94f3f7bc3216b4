"""What we send reads the same to parsers that have nothing in common: Python's, MIME::Parser, mblaze's."""

import hashlib
import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.post.outbox.letters import BOUNDARY, letter
from tests.post.outbox.test_message import check_strictly

from vaguemestre.post.outbox.rules.message import build_message, safe_name
from vaguemestre.post.outbox.values import Attachment, Letter, Recipient

PERL = Path(__file__).with_name("parts.pl")
WORDS = (
    "élève", "Œuvre", "« cité »", "l’été", "a=b", ".", "From moi", "--0123456789abcdef", "=20", "\t", "日本",
    "x" * 300, "🙂", "\u00a0", "--", "Bcc: moi@x.fr", "&amp;", "\u2028", "é" * 200, "\n", " \n", "\n.\n",
)  # fmt: skip
KINDS = ("application/pdf", "image/png", "text/html", "message/rfc822", "text/csv; charset=x", "bizarre")


def drawn_letter(chance: random.Random) -> Letter:
    """Any mixture of what people write, join and show."""

    def words(most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randrange(1, most)))

    def line(most: int) -> str:
        return "".join(c if c.isprintable() else " " for c in words(most)).strip()

    files = tuple(
        Attachment(
            line(4) + chance.choice((".pdf", ".eml", "")),
            chance.choice(KINDS),
            chance.choice((chance.randbytes(chance.randrange(0, 3000)), b"Subject: x\r\n\r\nBonjour\r\n")),
        )
        for _ in range(chance.randrange(4))
    )
    pictures = tuple(
        Attachment(f"{line(2)}.png", "image/png", chance.randbytes(500), content_id=f"p{n}@x")
        for n in range(chance.randrange(3))
    )
    shown = "".join(f'<img src="cid:{one.content_id}">' for one in pictures)
    html = f"<p>{words(40)}</p>{shown}" if pictures or chance.random() < 0.7 else ""
    people = tuple(Recipient(line(4), f"p{n}@dehors.example") for n in range(chance.randrange(1, 40)))
    return letter(subject=line(12), to=people, html=html, text=words(60), attachments=files + pictures)


def said_by(*command: str, content: bytes) -> str:
    return subprocess.run(command, input=content, capture_output=True, check=True, timeout=60).stdout.decode()


def parts_of(message: Any) -> list[tuple[str, str]]:
    """Type and digest of each part, as Python reads it; a message inside stays whole."""
    if message.get_content_maintype() == "multipart":
        inside = [one for part in message.get_payload() for one in parts_of(part)]
        return [(message.get_content_type(), ""), *inside]
    if message.get_content_type() == "message/rfc822":
        whole = message.get_payload(0).as_bytes()
        return [("message/rfc822", hashlib.sha256(whole.replace(b"\r\n", b"\n")).hexdigest())]
    content: Any = message.get_payload(decode=True) or b""
    kind = message.get_content_type()
    if kind in ("text/plain", "text/html") and message.get_filename() is None:
        content = content.replace(b"\r\n", b"\n")  # the ends of lines of a text belong to each system
    return [(kind, hashlib.sha256(content).hexdigest())]


@pytest.mark.heavy
def test_three_parsers_read_the_same(how_many: Callable[[int, int], int]) -> None:
    for seed in range(how_many(15, 500)):
        made = drawn_letter(random.Random(seed))
        content = build_message(made, boundary=BOUNDARY)
        told = parts_of(check_strictly(content))
        perl = [tuple(one.split(" ")) for one in said_by("perl", str(PERL), content=content).splitlines()]
        assert [kind for kind, _ in perl] == [kind for kind, _ in told], seed
        same = [digest for kind, digest in told if not kind.startswith(("text/", "message/"))]
        assert [digest for kind, digest in perl if not kind.startswith(("text/", "message/"))] == same, seed
        tree = said_by("mshow", "-t", "/dev/stdin", content=content)
        if all(kind != "message/rfc822" for kind, _ in told):  # mshow goes into a message inside
            shown = re.findall(r"^\s*\d+: (\S+) size=", tree, re.MULTILINE)
            assert shown == [kind for kind, _ in told], seed
        for one in made.attachments:
            if not one.content_id:
                assert safe_name(one.name) in tree, seed
