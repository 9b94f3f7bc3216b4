"""Mail merge from a workbook: .xlsx and .ods give the rows that the sheet shows, read in the sandbox."""

import csv
import subprocess
from datetime import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.answers import as_typed
from tests.mailbox.compose.test_mail_merge import HOME, typed
from tests.mailbox.compose.test_services import save
from tests.mailbox.compose.workbooks import number, ods, packed, text, xlsx

from vaguemestre.engines.memory.mailbox import MemoryMailbox, MemoryMailboxes
from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.foundation.kernel.text.french_dates import hour_fr
from vaguemestre.mailbox.compose.models import Mailing, MailingCopy
from vaguemestre.mailbox.compose.rules.mail_merge import merge_copies, read_table
from vaguemestre.mailbox.compose.rules.sheets import task
from vaguemestre.mailbox.compose.services import table_in
from vaguemestre.mailbox.compose.services.rows import new_key
from vaguemestre.mailbox.compose.values import InvalidRow, Table, Writer
from vaguemestre.site.adapters.compose import SheetReader

pytestmark = pytest.mark.django_db

HEADER = text("Prénom") + text("Courriel") + text("Note de l’élève")
PUPILS = xlsx(HEADER, text("Léa") + text("lea@dehors.example") + number("12.5"))


def here(content: bytes) -> Table:
    """The table of a workbook, read in this process: the sandbox has tests of its own below."""
    return table_in(content, lambda blob: task.perform({}, [blob], lambda _kind, _what: None))


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (number("12.5"), "12,5"),
        (number("0.30000000000000004"), "0,3"),
        (number("120"), "120"),
        (number("1E3"), "1000"),
        (number("46003", 1), "12/12/2025"),
        (number("46003", 3), "12/12/2025"),
        (number("46003.604166666664", 7), f"12/12/2025 {hour_fr(time(14, 30))}"),
        (number("0.604166666666667", 6), hour_fr(time(14, 30))),
        (number("1400", 2), "01400"),
        (number("612345678", 4), "06 12 34 56 78"),
        (number("0.15", 5), "15 %"),
        (number("45.5", 8), "45,50 €"),
        (number("1234.5", 8), "1 234,50 €"),
        (number("-3", 8), "-3,00 €"),
        (number("12.25", 9), "12,3"),
        (number("1234.567", 10), "1 234,57"),
        (number("1.08541666666667", 11), "26 h 03"),
        (number("45.5"), "45,5"),
        (number("1E29", 8), "100 000 000 000 000 000 000 000 000 000 €"),
        ('<c t="s"><v>1</v></c>', "Élève & co"),
        ('<c t="str"><f>A1</f><v>calculé</v></c>', "calculé"),
        ('<c t="b"><v>1</v></c>', "VRAI"),
        ('<c t="e"><v>#REF!</v></c>', ""),
    ],
)
def test_a_cell_reads_as_the_sheet_shows_it(cell: str, shown: str) -> None:
    strings = "<si><t>un</t></si><si><r><t>Élève </t></r><r><t>&amp; co</t></r><rPh><t>guide</t></rPh></si>"
    table = here(xlsx(text("a") + text("b") + text("c"), cell + text("x@y.fr") + text("z"), strings=strings))
    assert table.rows[0].cells == [shown, "x@y.fr", "z"]


def test_cells_stand_under_their_columns_and_rows_keep_their_numbers() -> None:
    header = '<c r="B1" t="str"><v>courriel</v></c><c r="D1" t="str"><v>nom</v></c>'
    row = '<c r="D3" t="str"><v>Léa</v></c><c r="AA3" t="str"><v>loin</v></c>'
    table = here(xlsx(header, "", row, first='<row r="1"><c t="str"><v>caché</v></c></row>'))
    assert table.header == ["", "courriel", "", "nom"]
    assert table.rows[0].number == 3
    assert table.rows[0].cells[3] == "Léa"
    assert table.rows[0].cells[26] == "loin"


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    content = xlsx(text("a"), number("44541", 1), workbook='<workbookPr date1904="1"/>')
    assert here(content).rows[0].cells == ["12/12/2025"]


def test_of_an_open_document_the_first_sheet_is_read_without_its_comments() -> None:
    def cell(inside: str, more: str = "") -> str:
        return f"<t:table-cell{more}>{inside}</t:table-cell>"

    header = cell("<x:p>Prénom</x:p>") + cell("<x:p>Courriel</x:p>") + cell("<x:p>Classe</x:p>")
    note = "<o:annotation><x:p>à revoir</x:p></o:annotation>"
    first = cell(f"{note}<x:p>Léa<x:s/>Marie</x:p><x:p>Ali</x:p>") + cell("<x:p>l@d.fr</x:p>")
    empty = cell("", ' t:number-columns-repeated="16384"')
    table = here(
        ods(
            f"<t:table-row>{header}{empty}</t:table-row>",
            f'<t:table-row t:number-rows-repeated="2">{empty}</t:table-row>',
            f"<t:table-row>{first}{cell('<x:p>6e B</x:p>')}</t:table-row>",
            f'<t:table-row t:number-rows-repeated="1048570">{empty}</t:table-row>',
        )
    )
    assert table.header == ["Prénom", "Courriel", "Classe"]
    assert table.rows == [(4, ["Léa Marie\nAli", "l@d.fr", "6e B"], False)]


HIDDEN = {
    "xlsx": xlsx(text("courriel"), text("vu@d.fr"), text("masque@d.fr"), hidden=(3,)),
    "ods": ods(
        *(
            f"<t:table-row{more}><t:table-cell><x:p>{word}</x:p></t:table-cell></t:table-row>"
            for word, more in (
                ("courriel", ""), ("vu@d.fr", ""), ("masque@d.fr", ' t:visibility="filter"'),
            )
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", HIDDEN)
def test_a_row_that_a_filter_hides_does_not_leave_and_is_said(kind: str) -> None:
    """Its owner sees « 4e B » alone, and the others would have received the letter."""
    result = merge_copies(here(HIDDEN[kind]), ())
    assert [copy.address for copy in result.copies] == ["vu@d.fr"]
    assert result.invalid_rows == [InvalidRow(3, "masque@d.fr", "hidden")]


def test_a_list_without_titles_does_not_lose_its_first_person() -> None:
    with pytest.raises(Refusal, match="table-untitled"):
        read_table(b"mere@famille.example;Petit\npere@famille.example;Grand\n")


PARENTS = (
    "Nom;Courriel eleve;Courriel responsable 1;Courriel responsable 2\n"
    "Petit;enfant@ent.example;mere@dehors.example;pere@dehors.example\n"
)


ONE_BARE_TITLE = "Nom;Courriel;Courriel mère\nPetit;enfant@ent.example;mere@dehors.example\n"


@pytest.mark.parametrize(
    "table",
    [PARENTS, "Courriel;Courriel\nmere@dehors.example;pere@dehors.example\n", ONE_BARE_TITLE],
)
def test_of_several_columns_of_addresses_none_is_taken_unasked(table: str) -> None:
    """What was meant for the parents left for the child, or for one of the two parents."""
    with pytest.raises(Refusal, match="several-address-columns"):
        merge_copies(read_table(table.encode()), ())
    read = read_table(table.encode())
    chosen = read._replace(address_title=read.header[1], address_place=1)
    assert len(merge_copies(chosen, ()).copies) == 1


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("Nom;Courriel responsable 1;Courriel eleve;Courriel responsable 2", "enfant@ent.example"),
        ("Nom;Courriel responsable 2;Courriel responsable 1;Courriel eleve", "mere@dehors.example"),
        ("Nom;Courriel eleve;Courriel mère;Courriel père", ""),
        ("Nom;Courriel responsable 1;Courriel responsable 1;Courriel eleve", ""),
    ],
)
def test_a_column_chosen_of_one_file_is_found_by_its_title_in_the_next(header: str, address: str) -> None:
    """Chosen by its place, that of the parents became the child's in a table ordered otherwise."""
    table = read_table(PARENTS.replace(PARENTS.splitlines()[0], header).encode())
    chosen = table._replace(address_title="Courriel responsable 1", address_place=3)
    if address:
        assert [copy.address for copy in merge_copies(chosen, ()).copies] == [address]
        return
    with pytest.raises(Refusal, match="several-address-columns"):
        merge_copies(chosen, ())


FAMILIES = (
    "Nom;Note;Nom;Note;Courriel;Classe;Classe\n"
    "Petit;12;Martin;15;mere@dehors.example;4e B;4e B\n"
    "Grand;9;Grand;9;pere@dehors.example;4e B;4e B\n"
)


@pytest.mark.parametrize("variable", ["note", "Nom"])
def test_of_two_columns_with_one_title_none_is_taken_unasked(variable: str) -> None:
    """A family received the mark of the other column, and its parent's name for the pupil's."""
    with pytest.raises(Refusal, match="title-twice") as refused:
        merge_copies(read_table(FAMILIES.encode()), (variable,))
    assert refused.value.facts["where"] == ("B et D" if variable == "note" else "A et C")


def test_two_columns_that_say_the_same_are_one() -> None:
    copies = merge_copies(read_table(FAMILIES.encode()), ("classe",)).copies
    assert [copy.values["classe"] for copy in copies] == ["4e B", "4e B"]
    assert [copy.name for copy in copies] == ["", ""], "whose name it is nobody knows"


def test_a_postal_address_is_no_column_of_mail_addresses() -> None:
    table = read_table(b"Nom;Adresse;Courriel\nPetit;3 rue du Lac;mere@dehors.example\n")
    assert [copy.address for copy in merge_copies(table, ()).copies] == ["mere@dehors.example"]


def test_the_column_of_addresses_is_asked_then_named(browser: Client, key: str) -> None:
    address = f"/messagerie/ecrire/{key}/exemplaires/"

    def given(**more: str) -> dict[str, object]:
        table = PARENTS.replace("Nom", "Prenom;Note de l’élève").replace("Petit", "Petit;12")
        file = SimpleUploadedFile("notes.csv", table.encode())
        return {"source": "file", "table": file, **more}

    asked = browser.post(address, given())
    assert asked.status_code == 422
    page = as_typed(asked.content.decode())
    assert "3 colonnes contiennent des adresses" in page
    assert '<option value="">Choisissez</option>' in page, "none is taken unasked"
    assert '<option value="3 Courriel responsable 1">Courriel responsable 1 (colonne D)</option>' in page
    assert not Mailing.objects.exists()
    assert browser.post(address, given(column="3 Courriel responsable 1")).status_code == 302
    assert MailingCopy.objects.get().address == "mere@dehors.example"
    assert "notes.csv, colonne « Courriel responsable 1 »" in as_typed(browser.get(address).content.decode())


# a few words in the file, and six million in its cells
REPEATED = (
    '<t:table-row t:number-rows-repeated="900"><t:table-cell t:number-columns-repeated="150">'
    f"<x:p>{'mot ' * 11}</x:p></t:table-cell></t:table-row>"
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (xlsx(HEADER), "table-empty"),
        (xlsx(*[text("a")] * 3002), "table-too-long"),
        (xlsx(text("a") * 201, text("b")), "table-too-wide"),
        (ods(REPEATED), "table-too-heavy"),
        (packed({"lettre.txt": "bonjour"}), "table-unreadable"),
        (PUPILS[:300], "table-unreadable"),
        (xlsx(HEADER, '<c t="s"><v>4807</v></c>'), "table-unreadable"),
        (packed({"content.xml": '<!DOCTYPE a [<!ENTITY e "ha">]><a>&e;</a>'}), "table-unreadable"),
        (packed({"content.xml": f"<a>{' ' * 61_000_000}</a>"}), "table-unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "table-old-format"),
        (b"PK\x03\x04" + bytes(10_000_001), "workbook-too-heavy"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_what_cannot_be_read_is_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        here(content)


def test_a_workbook_beyond_the_budget_is_refused() -> None:
    def too_long(content: bytes) -> dict[str, object]:
        raise EngineRefused(f"{len(content)} bytes beyond the budget")

    with pytest.raises(Refusal, match="table-unreadable"):
        table_in(PUPILS, too_long)


@pytest.fixture
def key(writer: Writer, mailboxes: MemoryMailboxes, box: MemoryMailbox) -> str:
    key = new_key()
    save(writer, key, mailboxes, 0, **typed())
    return key


@pytest.mark.heavy
def test_a_workbook_given_on_the_page_is_merged(browser: Client, key: str) -> None:
    page = f"{HOME}{key}/exemplaires/"
    table = SimpleUploadedFile("notes.xlsx", PUPILS)
    assert browser.post(page, {"source": "file", "table": table}).status_code == 302
    shown = as_typed(browser.get(page).content.decode())
    assert "1 exemplaire prêt" in shown
    assert "Bonjour Léa, note : 12,5" in shown
    assert Mailing.objects.get().source == "notes.xlsx"


def test_the_other_sheets_of_a_workbook_are_said_to_be_left_aside(browser: Client, key: str) -> None:
    """Old workbooks come with empty sheets: only those that hold something are named."""
    row = text("Léa") + text("lea@dehors.example") + number("12")
    others = {"4e B": f'<row r="1">{text("Prénom")}</row>', "Feuil3": ""}
    workbook = xlsx(HEADER, row, first=f'<row r="1">{text("caché")}</row>', others=others)
    assert here(workbook).sheets == ("Élèves", "4e B")
    assert here(PUPILS).sheets == ("Élèves",)
    cell = "<t:table-cell><x:p>{}</x:p></t:table-cell>"
    lines = [
        f"<t:table-row>{cell.format('Courriel')}</t:table-row>",
        f"<t:table-row>{cell.format('z')}</t:table-row>",
    ]
    assert here(ods(*lines)).sheets == ("4e A", "4e B")
    page = f"{HOME}{key}/exemplaires/"
    assert (
        browser.post(page, {"source": "file", "table": SimpleUploadedFile("4e.xlsx", workbook)}).status_code
        == 302
    )
    assert "d’autres feuilles, qui ne sont pas lues : « 4e B »." in as_typed(
        browser.get(page).content.decode()
    )


def test_after_a_refusal_the_file_is_still_what_is_chosen(browser: Client, key: str) -> None:
    page = f"{HOME}{key}/exemplaires/"
    table = SimpleUploadedFile("notes.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    refused = as_typed(browser.post(page, {"source": "file", "table": table}).content.decode())
    assert "ancien format .xls" in refused
    assert "Le fichier est à choisir à nouveau" in refused, "browsers do not keep it"
    assert 'id="source-file" checked' in refused
    assert 'id="source-recipients" checked' not in refused
    assert 'id="source-recipients" checked' in as_typed(browser.get(page).content.decode())


def test_a_word_that_is_no_column_is_said_beside_the_columns(browser: Client, key: str) -> None:
    table = SimpleUploadedFile("notes.csv", b"Mail;Classe\nlea@dehors.example;6e\n")
    answer = browser.post(f"{HOME}{key}/exemplaires/", {"source": "file", "table": table})
    assert "{prenom}, qui n’est aucune des colonnes : Mail, Classe." in as_typed(answer.content.decode())


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_what_libreoffice_writes_is_read_in_the_sandbox(kind: str, tmp_path: Path) -> None:
    source = tmp_path / "notes.csv"
    with source.open("w", encoding="utf-8") as file:
        csv.writer(file).writerows([["Prénom", "Courriel", "Note"], ["Zoé", "zoe@dehors.example", "15"]])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    argv = ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", str(tmp_path), str(source)]
    argv.insert(3, "--infilter=CSV:44,34,76,1")
    subprocess.run(argv, check=True, capture_output=True, timeout=120)
    table = table_in((tmp_path / f"notes.{kind}").read_bytes(), SheetReader())
    assert (table.header, table.rows) == (
        ["Prénom", "Courriel", "Note"],
        [(2, ["Zoé", "zoe@dehors.example", "15"], False)],
    )
