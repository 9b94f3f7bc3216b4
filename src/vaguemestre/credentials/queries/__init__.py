"""Reading accounts. Nothing here writes."""

from vaguemestre.credentials.queries.factors import (
    ApplicationShown,
    Proposed,
    applications_of,
    proposed_application,
    recovery_codes_left,
    second_factor_due,
)
from vaguemestre.credentials.queries.lives import (
    AccountFacts,
    accounts_by_dossier,
    accounts_of,
    accounts_of_people,
    facts_of,
    has_accounts,
)
from vaguemestre.credentials.queries.opening import (
    AppPasswordShown,
    Presented,
    account_of_link,
    account_of_person,
    app_passwords_of,
    bearer_of,
    devices_of,
    find_account,
    identified,
    lives_of,
    presented,
    usernames_of,
)
from vaguemestre.credentials.queries.recovery import (
    ContactShown,
    contact_under_way,
    contacts_of,
    usable_contact,
)

__all__ = [
    "AccountFacts",
    "AppPasswordShown",
    "ApplicationShown",
    "ContactShown",
    "Presented",
    "Proposed",
    "account_of_link",
    "account_of_person",
    "accounts_by_dossier",
    "accounts_of",
    "accounts_of_people",
    "app_passwords_of",
    "applications_of",
    "bearer_of",
    "contact_under_way",
    "contacts_of",
    "devices_of",
    "facts_of",
    "find_account",
    "has_accounts",
    "identified",
    "lives_of",
    "presented",
    "proposed_application",
    "recovery_codes_left",
    "second_factor_due",
    "usable_contact",
    "usernames_of",
]
