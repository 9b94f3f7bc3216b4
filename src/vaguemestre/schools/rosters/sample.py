"""A fictional school as an AAF export, complete or delta.

The files contain what real exports contain (birth dates, national numbers, addresses…), to show that none
of it is stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from xml.sax.saxutils import escape, quoteattr

from vaguemestre.people.directory.rules.names import address_base
from vaguemestre.people.intake.sample.names import first_name, surname
from vaguemestre.schools.rosters.values import AafCategory

ENCODING = "ISO-8859-15"  # as real exports
HEAD = f'<?xml version="1.0" encoding="{ENCODING}"?>\n<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n'

type Attributes = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class SampleSchool:
    """The records of a school's export: category → id → attributes."""

    uai: str
    records: Mapping[AafCategory, Mapping[str, Attributes]] = field(default_factory=dict)


def sample_school(
    uai: str,
    seed: int,
    *,
    ent_domain: str,
    classes: Sequence[str] = ("6A", "5A", "4A", "4B", "3A"),
    size: int = 24,
    teachers: Mapping[str, Sequence[str]] | None = None,
) -> SampleSchool:
    """A reproducible fictional school. `teachers`: académie address → classes taught."""
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
    kind = AafCategory
    return SampleSchool(
        uai, {kind.SCHOOL: school, kind.RELATIVE: relatives, kind.STAFF: staff, kind.PUPIL: pupils}
    )


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
    relative_ids = []
    for is_woman in (True, False)[: draw.choice((1, 2, 2))]:
        relative_id = f"{source}{500_000 + len(relatives)}"
        given_name = _plain(first_name(draw, is_woman=is_woman, birth_year=1985))
        relative_ids.append(relative_id)
        relatives[relative_id] = {
            "ENTPersonJointure": [relative_id],
            "sn": [family],
            "givenName": [given_name],
            "mail": [f"{given_name.lower()}.{family.lower()}@example.org".replace(" ", "")],
            "ENTPersonLogin": [_login(given_name, family, relative_id)],
            "homePhone": ["0300000000"],
        }
    pupil_name = _plain(first_name(draw, is_woman=draw.random() < 0.5, birth_year=1995))
    pupils[number] = {
        "ENTPersonJointure": [number],
        "sn": [family],
        "givenName": [pupil_name],
        "ENTPersonDateNaissance": [f"{born:%d/%m/%Y}"],
        "ENTEleveINE": [f"{draw.randrange(10**10):010d}{draw.choice('ABCDEFGH')}"],
        "ENTPersonStructRattach": [source],
        "ENTEleveStructRattachId": [source],
        "ENTEleveClasses": [f"{source}${name}"],
        "ENTEleveGroupes": [],
        "ENTElevePersRelEleve": [f"{relative_id}$1$1$1$1$0" for relative_id in relative_ids],
        "mail": [f"{_login(pupil_name, family, number)}@{ent_domain}"],
        "ENTEleveBoursier": [draw.choice("ON")],
    }


def sample_files(school: SampleSchool, day: date) -> dict[str, bytes]:
    """The complete export, one file per category."""
    return {
        f"ENT_{school.uai}_Complet_{day:%Y%m%d}_{category}_0000.xml": document(
            _request_xml("addRequest", category, number, attributes) for number, attributes in records.items()
        )
        for category, records in school.records.items()
    }


def delta_files(before: SampleSchool, after: SampleSchool, day: date) -> dict[str, bytes]:
    """The delta export from `before` to `after`."""
    return {
        f"ENT_{after.uai}_Delta_{day:%Y%m%d}_{category}_0000.xml": document(
            _differences(category, before.records.get(category, {}), records)
        )
        for category, records in after.records.items()
    }


def document(requests: Iterable[str]) -> bytes:
    """The requests as one file."""
    text = "\n".join(requests)
    return f"{HEAD}<ficAlimMENESR>\n{text}\n</ficAlimMENESR>\n".encode(ENCODING, "xmlcharrefreplace")


def _differences(
    category: AafCategory, before: Mapping[str, Attributes], after: Mapping[str, Attributes]
) -> Iterable[str]:
    for number in before.keys() - after.keys():
        yield _request_xml("deleteRequest", category, number, {})
    for number, attributes in after.items():
        if number not in before:
            yield _request_xml("addRequest", category, number, attributes)
            continue
        changed = {name: values for name, values in attributes.items() if values != before[number].get(name)}
        if changed:
            yield _request_xml("modifyRequest", category, number, changed)


def _request_xml(act: str, category: AafCategory, number: str, attributes: Attributes) -> str:
    about = "categorieStructure" if category == AafCategory.SCHOOL else "categoriePersonne"
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
    """The name without characters missing from the encoding of real exports."""
    return name.encode(ENCODING, "ignore").decode(ENCODING) or "Dupont"
