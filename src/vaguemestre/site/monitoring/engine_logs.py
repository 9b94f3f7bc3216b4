"""Whether the logs of Dovecot and Postfix still gain lines: the steps of messages are read from them.

Whoever greets an engine makes it write a line, and each look at its health does: an engine that answers and
whose log is old writes into nothing.
"""

import time
from collections.abc import Mapping

from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.site.config import Config
from vaguemestre.site.monitoring.check import Check

MAX_QUIET_SECONDS = 240  # the supervisor and the units have it written again before that, if they can


def last_lines(config: Config) -> dict[str, float]:
    """Engine → when its log was last written (Unix time). An engine without a log here is left out."""
    files = {"dovecot": dovecot.log_file(config), "postfix": postfix.log_file(config)}
    return {engine: file.stat().st_mtime for engine, file in files.items() if file.exists()}


def logs_check(config: Config, engines: Mapping[str, Check]) -> Check:
    """Warn of a log that gains nothing. `engines`: those asked just now; one that is away may be silent."""
    now = time.time()
    quiet = {engine: now - at for engine, at in last_lines(config).items()}
    words = [
        f"{engine} n’y a rien écrit depuis {quiet[engine]:.0f} s"
        for engine, check in engines.items()
        if check.ok and quiet.get(engine, 0.0) > MAX_QUIET_SECONDS
    ]
    return Check(ok=True, words=", ".join(words), is_warning=bool(words))
