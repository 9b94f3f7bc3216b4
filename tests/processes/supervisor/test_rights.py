"""The command that gives up what a duty has not: pure."""

import pytest

from vaguemestre.processes.duties import DUTIES
from vaguemestre.processes.supervisor.rights import prefix


@pytest.mark.parametrize("name", sorted(DUTIES))
def test_nobody_keeps_more_than_its_duty_says(name: str) -> None:
    duty, argv = DUTIES[name], prefix(DUTIES[name])
    assert argv[0] == "/usr/bin/setpriv"
    assert argv[-1] == "--"
    assert "--no-new-privs" in argv
    assert ("--reuid" in argv) is (duty.user != "root")
    bounds = next(word for word in argv if word.startswith("--bounding-set="))
    assert bounds.count("+") == len(duty.capabilities)
    assert bounds.startswith("--bounding-set=-all")


def test_groups_are_those_of_the_duty_and_no_others() -> None:
    assert "--groups=vaguemestre,postfix,vaguemestre-files" in prefix(DUTIES["web"])
    assert "--clear-groups" in prefix(DUTIES["pictures"])
