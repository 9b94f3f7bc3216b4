"""Use case: change one's own card."""

from datetime import datetime

from django.db import transaction

from vaguemestre.people.directory import services


@transaction.atomic(durable=True)
def change_card(person_id: int, phone: str, *, unlisted: bool, by: str, now: datetime) -> None:
    services.change_book_card(person_id, phone, unlisted=unlisted, by=by, now=now)
