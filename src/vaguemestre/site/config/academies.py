"""`[[academy]]`: the file of an installation of several académies."""

from typing import Any, NamedTuple

from vaguemestre.site.config.academy import AcademySection
from vaguemestre.site.config.faults import Fault
from vaguemestre.site.config.section_keys import is_table, read_section, wrong_keys


class Academies(NamedTuple):
    """The file with one `academy` table, and the other académies."""

    tables: dict[str, Any]
    further: tuple[AcademySection, ...]


def academies_of(
    tables: dict[str, Any], lines: dict[str, int], faults: list[Fault], wrong: set[str]
) -> Academies:
    """Take the `[[academy]]` after the first one out of the file; their faults are added to the others.

    A further académie says its code, name, domain and departments: the defaults are another one's.
    """
    given = tables.get("academy")
    if not isinstance(given, list) or not given or not all(map(is_table, given)):
        return Academies(tables, ())
    academies = []
    for number, keys in enumerate(given[1:], start=1):
        place = f"academy.{number}"
        missing = [key for key in ("code", "name", "domain", "departments") if key not in keys]
        problems = {f"{place}.{key}": f"[[academy]] « {key} » manque" for key in missing}
        problems |= dict(wrong_keys(place, AcademySection, keys))
        faults += [
            Fault(lines.get(key) or lines.get(place, 0), words.replace(f"[{place}]", "[[academy]]"))
            for key, words in problems.items()
        ]
        wrong |= set(problems)
        if problems:  # rules over several académies say nothing of one that is half read
            wrong |= {"academy.code", "academy.departments", "academy.domain"}
        academies.append(read_section(place, AcademySection, keys, wrong))
    return Academies({**tables, "academy": given[0]}, tuple(academies))
