"""Failure budgets of the assistant: per NUMEN, per network, for the whole instance (docs/security.md §3.2).

A NUMEN allows five guesses of a birth date a day, counted over all networks. Codes have separate budgets, so
that the failures of strangers do not keep the owner of a code out. Over the budget of a network or of the
instance, proof of work is required.
"""

from datetime import timedelta

from vaguemestre.access.signin.rules.proof_of_work import Price
from vaguemestre.access.signin.rules.throttle import NEAR, Budget, customer_network

# docs/security.md §3.2: five failures a day on one NUMEN, twenty an hour from one network, a cap for all.
TARGET = Budget(
    free=4,
    longest=timedelta(minutes=1),
    memory=timedelta(hours=24),
    exhausted_at=5,
    pause=timedelta(hours=24),
)
NETWORK = Budget(free=20, longest=timedelta(minutes=5), memory=timedelta(hours=1))
INSTANCE = Budget(free=400, longest=timedelta(seconds=10), memory=timedelta(hours=1))
LETTERS = Budget(
    free=4, longest=timedelta(0), memory=timedelta(hours=24), exhausted_at=5, pause=timedelta(hours=24)
)


def look_up_price(numen_digest: str, network: str) -> Price:
    """The price of one attempt at a NUMEN and a birth date; only failures are counted."""
    return _price(numen_subject(numen_digest), TARGET, network)


def code_price(name_digest: str, network: str) -> Price:
    """The price of requesting a code, or of typing one: counted by name and network."""
    return _price(f"assistant-code-of:{name_digest[:32]}:{customer_network(network)}", NEAR, network)


def letter_budget(recipient: str) -> dict[str, Budget]:
    """Five messages a day to the contact of one account; those for unknown accounts are counted apart.

    So are those asked in each browser that the account signed in with.
    """
    return {f"assistant-letters:{recipient[:60]}": LETTERS}


def code_budget(mark: str) -> dict[str, Budget]:
    """Five attempts at one code."""
    pause = timedelta(hours=24)
    return {
        f"assistant-code:{mark[:32]}": Budget(4, timedelta(seconds=1), pause, exhausted_at=5, pause=pause)
    }


def numen_subject(numen_digest: str) -> str:
    """The throttle subject of one NUMEN."""
    return f"assistant:{numen_digest[:32]}"


def _price(subject: str, budget: Budget, network: str) -> Price:
    shared = {f"assistant-network:{customer_network(network)}": NETWORK, "assistant": INSTANCE}
    return Price(subject, {subject: budget, **shared}, network=network)
