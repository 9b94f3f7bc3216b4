"""A person's own card in the directory."""

from datetime import datetime

from vaguemestre.foundation.journal.services import record
from vaguemestre.foundation.journal.values import person_subject
from vaguemestre.people.directory.models import Person


def change_book_card(person_id: int, phone: str, *, unlisted: bool, by: str, now: datetime) -> None:
    """Set somebody's work phone, and whether they are unlisted. Inside the caller's transaction."""
    person = Person.objects.select_for_update().get(pk=person_id)
    changed = [
        name for name, value in (("phone", phone), ("unlisted", unlisted)) if getattr(person, name) != value
    ]
    if not changed:
        return
    person.phone, person.unlisted = phone, unlisted
    person.save(update_fields=("phone", "unlisted"))
    record("directory.card-changed", to=person_subject(person_id), by=by, at=now, what=", ".join(changed))
