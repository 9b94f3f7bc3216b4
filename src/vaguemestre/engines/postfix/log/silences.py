"""Times in which Postfix ran and wrote nothing into its log: what it took or delivered then, no line tells.

Each minute somebody greets it, and so makes it write. After one failed write, of a full disk, it writes no
more until it is reloaded.
"""

import datetime as dt
import re
from collections.abc import Sequence

from vaguemestre.engines.postfix.log.steps import log_moment
from vaguemestre.post.trace.values import Silence

MAX_PAUSE = dt.timedelta(seconds=120)  # of a log that is written; whoever has it written again waits longer

_DATED = re.compile(r"(?P<at>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) \S+ postfix/", re.ASCII)
# What the first lines of a start say: before them Postfix did not run.
_AT_START = re.compile(
    r".{15} \S+ postfix/(?:postfix-script\[\d+\]: starting |master\[\d+\]: daemon started|start\[\d+\]: )"
)


def find_silence(
    lines: Sequence[str], written_before: dt.datetime, after: dt.datetime | None
) -> tuple[Silence | None, dt.datetime | None]:
    """The last silence that ended in these lines, and when the last of them was written.

    `after`: when the line before them was; `written_before`: the file's last change, for the year.
    """
    silence, last, stamp = None, after, ""
    for line in lines:
        if line[:15] == stamp or not (match := _DATED.match(line)):
            continue
        stamp = match["at"]
        at = log_moment(stamp, written_before)
        if last and at - last > MAX_PAUSE and not _AT_START.match(line):
            silence = Silence(last, at)
        last = at
    return silence, last
