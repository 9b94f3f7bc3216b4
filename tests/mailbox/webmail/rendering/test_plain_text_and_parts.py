"""The reader's small decisions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st
from tests.mailbox.webmail.rendered_html import seen

from vaguemestre.foundation.ui.files.attachments import disposition
from vaguemestre.mailbox.webmail.ports import TooComplex
from vaguemestre.mailbox.webmail.rules import french
from vaguemestre.mailbox.webmail.rules.listing import folders, rows, search_query
from vaguemestre.mailbox.webmail.rules.rendering import enclosed, kinds, parts, plain
from vaguemestre.mailbox.webmail.rules.rendering.header import recipients_line
from vaguemestre.mailbox.webmail.rules.rendering.html import links
from vaguemestre.mailbox.webmail.services.message.enclosed import EnclosedMessage
from vaguemestre.post.mailstore.values import (
    INVITATION,
    Correspondent,
    Folder,
    MessageRef,
    Part,
    Row,
    Summary,
    Use,
)

TODAY = date(2026, 11, 25)  # a Wednesday


def at(day: int, hour: int = 9, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour - 1, 42, tzinfo=UTC)  # Paris is an hour ahead in winter


@pytest.mark.parametrize(
    ("moment", "heading", "time", "long"),
    [
        (at(25), "Aujourd’hui", "9 h 42", "aujourd’hui à 9 h 42"),
        (at(24, 18), "Hier", "18 h 42", "hier à 18 h 42"),
        (at(23), "Lundi 23 novembre", "9 h 42", "lundi 23 novembre 2026 à 9 h 42"),
        (at(20), "La semaine dernière", "20 nov.", "vendredi 20 novembre 2026 à 9 h 42"),
        (at(2), "Novembre 2026", "2 nov.", "lundi 2 novembre 2026 à 9 h 42"),
        (at(1, month=12, year=2025), "Décembre 2025", "01/12/2025", "lundi 1er décembre 2025 à 9 h 42"),
        (at(27), "À venir", "27 nov.", "vendredi 27 novembre 2026 à 9 h 42"),
    ],
)
def test_dates_in_words(moment: datetime, heading: str, time: str, long: str) -> None:
    assert french.heading(moment, TODAY) == heading
    assert french.row_time(moment, TODAY) == time
    assert french.long_date(moment, TODAY) == long


def test_yesterday_of_a_monday_is_near_too() -> None:
    monday = date(2026, 11, 23)
    assert french.heading(at(22), monday) == "Hier"
    assert french.row_time(at(22), monday) == "9 h 42"


def test_a_line_of_a_conversation_says_its_day_unless_it_is_today() -> None:
    thursday = date(2026, 11, 26)
    said = [french.day_and_hour(at(day), thursday) for day in (26, 25, 23, 12)]
    assert said == ["9 h 42", "hier 9 h 42", "23 nov. 9 h 42", "12 nov. 9 h 42"]


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.dates())
def test_any_date_has_words(moment: datetime, today: date) -> None:
    assert french.heading(moment, today)
    assert french.row_time(moment, today)
    assert french.long_date(moment, today)


# Plain text


@given(st.text(max_size=300))
def test_plain_text_loses_no_word_and_gains_no_tag(text: str) -> None:
    found = seen(plain.html_of(text))
    assert found.tags <= {"div", "br", "blockquote", "a"}
    assert found.attributes <= {"class", "href", "target", "rel"}
    quoteless = "".join(text.replace("\x00", "").replace(">", "").split())
    assert "".join(found.text.replace(">", "").split()) == quoteless


def test_plain_text_can_open_no_tag() -> None:
    html = plain.html_of(
        '<script>alert(1)</script> http://a.fr/"><img src=x onerror=alert(1)> [a](javascript:1)'
    )
    assert "<script" not in html
    assert "<img" not in html
    assert seen(html).links[0]["href"] == "http://a.fr/"


def test_quotes_are_nested_and_links_are_links() -> None:
    html = plain.html_of("Oui.\n> Non ?\n>> Peut-être, voir www.education.fr/a_(b).\nmarie@ac-amiens.test")
    assert html.count("<blockquote>") == 2
    assert [link["href"] for link in seen(html).links] == [
        "http://www.education.fr/a_(b)",
        "mailto:marie@ac-amiens.test",
    ]


def test_flowed_text_is_joined_again() -> None:
    long = "Ceci est une ligne assez longue pour être coulée par un programme. "
    html = plain.html_of(f"{long}\n{long}\nFin.\n-- \nMarie")
    assert "programme. Ceci" in html
    assert "<br>-- <br>Marie" in html


def test_a_text_that_says_it_flows_is_joined_whatever_its_length() -> None:
    text = "Une ligne qui \nse poursuit.\n> cité et \n> poursuivi\n From protégé\n"
    html = plain.html_of(text, "flowed")
    assert "Une ligne qui se poursuit." in html
    assert "cité et poursuivi" in html
    assert ">From protégé" in html
    assert "infini</div>" in plain.html_of("in \nfini", "delsp")
    assert plain.flow_of("Flowed", "YES") == "delsp"
    assert plain.flow_of("fixed", "yes") == ""


@given(st.text(max_size=200))
def test_a_line_cut_into_pieces_is_the_same_line(line: str) -> None:
    assert "".join(piece.text for piece in links.split_links(line)) == line


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://a.fr/x", "https://a.fr/x"),
        ("  HTTPS://a.fr", "HTTPS://a.fr"),
        ("mailto:a@b.fr", "mailto:a@b.fr"),
        ("java\nscript:alert(1)", None),
        ("http://", None),
        ("http://[", None),
        ("/deconnexion", None),
        ("//a.fr", None),
        ("#haut", None),
        ("data:text/html,x", None),
        ("https://a.fr/\u202efdp.exe", "https://a.fr/fdp.exe"),
    ],
)
def test_which_addresses_are_followed(given: str, kept: str | None) -> None:
    assert links.safe_href(given) == kept


# Structures

leaf = st.builds(
    Part,
    number=st.just("1"),
    kind=st.sampled_from(["text/plain", "text/html", "image/png", "application/pdf", "message/rfc822",
                          "text/calendar",
                          "application/pgp-signature", "application/ms-tnef", "x/y"]),
    name=st.sampled_from(["", "a.pdf"]),
    content_id=st.sampled_from(["", "<a@b>"]),
    disposition=st.sampled_from(["", "inline", "attachment"]),
)  # fmt: skip
tree = st.recursive(
    leaf,
    lambda inner: st.builds(
        Part,
        number=st.just(""),
        kind=st.sampled_from(["multipart/mixed", "multipart/alternative", "multipart/related",
                              "multipart/signed",
                              "multipart/report", "multipart/x-unknown"]),
        children=st.lists(inner, max_size=5).map(tuple),
    ),
    max_leaves=25,
)  # fmt: skip


@given(tree, st.booleans())
def test_every_leaf_is_found_once_whatever_the_tree(root: Part, is_plain: bool) -> None:
    found = parts.choose_parts(root, plain=is_plain)
    kept = [*found.bodies, *found.inside, *found.beside, *found.other, *found.signatures]
    leaves = [part for part in parts.leaves_of(root) if not part.kind.startswith("multipart/")]
    assert len(kept) == len(leaves)
    assert {id(part) for part in kept} == {id(part) for part in leaves} or len(kept) == len(leaves)
    assert all(part.kind in {"text/plain", "text/html"} for part in found.bodies)


def test_a_tree_without_end_comes_to_one() -> None:
    root = Part("1", "text/plain")
    for _ in range(5_000):
        root = Part("", "multipart/mixed", children=(root,))
    found = parts.choose_parts(root)
    assert (found.beside, found.bodies) == ((), ())
    assert found.is_too_much


def test_three_thousand_parts_are_too_much_to_list() -> None:
    root = Part("", "multipart/mixed", children=tuple(Part(str(n), "image/png") for n in range(3_000)))
    found = parts.choose_parts(root)
    assert found.is_too_much
    assert len(found.beside) == parts.MAX_LEAVES


def test_the_richest_alternative_is_read_and_the_other_kept_in_reach() -> None:
    text, html = Part("1", "text/plain"), Part("2.1", "text/html")
    picture = Part("2.2", "image/png", content_id="<logo>")
    root = Part(
        "", "multipart/alternative", children=(text, Part("2", "multipart/related", children=(html, picture)))
    )
    assert parts.choose_parts(root).bodies == (html,)
    assert parts.choose_parts(root).inside == (picture,)
    assert parts.choose_parts(root).other == (text,)
    assert parts.choose_parts(root, plain=True).bodies == (text,)


def test_a_page_without_an_octet_does_not_hide_the_text() -> None:
    text, html = Part("1", "text/plain", size=2000), Part("2", "text/html", size=0)
    root = Part("", "multipart/alternative", children=(text, html))
    assert parts.choose_parts(root).bodies == (text,)


def test_an_invitation_beside_its_text_is_a_file() -> None:
    text, calendar = Part("1", "text/plain"), Part("2", "text/calendar")
    found = parts.choose_parts(Part("", "multipart/alternative", children=(text, calendar)))
    assert (found.bodies, found.beside) == ((text,), (calendar,))


def test_a_lone_named_text_is_still_read() -> None:
    note = Part("1", "text/plain", name="note.txt")
    assert parts.choose_parts(note).bodies == (note,)


def test_a_message_inside_is_a_file() -> None:
    inner = Part("2", "message/rfc822", children=(Part("2.1", "text/plain"),))
    root = Part("", "multipart/mixed", children=(Part("1", "text/plain"), inner))
    assert parts.choose_parts(root).beside == (inner,)
    assert parts.find_part(root, "2.1") is not None


# Names, kinds, questions


@given(st.text(min_size=1, max_size=40))
def test_any_folder_has_one_step_and_comes_back(name: str) -> None:
    step = folders.slug(name)
    assert "/" not in step
    assert step not in {".", ".."}
    assert folders.folder_of_slug(step) == name


def test_no_folder_takes_an_address_of_another_room() -> None:
    """The reader answers first under its own step, for any word that may be a folder."""
    under = {
        str(one.pattern).removeprefix("messagerie/").partition("/")[0]
        for room in get_resolver().url_patterns
        for one in (room, *getattr(room, "url_patterns", ()))
        if str(one.pattern).startswith("messagerie/")
    } - {""}
    assert under >= {"ecrire", "envois", "fichiers"}
    for step in under:
        assert folders.folder_of_slug(step) is None
        assert folders.folder_of_slug(folders.slug(step)) == step


def test_special_folders_have_french_names() -> None:
    assert folders.display_name(Folder("INBOX", Use.INBOX, 0, 0)) == "Boîte de réception"
    assert folders.display_name(Folder("Projets/2026", Use.OTHER, 0, 0)) == "2026"


@given(st.text(max_size=300), st.text(max_size=30))
def test_a_file_name_is_safe_to_save(name: str, kind: str) -> None:
    safe = kinds.file_name(name, kind, "1.2")
    assert safe
    assert not set(safe) & set("/\\\r\n\x00\u202e")
    assert not safe.startswith(".")
    header = disposition(safe, inline=False)
    assert header.isascii()
    assert not set(header) & set("\r\n")


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"<svg onload=alert(1)>", ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_what_its_bytes_say(start: bytes, kind: str) -> None:
    assert kinds.picture_kind(start) == kind


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("conseil classe", ("conseil", "classe")),
        ('"conseil de classe" 4e', ("conseil de classe", "4e")),
        ("« conseil de classe »", ("conseil de classe",)),
        ('"non fermé', ("non", "fermé")),
        ("a a  a", ("a",)),
        ("", ()),
        ('""', ()),
        ("x\r\nA1 LOGOUT", ("x", "A1", "LOGOUT")),
    ],
)
def test_what_is_typed_becomes_terms(typed: str, terms: tuple[str, ...]) -> None:
    assert search_query.plain_terms(typed) == terms


@given(st.text(max_size=600))
def test_terms_hold_no_control_and_are_few(typed: str) -> None:
    found = search_query.plain_terms(typed)
    assert len(found) <= search_query.MAX_TERMS
    assert all(term.isprintable() and term.strip() == term and term for term in found)


# Rows and headers


def test_a_row_in_words() -> None:
    summary = Summary(
        4, Correspondent("", "parent@dehors.example"), (), "", at(25), "a\nb", 9, has_attachment=True
    )
    row = Row(summary, frozenset({"\\Answered"}), MessageRef("4e B/x", 7, 4))
    (line,) = rows.lines_of([row], today=TODAY, uses={}, own_domains=frozenset({"ac-amiens.test"}))
    assert (line.people, line.subject, line.preview) == ("parent@dehors.example", "(sans objet)", "a b")
    assert (line.step, line.is_unread, line.is_answered, line.is_external) == ("4e B~2Fx", True, True, True)
    assert (line.attached_icon, line.is_invitation) == ("paperclip", False)
    inviting = replace(row, summary=summary._replace(has_attachment=False, attached=INVITATION))
    (line,) = rows.lines_of([inviting], today=TODAY, uses={}, own_domains=frozenset())
    assert (line.attached_icon, line.is_invitation) == ("calendar-event", True)


def test_a_heading_is_said_once() -> None:
    def row(uid: int, moment: datetime) -> Row:
        summary = Summary(uid, Correspondent("A", "a@b.fr"), (), "x", moment, "", 1, has_attachment=False)
        return Row(summary, frozenset(), MessageRef("INBOX", 1, uid))

    found = [row(3, at(25)), row(2, at(25) - timedelta(minutes=5)), row(1, at(24))]
    headings = [line.heading for line in rows.lines_of(found, today=TODAY, uses={}, own_domains=frozenset())]
    assert headings == ["Aujourd’hui", "", "Hier"]


def test_a_message_sent_to_hidden_recipients_says_whom_it_went_to() -> None:
    me, karim = Correspondent("Moi", "moi@a.fr"), Correspondent("Karim Benali", "k@a.fr")
    for copied, told in (
        ({"cc": (karim,)}, "Cc : Karim Benali"),
        ({"bcc": (karim, me)}, "Cci : Karim Benali, Moi"),
        ({}, "(sans destinataire)"),
    ):
        summary = Summary(1, me, (), "x", at(25), "", 1, has_attachment=False, **copied)
        row = Row(summary, frozenset(), MessageRef("Sent", 1, 1))
        (line,) = rows.lines_of([row], today=TODAY, uses={"Sent": Use.SENT}, own_domains=frozenset())
        assert line.people == told


def test_recipients_in_words() -> None:
    me, karim = Correspondent("Moi", "Moi@a.fr"), Correspondent("Karim Benali", "k@a.fr")
    crowd = [Correspondent("", f"{n}@a.fr") for n in range(9)]
    assert recipients_line([me], {"moi@a.fr"}) == "à moi"
    assert recipients_line([karim, me], {"moi@a.fr"}) == "à moi et Karim Benali"
    assert recipients_line([me, karim, *crowd], {"moi@a.fr"}) == "à moi, Karim Benali, 0@a.fr et 8 autres"
    assert recipients_line([], ()) == "sans destinataire visible"


def test_a_row_gives_an_address_of_ours_the_directorys_name_and_none_in_junk() -> None:
    head = "philippe.vasseur@ac-amiens.test"
    summary = Summary(
        1,
        Correspondent("Le chef", head),
        (),
        "x",
        datetime(2026, 11, 25, tzinfo=UTC),
        "",
        10,
        has_attachment=False,
    )
    shown = [
        next(
            rows.lines_of(
                [Row(summary, frozenset(), MessageRef(folder, 1, 1))],
                today=TODAY,
                uses={"Junk": Use.JUNK},
                own_domains=frozenset({"ac-amiens.test"}),
                names={head: "Philippe Vasseur"},
            )
        ).people
        for folder in ("INBOX", "Junk")
    ]
    assert shown == ["Philippe Vasseur", head]


def test_an_enclosed_message_that_the_parser_stumbles_over_is_too_complex() -> None:
    """The page of the message that encloses it answered that it had failed."""
    raw = b"Content-Disposition: attachment; filename*=\0''a\r\n\r\nx"
    with pytest.raises(TooComplex):
        EnclosedMessage(raw, MessageRef("INBOX", 1, 1))


@pytest.mark.parametrize("charset", [b"idna", b"undefined", b'"\x00"', b"punycode"])
def test_an_enclosed_message_of_a_charset_that_decodes_nothing_opens(charset: bytes) -> None:
    raw = b"Subject: dedans\nContent-Type: text/plain; charset=" + charset + b"\n\nBonj\xe9our\n"
    opened, parts = enclosed.parse_message(raw, MessageRef("INBOX", 1, 1))
    assert opened.subject == "dedans"
    assert enclosed.content_of(parts["1"]) == b"Bonj\xe9our\n"
