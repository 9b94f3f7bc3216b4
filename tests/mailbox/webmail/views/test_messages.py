"""One message on the screen, and the wall around its text."""

from datetime import date
from email.message import EmailMessage
from xml.etree import ElementTree

import pytest
from django.test import Client
from tests.answers import as_typed
from tests.engines.samples import letter, rich
from tests.mailbox.webmail.conftest import address, put
from tests.mailbox.webmail.hostile_html import AWAY, HOSTILE
from tests.mailbox.webmail.rendered_html import seen

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.webmail.ports import PictureRefused, fetch_picture
from vaguemestre.mailbox.webmail.rules.listing.labels import Label
from vaguemestre.mailbox.webmail.values import Picture
from vaguemestre.mailbox.webmail.views.message import message_pane
from vaguemestre.post.mailstore.values import MessageRef

pytestmark = pytest.mark.django_db
PIECE = {"HX-Request": "true"}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def html_letter(html: str, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = headers.get("From", "Un parent <parent@dehors.example>")
    message["To"] = "Nicolas Morel <nicolas.morel@ac-amiens.test>"
    message["Subject"] = headers.get("Subject", "Bonjour")
    message["Date"] = "Tue, 01 Sep 2026 10:00:00 +0200"
    message.set_content("En texte seul\n")
    message.add_alternative(html, subtype="html")
    return message.as_bytes().replace(b"\n", b"\r\n")


def with_picture() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@ac-amiens.test", "b@ac-amiens.test", "Logo"
    message.set_content("x")
    message.add_alternative("<p><img src='cid:logo' alt=Logo></p>", subtype="html")
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<logo>")  # type: ignore[index,union-attr]
    return message.as_bytes().replace(b"\n", b"\r\n")


def test_a_message_opens_in_its_pane_and_as_a_whole_page(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, letter("Conseil de classe"))
    piece = reader.get(address(ref), headers=PIECE).content.decode()
    assert "<html" not in piece
    for words in (
        "Conseil de classe",
        "Hélène Dupont",
        "helene.dupont@ac-amiens.test",
        'title="Texte du courriel"',
    ):
        assert words in piece, words
    page = reader.get(address(ref)).content.decode()
    assert "<html" in page
    assert "Conseil de classe" in page
    assert 'data-pane="reading"' in page


def test_a_message_opened_again_shows_what_became_of_it(
    reader: Client, box: MemoryMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = put(box)
    drawn: list[str] = []

    def opened(query: str = "") -> bool:
        """Whether the pane is another one than before."""
        drawn.append(reader.get(address(ref) + query, headers=PIECE).content.decode())
        return drawn[-1] not in drawn[:-1]

    assert opened()
    assert not opened()
    box.flag([ref], ("\\Seen", "\\Flagged", "$label1"), ())
    assert opened()
    assert "data-flagged" in drawn[-1]
    assert opened("?q=bonjour")
    assert opened("?texte=1")
    for day, said in ((1, "aujourd’hui à"), (2, "hier à")):
        monkeypatch.setattr(message_pane, "paris_day", lambda _, day=day: date(2026, 9, day))
        assert opened()
        assert said in drawn[-1]
    renamed = (Label("$label1", "Conseils de classe", "red"),)
    monkeypatch.setattr(message_pane, "known_labels", lambda _: renamed)
    assert opened()
    assert "Conseils de classe" in drawn[-1]


def test_opening_leaves_the_unread_mark_to_the_reader(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box)
    reader.get(address(ref))
    reader.get(address(ref, "corps/"))
    assert "\\Seen" not in box.open(ref).flags


def test_the_frame_is_opaque_and_without_script(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, html_letter("<p>Bonjour</p>"))
    piece = reader.get(address(ref), headers=PIECE).content.decode()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in piece
    body = reader.get(address(ref, "corps/"))
    policy = body["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';")
    assert "img-src data: http://testserver/messagerie/image/;" in policy
    for rule in ("form-action 'none'", "base-uri 'none'", "frame-src 'none'"):
        assert rule in policy
    assert "script" not in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert body["Cache-Control"] == "no-store"
    assert body["Referrer-Policy"] == "no-referrer"


@pytest.mark.heavy
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_every_hostile_message_opens_and_names_nothing_remote(
    reader: Client, box: MemoryMailbox, name: str
) -> None:
    ref = put(box, html_letter(HOSTILE[name]))
    assert reader.get(address(ref), headers=PIECE).status_code == 200
    body = reader.get(address(ref, "corps/"))
    assert body.status_code == 200
    text = body.content.decode().partition("<body>")[2]
    assert AWAY not in "".join(seen(text).loaded)
    assert not {name for name in seen(text).attributes if name.startswith("on")}


def test_remote_pictures_wait_for_consent_then_come_through_us(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, html_letter(f"<img src=http://{AWAY}/1.png><img src=http://{AWAY}/2.png>"))
    piece = reader.get(address(ref), headers=PIECE).content.decode()
    assert "Images distantes bloquées (2)." in as_typed(piece)
    assert "Afficher les images" in piece
    assert AWAY not in reader.get(address(ref, "corps/")).content.decode()
    shown = reader.get(address(ref, "corps/?images=1")).content.decode()
    pictures = seen(shown).loaded
    assert len(pictures) == 2
    assert all(picture.startswith("http://testserver/messagerie/image/") for picture in pictures)
    assert AWAY not in shown
    asked: list[str] = []

    def fetch(address: str) -> Picture:
        asked.append(address)
        if address.endswith("2.png"):
            raise PictureRefused("webmail.picture-private-address")
        return Picture(PNG, "image/png")

    before = fetch_picture.get()
    fetch_picture.replace(fetch)
    try:
        first, second = (Client().get(picture.removeprefix("http://testserver")) for picture in pictures)
    finally:
        fetch_picture.replace(before)
    assert asked == [f"http://{AWAY}/1.png", f"http://{AWAY}/2.png"]
    assert (first.status_code, first["Content-Type"], second.status_code) == (200, "image/png", 404)
    assert "sandbox" in first["Content-Security-Policy"]
    # a quiet drawing where a picture could not be had, behind the same wall: no sign of a broken page
    assert (second["Content-Type"], second["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert "sandbox" in second["Content-Security-Policy"]
    assert ElementTree.fromstring(second.content).tag == "{http://www.w3.org/2000/svg}svg"
    assert "script" not in second.content.decode()


@pytest.mark.parametrize("signed", ["x", "eyJ:1tX:aaaa", "a" * 3000])
def test_an_address_we_did_not_sign_fetches_nothing(client: Client, signed: str) -> None:
    assert client.get(f"/messagerie/image/{signed}").status_code == 422


def test_pictures_of_the_message_itself_are_shown_inside(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, with_picture())
    body = reader.get(address(ref, "corps/")).content.decode()
    assert 'src="data:image/png;base64,' in body
    piece = reader.get(address(ref), headers=PIECE).content.decode()
    assert "Pièces jointes" not in piece
    assert "bloquées" not in piece


def test_plain_text_may_be_asked_for(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, html_letter("<p>En HTML</p>"))
    assert "Afficher le texte seul" in reader.get(address(ref), headers=PIECE).content.decode()
    assert "En HTML" in reader.get(address(ref, "corps/")).content.decode()
    plain = reader.get(address(ref, "corps/?texte=1")).content.decode()
    assert "En texte seul" in plain
    assert "En HTML" not in plain


def test_plain_text_is_set_in_a_fixed_face_for_who_chose_so(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box)
    for rest in ("corps/", "imprimer/"):
        assert "monospace" not in reader.get(address(ref, rest)).content.decode()
    reader.post("/messagerie/choix/", {"plain_face": "fixe"})
    for rest in ("corps/", "imprimer/"):
        assert "monospace" in reader.get(address(ref, rest)).content.decode()


def test_attachments_are_listed_and_kept_as_files(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, rich())
    piece = reader.get(address(ref), headers=PIECE).content.decode()
    assert "Élèves 6e.pdf" in piece
    answer = reader.get(address(ref, "pieces/2/"))
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%C3%89l%C3%A8ves%206e.pdf" in answer["Content-Disposition"]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    assert answer.content.startswith(b"%PDF")


def test_an_active_file_is_never_served_as_what_it_says(reader: Client, box: MemoryMailbox) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@a.fr", "b@b.fr", "x"
    message.set_content("x")
    message.add_attachment(b"<script>alert(1)</script>", "text", "html", filename='a"; x=y.html')
    message.add_attachment(b"<svg onload=alert(1)>", "image", "svg+xml", filename="b.svg")
    message.add_attachment(b"alert(1)", "application", "javascript", filename="c.js")
    ref = put(box, message.as_bytes())
    for number in ("2", "3", "4"):
        kept = reader.get(address(ref, f"pieces/{number}/"))
        assert kept["Content-Type"] == "application/octet-stream"
        assert kept["Content-Disposition"].startswith("attachment")
        looked = reader.get(address(ref, f"apercu/{number}/"))
        page = looked.content.decode()  # a text, in a page of ours
        assert "alert(1)" in page
        assert "<script" not in page
        assert "<svg" not in page
        assert looked["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "Ce fichier est vide."), ("Bonjour", None), ("é" * 400_000, "La suite n’est pas montrée")],
)
def test_a_text_is_looked_at_to_its_end_or_says_where_it_is_cut(
    reader: Client, box: MemoryMailbox, content: str, said: str | None
) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@a.fr", "b@b.fr", "x"
    message.set_content("x")
    message.add_attachment(content.encode(), "text", "plain", filename="notes.txt")
    page = reader.get(address(put(box, message.as_bytes()), "apercu/2/")).content.decode()
    assert content[:100] in page
    for words in ("Ce fichier est vide.", "La suite n’est pas montrée"):
        assert (words in page) is (words == said)


def test_a_picture_may_be_looked_at(reader: Client, box: MemoryMailbox) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@a.fr", "b@b.fr", "x"
    message.set_content("x")
    message.add_attachment(PNG, "image", "png", filename="photo.png")
    ref = put(box, message.as_bytes())
    assert "Aperçu de photo.png" in reader.get(address(ref), headers=PIECE).content.decode()
    answer = reader.get(address(ref, "apercu/2/"))
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("inline")


def test_the_source_and_the_whole_file(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, html_letter("<script>alert(1)</script>"))
    source = reader.get(address(ref, "source/"))
    assert source["Content-Type"] == "text/plain; charset=utf-8"
    assert "<script>" in source.content.decode()
    kept = reader.get(address(ref, "message.eml"))
    assert kept["Content-Type"] == "message/rfc822"
    assert kept["Content-Disposition"].startswith("attachment")


def test_the_other_messages_of_the_thread(reader: Client, box: MemoryMailbox) -> None:
    put(box, letter("Question", Message_ID="<q@a.fr>"))
    ref = put(box, letter("Re: Question", Message_ID="<r@a.fr>", In_Reply_To="<q@a.fr>"), folder="Sent")
    piece = reader.get(address(ref, "conversation/"), headers=PIECE).content.decode()
    assert "Conversation de 2 courriels" in piece
    assert "À :" not in piece, "what one sent stands under its author, as the others"
    alone = put(box, letter("Seul", Message_ID="<s@a.fr>"))
    assert reader.get(address(alone, "conversation/"), headers=PIECE).content.decode().strip() == ""


def test_a_whole_conversation_is_printed_without_its_drafts(reader: Client, box: MemoryMailbox) -> None:
    put(box, letter("Question", "Première", Message_ID="<q@a.fr>"))
    put(
        box, letter("Re: Question", "Ébauche", Message_ID="<d@a.fr>", In_Reply_To="<q@a.fr>"), folder="Drafts"
    )
    answer = letter("Re: Question", "Dernière", Message_ID="<r@a.fr>", In_Reply_To="<q@a.fr>")
    ref = put(box, answer, folder="Sent", minutes=1)
    menu = reader.get(address(ref), headers=PIECE).content.decode()
    assert f'href="{address(ref, "imprimer/")}?conversation=1"' in menu
    paper = reader.get(address(ref, "imprimer/?conversation=1"))
    assert paper["Content-Security-Policy"].startswith("sandbox ")
    page = paper.content.decode()
    assert 0 < page.index("Première") < page.index("Dernière")
    assert "Ébauche" not in page
    assert page.count("La fenêtre d’impression") == 1
    assert "Première" not in reader.get(address(ref, "imprimer/")).content.decode()
    alone = put(box, letter("Seul", Message_ID="<s@a.fr>"))
    assert "Imprimer la conversation" not in reader.get(address(alone), headers=PIECE).content.decode()


def test_a_conversation_too_long_to_print_says_what_is_left_out(reader: Client, box: MemoryMailbox) -> None:
    put(box, letter("Question", "Première", Message_ID="<q@a.fr>"))
    for number in range(50):
        answer = letter("Re: Question", "Réponse", Message_ID=f"<{number}@a.fr>", In_Reply_To="<q@a.fr>")
        ref = put(box, answer, minutes=number + 1)
    page = reader.get(address(ref, "imprimer/?conversation=1")).content.decode()
    assert "seuls ses 50 derniers courriels sont ici" in page
    assert "Première" not in page


def test_an_answer_that_would_go_elsewhere_is_told(reader: Client, box: MemoryMailbox) -> None:
    ref = put(
        box, letter("Facture", From="Le rectorat <rectorat@ac-amiens.test>", Reply_To="x@voleur.example")
    )
    assert "x@voleur.example" in reader.get(address(ref), headers=PIECE).content.decode()


@pytest.mark.parametrize(
    "rest", ["", "corps/", "conversation/", "source/", "message.eml", "pieces/1/", "apercu/1/"]
)
def test_a_message_that_is_gone_says_so(reader: Client, box: MemoryMailbox, rest: str) -> None:
    ref = put(box)
    box.expunge([ref])
    answer = reader.get(address(ref, rest), headers=PIECE)
    assert answer.status_code == 422
    assert "n’est plus là" in answer.content.decode()


@pytest.mark.parametrize("text", ["", "\n", " \r\n\r\n"])
def test_a_message_without_words_says_so(reader: Client, box: MemoryMailbox, text: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@a.fr", "b@b.fr", "Rien"
    message.set_content(text)
    page = reader.get(address(put(box, message.as_bytes()), "corps/")).content.decode()
    assert "Ce courriel ne contient pas de texte." in page


def test_an_address_that_grew_old_leads_back_to_the_mailbox(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box)
    box.expunge([ref])
    for path, said in ((address(ref), "n’est plus là"), ("/messagerie/Nulle%20part/", "n’existe plus")):
        page = reader.get(path).content.decode()
        assert said in page
        assert '<a class="btn primary" href="/messagerie/">' in page
        assert "vous aviez saisi" not in page
    sent = reader.post("/messagerie/dossiers/creer/", {"name": "a/b"}).content.decode()
    assert "vous aviez saisi" in sent


def test_a_folder_made_anew_has_other_messages(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box)
    other = MessageRef(ref.folder, ref.uid_validity + 9, ref.uid)
    assert reader.get(address(other), headers=PIECE).status_code == 422


def test_kept_text_is_not_shown_once_the_message_is_gone(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box, html_letter("<p>Secret</p>"))
    assert "Secret" in reader.get(address(ref, "corps/")).content.decode()
    box.expunge([ref])
    assert "Secret" not in reader.get(address(ref, "corps/")).content.decode()


def test_no_other_method_reads(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box)
    for rest in ("", "corps/", "conversation/", "source/", "pieces/1/"):
        assert reader.post(address(ref, rest)).status_code == 405


def test_a_part_that_is_not_there(reader: Client, box: MemoryMailbox) -> None:
    ref = put(box)
    assert reader.get(address(ref, "pieces/7.7/")).status_code == 422


@pytest.mark.parametrize(
    "path", ["/messagerie/INBOX/0/1/", "/messagerie/INBOX/1/99999999999/", "/messagerie/INBOX/x/1/"]
)
def test_an_address_that_names_no_message(reader: Client, path: str) -> None:
    assert reader.get(path).status_code == 404


def test_refusals_are_ours() -> None:
    assert issubclass(PictureRefused, Refusal)
