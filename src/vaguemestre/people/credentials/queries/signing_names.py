"""The names an account may sign with, asked for every message sent."""

from dataclasses import dataclass

from vaguemestre.foundation.cluster.frequent_queries import FrequentQuery
from vaguemestre.people.credentials.models import Account
from vaguemestre.people.directory.rules.names import shown_name

_COLUMNS = ("chosen_first_name", "first_name", "usage_name", "birth_name", "erased_at", "sorted_as")
_NAMES = FrequentQuery(
    lambda account_id: Account.objects.filter(pk=account_id, person__isnull=False).values_list(
        *(f"person__{column}" for column in _COLUMNS)
    ),
    -1,
)


@dataclass(frozen=True, slots=True)
class SigningNames:
    """Name of a person in the directory, and the surnames they may sign with: in use and at birth."""

    shown: str
    surnames: tuple[str, ...]


def signing_names_of(account_id: int) -> SigningNames | None:
    """The names that the account's person may sign with; None for a shared mailbox."""
    for chosen, first_name, usage_name, birth_name, erased_at, sorted_as in _NAMES.rows(account_id):
        names = shown_name(first_name, birth_name, chosen_first_name=chosen, usage_name=usage_name)
        shown = sorted_as if erased_at else names
        return SigningNames(shown, tuple(surname for surname in (usage_name, birth_name) if surname))
    return None
