"""The rows written by hand hold nothing but what they should, whatever a message says."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.urls import resolve, reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.samples import at

from vaguemestre.mailbox.webmail.rules.listing.folders import slug
from vaguemestre.mailbox.webmail.rules.listing.rows import Line, LineContext, line_of, one_line
from vaguemestre.mailbox.webmail.views.listing import rows as rows_view
from vaguemestre.mailbox.webmail.views.listing.rows import row_html, rows_html
from vaguemestre.post.mailstore.values import Correspondent, MessageRef, Order, Page, Row, Summary, Use

hostile = st.one_of(
    st.text(max_size=30),
    st.sampled_from(['"><script>alert(1)</script>', "' onclick='x", "&lt;b&gt;", "</li>", "{{ 7*7 }}"]),
)
TODAY = date(2026, 9, 2)


@given(st.text(st.sampled_from("ab \t\n\u00a0\u202f\u200b\u2028é") | st.characters(), max_size=40))
def test_one_line_has_single_spaces_and_nothing_that_cannot_be_printed(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert line == line.strip()
    assert "  " not in line
    printed = "".join(char for char in text if char.isprintable())
    assert line.replace(" ", "") == printed.replace(" ", "")


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.given: dict[str, str | None] = {}
        self.text = ""
        self.addresses: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.given |= dict(attrs)
        self.addresses += [value for name, value in attrs if (tag, name) == ("a", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def line(**changes: Any) -> Line:
    known: dict[str, Any] = {
        "heading": "", "uid": 7, "uid_validity": 3, "folder": "INBOX", "step": "INBOX", "people": "Marie",
        "face": "Marie", "time": "9 h 42", "moment": "2026-09-01", "subject": "Sujet", "preview": "Début",
        "is_unread": True, "is_flagged": True, "is_answered": True, "is_forwarded": True,
        "attached_icon": "paperclip", "is_external": True, "is_draft": False,
    }  # fmt: skip
    return Line(**{**known, **changes})


PLAIN = Seen()
PLAIN.feed(row_html(line(), "/messagerie/"))


@given(hostile, hostile, hostile, hostile)
def test_what_a_message_says_never_becomes_markup(
    subject: str, people: str, preview: str, folder: str
) -> None:
    seen = Seen()
    html = row_html(
        line(subject=subject, people=people, preview=preview, folder=folder, step=folder.replace("/", "~2F")),
        "/m/",
    )
    seen.feed(html)
    assert seen.tags == PLAIN.tags
    assert set(seen.given) == set(PLAIN.given)
    assert "<script" not in html


@pytest.mark.parametrize(("listed", "is_told"), [(Use.ALL, True), (None, True), (Use.DRAFTS, False)])
def test_a_draft_is_told_from_what_was_sent(listed: Use | None, is_told: bool) -> None:
    context = LineContext(TODAY, {"Essai": Use.DRAFTS}, frozenset(), list_use=listed)
    assert ("Brouillon" in row_html(line_of(row(1, 0), context), "/messagerie/")) is is_told


def test_a_row_says_its_marks_in_words() -> None:
    for words in ("Non lu.", "pièce jointe", "répondu", "transféré", "étoile", "Hors de l’académie"):
        assert words in PLAIN.text
    inviting = Seen()
    inviting.feed(row_html(line(attached_icon="calendar-event", is_invitation=True), "/messagerie/"))
    assert "invitation" in inviting.text
    assert "pièce jointe" not in inviting.text
    plain = Seen()
    off = dict.fromkeys(("is_unread", "is_flagged", "is_answered", "is_forwarded", "is_external"), False)
    plain.feed(row_html(line(**off, attached_icon=""), "/messagerie/"))
    assert plain.tags.count("svg") == 1, "only the star, which may be put"
    assert plain.given["aria-pressed"] == "false"
    assert plain.addresses == ["/messagerie/INBOX/3/7/"]


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20))
def test_addresses_written_by_hand_are_those_of_the_paths(folder: str) -> None:
    step = slug(folder)
    written = f"{reverse('webmail:inbox')}{quote(step)}/3/7/"
    assert unquote(written) == unquote(reverse("webmail:open-message", args=(folder, 3, 7)))
    assert resolve(unquote(written)).kwargs == {"folder": folder, "uid_validity": 3, "uid": 7}


def row(uid: int, minutes: int, *flags: str) -> Row:
    marie = Correspondent("Marie", "m@x.test")
    summary = Summary(uid, marie, (marie,), f"Sujet {uid}", at(minutes), "", 10, has_attachment=False)
    return Row(summary, frozenset(flags), MessageRef("Essai", 77, uid))


@pytest.mark.parametrize(
    "address", ["head@ac-amiens.test", "head@AC-Amiens.test", "head@ac-amiens.test.", "head"]
)
def test_in_junk_nobody_of_ours_is_named(address: str) -> None:
    forged = row(1, 5)
    summary = forged.summary._replace(sender=Correspondent("Philippe Vasseur", address))
    uses, own = {"Essai": Use.JUNK}, frozenset({"ac-amiens.test"})
    assert line_of(replace(forged, summary=summary), LineContext(TODAY, uses, own)).people == address
    named = line_of(replace(forged, summary=summary), LineContext(TODAY, {}, own))
    assert (named.people, named.is_external) == ("Philippe Vasseur", address == "head")


def test_rows_stand_under_their_days_and_change_with_their_flags() -> None:
    def shown(*rows: Row) -> str:
        page = Page("Essai", 77, len(rows), 0, 0, rows, "v")
        rows_now = rows_html(page, "marie", here="/m/", today=TODAY, uses={}, own_domains=frozenset())
        return rows_now.decode()

    yesterday, today = row(1, 5), row(2, 24 * 60)
    html = shown(today, row(3, 24 * 60 - 1), yesterday)
    assert html.count('class="day"') == 2
    assert html.index("Aujourd’hui") < html.index("Sujet 2") < html.index("Hier") < html.index("Sujet 1")
    assert shown(yesterday).count('class="row unread"') == 1
    assert shown(row(1, 5, "\\Seen")).count('class="row"') == 1


def test_only_rows_that_came_or_changed_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []

    def noted(line: Line, here: str) -> str:
        written.append(line.uid)
        return row_html(line, here)

    monkeypatch.setattr(rows_view, "row_html", noted)
    for shown, fresh in (
        ((row(2, 5), row(1, 4)), [2, 1]),
        ((row(3, 6), row(2, 5), row(1, 4)), [3]),
        ((row(3, 6), row(2, 5, "\\Seen"), row(1, 4)), [2]),
        ((row(2, 5, "\\Seen"), row(1, 4)), []),
    ):
        page = Page("Neuf", 77, len(shown), 0, 0, shown, "v")
        rows_html(page, "jeanne", here="/m/", today=TODAY, uses={}, own_domains=frozenset())
        assert written == fresh
        written.clear()


def shown_in(order: Order, *, size: int = 1, name: str = "Étienne", days: int = 0) -> Line:
    summary = Summary(1, Correspondent(name, "x@b.fr"), (), "x", at(9 + days * 24), "", size, False)
    row = Row(summary, frozenset(), MessageRef("INBOX", 1, 1))
    return line_of(row, LineContext(TODAY, {"INBOX": Use.INBOX}, frozenset(), order))


@pytest.mark.parametrize(
    ("size", "heading"),
    [
        (99_999, "Moins de 100 ko"),
        (100_000, "De 100 ko à 1 Mo"),
        (1_000_000, "De 1 à 10 Mo"),
        (10_000_000, "Plus de 10 Mo"),
    ],
)
def test_a_list_by_size_is_headed_by_weights_and_says_each(size: int, heading: str) -> None:
    line = shown_in(Order.SIZE, size=size)
    assert line.heading == heading
    assert line.weight


@pytest.mark.parametrize(
    ("name", "heading"), [("Étienne", "E"), ("« zoé »"[2:], "Z"), ("'Anne'", "A"), ("4e B", "#")]
)
def test_a_list_by_sender_is_headed_by_letters(name: str, heading: str) -> None:
    assert shown_in(Order.SENDER, name=name).heading == heading


def test_lists_by_subject_and_by_relevance_have_one_heading_each() -> None:
    assert shown_in(Order.SUBJECT).heading == "Par objet"
    assert shown_in(Order.RELEVANCE).heading == "Par pertinence"
