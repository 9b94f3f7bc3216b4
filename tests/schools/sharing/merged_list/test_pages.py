"""« Toutes mes boîtes »: one list over one's own mailbox and those one shares, for who chose it."""

import re
from datetime import date

from django.test import Client
from tests.access.signin.people import account
from tests.answers import as_typed
from tests.schools.sharing.conftest import School, address_of, now
from tests.schools.sharing.merged_list.conftest import ADDRESS, Of

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.people.credentials.models import Account
from vaguemestre.post.mailstore.ports import open_mailbox
from vaguemestre.post.mailstore.values import MailLogin
from vaguemestre.schools.sharing.models import Box
from vaguemestre.schools.sharing.values import BoxKind


def rows(browser: Client, query: str = "") -> list[tuple[str, str]]:
    """Reference and address of each row, every UIDVALIDITY as 1."""
    html = re.sub(r"INBOX/\d+/", "INBOX/1/", browser.get(f"{ADDRESS}lignes/{query}").content.decode())
    return re.findall(r'data-ref="([^"]+)".*?href="([^"]+)"', html, re.DOTALL)


def test_the_list_is_offered_to_who_chose_it_and_shares_a_mailbox(
    both: School, secretary: Account, of: Of
) -> None:
    browser, link = of(secretary), f'href="{ADDRESS}"'
    assert link not in browser.get("/messagerie/").content.decode()
    assert browser.post("/messagerie/choix/", {"boxes": "ensemble"}).status_code == 302
    assert link in browser.get("/messagerie/").content.decode()
    alone = of(account("ailleurs"))
    alone.post("/messagerie/choix/", {"boxes": "ensemble"})
    page = alone.get("/messagerie/").content.decode()
    assert link not in page
    assert 'name="boxes"' not in page


def test_each_row_names_its_mailbox_and_leads_into_it(both: School, secretary: Account, of: Of) -> None:
    number, browser = both.box.pk, of(secretary)
    assert rows(browser) == [
        (f"{number}~~INBOX/1/1", f"/boites/{number}/messagerie/INBOX/1/1/"),
        ("INBOX/1/1", "/messagerie/INBOX/1/1/"),
    ]
    page = browser.get(ADDRESS).content.decode()
    assert page.count('class="of-box"') == 1, "one's own would stand on most rows"
    assert ", boîte Ma boîte</span>" in page
    assert f"{both.box.title}</span>" in page


def test_a_list_that_did_not_change_is_not_sent_again(both: School, secretary: Account, of: Of) -> None:
    browser = of(secretary)
    first = browser.get(f"{ADDRESS}lignes/")
    assert (first["X-Total"], first["X-Unread"]) == ("2", "2")
    again = browser.get(f"{ADDRESS}lignes/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_a_search_finds_in_every_mailbox(both: School, secretary: Account, of: Of) -> None:
    browser = of(secretary)
    assert [ref for ref, _ in rows(browser, "?q=pour")] == [f"{both.box.pk}~~INBOX/1/1", "INBOX/1/1"]
    assert [ref for ref, _ in rows(browser, "?q=moi")] == ["INBOX/1/1"]


def test_nobody_reads_the_mailbox_of_others_in_their_list(
    both: School, mails: MemoryMailboxes, of: Of
) -> None:
    assert rows(of(account("ailleurs"))) == []


def test_a_lent_mailbox_is_not_in_the_list(both: School, secretary: Account, of: Of) -> None:
    claire = account("claire", first_name="Claire", last_name="Magnier")
    until = date.fromordinal(paris_day(now()).toordinal() + 20)
    given = {
        "address": address_of(secretary), "right": "read", "scope": "all",
        "starts_on": paris_day(now()).isoformat(), "ends_on": until.isoformat(),
    }  # fmt: skip
    assert of(claire).post("/boites/delegation/confier/", given).status_code == 302
    lent = Box.objects.get(kind=BoxKind.PERSON)
    assert str(lent.pk) not in [ref.partition("~~")[0] for ref, _ in rows(of(secretary))]


def test_a_mailbox_that_does_not_answer_is_named_and_the_others_are_shown(
    both: School, secretary: Account, mails: MemoryMailboxes, of: Of
) -> None:
    def one_away(login: MailLogin) -> object:
        if login.mailbox == both.box.account.mailbox:
            raise EngineDown("imap")
        return mails(login)

    open_mailbox.replace(one_away)  # type: ignore[arg-type]
    page = as_typed(of(secretary).get(ADDRESS).content.decode())
    assert f"Cette boîte ne répond pas pour le moment : {both.box.title}." in page
    assert "Pour moi" in page


def test_the_list_is_ones_own_page(both: School, secretary: Account, of: Of) -> None:
    answer = of(secretary).get(f"/boites/{both.box.pk}{ADDRESS}")
    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
