"""Erase a civil status (GDPR art. 17)."""

from datetime import datetime

from vaguemestre.foundation.jobs.services import announce
from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import person_subject
from vaguemestre.people.directory.events import PeopleChanged
from vaguemestre.people.directory.models import Assignment, NameWord, NumenRow, Person
from vaguemestre.people.directory.rules.names import name_words
from vaguemestre.people.directory.services.person_changes import SHOWN_NAME_COLUMNS


def erase_civil_status(person_id: int, username: str, *, by: str, now: datetime) -> bool:
    """Erase who somebody is; False if that was done before. Inside the caller's transaction.

    Kept: what must never be given again (username, addresses, keyed hash of the NUMEN), and the management
    service in charge. The person is shown by username, and hidden from the directory.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    if person.erased_at:
        return False
    for column in (*SHOWN_NAME_COLUMNS, "civility", "recovery_address", "phone"):
        setattr(person, column, "")
    person.birth_date, person.erased_at = None, now
    person.hidden_since = person.hidden_since or now
    person.dossier, person.sorted_as = f"effacé-{person.pk}", username
    person.save()
    NameWord.objects.filter(person=person).delete()
    NameWord.objects.bulk_create([NameWord(person=person, word=word) for word in name_words(username, "")])
    NumenRow.objects.filter(person=person).update(ciphertext=b"")
    Assignment.objects.filter(person=person).delete()
    record("directory.civil-status-erased", to=person_subject(person_id), by=by, at=now)
    announce(PeopleChanged([person_id]))
    return True
