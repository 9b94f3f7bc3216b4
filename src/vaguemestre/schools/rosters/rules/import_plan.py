"""The changes of an import in counts, and its refusal when too many pupils would disappear."""

from collections.abc import Mapping

from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.schools.rosters.values import ImportPlan, Roster, SchoolChange, TargetRosters

LOSS_PERCENT = 50
_SMALL = 20  # pupils; a smaller school may change entirely


def plan_changes(
    target: TargetRosters, stored: Mapping[str, Roster], *, losses_confirmed: bool = False
) -> ImportPlan:
    """The plan, refused if no school is known or if one would lose most of its pupils."""
    steps = tuple(
        _change(roster, stored.get(uai, Roster(uai))) for uai, roster in sorted(target.rosters.items())
    )
    refusal = ""
    if not steps:
        refusal = "Ces fichiers ne parlent d’aucun établissement connu."
    elif not losses_confirmed:
        refusal = next((reason for step in steps if (reason := _loss(step, stored.get(step.uai)))), "")
    return ImportPlan(target.rosters, steps, target.rejected, target.notices, refusal)


def _change(target: Roster, before: Roster) -> SchoolChange:
    common = target.pupils.keys() & before.pupils.keys()
    return SchoolChange(
        target.uai,
        pupils_in=len(target.pupils.keys() - common),
        pupils_changed=sum(target.pupils[key] != before.pupils[key] for key in common),
        pupils_out=len(before.pupils.keys() - common),
        pupils=len(target.pupils),
        relatives=len(target.relatives),
        teachers=len(target.teachers),
        groups=len(target.groups),
        differs=target != before,
    )


def _loss(step: SchoolChange, before: Roster | None) -> str:
    count = len(before.pupils) if before else 0
    if count < _SMALL or step.pupils_out * 100 <= count * LOSS_PERCENT:
        return ""
    return (
        f"{step.uai} perdrait {step.pupils_out} de ses {counted(count, 'élève')} : "
        "l’export est sans doute incomplet. Vérifiez-le, ou confirmez les départs."
    )
