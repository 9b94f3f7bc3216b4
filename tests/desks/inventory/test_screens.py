"""Every mailbox and list of an office, with who answers for it; read by auditors, never opened."""

import csv
import io
import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.access.signin.people import NOON, account
from tests.desks.inventory.samples import box, mailing_list
from tests.site.doorways import People, people

from vaguemestre.desks.inventory.rules import ORDERS, in_order
from vaguemestre.desks.inventory.values import Key
from vaguemestre.foundation.journal.models import Entry
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.models import Academy, Assignment, Structure
from vaguemestre.schools.sharing.models import Box

pytestmark = pytest.mark.django_db
PAGE = "/administration/inventaire"
ALL = ["abonnes", "ce.0809222b", "delaissee", "profs.ferry", "projet.vacant", "regle.neuve"]
ROW = re.compile(r"<tr>\s*<td>(.*?)</tr>", re.DOTALL)
LATE = NOON + timedelta(days=3)


@pytest.fixture
def crowd() -> People:
    """A school whose head answers for its mailbox and its list; a project and a list that nobody does."""
    made = people()
    head = account("principale", last_name="Principale")
    school = Structure.objects.create(
        uai="0809222B",
        academy_id=made.academy_id,
        name="Collège Ferry",
        town="Roye",
        folded="college-ferry-roye",
    )
    Assignment.objects.create(
        person=head.person, structure=school, function="DIR", starts_on=NOON.date() - timedelta(days=90)
    )
    made.accounts["head"] = head
    teacher = made.accounts["teacher"]
    box(made.academy_id, "ce.0809222b", kind="school", school=school, owners=(head, teacher), used=LATE)
    box(made.academy_id, "projet.vacant", title="=Projet sans chef")
    box(made.academy_id, "projet.ferme", closed=NOON)
    mailing_list("profs.ferry", kind="rule", within="0809222B", used=NOON, reached=41)
    mailing_list("regle.neuve", kind="rule", owners=(teacher,))
    mailing_list("abonnes", owners=(teacher,), subscribers=3, used=LATE + timedelta(days=1))
    mailing_list("delaissee", owners=(account("partie", state="closed", last_name="Partie"),))
    Box.objects.create(
        account=made.victim, academy_id=made.academy_id, kind="person", address="victime@ac-amiens.test",
        title="Boîte de la victime", opened_at=NOON,
    )  # fmt: skip
    return made


def lines(client: Client, **asked: str) -> list[list[str]]:
    """The cells of each row, without marks."""
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    rows = ROW.findall(answer.content.decode())
    return [[_words(cell) for cell in row.split("</td>")[:-1]] for row in rows]


def _words(cell: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", cell).split()))


def names(client: Client, **asked: str) -> list[str]:
    return [line[0].partition("@")[0] for line in lines(client, **asked)]


def test_each_line_says_what_it_is_who_answers_how_many_and_since_when(crowd: People) -> None:
    told = {line[0].partition("@")[0]: line[1:] for line in lines(crowd.browser("auditor"))}
    school, teacher, head = "Collège Ferry 0809222B", "Nicolas Morel", "Nicolas Principale"
    first, second, third = (f"{NOON + timedelta(days=days):%d/%m/%Y}" for days in (0, 3, 4))
    both = f"{head}, {teacher}"
    assert told == {
        "abonnes": ["Liste abonnes Liste à abonnés", "–", teacher, "3", third],
        "ce.0809222b": ["Boîte ce.0809222b Boîte d’établissement", school, both, "2", second],
        "delaissee": ["Liste delaissee Liste à abonnés", "–", "Personne", "0", "–"],
        "profs.ferry": [
            "Liste profs.ferry Liste par règle",
            "Collège Ferry, Roye 0809222B",
            head,
            "41 au dernier envoi",
            first,
        ],
        "projet.vacant": ["=Projet sans chef Boîte de projet", "–", "Personne", "0", "–"],
        "regle.neuve": ["Liste regle.neuve Liste par règle", "–", teacher, "–", "–"],
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"genre": "boites"}, ["ce.0809222b", "projet.vacant"]),
        ({"genre": "etablissement"}, ["ce.0809222b"]),
        ({"genre": "listes"}, ["abonnes", "delaissee", "profs.ferry", "regle.neuve"]),
        ({"genre": "regle"}, ["profs.ferry", "regle.neuve"]),
        (
            {"genre": "autre"},
            ["abonnes", "ce.0809222b", "delaissee", "profs.ferry", "projet.vacant", "regle.neuve"],
        ),
        ({"etat": "sans"}, ["delaissee", "projet.vacant"]),
        ({"etat": "sans", "genre": "listes"}, ["delaissee"]),
        ({"etat": "fermees"}, ["projet.ferme"]),
        ({"lieu": "ferry"}, ["ce.0809222b", "profs.ferry"]),
        ({"lieu": "Roye", "genre": "listes"}, ["profs.ferry"]),
        ({"lieu": "0809222B"}, ["ce.0809222b", "profs.ferry"]),
        ({"lieu": "nulle part"}, []),
        ({"q": "projet"}, ["projet.vacant"]),
        ({"q": "profs.ferry@ac-amiens.test"}, ["profs.ferry"]),
        ({"q": "victime"}, []),
    ],
)
def test_it_is_filtered_by_kind_place_words_and_state(
    crowd: People, asked: dict[str, str], found: list[str]
) -> None:
    assert names(crowd.browser("administrator"), **asked) == found


def test_without_a_head_the_list_of_a_school_has_nobody(crowd: People) -> None:
    Account.objects.filter(pk=crowd.accounts["head"].pk).update(state="closed")
    assert "profs.ferry" in names(crowd.browser("auditor"), etat="sans")


def test_what_was_used_last_stands_first_when_asked(crowd: People) -> None:
    auditor = crowd.browser("auditor")
    assert names(auditor, tri="-usage")[:3] == ["abonnes", "ce.0809222b", "profs.ferry"]
    assert names(auditor, tri="usage")[-3:] == ["profs.ferry", "ce.0809222b", "abonnes"]


def test_an_administrator_is_led_to_name_somebody_and_an_auditor_is_not(crowd: People) -> None:
    page = crowd.browser("administrator").get(PAGE, {"etat": "sans"}).content.decode()
    links = [unescape(link) for link in re.findall(r'<a href="([^"]*)">Nommer', page)]
    assert len(links) == 2
    for link in links:
        assert crowd.browser("administrator").get(link).status_code == 200, link
    assert "Nommer" not in crowd.browser("auditor").get(PAGE, {"etat": "sans"}).content.decode()


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_an_office_of_one_academie_has_its_own_mailboxes_and_lists(crowd: People, role: str) -> None:
    Account.objects.update(spans_academies=False)
    lille = Academy.objects.create(code="09", name="Académie de Lille", domain="ac-lille.test")
    box(lille.pk, "lilloise")
    theirs = mailing_list("liste.lilloise")
    type(theirs).objects.filter(pk=theirs.pk).update(address="liste.lilloise@ac-lille.test")
    found = names(crowd.browser(role))
    assert "profs.ferry" in found
    assert not [name for name in found if "lillois" in name]
    Account.objects.update(spans_academies=True)
    assert len([name for name in names(crowd.browser(role)) if "lillois" in name]) == 2


def test_the_file_has_every_line_without_formulas_and_is_journaled(crowd: People) -> None:
    auditor = crowd.browser("auditor")
    answer = auditor.get(f"{PAGE}.csv", {"etat": "sans", "page": "7"})
    content = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    header, *rows = csv.reader(io.StringIO(content.removeprefix("\ufeff")), delimiter=";")
    assert header[:3] == ["genre", "adresse", "intitule"]
    assert [row[1] for row in rows] == ["delaissee@ac-amiens.test", "projet.vacant@ac-amiens.test"]
    assert rows[1][2].startswith("'=")
    by = f"account:{crowd.accounts['auditor'].pk}"
    line = Entry.objects.get(action="inventory.file-taken")
    assert (line.by, line.to, line.details) == (by, "inventory", {"lines": 2})
    assert "l’inventaire" in auditor.get("/administration/journal").content.decode()


def test_no_message_and_no_subscriber_is_told(crowd: People) -> None:
    auditor = crowd.browser("auditor")
    page = auditor.get(PAGE).content.decode()
    file = b"".join(auditor.get(f"{PAGE}.csv").streaming_content).decode()  # type: ignore[attr-defined]
    for kept in ("Ordre du jour secret", "abonne0@exemple.fr"):
        assert kept not in page
        assert kept not in file


@pytest.mark.usefixtures("own_revocations")
@pytest.mark.parametrize("address", [f"{PAGE}?tri=usage&genre=listes", f"{PAGE}?etat=sans", f"{PAGE}.csv"])
def test_as_many_queries_for_many_lines_as_for_some(crowd: People, address: str) -> None:
    auditor = crowd.browser("auditor")

    add_to(crowd, range(1))

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            answer = auditor.get(address)
            assert b"seule0@" in (b"".join(answer) if answer.streaming else answer.content)
        return len(asked)

    def fewest() -> int:
        """Once a minute a look also notes that the session is in use."""
        return min(count(), count())

    count()  # what is only read or written once
    before = fewest()
    add_to(crowd, range(1, 8))
    assert fewest() == before


def add_to(crowd: People, numbers: range) -> None:
    for number in numbers:
        school = Structure.objects.create(
            uai=f"08093{number:02}C", academy_id=crowd.academy_id, name=f"École {number}"
        )
        box(crowd.academy_id, f"ce.{number}", kind="school", school=school)
        box(crowd.academy_id, f"z{number}", owners=(crowd.accounts["teacher"],), used=LATE)
        mailing_list(f"liste{number}", kind="rule", within="0809222B", used=NOON, reached=4)
        mailing_list(f"seule{number}", within=school.uai, subscribers=2)


def test_lines_of_one_place_in_the_order_keep_that_of_addresses() -> None:
    keys = [Key(n, f"{name}@x", "Titre", at, is_list=False) for n, (name, at) in enumerate(_MOMENTS)]
    assert [key.address[0] for key in in_order(keys, "intitule", backwards=False)] == ["a", "b", "c", "d"]
    assert [key.address[0] for key in in_order(keys, "usage", backwards=False)] == ["b", "d", "c", "a"]
    assert [key.address[0] for key in in_order(keys, "usage", backwards=True)] == ["a", "c", "b", "d"]
    assert set(ORDERS) == {"adresse", "intitule", "usage"}


_MOMENTS: list[tuple[str, datetime | None]] = [("c", NOON), ("a", LATE), ("d", None), ("b", None)]
