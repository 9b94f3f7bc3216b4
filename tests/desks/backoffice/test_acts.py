"""Every kind of thing the journal can write has words on the screens."""

from collections.abc import Iterable

import pytest

from vaguemestre.desks.backoffice.rules.action_labels import ACTION_LABELS, action_label
from vaguemestre.desks.backoffice.rules.actors import actor_names
from vaguemestre.desks.backoffice.rules.details import details_label
from vaguemestre.desks.backoffice.rules.things import thing_label, things_labelled
from vaguemestre.desks.helpdesk.values import DeskAction
from vaguemestre.people.credentials.values import MailboxState
from vaguemestre.people.lifecycle.values import EventKind
from vaguemestre.post.outbox.values import HoldState
from vaguemestre.schools.lists.values import State
from vaguemestre.schools.sharing.rules.history_labels import HISTORY_LABELS

FAMILIES: dict[str, Iterable[str]] = {
    "credentials.mailbox-": [str(one) for one in MailboxState],
    "helpdesk.": [str(one) for one in DeskAction],
    "lists.letter-": [str(one) for one in State],
    "lifecycle.": [str(one) for one in EventKind],
    "outbox.hold-": [HoldState.RELEASED, HoldState.DISCARDED],
    "": list(HISTORY_LABELS),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_written_from_a_choice_is_said_in_words(family: str) -> None:
    assert [one for one in FAMILIES[family] if f"{family}{one}" not in ACTION_LABELS] == []


def test_what_nobody_put_into_words_is_shown_as_written() -> None:
    assert action_label("future.act") == "future.act"


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"shared": False, "network": "192.0.2.1"}, "ordinateur partagé : non ; réseau : 192.0.2.1"),
        ({"what": "closed_on, successor_id"}, "quoi : fermeture, suite"),
        ({"state": "existing_found"}, "état : avait déjà un NUMEN"),
        ({"until": "2027-08-31", "reason": "", "count": 0}, "jusqu’au : 31/08/2027 ; nombre : 0"),
        (
            {"act": "quota", "state": "awaiting"},
            "acte : taille de boîte ; état : attend une deuxième personne",
        ),
        ({"reason": "outbox.limit"}, "raison : beaucoup de destinataires en peu de temps"),
        ({"future": "x"}, "future : x"),
    ],
)
def test_the_details_of_a_line_are_said_in_words(details: dict[str, object], words: str) -> None:
    assert details_label(details) == words


def test_what_a_line_is_about_is_said_in_words_and_found_by_them() -> None:
    assert thing_label("numen-request:1") == "demande de NUMEN n° 1"
    assert thing_label("domain:ac-lille.fr") == "domaine ac-lille.fr"
    assert thing_label("journal") == "le journal"
    assert thing_label("Nadia Testard") == "Nadia Testard"
    assert things_labelled("Demande de numen n° 1") == ("numen-request:1",)
    assert things_labelled("le journal") == ("journal",)
    assert things_labelled("Nadia Testard") == ()


def test_whoever_is_no_account_is_said_in_words() -> None:
    told = ("applicant", "anybody", "nobody", "cli", "account:7", "account:8")
    said = actor_names(told, lambda numbers: {7: "fmartin"} if 7 in numbers else {})
    assert list(said.values()) == [
        "la personne qui demande",
        "quelqu’un de non connecté",
        "un identifiant inconnu",
        "ligne de commande",
        "fmartin",
        "account:8",
    ]


def test_whom_a_detail_is_about_is_said_by_name() -> None:
    assert details_label({"member": "account:6", "right": "read"}, {"account:6": "mdupont"}) == (
        "membre : mdupont ; droit : lecture"
    )
