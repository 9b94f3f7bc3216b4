"""Names, who is meant, what goes through, what a copy is."""

import email
import email.policy
import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.foundation.kernel.test_parse_cost import nested
from tests.processor import least_seconds
from tests.schools.lists.conftest import message

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.directory.values import ServedPost
from vaguemestre.schools.lists.rules import acceptance, members
from vaguemestre.schools.lists.rules.acceptance import decide
from vaguemestre.schools.lists.rules.arrival import UnreadableLetter, decode_words, parse_message
from vaguemestre.schools.lists.rules.list_address import (
    bounce_address,
    bounce_prefix,
    local_part,
    without_detail,
)
from vaguemestre.schools.lists.rules.list_copy import build_copy, without_files
from vaguemestre.schools.lists.values import (
    AuthorStanding,
    Criteria,
    Files,
    IncomingMessage,
    ListDetails,
    Policy,
    ReplyTo,
    Rule,
    State,
    Writers,
)

ADDRESS = "liste.svt@ac-amiens.test"
SHEET = ListDetails(
    ADDRESS,
    "Professeurs de SVT",
    "http://x/listes/recu/1/",
    "http://x/a",
    ("o@ac-amiens.test",),
    ReplyTo.AUTHOR,
)
OPEN = Policy(Writers.INSIDE, is_moderated=False, refuses_others=False, files=Files.KEEP)
FROM_INSIDE = IncomingMessage("a@ac-amiens.test", "A", "<1@x>", "Objet", 2000, author_id=7)


@pytest.mark.parametrize(
    ("typed", "uai", "made"),
    [
        ("Professeurs de SVT", "", "liste.professeurs-de-svt"),
        ("  Élèves & Œuvres ", "", "liste.eleves-oeuvres"),
        ("conseil", "0800001A", "liste.0800001a.conseil"),
        ("x" * 60, "", "liste." + "x" * 40),
    ],
)
def test_an_address_says_that_it_is_a_lists(typed: str, uai: str, made: str) -> None:
    assert local_part(typed, uai) == made


@pytest.mark.parametrize("typed", ["", "a", "…", "Postmaster", "Owner", "@"])
def test_some_names_are_nobodys(typed: str) -> None:
    with pytest.raises(Refusal, match=r"lists\.name-malformed"):
        local_part(typed)


def test_what_comes_back_comes_to_the_list() -> None:
    for outside in (True, False):
        back = bounce_address(ADDRESS, 12, 3, outside=outside)
        assert without_detail(back) == ADDRESS
        assert back.startswith(bounce_prefix(ADDRESS, 12))
    assert bounce_address(ADDRESS, 12, 3, outside=False) == "liste.svt+l12.3d@ac-amiens.test"


_codes = st.sampled_from(["", "ENS", "DIR", "L1600", "080", "Collège"])
_posts = st.builds(
    ServedPost,
    st.integers(1, 6), _codes, _codes, _codes, _codes, _codes, _codes, _codes, _codes, _codes, st.just("ici"),
)  # fmt: skip
_values = st.lists(_codes.filter(bool), max_size=2).map(tuple)
_criteria = st.builds(Criteria, *[_values] * 9)
_rules = st.builds(
    Rule, st.lists(_criteria, max_size=3).map(tuple), st.lists(_criteria, max_size=2).map(tuple)
)


@given(_rules, st.lists(_posts, max_size=12))
def test_somebody_is_meant_by_one_whole_post_once_and_never_when_left_out(
    rule: Rule, posts: list[ServedPost]
) -> None:
    found = members.people_matching(rule, posts)
    for person in {post.person_id for post in posts}:
        theirs = [post for post in posts if post.person_id == person]
        is_in = any(members.matches(c, post) for c in rule.any for post in theirs)
        is_out = any(members.matches(c, post) for c in rule.besides for post in theirs)
        assert (person in found) == (is_in and not is_out)
    assert all(found.values())


@given(_rules)
def test_a_rule_is_kept_as_it_is(rule: Rule) -> None:
    kept = members.rule_from_json(members.rule_to_json(rule))
    assert kept.any == tuple(one for one in rule.any if not one.is_empty)
    assert kept.besides == tuple(one for one in rule.besides if not one.is_empty)


@pytest.mark.parametrize("name", Criteria.__slots__)
def test_every_criterion_is_asked(name: str) -> None:
    """Under one name here, under another on a post."""
    field = {"categories": "category", "uais": "uai", "corps": "corps"}.get(name, name.removesuffix("s"))
    asked: dict[str, Any] = {field: "x"}
    post = replace(ServedPost(1, "", "", "", "", "", "", "", "", "", "ici"), **asked)
    assert members.matches(Criteria(**{name: ("x", "y")}), post)
    assert not members.matches(Criteria(**{name: ("y",)}), post)


def test_a_post_that_was_left_keeps_somebody_in_and_leaves_nobody_out() -> None:
    left = ServedPost(1, "ENS", "", "", "", "A", "", "", "", "", "Ici", date(2026, 8, 31))
    now = ServedPost(1, "ENS", "", "", "", "B", "", "", "", "", "Là")
    here = Criteria(uais=("A",))
    assert members.people_matching(Rule((here,)), [now, left]) == {1: (f"{members.post_label(left)}",)}
    assert "quitté le 31/08/2026" in members.post_label(left)
    everywhere = Criteria(functions=("ENS",))
    assert 1 in members.people_matching(Rule((everywhere,), (here,)), [now, left])
    assert 1 not in members.people_matching(Rule((everywhere,), (Criteria(uais=("B",)),)), [now, left])


def test_an_empty_rule_means_nobody() -> None:
    post = ServedPost(1, "ENS", "", "", "", "", "", "", "", "", "")
    assert members.people_matching(Rule((Criteria(),)), [post]) == {}


@pytest.mark.parametrize(
    ("writers", "standing", "author", "state"),
    [
        (Writers.ANYBODY, AuthorStanding(), 0, State.SENDING),
        (Writers.INSIDE, AuthorStanding(), 0, State.HELD),
        (Writers.INSIDE, AuthorStanding(), 7, State.SENDING),
        (Writers.MEMBERS, AuthorStanding(), 7, State.HELD),
        (Writers.MEMBERS, AuthorStanding(is_member=True), 7, State.SENDING),
        (Writers.MEMBERS, AuthorStanding(is_member=True), 0, State.HELD),
        (Writers.MANAGERS, AuthorStanding(is_member=True), 7, State.HELD),
        (Writers.MANAGERS, AuthorStanding(is_manager=True), 7, State.SENDING),
    ],
)
def test_who_may_write(writers: Writers, standing: AuthorStanding, author: int, state: State) -> None:
    arrival = replace(FROM_INSIDE, author_id=author)
    assert decide(arrival, replace(OPEN, writers=writers), standing).state is state
    refusing = decide(arrival, replace(OPEN, writers=writers, refuses_others=True), standing).state
    assert refusing is (State.REFUSED if state is State.HELD else state)


def test_machines_loops_and_repetitions_are_dropped_whoever_may_write() -> None:
    keeper = AuthorStanding(is_manager=True)
    for arrival, standing in (
        (replace(FROM_INSIDE, is_automatic=True), keeper),
        (replace(FROM_INSIDE, is_loop=True), keeper),
        (FROM_INSIDE, replace(keeper, is_duplicate=True)),
        (replace(FROM_INSIDE, sender=""), keeper),
    ):
        assert decide(arrival, OPEN, standing).state is State.DROPPED


def test_answers_to_many_wait_for_somebodys_word() -> None:
    answer = replace(FROM_INSIDE, references=("<0@x>",))
    assert decide(answer, OPEN, AuthorStanding(members=acceptance.LARGE_AUDIENCE)).state is State.SENDING
    assert decide(answer, OPEN, AuthorStanding(members=5000)).reason == "lists.answer-to-many"
    assert decide(answer, OPEN, AuthorStanding(members=9, recent_replies=5)).reason == "lists.answers-storm"
    assert decide(answer, OPEN, AuthorStanding(is_manager=True, members=5000)).state is State.SENDING


def test_weight_is_refused_beyond_what_links_can_save() -> None:
    assert decide(replace(FROM_INSIDE, size=1_100_000), OPEN, AuthorStanding()).reason == "lists.too-large"
    heavy = replace(FROM_INSIDE, size=1_100_000, has_files=True)
    assert decide(heavy, OPEN, AuthorStanding()).state is State.SENDING
    assert acceptance.are_files_linked(heavy.size, has_files=True, files=Files.KEEP)


@pytest.mark.parametrize(
    "more",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"From": "MAILER-DAEMON@mail.ac-amiens.test"},
    ],
)
def test_a_machine_is_known(more: dict[str, Any]) -> None:
    arrival, _ = parse_message(message("a@ac-amiens.test", ADDRESS, **more), ADDRESS)
    assert arrival.is_automatic
    assert parse_message(message("a@ac-amiens.test", ADDRESS, return_path=""), ADDRESS)[0].is_automatic


@pytest.mark.parametrize(
    "subject", ["Publicité".encode(), "Publicité".encode("cp1252"), b"=?utf-8?q?Publicit=C3=A9?="]
)
def test_a_subject_is_read_as_copiers_and_old_programs_write_it(subject: bytes) -> None:
    raw = b"From: a@ac-amiens.test\r\nSubject: " + subject + b"\r\n\r\nBonjour"
    assert parse_message(raw, ADDRESS)[0].subject == "Publicité"


def parsed(raw: bytes) -> "email.message.EmailMessage":
    return email.message_from_bytes(raw, policy=email.policy.default)


def copied(raw: bytes, sheet: ListDetails = SHEET, *, author: int = 7, as_links: bool = False) -> bytes:
    arrival, _ = parse_message(raw, ADDRESS)
    arrival = replace(arrival, author_id=author)
    return build_copy(raw, arrival, sheet, boundary="ab" * 16, as_links=as_links, domain="ac-amiens.test")


def test_a_copy_keeps_its_author_and_says_what_lists_say() -> None:
    raw = message(
        "a@ac-amiens.test", ADDRESS, "Réunion", files=10, Disposition_Notification_To="a@ac-amiens.test"
    )
    copy = parsed(copied(raw))
    assert copy["From"] == parsed(raw)["From"]
    assert copy["Subject"] == "Réunion"
    assert "svt.ac-amiens.test" in copy["List-Id"]
    assert copy["List-Unsubscribe"] == "<http://x/listes/recu/1/>"
    assert copy["List-Unsubscribe-Post"] is None, "nobody leaves a list that the directory keeps"
    assert (copy["Sender"], copy["Precedence"], copy["X-Loop"]) == (ADDRESS, "list", ADDRESS)
    assert copy["Disposition-Notification-To"] is None
    assert copy["Return-Path"] is None
    texts = [part.get_content() for part in copy.walk() if part.get_content_type() == "text/plain"]
    assert texts[0].strip() == "Bonjour à tous."
    assert "Pourquoi ai-je reçu ce message ?\nhttp://x/listes/recu/1/" in texts[-1].replace("\r\n", "\n")
    assert [part.get_filename() for part in copy.iter_attachments()] or any(
        part.get_filename() == "Ordre du jour é.pdf" for part in copy.walk()
    )
    assert parse_message(b"Return-Path: <a@b.fr>\r\n" + copied(raw), ADDRESS)[0].is_loop


def test_a_copy_that_may_be_left_offers_one_click() -> None:
    copy = parsed(
        copied(message("a@ac-amiens.test", ADDRESS), replace(SHEET, unsubscribe_url="http://x/q/t/"))
    )
    assert copy["List-Unsubscribe"] == "<http://x/q/t/>"
    assert copy["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(("sender", "author"), [("p@famille.example", 0), ("a@ac-amiens.test", 0)])
def test_nobody_is_written_for_in_a_name_that_was_not_proved(sender: str, author: int) -> None:
    copy = parsed(copied(message(sender, ADDRESS), author=author))
    assert copy["From"].addresses[0].addr_spec == ADDRESS
    assert copy["From"].addresses[0].display_name == "Quelqu’un via Professeurs de SVT"
    assert copy["Reply-To"].addresses[0].addr_spec == sender
    assert len(copy.get_all("From")) == 1


def test_answers_go_where_the_list_says() -> None:
    raw = message("a@ac-amiens.test", ADDRESS, Reply_To="b@ac-amiens.test")
    assert parsed(copied(raw))["Reply-To"] == "b@ac-amiens.test"
    to_list = parsed(copied(raw, replace(SHEET, reply_to=ReplyTo.LIST)))
    assert [one.addr_spec for one in to_list["Reply-To"].addresses] == [ADDRESS]
    to_owners = parsed(copied(raw, replace(SHEET, reply_to=ReplyTo.OWNERS)))
    assert [one.addr_spec for one in to_owners["Reply-To"].addresses] == ["o@ac-amiens.test"]


def test_attachments_left_in_the_archive_are_named_not_sent() -> None:
    raw = message("a@ac-amiens.test", ADDRESS, files=2_000_000)
    copy = copied(raw, as_links=True)
    assert len(copy) < 10_000
    assert not any(part.get_filename() for part in parsed(copy).walk())
    text = [part.get_content() for part in parsed(copy).walk() if part.get_content_type() == "text/plain"]
    assert "Ordre du jour é.pdf (1,9 Mo)" in text[-1]
    assert text[0].strip() == "Bonjour à tous."


@given(st.binary(max_size=300), st.text(max_size=40), st.booleans())
def test_whatever_arrives_a_copy_is_one_message_of_ours(body: bytes, title: str, as_links: bool) -> None:
    raw = b"Return-Path: <a@b.fr>\r\nFrom: X <a@b.fr>\r\nList-Id: <autre>\r\n" + body
    arrival, _ = parse_message(raw, ADDRESS)
    if not arrival.sender:
        return
    sheet = replace(SHEET, title="".join(c for c in title if c.isprintable()) or "t")
    copy = email.message_from_bytes(
        build_copy(raw, arrival, sheet, boundary="ab" * 16, as_links=as_links, domain="ac-amiens.test")
    )
    assert len(copy.get_all("From", [])) == 1
    assert len(copy.get_all("List-Id", [])) == 1
    assert copy["X-Loop"] == ADDRESS
    assert copy.get_content_type() == "multipart/mixed"


def test_parts_in_parts_under_a_million_lines_are_unreadable_at_once() -> None:
    """It was parsed for minutes while the list, and with SQLite the whole database, was locked."""
    before = time.process_time()
    with pytest.raises(UnreadableLetter):
        parse_message(nested(40, 2_000_000), "liste@ac-amiens.test")
    assert time.process_time() - before < 2


def test_words_that_cannot_be_decoded_stay_as_written() -> None:
    assert decode_words("=?utf-8?B?x?= a") == "=?utf-8?B?x?= a"


@pytest.mark.parametrize(
    "content",
    [
        b"Content-Type: application/pdf; name*=idna''%ff.a\r\n\r\n",
        b"Content-Disposition: attachment; filename*=idna''%ff.a\r\n\r\n",
        b"Content-Type: application/pdf; name*=\0''a\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 1_000,
        b"Content-Type: message/rfc822\r\n\r\n" * 100,
    ],
)
def test_what_the_parser_of_mail_stumbles_over_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableLetter):
        parse_message(b"From: a@dehors.example\r\n" + content + b"x", "liste.x@ac-amiens.test")


def test_what_no_copy_can_be_made_of_is_unreadable() -> None:
    """It was accepted, and its copies were tried for three days."""
    with pytest.raises(UnreadableLetter):
        without_files("Content-Type: multipart/mixed; boundary=b\r\n\r\nX: a@é.fr\r\n".encode())


def test_a_copy_without_files_keeps_fields_as_written_however_many_their_words() -> None:
    """The first kind held the worker of lists for a minute, for each batch of copies."""
    head = b"From: a@dehors.example\r\nX-Words: " + b"[ " * 45_000 + b"\r\n"
    folded = "Subject: Réunion\r\n du conseil\r\n".encode()
    entity = b"Content-Type: application/pdf; name=x\r\n\r\nx"
    raw = head + folded + entity
    assert least_seconds(lambda: without_files(raw), 0.5) < 0.5
    content, files = without_files(raw)
    assert folded in content
    assert [file.name for file in files] == ["x"]
