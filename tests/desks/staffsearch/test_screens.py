"""One field finds people, establishments, mailboxes and lists: those that the role may know, and no other."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from tests.access.signin.people import NOON, account
from tests.desks.enrolment.officers import managed_by
from tests.site.doorways import People, people

from vaguemestre.desks.staffsearch.rules import is_searchable
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Assignment, NameWord, Person, Structure
from vaguemestre.schools.lists.models import ListRole, MailingList
from vaguemestre.schools.sharing.models import Box, Member

pytestmark = pytest.mark.django_db
LINE = re.compile(r'<li><span class="sign">.*?<b>(?:<a href="([^"]*)">)?(.*?)(?:</a>)?</b>', re.DOTALL)


def mailbox(name: str) -> Account:
    return Account.objects.create(
        username=f"~{name}", mailbox=f"{name}@ac-amiens.test", state="active", password="!"
    )


@pytest.fixture
def staff() -> People:
    """Ours, of the DPE, beside the officer of the DPE; a school, a mailbox and two lists of that name."""
    made = people()
    ours = managed_by(made.academy_id, "DPE", "zverne", last_name="Verneuil", first_name="Zoé")
    made.accounts["ours"] = ours
    for word in ("verneuil", "zoe"):
        NameWord.objects.create(person=ours.person, word=word)
    Structure.objects.create(
        uai="0800777X", academy_id=made.academy_id, name="Collège Verneuil", town="Roye",
        folded="college-verneuil-roye",
    )  # fmt: skip
    box = Box.objects.create(
        account=mailbox("ce.0800777x"), academy_id=made.academy_id, kind="school",
        address="ce.0800777X@ac-amiens.test", title="Collège Verneuil, Roye", opened_at=NOON,
    )  # fmt: skip
    Member.objects.create(
        box=box, account=ours, right="manage", is_owner=True, source="hand", starts_at=NOON, added_by="test"
    )
    for name in ("profs", "parents"):
        found = MailingList.objects.create(
            account=mailbox(f"liste.{name}"), address=f"liste.{name}@ac-amiens.test", kind="manual",
            title=f"Verneuil : {name}", created_at=NOON,
        )  # fmt: skip
        owner = made.accounts["officer_dpe"] if name == "profs" else ours
        ListRole.objects.create(list=found, account=owner, role="owner")
    return made


def hits(client: Client, words: str) -> dict[str, str]:
    answer = client.get("/recherche", {"q": words})
    assert answer.status_code == 200
    return {html.unescape(name): html.unescape(path) for path, name in LINE.findall(answer.content.decode())}


def test_an_administrator_finds_all_of_them_and_opens_what_they_may(staff: People) -> None:
    ours = staff.accounts["ours"]
    structure = Structure.objects.get(uai="0800777X")
    assert hits(staff.browser("administrator"), "verneuil") == {
        "Zoé Verneuil": f"/administration/personnes/{ours.person_id}",
        "Collège Verneuil": f"/administration/etablissements/{structure.pk}",
        "Collège Verneuil, Roye": "",  # somebody answers for it
        "Verneuil : parents": "",
        "Verneuil : profs": "",
    }


def test_a_username_finds_its_person(staff: People) -> None:
    ours = staff.accounts["ours"]
    found = hits(staff.browser("administrator"), "zverne")
    assert found["Zoé Verneuil"] == f"/administration/personnes/{ours.person_id}"
    assert hits(staff.browser("helpdesk"), "zverne") == {"Zoé Verneuil": f"/assistance/compte/{ours.pk}"}


def test_the_help_desk_is_led_to_accounts_and_to_no_list(staff: People) -> None:
    assert hits(staff.browser("helpdesk"), "verneuil") == {
        "Zoé Verneuil": f"/assistance/compte/{staff.accounts['ours'].pk}",
        "Collège Verneuil": "/assistance/?q=0800777X",
        "Collège Verneuil, Roye": "",
    }


def test_an_officer_finds_the_people_of_their_services_and_their_own_lists(staff: People) -> None:
    ours = staff.accounts["ours"]
    kept = MailingList.objects.get(title="Verneuil : profs")
    found = hits(staff.browser("officer_dpe"), "verneuil")
    assert found["Zoé Verneuil"] == f"/gestion/personnes/{ours.person_id}"
    assert found["Collège Verneuil"] == "/gestion/personnes?etablissement=0800777X"
    assert found["Verneuil : profs"] == f"/listes/{kept.pk}/"
    assert "Verneuil : parents" not in found
    assert "Zoé Verneuil" not in hits(staff.browser("officer_dpate"), "verneuil")


def test_a_mailbox_without_owner_leads_where_one_is_named(staff: People) -> None:
    Member.objects.all().delete()
    found = hits(staff.browser("administrator"), "verneuil")
    assert found["Collège Verneuil, Roye"] == "/boites/sans-responsable/?q=ce.0800777X%40ac-amiens.test"
    assert hits(staff.browser("helpdesk"), "verneuil")["Collège Verneuil, Roye"] == ""


@pytest.mark.parametrize("office", ["administrator", "helpdesk"])
def test_an_office_of_one_academie_finds_nothing_of_another(staff: People, office: str) -> None:
    lille = Academy.objects.create(code="09", name="Académie de Lille", domain="ac-lille.test")
    there = account(f"lillois-{office}", role=office)
    Person.objects.filter(pk=there.person_id).update(academy=lille)
    Assignment.objects.filter(person_id=there.person_id).delete()
    Account.objects.update(spans_academies=False)
    staff.accounts["there"] = there
    assert hits(staff.browser("there"), "verneuil") == {}
    assert hits(staff.browser("there"), "zverne") == {}
    assert hits(staff.browser(office), "verneuil")


def test_a_teacher_has_no_such_page(staff: People) -> None:
    assert staff.browser("teacher").get("/recherche", {"q": "verneuil"}).status_code == 403
    assert "/recherche" not in staff.browser("teacher").get("/annuaire/").content.decode()


@pytest.mark.parametrize(("words", "answers"), [("v", False), ("名名", False), ("%_", False), ("ve", True)])
def test_too_few_letters_search_for_nothing(staff: People, words: str, answers: bool) -> None:
    assert is_searchable(words) is answers
    assert bool(hits(staff.browser("administrator"), words)) is answers


def test_more_than_a_few_are_told_and_listed_elsewhere(staff: People) -> None:
    made: list[Any] = [
        Structure(
            uai=f"08007{n:02}Y", academy_id=staff.academy_id, name=f"École Ferry {n}", folded=f"ferry-{n}"
        )
        for n in range(9)
    ]
    Structure.objects.bulk_create(made)
    page = staff.browser("administrator").get("/recherche", {"q": "ferry"}).content.decode()
    assert len(LINE.findall(page)) == 6
    assert "les 6 premières réponses sur 9" in page
    assert "/administration/etablissements?q=ferry" in page


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("administrator", "/administration/personnes"),
        ("helpdesk", "/assistance/"),
        ("officer_dpe", "/gestion/"),
    ],
)
def test_the_field_stands_on_top_of_the_pages_of_staff(staff: People, role: str, path: str) -> None:
    client = staff.browser(role)
    assert 'class="seek" action="/recherche"' in client.get(path).content.decode()
    own = client.get("/recherche").content.decode()
    assert 'class="seek"' not in own  # which has its own
    assert 'aria-current="page"' in own
