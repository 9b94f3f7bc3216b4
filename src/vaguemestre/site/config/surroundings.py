"""Files and services that the configuration names and that must exist."""

from collections.abc import Iterator
from pathlib import Path

from vaguemestre.engines.clamd import Clamd
from vaguemestre.engines.outgoing.outgoing_services import POLICY_DAEMON, SENDER_REWRITER
from vaguemestre.engines.rspamd import signer
from vaguemestre.foundation.kernel.errors import EngineDown
from vaguemestre.site.config import CheckedConfig, Config, Fault
from vaguemestre.site.config.files import S3_KEYS


def missing_surroundings(checked: CheckedConfig) -> list[Fault]:
    """One fault per named file that cannot be read and per named service that does not answer."""
    wrong = {fault.line for fault in checked.faults}
    faults = [Fault(checked.lines.get(key, 0), sentence) for key, sentence in _missing(checked.config)]
    return [fault for fault in faults if fault.line not in wrong or not fault.line]


def _missing(config: Config) -> Iterator[tuple[str, str]]:
    named = (
        ("database", "password_file", config.database.password_file),
        ("mail.outgoing", "relay_password_file", config.mail.outgoing.relay_password_file),
        ("ent", "saml_metadata", config.ent.saml_metadata),
    )
    for section, key, name in named:
        if name and not _can_be_read(config.home / name):
            yield f"{section}.{key}", f"[{section}] « {key} » : {config.home / name} ne peut pas être lu"
    if config.mail.outgoing.leaves and not signer.PROGRAM.is_file():
        yield (
            "mail.outgoing.mode",
            f"[mail.outgoing] « mode » = {config.mail.outgoing.mode} : rien ne part sans signature DKIM, et "
            "rspamd, qui signe, n’est pas installé (apt-get install rspamd)",
        )
    if config.mail.rewrites_senders and not SENDER_REWRITER.is_file():
        yield (
            "mail.forward_outside",
            "[mail] « forward_outside » : ce qui est transféré dehors y serait refusé (SPF) sans postsrsd, "
            "qui n’est pas installé (apt-get install postsrsd)",
        )
    if config.mail.outgoing.follows_policies and not POLICY_DAEMON.is_file():
        yield (
            "mail.outgoing.mta_sts",
            "[mail.outgoing] « mta_sts » : postfix-mta-sts-resolver n’est pas installé "
            "(apt-get install postfix-mta-sts-resolver) ; sinon, false",
        )
    yield from _missing_of_files(config)


def _missing_of_files(config: Config) -> Iterator[tuple[str, str]]:
    if config.files.are_on_s3 and not _can_be_read(config.secrets_dir / S3_KEYS):
        yield (
            "files.s3_bucket",
            f"[files] « s3_bucket » : {config.secrets_dir / S3_KEYS} (la clef, puis son secret) ne peut pas "
            "être lu",
        )
    if place := config.files.clamd:
        try:
            Clamd(place).ping()
        except EngineDown:
            yield "files.clamd", f"[files] « clamd » : aucun antivirus ne répond à {place}"


def _can_be_read(file: Path) -> bool:
    try:
        with file.open("rb"):
            return True
    except OSError:
        return False
