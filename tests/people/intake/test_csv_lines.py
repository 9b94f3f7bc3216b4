"""Files read into values: every line good, or refused with its number, column and reason."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.people.intake.lines import feed, line, other

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.ui.refusals import sentence
from vaguemestre.people.directory.values import NumenLayout
from vaguemestre.people.intake.feed_parsers import hr, structures
from vaguemestre.people.intake.feed_parsers.hr import COLUMNS

TODAY = date(2026, 11, 25)


def read(content: bytes) -> list[tuple[int, str, str]]:
    return [(r.line, r.column, r.reason) for r in hr.parse_feed(content, TODAY).refused]


def test_a_line_becomes_a_record() -> None:
    (record,) = hr.parse_feed(feed(line(numen="20 e 95 01234 abc", fin="2027-08-31")), TODAY).records
    assert (record.line, record.dossier, record.category, record.civil.first_name) == (
        2,
        "D1",
        "2D_PUBLIC",
        "Élodie",
    )
    assert record.civil.birth_date == date(1980, 5, 4)
    assert (record.post.uai, record.post.starts_on, record.post.ends_on, record.post.is_primary) == (
        "0809001Z",
        date(2020, 9, 1),
        date(2027, 8, 31),
        True,
    )
    assert record.numen is not None
    assert record.numen.layout is NumenLayout.STANDARD


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_byte_order_mark_line_ends_and_empty_lines_do_not_count(mark: str, end: str) -> None:
    text = mark + end.join([";".join(COLUMNS), "", line(), ";" * 16, other(), ""])
    reading = hr.parse_feed(text.encode(), TODAY)
    assert ([r.line for r in reading.records], reading.refused, reading.notices) == ([3, 5], (), ())


def test_windows_1252_is_read_with_a_notice() -> None:
    reading = hr.parse_feed(feed(line(nom_usage="Œuvrard")).decode().encode("windows-1252"), TODAY)
    assert reading.records[0].civil.usage_name == "Œuvrard"
    assert "windows-1252" in reading.notices[0]


def test_a_utf_8_file_cut_in_the_middle_of_an_accent_keeps_the_others() -> None:
    whole = feed(line(), other(nom_naissance="Koné"), line(dossier="D3", numen="", nom_naissance="Lefè"))
    cut = whole[: whole.rindex("è".encode()) + 1]
    reading = hr.parse_feed(cut, TODAY)
    assert [r.civil.birth_name for r in reading.records] == ["Lefèvre", "Koné"]
    assert [(r.line, r.reason) for r in reading.refused] == [(4, "dernière ligne tronquée")]
    assert reading.notices == ()


def test_a_line_of_another_encoding_spoils_itself_only() -> None:
    lines = feed(line(), other(nom_naissance="Koné"), line(dossier="D3", numen="", nom_naissance="Boisé"))
    reading = hr.parse_feed(lines.replace("Koné".encode(), "Koné".encode("windows-1252")), TODAY)
    assert [r.civil.birth_name for r in reading.records] == ["Lefèvre", "Boisé"]
    assert [(r.line, r.column) for r in reading.refused] == [(3, "nom_naissance")]
    old = feed(line(), other(nom_naissance="Koné")).decode().encode("windows-1252")
    pasted = hr.parse_feed(old + line(dossier="D3", numen="").encode(), TODAY)
    assert [r.civil.birth_name for r in pasted.records] == ["Lefèvre", "Koné", "Lefèvre"]


def test_a_file_with_nothing_below_its_header_says_so() -> None:
    assert hr.parse_feed(feed(), TODAY).notices == ("Le fichier n’a aucune ligne sous la première.",)


def test_what_is_wrong_with_the_companion_file_names_it() -> None:
    for content in (b"", b"uai,nom,type,secteur,departement,commune,code_postal\n", b"uai;nom\n", b"x\n"):
        with pytest.raises(Refusal) as refused:
            structures.parse_structures(content)
        assert "fichier des établissements" in sentence(refused.value)


def test_columns_may_come_in_any_order_with_unknown_ones() -> None:
    names = [*reversed(COLUMNS), "remarque"]
    cells = dict(zip(COLUMNS, line().split(";"), strict=True)) | {"remarque": "x"}
    text = ";".join(names).upper() + "\n" + ";".join(cells[n] for n in names)
    reading = hr.parse_feed(text.encode(), TODAY)
    assert reading.records[0].dossier == "D1"
    assert reading.notices == ("Colonnes ignorées du fichier : remarque.",)


@pytest.mark.heavy
def test_a_header_of_a_million_columns_takes_a_moment() -> None:
    """30 MB of one name, which a school may upload, were counted again for each of them: hours."""
    started = time.process_time()
    with pytest.raises(Refusal, match="intake.columns-twice"):
        hr.parse_feed(feed(line()).replace(b"corps;", b"corps;" + b"uai;" * 1_000_000, 1), TODAY)
    assert time.process_time() - started < 10


def test_of_many_unknown_columns_the_first_ones_are_named() -> None:
    many = b"".join(b"x%d;" % number for number in range(60))
    [notice] = hr.parse_feed(feed(line()).replace(b"corps;", b"corps;" + many, 1), TODAY).notices
    assert notice.endswith("x48, x49 et 10 autres.")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "intake.file-empty"),
        (b"\n\n", "intake.file-empty"),
        (feed(line()).replace(b";", b","), "intake.separator-wrong"),
        (feed(line()).replace(b";", b"\t"), "intake.separator-wrong"),
        (feed(line()).replace(b"prenom", b"nom_naissance", 1), "intake.columns-missing"),
        (line().encode(), "intake.header-absent"),
        (feed(line(), other()).replace(b"\n", b"\r"), "intake.line-ends"),
        (feed(line()).replace(b"corps;", b"corps;uai;", 1), "intake.columns-twice"),
        (feed(line()).decode().encode("utf-16"), "intake.file-encoding"),
        (feed(line()) + b"\x81\x8d", "intake.file-encoding"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "intake.file-encoding"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_refusal(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        hr.parse_feed(content, TODAY)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"dossier": ""}, "dossier", "vide"),
        ({"prenom": " "}, "prenom", "vide"),
        ({"debut": ""}, "debut", "vide"),
        ({"numen": "20E95"}, "numen", "malformé"),
        ({"uai": "0809001A"}, "uai", "lettre de contrôle"),
        ({"uai": "809001"}, "uai", "malformé"),
        ({"categorie": "3D_PUBLIC"}, "categorie", "inconnue"),
        ({"date_naissance": "30/02/1980"}, "date_naissance", "impossible"),
        ({"date_naissance": "04/05/2020"}, "date_naissance", "impossible"),
        ({"debut": "2026"}, "debut", "impossible"),
        ({"debut": "01/09/1026"}, "debut", "impossible"),
        ({"fin": "31/08/2019"}, "fin", "précède"),
        ({"principal": "oui"}, "principal", "O ou N"),
        ({"courriel_secours": "pas une adresse"}, "courriel_secours", "malformée"),
        ({"prenom": "=1+1"}, "prenom", "formule"),
        ({"nom_usage": "@SUM(A1)"}, "nom_usage", "formule"),
        ({"nom_naissance": "#REF!"}, "nom_naissance", "erreur de tableur"),
        ({"nom_naissance": "#VALEUR!"}, "nom_naissance", "erreur de tableur"),
        ({"prenom": "#N/A"}, "prenom", "erreur de tableur"),
        ({"nom_usage": "#NOM?"}, "nom_usage", "erreur de tableur"),
        ({"nom_naissance": "Kon\ufffd"}, "nom_naissance", "illisible"),
        ({"nom_naissance": "李", "prenom": "小龙"}, "nom_naissance", "à la main"),
        ({"nom_naissance": "<script>alert(1)</script>"}, "nom_naissance", "signe « < »"),
        ({"prenom": "Élodie {1}"}, "prenom", "signe « { »"),
        ({"nom_naissance": "x" * 101}, "nom_naissance", "100 caractères"),
        ({"prenom": "Él\x07odie"}, "", "contrôle"),
        ({"prenom": '"Élo"die'}, "", "guillemets"),
    ],
)
def test_a_bad_line_is_refused_and_the_rest_goes_through(
    cells: dict[str, str], column: str, words: str
) -> None:
    content = feed(other(), line(**cells), other(dossier="D3", numen=""))
    (refused,) = read(content)
    assert refused[:2] == (3, column)
    assert words in refused[2]
    assert len(hr.parse_feed(content, TODAY).records) == 2


def test_a_missing_or_an_extra_cell_is_told() -> None:
    assert read(feed(line() + ";x")) == [(2, "", "18 cellules au lieu de 17")]


def test_one_cell_is_singular() -> None:
    assert (2, "", "1 cellule au lieu de 17") in read(feed("D1", line()))


def test_a_truncated_last_line_is_told() -> None:
    content = feed(other(), line())[:-60]
    assert read(content) == [(3, "", "dernière ligne tronquée")]


def test_a_quote_left_open_spoils_its_line_only() -> None:
    content = feed(line(nom_naissance='"Lefèvre'), other(), other(dossier="D3", numen="", prenom='"Marc"'))
    reading = hr.parse_feed(content, TODAY)
    assert [r.line for r in reading.refused] == [2]
    assert [r.civil.first_name for r in reading.records] == ["Marc", "Marc"]


def test_unusual_spaces_and_decomposed_accents_are_made_usual() -> None:
    (record,) = hr.parse_feed(feed(line(nom_naissance="Le\u00a0Goff", prenom="E\u0301lodie")), TODAY).records
    assert (record.civil.birth_name, record.civil.first_name) == ("Le Goff", "Élodie")


@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    for whole in (content, feed(line()) + content):
        try:
            reading = hr.parse_feed(whole, TODAY)
        except Refusal:
            continue
        lines = [one.line for one in reading.records] + [one.line for one in reading.refused]
        assert len(set(lines)) == len(lines)


def test_establishments_are_read_or_refused() -> None:
    content = (
        "uai;nom;type;secteur;departement;commune;code_postal\n"
        "0809001Z;Collège Jules Verne;Collège;Public;80;Amiens;80000\n"
        "0609001H;École;Ecole;;;Beauvais;60000\n"
        "0809002A;Collège;Collège;Privé sous contrat;080;Abbeville;80100\n"
        "0809001A;x;x;PUBLIC;080;x;80000\n"
        "0609002J;x;x;MIXTE;060;x;60000\n"
    )
    reading = structures.parse_structures(content.encode())
    assert [(p.uai, p.sector, p.department) for p in reading.places] == [
        ("0809001Z", "PUBLIC", "080"),
        ("0609001H", "", "060"),
        ("0809002A", "PRIVE", "080"),
    ]
    assert [(r.line, r.column) for r in reading.refused] == [(5, "uai"), (6, "secteur")]


def test_a_school_says_its_district_where_the_file_has_that_column() -> None:
    header, cells = (
        "uai;nom;type;secteur;departement;commune;code_postal",
        "0609001H;x;Ecole;;;Beauvais;60000",
    )
    for more, told, found in (("", "", ""), (";circonscription", ";Beauvais nord", "Beauvais nord")):
        reading = structures.parse_structures(f"{header}{more}\n{cells}{told}\n".encode())
        assert [place.district for place in reading.places] == [found]
        assert reading.notices == ()
