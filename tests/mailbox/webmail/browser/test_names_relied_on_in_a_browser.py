"""What programs of others find the mail page by: roles and names, exactly."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect
from tests.browser import access_faults
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import address, put

from vaguemestre.engines.memory.mailbox import MemoryMailboxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES: tuple[tuple[Literal["navigation", "region", "searchbox", "button"], str], ...] = (
    ("navigation", "Dossiers"),
    ("region", "Messages"),
    ("region", "Lecture"),
    ("searchbox", "Rechercher dans les courriels"),
    ("button", "Nouveau courriel"),
    ("button", "Répondre"),
    ("button", "Répondre à tous"),
    ("button", "Transférer"),
    ("button", "Archiver"),
    ("button", "Supprimer"),
    ("button", "Signaler"),
    ("button", "Se déconnecter"),
)


def test_the_mail_page_is_found_by_its_roles_and_names(page: Page, boxes: MemoryMailboxes) -> None:
    ref = put(boxes.box("nmorel@ac-amiens.test"), letter("Sortie au musée"))
    page.goto(address(ref))
    for role, name in NAMES:
        expect(page.get_by_role(role, name=name, exact=True).first).to_be_visible()
    page.get_by_role("searchbox").press_sequentially("sor")
    assert access_faults(page) == []
