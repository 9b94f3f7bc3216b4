"""Who may do what in a mailbox of several people, screen by screen."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.access.signin.people import account
from tests.answers import as_typed
from tests.desks.removals.samples import told
from tests.engines.samples import letter
from tests.foundation.ui.confirmation import confirmed
from tests.foundation.ui.shown import shown_on
from tests.mailbox.sorting.test_services import FORWARD
from tests.mailbox.webmail.conftest import put
from tests.post.quarantine.test_services import events_of
from tests.schools.sharing.conftest import Engines, School, address_of, now

from vaguemestre.access.signin.events import AccountTouched
from vaguemestre.access.signin.models import BrowserSession
from vaguemestre.access.signin.ports import revocations
from vaguemestre.engines.memory.mailbox import MemoryMailboxes
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.kernel.times import paris_day
from vaguemestre.mailbox.sorting.models import FilterRow
from vaguemestre.mailbox.sorting.services import drop_filter, save_filter, switch_filter
from vaguemestre.mailbox.webmail.http import ref_text
from vaguemestre.people.credentials.models import Account, AppPassword
from vaguemestre.people.credentials.queries import names_of
from vaguemestre.people.directory.models import Structure
from vaguemestre.people.lifecycle.models import LifecycleEvent
from vaguemestre.post.mailstore.values import DELETED_MESSAGES
from vaguemestre.post.quarantine.models import QuarantinedMessage
from vaguemestre.post.trace.values import Engine, Step, StepKind
from vaguemestre.schools.sharing import services
from vaguemestre.schools.sharing.events import MembersChanged
from vaguemestre.schools.sharing.models import Box, BoxActivity, BoxRequest, Member
from vaguemestre.schools.sharing.queries import history_of
from vaguemestre.schools.sharing.rules.history_labels import HISTORY_LABELS
from vaguemestre.schools.sharing.values import MembershipChange, MembershipTerms, Right

Of = Callable[[Account], Client]

PAGES = {
    "messagerie/": Right.READ,
    "messagerie/INBOX/lignes/": Right.READ,
    "messagerie/dossiers/": Right.READ,
    "messagerie/ecrire/": Right.SEND,
    "messagerie/ecrire/programmes/": Right.SEND,
    "messagerie/fichiers/": Right.SEND,
    "messagerie/envois/ou/": Right.READ,
    "messagerie/quarantaine/": Right.SORT,
    "messagerie/supprimes/": Right.MANAGE,
    "contacts/": Right.SEND,
    "parametres/absence": Right.MANAGE,
    "parametres/identites": Right.MANAGE,
}


@pytest.mark.parametrize("right", [None, *Right], ids=str)
def test_each_right_opens_its_pages_and_a_stranger_finds_nothing(
    school: School, mails: MemoryMailboxes, of: Of, right: Right | None
) -> None:
    somebody = account("quelquun")
    if right:
        school.share(somebody, right)
    browser = of(somebody)
    for page, needed in PAGES.items():
        answer = browser.get(school.path + page, headers={"HX-Request": "true"})
        if right is None:
            assert answer.status_code == 404, page
        elif needed in right.covers:
            assert answer.status_code in (200, 302), page
        else:
            assert answer.status_code == 422, page
            assert "Vous n’avez pas, ou plus, le droit" in answer.content.decode()


@pytest.mark.parametrize("right", list(Right), ids=str)
def test_the_menus_of_a_mailbox_lead_to_the_pages_of_each_right(
    school: School, mails: MemoryMailboxes, of: Of, right: Right
) -> None:
    somebody = account("quelquun")
    school.share(somebody, right)
    wanted = {
        f'href="{school.path}messagerie/envois/"': Right.SEND,
        f'href="{school.path}messagerie/envois/ou/"': Right.READ,
        f'href="{school.path}messagerie/fichiers/"': Right.SEND,
        f'href="{school.path}messagerie/supprimes/"': Right.MANAGE,
        f'href="{school.path}contacts/"': Right.SEND,
    }
    for page in ("messagerie/", ""):
        shown = of(somebody).get(f"{school.path}{page}").content.decode()
        for link, needed in wanted.items():
            assert (link in shown) == (needed in right.covers), (page, link)


def test_members_see_what_became_of_a_letter_to_the_mailbox_and_of_nothing_of_their_own(
    school: School, mails: MemoryMailboxes, of: Of
) -> None:
    member = account("secretaire")
    school.share(member, Right.READ)
    box, day = school.box.account.mailbox, timezone.now() - timedelta(hours=1)
    told(
        [
            Step(day, Engine.POSTFIX, StepKind.REJECTED, "", sender=sender, recipient=to, status="5.7.1")
            for sender, to in (("parent@exemple.fr", box), ("ami@exemple.fr", member.mailbox))
        ]
    )
    page = of(member).get(f"{school.path}messagerie/envois/ou/").content.decode()
    assert "parent@exemple.fr" in page
    assert "ami@exemple.fr" not in page
    assert school.box.title in page
    own = of(member).get("/messagerie/envois/ou/").content.decode()
    assert "ami@exemple.fr" in own
    assert "parent@exemple.fr" not in own
    assert "boîte partagée" in own


def test_what_was_deleted_for_good_is_taken_back_by_whoever_manages(
    school: School, mails: MemoryMailboxes, of: Of
) -> None:
    box = mails.box(school.box.account.mailbox)
    box.expunge([put(box, letter("Bulletin effacé"))])
    [ref] = [row.ref for row in box.page(DELETED_MESSAGES, 0, 9).rows]
    browser = of(school.head)
    assert "Bulletin effacé" in browser.get(f"{school.path}messagerie/supprimes/").content.decode()
    sent = {"ref": ref_text(ref), "to": "INBOX"}
    browser.post(f"{school.path}messagerie/supprimes/recuperer/", sent)
    assert [row.summary.subject for row in box.page("INBOX", 0, 9).rows] == ["Bulletin effacé"]
    assert (
        "a repris un courriel parmi les messages supprimés"
        in browser.get(f"{school.path}actes/").content.decode()
    )


def test_the_pages_of_a_mailbox_lead_to_its_own_pages(school: School, mails: MemoryMailboxes, of: Of) -> None:
    box = mails.box("ce.0800001a@ac-amiens.test")
    letter = b"From: parent@exemple.fr\r\nSubject: Cantine\r\nMessage-ID: <1@exemple.fr>\r\n\r\nBonjour"
    box.append("INBOX", letter, (), datetime(2026, 11, 24, tzinfo=UTC))
    page = of(school.head).get(f"{school.path}messagerie/").content.decode()
    assert "Cantine" in page
    assert f'data-home="{school.path}messagerie/"' in page
    assert f'data-url="{school.path}messagerie/ecrire/"' in page
    assert "Ma boîte" in page
    own = of(school.head).get("/messagerie/").content.decode()
    assert "Cantine" not in own
    assert f'href="{school.path}messagerie/"' in own


def test_an_older_page_gives_no_right_back_that_another_took(school: School, of: Of) -> None:
    clerk, browser = account("gestion"), of(school.head)
    school.share(clerk, Right.SEND)
    row = Member.objects.get(account=clerk)
    page, act = f"/boites/{school.box.pk}/", f"/boites/{school.box.pk}/membres/{row.pk}/"
    form = browser.get(page).text.split(f'action="{act}"')[1]
    today = paris_day(row.starts_at)
    typed = {"right": "send", "starts_on": str(today), "ends_on": ""} | shown_on(form)
    assert browser.post(act, typed | {"right": "read"}).status_code == 302
    until = today + timedelta(days=30)
    assert browser.post(act, typed | {"ends_on": str(until)}).status_code == 302
    row.refresh_from_db()
    assert (row.right, row.ends_at and paris_day(row.ends_at)) == (Right.READ, until + timedelta(days=1))
    both = browser.post(act, typed | {"right": "manage"})
    assert (both.status_code, "a changé cet accès" in both.text) == (422, True)
    row.refresh_from_db()
    assert row.right == Right.READ


def test_who_has_a_quarantined_message_handed_over_is_named(school: School, of: Of) -> None:
    held = QuarantinedMessage.objects.create(
        mailbox=school.box.account.mailbox, account_id=school.box.account_id, guid="g1", reason="macro",
        arrived_at=now(),
    )  # fmt: skip
    answer = of(school.head).post(f"{school.path}messagerie/quarantaine/{held.pk}/remettre")
    assert answer["Location"] == f"{school.path}messagerie/quarantaine/?fait=1"
    assert Entry.objects.get(action="quarantine.released").by == f"account:{school.head.pk}"


def test_the_reader_leads_who_may_sort_to_the_quarantine_of_its_mailbox(
    school: School, mails: MemoryMailboxes, of: Of
) -> None:
    somebody = account("lectrice")
    school.share(somebody, Right.READ)
    shared = f"{school.path}messagerie/"
    assert 'href="/messagerie/quarantaine/"' in of(school.head).get("/messagerie/").content.decode()
    assert f'href="{shared}quarantaine/"' in of(school.head).get(shared).content.decode()
    assert "quarantaine/" not in of(somebody).get(shared).content.decode()


def test_a_reader_changes_nothing_even_by_opening(school: School, mails: MemoryMailboxes, of: Of) -> None:
    somebody = account("lectrice")
    school.share(somebody, Right.READ)
    mails.box("ce.0800001a@ac-amiens.test")
    browser = of(somebody)
    assert 'data-marks-read="non"' in browser.get(f"{school.path}messagerie/").content.decode()
    assert browser.post(f"{school.path}messagerie/actes/delete/", {"ref": "INBOX/1/1"}).status_code == 422


def test_a_form_forged_by_another_site_leaves_no_trace_of_a_member(
    school: School, mails: MemoryMailboxes, of: Of
) -> None:
    mails.box("ce.0800001a@ac-amiens.test")
    browser = of(school.head)
    browser.handler.enforce_csrf_checks = True
    forged = browser.post(f"{school.path}messagerie/actes/delete/", {"ref": "INBOX/1/1"})
    assert forged.status_code == 403
    assert not BoxActivity.objects.exists()


def test_a_folder_of_a_mailbox_is_deleted_by_those_who_sort_and_once_confirmed(
    school: School, mails: MemoryMailboxes, of: Of
) -> None:
    box = mails.box("ce.0800001a@ac-amiens.test")
    box.create_folder("Cantine")
    reader = account("lectrice")
    school.share(reader, Right.READ)
    where = f"{school.path}messagerie/dossiers/supprimer/"
    assert of(reader).post(where, {"folder": "Cantine"}).status_code == 422
    page = of(school.head).post(where, {"folder": "Cantine"})
    assert f'action="{where}"' in page.content.decode()
    assert f'href="{school.path}messagerie/Cantine/"' in page.content.decode()
    fields = {"folder": "Cantine"}
    shown = of(school.head).post(where, fields, headers={"HX-Request": "true"}).json()["question"]
    assert "Cantine" in {folder.name for folder in box.folders()}
    assert of(school.head).post(where, {**fields, "confirm": shown["mark"]}).status_code == 302
    assert "Trash/Cantine" in {folder.name for folder in box.folders()}


def test_ones_own_pages_are_found_from_a_mailbox(school: School, of: Of) -> None:
    answer = of(school.head).get(f"{school.path}parametres/securite?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/parametres/securite?x=1")
    assert of(school.head).post(f"{school.path}parametres/securite").status_code == 404


def test_somebody_not_signed_in_comes_back_to_the_mailbox(school: School) -> None:
    answer = Client().get(f"{school.path}messagerie/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/alogin?next=%2Fboites%2F")


def test_the_owner_gives_changes_and_ends_an_access(school: School, engines: Engines, of: Of) -> None:
    secretary, browser = account("secretaire"), of(school.head)
    given = {"address": address_of(secretary), "right": "send", "starts_on": "01/09/2026", "ends_on": ""}
    assert browser.post(f"{school.path}membres/", given).status_code == 302
    row = Member.objects.get(account=secretary)
    assert "secretaire" in browser.get(school.path).content.decode()
    changed = {"right": "read", "starts_on": "2026-09-01", "ends_on": "31/08/2031"}
    assert browser.post(f"{school.path}membres/{row.pk}/", changed).status_code == 302
    row.refresh_from_db()
    assert row.right == "read"
    assert row.ends_at is not None
    assert browser.post(f"{school.path}membres/{row.pk}/terminer/").status_code == 302
    assert of(secretary).get(school.path).status_code == 404
    assert "Accès terminé" in browser.get(school.path).content.decode()


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(school: School, of: Of) -> None:
    given = {
        "address": "nulle.part@ac-amiens.test",
        "right": "send",
        "starts_on": "01/09/2026",
        "ends_on": "hier",
    }
    answer = of(school.head).post(f"{school.path}membres/", given)
    assert answer.status_code == 422
    assert "nulle.part@ac-amiens.test" in answer.content.decode()
    given["ends_on"] = ""
    assert "aucun agent" in of(school.head).post(f"{school.path}membres/", given).content.decode()


def test_only_those_who_manage_choose_members_and_by_post_only(school: School, of: Of) -> None:
    secretary = account("secretaire")
    school.share(secretary, Right.SEND)
    row, stranger = Member.objects.get(account=secretary), account("dehors")
    for path in ("membres/", f"membres/{row.pk}/", f"membres/{row.pk}/terminer/"):
        assert of(secretary).post(school.path + path).status_code == 422
        assert of(stranger).post(school.path + path).status_code == 404
        assert of(school.head).get(school.path + path).status_code == 405


def test_a_password_for_a_mail_program_is_of_the_mailbox_and_of_the_person(
    school: School, engines: Engines, of: Of
) -> None:
    secretary, reader = account("secretaire"), account("lectrice")
    school.share(secretary, Right.SEND)
    school.share(reader, Right.READ)
    browser = of(secretary)
    made = browser.post(f"{school.path}programmes/", {"name": "Thunderbird"})
    assert made.status_code == 302, "the page that shows it, asked again, makes no other"
    assert "montré cette fois seulement" in browser.get(made["Location"]).text
    assert "montré cette fois seulement" not in browser.get(made["Location"]).text
    key = AppPassword.objects.get()
    assert (key.account_id, key.holder_id) == (school.box.account_id, secretary.pk)
    assert of(reader).post(f"{school.path}programmes/", {"name": "Thunderbird"}).status_code == 422
    others = of(school.head).post(f"{school.path}programmes/{key.pk}/revoquer/")
    assert (others.status_code, "revoque" in others["Location"]) == (302, False)
    key.refresh_from_db()
    assert key.revoked_at is None  # somebody else's
    own = of(secretary).post(f"{school.path}programmes/{key.pk}/revoquer/")
    assert own["Location"].endswith("?fait=revoque")
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert set(engines.cut) == {"ce.0800001a@ac-amiens.test"}


def test_another_mailbox_is_asked_for_and_an_administrator_opens_it(
    school: School, engines: Engines, of: Of
) -> None:
    asker, administrator = account("gestion"), account("admin", role="administrator")
    given = {"kind": "stewardship", "local": "0800001A", "title": "Intendance", "reason": "Factures"}
    assert of(asker).post("/boites/demander/", given).status_code == 302
    again = of(asker).post("/boites/demander/", given)
    assert again.status_code == 422
    assert "Factures" in again.content.decode()
    row = BoxRequest.objects.get()
    where = f"/boites/demandes/{row.pk}/"
    assert of(asker).post(where, {"decision": "open"}).status_code == 404
    assert "Factures" in of(administrator).get("/boites/").content.decode()
    assert of(administrator).post(where, {"decision": "open"}).status_code == 302
    box = Box.objects.get(kind="stewardship")
    assert box.account.mailbox == "int.0800001a@ac-amiens.test"
    assert Member.objects.get(box=box).account == asker
    assert of(administrator).post(where, {"decision": "refuse"}).status_code == 422


@pytest.mark.parametrize(
    ("until", "why"), [("30/11/2020", "ne pas être passée"), ("31/02/2027", "jours qui existent")]
)
def test_a_wrong_end_of_a_right_is_said_on_the_page(school: School, of: Of, until: str, why: str) -> None:
    school.share(account("collegue"), Right.READ)
    path = f"{school.path}membres/{Member.objects.get(account__username='collegue').pk}/"
    typed = {"right": "send", "starts_on": "01/09/2026", "ends_on": until}
    answer = of(school.head).post(path, typed)
    assert answer.status_code == 422
    shown = as_typed(answer.content.decode())
    assert why in shown
    assert "Ouvrir la boîte" in shown


def test_whoever_asked_for_a_mailbox_is_told_the_decision(school: School, engines: Engines, of: Of) -> None:
    asker, administrator = account("gestion"), account("admin", role="administrator")
    for local in ("climat", "erasmus"):
        given = {"kind": "project", "local": local, "title": local, "reason": "Projet"}
        assert of(asker).post("/boites/demander/", given).status_code == 302
    opened, refused = BoxRequest.objects.order_by("pk")
    desk = of(administrator)
    unsaid = desk.post(f"/boites/demandes/{refused.pk}/", {"decision": "refuse", "answer": " "})
    assert unsaid.status_code == 422
    assert "Écrivez le motif du refus" in as_typed(unsaid.content.decode())
    why = {"decision": "refuse", "answer": "Elle existe déjà"}
    assert desk.post(f"/boites/demandes/{refused.pk}/", why).status_code == 302
    assert desk.post(f"/boites/demandes/{opened.pk}/", {"decision": "open"}).status_code == 302
    (notice,) = events_of(AccountTouched)
    assert (notice.account_id, notice.act, notice.reason) == (asker.pk, "box-refused", "Elle existe déjà")
    assert "projet.erasmus@" in notice.detail
    (owner,) = [one for one in events_of(MembersChanged) if one.account_id == asker.pk]
    assert owner.change == MembershipChange.OWNER


def test_somebody_who_never_activated_is_not_named_owner(school: School, of: Of) -> None:
    """Nobody would read the mailbox, and it would leave the list of those without owner."""
    Member.objects.all().delete()
    newcomer = account("nouvelle", state="pending")
    path = f"/boites/{school.box.pk}/responsable/"
    shown = of(account("admin", role="administrator")).post(path, {"address": address_of(newcomer)})
    assert shown.status_code == 422
    assert "n’a pas encore activé son compte" in as_typed(shown.content.decode())
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    ("state", "withdrawn", "why"),
    [
        ("suspended", False, "n’ouvre aucune boîte en ce moment"),
        ("active", True, "n’ouvre aucune boîte en ce moment"),
        ("closed", False, "n’est l’adresse d’aucun agent"),
    ],
)
def test_somebody_whom_no_mailbox_opens_to_is_not_named_owner(
    school: School, of: Of, state: str, withdrawn: bool, why: str
) -> None:
    """The page said « Responsable nommé », and the mailbox was still nobody's."""
    Member.objects.all().delete()
    away = account("absente", state=state)
    if withdrawn:
        LifecycleEvent.objects.create(
            account_id=away.pk, event="retirement", effect_on=paris_day(now()), by="test",
            declared_at=now(), withdrawn_at=now(),
        )  # fmt: skip
    path = f"/boites/{school.box.pk}/responsable/"
    shown = of(account("admin", role="administrator")).post(path, {"address": address_of(away)})
    assert shown.status_code == 422
    assert why in as_typed(shown.content.decode())
    assert not Member.objects.exists()


def test_a_stock_text_of_a_mailbox_is_not_said_to_be_for_oneself(school: School, of: Of) -> None:
    there = "parametres/identites/types/nouvelle"
    shown = of(school.head).get(f"{school.path}{there}").content.decode()
    assert "Les membres de la boîte" in shown
    assert "Moi seulement" not in shown
    assert "Moi seulement" in of(school.head).get(f"/{there}").content.decode()


def test_nobody_opens_the_mailbox_they_asked_for(school: School, engines: Engines, of: Of) -> None:
    asker, other = account("admin", role="administrator"), account("autre", role="administrator")
    given = {"kind": "stewardship", "local": "0800001A", "title": "Intendance", "reason": "Factures"}
    assert of(asker).post("/boites/demander/", given).status_code == 302
    where = f"/boites/demandes/{BoxRequest.objects.get().pk}/"
    refused = of(asker).post(where, {"decision": "open"})
    assert refused.status_code == 422
    assert "une autre personne de l’administration" in as_typed(refused.content.decode())
    assert not Box.objects.filter(kind="stewardship").exists()
    assert of(other).post(where, {"decision": "open"}).status_code == 302


@pytest.mark.heavy
def test_boxes_without_owner_are_searched_and_turned_page_by_page(school: School, of: Of) -> None:
    administrator = account("admin", role="administrator")
    for number in range(120):
        made = account(f"boite{number}", role="agent")
        Box.objects.create(
            account=made,
            academy=school.box.academy,
            kind="project",
            address=f"projet{number}@ac-amiens.test",
            title=f"Projet {number:03}",
            opened_at=now(),
        )
    Member.objects.all().delete()
    Structure.objects.filter(pk=school.box.structure_id).update(folded="college-jean-mace-abbeville")
    desk = of(administrator)
    assert "121 boîtes" in desk.get("/boites/").content.decode()
    there = "/boites/sans-responsable/"
    first = desk.get(there).content.decode()
    assert "121 boîtes" in first
    assert first.count('name="address"') == 30
    assert "sharing/sharing.css" in first  # a line each: name, address, button
    last = desk.get(f"{there}?page=5").content.decode()
    assert "Projet 119" in last
    for typed in ("Projet 119", "projet119@", "0800001A", "college"):
        found = desk.get(there, {"q": typed}).content.decode()
        assert found.count('name="address"') == 1, typed
    assert "ne répond à « néant »" in as_typed(desk.get(there, {"q": "néant"}).content.decode())
    named = Box.objects.get(title="Projet 119")
    answer = confirmed(
        desk, f"/boites/{named.pk}/responsable/?q=Projet&page=4", {"address": address_of(school.head)}
    )
    assert answer["Location"] == f"{there}?q=Projet&page=4&fait=responsable"
    wrong = desk.post(f"/boites/{school.box.pk}/responsable/?q=college", {"address": "nul@ailleurs.test"})
    assert wrong.status_code == 422
    assert 'value="nul@ailleurs.test"' in wrong.content.decode()
    assert of(school.head).get(there).status_code == 404


def test_an_administrator_names_an_owner_only_where_there_is_none(school: School, of: Of) -> None:
    administrator, other = account("admin", role="administrator"), account("autre", role="administrator")
    given = {"address": address_of(other)}
    path = f"{school.path}responsable/"
    assert of(administrator).post(path, given).status_code == 422
    Member.objects.all().delete()
    assert of(school.head).post(path, given).status_code == 404
    asked = as_typed(of(administrator).post(path, given).content.decode())
    assert "responsable ?" in asked
    assert address_of(other) in asked
    assert not Member.objects.exists(), "not before it was confirmed"
    assert confirmed(of(administrator), path, given).status_code == 302
    assert Member.objects.get().is_owner
    Member.objects.all().delete()
    refused = of(other).post(path, given)
    assert refused.status_code == 422
    assert "ne se nomme soi-même responsable" in as_typed(refused.content.decode())
    assert not Member.objects.exists()
    services.end_expired_memberships(by="test", now=now())


@pytest.mark.heavy
def test_an_owner_named_by_mistake_is_taken_back_and_no_other(school: School, of: Of) -> None:
    """One letter of an address is another person, who then reads the mail of a school."""
    administrator, wrong = account("admin", role="administrator"), account("autre")
    desk = of(administrator)
    Box.objects.update(opened_at=now() - timedelta(days=400))
    path = f"{school.path}responsable/"
    kept = desk.post(f"{path}{school.head.pk}/reprendre/", {"reason": "Querelle"})
    assert kept.status_code == 422, "an owner by post, or by the opening, is nobody's slip"
    Member.objects.all().delete()
    confirmed(desk, path, {"address": address_of(wrong)})
    vacant = desk.get("/boites/sans-responsable/").text
    assert "Nommés ici depuis trente jours" in vacant
    assert re.search(r'name="about" value="[^"]+, dont [^"]+ est responsable"', vacant)
    there = f"{path}{wrong.pk}/reprendre/"
    assert desk.post(there, {"reason": " "}).status_code == 422
    assert of(wrong).post(there, {"reason": "x"}).status_code == 404
    assert of(wrong).get(school.path).status_code == 200
    answer = desk.post(there, {"reason": "Karine pour Karim"}, follow=True).content.decode()
    assert "n’est plus responsable" in answer
    assert address_of(wrong) not in answer
    assert of(wrong).get(school.path).status_code == 404
    entry = Entry.objects.get(action="sharing.owner-taken-back")
    assert entry.details["reason"] == "Karine pour Karim"
    assert MembersChanged in {type(event) for event in events_of(MembersChanged)}
    confirmed(desk, path, {"address": address_of(wrong)})
    Member.objects.filter(is_owner=True).update(starts_at=now() - timedelta(days=31))
    assert desk.post(there, {"reason": "Trop tard"}).status_code == 422


def test_a_member_is_chosen_with_a_fresh_proof_only(school: School, of: Of) -> None:
    colleague = account("collegue")
    school.share(colleague, Right.READ)
    row, stranger = Member.objects.get(account=colleague), account("autre")
    head = of(school.head)
    BrowserSession.objects.filter(account=school.head).update(started_at=now() - timedelta(minutes=6))
    revocations.get().bump()
    wanted = {"address": address_of(stranger), "right": "manage", "starts_on": "01/09/2026"}
    for path in ("membres/", f"membres/{row.pk}/"):
        answer = head.post(school.path + path, wanted)
        assert answer["Location"].startswith("/alogin?confirmer=1"), path
    assert Member.objects.filter(account=stranger).count() == 0
    row.refresh_from_db()
    assert row.right == Right.READ


def test_who_may_choose_members_from_now_on_is_told_to_those_in_charge(school: School) -> None:
    colleague = account("collegue")
    school.share(colleague, Right.READ)
    row = Member.objects.get(account=colleague)
    terms = MembershipTerms(Right.MANAGE, date(2026, 1, 1))
    DBTaskResult.objects.all().delete()
    for _ in range(2):
        services.change_member(school.box.pk, row.pk, terms, by="account:1", now=now())
    fields = [task.args_kwargs["args"][2] for task in DBTaskResult.objects.all()]
    assert [field["change"] for field in fields if "change" in field] == ["manager"]


@pytest.mark.django_db
def test_what_happened_is_read_by_its_date_not_by_when_it_was_written() -> None:
    moments = [datetime(2026, 11, day, tzinfo=UTC) for day in (5, 29, 12)]
    with transaction.atomic():
        for at in moments:
            record(next(iter(HISTORY_LABELS)), to="box:990", by="system", at=at)
    assert [line.at.day for line in history_of(990)] == [29, 12, 5]


def test_the_quarantine_of_a_box_says_where_a_message_goes_and_who_took_it_out(
    school: School, of: Of
) -> None:
    row = QuarantinedMessage.objects.create(
        mailbox=school.box.account.mailbox, account_id=school.box.account_id, guid="g", reason="macro",
        detail="docm-content", sender="a@dehors.example", subject="Devis", arrived_at=now(),
    )  # fmt: skip
    browser, place = of(school.head), f"{school.path}messagerie/quarantaine/"
    page = browser.get(place).content.decode()
    assert "Remettre dans la boîte" in page
    assert "pour vous" not in page
    assert "docm-content" not in page
    assert browser.post(f"{place}{row.pk}/remettre").status_code == 302
    assert "la boîte de réception partagée" in browser.get(f"{place}?fait=1").content.decode()
    said = browser.get(f"{school.path}actes/").content.decode()
    assert "a fait remettre un courriel de la quarantaine" in said


def test_what_members_set_is_told_with_their_names(school: School, of: Of) -> None:
    box, head = school.box.account_id, f"account:{school.head.pk}"
    colleague = account("collegue", first_name="Nadia", last_name="Petit")
    school.share(colleague, Right.MANAGE)
    save_filter(box, FORWARD, (), by=f"account:{colleague.pk}", now=now())
    number = FilterRow.objects.get(account_id=box).pk
    switch_filter(box, number, is_on=False, by=head, now=now())
    drop_filter(box, number, by=head, now=now())
    told = {(line.label, line.about, line.actor) for line in history_of(school.box.pk)}
    assert ("Courriels transférés à", "camille.petit@ac-amiens.test", "Nadia Petit") in told
    named = {
        label
        for label, about, actor in told
        if (about, actor) == ("Copie", names_of([school.head.pk])[school.head.pk])
    }
    assert named == {"Filtre activé ou désactivé", "Filtre supprimé"}
    assert "camille.petit@ac-amiens.test" in of(school.head).get(school.path).content.decode()
