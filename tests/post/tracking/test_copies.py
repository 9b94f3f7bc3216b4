"""« Envois »: the copies of a mailing stand in one row, unfolded on demand."""

import re

import pytest
from django.test import Client
from tests.access.signin.people import PASSWORD, account
from tests.answers import as_typed
from tests.post.tracking.test_screens import passed

from vaguemestre.mailbox.compose.services.mailings.merged_letters import copy_message_id
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.outbox.rules.series import series_of, shared_subject

pytestmark = pytest.mark.django_db(transaction=True)
SERIES = "0123456789abcdef" * 2


@pytest.fixture
def nicolas() -> Account:
    return account()


@pytest.fixture
def browser(client: Client, nicolas: Account) -> Client:
    client.post("/alogin", {"username": "nmorel", "secret": PASSWORD})
    return client


def test_only_a_copy_belongs_to_a_series() -> None:
    assert series_of(copy_message_id(SERIES, 12, "ac-amiens.test")) == SERIES
    for alone in ("", "<a@x.fr>", f"<{SERIES}@x.fr>", f"<{SERIES}.1@x.fr>"):
        assert series_of(alone) == ""


def test_the_copies_of_a_mailing_stand_in_one_row(browser: Client, nicolas: Account) -> None:
    passed(nicolas, 1, subject="Avant")
    for number in range(2, 39):
        passed(
            nicolas, number, subject="Sortie", message_id=copy_message_id(SERIES, number, "ac-amiens.test")
        )
    passed(nicolas, 40, subject="Après")
    passed(nicolas, 41, subject="Seul", message_id=copy_message_id("f" * 32, 1, "ac-amiens.test"))
    page = as_typed(browser.get("/messagerie/envois/").content.decode())
    rows = page[page.index('aria-label="Courriels envoyés"') :]
    assert rows.count("37 exemplaires, un par destinataire") == 1
    assert rows.count("exemplaire") == rows.count("37 exemplaires") + rows.count("Voir chaque exemplaire")
    assert rows.count("?id=") == 37 + 3, "each is followed still"
    assert rows.index("Seul") < rows.index("Après") < rows.index("37 exemplaires") < rows.index("Avant")


def test_no_page_cuts_a_mailing_in_two(browser: Client, nicolas: Account) -> None:
    for number in range(1, 6):
        passed(nicolas, number, subject=f"Ancien {number}")
    for number in range(10, 47):
        passed(
            nicolas, number, subject="Sortie", message_id=copy_message_id(SERIES, number, "ac-amiens.test")
        )
    for number in range(50, 80):
        passed(nicolas, number, subject=f"Récent {number}")
    first = as_typed(browser.get("/messagerie/envois/").content.decode())
    assert "37 exemplaires, un par destinataire" in first
    assert "Ancien" not in first
    (following,) = re.findall(r'href="([^"]+)">Plus anciens', first)
    second = as_typed(browser.get(f"/messagerie/envois/{following.replace('&amp;', '&')}").content.decode())
    assert [f"Ancien {number}" in second for number in range(1, 6)] == [True] * 5
    assert "Sortie" not in second
    assert "Plus anciens" not in second
    assert "Les plus récents" in second
    wrong = browser.get("/messagerie/envois/?suite=99999999")
    assert as_typed(wrong.content.decode()).count("Récent") == first.count("Récent")


@pytest.mark.parametrize(
    ("subjects", "shared"),
    [
        (["Sortie", "Sortie"], "Sortie"),
        (["Sortie Zoé", "Sortie Luc"], "Sortie …"),
        (["Bulletin de Zoé, 1er trimestre", "Bulletin de Luc, 1er trimestre"], "Bulletin de … 1er trimestre"),
        (["Note de Zoé", "Note de Zoé Petit"], "Note de Zoé …"),
        (["Zoé", "Luc"], "Objets différents"),
        (["", ""], ""),
    ],
)
def test_a_mailing_is_named_by_what_its_copies_share(subjects: list[str], shared: str) -> None:
    """« Sortie Luc — 2 exemplaires » named one family for all."""
    assert shared_subject(subjects) == shared


def test_the_row_of_a_mailing_does_not_bear_the_name_of_one_copy(browser: Client, nicolas: Account) -> None:
    for number, name in enumerate(("Zoé", "Luc"), 2):
        message_id = copy_message_id(SERIES, number, "ac-amiens.test")
        passed(nicolas, number, subject=f"Sortie {name}", message_id=message_id)
    page = as_typed(browser.get("/messagerie/envois/").content.decode())
    assert "<strong>Sortie …</strong>" in page
