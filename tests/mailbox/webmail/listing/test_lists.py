"""Folders and lists on the screen."""

import gzip
import re

import pytest
from django.test import Client
from tests.access.signin.people import account
from tests.engines.samples import letter, rich
from tests.mailbox.webmail.conftest import browser_of, put
from tests.questions import questions

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.post.mailstore.ports import MailboxSilent, open_mailbox

pytestmark = pytest.mark.django_db
PIECE = {"HX-Request": "true"}


def test_the_inbox_shows_its_messages_and_the_folders(reader: Client, box: MemoryMailbox) -> None:
    put(box)
    put(box, folder="Drafts")
    box.make_folder("4e B")
    page = reader.get("/messagerie/").content.decode()
    for words in (
        'aria-label="Dossiers"', 'aria-label="Messages"', 'aria-label="Lecture"',
        "Rechercher dans les courriels",
        "Nouveau courriel", "Répondre", "Répondre à tous", "Transférer", "Archiver", "Supprimer", "Signaler",
        "Boîte de réception", "Brouillons", "Envoyés", "Archives", "Indésirables", "Corbeille", "4e B",
        "Sortie au Marquenterre", "Hélène Dupont", "Aujourd’hui", "Se déconnecter",
    ):  # fmt: skip
        assert words in page, words


def test_nothing_inline_stands_in_the_page(reader: Client, box: MemoryMailbox) -> None:
    put(box)
    answer = reader.get("/messagerie/")
    page = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", page)
    assert answer["Cache-Control"] == "no-store"
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_a_strangers_words_are_only_words(reader: Client, box: MemoryMailbox) -> None:
    put(box, letter("<script>alert(1)</script>", From='"<b>x" <a@dehors.example>'))
    page = reader.get("/messagerie/INBOX/lignes/").content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "Hors de l’académie" in page


@pytest.mark.usefixtures("own_revocations")
def test_a_list_asks_nothing_of_the_database_and_a_page_nothing_twice(
    reader: Client, box: MemoryMailbox
) -> None:
    ref = put(box, letter("Dedans", From="Hélène Dupont <helene@ac-amiens.test>"))
    opened = f"/messagerie/INBOX/{ref.uid_validity}/{ref.uid}/"
    for address in (
        "/messagerie/",
        "/messagerie/INBOX/lignes/",
        opened,
    ):  # who asks and who wrote are known then
        reader.get(address, headers=PIECE)
    with questions() as of_pieces:
        reader.get("/messagerie/INBOX/lignes/", headers=PIECE)
        reader.get(opened, headers=PIECE)
    assert of_pieces == []
    with questions() as of_page:
        reader.get("/messagerie/")
    assert len(of_page) == len(set(of_page))


def test_the_first_page_says_who_is_external(reader: Client, box: MemoryMailbox) -> None:
    put(box, letter("Dedans"))
    assert "Hors de l’académie" not in reader.get("/messagerie/INBOX/lignes/").content.decode()


@pytest.mark.heavy
def test_rows_come_fifty_at_a_time_with_the_totals(reader: Client, box: MemoryMailbox) -> None:
    for number in range(120):
        put(box, subject=f"Numéro {number:03}", minutes=number, flags=("\\Seen",) if number % 2 else ())
    first = reader.get("/messagerie/INBOX/lignes/", headers=PIECE)
    assert first.content.decode().count("data-uid=") == 50
    assert (first["X-Total"], first["X-Unread"]) == ("120", "60")
    last = reader.get("/messagerie/INBOX/lignes/?offset=100", headers=PIECE).content.decode()
    assert "Numéro 019" in last
    assert "Numéro 020" not in last
    assert reader.get("/messagerie/INBOX/lignes/?offset=9999").content.decode().strip() == ""
    assert reader.get("/messagerie/INBOX/lignes/?offset=-1;drop").status_code == 200


def test_nothing_is_sent_again_while_nothing_changed(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box)
    first = reader.get("/messagerie/INBOX/lignes/")
    same = reader.get("/messagerie/INBOX/lignes/", headers={"If-None-Match": first["ETag"]})
    assert same.status_code == 304
    assert same["X-Total"] == "1"
    box.flag([ref], ["\\Seen"], [])
    changed = reader.get("/messagerie/INBOX/lignes/", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert 'class="row"' in changed.content.decode()


def test_kept_rows_are_never_somebody_elses(reader: Client, box: MemoryMailbox, boxes: object) -> None:
    put(box, subject="À Nicolas")
    assert "À Nicolas" in reader.get("/messagerie/INBOX/lignes/").content.decode()
    other = browser_of(account("mdurand"))
    assert "À Nicolas" not in other.get("/messagerie/INBOX/lignes/").content.decode()


def test_a_search_finds_and_says_how_many(reader: Client, box: MemoryMailbox) -> None:
    put(box, subject="Conseil de classe")
    put(box, subject="Cantine")
    page = reader.get("/messagerie/?q=conseil&partout=1").content.decode()
    assert "Conseil de classe" in page
    assert "Cantine" not in page
    assert "1 trouvé" in page
    nothing = reader.get("/messagerie/?q=introuvable").content.decode()
    assert "Aucun courriel ne contient" in nothing


def test_sent_mail_shows_to_whom(reader: Client, box: MemoryMailbox) -> None:
    put(box, letter("Parti"), folder="Sent")
    assert "À : Marie Martin" in reader.get("/messagerie/Sent/").content.decode()


def test_marks_of_a_row_are_said_in_words(reader: Client, box: MemoryMailbox) -> None:
    put(box, rich(), flags=("\\Answered", "\\Flagged", "$Forwarded"))
    row = reader.get("/messagerie/INBOX/lignes/").content.decode()
    for words in ("Non lu", "pièce jointe", "répondu", "transféré", "étoile"):
        assert words in row, words


@pytest.mark.parametrize("name", ["Sorties/2026", "ecrire", "~~", "..", "Été & hiver", "50 %", "a?b#c"])
def test_any_folder_has_an_address(reader: Client, box: MemoryMailbox, name: str) -> None:
    box.make_folder(name)
    put(box, folder=name, subject="Dedans")
    home = reader.get("/messagerie/").content.decode()
    links = re.findall(r'<a class="f[^"]*" href="([^"]+)" data-step="[^"]*" data-folder="([^"]+)"', home)
    href = next(href for href, folder in links if folder.replace("&amp;", "&") == name)
    assert "Dedans" in reader.get(href).content.decode()


def test_a_folder_that_is_gone_says_so(reader: Client, boxes: object) -> None:
    answer = reader.get("/messagerie/Disparu/")
    assert answer.status_code == 422
    assert "n’existe plus" in answer.content.decode()


def test_folders_alone_for_the_page(reader: Client, box: MemoryMailbox) -> None:
    put(box)
    piece = reader.get("/messagerie/dossiers/?active=INBOX", headers=PIECE).content.decode()
    assert 'aria-current="page"' in piece
    assert "<html" not in piece
    assert reader.get("/messagerie/dossiers/").status_code == 302


def test_only_looking_is_done_by_looking(reader: Client, box: MemoryMailbox) -> None:
    for path in ("/messagerie/", "/messagerie/INBOX/", "/messagerie/INBOX/lignes/", "/messagerie/dossiers/"):
        assert reader.post(path).status_code == 405


def test_nobody_in_particular_sees_nothing(client: Client, boxes: object) -> None:
    for path in ("/messagerie/", "/messagerie/INBOX/", "/messagerie/INBOX/lignes/", "/messagerie/INBOX/1/1/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/alogin")


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (EngineDown("imap"), ("Une partie de la messagerie", "La messagerie")),
        (MailboxSilent("imap"), ("Cette boîte aux lettres", "Cette boîte aux lettres")),
    ],
)
def test_an_engine_that_is_away_says_so(reader: Client, error: EngineDown, what: tuple[str, str]) -> None:
    def away(_: object) -> object:
        raise error

    before = open_mailbox.get()
    open_mailbox.replace(away)  # type: ignore[arg-type]
    try:
        whole = reader.get("/messagerie/")
        assert whole.status_code == 503
        # the page reads it there
        assert f"<span>{what[0]} ne répond pas en ce moment." in whole.content.decode()
        piece = reader.get("/messagerie/INBOX/lignes/", headers=PIECE)
        assert piece.status_code == 503
        assert f"{what[1]} ne répond pas en ce moment." in piece.content.decode()
    finally:
        open_mailbox.replace(before)


@pytest.mark.heavy
def test_rows_are_compressed_for_who_accepts_it_and_are_the_same(reader: Client, box: MemoryMailbox) -> None:
    for n in range(50):
        put(box, letter(f"Sortie {n}"))
    plain = reader.get("/messagerie/INBOX/lignes/")
    packed = [
        reader.get("/messagerie/INBOX/lignes/", headers={"Accept-Encoding": "br, gzip"}) for _ in range(2)
    ]
    for answer in packed:
        assert answer["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.content) == plain.content
        assert len(answer.content) * 4 < len(plain.content)
        assert answer["ETag"] == plain["ETag"]
    assert "Content-Encoding" not in plain
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in packed[0]["Vary"]
