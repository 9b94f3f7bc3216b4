"""How many tries the assistant allows: per NUMEN, per network, for everybody (docs/security.md §3.2).

Birth dates are guessed on a NUMEN: five a day, whoever tries. Codes are not: they have budgets of their own,
so that strangers who fail do not keep out the owner, who was given one. Networks and everybody ask for work.
"""

from datetime import timedelta

from vaguemestre.access.signin.rules.throttle import NEAR, Budget
from vaguemestre.access.signin.rules.tolls import Price

# docs/security.md §3.2: five tries a day against one NUMEN, twenty an hour from one network, a brake for all.
TARGET = Budget(
    free=4,
    longest=timedelta(minutes=1),
    memory=timedelta(hours=24),
    exhausted_at=5,
    pause=timedelta(hours=24),
)
NETWORK = Budget(free=20, longest=timedelta(minutes=5), memory=timedelta(hours=1))
EVERYBODY = Budget(free=400, longest=timedelta(seconds=10), memory=timedelta(hours=1))
LETTERS = Budget(
    free=4, longest=timedelta(0), memory=timedelta(hours=24), exhausted_at=5, pause=timedelta(hours=24)
)


def look_up_price(numen_digest: str, network: str) -> Price:
    """What one try at a NUMEN and a birth date is charged to; failures only are kept."""
    return _price(target(numen_digest), TARGET, network)


def code_price(name_digest: str, network: str) -> Price:
    """What asking for a code, or giving one, is charged to: that name from that network."""
    return _price(f"assistant-code-of:{name_digest[:32]}:{network}", NEAR, network)


def letters_of(who: str) -> dict[str, Budget]:
    """Five letters a day to one account's contact; a letter that leaves for nobody is counted apart."""
    return {f"assistant-letters:{who[:60]}": LETTERS}


def _price(own: str, budget: Budget, network: str) -> Price:
    shared = {f"assistant-network:{network}": NETWORK, "assistant": EVERYBODY}
    return Price(own, {own: budget, **shared}, network=network)


def code_budget(mark: str) -> dict[str, Budget]:
    """Five tries at one code."""
    pause = timedelta(hours=24)
    return {
        f"assistant-code:{mark[:32]}": Budget(4, timedelta(seconds=1), pause, exhausted_at=5, pause=pause)
    }


def target(numen_digest: str) -> str:
    """The subject of look-ups of one NUMEN."""
    return f"assistant:{numen_digest[:32]}"
