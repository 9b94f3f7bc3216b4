"""What feeds left of somebody whose civil status is erased."""

from vaguemestre.people.directory.queries import person_of
from vaguemestre.people.intake.models import Doubt, KeptLine, Mention, Origin, PlannedRow, RefusedRow


def forget_person(person_id: int) -> None:
    """Their lines (which quote civil status and NUMEN), likenesses and dossier; feeds keep their counts.

    Before the directory forgets them. Inside the caller's transaction.
    """
    person = person_of(person_id)
    for table in (KeptLine, Doubt, Mention, Origin, PlannedRow):
        table._default_manager.filter(person_id=person_id).delete()
    Doubt.objects.filter(academy_id=person.academy_id, dossier=person.dossier).delete()
    refused = RefusedRow.objects.filter(feed__academy_id=person.academy_id)
    refused.filter(dossier=person.dossier).update(dossier="")
    for row in refused.filter(reason__contains=f"(dossier {person.dossier})"):
        RefusedRow.objects.filter(pk=row.pk).update(
            reason=row.reason.replace(f" (dossier {person.dossier})", "")
        )
