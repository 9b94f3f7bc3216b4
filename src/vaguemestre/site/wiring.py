"""Slots ← engines, events → handlers: the only file that sees both."""

from collections.abc import Callable
from typing import Any

from vaguemestre.credentials.events import AccountActivated, AccountChanged, AccountOpened, AccountsChanged
from vaguemestre.directory import ports as directory
from vaguemestre.directory.events import PeopleChanged
from vaguemestre.directory.rules.sealing import keys_from
from vaguemestre.jobs.ports import subscriptions
from vaguemestre.provisioning import handlers as provisioning_handlers
from vaguemestre.site import secrets
from vaguemestre.site.config import Config

SUBSCRIPTIONS: dict[type, tuple[Callable[[Any], None], ...]] = {
    PeopleChanged: (provisioning_handlers.match_people,),
    AccountOpened: (provisioning_handlers.match_mailbox,),
    AccountChanged: (provisioning_handlers.match_mailbox,),
    AccountActivated: (provisioning_handlers.match_mailbox,),
    AccountsChanged: (provisioning_handlers.match_mailboxes,),
}


def plug_engines(config: Config) -> None:
    """Plug every slot for one instance. Nothing is opened here: engines connect when first used."""
    subscriptions.plug(SUBSCRIPTIONS)
    directory.numen_keys.plug(keys_from(secrets.read(config.secrets_dir, "numen_key")))
