"""Files whose tests `-m "not …"` leaves out one and all: to read them costs as much as to read the others."""

import re
from pathlib import Path

_OF_THE_FILE = re.compile(r"^pytestmark = (.+)$", re.MULTILINE)
_MARK = re.compile(r"pytest\.mark\.(\w+)")


def is_left_out(file: Path, expression: str) -> bool:
    """Whether that expression, of marks that all must agree (« a and not b »), takes no test of the file.

    A mark that the file gives over several lines is not seen: its tests are left out one by one.
    """
    parts = expression.split(" and ")
    unwanted = {part.removeprefix("not ") for part in parts if re.fullmatch(r"not \w+", part)}
    if not unwanted or "(" in expression or " or " in expression:
        return False
    marks = _OF_THE_FILE.search(file.read_text(encoding="utf-8"))
    return marks is not None and not unwanted.isdisjoint(_MARK.findall(marks[1]))
