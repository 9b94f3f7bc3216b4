"""Logs are renamed under running engines, and no step of a message is lost, whoever was away meanwhile."""

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from tests.engines.live import LiveEngines, Someone, letter, wait_until

from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.dovecot.steps import dovecot_steps
from vaguemestre.engines.log_tail import LogTail
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.engines.postfix.log.steps import postfix_steps
from vaguemestre.engines.system_users import LOGS_GROUP
from vaguemestre.post.trace import queries, services
from vaguemestre.post.trace.values import StepKind
from vaguemestre.processes.production.layout import HOME
from vaguemestre.processes.production.machine.files import logrotate_text
from vaguemestre.processes.supervisor.logs import rotate

pytestmark = [pytest.mark.engines, pytest.mark.django_db]


class Collector:
    def __init__(self, engines: LiveEngines) -> None:
        self._readers = {
            "postfix": LogTail(postfix.log_file(engines.config), postfix_steps),
            "dovecot": LogTail(dovecot.log_file(engines.config), dovecot_steps),
        }

    def collect(self) -> None:
        """Read on until both logs have said everything."""
        while sum(services.collect_steps(*reader, now=timezone.now()) for reader in self._readers.items()):
            continue


def by_the_supervisor(engines: LiveEngines, _folder: Path) -> None:
    for name, engine in (("postfix", postfix), ("dovecot", dovecot)):
        rotate(engine.log_file(engines.config))
        engines.children[name].send_signal(engine.REOPEN_SIGNAL)


def by_logrotate(engines: LiveEngines, folder: Path) -> None:
    """The file that an installation writes, with the folder and the processes of these engines."""
    text = logrotate_text().replace(f"{HOME}/logs", str(postfix.log_file(engines.config).parent))
    text = text.replace(f"root {LOGS_GROUP}", "root root")
    for name in ("postfix", "dovecot"):
        kill = re.compile(rf"systemctl kill --kill-whom=main --signal=SIG(\w+) vaguemestre-{name}\.service")
        text, count = kill.subn(rf"kill -s \1 {engines.children[name].pid}", text)
        assert count == 1
    rules = folder / "vaguemestre"
    rules.write_text(text)
    rules.chmod(0o644)
    subprocess.run(
        ["logrotate", "--force", "--state", str(folder / "state"), str(rules)], check=True, timeout=60
    )


def forget_former_logs(engines: LiveEngines) -> None:
    """What another way of renaming left: an installation has one."""
    for engine in (postfix, dovecot):
        log = engine.log_file(engines.config)
        for former in log.parent.glob(f"{log.name}.*"):
            former.unlink()


def await_another_second() -> None:
    """Postfix writes whole seconds, and a log is known by its first line: no two of them begin alike."""
    present = int(time.time())
    wait_until(lambda: int(time.time()) > present)


def send(engines: LiveEngines, marie: Someone, subject: str) -> str:
    sent = letter(marie.address, marie.address, subject)
    engines.submit(marie, marie.address, [marie.address], sent)
    engines.found(marie, subject)
    return str(sent["Message-ID"])


@pytest.mark.parametrize("rotate_logs", [by_the_supervisor, by_logrotate])
def test_each_step_of_each_message_is_stored_once_while_logs_are_rotated(
    engines: LiveEngines, tmp_path: Path, rotate_logs: Callable[[LiveEngines, Path], None]
) -> None:
    forget_former_logs(engines)
    marie = engines.someone()
    collector = Collector(engines)
    sent = [send(engines, marie, f"rotation {marie.mailbox[:9]} 0")]
    collector.collect()
    for number in range(1, 4):  # the collector is away
        await_another_second()
        rotate_logs(engines, tmp_path)
        sent.append(send(engines, marie, f"rotation {marie.mailbox[:9]} {number}"))
    collector = Collector(engines)  # another one, that knows what was committed
    road = [
        StepKind.RECEIVED, StepKind.IDENTIFIED, StepKind.QUEUED, StepKind.FILED, StepKind.DELIVERED,
        StepKind.DONE,
    ]  # fmt: skip

    def kinds() -> list[list[str]]:
        return [[step.kind for step in queries.steps_of_message(message_id)] for message_id in sent]

    def have_ended() -> bool:  # each engine writes its own log: the last line of one is not the last of both
        collector.collect()
        return all(len(of_message) >= len(road) for of_message in kinds())

    wait_until(have_ended)
    assert kinds() == [road] * 4
