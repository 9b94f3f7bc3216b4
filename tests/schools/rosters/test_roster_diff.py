"""What each request of an AAF export changes in the rosters, and what cannot be used."""

import pytest

from vaguemestre.schools.rosters.rules.roster_diff import target_rosters
from vaguemestre.schools.rosters.values import AafAct, AafCategory, AafRequest, Roster, TargetRosters

UAI, SOURCE = "0800001A", "7"
type Fields = dict[str, tuple[str, ...]]

ZOE: Fields = {
    "givenName": ("Zoé",), "sn": ("Petit",), "ENTPersonLogin": ("zpetit",),
    "ENTEleveStructRattachId": (SOURCE,), "ENTEleveClasses": (f"{SOURCE}$4B",),
    "ENTEleveAutoriteParentale": ("50",),
}  # fmt: skip
PARENT: Fields = {"givenName": ("Luc",), "sn": ("Petit",), "ENTPersonLogin": ("lpetit",)}
TEACHER: Fields = {"mail": ("prof@ac-amiens.test",), "ENTAuxEnsClasses": (f"{SOURCE}$4B",)}


def uai_of(text: str) -> str:
    """The same code with its right letter."""
    return f"{text[:7]}{'ABCDEFGHJKLMNPRSTUVWXYZ'[int(text[:7]) % 23]}"


def applied(
    *requests: AafRequest, stored: dict[str, Roster] | None = None, is_full: bool = False
) -> TargetRosters:
    return target_rosters(requests, stored or {}, str, is_full=is_full, domain="ent.test")


def add(category: AafCategory, id_: str, fields: Fields, act: AafAct = AafAct.ADD) -> AafRequest:
    return AafRequest(act, category, id_, fields, "f.xml", 3)


@pytest.fixture
def school() -> AafRequest:
    return add(AafCategory.SCHOOL, SOURCE, {"ENTStructureUAI": (uai_of(UAI),)})


@pytest.fixture
def stored(school: AafRequest) -> dict[str, Roster]:
    """A class with one pupil, their parent and a teacher."""
    target = applied(
        school,
        add(AafCategory.PUPIL, "1", ZOE),
        add(AafCategory.RELATIVE, "50", PARENT),
        add(AafCategory.STAFF, "90", TEACHER),
        is_full=True,
    )
    assert target.rejected == ()
    return dict(target.rosters)


def the_roster(target: TargetRosters) -> Roster:
    (roster,) = target.rosters.values()
    return roster


@pytest.mark.parametrize(
    ("category", "id_", "fields", "act", "reason"),
    [
        (AafCategory.SCHOOL, SOURCE, {}, AafAct.DELETE, "ne vient pas de l’ENT"),
        (AafCategory.SCHOOL, "8", {}, AafAct.ADD, "sans code UAI"),
        (AafCategory.SCHOOL, "8", {"ENTStructureUAI": ("0800001Z",)}, AafAct.ADD, "est faux"),
        (
            AafCategory.SCHOOL,
            "8",
            {"ENTStructureUAI": (uai_of(UAI),)},
            AafAct.ADD,
            "porte déjà un autre numéro",
        ),
        (AafCategory.PUPIL, "2", {}, AafAct.DELETE, "élève à retirer, mais inconnu"),
        (AafCategory.PUPIL, "2", ZOE, AafAct.MODIFY, "élève à modifier, mais inconnu"),
        (AafCategory.PUPIL, "2", {"givenName": ("A",), "sn": ("B",)}, AafAct.ADD, "sans établissement"),
        (AafCategory.PUPIL, "2", {**ZOE, "sn": ("",)}, AafAct.ADD, "sans nom ou sans prénom"),
        (AafCategory.PUPIL, "2", {**ZOE, "sn": ("P\x07",)}, AafAct.ADD, "inutilisable"),
        (AafCategory.PUPIL, "2", {**ZOE, "ENTEleveClasses": ("4B",)}, AafAct.ADD, "classe mal écrite"),
        (AafCategory.RELATIVE, "51", {}, AafAct.DELETE, "responsable à retirer, mais inconnu"),
        (AafCategory.RELATIVE, "51", PARENT, AafAct.MODIFY, "responsable à modifier, mais inconnu"),
        (AafCategory.STAFF, "91", {**TEACHER, "mail": ("prof",)}, AafAct.ADD, "mal formée"),
        (AafCategory.STAFF, "91", {**TEACHER, "mail": ()}, AafAct.ADD, "sans adresse académique"),
    ],
)
def test_a_record_that_cannot_be_used_is_set_aside_with_its_reason_and_place(
    stored: dict[str, Roster], category: AafCategory, id_: str, fields: Fields, act: AafAct, reason: str
) -> None:
    target = applied(add(category, id_, fields, act), stored=stored)
    (rejected,) = target.rejected
    assert reason in rejected.reason
    assert (rejected.file, rejected.line) == ("f.xml", 3)
    assert target.rosters == stored


def test_a_pupil_who_leaves_takes_their_parent_along(stored: dict[str, Roster]) -> None:
    roster = the_roster(applied(add(AafCategory.PUPIL, "1", {}, AafAct.DELETE), stored=stored))
    assert (roster.pupils, roster.relatives) == ({}, {})


def test_a_parent_who_is_withdrawn_is_nobodys_any_more(stored: dict[str, Roster]) -> None:
    roster = the_roster(applied(add(AafCategory.RELATIVE, "50", {}, AafAct.DELETE), stored=stored))
    (pupil,) = roster.pupils.values()
    assert (pupil.relatives, roster.relatives) == (frozenset(), {})


def test_a_teacher_who_leaves_teaches_no_class(stored: dict[str, Roster]) -> None:
    assert the_roster(applied(add(AafCategory.STAFF, "90", {}, AafAct.DELETE), stored=stored)).teachers == {}


def test_a_change_keeps_what_it_does_not_mention(stored: dict[str, Roster]) -> None:
    before = the_roster(applied(stored=stored))
    after = the_roster(
        applied(
            add(AafCategory.SCHOOL, SOURCE, {}, AafAct.MODIFY),
            add(AafCategory.PUPIL, "1", {"sn": ("Grand",)}, AafAct.MODIFY),
            add(AafCategory.RELATIVE, "50", {}, AafAct.MODIFY),
            add(AafCategory.STAFF, "90", {}, AafAct.MODIFY),
            stored=stored,
        )
    )
    (old,), (new,) = before.pupils.values(), after.pupils.values()
    assert (new.first_name, new.last_name, new.groups) == (old.first_name, "Grand", old.groups)
    assert (after.relatives, after.teachers) == (before.relatives, before.teachers)


def test_a_complete_export_removes_whom_it_no_longer_names(
    stored: dict[str, Roster], school: AafRequest
) -> None:
    newcomer = {**ZOE, "givenName": ("Anaïs",), "ENTEleveAutoriteParentale": ()}
    roster = the_roster(
        applied(
            school,
            add(AafCategory.PUPIL, "2", newcomer),
            add(AafCategory.STAFF, "91", TEACHER),
            stored=stored,
            is_full=True,
        )
    )
    assert [pupil.first_name for pupil in roster.pupils.values()] == ["Anaïs"]
    assert len(roster.teachers) == 1


def test_only_relatives_with_parental_authority_are_linked(school: AafRequest) -> None:
    related = ("50$1$1$1$1$0", "51$1$1$3$1$0", "52")
    child = {**ZOE, "ENTEleveAutoriteParentale": (), "ENTElevePersRelEleve": related}
    parents = [add(AafCategory.RELATIVE, number, PARENT) for number in ("50", "51", "52")]
    (pupil,) = the_roster(applied(school, add(AafCategory.PUPIL, "1", child), *parents)).pupils.values()
    assert pupil.relatives == {f"{AafCategory.RELATIVE}:50", f"{AafCategory.RELATIVE}:52"}


def test_what_is_dropped_is_counted(school: AafRequest) -> None:
    notices = " ".join(
        applied(
            school,
            add(AafCategory.PUPIL, "1", {**ZOE, "ENTEleveStructRattachId": ("99",)}),
            add(AafCategory.RELATIVE, "50", {**PARENT, "mail": ("luc@ailleurs.test",), "ENTPersonLogin": ()}),
        ).notices
    )
    for words in ("laissés de côté : 1", "Adresses hors de l’ENT, non gardées : 1", "rien ne partira : 1"):
        assert words in notices
