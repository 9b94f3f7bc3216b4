"""`[[academy]]`: the configuration file of an installation with several académies."""

from typing import Any, NamedTuple

from vaguemestre.site.config.academy import AcademySection
from vaguemestre.site.config.faults import Fault
from vaguemestre.site.config.section_keys import is_table, read_section, wrong_keys


class Academies(NamedTuple):
    """The tables of the file, `academy` being the principal one, and the sections of the others."""

    tables: dict[str, Any]
    further: tuple[AcademySection, ...]


def academies_of(
    tables: dict[str, Any], lines: dict[str, int], faults: list[Fault], wrong: set[str]
) -> Academies:
    """Separate the first `[[academy]]` from the others. Adds to `faults` and `wrong` (keys).

    The others must give their code, name, domain and departments: the defaults are those of the first.
    """
    entries = tables.get("academy")
    if not isinstance(entries, list) or not entries or not all(map(is_table, entries)):
        return Academies(tables, ())
    academies = []
    for number, keys in enumerate(entries[1:], start=1):
        place = f"academy.{number}"
        missing = [key for key in ("code", "name", "domain", "departments") if key not in keys]
        problems = {f"{place}.{key}": f"[[academy]] « {key} » manque" for key in missing}
        problems |= dict(wrong_keys(place, AcademySection, keys))
        faults += [
            Fault(lines.get(key) or lines.get(place, 0), sentence.replace(f"[{place}]", "[[academy]]"))
            for key, sentence in problems.items()
        ]
        wrong |= set(problems)
        if problems:  # rules across académies must not judge one that is half read
            wrong |= {"academy.code", "academy.departments", "academy.domain"}
        academies.append(read_section(place, AcademySection, keys, wrong))
    return Academies({**tables, "academy": entries[0]}, tuple(academies))
