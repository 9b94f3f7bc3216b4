"""The page of filters has one right edge."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from tests.browser import page_faults
from tests.mailbox.sorting.samples import memory_sieve
from tests.mailbox.webmail.conftest import boxes, page  # noqa: F401

from vaguemestre.mailbox.sorting.ports import folders_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def sieve() -> Iterator[None]:
    before = folders_of.get()
    folders_of.replace(lambda _mailbox, _session_key: ())
    with memory_sieve():
        yield
    folders_of.replace(before)


def test_filters_are_as_wide_as_what_stands_above_them(page: Page) -> None:  # noqa: F811
    page.set_viewport_size({"width": 1600, "height": 900})
    page.goto("/parametres/filtres/nouveau")
    page.get_by_label("Nom du filtre").fill("Conseils")
    page.get_by_label("Mots de la condition 1").fill("conseil")
    page.get_by_label("Mettre une étoile").check()
    page.get_by_role("button", name="Enregistrer le filtre").click()
    page.get_by_role("heading", name="Conseils").wait_for()
    edges = page.evaluate(
        """() => [".filters-head", ".filter"].map(
             (part) => document.querySelector(part).getBoundingClientRect().right)"""
    )
    assert edges[0] == edges[1]
    assert page_faults(page) == []
