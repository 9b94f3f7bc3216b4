"""Contacts in CSV, as Outlook, Gmail, Thunderbird and Roundcube write them: columns known by their names."""

import csv
import io
import re
from collections import Counter

from vaguemestre.foundation.kernel.cells import inert_cell
from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.mailbox.contacts.rules.cards import checked, read_birthday
from vaguemestre.mailbox.contacts.values import ContactCard, Read, WrongLine

MOST_LINES = 20_000
# What a column's name may say, lower case, in English and French; of the columns found, the first that is
# filled wins. `#2` is the second column of that name: Thunderbird in French has two « Ville ».
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
    "note": ("notes", "note", "remarques", "commentaires"),
}  # fmt: skip
_MERGED = re.compile(r"\s*:::\s*")  # Gmail: several values in one cell
_PAIR = re.compile(r"(e-mail|phone) (\d+) - (label|type|value)")  # Gmail: what a value is stands beside it
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+(/\S*)?")


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
        places, pairs = _places(header), _pairs(header)
        known = {"email", "name", "first", "last"} & places.keys()
        if not (known or any(kind == "e-mail" for kind, *_ in pairs)):
            raise Refusal("contacts.columns-unknown")
        cards, wrong = [], []
        for number, cells in enumerate(lines, start=2):
            if number > MOST_LINES:
                raise Refusal("contacts.too-many-lines", most=MOST_LINES)
            if not any(cell.strip() for cell in cells):
                continue
            try:
                given = {name: _filled(cells, some) for name, some in places.items()}
                cards.append(("", _card(given, _told_pairs(cells, pairs))))
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
        writer.writerow([inert_cell(cell) for cell in row])
    return out.getvalue()


def _separator(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _places(header: list[str]) -> dict[str, list[int]]:
    seen: Counter[str] = Counter()
    at: dict[str, int] = {}
    for place, name in enumerate(map(_plain, header)):
        seen[name] += 1
        at.setdefault(name if seen[name] == 1 else f"{name}#{seen[name]}", place)
    found = {field: [at[name] for name in known if name in at] for field, known in _COLUMNS.items()}
    if len(found["title"]) > 1:  # beside a column of functions, Outlook's « Titre » says « Mme »
        found["title"] = [
            place for place in found["title"] if place not in (at.get("titre"), at.get("title"))
        ]
    return {field: some for field, some in found.items() if some}


def _pairs(header: list[str]) -> list[tuple[str, int, int]]:
    """Kind, where its value is, where its label is (-1 without one)."""
    read = ((place, _PAIR.fullmatch(_plain(name))) for place, name in enumerate(header))
    at = {match.groups(): place for place, match in read if match}
    return [
        (kind, place, at.get((kind, number, "label"), at.get((kind, number, "type"), -1)))
        for (kind, number, what), place in at.items()
        if what == "value"
    ]


def _told_pairs(cells: list[str], pairs: list[tuple[str, int, int]]) -> list[tuple[str, str, str]]:
    """Kind, label, value; a cell of several values makes several."""
    return [
        (kind, _cell(cells, label).lower() if label >= 0 else "", value)
        for kind, place, label in pairs
        for value in _MERGED.split(_cell(cells, place))
        if value
    ]


def _plain(name: str) -> str:
    return " ".join(name.split()).lower().strip("\ufeff").replace("address2", "address 2")


def _filled(cells: list[str], places: list[int]) -> str:
    return next((value for at in places if (value := _cell(cells, at))), "")


def _cell(cells: list[str], at: int) -> str:
    value = cells[at].strip() if at < len(cells) else ""
    return value[1:] if value[:2] in ("'=", "'+", "'-", "'@") else value


def _card(given: dict[str, str], pairs: list[tuple[str, str, str]]) -> ContactCard:
    def told(field: str) -> str:
        return given.get(field, "")

    parts = (told("first"), told("middle"), told("last"))
    whole = " ".join(" ".join(part for part in parts if part).split())
    emails = [one for field in ("email", "email2", "email3") for one in _MERGED.split(told(field)) if one]
    emails += [value for kind, _, value in pairs if kind == "e-mail"]
    phones, others = _phones(given, pairs)
    return checked(
        ContactCard(
            name=(told("name") or whole or told("nickname"))[:200],
            address="",
            others=tuple(emails),
            organisation=" – ".join(filter(None, (told("organisation"), told("department"))))[:200],
            title=told("title")[:200],
            postal=(_postal(given, "") or _postal(given, "work_"))[:1000],
            birthday=_birthday(given),
            website=_website(told("website")),
            note="\n".join(filter(None, (told("note"), *others)))[:5000],
            phone=phones["phone"],
            mobile=phones["mobile"],
            work_phone=phones["work_phone"],
        )
    )


def _phones(given: dict[str, str], pairs: list[tuple[str, str, str]]) -> tuple[dict[str, str], list[str]]:
    """One number of each kind; those for which there is no field left, fax too, go to the notes."""
    found = {kind: _MERGED.split(given.get(kind, ""))[0][:40] for kind in ("phone", "mobile", "work_phone")}
    others = []
    for _, label, number in (pair for pair in pairs if pair[0] == "phone"):
        kind = "phone"
        if any(word in label for word in ("mobile", "portable", "cell")):
            kind = "mobile"
        elif any(word in label for word in ("work", "professionnel", "bureau", "travail")):
            kind = "work_phone"
        if found[kind] or "fax" in label:
            others.append(f"{label.strip('* ').capitalize()} {number}".strip())
        else:
            found[kind] = number[:40]
    return found, others


def _postal(given: dict[str, str], of: str) -> str:
    street, more, code, city, country = (
        given.get(of + part, "") for part in ("street", "street2", "code", "city", "country")
    )
    return "\n".join(filter(None, (street, more, f"{code} {city}".strip(), country)))


def _birthday(given: dict[str, str]) -> str:
    told = given.get("birthday", "")
    year, month, day = (given.get(part, "") for part in ("year", "month", "day"))
    if month.isdecimal() and day.isdecimal():
        told = f"{day}/{month}/{year}" if year else f"--{int(month):02}-{int(day):02}"
    try:
        return "" if "0000" in told or "-00" in told else read_birthday(told)
    except Refusal:
        return ""


def _website(told: str) -> str:
    if told.startswith(("http://", "https://")):
        return told
    return f"https://{told}" if _DOMAIN.fullmatch(told) else ""


def _said(refusal: Refusal, cells: list[str]) -> str:
    return str(refusal.facts.get("address") or " ".join(cell for cell in cells if cell.strip()))[:120]
