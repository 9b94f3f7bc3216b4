"""Names and titles that outsiders borrow are told; honest outsiders' names are left in peace."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from tests.access.signin.people import NOON, account

from vaguemestre.access.signin.values import Who
from vaguemestre.mailbox.webmail.http import own_institution
from vaguemestre.mailbox.webmail.rules.trust.titles import surnames_beside_title
from vaguemestre.mailbox.webmail.services.isolation.lru import WeightedLru
from vaguemestre.mailbox.webmail.services.message import authors
from vaguemestre.mailbox.webmail.services.message.authors import Author, author_of, author_seen_by
from vaguemestre.people.credentials.values import AccountRole
from vaguemestre.people.directory.models import Academy, Assignment, MailAddress, ManagementService, Structure
from vaguemestre.post.mailstore.values import Correspondent
from vaguemestre.schools.sharing.models import Box

pytestmark = pytest.mark.django_db

TITLES = {
    "Collège Jules Verne, Amiens": "school",
    "Lycée Thuillier, Amiens": "school",
    "École Les Lilas, Abbeville": "school",
    "Inspection de l’éducation nationale, circonscription d’Abbeville": "district",
    "Centre académique de ressources numériques": "service",
    "Service social": "service",
    "Secrétariat": "service",
    "Vie scolaire": "service",
    "Boutique solidaire des lycéens": "project",
}
HONEST = (Path(__file__).parent / "honest_names.txt").read_text(encoding="utf-8").splitlines()
READER = Who(
    account_id=0,
    username="zlambert",
    mailbox="zlambert",
    address="zoe.lambert@ac-amiens.test",
    name="Zoé Lambert",
    first_name="Zoé",
    role=AccountRole.AGENT,
    session_key="",
    signed_in_at=NOON,
)
HEADS = ("Philippe Vasseur", "Hélène Petit", "Paul de la Tour", "Marc Leroy", "Anne Martin", "Jean Martin")


@pytest.fixture(autouse=True)
def academie(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heads, one colleague, mailboxes and services."""
    monkeypatch.setattr(authors, "_titles", WeightedLru(1))
    monkeypatch.setattr(authors, "_authors", WeightedLru(4096))
    school: Structure | None = None
    for name in (*HEADS, "Zoé Lambert"):
        first, _, last = name.partition(" ")
        person = account(
            f"x{first}{last}"[:20].lower().replace(" ", ""), first_name=first, last_name=last
        ).person
        assert person is not None
        local = f"{first}.{last}".lower().replace(" ", "-").replace("é", "e").replace("è", "e")
        MailAddress.objects.filter(person=person).update(address=f"{local}@ac-amiens.test")
        posts = Assignment.objects.filter(person=person)
        posts.update(function="DIR" if name in HEADS else "ENS", starts_on=date(2020, 9, 1), ends_on=None)
        school = school or posts.get().structure
    academy = Academy.objects.get()
    for number, (title, kind) in enumerate(TITLES.items()):
        box = account(f"boite{number}")
        address = f"b{number}@ac-amiens.test"
        Box.objects.create(
            account=box, academy=academy, kind=kind, address=address, title=title, opened_at=timezone.now()
        )
    for code, name in (
        ("DPE", "Division des personnels enseignants (DPE)"),
        ("DEC", "Division des examens et concours"),
    ):
        ManagementService.objects.create(academy=academy, code=code, name=name)


def seen(name: str) -> Author:
    return author_of(Correspondent(name, "quelquun@dehors.example"), own_institution(READER))


def is_warned(author: Author) -> bool:
    return bool(author.impersonated_name) or author.claims_service or author.is_lookalike


@pytest.mark.parametrize(
    "name",
    [
        "M. Vasseur, principal",
        "M. le principal Vasseur",
        "Le Principal du collège, M. Vasseur",
        "VASSEUR (Principal)",
        "Vаsseur - le Principal",  # a Cyrillic letter
        "M. de la Tour, proviseur",
        "le proviseur de la Tour",
        "Directeur de l’école : Vasseur",
        "Pʜɪʟɪᴘᴘᴇ Vᴀssᴇᴜʀ",
        "🅿🅷🅸🅻🅸🅿🅿🅴 🆅🅰🆂🆂🅴🆄🆁",
        "🅟🅗🅘🅛🅘🅟🅟🅔 🅥🅐🅢🅢🅔🅤🅡",
        "🇵 🇭 🇮 🇱 🇮 🇵 🇵 🇪".replace(" ", "") + " Vasseur",
        "PhilippeVasseur",
        "philippevasseur",
        "VASSEURPHILIPPE",
        "Philippe-Vasseur",
        "VASSEUR-PHILIPPE",
        "Philippe-Vasseur, Amiens",
        "Principal - Philippe-Vasseur",
        "Philippe Va$$eur",
        "Ph. Vasseur",
        "VASSEUR Ph.",
        "VASSEUR PH., principal",
        "P h i l i p p e V a s s e u r",
        "P H I L I P P E  V A S S E U R",
        "P H I L I P P E - V A S S E U R",
        "P.h.i.l.i.p.p.e V.a.s.s.e.u.r",
        "P_h_i_l_i_p_p_e V_a_s_s_e_u_r - Principal",
        "Philippe V a s s e u r",
        "Ph!l1ppe Va55eur",
        "P h ! l 1 p p e V a 5 5 e u r",
        "Ph¡l¡ppe V4sseur",
        "Ph||ippe Vasseur",
        "Philippe!Vasseur",
        "PHlLlPPE VASSEUR",
        "Collège Jules Verne … pour Philippe Vasseur",
        f"Collège Jules Verne{' ' * 300}pour Philippe Vasseur",
    ],
)
def test_a_head_is_named_whose_name_or_title_is_borrowed(name: str) -> None:
    assert seen(name).impersonated_name in ("Philippe Vasseur", "Paul de la Tour")


@pytest.mark.parametrize(
    "name",
    [
        "Collège Jules Verne, Amiens",
        "COLLEGE JULES-VERNE AMIENS",
        "Secrétariat du Collège Jules Verne (Amiens) Amiens",
        "Intendance - Lycée Thuillier Amiens",
        "Inspection de l’Éducation nationale - Circonscription d’Abbeville",
        "Division des personnels enseignants (DPE)",
        "Division des Personnels Enseignants",
        "DSDEN de la Somme",
        "Inspection académique de l’Oise",
        "Madame la Rectrice",
        "M. le Recteur",
        "Le DASEN de l’Aisne",
    ],
)
def test_a_title_of_ours_is_told_at_an_outsiders_address(name: str) -> None:
    assert seen(name).claims_service


@pytest.mark.heavy
def test_two_hundred_honest_outsiders_are_left_in_peace() -> None:
    assert len(set(HONEST)) >= 200
    assert [name for name in HONEST if is_warned(seen(name))] == []


@pytest.mark.parametrize(
    "name",
    [
        "P. Vasser",  # a surname of his own
        "Ph. Durand",
        "Ph. Martin",  # no colleague of that initial
        "CH Vasseur",
        "Mme Ph. Lambert",
        "A. B. C. D. Vasseur",
        "Option A B C D E",
        "F.C.P.E. - Vasseur",
        "Bravo ! Vasseur",
        "Emilie Vasseur",
    ],
)
def test_a_short_or_spaced_name_of_nobody_here_is_left_in_peace(name: str) -> None:
    assert not is_warned(seen(name))


@pytest.mark.parametrize("address", ["philibert.vasseur@dehors.example", "pauline.vasseur@dehors.example"])
def test_an_initial_is_the_senders_own_where_their_address_spells_another_first_name(address: str) -> None:
    initial = "Ph." if address.startswith("ph") else "P."
    assert not is_warned(author_of(Correspondent(f"{initial} Vasseur", address), own_institution(READER)))


@pytest.mark.parametrize(
    "address", ["ph.vasseur@dehors.example", "p.vasseur@dehors.example", "x@dehors.example"]
)
def test_an_address_that_spells_no_first_name_tells_whose_initial_it_is_no_better(address: str) -> None:
    author = author_of(Correspondent("Ph. Vasseur", address), own_institution(READER))
    assert author.impersonated_name == "Philippe Vasseur"


@pytest.fixture
def school() -> tuple[int, Structure]:
    """A person who serves one school, and the school."""
    post = Assignment.objects.get(person__first_name="Zoé")
    Structure.objects.filter(pk=post.structure_id).update(name="Collège Jules Verne", town="Amiens")
    return post.person_id, Structure.objects.get(pk=post.structure_id)


def seen_by(person_id: int | None, name: str, address: str = "quelquun@dehors.example") -> Author:
    return author_seen_by(person_id, Correspondent(name, address), own_institution(READER))


@pytest.mark.parametrize(
    "name",
    [
        "Le principal du collège Jules Verne",
        "La Principale - COLLEGE JULES-VERNE",
        "Principal adjoint, collège Jules Verne (Amiens)",
        "Mme Durand, principale du collège Jules Verne",
        "Directrice du collège Jules Verne",
    ],
)
def test_the_head_of_ones_own_school_is_no_outsider(school: tuple[int, Structure], name: str) -> None:
    person_id, _ = school
    assert seen_by(person_id, name).claims_service
    assert not is_warned(seen_by(None, name)), "an account of nobody serves no school"
    Assignment.objects.filter(person_id=person_id).update(ends_on=date(2021, 8, 31))
    assert not is_warned(seen_by(person_id, name)), "a school left is a school like others"


@pytest.mark.parametrize(
    "name",
    [
        "Le principal du collège Jules Ferry",
        "Le principal du collège Verne",
        "Collège Jules Verne",
        "PRONOTE - Collège Jules Verne",
        "Secrétariat du collège Jules Verne",
        "Parents d’élèves du collège Jules Verne",
        "Brigadier principal, collège Jules Verne",
        "Compte principal collège Jules Verne",
        "Directeur de l’usine Jules Verne",
    ],
)
def test_a_school_that_does_not_sign_as_its_head_is_left_in_peace(
    school: tuple[int, Structure], name: str
) -> None:
    assert not is_warned(seen_by(school[0], name))


def test_an_address_of_ours_may_sign_as_the_head_of_its_school(school: tuple[int, Structure]) -> None:
    author = seen_by(school[0], "Le principal du collège Jules Verne", "ce.0800001a@ac-amiens.test")
    assert not author.claims_service


def test_schools_are_asked_for_beside_a_heads_title_alone(
    school: tuple[int, Structure], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seen_by(school[0], "Les lettres du mercredi")
    with django_assert_num_queries(0):
        seen_by(school[0], "Les lettres du mercredi")


def test_a_surname_that_several_heads_share_accuses_nobody() -> None:
    assert not is_warned(seen("Mme Martin, principale"))


def test_a_head_of_former_years_is_nobodys_mask() -> None:
    Assignment.objects.update(ends_on=date(2021, 8, 31))
    assert not is_warned(seen("M. Vasseur, principal"))


def test_titles_are_read_once_in_an_hour(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    seen("Les lettres du mardi")
    with django_assert_num_queries(1):  # colleagues of similar names
        seen("Les lettres du jeudi")


@pytest.mark.parametrize(
    ("name", "surnames"),
    [
        ("Vasseur, principal", {"vasseur"}),
        ("Le principal", set()),
        ("M. de la Tour, le principal", {"tour", "de-la-tour"}),
        ("proviseure Anne Martin", {"anne", "anne-martin"}),
        ("Le principal du collège, M. Vasseur", {"vasseur"}),
        ("Ingénieur principal Petit", set()),
        ("Mme Petit, directrice de la crèche", set()),
        ("", set()),
    ],
)
def test_surnames_stand_beside_a_heads_title(name: str, surnames: set[str]) -> None:
    assert {*surnames_beside_title(name)} == surnames
