"""Erase what feeds left about somebody (GDPR art. 17)."""

from vaguemestre.people.directory.queries import person_of
from vaguemestre.people.intake.models import (
    AppliedLine,
    MatchCandidate,
    Mention,
    Origin,
    PlannedRow,
    RefusedRow,
)


def forget_person(person_id: int) -> None:
    """Erase their lines (which quote civil status and NUMEN), match candidates and dossier.

    Feeds keep their counts. Called before the directory erases the person, inside the caller's transaction.
    """
    person = person_of(person_id)
    for table in (AppliedLine, MatchCandidate, Mention, Origin, PlannedRow):
        table._default_manager.filter(person_id=person_id).delete()
    MatchCandidate.objects.filter(academy_id=person.academy_id, dossier=person.dossier).delete()
    refused = RefusedRow.objects.filter(feed__academy_id=person.academy_id)
    refused.filter(dossier=person.dossier).update(dossier="")
    for row in refused.filter(reason__contains=f"(dossier {person.dossier})"):
        RefusedRow.objects.filter(pk=row.pk).update(
            reason=row.reason.replace(f" (dossier {person.dossier})", "")
        )
