"""Meetings that their organiser moves, cancels or repeats: an answer holds for the times it was given for."""

import pytest
from django.test import Client
from tests.answers import as_typed
from tests.corpus.files import calendar
from tests.mailbox.webmail.cards.test_one_click import invitation
from tests.mailbox.webmail.conftest import address, put
from tests.mailbox.webmail.views.test_messages import PIECE

from vaguemestre.engines.memory.mailbox import MemoryMailbox
from vaguemestre.mailbox.calendar.models import Engagement
from vaguemestre.mailbox.webmail.rules.cards.invitations import parse_invitation
from vaguemestre.post.mailstore.values import MessageRef

pytestmark = pytest.mark.django_db
FRIDAY = {"DTSTART": "20261211T080000Z", "DTEND": "20261211T090000Z", "SEQUENCE": "1"}
PRESSED = 'aria-pressed="true"'


def card_of(reader: Client, ref: MessageRef) -> str:
    return as_typed(reader.get(address(ref, "carte/invitation/2/"), headers=PIECE).content.decode())


def reply(reader: Client, ref: MessageRef, answer: str) -> None:
    assert reader.post(address(ref, "reponse/2/"), {"answer": answer}, headers=PIECE).status_code == 200


def test_a_meeting_that_was_moved_is_to_be_answered_again(reader: Client, box: MemoryMailbox) -> None:
    first, moved = put(box, invitation()), put(box, invitation(**FRIDAY))
    reply(reader, first, "ACCEPTED")
    card = card_of(reader, moved)
    assert PRESSED not in card
    assert "vous aviez accepté pour lundi 7 décembre 2026, de 14 h à 15 h 30. Répondez de nouveau." in card
    reply(reader, moved, "DECLINED")
    assert PRESSED in card_of(reader, moved)
    card = card_of(reader, first)
    assert "a été déplacé depuis : vendredi 11 décembre 2026, de 9 h à 10 h, que vous avez décliné" in card
    assert "Accepter" not in card


def test_a_new_revision_at_the_same_times_keeps_the_answer(reader: Client, box: MemoryMailbox) -> None:
    reply(reader, put(box, invitation()), "TENTATIVE")
    card = card_of(reader, put(box, invitation(SEQUENCE="4", LOCATION="Salle 3")))
    assert PRESSED in card
    assert "a changé" not in card


def test_one_occurrence_moved_alone_is_no_move_of_the_series(reader: Client, box: MemoryMailbox) -> None:
    reply(reader, put(box, invitation(RRULE="FREQ=WEEKLY")), "ACCEPTED")
    moved = {**FRIDAY, "RECURRENCE-ID": "20261214T130000Z"}
    card = card_of(reader, put(box, invitation(**moved)))
    assert PRESSED not in card
    assert "a changé" not in card


def test_an_invitation_to_a_meeting_cancelled_since_takes_no_answer(
    reader: Client, box: MemoryMailbox
) -> None:
    first, cancelled = put(box, invitation()), put(box, invitation(method="CANCEL", SEQUENCE="1"))
    reply(reader, first, "ACCEPTED")
    assert reader.post(address(cancelled, "liberer/2/"), headers=PIECE).status_code == 200
    card = card_of(reader, first)
    assert "annulé depuis par son organisateur" in card
    assert "Accepter" not in card
    assert "Accepter" in card_of(reader, put(box, invitation(SEQUENCE="2"))), "held after all"


def test_the_older_letters_of_a_moved_meeting_say_so_before_the_new_one_is_answered(
    reader: Client, box: MemoryMailbox
) -> None:
    first, moved = put(box, invitation()), put(box, invitation(**FRIDAY))
    reply(reader, first, "ACCEPTED")
    card_of(reader, moved)
    card = card_of(reader, first)
    assert "a été déplacé depuis : vendredi 11 décembre 2026, de 9 h à 10 h" in card
    assert "Accepter" not in card
    assert "En même temps que" not in card_of(reader, put(box, invitation("autre@dehors.example")))
    assert "vous aviez accepté" in card_of(reader, moved), "still to be answered"
    back = put(box, invitation(SEQUENCE="2"))
    assert PRESSED in card_of(reader, back), "back at its first time"
    assert "déplacé depuis : lundi 7 décembre" in card_of(reader, moved)


def titled(content: bytes) -> bytes:
    """The letter, whose subject names the meeting."""
    subject = b"Subject: =?utf-8?q?Mis_=C3=A0_jour_=3A_R=C3=A9union_d=E2=80=99=C3=A9quipe?="
    return content.replace(b"Subject: Invitation", subject)


def test_a_meeting_moved_by_a_letter_not_opened_yet_stands_where_it_was_moved(
    reader: Client, box: MemoryMailbox
) -> None:
    first, other = put(box, invitation()), put(box, invitation("autre@dehors.example"))
    reply(reader, first, "ACCEPTED")
    forged = by_stranger(invitation(**{**FRIDAY, "SEQUENCE": "9"}), b"ines.roy@dehors.example")
    put(box, titled(forged))
    assert "En même temps que" in card_of(reader, other)
    put(box, titled(invitation(**FRIDAY)))
    assert "En même temps que" not in card_of(reader, other)
    assert "a été déplacé depuis : vendredi 11 décembre 2026, de 9 h à 10 h" in card_of(reader, first)


def test_a_letter_not_opened_yet_adds_no_meeting(reader: Client, box: MemoryMailbox) -> None:
    first = put(box, invitation())
    put(box, titled(invitation(**FRIDAY)))
    card_of(reader, first)
    assert not Engagement.objects.exists()


@pytest.mark.parametrize("is_answered", [True, False])
def test_every_letter_of_a_cancelled_meeting_says_so_once_its_cancellation_was_read(
    reader: Client, box: MemoryMailbox, *, is_answered: bool
) -> None:
    first, moved = put(box, invitation()), put(box, invitation(**FRIDAY))
    if is_answered:
        reply(reader, first, "ACCEPTED")
    cancelled = put(box, invitation(method="CANCEL", **{**FRIDAY, "SEQUENCE": "2"}))
    assert "Libérer" not in card_of(reader, cancelled), "its time is free already"
    for letter in (first, moved):
        card = card_of(reader, letter)
        assert "annulé depuis par son organisateur" in card
        assert "Accepter" not in card
    assert "En même temps que" not in card_of(reader, put(box, invitation("autre@dehors.example")))


def by_stranger(content: bytes, organiser: bytes = b"pirate@ailleurs.example") -> bytes:
    """The letter as somebody else writes it, who calls `organiser` its organiser."""
    lines = content.replace(b"From: ines.roy@dehors.example", b"From: pirate@ailleurs.example")
    return lines.replace(b"mailto:ines.roy@dehors.example", b"mailto:" + organiser)


def test_another_organisers_letters_with_the_same_uid_are_of_another_meeting(
    reader: Client, box: MemoryMailbox
) -> None:
    first = put(box, invitation())
    reply(reader, first, "ACCEPTED")
    card = card_of(reader, put(box, by_stranger(invitation(**FRIDAY))))
    assert "vous aviez" not in card
    assert "Accepter" in card
    card = card_of(reader, put(box, by_stranger(invitation(method="CANCEL", SEQUENCE="9"))))
    assert "Libérer" not in card
    assert PRESSED in card_of(reader, first)
    same = put(box, by_stranger(invitation(SEQUENCE="10")))
    assert "En même temps que" in card_of(reader, same)
    reply(reader, same, "DECLINED")
    assert "Vous avez accepté" in card_of(reader, first)


def test_a_stranger_who_calls_the_organiser_theirs_is_told_and_changes_nothing(
    reader: Client, box: MemoryMailbox
) -> None:
    first = put(box, invitation())
    reply(reader, first, "ACCEPTED")
    for method in ("REQUEST", "CANCEL"):
        forged = by_stranger(
            invitation(method=method, **{**FRIDAY, "SEQUENCE": "9"}), b"ines.roy@dehors.example"
        )
        card = card_of(reader, put(box, forged))
        assert "ne vient pas de l’organisateur" in card
        assert "Le rendez-vous a changé" not in card
        assert "modifiée" not in card
        assert "Libérer" not in card
        assert PRESSED in card_of(reader, first)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;COUNT=10", "toutes les semaines, 10 fois"),
        ("FREQ=WEEKLY;INTERVAL=2", "toutes les 2 semaines"),
        ("FREQ=DAILY;UNTIL=20270209T225959Z", "tous les jours, jusqu’au mardi 9 février 2027"),
        ("FREQ=MONTHLY", "tous les mois"),
        ("FREQ=HOURLY", ""),
    ],
)
def test_how_a_meeting_repeats_is_said_to_its_end(rule: str, words: str) -> None:
    read = parse_invitation(calendar("REQUEST", RRULE=rule))
    assert read is not None
    assert read.repeats == words


def proved(content: bytes) -> bytes:
    """The letter as our MX takes it from the organiser's own domain."""
    fields = (
        b"Vaguemestre-Arrival: mx\r\n"
        b"Authentication-Results: mail.ac-amiens.test; dmarc=pass header.from=dehors.example\r\n"
    )
    return fields + content


UNPROVED = "Rien ne prouve que ce courriel vienne de l’organisateur"


@pytest.mark.parametrize("is_opened", [True, False])
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_a_letter_that_proves_less_than_the_invitation_that_was_answered_changes_nothing(
    reader: Client, box: MemoryMailbox, method: str, *, is_opened: bool
) -> None:
    first, other = put(box, proved(invitation())), put(box, invitation("autre@dehors.example"))
    reply(reader, first, "ACCEPTED")
    later = put(box, titled(invitation(method=method, **{**FRIDAY, "SEQUENCE": "9"})))
    if is_opened:
        card = card_of(reader, later)
        assert UNPROVED in card
        assert "Libérer" not in card
        assert "Le rendez-vous a changé" not in card
        assert reader.post(address(later, "liberer/2/"), headers=PIECE).status_code == 422
    assert "En même temps que" in card_of(reader, other)
    assert PRESSED in card_of(reader, first)
    assert UNPROVED not in card_of(reader, first)


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_a_letter_as_well_proved_as_the_invitation_that_was_answered_is_believed(
    reader: Client, box: MemoryMailbox, method: str
) -> None:
    first, other = put(box, proved(invitation())), put(box, invitation("autre@dehors.example"))
    reply(reader, first, "ACCEPTED")
    assert UNPROVED not in card_of(reader, put(box, proved(invitation(method=method, **FRIDAY))))
    assert "En même temps que" not in card_of(reader, other)
    assert "depuis" in card_of(reader, first)


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_a_proved_invitation_owes_nothing_to_what_was_seen_unproved_before_it(
    reader: Client, box: MemoryMailbox, method: str
) -> None:
    last = str(2**31 - 1)
    card_of(reader, put(box, invitation(method=method, **{**FRIDAY, "SEQUENCE": last})))
    first = put(box, proved(invitation()))
    card = card_of(reader, first)
    assert "depuis" not in card
    assert "Accepter" in card
    reply(reader, first, "ACCEPTED")
    cancelled = put(box, proved(invitation(method="CANCEL", SEQUENCE="1")))
    assert UNPROVED not in card_of(reader, cancelled)
    assert "annulé depuis" in card_of(reader, first)


def test_an_answer_to_an_unproved_invitation_yields_to_the_proved_one(
    reader: Client, box: MemoryMailbox
) -> None:
    last = str(2**31 - 1)
    reply(reader, put(box, invitation(**{**FRIDAY, "SEQUENCE": last})), "ACCEPTED")
    first = put(box, proved(invitation()))
    assert "vous aviez accepté pour vendredi 11 décembre" in card_of(reader, first)
    reply(reader, first, "DECLINED")
    assert PRESSED in card_of(reader, first)
