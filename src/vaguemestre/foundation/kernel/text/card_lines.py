"""vobject reads vCards (RFC 6350) in time proportional to their length.

vobject's own pattern of a line tries each « , » and « = » of a parameter in two ways: forty of them in a line
that is not one hold the interpreter for years. This pattern reads the same lines, and never goes back.

It reads calendars too, wherever it finds one, and counts the changes of their time zones one by one: those of
a zone that changes each second take hours, and memory without end. No calendar is asked of it here.
"""

import logging
import re
from typing import Final

from vobject import base
from vobject.behavior import Behavior

_NAME: Final = "[a-zA-Z0-9_-]++"
_VALUE: Final = '(?:"[^"]*+"|[^";:,=]*+)'
_LINE: Final = re.compile(
    rf"^((?P<group>{_NAME})\.)?(?P<name>{_NAME})(?P<params>;?(?:;{_NAME}(?:[=,]{_VALUE})*+)*+):(?P<value>.*)$",
    re.DOTALL,
)


def bound_vobject() -> None:
    """Have vobject, and Radicale with it, read lines by the pattern above, and no calendars.

    And have it log nothing: its lines quote cards, with what they say of people. By a filter, because each
    process that sets its logs up after this import would give a disabled logger its voice back.
    Safe to call again.
    """
    base.logger.addFilter(_tell_nothing)
    base.line_re = _LINE
    known: dict[str, list[tuple[str, type[Behavior]]]] = vars(base)["__behaviorRegistry"]
    for name in [name for name, ((_, behavior), *_) in known.items() if behavior.isComponent]:
        if name != "VCARD":
            del known[name]  # calendars, events and their zones: components without a meaning


def _tell_nothing(_record: logging.LogRecord) -> bool:
    return False
