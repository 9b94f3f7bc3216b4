"""Files looked at, taken all at once, found again; messages opened inside messages."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.corpus import files
from tests.mailbox.webmail.conftest import address, browser_of, put, ref_text
from tests.mailbox.webmail.views.test_messages import PIECE

from vaguemestre.engines.conversion.sandbox import SandboxedConverter
from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.webmail.ports import ReaderBusy, convert, previews, run_limited
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.rendering import kinds, parts
from vaguemestre.mailbox.webmail.services.isolation.reading_shares import reading_share
from vaguemestre.mailbox.webmail.services.message import enclosed
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.values import MessageRef

pytestmark = pytest.mark.django_db


def letter(*attached: tuple[str, bytes, str]) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Un parent <parent@dehors.example>", "Pièces"
    message.set_content("Voici.\n")
    for kind, content, name in attached:
        main, _, sub = kind.partition("/")
        if kind == "message/rfc822":
            inner = EmailMessage()
            inner["From"], inner["Subject"] = "Autre <autre@dehors.example>", "Dedans"
            inner["Authentication-Results"] = "mail.ac-amiens.test; dmarc=pass header.from=dehors.example"
            inner.set_content("Le texte du dedans\n")
            inner.add_attachment(files.CSV, "text", "csv", filename="notes.csv")
            message.add_attachment(inner)
        else:
            message.add_attachment(content, main, sub, filename=name)
    return message.as_bytes(policy=policy.SMTP)


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("kind", "ending", "content"), files.SAMPLES, ids=lambda v: v if isinstance(v, str) else ""
)
def test_no_file_is_ever_served_as_something_that_runs(
    reader: Client, box: MemoryMailbox, kind: str, ending: str, content: bytes
) -> None:
    ref = put(box, letter((kind, content, f"fichier.{ending}")))
    before = convert.get()
    convert.replace(SandboxedConverter())
    try:
        shown = reader.get(address(ref, "apercu/2/"))
    finally:
        convert.replace(before)
    served = shown["Content-Type"].partition(";")[0]
    assert served.startswith(("image/", "audio/", "video/")) or served in {
        "text/plain",
        "text/html",
        "application/pdf",
    }
    assert served != "image/svg+xml"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    if served == "text/html":  # tables and lists, written by us
        assert "<script" not in shown.content.decode()


def test_a_telephone_picture_is_shown_as_one_browsers_draw(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, letter(("image/heic", files.HEIC, "photo.heic")))
    before = convert.get()
    convert.replace(SandboxedConverter())
    try:
        shown = reader.get(address(ref, "apercu/2/"))
    finally:
        convert.replace(before)
    assert shown["Content-Type"] == "image/jpeg"
    assert kinds.picture_kind(shown.content) == "image/jpeg"


def test_a_table_is_shown_in_rows(reader: Client, box: MemoryMailbox) -> None:
    hostile = b"Nom;Note\n<script>alert(1)</script>;=cmd()\n"
    ref = put(box, letter(("text/csv", hostile, "notes.csv")))
    page = reader.get(address(ref, "apercu/2/")).content.decode()
    assert '<th scope="col">Nom</th>' in page
    assert "&lt;script&gt;" in page


def test_an_archive_is_listed_not_unpacked(reader: Client, box: MemoryMailbox) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("../../etc/<b>passwd", "x" * 1024)
    page = reader.get(
        address(put(box, letter(("application/zip", made.getvalue(), "a.zip"))), "apercu/2/")
    ).content.decode()
    assert "../../etc/&lt;b&gt;passwd" in page
    assert "1\u00a0ko" in page


def test_an_archive_that_begins_with_a_stored_document_is_listed_too(
    reader: Client, box: MemoryMailbox
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as opened:
        opened.writestr("Autorisation.pdf", b"%PDF-1.7\n%%EOF\n")
    ref = put(box, letter(("application/zip", made.getvalue(), "Copies.zip")))
    answer = reader.get(address(ref, "apercu/2/"))
    assert answer["Content-Type"].startswith("text/html")
    assert "Autorisation.pdf" in answer.content.decode()


@pytest.fixture
def busy_reader() -> Iterator[None]:
    """Nobody gets a turn at the sandboxed reader."""

    def busy(*_: object, **__: object) -> Any:
        raise ReaderBusy("every turn is taken")

    before = run_limited.get()
    run_limited.replace(busy)
    yield
    run_limited.replace(before)


HEAVY_ARCHIVE = ("application/zip", b"PK\x03\x04" + bytes(40_000), "a.zip")


def test_a_preview_that_finds_no_turn_says_so_and_comes_back(
    reader: Client, box: MemoryMailbox, busy_reader: None
) -> None:
    answer = reader.get(address(put(box, letter(HEAVY_ARCHIVE)), "apercu/2/"))
    assert answer.status_code == 202
    assert "Un instant…" in answer.content.decode()
    assert int(answer["Refresh"]) > 0
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_third_preview_of_one_person_is_not_even_fetched(
    reader: Client, box: MemoryMailbox, nicolas: Account
) -> None:
    ref = put(box, letter(("text/csv", files.CSV, "notes.csv"), ("audio/wav", files.WAV, "voix.wav")))
    with reading_share(nicolas.pk), reading_share(nicolas.pk):
        assert reader.get(address(ref, "apercu/2/")).status_code == 202
        assert reader.get(address(ref, "apercu/3/")).status_code == 200  # nothing is read of it
    assert reader.get(address(ref, "apercu/2/")).status_code == 200


def test_a_card_that_finds_no_turn_says_so_and_is_asked_for_again(
    reader: Client, box: MemoryMailbox, busy_reader: None
) -> None:
    card = b"BEGIN:VCARD\r\n" + b"NOTE:x\r\n" * 5_000 + b"END:VCARD\r\n"
    answer = reader.get(
        address(put(box, letter(("text/vcard", card, "a.vcf"))), "carte/visiting/2/"), headers=PIECE
    )
    assert answer.status_code == 202
    assert "Un instant…" in answer.content.decode()


def test_a_third_heavy_card_of_one_person_is_not_even_fetched(
    reader: Client, box: MemoryMailbox, nicolas: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = b"BEGIN:VCARD\r\nFN:Ada\r\n" + b"NOTE:x\r\n" * 5_000 + b"END:VCARD\r\n"
    ref = put(box, letter(("text/vcard", card, "a.vcf"), ("text/vcard", card[:20] + card[-12:], "b.vcf")))
    fetched, part = [], MemoryMailbox.part

    def counted(self: MemoryMailbox, *args: Any) -> bytes:
        fetched.append(args)
        return part(self, *args)

    monkeypatch.setattr(MemoryMailbox, "part", counted)
    with reading_share(nicolas.pk), reading_share(nicolas.pk):
        assert reader.get(address(ref, "carte/visiting/2/"), headers=PIECE).status_code == 202
        assert not fetched
        assert reader.get(address(ref, "carte/visiting/3/"), headers=PIECE).status_code == 200
    assert "Ada" in reader.get(address(ref, "carte/visiting/2/"), headers=PIECE).content.decode()


def test_a_player_may_ask_for_a_piece(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, letter(("audio/wav", files.WAV, "voix.wav")))
    whole = reader.get(address(ref, "apercu/2/"))
    piece = reader.get(address(ref, "apercu/2/"), headers={"Range": "bytes=4-7"})
    assert whole["Content-Type"] == "audio/wav"
    assert piece.status_code == 206
    assert piece.content == whole.content[4:8]
    assert piece["Content-Range"] == f"bytes 4-7/{len(whole.content)}"


def test_all_files_come_in_one_archive_names_told_apart(reader: Client, box: MemoryMailbox) -> None:
    ref = put(
        box,
        letter(
            ("text/csv", files.CSV, "a.csv"),
            ("text/csv", b"x;y", "a.csv"),
            ("application/pdf", files.PDF, "b.pdf"),
        ),
    )
    answer = reader.get(address(ref, "pieces.zip"))
    assert answer.streaming
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    answer.close()
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        assert {info.filename: len(opened.read(info)) for info in opened.infolist()} == {
            "a.csv": len(files.CSV), "a (2).csv": 3, "b.pdf": len(files.PDF),
        }  # fmt: skip


def test_a_message_inside_opens_like_any_but_vouches_for_nothing(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, letter(("message/rfc822", b"", "")))
    page = reader.get(address(ref, "dedans/2/"), headers=PIECE).content.decode()
    assert "Dedans" in page
    assert "Revenir au courriel" in page
    assert "Adresse vérifiée" not in page
    assert "notes.csv" in page
    assert "Le texte du dedans" in reader.get(address(ref, "dedans/2/corps/")).content.decode()
    assert "Voici." in reader.get(address(ref, "corps/")).content.decode()
    assert "Élève A" in reader.get(address(ref, "dedans/2/apercu/2/")).content.decode()
    assert reader.get(address(ref, "dedans/9/"), headers=PIECE).status_code == 422
    assert reader.get(address(ref, "dedans/2-7/"), headers=PIECE).status_code == 422


def nested(count: int) -> bytes:
    """That many messages in one another, none of which has more than the next."""
    content = b"From: fond@dehors.example\r\nSubject: fond\r\n\r\nLe fond.\r\n"
    for _ in range(count):
        content = b"From: a@dehors.example\r\nContent-Type: message/rfc822\r\n\r\n" + content
    return content


def in_multiparts(count: int) -> bytes:
    """A text at the bottom of that many multiparts."""
    opening = "--b{0}\r\nContent-Type: multipart/mixed; boundary=b{1}\r\n\r\n"
    deep = "".join(opening.format(number, number + 1) for number in range(count))
    head = "From: a@dehors.example\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n"
    return f"{head}{deep}--b{count}\r\nContent-Type: text/plain\r\n\r\nLe fond.\r\n".encode()


def many_files(count: int) -> bytes:
    parts = "--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * count
    return f"From: a@dehors.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--".encode()


def holding(content: bytes) -> bytes:
    """A message with that one inside."""
    head = (
        b"From: Un parent <parent@dehors.example>\r\nContent-Type: multipart/mixed; boundary=transmis\r\n\r\n"
    )
    text = b"--transmis\r\n\r\nVoici.\r\n--transmis\r\nContent-Type: message/rfc822\r\n\r\n"
    return head + text + content + b"\r\n--transmis--\r\n"


def links_opened(reader: Client, place: str) -> set[str]:
    """Addresses under that of a message that its page offers, and theirs; each one answers."""
    due, seen = [place], set[str]()
    while due:
        path = due.pop()
        answer = reader.get(path, headers=PIECE)
        assert answer.status_code == 200, path
        seen.add(path)
        if answer.streaming:
            assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
            continue
        if not answer["Content-Type"].startswith("text/html"):
            continue
        offered = re.findall(r'(?:href|src|data-fill)="([^"?]+)', answer.content.decode())
        due += {link for link in offered if link.startswith(place)} - seen - {*due}
    return seen


@pytest.mark.heavy
@pytest.mark.parametrize("content", [nested(12), in_multiparts(60)], ids=["messages", "multiparts"])
def test_however_deep_the_message_what_is_offered_opens(
    reader: Client, box: MemoryMailbox, content: bytes
) -> None:
    place = address(put(box, content))
    opened = links_opened(reader, place)
    assert f"{place}corps/" in opened
    assert all(path.count("-") < 8 for path in opened)


@pytest.mark.heavy
def test_more_files_than_are_packed_are_not_offered_as_one(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, many_files(parts.MAX_LEAVES + 1))
    assert "pieces.zip" not in reader.get(address(ref), headers=PIECE).content.decode()
    assert reader.get(address(ref, "pieces.zip")).status_code == 422


@pytest.mark.parametrize("content", [nested(2000), in_multiparts(2000), holding(nested(2000))])
def test_an_enclosed_message_is_read_however_deep(content: bytes) -> None:
    ref = MessageRef("INBOX", 1, 1)
    reads = enclosed.EnclosedMessage(content, ref)
    leaves = list(parts.leaves_of(reads.open(ref).root))
    assert [reads.part(ref, part.number) for part in leaves if part.kind == "message/rfc822"] in (
        [],
        [nested(1999)],
        [nested(2000)],
    )


@pytest.mark.heavy
def test_what_outlook_shut_in_an_enclosed_message_is_opened(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, holding(letter(("application/ms-tnef", files.tnef(), "winmail.dat"))))
    before = convert.get()
    convert.replace(SandboxedConverter())
    try:
        opened = links_opened(reader, address(ref))
    finally:
        convert.replace(before)
    assert address(ref, "dedans/2-2/") in opened
    assert address(ref, "dedans/2-2/pieces/2/") in opened


def test_what_outlook_shut_in_is_opened(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, letter(("application/ms-tnef", files.tnef(), "winmail.dat")))
    before = convert.get()
    convert.replace(SandboxedConverter())
    try:
        page = reader.get(address(ref, "dedans/2/"), headers=PIECE).content.decode()
        kept = reader.get(address(ref, "dedans/2/pieces/2/"))
    finally:
        convert.replace(before)
    assert "note.txt" in page
    assert "1970" not in page
    assert "expéditeur inconnu" not in page
    assert kept.content == b"Note de service"


class MadeByNobody:
    """Previews of a worker that comes to none."""

    def are_made(self) -> bool:
        return True

    def find(self, key: str) -> bytes | None:
        return None

    def make(self, key: str, content: bytes) -> None: ...

    def forget_old(self) -> None: ...


@pytest.fixture
def waiting_previews() -> Iterator[None]:
    before = previews.get()
    previews.replace(MadeByNobody())
    yield
    previews.replace(before)


@pytest.mark.usefixtures("waiting_previews")
def test_an_office_document_waits_for_the_worker(reader: Client, box: MemoryMailbox) -> None:
    ref = put(
        box, letter(("application/rtf", files.RTF, "note.rtf"), ("application/pdf", files.PDF, "b.pdf"))
    )
    assert reader.post(address(ref, "apercu/2/pdf/"), headers=PIECE).status_code == 202
    assert reader.get(address(ref, "apercu/2/pdf/"), headers=PIECE).status_code == 202
    assert reader.post(address(ref, "apercu/3/pdf/"), headers=PIECE).status_code == 422


@pytest.mark.usefixtures("waiting_previews")
def test_documents_of_thirty_seconds_each_hold_up_no_list_and_no_mailing(
    reader: Client, box: MemoryMailbox
) -> None:
    ref = put(box, letter(("application/rtf", files.RTF, "note.rtf")))
    assert [reader.post(address(ref, "apercu/2/pdf/"), headers=PIECE).status_code for _ in range(9)] == (
        [202] * 9
    )
    assert [job.queue_name for job in DBTaskResult.objects.all()] == ["imports"]


@pytest.mark.usefixtures("waiting_previews")
def test_one_reader_has_a_share_of_the_worker_that_prepares_documents(
    reader: Client, box: MemoryMailbox, boxes: MemoryMailboxes
) -> None:
    many = letter(*(("application/rtf", files.RTF, f"{number}.rtf") for number in range(8)))
    ref = put(box, many)
    answers = [reader.post(address(ref, f"apercu/{number}/pdf/"), headers=PIECE) for number in range(2, 10)]
    assert [answer.status_code for answer in answers] == [202] * 3 + [422] * 5
    assert "déjà 3 documents" in answers[-1].content.decode()
    assert DBTaskResult.objects.count() == 3
    other = account("mdurand", first_name="Marie", last_name="Durand")
    theirs = put(boxes.box(other.mailbox), many)
    assert browser_of(other).post(address(theirs, "apercu/2/pdf/"), headers=PIECE).status_code == 202
    DBTaskResult.objects.update(status="SUCCESSFUL")
    assert reader.post(address(ref, "apercu/9/pdf/"), headers=PIECE).status_code == 202


def test_files_are_found_again_by_kind_and_weight(reader: Client, box: MemoryMailbox) -> None:
    put(box, letter(("application/pdf", files.PDF, "petit.pdf")))
    put(box, letter(("image/png", files.PNG + b"0" * 90_000, "grande.png")))
    page = reader.get("/messagerie/pieces/").content.decode()
    assert page.index("grande.png") < page.index("petit.pdf")
    sent, told = re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', page)[0]
    today = paris_day(timezone.now())
    assert told == french.day_time(datetime.fromisoformat(sent), today), "as the list of messages says it"
    only = reader.get("/messagerie/pieces/", {"nature": "documents"}).content.decode()
    assert "petit.pdf" in only
    assert "grande.png" not in only
    for name in ("Import", "Import/4e B", "4e B"):
        box.create_folder(name)
    choices = re.findall(r"<option[^>]*>([^<]+)</option>", reader.get("/messagerie/pieces/").content.decode())
    assert {"4e B", "Import / 4e B", "Tous les courriels"} <= set(choices), "two of one name are told apart"


def test_heavy_messages_are_thrown_from_the_list_of_their_files(reader: Client, box: MemoryMailbox) -> None:
    two = put(box, letter(("application/pdf", files.PDF, "a.pdf"), ("text/csv", files.CSV, "b.csv")))
    put(box, letter(("application/pdf", files.PDF, "reste.pdf")))
    page = reader.get("/messagerie/pieces/").content.decode()
    assert page.count(f'name="ref" value="{ref_text(two)}"') == 2
    chosen = {"ref": [ref_text(two)] * 2, "pieces": "1", "nature": "documents", "tri": "date"}
    answer = reader.post("/messagerie/actes/delete/", chosen)
    assert answer["Location"] == "/messagerie/pieces/?nature=documents&tri=date&fait=1"
    after = reader.get(answer["Location"]).content.decode()
    assert "1 courriel à la corbeille" in after
    assert "reste.pdf" in after
    assert "a.pdf" not in after
    assert box.page("Trash", 0, 9).total == 1
    assert 'name="ref"' not in reader.get("/messagerie/pieces/", {"dossier": "Trash"}).content.decode()


def test_the_reader_of_pdf_files_has_no_origin_and_no_network(reader: Client) -> None:
    policy_of_it = reader.get("/messagerie/lecteur-pdf/")["Content-Security-Policy"]
    assert policy_of_it.startswith("sandbox allow-scripts; default-src 'none';")
    assert "connect-src" not in policy_of_it
    assert "eval" not in policy_of_it


def test_a_page_to_print_holds_the_header_and_the_text_behind_the_wall(
    reader: Client, box: MemoryMailbox
) -> None:
    ref = put(box, letter(("application/pdf", files.PDF, "b.pdf")))
    paper = reader.get(address(ref, "imprimer/"))
    assert paper["Content-Security-Policy"].startswith("sandbox ")
    page = paper.content.decode()
    for words in ("Pièces", "parent@dehors.example", "b.pdf", "Voici."):
        assert words in page
    assert "From: Un parent" in reader.get(address(ref, "entetes/")).content.decode()
    assert "Voici." not in reader.get(address(ref, "entetes/")).content.decode()
