"""How many tries the assistant allows: per NUMEN, per network, for everybody (SECURITY §3.2)."""

from datetime import timedelta

from vaguemestre.signin.rules.throttle import Budget

# SECURITY §3.2: five tries a day against one NUMEN, twenty an hour from one network, a brake for all.
TARGET = Budget(
    free=4,
    longest=timedelta(minutes=1),
    memory=timedelta(hours=24),
    exhausted_at=5,
    pause=timedelta(hours=24),
)
NETWORK = Budget(free=20, longest=timedelta(minutes=5), memory=timedelta(hours=1))
EVERYBODY = Budget(free=400, longest=timedelta(seconds=10), memory=timedelta(hours=1))


def budgets(numen_digest: str, network: str) -> dict[str, Budget]:
    """Whose budgets one look-up draws on; failures only are kept."""
    return {
        target(numen_digest): TARGET,
        f"assistant-network:{network}": NETWORK,
        "assistant": EVERYBODY,
    }


def code_budget(mark: str) -> dict[str, Budget]:
    """Five tries at one code."""
    pause = timedelta(hours=24)
    return {
        f"assistant-code:{mark[:32]}": Budget(4, timedelta(seconds=1), pause, exhausted_at=5, pause=pause)
    }


def target(numen_digest: str) -> str:
    """The subject of look-ups of one NUMEN."""
    return f"assistant:{numen_digest[:32]}"
