"""Every kind of thing the journal can write has words on the screens."""

import pytest

from vaguemestre.backoffice.rules.acts import ACTS, act_said
from vaguemestre.credentials.models import Account
from vaguemestre.helpdesk.values import Act
from vaguemestre.lists.values import State
from vaguemestre.lives.values import Event
from vaguemestre.outbox.models import PassageRow
from vaguemestre.sharing.rules.story import WORDS

FAMILIES = {
    "credentials.mailbox-": list(Account.Mailbox.values),
    "helpdesk.": [str(one) for one in Act],
    "lists.letter-": [str(one) for one in State],
    "lives.": [str(one) for one in Event],
    "outbox.hold-": [PassageRow.Hold.RELEASED, PassageRow.Hold.DISCARDED],
    "": list(WORDS),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_written_from_a_choice_is_said_in_words(family: str) -> None:
    assert [one for one in FAMILIES[family] if f"{family}{one}" not in ACTS] == []


def test_what_nobody_put_into_words_is_shown_as_written() -> None:
    assert act_said("future.act") == "future.act"
