"""Every kind of thing the journal can write has words on the screens."""

import pytest

from vaguemestre.desks.backoffice.rules.actors import actors_in
from vaguemestre.desks.backoffice.rules.acts import ACTS, act_said
from vaguemestre.desks.backoffice.rules.details import details_said
from vaguemestre.desks.helpdesk.values import Act
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.lifecycle.values import Event
from vaguemestre.post.outbox.models import Submission
from vaguemestre.schools.lists.values import State
from vaguemestre.schools.sharing.rules.story import WORDS

FAMILIES = {
    "credentials.mailbox-": list(Account.Mailbox.values),
    "helpdesk.": [str(one) for one in Act],
    "lists.letter-": [str(one) for one in State],
    "lifecycle.": [str(one) for one in Event],
    "outbox.hold-": [Submission.Hold.RELEASED, Submission.Hold.DISCARDED],
    "": list(WORDS),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_written_from_a_choice_is_said_in_words(family: str) -> None:
    assert [one for one in FAMILIES[family] if f"{family}{one}" not in ACTS] == []


def test_what_nobody_put_into_words_is_shown_as_written() -> None:
    assert act_said("future.act") == "future.act"


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"shared": False, "network": "192.0.2.1"}, "ordinateur partagé : non ; réseau : 192.0.2.1"),
        ({"what": "closed_on, successor_id"}, "quoi : fermeture, suite"),
        ({"state": "existing_found"}, "état : avait déjà un NUMEN"),
        ({"until": "2027-08-31", "reason": "", "count": 0}, "jusqu’au : 31/08/2027 ; nombre : 0"),
        ({"future": "x"}, "future : x"),
    ],
)
def test_the_details_of_a_line_are_said_in_words(details: dict[str, object], words: str) -> None:
    assert details_said(details) == words


def test_whoever_is_no_account_is_said_in_words() -> None:
    told = ("applicant", "anybody", "nobody", "cli", "account:7", "account:8")
    said = actors_in(told, lambda numbers: {7: "fmartin"} if 7 in numbers else {})
    assert list(said.values()) == [
        "la personne qui demande",
        "quelqu’un de non connecté",
        "un identifiant inconnu",
        "ligne de commande",
        "fmartin",
        "account:8",
    ]
