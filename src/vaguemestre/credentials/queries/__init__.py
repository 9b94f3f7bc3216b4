"""Reading accounts. Nothing here writes."""

from vaguemestre.credentials.queries.lives import AccountFacts, accounts_of, accounts_of_people, facts_of

__all__ = ["AccountFacts", "accounts_of", "accounts_of_people", "facts_of"]
