"""What applying would change, in numbers; and when it is too much to be true."""

from collections.abc import Mapping

from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.schools.rosters.values import Gathered, Plan, Roster, Step

LOSS_PERCENT = 50
_SMALL = 20  # a school so small may change whole


def planned(gathered: Gathered, known: Mapping[str, Roster], *, losses_confirmed: bool = False) -> Plan:
    """The plan, refused whole when nothing is there, or when a school would lose most of its pupils."""
    steps = tuple(
        _step(wanted, known.get(uai, Roster(uai))) for uai, wanted in sorted(gathered.rosters.items())
    )
    refusal = ""
    if not steps:
        refusal = "Ces fichiers ne parlent d’aucun établissement connu."
    elif not losses_confirmed:
        refusal = next((told for step in steps if (told := _loss(step, known.get(step.uai)))), "")
    return Plan(gathered.rosters, steps, gathered.wrong, gathered.notices, refusal)


def _step(wanted: Roster, before: Roster) -> Step:
    common = wanted.pupils.keys() & before.pupils.keys()
    return Step(
        wanted.uai,
        pupils_in=len(wanted.pupils.keys() - common),
        pupils_changed=sum(wanted.pupils[key] != before.pupils[key] for key in common),
        pupils_out=len(before.pupils.keys() - common),
        pupils=len(wanted.pupils),
        relatives=len(wanted.relatives),
        teachers=len(wanted.teachers),
        groups=len(wanted.groups),
        differs=wanted != before,
    )


def _loss(step: Step, before: Roster | None) -> str:
    count = len(before.pupils) if before else 0
    if count < _SMALL or step.pupils_out * 100 <= count * LOSS_PERCENT:
        return ""
    return (
        f"{step.uai} perdrait {step.pupils_out} de ses {counted(count, 'élève')} : "
        "l’export est sans doute incomplet. Vérifiez-le, ou confirmez les départs."
    )
