"""Every page of mailboxes, lists and classes that a link leads a head or an officer to: nothing for axe."""

import re
from collections import deque

import pytest
from playwright.sync_api import Browser, Page
from tests.browser import SIZES, page_faults
from tests.journeys.conftest import Instance
from tests.journeys.seen import sign_in, sign_in_twice

pytestmark = [pytest.mark.engines, pytest.mark.browser]
LINKS = "all => all.map(a => a.origin === location.origin ? a.pathname + a.search : '')"
ROOMS = ("/boites/", "/listes/", "/classes/")
# Who sees which rooms whole, by what a link of theirs must lead to.
EXPECTED = {
    "head": """
        /boites/ /boites/N/ /boites/N/suivi/ /boites/N/suivi/?vue=derniers /boites/N/actes/
        /boites/N/contacts/ /boites/N/messagerie/ /boites/N/parametres/absence /boites/N/parametres/filtres
        /boites/N/parametres/identites /boites/delegation/
        /listes/ /listes/nouvelle /listes/N/ /listes/N/membres /listes/N/moderation
        /listes/N/archives /listes/N/reglages /classes/ /classes/N/reglages/
    """,
    "hr_dsden": """
        /listes/ /listes/nouvelle /listes/N/ /listes/N/membres /listes/N/regle /listes/N/moderation
        /listes/N/archives /listes/N/reglages /listes/N/messages/N/ /listes/N/messages/N/destinataires/
    """,
}


def shape(path: str) -> str:
    """An address without what names one thing among others."""
    return re.sub(r"(?<=/)(?:\d{7}[A-Za-z]|[0-9a-f]{8}(?:-[0-9a-f]+)+|\d+)(?=/|$)", "N", path)


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]:not([download])", LINKS)
    return [one for one in found if one.startswith(ROOMS) and _is_ours(one)]


def _is_ours(path: str) -> bool:
    """The pages of mail itself are looked at elsewhere: here, that they open in a shared mailbox."""
    inside = re.fullmatch(r"/boites/\d+/(messagerie|parametres|contacts)/(.*)", path)
    return inside is None or inside[2] in ("", "absence", "filtres", "identites")


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
@pytest.mark.parametrize("role", EXPECTED)
def test_whatever_a_link_leads_to_is_accessible(
    instance: Instance, chromium: Browser, role: str, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        locale="fr-FR",
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page, who = context.new_page(), instance.account(role)
    if who.get("totp_secret"):
        sign_in_twice(page, instance.web, who)
    else:
        sign_in(page, instance.web, who["username"], who["password"])
    waiting, said = deque(ROOMS), dict[str, list[str]]()
    while waiting:
        path = waiting.popleft()
        if shape(path) in said:
            continue
        answer = page.goto(instance.web + path)
        assert answer is not None
        found = [] if answer.status == 200 else [f"answers {answer.status}"]
        said[shape(path)] = found + page_faults(page)
        waiting.extend(links(page))
    context.close()
    assert {path: found for path, found in said.items() if found} == {}
    assert set(EXPECTED[role].split()) - set(said) == set()
