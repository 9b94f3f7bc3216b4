"""The lines of one person brought together: same NUMEN, or same dossier where the NUMEN is empty."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from vaguemestre.people.directory.rules.names import fold
from vaguemestre.people.directory.values import CivilStatus, Numen, Post, StaffCategory
from vaguemestre.people.intake.values import Record, RefusedLine


@dataclass
class Group:
    """What a file says of one person, in the order of its lines."""

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
        """That of the primary post."""
        return self._main.category

    @property
    def recovery_address(self) -> str:
        return next((r.recovery_address for r in self.records if r.recovery_address), "")

    @property
    def posts(self) -> tuple[Post, ...]:
        """Each post once; the first is primary when none says it is."""
        main = self._main
        return tuple(with_primary(r.post, is_primary=r is main) for r in self.records)

    @property
    def says_primary(self) -> bool:
        """False when no line says which post is the primary one (or the line that did was refused)."""
        return any(r.post.is_primary for r in self.records)

    @property
    def _main(self) -> Record:
        return next((r for r in self.records if r.post.is_primary), self.records[0])


def with_primary(post: Post, *, is_primary: bool) -> Post:
    """The post, primary or not."""
    return post if post.is_primary == is_primary else replace(post, is_primary=is_primary)


def same_human(one: CivilStatus, other: CivilStatus) -> bool:
    """Same birth date and birth name, written however."""
    return one.birth_date == other.birth_date and same_name(one.birth_name, other.birth_name)


def same_name(one: str, other: str) -> bool:
    """Written alike but for accents, case, spaces and hyphens."""
    return one == other or fold(one) == fold(other)


def grouped(records: Iterable[Record]) -> tuple[list[Group], list[RefusedLine]]:
    """The people of a file, and the lines that contradict an earlier one."""
    groups: list[Group] = []
    by_numen: dict[str, Group] = {}
    by_dossier: dict[str, Group] = {}
    refused = []
    for record in records:
        of_numen = by_numen.get(record.numen.text) if record.numen else None
        of_dossier = by_dossier.get(record.dossier)
        group = of_numen or of_dossier
        problem = _problem(record, group, of_dossier)
        if problem:
            refused.append(RefusedLine(record.line, *problem, record.dossier))
            continue
        if group is None:
            group = Group(record, record.numen)
            groups.append(group)
        group.numen = group.numen or record.numen
        group.records.append(record)
        by_dossier[record.dossier] = group
        if record.numen:
            by_numen[record.numen.text] = group
    return groups, refused


def _problem(record: Record, group: Group | None, of_dossier: Group | None) -> tuple[str, str] | None:
    """(column, reason) when the line contradicts an earlier one."""
    if group is None:
        return None
    first = group.first.line
    if of_dossier and of_dossier is not group:
        return "dossier", f"dossier déjà porté par une autre personne, ligne {of_dossier.first.line}"
    if record.numen and group.numen and record.numen != group.numen:
        return "numen", f"ce dossier porte un autre NUMEN ligne {first}"
    if not same_human(record.civil, group.civil):
        column = "numen" if record.numen else "dossier"
        return column, f"déjà porté par une autre personne, ligne {first}"
    if _names(record) != _names(group.first):
        return "prenom", f"état civil différent de celui de la ligne {first}"
    twin = next((r for r in group.records if r.post.key == record.post.key), None)
    if twin:
        return "uai", f"affectation déjà donnée ligne {twin.line}"
    return None


def _names(record: Record) -> tuple[str, str, str]:
    civil = record.civil
    return (civil.birth_name, civil.usage_name, civil.first_name)
