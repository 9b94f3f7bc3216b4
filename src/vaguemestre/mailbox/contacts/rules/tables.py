"""CSV contacts of Outlook, Gmail, Thunderbird and Roundcube; columns are known by their names."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.foundation.kernel.text.cells import inert_cell
from vaguemestre.mailbox.contacts.rules.cards import normalize_card, read_birthday
from vaguemestre.mailbox.contacts.rules.labels import group_names
from vaguemestre.mailbox.contacts.values import ContactCard, ContactsFile, InvalidLine

MAX_LINES = 20_000
MAX_COLUMNS = 500  # each is looked for in each line
# Names of columns, lower case, in English and French; the first filled column wins. `#2` is the second column
# of that name: Thunderbird in French has two « Ville ».
_COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("display name", "name", "nom complet", "nom affiché", "nom à afficher", "full name", "fn"),
    "first": ("first name", "given name", "prénom", "prenom"),
    "middle": ("middle name", "additional name", "deuxième prénom"),
    "last": ("last name", "family name", "surname", "nom", "nom de famille"),
    "nickname": ("nickname", "surnom", "pseudonyme"),
    "email": (
        "e-mail address", "primary email", "email", "e-mail", "adresse de messagerie", "adresse électronique",
        "adresse électronique principale", "première adresse électronique", "courriel", "mél", "mel", "mail",
        "email address", "adresse e-mail", "adresse mail", "adresse de courrier",
    ),
    "email2": (
        "e-mail 2 address", "secondary email", "adresse de messagerie 2", "email 2", "adresse de courrier 2",
        "adresse électronique secondaire", "adresse e-mail 2",
    ),
    "email3": ("e-mail 3 address", "adresse de messagerie 3", "email 3", "adresse de courrier 3"),
    "phone": (
        "home phone", "phone", "téléphone (domicile)", "tél. domicile", "téléphone personnel", "téléphone",
        "telephone", "téléphone domicile", "tél. personnel", "primary phone", "téléphone principal",
    ),
    "mobile": (
        "mobile phone", "mobile number", "mobile", "tél. mobile", "téléphone mobile", "portable", "cellular",
        "téléphone portable",
    ),
    "work_phone": (
        "business phone", "work phone", "téléphone (bureau)", "tél. professionnel", "téléphone professionnel",
        "téléphone bureau", "company main phone", "téléphone société",
    ),
    "organisation": (
        "company", "organization", "organization name", "organization 1 - name", "société", "organisation",
        "établissement",
    ),
    "department": ("department", "organization department", "organization 1 - department", "service"),
    "title": ("job title", "organization title", "organization 1 - title", "titre#2", "fonction",
              "profession", "titre", "title"),
    "street": ("home street", "home address", "address 1 - street", "rue (domicile)", "adresse privée",
               "adresse", "rue"),
    "street2": ("home street 2", "home address 2", "rue (domicile) 2", "adresse privée 2"),
    "code": ("home postal code", "home zipcode", "home post code", "address 1 - postal code",
             "code postal (domicile)", "code postal"),
    "city": ("home city", "address 1 - city", "ville (domicile)", "ville privée", "ville"),
    "country": ("home country", "home country/region", "address 1 - country", "pays (domicile)",
                "pays/région (domicile)", "pays"),
    "work_street": ("business street", "work address", "rue (bureau)", "adresse professionnelle"),
    "work_street2": ("business street 2", "work address 2", "rue (bureau) 2", "adresse professionnelle 2"),
    "work_code": ("business postal code", "work zipcode", "work post code", "code postal (bureau)",
                  "code postal#2"),
    "work_city": ("business city", "work city", "ville (bureau)", "ville#2"),
    "work_country": ("business country/region", "business country", "work country", "pays (bureau)",
                     "pays/région (bureau)"),
    "birthday": ("birthday", "anniversaire", "date de naissance"),
    "year": ("birth year", "année de naissance"),
    "month": ("birth month", "mois"),
    "day": ("birth day", "jour"),
    "website": ("web page", "personal web page", "page web", "site web", "home page", "website 1 - value",
                "web page 1", "site web 1"),
    "labels": ("labels", "group membership", "libellés", "catégories", "categories", "category", "catégorie"),
    "note": ("notes", "note", "remarques", "commentaires"),
}  # fmt: skip
_HEADER = (
    "Display Name", "First Name", "Last Name", "E-mail Address", "E-mail 2 Address", "E-mail 3 Address",
    "Home Phone", "Mobile Phone", "Business Phone", "Company", "Job Title", "Home Street", "Birthday",
    "Web Page", "Notes", "Labels",
)  # fmt: skip
_LABELS_BETWEEN = " ::: "  # as Gmail writes them
_MERGED = ":::"  # Gmail: several values in one cell
_LABEL_SEPARATOR = re.compile(r":::|;")  # Gmail, Outlook
_PAIR = re.compile(r"(e-mail|phone) (\d+) - (label|type|value)")  # Gmail: label and value in two columns
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+(/\S*)?")
_FORMULA_BEHIND = re.compile(r"(;\s*)(?=[=+@\-\u2212\uff1d\uff0b\uff0d\uff20])")


class _Pair(NamedTuple):
    """Kind, place of the value, place of its label (-1 without one)."""

    kind: str
    value_place: int
    label_place: int


class _LabelledValue(NamedTuple):
    """Value with its label, in lower case."""

    kind: str
    label: str
    value: str


def decode_text(content: bytes) -> str:
    """Decode UTF-8 or UTF-16 with a byte order mark, UTF-8 without, else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read_table(text: str) -> ContactsFile:
    """Parse a CSV file of contacts; lines without a valid card are reported.

    Raises Refusal `contacts.columns-unknown` when no column is one we know, `contacts.too-many-lines`,
    `contacts.too-many-columns`, `contacts.file-unreadable`.
    """
    lines = csv.reader(io.StringIO(text), delimiter=_separator(text))
    try:
        header = next(lines, [])
        if len(header) > MAX_COLUMNS:
            raise Refusal("contacts.too-many-columns", most=MAX_COLUMNS)
        places, pairs = _places(header), _pairs(header)
        identifying = {"email", "name", "first", "last"} & places.keys()
        if not (identifying or any(pair.kind == "e-mail" for pair in pairs)):
            raise Refusal("contacts.columns-unknown")
        cards, labels, invalid_lines = [], [], []
        for number, cells in enumerate(lines, start=2):
            if number > MAX_LINES:
                raise Refusal("contacts.too-many-lines", most=MAX_LINES)
            if not any(cell.strip() for cell in cells):
                continue
            try:
                values = {name: _filled(cells, column_places) for name, column_places in places.items()}
                cards.append(("", _card(values, _labelled_values(cells, pairs))))
                labels.append(group_names(_LABEL_SEPARATOR.split(values.get("labels", ""))))
            except Refusal as refusal:
                invalid_lines.append(InvalidLine(number, refusal.code, _excerpt(refusal, cells)))
    except csv.Error as error:
        raise Refusal("contacts.file-unreadable") from error
    return ContactsFile(tuple(cards), invalid_lines=tuple(invalid_lines), labels=tuple(labels))


def write_table(cards: Iterable[tuple[ContactCard, Sequence[str]]], *, has_header: bool = True) -> str:
    """CSV of the cards and the names of their groups, for Outlook and Gmail.

    No cell begins as a formula, nor after « ; »: a French spreadsheet would make a cell of what follows.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if has_header:
        writer.writerow(_HEADER)
    for card, groups in cards:
        first, _, last = card.name.rpartition(" ")
        addresses = (*card.addresses, "", "", "")[:3]
        row = (
            card.name, first, last, *addresses, card.phone, card.mobile, card.work_phone, card.organisation,
            card.title, card.postal, card.birthday, card.website, card.note,
            _LABELS_BETWEEN.join(" ".join(name.replace(";", ",").split(_MERGED)) for name in groups),
        )  # fmt: skip
        writer.writerow([inert_cell(_FORMULA_BEHIND.sub(r"\1'", cell)) for cell in row])
    return out.getvalue()


def _separator(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _places(header: list[str]) -> dict[str, list[int]]:
    counts: Counter[str] = Counter()
    place_of: dict[str, int] = {}
    for place, name in enumerate(map(_plain, header)):
        counts[name] += 1
        place_of.setdefault(name if counts[name] == 1 else f"{name}#{counts[name]}", place)
    places = {
        field: [place_of[name] for name in names if name in place_of] for field, names in _COLUMNS.items()
    }
    if len(places["title"]) > 1:  # Outlook's « Titre » beside a job title is « Mme »
        places["title"] = [
            place for place in places["title"] if place not in (place_of.get("titre"), place_of.get("title"))
        ]
    return {field: column_places for field, column_places in places.items() if column_places}


def _pairs(header: list[str]) -> list[_Pair]:
    """Value and label columns of Gmail."""
    matches = ((place, _PAIR.fullmatch(_plain(name))) for place, name in enumerate(header))
    place_of = {match.groups(): place for place, match in matches if match}
    return [
        _Pair(kind, place, place_of.get((kind, number, "label"), place_of.get((kind, number, "type"), -1)))
        for (kind, number, part), place in place_of.items()
        if part == "value"
    ]


def _labelled_values(cells: list[str], pairs: list[_Pair]) -> list[_LabelledValue]:
    """Labelled values of the line; a cell may hold several."""
    return [
        _LabelledValue(kind, _cell(cells, label).lower() if label >= 0 else "", value)
        for kind, place, label in pairs
        for value in _merged(_cell(cells, place))
        if value
    ]


def _merged(cell: str) -> list[str]:
    """The values of a cell, without the blanks around each."""
    return [value.strip() for value in cell.split(_MERGED)]


def _plain(name: str) -> str:
    return " ".join(name.split()).lower().strip("\ufeff").replace("address2", "address 2")


def _filled(cells: list[str], places: list[int]) -> str:
    return next((value for at in places if (value := _cell(cells, at))), "")


def _cell(cells: list[str], at: int) -> str:
    value = cells[at].strip() if at < len(cells) else ""
    return value[1:] if value[:2] in ("'=", "'+", "'-", "'@") else value


def _card(values: dict[str, str], labelled: list[_LabelledValue]) -> ContactCard:
    def value_of(field: str) -> str:
        return values.get(field, "")

    parts = (value_of("first"), value_of("middle"), value_of("last"))
    whole = " ".join(" ".join(part for part in parts if part).split())
    emails = [email for field in ("email", "email2", "email3") for email in _merged(value_of(field)) if email]
    emails += [value for kind, _, value in labelled if kind == "e-mail"]
    phones, others = _phones(values, labelled)
    return normalize_card(
        ContactCard(
            name=(value_of("name") or whole or value_of("nickname"))[:200],
            address="",
            others=tuple(emails),
            organisation=" – ".join(filter(None, (value_of("organisation"), value_of("department"))))[:200],
            title=value_of("title")[:200],
            postal=(_postal(values, "") or _postal(values, "work_"))[:1000],
            birthday=_birthday(values),
            website=_website(value_of("website")),
            note="\n".join(filter(None, (value_of("note"), *others)))[:5000],
            phone=phones["phone"],
            mobile=phones["mobile"],
            work_phone=phones["work_phone"],
        )
    )


def _phones(values: dict[str, str], labelled: list[_LabelledValue]) -> tuple[dict[str, str], list[str]]:
    """One number of each kind, and the others, fax included, for the notes."""
    phones = {kind: _merged(values.get(kind, ""))[0][:40] for kind in ("phone", "mobile", "work_phone")}
    others = []
    for _, label, number in (value for value in labelled if value.kind == "phone"):
        kind = "phone"
        if any(word in label for word in ("mobile", "portable", "cell")):
            kind = "mobile"
        elif any(word in label for word in ("work", "professionnel", "bureau", "travail")):
            kind = "work_phone"
        if phones[kind] or "fax" in label:
            others.append(f"{label.strip('* ').capitalize()} {number}".strip())
        else:
            phones[kind] = number[:40]
    return phones, others


def _postal(values: dict[str, str], prefix: str) -> str:
    street, street2, code, city, country = (
        values.get(prefix + part, "") for part in ("street", "street2", "code", "city", "country")
    )
    return "\n".join(filter(None, (street, street2, f"{code} {city}".strip(), country)))


def _birthday(values: dict[str, str]) -> str:
    birthday = values.get("birthday", "")
    year, month, day = (values.get(part, "") for part in ("year", "month", "day"))
    if month.isdecimal() and day.isdecimal():
        birthday = f"{day}/{month}/{year}" if year else f"--{int(month):02}-{int(day):02}"
    try:
        return "" if "0000" in birthday or "-00" in birthday else read_birthday(birthday)
    except Refusal:
        return ""


def _website(text: str) -> str:
    if text.startswith(("http://", "https://")):
        return text
    return f"https://{text}" if _DOMAIN.fullmatch(text) else ""


def _excerpt(refusal: Refusal, cells: list[str]) -> str:
    return str(refusal.facts.get("address") or " ".join(cell for cell in cells if cell.strip()))[:120]
