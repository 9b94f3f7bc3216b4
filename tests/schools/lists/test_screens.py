"""« Listes »: who sees and does what; each page works, refuses the wrong method, and is nobody else's."""

import quopri
import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from tests.answers import as_typed
from tests.foundation.ui.shown import shown_on
from tests.schools.lists.conftest import (
    Clock,
    Queue,
    address_of,
    arrives,
    carried,
    made,
    message,
    signed_in,
    with_people,
)

from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Structure
from vaguemestre.people.directory.queries import Vocabulary
from vaguemestre.schools.lists import services
from vaguemestre.schools.lists.forms import CriteriaForm
from vaguemestre.schools.lists.models import ListLetter, ListRole, MailingList, Subscriber
from vaguemestre.schools.lists.services.fanout import FanoutContext
from vaguemestre.schools.lists.values import Kind, Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(owner: Account, moderator: Account, subscriber: Account) -> MailingList:
    kept = made(owner, is_moderated=True)
    services.set_role(kept.pk, owner.pk, address_of(moderator), Role.MODERATOR, by="t", now=timezone.now())
    with_people(kept, owner, address_of(subscriber), "parent@famille.example")
    return kept


@pytest.fixture
def letters(
    mailboxes: MemoryMailboxes,
    means: FanoutContext,
    clock: Clock,
    row: MailingList,
    owner: Account,
    subscriber: Account,
) -> dict[str, ListLetter]:
    """One that went through, one that waits."""
    passed = arrives(mailboxes, row, message(address_of(owner), row.address, "Passé", files=50))[0]
    carried(passed, means, clock)
    held = arrives(mailboxes, row, message(address_of(subscriber), row.address, "<script>Attend"))[1]
    return {"passed": passed, "held": held}


# (page, owner, moderator, subscriber, stranger)
MATRIX = (
    ("", 200, 200, 200, 404),
    ("membres", 200, 200, 404, 404),
    ("reglages", 200, 404, 404, 404),
    ("moderation", 200, 200, 404, 404),
    ("archives", 200, 200, 200, 404),
    ("messages/{passed}/", 200, 200, 200, 404),
    ("messages/{passed}/corps/", 200, 200, 200, 404),
    ("messages/{passed}/pieces/2/", 200, 200, 200, 404),
    ("messages/{passed}/destinataires/", 200, 200, 404, 404),
    ("messages/{held}/", 200, 200, 404, 404),
    ("messages/{held}/corps/", 200, 200, 404, 404),
    ("regle", 404, 404, 404, 404),
)
ACTS: tuple[tuple[Any, ...], ...] = (
    ("membres/ajouter", {"people": "x@famille.example"}, 200, 404, 404, 404),
    ("membres/retirer", {}, 302, 404, 404, 404),
    ("responsables", {"address": "", "role": "owner"}, 422, 404, 404, 404),
    ("fermer", None, 0, 404, 404, 404),
    ("messages/{held}/decider", {"action": "rien"}, 404, 404, 404, 404),
)


@pytest.mark.heavy
def test_each_sees_what_is_theirs_and_others_see_that_there_is_nothing(
    row: MailingList, letters: dict[str, ListLetter], owner: Account, moderator: Account, subscriber: Account,
    stranger: Account,
) -> None:  # fmt: skip
    ids = {name: one.public_id for name, one in letters.items()}
    browsers = [signed_in(one) for one in (owner, moderator, subscriber, stranger)]
    for path, *expected in MATRIX:
        where = f"/listes/{row.pk}/{path.format(**ids)}"
        assert [browser.get(where).status_code for browser in browsers] == expected, where
        assert Client().get(where).status_code == 302, "signed in first"
    for path, fields, *codes in ACTS:
        where = f"/listes/{row.pk}/{path.format(**ids)}"
        for browser, code in zip(browsers, codes, strict=True):
            if code:
                assert browser.post(where, fields or {}).status_code == code, where
        assert browsers[0].get(where).status_code == 405, where


@pytest.mark.heavy
def test_a_page_beyond_all_numbers_is_the_first_one(
    row: MailingList, letters: dict[str, ListLetter], owner: Account
) -> None:
    browser, passed = signed_in(owner), letters["passed"].public_id
    for page in ("9" * 25, "9" * 5000, "٣", "0", "-1", "x", ""):
        for path in ("archives", "membres", f"messages/{passed}/destinataires/"):
            answer = browser.get(f"/listes/{row.pk}/{path}", {"page": page})
            assert answer.status_code == 200, (path, page[:9])


@pytest.mark.heavy
def test_held_mail_is_shown_behind_the_wall_and_decided(
    row: MailingList, letters: dict[str, ListLetter], moderator: Account, subscriber: Account
) -> None:
    browser, held = signed_in(moderator), letters["held"]
    queue = browser.get(f"/listes/{row.pk}/moderation").content.decode()
    assert "&lt;script&gt;Attend" in queue
    assert "1 message attend votre décision" in browser.get(f"/listes/{row.pk}/").content.decode()
    where = f"/listes/{row.pk}/messages/{held.public_id}/"
    page = browser.get(where).content.decode()
    assert re.search(r'<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"', page)
    assert "<strong>2</strong> personnes" in page
    body = browser.get(f"{where}corps/")
    assert "default-src 'none'" in body.headers["Content-Security-Policy"]
    assert browser.post(f"{where}decider", {"action": "accept", "day": "01/01/2020"}).status_code == 422
    assert browser.post(f"{where}decider", {"action": "accept", "day": "demain"}).status_code == 422
    answer = browser.post(f"{where}decider", {"action": "accept", "day": "01/09/2099", "hour": "08:00"})
    assert answer.status_code == 302
    held.refresh_from_db()
    assert held.state == "scheduled"
    assert "fait=schedule" in answer.headers["Location"]
    outcome = browser.get(answer.headers["Location"]).content.decode()
    assert "sera diffusé au jour et à l’heure choisis" in outcome
    assert "septembre 2099" in browser.get(f"/listes/{row.pk}/moderation").content.decode()
    assert browser.post(f"{where}decider", {"action": "refuse", "note": "Trop tard"}).status_code == 302
    assert "Trop tard" in browser.get(f"/listes/{row.pk}/moderation").content.decode()
    assert signed_in(subscriber).get(where).status_code == 404


@pytest.mark.heavy
def test_the_decision_stands_above_the_text_and_a_letter_that_waits_is_on_the_home_page(
    row: MailingList, letters: dict[str, ListLetter], moderator: Account, subscriber: Account
) -> None:
    browser, held = signed_in(moderator), letters["held"]
    home = browser.get("/").content.decode()
    assert "1 message à modérer" in as_typed(home)
    assert f'href="/listes/{row.pk}/moderation"' in home
    assert "à modérer" not in signed_in(subscriber).get("/").content.decode()
    where = f"/listes/{row.pk}/messages/{held.public_id}/"
    page = browser.get(where).content.decode()
    letter, _, audience = page.partition("À qui il parviendrait")
    assert letter.index("Diffuser") < letter.index('<iframe class="letter-text"')
    assert "Votre décision" not in audience
    assert letter.count(held.sender) == 1, "an address without a name is not said twice"
    answer = browser.post(f"{where}decider", {"action": "accept"})
    assert answer.headers["Location"].endswith("fait=accept")
    assert "Le message est diffusé." in browser.get(answer.headers["Location"]).content.decode()
    assert "à modérer" not in browser.get("/").content.decode()


@pytest.mark.heavy
def test_a_recipient_is_told_why_and_leaves(
    row: MailingList, letters: dict[str, ListLetter], queue: Queue, subscriber: Account, stranger: Account
) -> None:
    browser = signed_in(subscriber)
    where = f"/listes/recu/{letters['passed'].public_id}/"
    page = browser.get(where).content.decode()
    assert "inscription par un propriétaire de la liste" in page
    assert signed_in(stranger).get(where).status_code == 404
    copy = next(content for _, to, content in queue.sent if to == (address_of(subscriber),)).decode()
    assert where in copy
    assert browser.post(f"/listes/{row.pk}/quitter").status_code == 302
    assert "aucune liste" in browser.get("/listes/").content.decode()
    assert browser.get(where).status_code == 200, "what was received is still answered for"


def test_somebody_outside_leaves_by_one_request_with_no_cookie(
    row: MailingList, letters: dict[str, ListLetter], queue: Queue
) -> None:
    copy = next(content for _, to, content in queue.sent if to == ("parent@famille.example",)).decode()
    found = re.search(r"List-Unsubscribe: <http://localhost:8000(/listes/quitter/[^>]+)>", copy)
    assert found
    browser = Client(enforce_csrf_checks=True)
    assert "Ne plus recevoir" in browser.get(found[1]).content.decode()
    assert Subscriber.objects.filter(address="parent@famille.example").exists(), "reading changes nothing"
    assert browser.post(found[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.filter(address="parent@famille.example").exists()
    assert browser.post(found[1]).status_code == 200
    assert browser.get("/listes/quitter/autre-chose/").status_code == 404


def test_somebody_outside_is_told_why_and_takes_what_was_attached(
    row: MailingList, letters: dict[str, ListLetter], queue: Queue
) -> None:
    copy = next(content for _, to, content in queue.sent if to == ("parent@famille.example",))
    text = quopri.decodestring(copy).decode("utf-8", "replace")
    found = re.search(r"http://localhost:8000(/listes/recu-dehors/\S+/)", text)
    assert found
    page = Client().get(found[1]).content.decode()
    assert "inscription par un propriétaire" in page
    assert "Ordre du jour é.pdf" in page
    saved = Client().get(f"{found[1]}2/")
    assert saved.content.startswith(b"%PDF")
    assert "attachment" in saved.headers["Content-Disposition"]
    forged = services.letter_token(str(letters["held"].public_id), "parent@famille.example")
    assert Client().get(f"/listes/recu-dehors/{forged}/").status_code == 404
    assert Client().get("/listes/recu-dehors/n-importe-quoi/").status_code == 404


@pytest.mark.heavy
def test_an_owner_makes_a_list_says_who_it_means_and_keeps_it(owner: Account, subscriber: Account) -> None:
    browser = signed_in(owner)
    fields = {"title": "Tous", "name": "tous", "kind": "rule", "within": ""}
    made_at = browser.post("/listes/nouvelle", fields)
    assert made_at.status_code == 302
    again = browser.post("/listes/nouvelle", fields)
    assert "a déjà été donnée" in again.content.decode()
    where = made_at.headers["Location"].partition("?")[0]
    list_id = MailingList.objects.get().pk
    seen = browser.post(where, {"a0-uais": ["0800001A"], "preview": "1"}).content.decode()
    assert "pas encore enregistrée" in seen
    assert "Collège Jean-Macé (Abbeville)" in seen
    assert MailingList.objects.get().rule == {}
    assert browser.post(where, {"a0-uais": ["0800001A"], "save": "1"}).status_code == 302
    assert MailingList.objects.get().rule["any"] == [{"uais": ["0800001A"]}]
    shown = browser.get(f"/listes/{list_id}/").content.decode()
    assert "<strong>2</strong> personnes" in shown
    assert "Par vos fonctions" in signed_in(subscriber).get("/listes/").content.decode()
    chosen = {"title": "Tous ensemble", "writers": "inside", "reply_to": "list", "attachments": "link"}
    assert browser.post(f"/listes/{list_id}/reglages", chosen).status_code == 302
    kept = MailingList.objects.get()
    assert (kept.title, kept.writers, kept.reply_to, kept.files) == (
        "Tous ensemble",
        "inside",
        "list",
        "link",
    )
    where = f"/listes/{list_id}/responsables"
    assert browser.post(where, {"address": address_of(subscriber), "role": "moderator"}).status_code == 302
    assert ListRole.objects.filter(account=subscriber, role="moderator").exists()
    assert browser.post(where, {"remove": str(owner.pk)}).status_code == 422, "the last owner stays"
    assert browser.post(f"/listes/{list_id}/fermer").status_code == 302
    assert browser.get(f"/listes/{list_id}/").status_code == 404


@pytest.mark.heavy
def test_an_older_page_gives_no_criterion_back_that_another_took(owner: Account) -> None:
    browser, kept = signed_in(owner), made(owner, kind=Kind.RULE)
    other = Structure.objects.get(uai="0800001A")
    other.pk, other.uai = None, "0800002B"
    other.save()
    page = f"/listes/{kept.pk}/regle"
    opened = browser.get(page).text
    digests = shown_on(opened, "a0-shown") | shown_on(opened, "a1-shown")
    assert browser.post(page, digests | {"a0-uais": "0800001A", "save": "1"}).status_code == 302
    assert browser.post(page, digests | {"a1-uais": "0800002B", "save": "1"}).status_code == 302
    assert MailingList.objects.get().rule["any"] == [{"uais": ["0800001A"]}, {"uais": ["0800002B"]}]
    both = browser.post(page, digests | {"a1-uais": "0800001A", "preview": "1"})
    assert "y a mis" in as_typed(both.text)


def test_agents_join_what_is_open_to_them_and_make_nothing(owner: Account, stranger: Account) -> None:
    row = made(owner, may_join=True)
    browser = signed_in(stranger)
    assert browser.get("/listes/nouvelle").status_code == 404
    assert "Ouvertes à l’inscription" in browser.get("/listes/").content.decode()
    assert browser.post(f"/listes/{row.pk}/rejoindre").status_code == 302
    assert Subscriber.objects.get().person_id == stranger.person_id
    closed = made(owner, Kind.MANUAL)
    assert browser.post(f"/listes/{closed.pk}/rejoindre").status_code == 422


def test_joining_and_leaving_are_taken_back_where_the_list_allows_it(
    owner: Account, stranger: Account
) -> None:
    row = made(owner, may_join=True)
    browser = signed_in(stranger)

    def taken_back(act: str) -> bool:
        page = browser.post(f"/listes/{row.pk}/{act}", follow=True).content.decode()
        return f'action="/listes/{row.pk}/' in page.partition('class="notice ok"')[2].partition("</div>")[0]

    assert taken_back("rejoindre")
    assert taken_back("quitter")
    assert taken_back("rejoindre")
    MailingList.objects.filter(pk=row.pk).update(may_join=False)
    assert not taken_back("quitter"), "nobody joins it by themselves any more"
    assert "Annuler" not in browser.get(f"/listes/?fait=quitte&liste={row.pk}0").content.decode()


def test_members_are_added_by_the_page_and_unknown_addresses_said(
    owner: Account, subscriber: Account
) -> None:
    row = made(owner)
    typed = f"{address_of(subscriber)}\nParent <p@famille.example>\npersonne@ac-amiens.test"
    browser = signed_in(owner)
    page = browser.post(f"/listes/{row.pk}/membres/ajouter", {"people": typed}).content.decode()
    assert "2 inscriptions" in page
    assert "ne sont à personne : personne@ac-amiens.test" in as_typed(page)
    assert browser.post(f"/listes/{row.pk}/membres/ajouter", {"people": "pas une adresse"}).status_code == 422
    chosen = Subscriber.objects.get(address="p@famille.example").pk
    assert browser.post(f"/listes/{row.pk}/membres/retirer", {"member": [chosen]}).status_code == 302
    assert Subscriber.objects.count() == 1


def test_whoever_writes_is_offered_lists_and_told_who_would_receive(
    owner: Account, subscriber: Account, stranger: Account
) -> None:
    everybody = made(owner, title="Grand conseil", writers="inside")
    members = made(owner, title="Grand secret", writers="members", is_moderated=True)
    for row in (everybody, members):
        with_people(row, owner, address_of(subscriber))
    home = "/messagerie/ecrire/destinataires/"

    def proposed(who: Account) -> list[str]:
        found = signed_in(who).get(home, {"q": "grand"}).json()["suggestions"]
        return [one["name"] for one in found if one["detail"] == "Liste de diffusion"]

    assert proposed(subscriber) == ["Grand conseil", "Grand secret"]
    assert proposed(stranger) == ["Grand conseil"]
    asked = {"addresses": f"{everybody.address}\n{members.address}"}
    first, second = signed_in(stranger).post(f"{home}qui/", asked).json()["people"]
    assert first["distribution_list"]["count"] == 1
    assert (
        "1 personne recevra ce courriel, par exemple Nicolas Abonne (inscription"
        in first["distribution_list"]["words"]
    )
    assert "attendra l’accord" in second["distribution_list"]["words"]
    assert "Abonne" not in second["distribution_list"]["words"], "who is in it is not for strangers"


def test_what_a_rule_chose_is_seen_first() -> None:
    known = Vocabulary((), (), ("L0080", "L0421", "L1600"), (), (), (), (), (), ())
    kept = CriteriaForm(None, vocabulary=known, initial={"disciplines": ["L1600"]})
    sent = CriteriaForm(QueryDict("a-disciplines=L0080"), vocabulary=known, prefix="a")
    for form, expected in (
        (kept, ["SVT", "Allemand", "Documentation"]),
        (sent, ["Documentation", "Allemand", "SVT"]),
    ):
        assert [said for _, said in form.fields["disciplines"].choices] == expected  # type: ignore[attr-defined]


def test_two_criteria_of_one_name_are_told_apart_by_their_codes() -> None:
    known = Vocabulary((), (), ("L1900", "EPS", "L1600"), (), (), (), (), (), ())
    choices = CriteriaForm(None, vocabulary=known).fields["disciplines"].choices  # type: ignore[attr-defined]
    assert dict(choices) == {"EPS": "EPS (EPS)", "L1900": "EPS (L1900)", "L1600": "SVT"}
