"""Meetings that their organiser moves, cancels or repeats: an answer holds for the times it was given for."""

import pytest
from django.test import Client
from tests.answers import as_typed
from tests.corpus.files import calendar
from tests.mailbox.webmail.cards.test_one_click import invitation
from tests.mailbox.webmail.conftest import address, put
from tests.mailbox.webmail.views.test_messages import PIECE

from vaguemestre.engines.memory.mailbox import MemoryMailbox
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
