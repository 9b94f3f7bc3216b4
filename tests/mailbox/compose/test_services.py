"""Writing loses nothing: one draft, both versions, the original answered, pieces carried whole."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from tests.access.signin.people import account
from tests.post.outbox.letters import NOON

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown, Refusal
from vaguemestre.mailbox.compose import services
from vaguemestre.mailbox.compose.models import Composition, Enclosure, Slice
from vaguemestre.mailbox.compose.queries import attach_sources, enclosure_content, find_draft, source_files
from vaguemestre.mailbox.compose.queries.attach_sources import MAX_SOURCES
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import DraftFields, Mode, StartRequest, Writer
from vaguemestre.post.filelinks.ports import file_store
from vaguemestre.post.mailstore.values import MailLogin, MessageRef
from vaguemestre.post.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db
LIMIT = 20_971_520
DUE = NOON + timedelta(seconds=12)


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def drafts(box: MemoryMailbox) -> list[EmailMessage]:
    return [read(box.raw(row.ref)) for row in box.page("Drafts", 0, 50).rows]


def original(box: MemoryMailbox, *, html: str = "", files: int = 0, folder: str = "INBOX") -> MessageRef:
    message = EmailMessage()
    message["From"], message["To"] = "Un parent <parent@dehors.example>", "nmorel@ac-amiens.test"
    message["Subject"], message["Message-ID"] = "Sortie", "<q@dehors.example>"
    message["Date"] = "Wed, 25 Nov 2026 09:42:00 +0100"
    message.set_content("Bonjour,\nà demain.\n")
    if html:
        message.add_alternative(html, subtype="html")
        message.get_payload()[1].add_related(b"png", "image", "png", cid="<p1@x>")  # type: ignore[union-attr,index]
    for number in range(files):
        message.add_attachment(
            b"%PDF" * 100, maintype="application", subtype="pdf", filename=f"é{number}.pdf"
        )
    return box.append(folder, message.as_bytes(policy=policy.SMTP), (), NOON)


def start(writer: Writer, box: MemoryMailbox, mode: Mode, ref: MessageRef | None = None) -> str:
    return services.start_draft(writer, StartRequest(mode, ref), box, limit=LIMIT, now=NOON)


def drop(writer: Writer, key: str, boxes: MemoryMailboxes) -> None:
    services.discard_draft(writer, key, boxes, file_store.get(), by="test", now=NOON)


def save(writer: Writer, key: str, boxes: MemoryMailboxes, revision: int, **typed: object) -> int:
    written = DraftFields(**typed)  # type: ignore[arg-type]
    return services.save_draft(writer, key, written, revision, boxes, now=NOON).revision


def test_however_often_one_saves_one_draft_is_left(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = new_key()
    for revision in range(5):
        save(
            writer, key, mailboxes, revision, to="a@b.fr, encore fau", subject=f"v{revision}", html="<p>x</p>"
        )
    (draft,) = drafts(box)
    assert draft["Subject"] == "v4"
    assert draft["To"].addresses[0].addr_spec == "a@b.fr"
    assert find_draft(writer.account_id, key).fields.to == "a@b.fr, encore fau"


def test_a_cut_between_two_drafts_is_mended_by_the_next_save(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = new_key()
    save(writer, key, mailboxes, 0, subject="un")
    (row,) = box.page("Drafts", 0, 9).rows
    box.append("Drafts", box.raw(row.ref), (), NOON)  # the new one was written, the old one not taken away
    save(writer, key, mailboxes, 1, subject="deux")
    assert [draft["Subject"] for draft in drafts(box)] == ["deux"]


def test_a_mailbox_that_is_away_stops_no_text(writer: Writer) -> None:
    def away(login: MailLogin) -> None:
        raise EngineDown("imap")

    saved = services.save_draft(
        writer, "a" * 32, DraftFields(html="<p>gardé</p>"), 0, MemoryMailboxes(away), now=NOON
    )
    assert saved.draft_trouble == "compose.draft-later"
    assert find_draft(writer.account_id, "a" * 32).fields.html == "<p>gardé</p>"


def test_of_two_windows_neither_writes_over_the_other(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = new_key()
    save(writer, key, mailboxes, 0, subject="première fenêtre")
    with pytest.raises(Refusal, match="changed-elsewhere"):
        save(writer, key, mailboxes, 0, subject="seconde fenêtre")
    second = services.fork_draft(writer, key, now=NOON).key
    save(writer, second, mailboxes, 0, subject="seconde fenêtre")
    assert sorted(str(draft["Subject"]) for draft in drafts(box)) == ["première fenêtre", "seconde fenêtre"]


def test_the_same_text_saved_again_is_no_conflict(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key, text = new_key(), DraftFields(subject="x", html="<p>y</p>")
    assert services.save_draft(writer, key, text, 0, mailboxes, now=NOON).is_new
    again = services.save_draft(writer, key, text, 0, mailboxes, now=NOON)
    assert (again.is_new, again.revision) == (False, 1)
    assert len(drafts(box)) == 1


def test_the_second_of_two_windows_keeps_thread_and_pieces(writer: Writer, box: MemoryMailbox) -> None:
    key = start(writer, box, Mode.FORWARD, original(box, html='<img src="cid:p1@x">', files=1))
    forked = services.fork_draft(writer, key, now=NOON)
    copy, first = Composition.objects.get(key=forked.key), Composition.objects.get(key=key)
    assert copy.references == first.references
    assert copy.draft_message_id != first.draft_message_id
    assert [e.name for e in copy.enclosures.order_by("pk")] == [
        e.name for e in first.enclosures.order_by("pk")
    ]
    (new_path,) = [path for path in forked.paths.values() if path in copy.quote]
    assert new_path not in first.quote


def test_an_answer_starts_with_people_subject_and_clean_quotation(writer: Writer, box: MemoryMailbox) -> None:
    html = (
        '<p onclick="x()">Bonjour</p><img src="cid:p1@x" alt="Plan"><img src="https://pixel.example/a.png">'
    )
    writing = find_draft(writer.account_id, start(writer, box, Mode.REPLY, original(box, html=html)))
    assert writing is not None
    assert writing.fields.to == "Un parent <parent@dehors.example>"
    assert writing.fields.subject == "Re: Sortie"
    assert "onclick" not in writing.quote
    assert "pixel.example" not in writing.quote
    (picture,) = writing.enclosures
    assert picture.is_picture
    assert f'<img src="pieces/{picture.id}/" alt="Plan">' in writing.quote
    assert enclosure_content(writer.account_id, writing.key, picture.id)[1] == b"png"


def test_a_forward_carries_the_files_and_an_answer_does_not(writer: Writer, box: MemoryMailbox) -> None:
    ref = original(box, files=2)
    answer = find_draft(writer.account_id, start(writer, box, Mode.REPLY, ref))
    forward = find_draft(writer.account_id, start(writer, box, Mode.FORWARD, ref))
    assert answer is not None
    assert forward is not None
    assert answer.enclosures == ()
    assert [e.name for e in forward.enclosures] == ["é0.pdf", "é1.pdf"]
    assert enclosure_content(writer.account_id, forward.key, forward.enclosures[0].id)[1] == b"%PDF" * 100


def test_a_forward_too_heavy_to_leave_is_refused_before_anything_is_kept(
    writer: Writer, box: MemoryMailbox
) -> None:
    with pytest.raises(Refusal, match="too-large"):
        services.start_draft(
            writer, StartRequest(Mode.FORWARD, original(box, files=2)), box, limit=17_500, now=NOON
        )
    assert Composition.objects.count() == 0


def test_a_message_is_forwarded_whole_without_its_hidden_recipients(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    ref = original(box, files=1)
    hidden = b"Bcc: cache@dehors.example,\r\n autre@x.fr\r\nSubject: Sortie"
    raw = box.raw(ref).replace(b"Subject: Sortie", hidden)
    ref = box.append("INBOX", raw, (), NOON)
    key = start(writer, box, Mode.ENCLOSE, ref)
    found = find_draft(writer.account_id, key)
    assert found is not None
    assert (found.fields.subject, found.fields.to, found.quote) == ("Tr: Sortie", "", "")
    assert [(one.name, one.kind) for one in found.enclosures] == [("Sortie.eml", "message/rfc822")]
    send(writer, key, to="a@b.fr", subject="Tr: Sortie", html="<p>x</p>")
    content = bytes(OutboxMessage.objects.get().content)
    assert b"cache@dehors" not in content
    assert b"autre@x.fr" not in content
    assert OutboxMessage.objects.get().in_reply_to["flag"] == "$Forwarded"
    (whole,) = read(content).iter_attachments()
    assert read(whole.get_content())["Subject"] == "Sortie"


def test_files_of_another_message_are_joined_without_being_sent_again(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    ref = original(box, files=3)
    (source,) = attach_sources(box, "")
    assert (source.ref, source.subject, source.has_files) == (ref, "Sortie", True)
    assert attach_sources(box, "sortie parent")[0].ref == ref
    files = source_files(box, ref)
    assert [file.name for file in files] == ["é0.pdf", "é1.pdf", "é2.pdf"]
    key = new_key()

    def borrow(*numbers: str, is_whole: bool = False, limit: int = LIMIT) -> list[str]:
        kept = services.attach_message_files(
            writer, key, ref, numbers, box, is_whole=is_whole, limit=limit, now=NOON
        )
        return [one.name for one in kept]

    assert borrow(files[0].number, files[2].number) == ["é0.pdf", "é2.pdf"]
    assert borrow(is_whole=True) == ["Sortie.eml"]
    for refused in (lambda: borrow(), lambda: borrow("9"), lambda: borrow(is_whole=True, limit=200_000)):
        with pytest.raises(Refusal):
            refused()
    send(writer, key, html="<p>x</p>")
    joined = list(read(bytes(OutboxMessage.objects.get().content)).iter_attachments())
    assert [part.get_filename() for part in joined] == ["é0.pdf", "é2.pdf", "Sortie.eml"]
    assert joined[0].get_content() == b"%PDF" * 100
    with pytest.raises(Refusal, match="already-sent"):
        borrow(is_whole=True)


@pytest.mark.heavy
def test_no_draft_is_offered_to_be_attached(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    """The very message being written was offered, once for each time it had been saved."""
    received = original(box, files=1)
    for _ in range(MAX_SOURCES):
        original(box, files=1, folder="Drafts")
    assert [source.ref for source in attach_sources(box, "")] == [received]
    assert [source.ref for source in attach_sources(box, "sortie")] == [received]


def test_a_draft_of_another_program_is_taken_up_and_replaced(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    ref = original(box, files=1, folder="Drafts")
    key = start(writer, box, Mode.DRAFT, ref)
    writing = find_draft(writer.account_id, key)
    assert writing is not None
    assert writing.fields.html == "Bonjour,<br>à demain."
    assert [e.name for e in writing.enclosures] == ["é0.pdf"]
    save(writer, key, mailboxes, 0, to="a@b.fr", subject="Sortie 2", html=writing.fields.html)
    (draft,) = drafts(box)
    assert draft["Subject"] == "Sortie 2"
    assert [file.get_filename() for file in draft.iter_attachments()] == ["é0.pdf"]


def test_our_own_draft_opens_the_composer_it_came_from(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = new_key()
    save(writer, key, mailboxes, 0, to="à moitié ta", subject="x")
    (row,) = box.page("Drafts", 0, 9).rows
    assert start(writer, box, Mode.DRAFT, row.ref) == key


def send(writer: Writer, key: str, attempt: int = 1, **typed: object) -> str:
    written = DraftFields(**{"to": "a@b.fr", **typed})  # type: ignore[arg-type]
    return services.send_draft(writer, key, written, attempt, DUE, limit=LIMIT, now=NOON).state


def test_an_answer_leaves_with_its_quotation_and_marks(writer: Writer, box: MemoryMailbox) -> None:
    ref = original(box, html="<p>Bonjour</p>")
    key = start(writer, box, Mode.REPLY, ref)
    send(writer, key, to="Un parent <parent@dehors.example>", subject="Re: Sortie", html="<p>C’est noté.</p>")
    row = OutboxMessage.objects.get()
    message = read(bytes(row.content))
    assert message["In-Reply-To"] == "<q@dehors.example>"
    text = message.get_body(("plain",)).get_content().replace("\r", "")
    assert text.startswith("C’est noté.\n\nLe 25 novembre 2026 à 9 h 42, Un parent a écrit :\n\n> Bonjour")
    assert row.in_reply_to == {
        "folder": "INBOX",
        "uid_validity": ref.uid_validity,
        "uid": ref.uid,
        "flag": "\\Answered",
        "private": False,
    }
    assert row.message_id == message["Message-ID"]


def test_a_quotation_taken_away_does_not_leave(writer: Writer, box: MemoryMailbox) -> None:
    key = start(writer, box, Mode.REPLY, original(box))
    send(writer, key, html="<p>Merci.</p>", keeps_quote=False)
    assert b"Bonjour" not in bytes(OutboxMessage.objects.get().content)


def test_plain_text_leaves_alone_with_its_quotation(writer: Writer, box: MemoryMailbox) -> None:
    key = start(writer, box, Mode.REPLY, original(box))
    send(writer, key, text="Merci.", is_plain=True)
    message = read(bytes(OutboxMessage.objects.get().content))
    assert message.get_content_type() == "text/plain"
    assert (
        "Merci.\n\nLe 25 novembre 2026 à 9 h 42, Un parent a écrit :\n\n> Bonjour,\n> à demain."
        in message.get_content().replace("\r", "")
    )


def test_a_second_click_sends_nothing_more(writer: Writer, box: MemoryMailbox) -> None:
    key = new_key()
    assert send(writer, key, html="<p>un</p>") == "held"
    assert send(writer, key, html="<p>deux</p>") == "held"
    assert OutboxMessage.objects.count() == 1
    with pytest.raises(Refusal, match="already-sent"):
        send(writer, key, attempt=2)


def test_what_was_sent_is_no_longer_saved(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = new_key()
    save(writer, key, mailboxes, 0, to="a@b.fr")
    send(writer, key)
    with pytest.raises(Refusal, match="already-sent"):
        save(writer, key, mailboxes, 2, subject="trop tard")


def test_taken_back_it_is_a_draft_again_and_leaves_as_another_sending(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = new_key()
    send(writer, key, subject="un")
    services.cancel_sending(writer.account_id, key, by="test", now=NOON)
    assert send(writer, key, attempt=1) == "cancelled", "a late second click does not send again"
    revision = Composition.objects.get().revision
    save(writer, key, mailboxes, revision, to="a@b.fr", subject="deux")
    assert send(writer, key, attempt=2, subject="deux") == "held"
    assert [row.state for row in OutboxMessage.objects.order_by("pk")] == ["cancelled", "held"]


def test_what_was_not_written_here_leaves_and_comes_back_without_a_word(
    writer: Writer, mailboxes: MemoryMailboxes
) -> None:
    services.delete_filed_draft(writer.account_id, "demo-heads", mailboxes)
    services.restore_refused_draft(writer.account_id, "demo-heads", mailboxes, now=NOON)


def test_once_filed_no_draft_and_no_composer_is_left(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = new_key()
    save(writer, key, mailboxes, 0, to="a@b.fr")
    send(writer, key)
    for _ in range(2):
        services.delete_filed_draft(writer.account_id, f"{key}.1", mailboxes)
    assert drafts(box) == []
    assert Composition.objects.count() == 0


def test_refused_its_draft_comes_back_with_the_newest_text(
    writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox
) -> None:
    key = new_key()
    save(writer, key, mailboxes, 0, to="a@b.fr", subject="ancien")
    send(writer, key, subject="nouveau")
    for _ in range(2):
        services.restore_refused_draft(writer.account_id, f"{key}.1", mailboxes, now=NOON)
    (draft,) = drafts(box)
    assert draft["Subject"] == "nouveau"
    assert draft["From"].addresses[0].addr_spec == writer.address
    assert not find_draft(writer.account_id, key).is_sending


def test_thrown_away_nothing_is_left(writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox) -> None:
    key = new_key()
    save(writer, key, mailboxes, 0, to="a@b.fr")
    drop(writer, key, mailboxes)
    assert drafts(box) == []
    assert Composition.objects.count() == 0


def add(writer: Writer, key: str, size: int, name: str = "a.bin") -> int:
    return services.add_enclosure(
        writer, key, name, "application/octet-stream", size, is_picture=False, limit=LIMIT, now=NOON
    ).id


def test_a_piece_cut_on_the_way_goes_on_where_it_stopped(writer: Writer) -> None:
    key = new_key()
    piece = add(writer, key, 10)
    mine = writer.account_id
    assert services.add_slice(mine, key, piece, 0, b"01234") == 5
    assert services.add_slice(mine, key, piece, 0, b"01234") == 5, (
        "the answer was lost, the slice comes again"
    )
    assert services.add_slice(mine, key, piece, 7, b"789") == 5, (
        "a slice was lost: the answer says where to go on"
    )
    with pytest.raises(Refusal, match="enclosure-incomplete"):
        send(writer, key)
    with pytest.raises(Refusal, match="overflow"):
        services.add_slice(mine, key, piece, 5, b"567890")
    assert services.add_slice(mine, key, piece, 5, b"56789") == 10
    send(writer, key, html="<p>x</p>")
    (file,) = read(bytes(OutboxMessage.objects.get().content)).iter_attachments()
    assert file.get_payload(decode=True) == b"0123456789"


def test_pieces_are_counted_as_they_will_be_encoded(writer: Writer) -> None:
    key = new_key()
    add(writer, key, 10_000_000)
    with pytest.raises(Refusal, match="too-large") as refused:
        add(writer, key, 6_000_000)
    assert refused.value.facts["field"] == "enclosed"


def test_a_piece_taken_away_frees_its_room(writer: Writer) -> None:
    key = new_key()
    piece = add(writer, key, 10)
    services.add_slice(writer.account_id, key, piece, 0, b"x" * 10)
    services.remove_enclosure(writer.account_id, key, piece)
    services.remove_enclosure(writer.account_id, key, piece)
    assert (Enclosure.objects.count(), Slice.objects.count()) == (0, 0)


def test_composers_of_others_do_not_exist(writer: Writer, mailboxes: MemoryMailboxes) -> None:
    key = new_key()
    save(writer, key, mailboxes, 0, html="<p>à moi</p>")
    piece = add(writer, key, 4)
    other = account(username="other")
    thief = Writer(other.pk, "Autre", "autre@ac-amiens.test", MailLogin(other.mailbox))
    assert find_draft(thief.account_id, key) is None
    for attempt in (
        lambda: save(thief, key, mailboxes, 1, html="x"),
        lambda: send(thief, key),
        lambda: drop(thief, key, mailboxes),
        lambda: services.fork_draft(thief, key, now=NOON),
        lambda: services.cancel_sending(thief.account_id, key, by="test", now=NOON),
        lambda: services.add_slice(thief.account_id, key, piece, 0, b"1234"),
        lambda: services.remove_enclosure(thief.account_id, key, piece),
        lambda: enclosure_content(thief.account_id, key, piece),
        lambda: add(thief, key, 4),
    ):
        with pytest.raises(Refusal):
            attempt()
    assert find_draft(writer.account_id, key).fields.html == "<p>à moi</p>"
