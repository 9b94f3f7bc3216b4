"""The verdict on a message, from its steps."""

from collections.abc import Iterable

from vaguemestre.post.trace.values import Step, StepKind, Verdict

SETS_ASIDE = frozenset({Verdict.VIRUS, Verdict.MACRO, Verdict.FRAUD})  # such mail is filed in quarantine
_BY_A_MILTER = "milter-reject:"  # how Postfix's line begins: the filter's, or the submission policy's
_BY_A_LIMIT = frozenset({"5.7.28", "5.3.4"})  # of the submission policy alone; the filter read nothing


def verdict_of_step(step: Step) -> Verdict | None:
    """The verdict that a step tells; None for most."""
    match step.kind:
        case StepKind.JUDGED:
            return Verdict(step.status) if step.status in set(Verdict) else None
        case StepKind.UNEXAMINED:
            return Verdict.UNEXAMINED
        case StepKind.REJECTED if step.status not in _BY_A_LIMIT and step.detail.startswith(_BY_A_MILTER):
            return Verdict.PUT_OFF if step.status.startswith("4") else Verdict.REFUSED
        case _:
            return None


def verdict_of(steps: Iterable[Step]) -> Verdict | None:
    """The last verdict told by the steps of a message, given in order."""
    told = [verdict for verdict in map(verdict_of_step, steps) if verdict]
    return told[-1] if told else None
