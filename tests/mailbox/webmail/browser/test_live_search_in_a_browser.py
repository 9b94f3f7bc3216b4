"""Results come as one types, with a question after each pause only, and criteria that one takes away."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser import access_faults
from tests.engines.samples import letter
from tests.mailbox.webmail.conftest import put

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box(boxes: MemoryMailboxes, transactional_db: None) -> MemoryMailbox:
    box = boxes.box("nmorel@ac-amiens.test")
    put(box, letter("Sortie au musée", From="Zoé Petit <zoe@dehors.example>"))
    put(box, letter("Sortie en mer"), minutes=1)
    put(box, letter("Réunion"), minutes=2)
    return box


def questions(page: Page) -> list[str]:
    """Addresses of the searches asked of the server from now on."""
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/messagerie/?q=" in request.url else None
    )
    return asked


def test_results_come_while_one_types_with_one_question_for_a_word(page: Page, box: MemoryMailbox) -> None:
    page.goto("/messagerie/")
    asked = questions(page)
    search = page.get_by_role("searchbox", name="Rechercher dans les courriels")
    search.press_sequentially("sortie", delay=20)
    rows = page.locator("#messages li.row")
    expect(page.locator("#messages .told")).to_have_text("2 trouvés")
    expect(search).to_be_focused()
    expect(page.locator("form.search [role=status]")).to_have_text("2 trouvés")
    assert len(asked) == 1
    search.press_sequentially(" mus", delay=20)
    expect(rows).to_have_count(1)
    for _ in " mus":
        search.press("Backspace")
    expect(rows).to_have_count(2)
    assert len(asked) == 2  # what was found a moment ago is shown again
    search.press("Enter")
    expect(page.get_by_role("heading", name="Recherche")).to_be_focused()
    assert len(asked) == 2
    assert "q=sortie&" in page.url
    page.go_back()
    expect(page.get_by_role("heading", name="Boîte de réception")).to_be_visible()


def test_down_goes_to_the_first_letter_from_a_page_just_opened_and_from_a_search(
    page: Page, box: MemoryMailbox
) -> None:
    page.goto("/messagerie/")
    row = page.locator("#messages li.row a.open")
    page.keyboard.press("ArrowDown")
    expect(row.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(row.nth(1)).to_be_focused()
    search = page.get_by_role("searchbox", name="Rechercher dans les courriels")
    search.press_sequentially("sortie", delay=20)
    expect(page.locator("#messages .told")).to_have_text("2 trouvés")
    page.wait_for_load_state("networkidle")
    search.press("ArrowDown")
    expect(row.nth(0)).to_be_focused()
    search.press("Enter")
    expect(page.get_by_role("heading", name="Recherche")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(row.nth(0)).to_be_focused()


def test_a_person_chosen_among_the_proposals_is_searched_at_once(page: Page, box: MemoryMailbox) -> None:
    zoe = {"suggestions": [{"name": "Zoé Petit", "address": "zoe@dehors.example"}]}
    page.route("**/destinataires/?q=*", lambda route: route.fulfill(json=zoe))
    page.goto("/messagerie/")
    search = page.get_by_role("searchbox", name="Rechercher dans les courriels")
    search.press_sequentially("sortie", delay=20)
    expect(page.locator("#messages .told")).to_have_text("2 trouvés")
    page.get_by_role("option", name="Zoé Petit").wait_for()
    search.press("ArrowDown")
    search.press("Enter")
    expect(search).to_have_value("de:zoe@dehors.example ")
    expect(page.locator("#messages .told")).to_have_text("1 trouvé")
    expect(search).to_be_focused()


def test_an_emptied_box_gives_back_the_list_one_was_in(page: Page, box: MemoryMailbox) -> None:
    box.make_folder("Voyages")
    page.goto("/messagerie/Voyages/")
    search = page.get_by_role("searchbox", name="Rechercher dans les courriels")
    search.press_sequentially("sortie")
    expect(page.locator("#messages li.row")).to_have_count(2)
    search.fill("")
    page.get_by_role("heading", name="Voyages").wait_for()
    expect(search).to_be_focused()
    assert page.url.endswith("/messagerie/Voyages/")


@pytest.mark.parametrize("typed", ["so", "de:", "de:z", 'objet:"sortie', "après:01/0"])
def test_nothing_is_asked_for_what_is_not_finished(page: Page, box: MemoryMailbox, typed: str) -> None:
    page.goto("/messagerie/")
    asked = questions(page)
    search = page.get_by_role("searchbox", name="Rechercher dans les courriels")
    search.press_sequentially(typed)
    page.wait_for_timeout(900)  # what never comes can only be watched for a while
    assert asked == []
    search.press("Enter")
    page.get_by_role("heading", name="Recherche").wait_for()


def test_criteria_are_added_and_taken_away_by_chips(page: Page, box: MemoryMailbox) -> None:
    page.goto("/messagerie/?q=de:zoe+sortie&partout=1")
    criteria = page.get_by_role("list", name="Critères de la recherche")
    expect(page.locator("#messages li.row")).to_have_count(1)
    assert access_faults(page) == []
    criteria.get_by_role("link", name="Avec pièce jointe").click()
    page.get_by_role("link", name="Retirer le critère Avec pièce jointe").wait_for()
    expect(page.locator("#messages li.row")).to_have_count(0)
    criteria.get_by_role("link", name="Retirer le critère De : zoe").press("Enter")
    criteria.get_by_role("link", name="Retirer le critère De : zoe").wait_for(state="detached")
    criteria.get_by_role("link", name="Retirer le critère Avec pièce jointe").press("Enter")
    expect(page.locator("#messages li.row")).to_have_count(2)
    expect(page.get_by_role("searchbox", name="Rechercher dans les courriels")).to_have_value("sortie")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_search_takes_two_lines_above_its_results(page: Page, box: MemoryMailbox, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/messagerie/?q=sortie&partout=1&ici=INBOX")
    lines = page.locator(".scope:has(a)")
    expect(lines).to_have_count(2)
    for line in lines.all():
        places = line.locator("a, button").evaluate_all(
            "(parts) => parts.map((part) => part.getBoundingClientRect().toJSON())"
        )
        lowest_top = max(place["top"] for place in places)
        assert lowest_top < min(place["bottom"] for place in places), "all beside each other"
    expect(page.get_by_role("link", name="Effacer la recherche")).to_be_visible()
    expect(page.get_by_role("button", name="Autres critères")).to_be_visible()


def test_a_search_within_a_folder_stays_there_when_a_criterion_goes(page: Page, box: MemoryMailbox) -> None:
    box.make_folder("Voyages")
    put(box, letter("Sortie en train"), folder="Voyages")
    page.goto("/messagerie/Voyages/?q=est:non-lu+sortie")
    page.get_by_role("link", name="Retirer le critère Non lus").click()
    page.get_by_role("link", name="Retirer le critère Non lus").wait_for(state="detached")
    expect(page.locator("#messages li.row")).to_have_count(1)
    assert "/messagerie/Voyages/?q=sortie" in page.url
