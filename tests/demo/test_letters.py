"""Letters: realistic, valid, always the same."""

import email.policy
import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from vaguemestre.demo.letters import Letter, Writer, attachments, messages
from vaguemestre.foundation.kernel.times import PARIS

pytestmark = pytest.mark.heavy  # a year of letters is made

OWNER = Writer("Camille Delattre", "camille.delattre@ac-amiens.test", "colleague", "Professeure")
OTHERS = (
    Writer("Thomas Lefebvre", "thomas.lefebvre@ac-amiens.test"),
    Writer("Hélène Poulain", "helene.poulain@ac-amiens.test"),
    Writer("Philippe Vasseur", "philippe.vasseur@ac-amiens.test", "office", "Principal"),
)
UNTIL = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def letters() -> list[Letter]:
    return list(messages(7, 1200, OWNER, OTHERS, UNTIL))


@pytest.fixture(scope="module")
def read(letters: list[Letter]) -> list[EmailMessage]:
    return [message_from_bytes(one.content, policy=email.policy.default) for one in letters]


def test_the_same_seed_gives_the_same_bytes(letters: list[Letter]) -> None:
    assert list(messages(7, 1200, OWNER, OTHERS, UNTIL)) == letters
    assert list(messages(8, 1200, OWNER, OTHERS, UNTIL)) != letters


def test_they_come_in_order_over_two_years_and_never_from_the_future(letters: list[Letter]) -> None:
    received = [one.at for one in letters if one.folder != "Drafts"]
    assert received == sorted(received)
    assert received[-1] <= UNTIL
    assert received[0] < UNTIL - timedelta(days=600)


def test_the_mailbox_is_kept_like_somebody_s(letters: list[Letter]) -> None:
    folders = Counter(one.folder for one in letters)
    assert sum(folders.values()) == 1200
    assert folders["INBOX"] >= 300
    assert {"Sent", "Drafts", "Archive", "4e B", "Sorties et voyages"} <= folders.keys()
    inbox = [one for one in letters if one.folder == "INBOX"]
    unread = [one for one in inbox if "\\Seen" not in one.flags]
    assert 3 <= len(unread) <= 80
    assert any("\\Answered" in one.flags for one in inbox)
    assert any("\\Flagged" in one.flags for one in inbox)


def test_every_letter_is_valid_mail(letters: list[Letter], read: list[EmailMessage]) -> None:
    for letter, message in zip(letters, read, strict=True):
        assert b"\n" not in letter.content.replace(b"\r\n", b"")
        assert max(map(len, letter.content.split(b"\r\n"))) <= 998
        for part in message.walk():
            assert not part.defects
        assert message["From"].addresses
        assert message["Date"].datetime == letter.at
    identifiers = [message["Message-ID"] for message in read]
    assert len(set(identifiers)) == len(identifiers)


def test_conversations_hold_together(read: list[EmailMessage]) -> None:
    known = {message["Message-ID"] for message in read}
    answers = [message for message in read if message["In-Reply-To"]]
    assert len(answers) > 300
    linked = [a for a in answers if a["In-Reply-To"] in known]
    assert len(linked) >= len(answers) * 0.9
    assert all(a["In-Reply-To"] in a["References"] for a in answers)


def test_there_is_of_everything(read: list[EmailMessage]) -> None:
    kinds = Counter(part.get_content_type() for message in read for part in message.walk())
    assert {"application/pdf", "image/jpeg", "image/png", "text/calendar", "text/html"} <= kinds.keys()
    assert any("wordprocessing" in kind for kind in kinds)
    assert any("spreadsheet" in kind for kind in kinds)
    assert any("opendocument" in kind for kind in kinds)
    bulk = [message for message in read if message["List-Id"]]
    body = bulk[0].get_body(("html",))
    assert body is not None
    assert '<img src="https://' in body.get_content()


def test_nothing_leads_to_a_real_domain(read: list[EmailMessage]) -> None:
    for message in read:
        for header in ("From", "To", "Cc"):
            for address in message[header].addresses if message[header] else ():
                assert address.domain.endswith((".example", ".test"))


def test_many_are_made_in_a_moment() -> None:
    made = sum(1 for _ in messages(1, 3000, OWNER, OTHERS, UNTIL))
    assert made == 3000


def test_a_pdf_says_where_its_objects_are() -> None:
    content = attachments.pdf("Convocation (élèves)", 1)
    table = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert content[table:].startswith(b"xref\n0 6\n")
    for number, line in enumerate(content[table:].split(b"\n")[3:8], start=1):
        assert content[int(line[:10]) :].startswith(b"%d 0 obj" % number)


def test_pictures_have_the_size_they_say() -> None:
    png = attachments.png(2)
    width, height = struct.unpack(">II", png[16:24])
    start = png.index(b"IDAT") + 4
    size = struct.unpack(">I", png[start - 8 : start - 4])[0]
    assert len(zlib.decompress(png[start : start + size])) == height * (1 + 3 * width)
    jpeg = attachments.jpeg(3)
    assert (jpeg[:2], jpeg[-2:]) == (b"\xff\xd8", b"\xff\xd9")
    assert struct.unpack(">HH", jpeg[jpeg.index(b"\xff\xc0") + 5 :][:4]) == (320, 480)


@pytest.mark.parametrize("make", [attachments.docx, attachments.xlsx, attachments.odt])
def test_office_documents_are_sound_packages(make: object) -> None:
    content = make("Été", 1)  # type: ignore[operator]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name != "mimetype":
                ElementTree.fromstring(archive.read(name))


def test_an_invitation_says_the_hour_of_its_letter(read: list[EmailMessage]) -> None:
    invited = 0
    for message in read:
        for part in message.walk():
            if part.get_content_type() != "text/calendar":
                continue
            event = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]  # type: ignore[arg-type]
            starts = event.decoded("dtstart").astimezone(PARIS)
            said = re.search(
                r", (\w+) (\d+) \w+ à (\d+) h(?: (\d+))?",
                " ".join(message.get_body(("plain",)).get_content().split()),
            )
            if said is None:  # an answer: it carries the same invitation and says no hour
                continue
            invited += 1
            assert (starts.day, starts.hour, starts.minute) == (int(said[2]), int(said[3]), int(said[4] or 0))
            assert starts.weekday() < 5
    assert invited
