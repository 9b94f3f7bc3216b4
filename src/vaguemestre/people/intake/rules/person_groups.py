"""Group lines by person: same NUMEN, or same dossier if the NUMEN is empty."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.values import CivilStatus, Numen, Post, StaffCategory
from vaguemestre.people.intake.values import Record, RefusedLine


class LineProblem(NamedTuple):
    """Why a line is refused: the column at fault, and the reason in French."""

    column: str
    reason: str


@dataclass
class PersonGroup:
    """The lines of one person, in the order of the file."""

    first: Record
    numen: Numen | None
    records: list[Record] = field(default_factory=list)

    @property
    def dossier(self) -> str:
        return self.first.dossier

    @property
    def civil(self) -> CivilStatus:
        return self.first.civil

    @property
    def category(self) -> StaffCategory:
        """The category of the primary post."""
        return self._main.category

    @property
    def recovery_address(self) -> str:
        return next((r.recovery_address for r in self.records if r.recovery_address), "")

    @property
    def posts(self) -> tuple[Post, ...]:
        """The posts; the first is primary if no line says which one is."""
        main = self._main
        return tuple(with_primary(r.post, is_primary=r is main) for r in self.records)

    @property
    def says_primary(self) -> bool:
        """Whether a line says which post is primary (it may have been refused)."""
        return any(r.post.is_primary for r in self.records)

    @property
    def _main(self) -> Record:
        return next((r for r in self.records if r.post.is_primary), self.records[0])


def with_primary(post: Post, *, is_primary: bool) -> Post:
    """The post with that `is_primary`."""
    return post if post.is_primary == is_primary else replace(post, is_primary=is_primary)


def is_same_person(one: CivilStatus, other: CivilStatus) -> bool:
    """Whether birth date and birth name are the same, whatever the spelling."""
    return one.birth_date == other.birth_date and is_same_name(one.birth_name, other.birth_name)


def is_same_name(one: str, other: str) -> bool:
    """Whether two names differ at most by accents, case, spaces and hyphens."""
    return one == other or fold(one) == fold(other)


def group_by_person(records: Iterable[Record]) -> tuple[list[PersonGroup], list[RefusedLine]]:
    """The people of a file, and the refused lines that contradict an earlier one."""
    groups: list[PersonGroup] = []
    by_numen: dict[str, PersonGroup] = {}
    by_dossier: dict[str, PersonGroup] = {}
    refused = []
    for record in records:
        of_numen = by_numen.get(record.numen.text) if record.numen else None
        of_dossier = by_dossier.get(record.dossier)
        group = of_numen or of_dossier
        problem = _contradiction(record, group, of_dossier)
        if problem:
            refused.append(RefusedLine(record.line, *problem, record.dossier))
            continue
        if group is None:
            group = PersonGroup(record, record.numen)
            groups.append(group)
        group.numen = group.numen or record.numen
        group.records.append(record)
        by_dossier[record.dossier] = group
        if record.numen:
            by_numen[record.numen.text] = group
    return groups, refused


def _contradiction(
    record: Record, group: PersonGroup | None, of_dossier: PersonGroup | None
) -> LineProblem | None:
    """Why the line contradicts an earlier one, if it does."""
    if group is None:
        return None
    first = group.first.line
    if of_dossier and of_dossier is not group:
        return LineProblem(
            "dossier", f"dossier déjà porté par une autre personne, ligne {of_dossier.first.line}"
        )
    if record.numen and group.numen and record.numen != group.numen:
        return LineProblem("numen", f"ce dossier porte un autre NUMEN ligne {first}")
    if not is_same_person(record.civil, group.civil):
        column = "numen" if record.numen else "dossier"
        return LineProblem(column, f"déjà porté par une autre personne, ligne {first}")
    if _civil_names(record) != _civil_names(group.first):
        return LineProblem("prenom", f"état civil différent de celui de la ligne {first}")
    twin = next((r for r in group.records if r.post.key == record.post.key), None)
    if twin:
        return LineProblem("uai", f"affectation déjà donnée ligne {twin.line}")
    return None


def _civil_names(record: Record) -> tuple[str, str, str]:
    civil = record.civil
    return (civil.birth_name, civil.usage_name, civil.first_name)
