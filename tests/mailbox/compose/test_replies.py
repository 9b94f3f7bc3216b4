"""An answer goes to the right people under the right subject, tied to what it answers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaguemestre.mailbox.compose.rules.replies import long_date, reply_draft, reply_recipients, reply_subject
from vaguemestre.mailbox.compose.values import Mode
from vaguemestre.post.mailstore.values import Correspondent, MessageRef, OpenedMessage, Part

ME = {"moi@ac-amiens.test", "ancienne@ac-amiens.test", "nmoi@ac-amiens.test"}


def who(address: str, name: str = "") -> Correspondent:
    return Correspondent(name, address)


def original(**changed: Any) -> OpenedMessage:
    given = {
        "ref": MessageRef("INBOX", 1, 42),
        "flags": frozenset(),
        "received": datetime(2026, 11, 25, 8, 42, tzinfo=UTC),
        "size": 1,
        "subject": "Sortie",
        "date": datetime(2026, 11, 25, 8, 42, tzinfo=UTC),
        "sender": (who("parent@dehors.example", "Un parent"),),
        "reply_to": (),
        "to": (who("moi@ac-amiens.test"), who("collegue@ac-amiens.test")),
        "cc": (who("autre@dehors.example"), who("Ancienne@ac-amiens.test")),
        "message_id": "<q@dehors.example>",
        "in_reply_to": "",
        "references": ("<a@x>",),
        "root": Part("1", "text/plain"),
    }
    return OpenedMessage(**{**given, **changed})


def addresses(mode: Mode, message: OpenedMessage) -> tuple[list[str], list[str]]:
    to, cc = reply_recipients(mode, message, ME)
    return [person.address for person in to], [person.address for person in cc]


def test_an_answer_goes_to_the_author_alone() -> None:
    assert addresses(Mode.REPLY, original()) == (["parent@dehors.example"], [])


def test_an_answer_to_all_leaves_oneself_out_under_every_address() -> None:
    to, cc = addresses(Mode.REPLY_ALL, original())
    assert to == ["parent@dehors.example", "collegue@ac-amiens.test"]
    assert cc == ["autre@dehors.example"]


def test_reply_to_comes_before_from() -> None:
    to, _ = addresses(Mode.REPLY, original(reply_to=(who("secretariat@dehors.example"),)))
    assert to == ["secretariat@dehors.example"]


def test_answering_ones_own_message_writes_again_to_its_recipients() -> None:
    mine = original(sender=(who("moi@ac-amiens.test"),), to=(who("parent@dehors.example"),))
    assert addresses(Mode.REPLY, mine) == (["parent@dehors.example"], [])


def test_a_note_to_oneself_is_answered_to_oneself() -> None:
    note = original(sender=(who("moi@ac-amiens.test"),), to=(who("moi@ac-amiens.test"),), cc=())
    assert addresses(Mode.REPLY_ALL, note) == (["moi@ac-amiens.test"], [])


def test_nobody_is_written_twice() -> None:
    twice = original(to=(who("parent@dehors.example"),), cc=(who("PARENT@dehors.example"),))
    assert addresses(Mode.REPLY_ALL, twice) == (["parent@dehors.example"], [])


@pytest.mark.parametrize(
    ("subject", "answered", "forwarded"),
    [
        ("Sortie", "Re: Sortie", "Tr: Sortie"),
        ("Re: Sortie", "Re: Sortie", "Tr: Re: Sortie"),
        ("RE : re: Rép : Sortie", "Re: Sortie", "Tr: RE : re: Rép : Sortie"),
        ("Tr: Sortie", "Re: Tr: Sortie", "Tr: Sortie"),
        ("FWD: TR : Sortie", "Re: FWD: TR : Sortie", "Tr: Sortie"),
        ("Réunion : salle 2", "Re: Réunion : salle 2", "Tr: Réunion : salle 2"),
        ("Reprise", "Re: Reprise", "Tr: Reprise"),
        ("", "Re: ", "Tr: "),
        ("a\r\nBcc: x", "Re: a Bcc: x", "Tr: a Bcc: x"),
    ],
)
def test_subjects_carry_one_mark(subject: str, answered: str, forwarded: str) -> None:
    assert reply_subject(Mode.REPLY, subject) == answered
    assert reply_subject(Mode.FORWARD, subject) == forwarded


@given(st.text(max_size=60))
def test_answering_an_answer_changes_no_subject(subject: str) -> None:
    once = reply_subject(Mode.REPLY, subject)
    assert reply_subject(Mode.REPLY, once) == once


def test_an_answer_is_tied_to_what_it_answers() -> None:
    answer = reply_draft(Mode.REPLY, original(), ME, "<p>Bonjour</p>")
    assert answer.in_reply_to == "<q@dehors.example>"
    assert answer.references == ("<a@x>", "<q@dehors.example>")
    assert answer.to == "Un parent <parent@dehors.example>"
    assert answer.quote == (
        "<p>Le 25 novembre 2026 à 9 h 42, Un parent a écrit :</p>"
        '<blockquote type="cite"><p>Bonjour</p></blockquote>'
    )


def test_without_references_the_thread_continues_by_in_reply_to() -> None:
    answer = reply_draft(Mode.REPLY, original(references=(), in_reply_to="<b@x>"), ME, "")
    assert answer.references == ("<b@x>", "<q@dehors.example>")


def test_a_forward_answers_nobody_and_says_where_it_came_from() -> None:
    answer = reply_draft(Mode.FORWARD, original(), ME, "<p>Bonjour</p>")
    assert (answer.to, answer.cc, answer.in_reply_to) == ("", "", "")
    assert "De : Un parent &lt;parent@dehors.example&gt;<br>Date : 25 novembre 2026 à 9 h 42" in answer.quote


def test_names_of_strangers_are_text_in_the_quotation() -> None:
    hostile = original(sender=(who("x@y.fr", "<img src=x onerror=alert(1)>"),))
    assert "<img" not in reply_draft(Mode.REPLY, hostile, ME, "").quote


def test_the_first_of_the_month_is_written_as_one_says_it() -> None:
    assert long_date(datetime(2026, 2, 28, 23, 30, tzinfo=UTC)) == "1er mars 2026 à 0 h 30"


def test_a_list_is_named_and_its_author_can_be_answered_alone() -> None:
    said = (("list-id", '"Salle des profs" <profs.ac-amiens.test>'),)
    to_list = (who("profs@ac-amiens.test"),)
    answer = reply_draft(Mode.REPLY_ALL, original(fields=said, reply_to=to_list), ME, "")
    assert answer.list_name == "Salle des profs"
    assert answer.author == "Un parent <parent@dehors.example>"
    assert reply_draft(Mode.REPLY_ALL, original(), ME, "").list_name == ""
    assert reply_draft(Mode.REPLY, original(fields=(("list-id", "<abc.x.fr>"),)), ME, "").list_name == "abc"
