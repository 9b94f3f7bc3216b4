"""The zone of the domain, for `vaguemestre check --live`. Import it once Django is set up."""

from collections.abc import Iterator

from django.db import DatabaseError

from vaguemestre.mailbox.autoconfig.http import wanted_records
from vaguemestre.mailbox.autoconfig.ports import look_up
from vaguemestre.mailbox.autoconfig.rules.records import Record
from vaguemestre.mailbox.autoconfig.services.zone import address_names, check_records
from vaguemestre.mailbox.autoconfig.values import Question
from vaguemestre.processes.production.machine.hosts import hosts_with_address
from vaguemestre.processes.production.running_check import zone_verdicts as verdicts
from vaguemestre.processes.production.running_check.verdicts import Finding
from vaguemestre.site.config import Config


def findings(config: Config) -> Iterator[Finding]:
    """One line per record that `vaguemestre dns` prints, then the addresses of the names that lead here."""
    try:
        records: tuple[Record, ...] = wanted_records()
    except DatabaseError:
        yield verdicts.database_away()
        return
    yield from _resolver()
    yield from map(verdicts.judge_record, check_records(records, look_up.get()))
    if config.mail.outgoing.leaves:
        for domain in config.domains:
            yield verdicts.judge_signatures(
                [record for record in records if record.name.endswith(f".{domain}")]
            )
    for host in hosts_with_address(config):
        yield from _addresses_of(host, is_mail=host.startswith("mail."))


def _resolver() -> Iterator[Finding]:
    """Whether the machine's resolver can ask: without it every other line about DNS is worth nothing."""
    root = Question(".", "NS")
    yield verdicts.judge_resolver(is_answered=bool(look_up.get()([root])[root]))


def _addresses_of(host: str, *, is_mail: bool) -> Iterator[Finding]:
    """Judge whether the host has an address, and for the mail host the reverse name of each."""
    addresses = tuple(address_names(host, look_up.get()))
    if not addresses:
        yield verdicts.no_address(host)
    for address in addresses if is_mail else ():
        yield verdicts.judge_address_name(host, address)
