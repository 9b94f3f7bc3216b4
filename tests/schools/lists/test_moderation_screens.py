"""What the pages of moderation say: who is told of a refusal, who decided, what is still to decide."""

import pytest
from tests.answers import as_typed
from tests.schools.lists.conftest import address_of, arrives, made, message, signed_in

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.schools.lists import services
from vaguemestre.schools.lists.models import ListLetter, MailingList
from vaguemestre.schools.lists.values import Role, Writers

pytestmark = [pytest.mark.heavy, pytest.mark.django_db(transaction=True)]
PARENT = "papa@famille.example"


@pytest.fixture
def row(owner: Account) -> MailingList:
    return made(owner, writers=Writers.ANYBODY, is_moderated=True)


def held(mailboxes: MemoryMailboxes, row: MailingList, sender: str) -> ListLetter:
    return arrives(mailboxes, row, message(sender, row.address, "Sortie"))[0]


def place_of(row: MailingList, letter: ListLetter) -> str:
    return f"/listes/{row.pk}/messages/{letter.public_id}/"


def test_the_reason_is_not_said_to_be_told_to_somebody_outside(
    mailboxes: MemoryMailboxes, row: MailingList, owner: Account
) -> None:
    browser, letter = signed_in(owner), held(mailboxes, row, PARENT)
    page = as_typed(browser.get(place_of(row, letter)).content.decode())
    assert "dit à l’auteur" not in page
    assert "n’est pas prévenu" in page
    assert f'href="/messagerie/ecrire/?to={PARENT.replace("@", "%40")}' in page
    answer = browser.post(f"{place_of(row, letter)}decider", {"action": "refuse", "note": "Pas ici"})
    outcome = as_typed(browser.get(answer.headers["Location"]).content.decode())
    assert "son auteur n’est pas prévenu" in outcome
    assert "s’il est de l’académie" not in outcome


def test_the_reason_is_told_to_an_author_of_the_academie(
    mailboxes: MemoryMailboxes, row: MailingList, owner: Account, subscriber: Account
) -> None:
    browser, letter = signed_in(owner), held(mailboxes, row, address_of(subscriber))
    page = as_typed(browser.get(place_of(row, letter)).content.decode())
    assert "Motif, dit à l’auteur" in page
    assert "n’est pas prévenu" not in page
    answer = browser.post(f"{place_of(row, letter)}decider", {"action": "refuse"})
    assert "son auteur est prévenu." in as_typed(browser.get(answer.headers["Location"]).content.decode())


@pytest.mark.parametrize("action", ["accept", "drop"])
def test_a_reason_of_refusal_is_never_lost_by_another_button(
    mailboxes: MemoryMailboxes, row: MailingList, owner: Account, subscriber: Account, action: str
) -> None:
    browser, letter = signed_in(owner), held(mailboxes, row, address_of(subscriber))
    answer = browser.post(
        f"{place_of(row, letter)}decider", {"action": action, "note": "Trop long, à raccourcir"}
    )
    page = as_typed(answer.content.decode())
    assert answer.status_code == 422
    assert "Trop long, à raccourcir" in page
    assert "videz ce champ" in page
    letter.refresh_from_db()
    assert letter.state == "held"
    answer = browser.post(f"{place_of(row, letter)}decider", {"action": action, "note": " "})
    assert answer.status_code == 302


def test_whoever_decides_second_reads_who_decided_and_what(
    mailboxes: MemoryMailboxes, row: MailingList, owner: Account, stranger: Account
) -> None:
    services.set_role(row.pk, owner.pk, address_of(stranger), Role.MODERATOR, by="x", now=row.created_at)
    letter = held(mailboxes, row, PARENT)
    signed_in(owner).post(f"{place_of(row, letter)}decider", {"action": "refuse"})
    late = signed_in(stranger).post(f"{place_of(row, letter)}decider", {"action": "accept"})
    page = as_typed(late.content.decode())
    assert late.status_code == 422
    assert "Quelqu’un a déjà décidé de ce message" in page
    letter.refresh_from_db()
    assert letter.decided_by is not None
    assert letter.decided_by.person is not None
    assert f"Refusé par {letter.decided_by.person.shown_name}" in page


def test_a_scheduled_message_awaits_no_decision_and_may_wait_again(
    mailboxes: MemoryMailboxes, row: MailingList, owner: Account
) -> None:
    browser, letter = signed_in(owner), held(mailboxes, row, PARENT)
    where = place_of(row, letter)
    assert "Ne plus programmer" not in as_typed(browser.get(where).content.decode())
    browser.post(f"{where}decider", {"action": "accept", "day": "01/09/2099", "hour": "8 h"})
    assert "votre décision" not in as_typed(browser.get(f"/listes/{row.pk}/").content.decode())
    assert "Ne plus programmer" in as_typed(browser.get(where).content.decode())
    browser.post(f"{where}decider", {"action": "hold"})
    letter.refresh_from_db()
    assert (letter.state, letter.due_at, letter.decided_by) == ("held", None, None)
    assert "1 message attend votre décision" in as_typed(browser.get(f"/listes/{row.pk}/").content.decode())
    assert browser.post(f"{where}decider", {"action": "hold"}).status_code == 422
    assert Entry.objects.filter(action="lists.letter-unscheduled", by=f"account:{owner.pk}").count() == 1
