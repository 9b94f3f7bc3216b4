"""Accounts of the cast, even after a feed changed their dossier number."""

from collections.abc import Sequence

from vaguemestre.foundation.journal.queries import subjects_by_detail
from vaguemestre.foundation.journal.values import number_of
from vaguemestre.people.credentials.queries import accounts_by_dossier, accounts_by_person


def accounts_of_cast(academy_id: int, dossiers: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Account id and state by the dossier number of the first feed."""
    accounts = accounts_by_dossier(academy_id, dossiers)
    lacking = [dossier for dossier in dossiers if dossier not in accounts]
    if lacking:
        registrations = subjects_by_detail("directory.person-registered", "dossier", lacking)
        people = {number_of("person", to): dossier for dossier, to in registrations.items()}
        for person_id, (account_id, _, state) in accounts_by_person(list(people)).items():
            accounts[people[person_id]] = (account_id, state)
    return accounts
