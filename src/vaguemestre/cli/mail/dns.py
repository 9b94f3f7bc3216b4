"""`vaguemestre dns`: the records to publish, and whether DNS has them."""

from collections.abc import Iterator
from typing import Annotated

import typer
from django.conf import settings

from vaguemestre.cli.failures import Failed
from vaguemestre.mailbox.autoconfig.http import wanted_records
from vaguemestre.mailbox.autoconfig.ports import look_up
from vaguemestre.mailbox.autoconfig.rules.records import Checked, State, zone
from vaguemestre.mailbox.autoconfig.services.zone import address_names, check_records
from vaguemestre.processes.production.machine.hosts import hosts_with_address

_WORDS = {
    State.RIGHT: "juste",
    State.MISSING: "MANQUE : ajoutez",
    State.OTHER: "AUTRE : remplacez par",
    State.SILENT: "SANS RÉPONSE : réessayez, ou voyez le résolveur de cette machine, pour",
}


def command(
    check: Annotated[bool, typer.Option("--check", help="Compare avec ce que répond le DNS.")] = False,
    domain: Annotated[str, typer.Option("--domain", help="Un domaine ; tous sans cela.")] = "",
) -> None:
    """Écrit les enregistrements à publier ; avec --check, dit lesquels manquent (code 1)."""
    domains = settings.CONFIG.domains
    if domain and domain.lower() not in domains:
        raise Failed(f"{domain} n’est pas un domaine de la configuration.", 1)
    domains = (domain.lower(),) if domain else domains
    records = tuple(record for name in domains for record in wanted_records(name))
    if not check:
        hosts = " ".join(hosts_with_address(settings.CONFIG))
        typer.echo(f"; Publiez aussi l’adresse de cette machine (A, AAAA) pour : {hosts}")
        typer.echo(zone(records), nl=False)
        return
    results = check_records(records, look_up.get())
    for result in results:
        typer.echo(_line(result))
    advice = [line for host in hosts_with_address(settings.CONFIG) for line in _address_lines(host)]
    for line in advice:
        typer.echo(line)
    if advice or any(result.state is not State.RIGHT for result in results):
        raise typer.Exit(1)


def _line(result: Checked) -> str:
    record = result.record
    if result.state is State.RIGHT:
        return f"{record.kind} {record.name} : {'juste' if result.found else 'facultatif, et absent'}"
    now = f" (aujourd’hui : {' | '.join(result.found)[:200]})" if result.found else ""
    return f"{record.kind} {record.name} : {_WORDS[result.state]}{now}\n    {record.line}"


def _address_lines(host: str) -> Iterator[str]:
    """What is wrong with its addresses; of mail, with their names (PTR), which their provider gives."""
    addresses = tuple(address_names(host, look_up.get()))
    if not addresses:
        yield f"A {host} : MANQUE : ajoutez l’adresse de cette machine (A, AAAA)"
    if not host.startswith("mail."):
        return
    for address, names in ((entry.address, entry.names) for entry in addresses if not entry.is_right):
        shown = ", ".join(names) or "aucun"
        yield f"PTR {address} : demandez à votre hébergeur le nom {host} (aujourd’hui : {shown})"
