"""Start of outgoing mail: a demonstration never sends any, and nothing leaves unsigned."""

import asyncio
import sys

from vaguemestre.engines.home_alias import signer_socket
from vaguemestre.engines.rspamd import signer
from vaguemestre.processes.supervisor import companions, plan
from vaguemestre.processes.supervisor.screen import Screen
from vaguemestre.processes.supervisor.tree import Tree
from vaguemestre.site.config import Config, ConfigWrong


def check_wishes(config: Config, *, is_demonstration: bool) -> None:
    """Check the options: raises ConfigWrong for a demonstration whose mail would leave."""
    mode = config.mail.outgoing.mode
    if is_demonstration and config.mail.outgoing.leaves:
        raise ConfigWrong(
            f"la démonstration n’écrit à personne dehors : avec « [mail.outgoing] mode » = {mode}, "
            "lancez bin/up --no-demo."
        )


async def start(config: Config, tree: Tree, screen: Screen) -> None:
    """Start the signer and Postfix's helpers, if mail really leaves. Raises ConfigWrong without rspamd."""
    if not signer.is_wanted(config):
        return
    if not signer.PROGRAM.is_file():
        raise ConfigWrong("rien ne part sans signature DKIM : installez rspamd, puis recommencez.")
    await asyncio.to_thread(signer.prepare, config)
    await tree.start([plan.signer(signer.command(config), signer_socket(config))])
    screen.step("Le signataire (DKIM) répond.")
    await asyncio.to_thread(companions.prepare, config)
    await tree.start(list(companions.companions(config, sys.executable)))
