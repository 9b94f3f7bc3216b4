"""What an instance in production needs before its processes start. Run as root, once a start; idempotent."""

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from vaguemestre.engines.dovecot import configuration as dovecot
from vaguemestre.engines.nginx import configuration as nginx
from vaguemestre.engines.postfix import configuration as postfix
from vaguemestre.engines.rspamd import configuration as rspamd
from vaguemestre.engines.valkey import configuration as valkey
from vaguemestre.processes.duties import duty_of
from vaguemestre.processes.production.units.children import children_of
from vaguemestre.processes.production.units.units import FORMER
from vaguemestre.processes.production.upgrades.stand_ins import process_of, stand_ins_of
from vaguemestre.processes.supervisor import companions, run_folder
from vaguemestre.processes.supervisor.plan import Ask
from vaguemestre.processes.supervisor.preparation.ground import make_ground
from vaguemestre.processes.supervisor.preparation.prepared_child import PreparationFailed
from vaguemestre.site import static
from vaguemestre.site.config import Config

type Say = Callable[[str], None]


def prepare(config: Config, say: Say) -> str:
    """Make the ground. Returns the first administrator's activation link, once in an instance's life.

    Raises HomeUnusable, EngineRefused, EngineDown, PreparationFailed.
    """
    run_folder.open_home(config)
    make_ground(config)
    for name in FORMER:
        (config.secrets_dir / name).touch(mode=0o600)
    _prepare_engines(config, say)
    static.gather(config.home)
    _give_heartbeats(config)
    return _prepare_database(config, say)


def _prepare_engines(config: Config, say: Say) -> None:
    if config.served_pod:
        say("Configuration de Dovecot.")
        dovecot.prepare(config)
        return
    say("Configurations de Dovecot, Postfix, nginx et rspamd.")
    dovecot.prepare(config)
    postfix.prepare(config)
    nginx.prepare(config)
    if valkey.is_wanted(config):
        valkey.prepare(config)
    if rspamd.is_wanted(config):
        rspamd.prepare(config)
    rspamd.prepare_signer(config)
    companions.prepare(config)


def _give_heartbeats(config: Config) -> None:
    """Each process touches a file of its own in the folder of sockets, which is root's."""
    children = children_of(config, sys.executable)
    for child in (*children, *stand_ins_of(children, nginx.sockets(config))):
        duty = duty_of(process_of(child.name))
        for question in child.ready:
            if duty and question.ask is Ask.HEARTBEAT:
                file = Path(question.expect)
                file.touch(mode=0o644)
                os.chown(file, pwd.getpwnam(duty.user).pw_uid, -1)


def _prepare_database(config: Config, say: Say) -> str:
    """Migrate, create what is missing, match the engines' view: in a process of its own, with Django."""
    administrator, last_words = "", ""
    with subprocess.Popen(
        [sys.executable, "-m", "vaguemestre.cli.main", "prepare", "--no-demo"],
        cwd=config.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "vaguemestre.site.settings"},
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            try:
                message = json.loads(line)
            except ValueError:
                last_words = line.strip() or last_words
                continue
            if "step" in message:
                say(str(message["step"]))
            administrator = message.get("administrator", "") or administrator
    if process.returncode:
        words = last_words.removeprefix("vaguemestre : ")
        raise PreparationFailed(words or "la préparation s’est arrêtée.", max(process.returncode, 69))
    return administrator
