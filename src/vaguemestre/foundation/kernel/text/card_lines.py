"""Lines of vCards (RFC 6350 §3.3), read by vobject in time proportional to their length.

vobject's own pattern tries each « , » and « = » of a parameter in two ways: forty of them in a line that is
not one hold the interpreter for years. This pattern reads the same lines, and never goes back.
"""

import logging
import re
from typing import Final

from vobject import base

_NAME: Final = "[a-zA-Z0-9_-]++"
_VALUE: Final = '(?:"[^"]*+"|[^";:,=]*+)'
_LINE: Final = re.compile(
    rf"^((?P<group>{_NAME})\.)?(?P<name>{_NAME})(?P<params>;?(?:;{_NAME}(?:[=,]{_VALUE})*+)*+):(?P<value>.*)$",
    re.DOTALL,
)


def use_linear_pattern() -> None:
    """Have vobject, and Radicale with it, read lines by the pattern above. Safe to call again.

    And have it log nothing: its lines quote cards, with what they say of people. By a filter, because each
    process that sets its logs up after this import would give a disabled logger its voice back.
    """
    base.logger.addFilter(_tell_nothing)
    base.line_re = _LINE


def _tell_nothing(_record: logging.LogRecord) -> bool:
    return False
