"""The process named `postsrsd`: Debian's program, told where its copy of the secret lies.

`python -m vaguemestre.processes.postfix.postsrsd PROGRAM OPTIONS…` becomes the program.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from vaguemestre.engines.database.database_login import CREDENTIALS
from vaguemestre.engines.outgoing.srs import SECRET


def command(words: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """The program's own command: its words, and the file of its secret."""
    return [*words, f"-s{Path(environment[CREDENTIALS]) / SECRET}"]


if __name__ == "__main__":
    os.execv(sys.argv[1], command(sys.argv[1:], os.environ))  # noqa: S606 - of our own units
