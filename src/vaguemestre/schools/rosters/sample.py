"""A fictional school written as the ENT exports it: complete, or only what differs from before.

The files have what a real export has (birth dates, national numbers, addresses…), so that one may see that
none of it is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from xml.sax.saxutils import escape, quoteattr

from vaguemestre.people.directory.rules.names import address_base
from vaguemestre.people.intake.sample.names import first_name, surname
from vaguemestre.schools.rosters.values import PUPIL, RELATIVE, SCHOOL, STAFF

ENCODING = "ISO-8859-15"  # as real exports
HEAD = f'<?xml version="1.0" encoding="{ENCODING}"?>\n<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n'

type Attributes = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class SampleSchool:
    """A school as an export tells it: category → number → attributes."""

    uai: str
    records: Mapping[str, Mapping[str, Attributes]] = field(default_factory=dict)


def sample_school(
    uai: str,
    seed: int,
    *,
    ent_domain: str,
    classes: Sequence[str] = ("6A", "5A", "4A", "4B", "3A"),
    size: int = 24,
    teachers: Mapping[str, Sequence[str]] | None = None,
) -> SampleSchool:
    """`teachers`: academic address → classes taught."""
    draw = Random(f"{seed} {uai}")  # noqa: S311 - a sample is reproducible, not secret
    source = str(1000 + int(uai[:7]) % 9000)
    pupils: dict[str, Attributes] = {}
    relatives: dict[str, Attributes] = {}
    for name in classes:
        for _ in range(size):
            _add_family(draw, source, name, ent_domain, pupils, relatives)
    staff = {
        f"{source}{900_000 + number}": {
            "ENTPersonJointure": [f"{source}{900_000 + number}"],
            "sn": [address.partition("@")[0].rpartition(".")[2]],
            "mail": [address],
            "ENTPersonStructRattach": [source],
            "ENTAuxEnsClassesMatieres": [f"{source}${name}$030100" for name in taught],
        }
        for number, (address, taught) in enumerate((teachers or {}).items())
    }
    school = {
        source: {
            "ENTStructureJointure": [source],
            "ENTStructureUAI": [uai],
            "ENTStructureClasses": [f"{name}${name}$10210001110" for name in classes],
        }
    }
    return SampleSchool(uai, {SCHOOL: school, RELATIVE: relatives, STAFF: staff, PUPIL: pupils})


def _add_family(
    draw: Random,
    source: str,
    name: str,
    ent_domain: str,
    pupils: dict[str, Attributes],
    relatives: dict[str, Attributes],
) -> None:
    family, number = _plain(surname(draw)), f"{source}{100_000 + len(pupils)}"
    born = date(2012, draw.randint(1, 12), draw.randint(1, 28))
    answering = []
    for is_woman in (True, False)[: draw.choice((1, 2, 2))]:
        one, own = (
            f"{source}{500_000 + len(relatives)}",
            _plain(first_name(draw, is_woman=is_woman, birth_year=1985)),
        )
        answering.append(one)
        relatives[one] = {
            "ENTPersonJointure": [one],
            "sn": [family],
            "givenName": [own],
            "mail": [f"{own.lower()}.{family.lower()}@example.org".replace(" ", "")],
            "ENTPersonLogin": [_login(own, family, one)],
            "homePhone": ["0300000000"],
        }
    given = _plain(first_name(draw, is_woman=draw.random() < 0.5, birth_year=1995))
    pupils[number] = {
        "ENTPersonJointure": [number],
        "sn": [family],
        "givenName": [given],
        "ENTPersonDateNaissance": [f"{born:%d/%m/%Y}"],
        "ENTEleveINE": [f"{draw.randrange(10**10):010d}{draw.choice('ABCDEFGH')}"],
        "ENTPersonStructRattach": [source],
        "ENTEleveStructRattachId": [source],
        "ENTEleveClasses": [f"{source}${name}"],
        "ENTEleveGroupes": [],
        "ENTElevePersRelEleve": [f"{one}$1$1$1$1$0" for one in answering],
        "mail": [f"{_login(given, family, number)}@{ent_domain}"],
        "ENTEleveBoursier": [draw.choice("ON")],
    }


def sample_files(school: SampleSchool, day: date) -> dict[str, bytes]:
    """The complete export: one file for each category."""
    return {
        f"ENT_{school.uai}_Complet_{day:%Y%m%d}_{category}_0000.xml": document(
            _request("addRequest", category, number, attributes) for number, attributes in records.items()
        )
        for category, records in school.records.items()
    }


def delta_files(before: SampleSchool, after: SampleSchool, day: date) -> dict[str, bytes]:
    """What became different, as modifications of the attributes that differ."""
    return {
        f"ENT_{after.uai}_Delta_{day:%Y%m%d}_{category}_0000.xml": document(
            _differences(category, before.records.get(category, {}), records)
        )
        for category, records in after.records.items()
    }


def document(requests: Iterable[str]) -> bytes:
    """Requests as a file."""
    text = "\n".join(requests)
    return f"{HEAD}<ficAlimMENESR>\n{text}\n</ficAlimMENESR>\n".encode(ENCODING, "xmlcharrefreplace")


def _differences(
    category: str, before: Mapping[str, Attributes], after: Mapping[str, Attributes]
) -> Iterable[str]:
    for number in before.keys() - after.keys():
        yield _request("deleteRequest", category, number, {})
    for number, attributes in after.items():
        if number not in before:
            yield _request("addRequest", category, number, attributes)
            continue
        changed = {name: values for name, values in attributes.items() if values != before[number].get(name)}
        if changed:
            yield _request("modifyRequest", category, number, changed)


def _request(act: str, category: str, number: str, attributes: Attributes) -> str:
    about = "categorieStructure" if category == SCHOOL else "categoriePersonne"
    head = (
        f'<{act}>\n<operationalAttributes><attr name="{about}"><value>{category}</value></attr>'
        f"</operationalAttributes>\n<identifier><id>{escape(number)}</id></identifier>\n"
    )
    tag, whole = ("modification", "modifications") if act == "modifyRequest" else ("attr", "attributes")
    operation = ' operation="replace"' if act == "modifyRequest" else ""
    inside = "\n".join(
        f"<{tag}{operation} name={quoteattr(name)}>"
        + "".join(f"<value>{escape(value)}</value>" for value in values or ("",))
        + f"</{tag}>"
        for name, values in attributes.items()
    )
    body = f"<{whole}>\n{inside}\n</{whole}>\n" if act != "deleteRequest" else ""
    return f"{head}{body}</{act}>"


def _login(first: str, last: str, number: str) -> str:
    return f"{address_base(first, last)}.{number[-4:]}"[:60]


def _plain(name: str) -> str:
    """What the encoding of real exports can say."""
    return name.encode(ENCODING, "ignore").decode(ENCODING) or "Dupont"
