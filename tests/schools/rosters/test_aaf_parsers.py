"""Exports are read as they stream; what is hostile or broken is refused with its line."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.schools.rosters.schools import ENT, TODAY, school

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.people.intake.feed_parsers.csv_lines import read_table
from vaguemestre.schools.rosters.aaf.csv import COLUMNS, read_classes
from vaguemestre.schools.rosters.aaf.file_names import ExportName, parse_export_name
from vaguemestre.schools.rosters.aaf.xml import chunks_of, read_requests
from vaguemestre.schools.rosters.sample import HEAD, sample_files
from vaguemestre.schools.rosters.values import AafRequest

FULL = sample_files(school(), TODAY)
PUPILS = next(content for name, content in FULL.items() if "_Eleve_" in name)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE ficAlimMENESR [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    "<ficAlimMENESR>&b;</ficAlimMENESR>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE ficAlimMENESR [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<ficAlimMENESR>&x;</ficAlimMENESR>"
)


def read(content: bytes | str) -> list[AafRequest]:
    raw = content.encode() if isinstance(content, str) else content
    return list(read_requests(chunks_of(raw), "f.xml"))


def test_a_complete_export_gives_its_requests_with_their_lines() -> None:
    found = read(PUPILS)
    assert len(found) == 30
    assert {one.category for one in found} == {"Eleve"}
    assert found[0].line == 4
    assert found[1].line > found[0].line


def test_what_writing_does_not_need_is_dropped_while_reading() -> None:
    names = {name for one in read(PUPILS) for name in one.attributes}
    assert names <= {
        "sn", "givenName", "mail", "ENTPersonStructRattach", "ENTEleveStructRattachId", "ENTEleveClasses",
        "ENTEleveGroupes", "ENTElevePersRelEleve",
    }  # fmt: skip


def test_values_are_shown_nowhere_by_accident() -> None:
    one = read(PUPILS)[0]
    assert one.attributes["sn"][0] not in repr(one)


@pytest.mark.parametrize("hostile", [BOMB, OUTSIDE], ids=["entities", "outside file"])
def test_a_file_that_declares_anything_is_refused(hostile: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(hostile)
    assert refused.value.code == "rosters.file-broken"
    assert "refusé" in str(refused.value.facts["reason"])


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (HEAD + "<ficAlimMENESR>\n<addRequest>\n", 5, "tronqué"),
        (HEAD + "<ficAlimMENESR>\n<addRequest>\n</oups>\n</ficAlimMENESR>", 5, "balisage"),
        (HEAD + "<ficAlimMENESR>\n<truc/></ficAlimMENESR>", 4, "pas à sa place"),
        ("<html><body>perdu</body></html>", 1, "pas un export"),
        (HEAD + "<ficAlimMENESR>\n<addRequest>&eacute;</addRequest></ficAlimMENESR>", 4, "entité inconnue"),
        ('<?xml version="1.0" encoding="klingon"?><ficAlimMENESR/>', 1, "codage"),
        ("", 1, "tronqué"),
    ],
)
def test_a_broken_file_says_where_and_why(text: str, line: int, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(text.encode("iso-8859-15"))
    assert refused.value.facts["line"] == line
    assert reason in str(refused.value.facts["reason"])


def test_a_value_without_end_is_refused() -> None:
    text = HEAD + "<ficAlimMENESR><addRequest><identifier><id>" + "9" * 5000
    with pytest.raises(Refusal, match="file-broken"):
        read(text)


@given(st.integers(0, len(PUPILS) - 1), st.integers(1, 400))
def test_cut_anywhere_a_file_is_refused_and_slices_do_not_matter(cut: int, slice_size: int) -> None:
    def slices(content: bytes) -> Iterable[bytes]:
        for start in range(0, len(content), slice_size * 40):
            yield content[start : start + slice_size * 40]

    assert list(read_requests(slices(PUPILS), "f.xml")) == read(PUPILS)
    if PUPILS[cut:].strip():
        with pytest.raises(Refusal) as refused:
            list(read_requests(slices(PUPILS[:cut]), "f.xml"))
        assert refused.value.facts["line"] <= PUPILS[:cut].count(b"\n") + 1  # type: ignore[operator]


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(Refusal, match="file-broken"):
        read(noise)


def test_names_of_files_tell_the_school_and_the_kind() -> None:
    assert parse_export_name("ENT_0800001S_Complet_20260901_Eleve_0000.xml") == ExportName("0800001S", True)
    assert parse_export_name("ENT_0800001S_Delta_20260902_Eleve_0000.xml") == ExportName("0800001S", False)
    assert parse_export_name("classes.csv") == ExportName()


CSV = """classe;role;nom;prenom;adresse;eleve
4B;ELEVE;Martin;Léa;lea.martin@ent-amiens.test;
4B;RESPONSABLE;Martin;Paul;paul.martin@ent-amiens.test;lea.martin@ent-amiens.test
4B;PROFESSEUR;Morel;Nicolas;nicolas.morel@ac-amiens.test;
4B;ELEVE;Petit;Tom;tom@gmail.example;
4B;CHAT;Petit;Tom;tom@ent-amiens.test;
4B;RESPONSABLE;Petit;Ana;ana@ent-amiens.test;tom@ent-amiens.test
;ELEVE;Roux;Eva;eva@ent-amiens.test;
4B;RESPONSABLE;Martin;Zoé;zoe.martin@ent-amiens.test;Léa Martin
4B;RESPONSABLE;Martin;Zoé;;lea.martin@ent-amiens.test
"""


def test_a_csv_of_classes_is_read_line_by_line() -> None:
    read = read_classes(read_table(CSV.encode(), COLUMNS), "c.csv", "0800001S", str, domain=ENT)
    roster = read.rosters["0800001S"]
    assert len(roster.pupils) == len(roster.relatives) == len(roster.teachers) == 1
    assert next(iter(roster.pupils.values())).relatives == frozenset(roster.relatives)
    assert [(one.line, one.reason) for one in read.rejected] == [
        (
            5,
            f"colonne « adresse » : adresse hors de l’ENT, dont le domaine est {ENT} ; elle n’est pas gardée",
        ),
        (6, "rôle inconnu : ELEVE, RESPONSABLE ou PROFESSEUR"),
        (7, "l’élève de ce responsable n’est pas dans le fichier"),
        (8, "classe absente, ou nom trop long"),
        (9, "colonne « eleve » : il y faut l’adresse de l’élève dans l’ENT, celle de sa propre ligne"),
        (10, "colonne « adresse » : absente, ou ce n’est pas une adresse électronique"),
    ]
    assert not any("Tom" in one.reason or "tom@" in one.reason for one in read.rejected)
