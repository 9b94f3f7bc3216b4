"""Contacts in CSV, as Outlook, Gmail, Thunderbird and Roundcube write them: columns known by their names."""

import csv
import io
import re

from vaguemestre.contacts.rules.cards import checked
from vaguemestre.contacts.values import ContactCard, Read, WrongLine
from vaguemestre.kernel.errors import Refusal

MOST_LINES = 20_000
# What a column's name may say, lower case, in English and French; the first columns found win.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("display name", "name", "nom complet", "nom affiché", "nom à afficher", "full name", "fn"),
    "first": ("first name", "given name", "prénom", "prenom"),
    "middle": ("middle name", "additional name", "deuxième prénom"),
    "last": ("last name", "family name", "surname", "nom", "nom de famille"),
    "nickname": ("nickname", "surnom", "pseudonyme"),
    "email": (
        "e-mail address", "primary email", "email", "e-mail", "adresse de messagerie", "adresse électronique",
        "adresse électronique principale", "première adresse électronique", "courriel", "mél", "mel", "mail",
        "e-mail 1 - value", "email address", "adresse e-mail", "adresse mail",
    ),
    "email2": (
        "e-mail 2 address", "secondary email", "e-mail 2 - value", "adresse de messagerie 2", "email 2",
        "adresse électronique secondaire", "adresse e-mail 2",
    ),
    "email3": ("e-mail 3 address", "e-mail 3 - value", "adresse de messagerie 3", "email 3"),
    "phone": (
        "home phone", "phone", "téléphone (domicile)", "tél. domicile", "téléphone personnel", "téléphone",
        "telephone", "phone 1 - value", "téléphone domicile",
    ),
    "mobile": (
        "mobile phone", "mobile number", "mobile", "tél. mobile", "téléphone mobile", "portable",
        "phone 2 - value", "cellular",
    ),
    "work_phone": (
        "business phone", "work phone", "téléphone (bureau)", "tél. professionnel", "téléphone professionnel",
        "téléphone bureau",
    ),
    "organisation": (
        "company", "organization", "organization name", "organization 1 - name", "société", "organisation",
        "établissement",
    ),
    "title": ("job title", "title", "organization title", "organization 1 - title", "titre", "fonction",
              "profession"),
    "street": ("home street", "home address", "address 1 - street", "rue (domicile)", "adresse privée",
               "adresse", "rue"),
    "code": ("home postal code", "home zipcode", "address 1 - postal code",
             "code postal (domicile)", "code postal"),
    "city": ("home city", "address 1 - city", "ville (domicile)", "ville privée", "ville"),
    "country": ("home country", "home country/region", "address 1 - country", "pays (domicile)", "pays"),
    "birthday": ("birthday", "anniversaire", "date de naissance"),
    "website": ("web page", "personal web page", "website 1 - value", "page web", "site web", "home page"),
    "note": ("notes", "note", "remarques", "commentaires"),
}  # fmt: skip
_MERGED = re.compile(r"\s*:::\s*")  # Gmail: several values in one cell


def decoded(content: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, UTF-8 without one, else what old Windows wrote."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read_table(text: str) -> Read:
    """Each line that makes a card, and the others with the reason.

    Raises Refusal `contacts.columns-unknown` when no column is one we know, `contacts.too-many-lines`.
    """
    lines = csv.reader(io.StringIO(text), delimiter=_separator(text))
    try:
        header = next(lines, [])
        places = _places(header)
        if not ({"email", "name", "first", "last"} & places.keys()):
            raise Refusal("contacts.columns-unknown")
        cards, wrong = [], []
        for number, cells in enumerate(lines, start=2):
            if number > MOST_LINES:
                raise Refusal("contacts.too-many-lines", most=MOST_LINES)
            if not any(cell.strip() for cell in cells):
                continue
            try:
                cards.append(("", _card({name: _cell(cells, at) for name, at in places.items()})))
            except Refusal as refusal:
                wrong.append(WrongLine(number, refusal.code, _said(refusal, cells)))
    except csv.Error as error:
        raise Refusal("contacts.file-unreadable") from error
    return Read(tuple(cards), wrong=tuple(wrong))


def written_table(cards: list[ContactCard]) -> str:
    """The columns that Outlook and Gmail both take; a cell never begins as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        ("Display Name", "First Name", "Last Name", "E-mail Address", "E-mail 2 Address", "E-mail 3 Address",
         "Home Phone", "Mobile Phone", "Business Phone", "Company", "Job Title", "Home Street", "Birthday",
         "Web Page", "Notes")
    )  # fmt: skip
    for card in cards:
        first, _, last = card.name.rpartition(" ")
        addresses = (*card.addresses, "", "", "")[:3]
        row = (
            card.name, first, last, *addresses, card.phone, card.mobile, card.work_phone, card.organisation,
            card.title, card.postal, card.birthday, card.website, card.note,
        )  # fmt: skip
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue()


def _separator(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _places(header: list[str]) -> dict[str, int]:
    names = [" ".join(name.split()).lower().strip("\ufeff") for name in header]
    found = {}
    for field, known in _COLUMNS.items():
        at = next((names.index(name) for name in known if name in names), None)
        if at is not None:
            found[field] = at
    return found


def _cell(cells: list[str], at: int) -> str:
    value = cells[at].strip() if at < len(cells) else ""
    return value[1:] if value[:2] in ("'=", "'+", "'-", "'@") else value


def _card(given: dict[str, str]) -> ContactCard:
    def told(field: str) -> str:
        return given.get(field, "")

    parts = (told("first"), told("middle"), told("last"))
    whole = " ".join(" ".join(part for part in parts if part).split())
    emails = [one for field in ("email", "email2", "email3") for one in _MERGED.split(told(field)) if one]
    town = " ".join(part for part in (told("code"), told("city")) if part)
    postal = "\n".join(part for part in (told("street"), town, told("country")) if part)
    website = told("website")
    return checked(
        ContactCard(
            name=(told("name") or whole or told("nickname"))[:200],
            address="",
            others=tuple(emails),
            phone=_MERGED.split(told("phone"))[0][:40],
            mobile=_MERGED.split(told("mobile"))[0][:40],
            work_phone=_MERGED.split(told("work_phone"))[0][:40],
            organisation=told("organisation")[:200],
            title=told("title")[:200],
            postal=postal[:1000],
            birthday=told("birthday") if _is_day(told("birthday")) else "",
            website=website if website.startswith(("http://", "https://")) else "",
            note=told("note")[:5000],
        )
    )


def _is_day(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4}", text)) and text != "0000-00-00"


def _said(refusal: Refusal, cells: list[str]) -> str:
    return str(refusal.facts.get("address") or " ".join(cell for cell in cells if cell.strip()))[:120]


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would run is written as text (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
