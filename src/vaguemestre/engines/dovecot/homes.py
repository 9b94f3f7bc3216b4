"""Homes of mailboxes on the disk, as Dovecot's `mail_home` names them."""

from pathlib import Path

from vaguemestre.desks.removals.values import REMOVED_COPIES
from vaguemestre.engines.home_alias import engine_path
from vaguemestre.engines.instance import Place
from vaguemestre.foundation.kernel.addresses import parse_address
from vaguemestre.foundation.kernel.errors import EngineRefused, Refusal
from vaguemestre.post.mailstore.values import DELETED_MESSAGES

# where sdbox keeps deleted messages (`mail_path` of the namespace, dovecot.conf.j2)
_DELETED_FILES = ("deleted", "mailboxes", DELETED_MESSAGES.partition("/")[2], "dbox-Mails")
_REMOVED_FILES = ("removed", "mailboxes", REMOVED_COPIES.partition("/")[2], "dbox-Mails")
HOUSE_SCRIPT = "absence.sieve"  # in the home of a mailbox: automatic replies in its owner's name


def sieve_settings(instance: Place) -> Path:
    """The settings of Sieve alone, for `sievec`: Dovecot's own file holds what only root may read."""
    return engine_path(instance, instance.engines_dir / "dovecot" / "sieve.conf")


def mail_home(instance: Place, mailbox: str) -> Path:
    """The folder of that mailbox. Raises EngineRefused for a name that leads out of the mail folder."""
    root = instance.home / "mail"
    try:
        parse_address(mailbox)
    except Refusal as refusal:
        raise unexpected_mailbox(mailbox) from refusal
    name, _, domain = mailbox.lower().rpartition("@")
    folder = root / domain / name
    if folder.parent.parent != root or name in ("", ".", "..") or "/" in mailbox:
        raise unexpected_mailbox(mailbox)
    return folder


def deleted_files(instance: Place, mailbox: str) -> Path:
    """The folder of the files of its deleted messages; none before the first. Raises EngineRefused."""
    return mail_home(instance, mailbox).joinpath(*_DELETED_FILES)


def removed_files(instance: Place, mailbox: str) -> Path:
    """The folder of the files of copies out of sight; none before the first. Raises EngineRefused."""
    return mail_home(instance, mailbox).joinpath(*_REMOVED_FILES)


def unexpected_mailbox(mailbox: str) -> EngineRefused:
    return EngineRefused(f"nom de boîte inattendu : {mailbox!r} ; écrivez-le « identifiant@domaine »")
