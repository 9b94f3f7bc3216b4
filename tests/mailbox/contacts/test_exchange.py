"""Files of contacts come in and go out; the wrong lines are told, the rest is taken."""

import base64
import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.access.signin.browsers import signed_in
from tests.access.signin.people import account

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts import queries, services
from vaguemestre.mailbox.contacts.models import Contact
from vaguemestre.mailbox.contacts.rules import vcard_writer, vcards
from vaguemestre.mailbox.contacts.rules.cards import normalize_card
from vaguemestre.mailbox.contacts.rules.duplicates import merge_cards
from vaguemestre.mailbox.contacts.rules.files import read_file
from vaguemestre.mailbox.contacts.rules.photos import thumbnail
from vaguemestre.mailbox.contacts.rules.tables import write_table
from vaguemestre.mailbox.contacts.services import exchange, rows
from vaguemestre.mailbox.contacts.values import AddressBook, ContactCard, ImportReport
from vaguemestre.people.credentials.models import Account
from vaguemestre.site.adapters.contacts import ContactsFileReader

FULL = normalize_card(
    ContactCard(
        "Éric Dupont", "eric@dehors.example", "03 22 00 00 00", "Parent d’élève ; FCPE,\nréunion",
        ("e2@x.example",),
        "06 11 22 33 44", "03 22 11 11 11", "Mairie d’Amiens", "Adjoint", "3 rue des Lilas\n80000 Amiens",
        "12/04/1980", "https://exemple.fr/eric",
    )
)  # fmt: skip
OUTLOOK = (
    '"First Name","Middle Name","Last Name","Company","Job Title","Business Phone","Home Phone",'
    '"Mobile Phone",'
    '"E-mail Address","E-mail 2 Address","Birthday","Notes","Home Street","Home Postal Code","Home City"\r\n'
    '"Éric","","Dupont","Mairie","Adjoint","0322111111","0322000000","0611223344",'
    '"Eric@Dehors.example","e2@x.example","12/04/1980","FCPE","3 rue des Lilas","80000","Amiens"\r\n'
)
GMAIL = (
    "First Name,Middle Name,Last Name,Organization Name,Organization Title,Notes,E-mail 1 - Label,"
    "E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Labels\n"
    "Éric,,Dupont,Mairie,Adjoint,FCPE,* Home,eric@dehors.example ::: e2@x.example,Home,0322000000,"
    "* myContacts\n"
)
THUNDERBIRD = (
    "Prénom,Nom de famille,Nom à afficher,Pseudonyme,Adresse électronique principale,"
    "Adresse électronique secondaire,Tél. professionnel,Tél. domicile,Portable,Organisation,Fonction,Notes\n"
    "Éric,Dupont,Éric Dupont,,eric@dehors.example,e2@x.example,0322111111,0322000000,0611223344,"
    "Mairie,Adjoint,FCPE\n"
)
ROUNDCUBE = (
    '"Display Name","First Name","Last Name","Nickname","E-mail Address","E-mail 2 Address",'
    '"Home Phone",'
    '"Mobile Phone","Company","Job Title","Notes","Birthday"\n'
    '"Éric Dupont","Éric","Dupont","","eric@dehors.example","e2@x.example","0322000000","0611223344",'
    '"Mairie",'
    '"Adjoint","FCPE","1980-04-12"\n'
)

OUTLOOK_FR = (
    '"Titre","Prénom","Deuxième prénom","Nom","Société","Service","Titre","Rue (bureau)",'
    '"Code postal (bureau)","Ville (bureau)","Rue (domicile)","Téléphone (bureau)","Téléphone (domicile)",'
    '"Tél. mobile","Adresse de messagerie","Adresse de messagerie 2","Anniversaire","Notes","Page Web"\r\n'
    '"M.","Éric","","Dupont","Mairie","","Adjoint","1 place de la Mairie","80000","Amiens","","0322111111",'
    '"0322000000","0611223344","eric@dehors.example","e2@x.example","0/0/00","FCPE","www.mairie.example"\r\n'
)
THUNDERBIRD_FR = (
    "Prénom,Nom de famille,Nom à afficher,Surnom,Adresse électronique principale,"
    "Adresse électronique secondaire,Nom de l’écran,Tél. professionnel,Tél. personnel,Fax,Pager,Portable,"
    "Adresse privée,Adresse privée 2,Ville,Pays/État,Code postal,Pays/Région (domicile),"
    "Adresse professionnelle,Adresse professionnelle 2,Ville,Pays/État,Code postal,Pays/Région (bureau),"
    "Profession,Service,Société,Site web 1,Site web 2,Année de naissance,Mois,Jour,Divers 1,Notes\n"
    "Éric,Dupont,Éric Dupont,,eric@dehors.example,e2@x.example,,0322111111,0322000000,,,0611223344,,,,,,,"
    "1 place de la Mairie,,Amiens,,80000,,Adjoint,,Mairie,,,1980,4,12,,FCPE\n"
)
GMAIL_LABELS = (
    "Name,Given Name,Family Name,Notes,Organization 1 - Name,Organization 1 - Title,E-mail 1 - Type,"
    "E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,"
    "Phone 2 - Value,Phone 3 - Type,Phone 3 - Value,Birthday\n"
    "Éric Dupont,Éric,Dupont,FCPE,Mairie,Adjoint,*,eric@dehors.example,Work,e2@x.example,Mobile,0611223344,"
    "Work,0322111111,Home,0322000000,--04-12\n"
)


def test_what_french_programs_write_fills_the_fields_it_means() -> None:
    for text in (OUTLOOK_FR, THUNDERBIRD_FR, GMAIL_LABELS):
        ((_, card),) = read_file(text.encode()).cards
        assert (card.phone, card.mobile, card.work_phone) == ("0322000000", "0611223344", "0322111111")
        assert card.title == "Adjoint"
    outlook, thunderbird, gmail = (
        read_file(text.encode()).cards[0][1] for text in (OUTLOOK_FR, THUNDERBIRD_FR, GMAIL_LABELS)
    )
    assert outlook.postal == thunderbird.postal == "1 place de la Mairie\n80000 Amiens"
    assert (outlook.birthday, thunderbird.birthday, gmail.birthday) == ("", "1980-04-12", "--04-12")
    assert outlook.website == "https://www.mairie.example"


def test_a_number_for_which_there_is_no_field_left_goes_to_the_notes() -> None:
    header = "Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value"
    text = f"{header}\nÉric,Mobile,0611223344 ::: 0699,Work Fax,0322\n"
    ((_, card),) = read_file(text.encode()).cards
    assert (card.mobile, card.note) == ("0611223344", "Mobile 0699\nWork fax 0322")


@pytest.mark.parametrize(
    "text",
    [OUTLOOK, OUTLOOK_FR, GMAIL, GMAIL_LABELS, THUNDERBIRD, THUNDERBIRD_FR, ROUNDCUBE],
    ids=["outlook", "outlook-fr", "gmail", "gmail-labels", "tb", "tb-fr", "rc"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_columns_of_each_program_are_recognised(text: str, encoding: str) -> None:
    ((_, card),) = read_file(text.encode(encoding)).cards
    assert card.name == "Éric Dupont"
    assert card.addresses == ("eric@dehors.example", "e2@x.example")
    assert card.phone == "0322000000"
    assert (card.organisation, card.title, card.note) == ("Mairie", "Adjoint", "FCPE")


def test_a_semicolon_separates_as_well_and_wrong_lines_are_told_by_their_number() -> None:
    text = "Nom;Prénom;Courriel\nDupont;Éric;eric@x.example\nDurand;Zoé;pas une adresse\n;;\nPetit;Léa;\n"
    read = read_file(text.encode())
    assert [card.name for _, card in read.cards] == ["Éric Dupont", "Léa Petit"]
    ((line),) = read.invalid_lines
    assert (line.number, line.code, line.excerpt) == (3, "kernel.address-malformed", "pas une adresse")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "contacts.file-empty"),
        (b"a,b,c\n1,2,3\n", "contacts.columns-unknown"),
        (b"\x89PNG\r\n\x1a\n\0\0", "contacts.columns-unknown"),
    ],
)
def test_what_is_no_file_of_contacts_is_said(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_file(content)
    assert refused.value.code == code


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_a_card_written_is_read_back_whole(version: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(out, "PNG")
    card = normalize_card(ContactCard(**{**FULL.__dict__, "photo": thumbnail(out.getvalue())}))
    text = vcard_writer.write_vcard(card, "u1", version=version)
    assert f"VERSION:{version}" in text
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert vcards.card_of(vcards.parse_vcard(text)) == card


_WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)


@given(_WORDS, _WORDS, _WORDS)
def test_whatever_is_typed_comes_back_and_never_adds_a_property(name: str, note: str, place: str) -> None:
    card = normalize_card(
        ContactCard(name, "a@b.example", "", f"{note}\nEND:VCARD\n{note}", organisation=place)
    )
    read = vcards.card_of(vcards.parse_vcard(vcard_writer.write_vcard(card, "u1")))
    assert (read.name, read.note, read.addresses) == (card.name, card.note, card.addresses)


def test_what_a_telephone_added_stays_when_the_card_is_changed_here() -> None:
    before = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u1\r\nFN:Éric\r\nN:Dupont;Éric;;;\r\nX-ANNIVERSAIRE-CHAT:2020\r\n"
        "EMAIL;TYPE=WORK:eric@x.example\r\nTEL;TYPE=PAGER:99\r\nIMPP:xmpp:eric@x.example\r\nEND:VCARD\r\n"
    )
    card = vcards.card_of(vcards.parse_vcard(before))
    after = vcard_writer.write_vcard(
        normalize_card(ContactCard(**{**card.__dict__, "note": "FCPE"})), "u1", before
    )
    for kept in (
        "X-ANNIVERSAIRE-CHAT:2020",
        "IMPP:xmpp:eric@x.example",
        "EMAIL;TYPE=WORK",
        "TEL;TYPE=PAGER:99",
    ):
        assert kept in after
    assert "NOTE:FCPE" in after


@pytest.mark.parametrize("formula", ["=1+1", " =1+1", "+1", "-1", "@x", "\uff1d1"])
def test_no_formula_begins_where_a_french_spreadsheet_separates(formula: str) -> None:
    """At « ; »: a stranger's name, collected, would begin a cell of its own."""
    card = ContactCard(f"Jean;{formula};", "jean@dehors.example", note=f"a ;{formula};")
    cells = [c for row in csv.reader(io.StringIO(write_table([(card, ())])), delimiter=";") for c in row]
    assert formula.strip() not in [cell.strip() for cell in cells]
    assert f"'{formula.strip()}" in [cell.strip() for cell in cells]


def test_a_spreadsheet_runs_nothing_of_what_is_exported_and_reads_it_back() -> None:
    card = normalize_card(ContactCard("=HYPERLINK(1)", "a@b.example", note="+33"))
    text = write_table([(card, ()), (FULL, ())])
    assert "\n=" not in text
    assert '\n"=' not in text
    (_, back), (_, full) = read_file(text.encode()).cards
    assert (back.name, back.note) == ("=HYPERLINK(1)", "+33")
    assert full.addresses == FULL.addresses


def test_two_cards_make_one_without_losing_anything() -> None:
    other = normalize_card(ContactCard("Dupont Éric", "e3@x.example", "01 00", "Rugby", organisation="SNCF"))
    one = merge_cards([FULL, other])
    assert one.addresses == (*FULL.addresses, "e3@x.example")
    assert one.phone == FULL.phone
    for said in ("FCPE", "Rugby", "SNCF", "01 00"):
        assert said in one.note


def _import(book: AddressBook, content: bytes) -> ImportReport:
    return services.import_file(book, content, ContactsFileReader())


@pytest.fixture
def nicolas(db: None) -> Account:
    return account()


@pytest.fixture
def browser(client: Client, nicolas: Account) -> Client:
    return signed_in(nicolas, client)


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_file_is_taken_twice_and_changes_nothing_the_second_time(nicolas: Account) -> None:
    shelf = AddressBook(account_id=nicolas.pk)
    services.collect_addresses(nicolas.pk, [("", "eric@dehors.example")])
    first = _import(shelf, OUTLOOK.encode() + b'"","","","","","","","","faux","","","","","",""\r\n')
    assert (first.added, first.changed, len(first.invalid_lines)) == (0, 1, 1)
    assert not Contact.objects.get().is_collected
    second = _import(shelf, OUTLOOK.encode())
    assert (second.added, second.changed, second.same) == (0, 0, 1)


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_long_file_keeps_nobody_else_from_writing(
    nicolas: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = b"Nom;Courriel\n" + b"".join(b"N%d;n%d@x.example\n" % (n, n) for n in range(250))
    written: list[int] = []
    real = transaction.Atomic.__exit__

    def leave(block: transaction.Atomic, *exception: object) -> None:
        real(block, *exception)  # type: ignore[arg-type]
        if not connection.in_atomic_block:
            written.append(Contact.objects.count())

    monkeypatch.setattr(transaction.Atomic, "__exit__", leave)
    assert _import(AddressBook(account_id=nicolas.pk), file).added == 250
    assert written[:3] == [100, 200, 250]


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_book_without_room_takes_nothing_of_a_file(
    nicolas: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MAX_CARDS", 2)
    with pytest.raises(Refusal, match="book-full"):
        _import(
            AddressBook(account_id=nicolas.pk), b"Nom;Courriel\nA;a@x.example\nB;b@x.example\nC;c@x.example\n"
        )
    assert not Contact.objects.exists()


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_file_heavier_than_a_book_can_be_leaves_nothing(
    nicolas: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_CHARACTERS", 1_000)
    book = AddressBook(account_id=nicolas.pk)
    three = b"Nom;Courriel\nA;a@x.example\nB;b@x.example\nC;c@x.example\n"
    assert _import(book, three).added == 3
    assert _import(book, three).added == 0
    with pytest.raises(Refusal, match="book-heavy"):
        _import(book, b"Nom;Courriel\n" + b"".join(b"P%d;p%d@x.example\n" % (n, n) for n in range(40)))
    assert Contact.objects.count() == 3


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_book_with_its_groups_goes_out_and_comes_back(nicolas: Account) -> None:
    mine, other = AddressBook(account_id=nicolas.pk), AddressBook(account_id=account(username="autre").pk)
    ids = [
        services.save_card(mine, FULL),
        services.save_card(mine, normalize_card(ContactCard("Zoé", "zoe@x.example"))),
    ]
    group = services.save_group(mine, "Parents")
    services.choose_members(mine, group, ids)
    for version in ("3.0", "4.0"):
        text = services.export_book(mine, version, ContactsFileReader())
        taken = _import(other, text.encode())
        assert not taken.invalid_lines
    assert {card.name for card in queries.contacts_in(other)} == {"Éric Dupont", "Zoé", "Parents"}
    (there,) = queries.contacts_in(other, only="groups")
    assert there.members == 2
    assert len(queries.groups_like(other.account_id, "par", limit=5)[0][1]) == 2


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_the_pages_import_export_merge_and_keep(browser: Client, nicolas: Account) -> None:
    file = SimpleUploadedFile("c.csv", b"Nom;Courriel\nZo;zo@x.example\nFaux;rien du tout\n")
    page = browser.post("/contacts/importer/", {"file": file}).content.decode()
    assert "1 contact ajouté" in page
    assert "rien du tout" in page
    wrong = SimpleUploadedFile("c.csv", b"a,b\n1,2\n")
    assert browser.post("/contacts/importer/", {"file": wrong}).status_code == 422
    for kind, begins in (("vcf", "BEGIN:VCARD"), ("vcf4", "BEGIN:VCARD"), ("csv", "\ufeffDisplay Name")):
        assert browser.get(f"/contacts/exporter/{kind}/").content.decode().startswith(begins)
    browser.post("/contacts/ajouter/", {"address": "Zo2@X.example", "name": "Zo"})
    assert (
        "Ajouter aux contacts"
        in browser.get("/contacts/personne/", {"adresse": "new@x.example"}).content.decode()
    )
    fragment = browser.get("/contacts/personne/", {"adresse": "zo2@x.example"}).content.decode()
    assert "Dans vos contacts" in fragment
    assert "Aucun doublon" in browser.get("/contacts/doublons/").content.decode(), "one word is not a name"
    ids = list(Contact.objects.order_by("pk").values_list("pk", flat=True))
    Contact.objects.update(name="Zoé Petit")
    assert "Même nom" in browser.get("/contacts/doublons/").content.decode()
    browser.post("/contacts/doublons/", {"contact": ids})
    assert Contact.objects.get().others == "zo2@x.example"


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_photo_is_made_again_from_its_points(browser: Client) -> None:
    out = io.BytesIO()
    Image.new("RGB", (900, 600), "red").save(out, "PNG")
    photo = SimpleUploadedFile("moi.png", out.getvalue() + b"<script>alert(1)</script>")
    browser.post("/contacts/nouveau/", {"name": "Zoé", "address": "zoe@x.example", "photo": photo})
    row = Contact.objects.get()
    answer = browser.get(f"/contacts/{row.pk}/photo/")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "no-store", "a browser keeps it after sign-out"
    assert b"script" not in answer.content
    bad = SimpleUploadedFile("moi.svg", b"<svg onload='alert(1)'/>")
    assert browser.post("/contacts/nouveau/", {"name": "Z", "photo": bad}).status_code == 422
    services.store_card(
        AddressBook(account_id=row.account_id or 0),
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:X\r\nN:X;;;;\r\nPHOTO;ENCODING=b;TYPE=JPEG:"
        + base64.b64encode(b"<html>").decode()
        + "\r\nEND:VCARD\r\n",
        "x.vcf",
    )
    odd = Contact.objects.get(href="x.vcf")
    assert browser.get(f"/contacts/{odd.pk}/photo/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_books_and_groups_do_not_know_each_other(browser: Client, nicolas: Account) -> None:
    other = AddressBook(account_id=account(username="autre").pk)
    theirs = services.save_card(other, FULL)
    group = services.save_group(other, "Parents")
    for path in (f"/contacts/{theirs}/", f"/contacts/groupes/{group}/"):
        assert browser.get(path).status_code == 422
    assert browser.get(f"/contacts/{theirs}/photo/").status_code == 404
    browser.post(f"/contacts/{theirs}/supprimer/")
    mine = services.save_group(AddressBook(account_id=nicolas.pk), "À moi")
    browser.post(f"/contacts/groupes/{mine}/", {"name": "À moi", "member": [theirs]})
    assert Contact.objects.filter(account_id=other.account_id).count() == 2
    assert queries.contacts_in(AddressBook(account_id=nicolas.pk), only="groups")[0].members == 0
    assert browser.get("/contacts/", {"carnet": "0800001A"}).status_code == 422


SOGO = (
    "dn: cn=\xc9ric Dupont,mail=eric@dehors.example\nobjectclass: top\nobjectclass: inetOrgPerson\n"
    "cn:: w4lyaWMgRHVwb250\ngivenName:: w4lyaWM=\nsn: Dupont\nmail: eric@dehors.example\n"
    "mozillaSecondEmail: e2@x.example\nmobile: 0611223344\no: Mairie d\n \u2019Amiens\n\n"
    "dn: cn=Parents\nobjectclass: groupOfNames\ncn: Parents\nmember: cn=x\n"
)


def test_contacts_of_sogo_and_thunderbird_come_in_as_ldif() -> None:
    read = read_file(SOGO.encode())
    ((_, card),) = read.cards
    assert (card.name, card.addresses) == ("\xc9ric Dupont", ("eric@dehors.example", "e2@x.example"))
    assert (card.mobile, card.organisation) == ("0611223344", "Mairie d\u2019Amiens")


@given(st.text(max_size=300).map(lambda text: f"dn: cn=x\n{text}"))
def test_no_ldif_makes_the_reader_raise(text: str) -> None:
    read_file(text.encode())


@pytest.mark.heavy
def test_a_file_of_beginnings_alone_is_refused_in_one_pass() -> None:
    with pytest.raises(Refusal, match="too-many-lines"):
        read_file(b"BEGIN:VCARD\r\n" * 200_000)


def test_a_card_without_an_end_is_told_and_those_around_it_come_in() -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:{}\nEND:VCARD\n"
    broken = "BEGIN:VCARD\nVERSION:3.0\nFN:Coupée\n"
    read = read_file((card.format("Zoé") + broken + card.format("Ali") + "entre deux\n" + broken).encode())
    assert [contact.name for _, contact in read.cards] == ["Zoé", "Ali"]
    assert [(line.number, line.excerpt) for line in read.invalid_lines] == [(2, "Coupée"), (4, "Coupée")]


def test_labels_of_programs_are_names_of_groups_but_for_their_own() -> None:
    header = "First Name,E-mail 1 - Value,"
    for column in ("Labels", "Group Membership"):
        text = f"{header}{column}\nLéa,lea@x.example,* myContacts ::: Équipe 4e B ::: Parents ::: * starred\n"
        assert read_file(text.encode()).labels == (("Équipe 4e B", "Parents"),)
    outlook = "First Name,E-mail Address,Categories\nLéa,lea@x.example,Parents;Équipe 4e B;parents\n"
    assert read_file(outlook.encode()).labels == (("Parents", "Équipe 4e B"),)
    vcard = _vcard("Léa", "lea@x.example", "CATEGORIES:Parents,Équipe 4e B", "CATEGORIES:myContacts")
    assert read_file(vcard.encode()).labels == (("Parents", "Équipe 4e B"),)
    assert read_file(_vcard("Léa", "lea@x.example", r"CATEGORIES:A\, B").encode()).labels == (("A, B",),)


def _vcard(name: str, address: str, *lines: str) -> str:
    return "\r\n".join(
        ("BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", f"EMAIL:{address}", *lines, "END:VCARD", "")
    )


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_the_groups_of_an_imported_file_are_those_of_the_book(nicolas: Account) -> None:
    book = AddressBook(account_id=nicolas.pk)
    kept = services.save_card(book, ContactCard("Paul", "paul@x.example"))
    services.choose_members(book, services.save_group(book, "Parents"), [kept])
    text = (
        "First Name,E-mail 1 - Value,Labels\n"
        "Léa,lea@x.example,* myContacts ::: Équipe 4e B ::: parents\nPaul,paul@x.example,Équipe 4e B\n"
    )
    for _ in range(2):  # the second time changes nothing
        report = _import(book, text.encode())
        assert report.groups == 2
    report = _import(book, _vcard("Zoé", "zoe@x.example", "CATEGORIES:Parents").encode())
    assert (report.added, report.groups) == (1, 1)
    groups = {group.name: group.members for group in queries.contacts_in(book, only="groups")}
    assert groups == {"Équipe 4e B": 2, "Parents": 3}


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_file_of_too_many_groups_writes_nothing(nicolas: Account) -> None:
    book = AddressBook(account_id=nicolas.pk)
    lines = "".join(f"N{n},n{n}@x.example,G{n}\n" for n in range(exchange.MAX_GROUPS + 1))
    with pytest.raises(Refusal, match="too-many-groups"):
        _import(book, f"First Name,E-mail 1 - Value,Labels\n{lines}".encode())
    assert not Contact.objects.exists()


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_the_page_of_an_import_says_how_many_groups(browser: Client) -> None:
    text = "First Name,E-mail 1 - Value,Labels\nLéa,lea@x.example,Équipe 4e B ::: Parents\n"
    page = browser.post("/contacts/importer/", {"file": SimpleUploadedFile("c.csv", text.encode())})
    assert "1 contact ajouté, 0 complété, 0 déjà là, 2 groupes." in page.content.decode()
