"""What we know before a feed is compared."""

from vaguemestre.credentials.queries import accounts_of_people
from vaguemestre.directory.queries import known_for_intake
from vaguemestre.intake.models import Origin
from vaguemestre.intake.values import Known, KnownAccount


def known(academy_id: int) -> Known:
    """Everybody of the académie: six questions, whatever their number."""
    origins = Origin.objects.filter(person__academy_id=academy_id)
    return Known(
        people={person.person_id: person for person in known_for_intake(academy_id)},
        accounts={pid: KnownAccount(*account) for pid, account in accounts_of_people(academy_id).items()},
        sources=dict(origins.values_list("person_id", "source")),
    )
