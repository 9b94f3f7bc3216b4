"""The promises of `mailstore.ports.Mailbox`, kept by the memory store and by the real engine alike."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.engines.live import wait_until
from tests.engines.mail import Post
from tests.engines.samples import at, inviting, letter, rich

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.post.mailstore.ports import FolderGone, FolderRefused, Mailbox, MessageGone
from vaguemestre.post.mailstore.values import (
    DELETED_MESSAGES,
    INVITATION,
    Clause,
    Flag,
    MailLogin,
    MessageRef,
    Only,
    Order,
    Part,
    Use,
    View,
    Where,
)

Open = Callable[[], AbstractContextManager[Mailbox]]


@pytest.fixture(params=["memory", pytest.param("imap", marks=pytest.mark.engines)])
def opened(request: pytest.FixtureRequest) -> Iterator[Open]:
    if request.param == "memory":
        boxes = MemoryMailboxes()
        yield lambda: boxes(MailLogin("marie@ac-amiens.test"))
        return
    post = Post(request.getfixturevalue("engines"))
    login = post.new_login()
    yield lambda: post.mailboxes(login)
    post.pool.close_all()


@pytest.fixture
def box(opened: Open) -> Iterator[Mailbox]:
    with opened() as mailbox:
        yield mailbox


def fill(box: Mailbox, count: int) -> list[MessageRef]:
    return [box.append("INBOX", letter(f"Message {n}"), (), at(n)) for n in range(1, count + 1)]


def subjects(page: Any) -> list[str]:
    return [row.summary.subject for row in page.rows]


def leaves(part: Part) -> list[Part]:
    return [leaf for child in part.children for leaf in leaves(child)] if part.children else [part]


def test_the_special_folders_are_there_first_and_counted(box: Mailbox) -> None:
    fill(box, 2)
    folders = box.folders()
    assert [f.use for f in folders[:7]] == [
        Use.INBOX, Use.DRAFTS, Use.SENT, Use.ARCHIVE, Use.JUNK, Use.TRASH, Use.ALL,
    ]  # fmt: skip
    assert (folders[0].name, folders[0].total, folders[0].unread) == ("INBOX", 2, 2)


def test_a_page_is_newest_first_and_starts_where_asked(box: Mailbox) -> None:
    fill(box, 7)
    first, deep, beyond = box.page("INBOX", 0, 3), box.page("INBOX", 5, 3), box.page("INBOX", 9, 3)
    assert subjects(first) == ["Message 7", "Message 6", "Message 5"]
    assert subjects(deep) == ["Message 2", "Message 1"]
    assert subjects(beyond) == []
    assert (first.total, first.unread, deep.offset) == (7, 7, 5)


def test_an_empty_folder_has_an_empty_page(box: Mailbox) -> None:
    page = box.page("Archive", 0, 50)
    assert (page.total, page.unread, page.rows) == (0, 0, ())


def test_a_row_says_who_what_and_when(box: Mailbox) -> None:
    ref = box.append("INBOX", rich("Réunion à 14 h"), (Flag.SEEN, Flag.FLAGGED), at(3))
    row = box.page("INBOX", 0, 50).rows[0]
    assert row.ref == ref
    assert row.summary.uid == ref.uid
    assert row.flags >= {Flag.SEEN, Flag.FLAGGED}
    assert row.summary.subject == "Réunion à 14 h"
    assert row.summary.sender.address == "helene.dupont@ac-amiens.test"
    assert [c.address for c in row.summary.to] == ["marie.martin@ac-amiens.test", "cdi@ac-amiens.test"]
    assert row.summary.to[0].name == "Martin, Marie"
    assert abs(row.summary.date - at(3)) < timedelta(seconds=1)
    assert row.summary.has_attachment
    assert row.summary.message_id == "<rich@ac-amiens.test>"
    assert "Le texte accentué" in row.summary.preview


def test_a_page_is_right_after_every_kind_of_change(opened: Open) -> None:
    with opened() as box:
        refs = fill(box, 5)
        seen = {box.page("INBOX", 0, 50).validator}
        box.flag(refs[:1], (Flag.SEEN,), ())
        page = box.page("INBOX", 0, 50)
        assert Flag.SEEN in page.rows[4].flags
        assert page.unread == 4
        seen.add(page.validator)
        box.flag(refs[:1], (), (Flag.SEEN,))
        page = box.page("INBOX", 0, 50)
        assert page.unread == 5
        seen.add(page.validator)
    with opened() as box:
        box.expunge(refs[1:2])
        page = box.page("INBOX", 0, 50)
        assert subjects(page) == ["Message 5", "Message 4", "Message 3", "Message 1"]
        seen.add(page.validator)
        box.move(refs[2:3], "Archive")
        page = box.page("INBOX", 0, 50)
        assert subjects(page) == ["Message 5", "Message 4", "Message 1"]
        seen.add(page.validator)
        box.append("INBOX", letter("Nouveau"), (), at(9))
        page = box.page("INBOX", 0, 50)
        assert subjects(page)[0] == "Nouveau"
        seen.add(page.validator)
    assert len(seen) == 6


def test_moving_says_where_the_messages_are_now(box: Mailbox) -> None:
    refs = fill(box, 3)
    moved = box.move([refs[0], refs[2]], "Archive")
    assert [box.open(ref).subject for ref in moved] == ["Message 1", "Message 3"]
    assert {ref.folder for ref in moved} == {"Archive"}
    assert box.move([refs[0]], "Archive") == ()
    with pytest.raises(MessageGone):
        box.open(refs[0])


def test_what_does_not_exist_is_gone(box: Mailbox) -> None:
    ref = fill(box, 1)[0]
    for elsewhere in (
        MessageRef("INBOX", ref.uid_validity, ref.uid + 1),
        MessageRef("INBOX", ref.uid_validity + 1, ref.uid),
        MessageRef("Nulle part", ref.uid_validity, ref.uid),
        MessageRef("In\r\nbox", ref.uid_validity, ref.uid),
    ):
        with pytest.raises(MessageGone):
            box.open(elsewhere)
        with pytest.raises(MessageGone):
            box.part(elsewhere, "1")
        with pytest.raises(MessageGone):
            box.raw(elsewhere)
        with pytest.raises(MessageGone):
            box.conversation(elsewhere)
    for name in ("Nulle part", "In\r\nbox", "", "\x00", "Archive/été & automne"):
        with pytest.raises(FolderGone):
            box.page(name, 0, 50)
        with pytest.raises(FolderGone):
            box.search(name, ["mot"], 0, 50)
        with pytest.raises(FolderGone):
            box.append(name, letter("x"), (), at(1))
        with pytest.raises(FolderGone):
            box.move([ref], name)
        with pytest.raises(FolderGone):
            box.find_by_message_id(name, "<a@b>")
    assert box.open(ref).subject == "Message 1"


def test_marks_on_gone_messages_are_ignored(box: Mailbox) -> None:
    ref = fill(box, 1)[0]
    box.expunge([ref])
    box.expunge([ref])
    box.flag([ref], (Flag.SEEN,), ())
    box.flag([], (Flag.SEEN,), ())
    assert box.move([ref], "Trash") == ()


def test_an_opened_message_shows_its_parts_and_stays_unread(box: Mailbox) -> None:
    content = rich()
    ref = box.append("INBOX", content, (), at(1))
    message = box.open(ref)
    assert message.ref == ref
    assert message.root.kind == "multipart/mixed"
    assert [(leaf.number, leaf.kind) for leaf in leaves(message.root)] == [
        ("1.1", "text/plain"), ("1.2.1", "text/html"), ("1.2.2", "image/png"), ("2", "application/pdf"),
    ]  # fmt: skip
    image, pdf = leaves(message.root)[2:]
    assert image.content_id == "<logo>"
    assert (pdf.name, pdf.disposition) == ("Élèves 6e.pdf", "attachment")
    assert box.part(ref, "1.1").decode() == "Le texte accentué\n"
    assert box.part(ref, "2") == b"%PDF-1.7 " + bytes(range(256))
    assert box.part(ref, "2", limit=8) == b"%PDF-1.7"
    assert box.part(ref, "9.9") == b""
    assert [c.address for c in message.cc] == ["principal@ac-amiens.test"]
    assert Flag.SEEN not in box.open(ref).flags
    assert box.raw(ref) == content


def test_a_message_of_one_part_is_part_one(box: Mailbox) -> None:
    ref = box.append("INBOX", letter("Simple", "Où êtes-vous ?\n"), (), at(1))
    message = box.open(ref)
    assert (message.root.number, message.root.kind, message.root.charset) == ("1", "text/plain", "utf-8")
    assert box.part(ref, "1").decode() == "Où êtes-vous ?\r\n"


def test_headers_for_answering_are_given(box: Mailbox) -> None:
    content = letter(
        "Re: Conseil", Reply_To="liste@ac-amiens.test", Message_ID="<c@x.test>",
        In_Reply_To="<b@x.test>", References="<a@x.test> <b@x.test>",
    )  # fmt: skip
    message = box.open(box.append("INBOX", content, (), at(1)))
    assert message.message_id == "<c@x.test>"
    assert message.in_reply_to == "<b@x.test>"
    assert message.references == ("<a@x.test>", "<b@x.test>")
    assert [c.address for c in message.reply_to] == ["liste@ac-amiens.test"]
    assert message.date is not None
    assert message.date.hour == 10


def test_a_search_finds_all_the_terms(box: Mailbox) -> None:
    box.append("INBOX", letter("Conseil de classe", "Rendez-vous lundi.\n"), (), at(1))
    box.append("INBOX", letter("Conseil", "Rendez-vous mardi.\n"), (), at(2))
    box.append("INBOX", letter("Autre", "Le conseil de lundi.\n"), (), at(3))
    assert subjects(box.search("INBOX", ["conseil"], 0, 50)) == ["Autre", "Conseil", "Conseil de classe"]
    found = box.search("INBOX", ["conseil", "lundi"], 0, 1)
    assert (subjects(found), found.total) == (["Autre"], 2)
    assert subjects(box.search("INBOX", ["conseil", "lundi"], 1, 1)) == ["Conseil de classe"]
    assert subjects(box.search("INBOX", ["conseil de classe"], 0, 50)) == ["Conseil de classe"]
    assert subjects(box.search("INBOX", ["introuvable"], 0, 50)) == []


def test_a_ligature_is_found_however_it_is_typed(box: Mailbox) -> None:
    box.append("INBOX", letter("La fiche de vœux", "À rendre lundi.\n"), (), at(1))
    box.append("INBOX", letter("Les voeux du maire", "Vous y tenez à cœur.\n"), (), at(2))
    box.append("INBOX", letter("Sortie", "Le coeur du sujet coexiste.\n"), (), at(3))
    both, hearts = ["Les voeux du maire", "La fiche de vœux"], ["Sortie", "Les voeux du maire"]
    for typed, wanted in {"voeux": both, "vœux": both, "VŒUX": both, "coeur": hearts, "cœur": hearts}.items():
        assert subjects(box.search("INBOX", [typed], 0, 50)) == wanted
    assert subjects(box.search("INBOX", ["fiche de voeux"], 0, 50)) == ["La fiche de vœux"]
    assert subjects(box.search("INBOX", ["cœur", "coexiste"], 0, 50)) == ["Sortie"]
    for clause, wanted in {
        Clause(Where.SUBJECT, "voeux"): both,
        Clause(Where.TEXT, "voeux", is_not=True): ["Sortie"],
        Clause(Where.TEXT, "fiche de voeux", is_not=True): hearts,
    }.items():
        assert subjects(box.look("INBOX", View(clauses=(clause,)), 0, 50)) == wanted


def test_a_class_is_found_by_its_letter(box: Mailbox) -> None:
    box.append("INBOX", letter("Conseil de classe de 4e B : convocation", "Lundi.\n"), (), at(1))
    box.append("INBOX", letter("Conseil de classe de 4e C : convocation", "Lundi.\n"), (), at(2))
    box.append("INBOX", letter("Salle 3", "Lundi.\n"), (), at(3))
    box.append("INBOX", letter("L’été de la 6e A", "Lundi.\n"), (), at(4))
    box.append("INBOX", letter("Bilan de la 6e B", "Lundi.\n"), (), at(5))
    wanted = {
        "4e B": ["Conseil de classe de 4e B : convocation"],
        "salle 3": ["Salle 3"],
        "6e a": ["L’été de la 6e A"],
        "classe de conseil": [],
    }
    for said, found in wanted.items():
        view = View(clauses=(Clause(Where.SUBJECT, said),))
        page = box.look("INBOX", view, 0, 50)
        assert (subjects(page), page.total) == (found, len(found)), said


def test_the_validator_of_a_search_follows_what_it_shows(box: Mailbox) -> None:
    refs = [box.append("INBOX", letter(f"Conseil {n}"), (), at(n)) for n in range(3)]
    first = box.search("INBOX", ["conseil"], 0, 50)
    assert box.search("INBOX", ["conseil"], 0, 50).validator == first.validator
    box.flag(refs[:1], (Flag.FLAGGED,), ())
    flagged = box.search("INBOX", ["conseil"], 0, 50)
    box.expunge(refs[:1])
    box.append("INBOX", letter("Conseil de plus"), (Flag.FLAGGED,), at(9))
    again = box.search("INBOX", ["conseil"], 0, 50)
    assert again.total == first.total
    assert len({first.validator, flagged.validator, again.validator}) == 3


@pytest.mark.parametrize(
    "term", ['a" OR ALL "', "a\r\nx LOGOUT", "{3}", "\x00", "\\", "é" * 300, "", "(", "*"]
)
def test_a_search_term_is_never_a_command(box: Mailbox, term: str) -> None:
    fill(box, 1)
    box.search("INBOX", [term], 0, 50)
    assert box.page("INBOX", 0, 50).total == 1


def test_all_folders_can_be_searched_at_once(box: Mailbox) -> None:
    everything = next(f.name for f in box.folders() if f.use is Use.ALL)
    here = box.append("INBOX", letter("Zinzolin"), (), at(1))
    there = box.append("Sent", letter("Re: Zinzolin"), (Flag.SEEN,), at(2))
    box.append("Trash", letter("Zinzolin jeté"), (), at(3))
    found = box.search(everything, ["zinzolin"], 0, 50)
    assert [row.ref for row in found.rows] == [there, here]
    assert [row.ref for row in box.page(everything, 0, 50).rows] == [there, here]
    assert box.open(found.rows[0].ref).subject == "Re: Zinzolin"


def test_a_message_is_found_by_its_message_id(box: Mailbox) -> None:
    box.append("Sent", letter("A", Message_ID="<abc@x.test>"), (), at(1))
    ref = box.append("Sent", letter("B", Message_ID="<abcd@x.test>"), (), at(2))
    assert box.find_by_message_id("Sent", "<abcd@x.test>") == (ref,)
    assert box.find_by_message_id("Sent", "<bcd@x.test>") == ()
    assert box.find_by_message_id("INBOX", "<abcd@x.test>") == ()


def test_a_conversation_is_gathered_over_the_folders(box: Mailbox) -> None:
    first = box.append("INBOX", letter("Sujet", Message_ID="<1@x.test>"), (), at(1))
    answered = letter("Re: Sujet", Message_ID="<2@x.test>", In_Reply_To="<1@x.test>", References="<1@x.test>")
    answer = box.append("Sent", answered, (Flag.SEEN,), at(2))
    again = box.append(
        "INBOX",
        letter("Re: Re: Sujet", Message_ID="<3@x.test>", References="<1@x.test> <2@x.test>"),
        (),
        at(3),
    )
    box.append("INBOX", letter("Sujet", Message_ID="<9@x.test>"), (), at(4))
    for ref in (first, answer, again):
        # asked at the very instant at which its index takes a letter in, Dovecot leaves that letter out
        rows = wait_until(lambda ref=ref: found if len(found := box.conversation(ref)) == 3 else ())
        assert [row.ref for row in rows] == [first, answer, again]
    alone = box.append("INBOX", letter("Seul"), (), at(5))
    assert [row.ref for row in box.conversation(alone)] == [alone]


def test_strange_messages_are_listed_opened_and_read(box: Mailbox) -> None:
    strange = [
        b"\r\n",
        b"no header at all",
        b"Subject: =?x-unknown?Q?caf=E9?= =?utf-8?b?not base64?=\r\nFrom: <>\r\n\r\nx",
        b"Subject: \xe9t\xe9\r\nFrom: \xff\xfe <a@b>\r\n\r\n\x00\x01\r\n" + b"y" * 5000,
        b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\nno boundary",
        b"Content-Type: text/plain; charset=iso-8859-15\r\nContent-Transfer-Encoding: base64\r\n\r\n@@@YQ",
        b"Content-Type: message/rfc822\r\n\r\nSubject: dedans\r\nContent-Type: text/html\r\n\r\n<p>oui</p>",
        b'From: "a \\"b\\" c" <d@e.test>\r\nSubject: {3}\r\nMessage-ID: <"q\\"uo"@x>\r\n\r\nz',
    ]
    refs = [box.append("INBOX", content, (), at(n)) for n, content in enumerate(strange)]
    page = box.page("INBOX", 0, 50)
    assert [row.ref for row in page.rows] == refs[::-1]
    for ref, content in zip(refs, strange, strict=True):
        for part in leaves(box.open(ref).root):
            box.part(ref, part.number)
        assert len(box.raw(ref)) >= len(content)


def from_(name: str, address: str, subject: str, **headers: str) -> bytes:
    return letter(subject, From=f"{name} <{address}>", **headers)


def test_a_message_put_back_stands_where_it_stood(box: Mailbox) -> None:
    refs = fill(box, 5)
    assert subjects(box.page("INBOX", 0, 3)) == ["Message 5", "Message 4", "Message 3"]
    moved = box.move(refs[1:3], "Archive")
    box.page("INBOX", 0, 3)
    box.move(moved, "INBOX")
    whole = [f"Message {n}" for n in (5, 4, 3, 2, 1)]
    assert subjects(box.page("INBOX", 0, 50)) == whole
    assert subjects(box.page("INBOX", 2, 2)) == whole[2:4]
    box.append("INBOX", letter("Message 6"), (), at(6))
    assert subjects(box.page("INBOX", 0, 50)) == ["Message 6", *whole]
    strays = [row.ref for row in box.page("INBOX", 0, 50).rows if row.summary.subject[-1] in "23"]
    box.expunge(strays)
    assert subjects(box.page("INBOX", 0, 50)) == ["Message 6", "Message 5", "Message 4", "Message 1"]
    box.append("INBOX", letter("Message 0"), (), at(0))
    assert subjects(box.page("INBOX", 0, 50))[-1] == "Message 0"


def test_a_folder_filled_in_any_order_is_shown_by_date(box: Mailbox) -> None:
    for n in (3, 1, 4, 2):
        box.append("Archive", letter(f"Message {n}"), (), at(n))
    assert subjects(box.page("Archive", 0, 50)) == [f"Message {n}" for n in (4, 3, 2, 1)]
    assert subjects(box.page("Archive", 1, 2)) == ["Message 3", "Message 2"]
    assert box.page("Archive", 0, 50).total == 4


def test_a_list_is_sorted_as_asked(box: Mailbox) -> None:
    box.append("INBOX", from_("Zoé", "a@x.test", "Bulletins"), (), at(1))
    box.append("INBOX", from_("Anne", "z@x.test", "Re: Absences"), (), at(2))
    box.append("INBOX", from_("Marc", "m@x.test", "Cantine") + b"x" * 5000, (), at(3))
    orders = {
        View(order=Order.SENDER): ["Re: Absences", "Cantine", "Bulletins"],
        View(order=Order.SENDER, is_reversed=True): ["Bulletins", "Cantine", "Re: Absences"],
        View(order=Order.SUBJECT): ["Re: Absences", "Bulletins", "Cantine"],
        View(order=Order.DATE, is_reversed=True): ["Bulletins", "Re: Absences", "Cantine"],
    }
    for view, wanted in orders.items():
        assert subjects(box.look("INBOX", view, 0, 50)) == wanted, view
        assert subjects(box.look("INBOX", view, 1, 1)) == wanted[1:2]
    assert subjects(box.look("INBOX", View(order=Order.SIZE), 0, 1)) == ["Cantine"]
    assert subjects(box.look("INBOX", View(), 0, 1)) == ["Cantine"]


def test_a_list_is_narrowed_as_asked(box: Mailbox) -> None:
    me, domains = frozenset({"marie.martin@ac-amiens.test"}), frozenset({"ac-amiens.test"})
    box.append("INBOX", from_("Zoé", "zoe@ac-amiens.test", "Collègue"), (Flag.SEEN,), at(1))
    box.append("INBOX", from_("ac-amiens.test", "z@dehors.test", "Dehors", Cc="x@y.test"), (), at(2))
    box.append("INBOX", rich("Avec pièce"), (Flag.SEEN, Flag.FLAGGED), at(3))
    wanted = {
        Only.UNREAD: ["Dehors"],
        Only.FLAGGED: ["Avec pièce"],
        Only.ATTACHED: ["Avec pièce"],
        Only.COLLEAGUES: ["Avec pièce", "Collègue"],
        Only.TO_ME: ["Collègue"],
    }
    for only, found in wanted.items():
        view = View(only=frozenset({only}), mine=me, domains=domains)
        page = box.look("INBOX", view, 0, 50)
        assert (subjects(page), page.total) == (found, len(found)), only
    both = View(only=frozenset({Only.COLLEAGUES, Only.FLAGGED}), domains=domains)
    assert subjects(box.look("INBOX", both, 0, 50)) == ["Avec pièce"]
    words = View(terms=("dehors",), only=frozenset({Only.UNREAD}))
    assert subjects(box.look("INBOX", words, 0, 50)) == ["Dehors"]


@pytest.mark.heavy
def test_a_search_looks_where_it_is_told(box: Mailbox) -> None:
    box.append("INBOX", from_("Zoé Petit", "zoe@x.test", "Sortie scolaire"), (Flag.SEEN,), at(1))
    box.append(
        "INBOX",
        from_("Marc", "m@x.test", "Cantine", To="cdi@ac-amiens.test"),
        ("$label1", "&AOk-t", "$DraftOf12."),
        at(5000),
    )
    box.append("INBOX", rich("Réunion"), (Flag.FLAGGED,), at(9000))
    wanted = {
        Clause(Where.FROM, "petit"): ["Sortie scolaire"],
        Clause(Where.TO, "cdi"): ["Réunion", "Cantine"],
        Clause(Where.SUBJECT, "cantine"): ["Cantine"],
        Clause(Where.TEXT, "cantine", is_not=True): ["Réunion", "Sortie scolaire"],
        Clause(Where.BEFORE, at(5000).date().isoformat()): ["Sortie scolaire"],
        Clause(Where.SINCE, at(5000).date().isoformat()): ["Réunion", "Cantine"],
        Clause(Where.LARGER, "100000"): [],
        Clause(Where.SMALLER, "100000"): ["Réunion", "Cantine", "Sortie scolaire"],
        Clause(Where.SMALLER, "100000", is_not=True): [],
        Clause(Where.ATTACHED): ["Réunion"],
        Clause(Where.ATTACHED, is_not=True): ["Cantine", "Sortie scolaire"],
        Clause(Where.LABEL, "$label1"): ["Cantine"],
        Clause(Where.LABEL, "$DraftOf12."): ["Cantine"],
        Clause(Where.LABEL, "$DraftOf2."): [],
        Clause(Where.LABEL, "&AOk-t"): ["Cantine"],
        Clause(Where.UNREAD): ["Réunion", "Cantine"],
        Clause(Where.FLAGGED): ["Réunion"],
    }
    everything = next(f.name for f in box.folders() if f.use is Use.ALL)
    for clause, found in wanted.items():
        for folder in ("INBOX", everything):
            page = box.look(folder, View(clauses=(clause,)), 0, 50)
            assert (subjects(page), page.total) == (found, len(found)), (clause, folder)
    both = View(clauses=(Clause(Where.TO, "cdi"), Clause(Where.FLAGGED, is_not=True)))
    assert subjects(box.look("INBOX", both, 0, 50)) == ["Cantine"]


def test_the_most_relevant_comes_first(box: Mailbox) -> None:
    box.append("INBOX", letter("Bulletins du trimestre", text="voici"), (), at(1))
    box.append("INBOX", letter("Trimestre", text="les bulletins"), (), at(2))
    box.append("INBOX", letter("Autre chose", text="bulletins, trimestre"), (), at(3))
    found = ["Bulletins du trimestre", "Trimestre", "Autre chose"]
    view = View(order=Order.RELEVANCE, terms=("bulletins", "trimestre"))
    assert subjects(box.look("INBOX", view, 0, 50)) == found
    view = View(order=Order.RELEVANCE, terms=("bulletins", "trimestre"), is_reversed=True)
    assert subjects(box.look("INBOX", view, 0, 50)) == found[::-1]


def test_a_narrowed_list_follows_the_marks(box: Mailbox) -> None:
    refs = fill(box, 3)
    view = View(only=frozenset({Only.UNREAD}))
    first = box.look("INBOX", view, 0, 50)
    assert first.total == 3
    assert box.look("INBOX", view, 0, 50).validator == first.validator
    box.flag(refs[:1], (Flag.SEEN,), ())
    after = box.look("INBOX", view, 0, 50)
    assert subjects(after) == ["Message 3", "Message 2"]
    assert after.validator != first.validator


def test_every_message_of_a_view_can_be_named(box: Mailbox) -> None:
    refs = fill(box, 4)
    sent = box.append("Sent", letter("Parti"), (Flag.SEEN,), at(9))
    box.flag(refs[1:2], (Flag.SEEN,), ())
    assert set(box.refs("INBOX", View())) == set(refs)
    assert set(box.refs("INBOX", View(only=frozenset({Only.UNREAD})))) == set(refs) - {refs[1]}
    everything = next(f.name for f in box.folders() if f.use is Use.ALL)
    assert set(box.refs(everything, View())) == {*refs, sent}
    assert box.refs("Archive", View()) == ()


def test_a_day_has_its_place_in_the_list(box: Mailbox) -> None:
    fill(box, 5)
    day = at(3).date()
    assert box.place("INBOX", View(), at(30).date()) == 0
    assert box.place("INBOX", View(), day.replace(year=day.year - 1)) == 5
    assert box.place("INBOX", View(is_reversed=True), day.replace(year=day.year - 1)) == 0


def test_a_grouped_list_has_a_row_for_each_conversation(box: Mailbox) -> None:
    first = box.append("INBOX", letter("Sujet", Message_ID="<1@x.test>"), (Flag.SEEN,), at(1))
    box.append("INBOX", letter("Autre", Message_ID="<9@x.test>"), (Flag.SEEN,), at(2))
    answer = letter("Re: Sujet", Message_ID="<2@x.test>", In_Reply_To="<1@x.test>", References="<1@x.test>")
    last = box.append("INBOX", answer, (Flag.FLAGGED,), at(3))
    page = box.look("INBOX", View(is_grouped=True), 0, 50)
    assert subjects(page) == ["Re: Sujet", "Autre"]
    assert page.total == 2
    assert (page.rows[0].ref, page.rows[0].others) == (last, (first,))
    assert Flag.SEEN not in page.rows[0].flags
    assert Flag.FLAGGED in page.rows[0].flags
    assert page.rows[1].others == ()
    everything = next(f.name for f in box.folders() if f.use is Use.ALL)
    answered = letter("Re: Sujet", Message_ID="<3@x.test>", In_Reply_To="<2@x.test>", References="<1@x.test>")
    mine = box.append("Sent", answered, (Flag.SEEN,), at(4))
    whole = box.look(everything, View(is_grouped=True), 0, 50)
    assert (whole.rows[0].ref, set(whole.rows[0].others)) == (mine, {first, last})


def test_a_grouped_list_is_in_the_order_of_arrival_whatever_was_moved_in(box: Mailbox) -> None:
    old = box.append("INBOX", letter("Ancien", Message_ID="<1@x.test>"), (), at(1))
    box.append("INBOX", letter("Milieu", Message_ID="<2@x.test>"), (), at(2))
    view = View(is_grouped=True)
    assert subjects(box.look("INBOX", view, 0, 50)) == ["Milieu", "Ancien"]
    box.append("INBOX", letter("Récent", Message_ID="<3@x.test>"), (), at(4))
    (away,) = box.move([old], "Archive")
    box.move([away], "INBOX")
    answer = letter("Re: Ancien", Message_ID="<4@x.test>", In_Reply_To="<1@x.test>", References="<1@x.test>")
    assert subjects(box.look("INBOX", view, 0, 50)) == ["Récent", "Milieu", "Ancien"]
    assert subjects(box.look("INBOX", replace(view, is_reversed=True), 0, 50)) == [
        "Ancien",
        "Milieu",
        "Récent",
    ]
    last = box.append("INBOX", answer, (), at(3))
    page = box.look("INBOX", view, 0, 50)
    assert subjects(page) == ["Récent", "Re: Ancien", "Milieu"]
    assert page.rows[1].ref == last, "the latest speaks for its conversation"


def test_folders_are_made_renamed_and_removed(box: Mailbox) -> None:
    box.create_folder("Élèves")
    box.create_folder("Élèves/6e A")
    ref = box.append("Élèves/6e A", letter("Dedans"), (), at(1))
    own = {f.name: f for f in box.folders() if f.use is Use.OTHER}
    assert (own["Élèves"].depth, own["Élèves/6e A"].depth) == (0, 1)
    assert own["Élèves"].subscribed
    with pytest.raises(FolderRefused):
        box.create_folder("Élèves")
    box.rename_folder("Élèves", "Archive/Élèves")
    names = {f.name: f.subscribed for f in box.folders()}
    assert "Élèves" not in names
    assert names["Archive/Élèves/6e A"]
    assert subjects(box.page("Archive/Élèves/6e A", 0, 50)) == ["Dedans"]
    with pytest.raises(MessageGone):
        box.open(ref)
    box.subscribe("Archive/Élèves", wanted=False)
    assert not next(f for f in box.folders() if f.name == "Archive/Élèves").subscribed
    box.delete_folder("Archive/Élèves/6e A")
    assert "Archive/Élèves/6e A" not in {f.name for f in box.folders()}
    for act in (lambda: box.delete_folder("Rien"), lambda: box.rename_folder("Rien", "Autre")):
        with pytest.raises(FolderGone):
            act()


def test_room_taken_is_told(box: Mailbox) -> None:
    before = box.quota()
    assert before is not None
    box.append("INBOX", letter("Lourd", "x" * 200_000), (), at(1))
    after = box.quota()
    assert after is not None
    assert after.used > before.used + 100_000
    assert after.limit == before.limit > 0


def test_a_row_says_what_kind_of_file_it_brings(box: Mailbox) -> None:
    box.append("INBOX", rich(), (), at(1))
    kind, name = box.page("INBOX", 0, 1).rows[0].summary.attached
    assert kind == "application/pdf"
    assert name.endswith(".pdf")


@pytest.mark.parametrize(("method", "invites"), [("REQUEST", True), ("REPLY", False)])
def test_a_row_says_that_it_invites_and_is_not_among_those_with_files(
    box: Mailbox, method: str, invites: bool
) -> None:
    box.append("INBOX", inviting(method), (), at(1))
    summary = box.page("INBOX", 0, 1).rows[0].summary
    assert (summary.attached == INVITATION, summary.has_attachment) == (invites, False)
    assert box.look("INBOX", View(only=frozenset({Only.ATTACHED})), 0, 9).total == 0


PHRASES = {
    "suite": "Le Conseil de Classe du 6e B",
    "coupe": "Le conseil\nde classe, demain",
    "accents": "Rendez-vous au CONSEIL DÉ CLASSÉ",
    "ailleurs": "La classe tiendra conseil de nouveau",
    "plus long": "Le conseil de classement",
}


def told(box: Mailbox, *terms: str, **more: Any) -> list[str]:
    return sorted(subjects(box.look("INBOX", View(terms=terms, **more), 0, 50)))


def fill_with_phrases(box: Mailbox) -> None:
    for number, (subject, text) in enumerate(PHRASES.items(), 1):
        box.append("INBOX", letter(subject, text), (), at(number))


def test_words_between_quotes_are_found_one_after_the_other_only(box: Mailbox) -> None:
    fill_with_phrases(box)
    assert told(box, "conseil de classe") == ["accents", "coupe", "suite"]
    assert told(box, "conseil de classe", "demain") == ["coupe"]
    assert told(box, "classe conseil") == []


def test_a_phrase_is_looked_for_in_subjects_too(box: Mailbox) -> None:
    box.append("INBOX", letter("Conseil de classe", "Voir plus bas"), (), at(1))
    assert told(box, "conseil de classe") == ["Conseil de classe"]


def test_a_phrase_left_out_leaves_the_same_words_in_another_order(box: Mailbox) -> None:
    fill_with_phrases(box)
    out = Clause(Where.TEXT, "conseil de classe", is_not=True)
    assert told(box, clauses=(out,)) == ["ailleurs", "plus long"]


def test_conversations_and_acts_on_all_are_narrowed_to_a_phrase_as_well(box: Mailbox) -> None:
    fill_with_phrases(box)
    assert told(box, "conseil de classe", is_grouped=True) == ["accents", "coupe", "suite"]
    assert len(box.refs("INBOX", View(terms=("conseil de classe",)))) == 3


def test_several_parts_come_as_each_of_them(box: Mailbox) -> None:
    ref = box.append("INBOX", rich(), (), at(1))
    numbers = [part.number for part in leaves(box.open(ref).root)]
    assert len(numbers) > 1
    together = box.part_contents(ref, [*numbers, "9", "x"])
    assert dict(together) == {number: box.part(ref, number) for number in (*numbers, "9", "x")}
    assert any(together.values())


def test_a_deleted_message_is_taken_back_with_its_flags(opened: Open) -> None:
    with opened() as box:
        ref = box.append("INBOX", letter("Effacé par erreur"), (Flag.SEEN, "label_3"), at(1))
        box.expunge([ref])
        box.create_folder("Projets")
        box.append("Projets", letter("Dans un dossier"), (), at(2))
        box.delete_folder("Projets")
        used = box.quota()
    with opened() as box:
        assert DELETED_MESSAGES not in {folder.name for folder in box.folders()}
        assert used is not None
        assert used.used == 0
        assert subjects(box.page("Virtuel/All", 0, 50)) == []
        page = box.page(DELETED_MESSAGES, 0, 50)
        assert subjects(page) == ["Dans un dossier", "Effacé par erreur"]
        [back] = box.move([page.rows[1].ref], "INBOX")
        assert box.open(back).flags >= {Flag.SEEN, "label_3"}
        assert subjects(box.page(DELETED_MESSAGES, 0, 50)) == ["Dans un dossier"]
