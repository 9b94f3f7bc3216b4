"""`vaguemestre pod`: which mailboxes live where, and moving them."""

import time
from collections.abc import Sequence
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.people.credentials.queries import find_account
from vaguemestre.people.provisioning.queries import accounts_on, moves_not_over, pod_counts
from vaguemestre.people.provisioning.services import MailboxMove, move_mailbox, tidy_former_copies
from vaguemestre.site.adapters.pods import places_of, pod_mail
from vaguemestre.site.config.topology import Topology

app = typer.Typer(
    help="Groupes de boîtes : les montrer, les vider, y passer une boîte.", no_args_is_help=True
)

_Pod = Annotated[str, typer.Argument(help="Le nom d’un [[pod]].")]


@app.command(name="list")
def list_pods() -> None:
    """Chaque groupe, son adresse, ses machines, ses boîtes, et les passages qui ne sont pas finis."""
    counts = {count.pod: count for count in pod_counts()}
    for number, pod in enumerate(_topology().pods):
        own = [counts[name] for name in (pod.name, *([""] if not number else [])) if name in counts]
        typer.echo(
            f"{pod.name} ({pod.address}, {', '.join(pod.nodes)}) : "
            f"{counted(sum(row.mailboxes for row in own), 'boîte')}, "
            f"{counted(sum(row.moving for row in own), 'passage')} en cours, "
            f"{counted(sum(row.copies_left for row in own), 'ancienne copie', 'anciennes copies')}"
        )


@app.command()
def move(
    username: Annotated[str, typer.Argument(help="L’identifiant, ou une adresse du compte.")], target: _Pod
) -> None:
    """Passe une boîte sur un autre groupe ; repris s’il avait été interrompu."""
    account = find_account(username)
    if account is None:
        raise Refusal("credentials.account-unknown", username=username)
    _check(target)
    done = _move(account.account_id, target)
    if done.target != target:  # what had been begun is over: now for what is asked
        done = _move(account.account_id, target)
    words = "y est déjà" if done.source == done.target else f"en {done.pause_seconds:.1f} s de pause"
    typer.echo(f"{done.mailbox} : {done.target}, {words}.")


@app.command()
def drain(
    source: _Pod,
    targets: Annotated[
        list[str] | None, typer.Option("--to", help="Vers ceux-ci ; sinon tous les autres.")
    ] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="Ce nombre de boîtes seulement.")] = 1_000_000,
) -> None:
    """Passe toutes les boîtes d’un groupe sur les autres, l’une après l’autre ; repris où il en était."""
    _check(source)
    names = targets or [pod.name for pod in _topology().pods if pod.name != source]
    for name in names:
        _check(name)
    if not names or source in names:
        raise Failed("il faut un autre groupe où passer les boîtes.", 2)
    for account_id, target in moves_not_over():
        _move(account_id, target)
    _drain(accounts_on(source, is_first=source == _topology().pods[0].name)[:count], names)
    tidied = tidy_former_copies(pod_mail(settings.CONFIG), now=timezone.now())
    typer.echo(f"{counted(tidied, 'ancienne copie effacée', 'anciennes copies effacées')}.")


def _drain(account_ids: Sequence[int], names: Sequence[str]) -> None:
    began, longest, failed = time.monotonic(), 0.0, 0
    for number, account_id in enumerate(account_ids, start=1):
        try:
            longest = max(longest, _move(account_id, names[number % len(names)]).pause_seconds)
        except (EngineDown, EngineRefused) as error:
            failed += 1
            typer.echo(f"compte {account_id} : {error}", err=True)
        if number % 10 == 0 or number == len(account_ids):
            rate = number / (time.monotonic() - began) * 8 * 3600
            typer.echo(
                f"{number} sur {len(account_ids)} ; pause la plus longue {longest:.1f} s ; "
                f"{rate:.0f} boîtes en huit heures à ce train"
            )
    if failed:
        raise Failed(f"{counted(failed, 'boîte')} à reprendre : la même commande reprend.", 1)


def _move(account_id: int, target: str) -> MailboxMove:
    config = settings.CONFIG
    return move_mailbox(
        places_of(config), pod_mail(config), account_id, target,
        first=config.topology.pods[0].name, by="cli", now=timezone.now,
    )  # fmt: skip


def _topology() -> Topology:
    topology: Topology = settings.CONFIG.topology
    if not topology.pods:
        raise Failed("cette installation n’a qu’une machine : aucun [[pod]] dans sa configuration.", 1)
    return topology


def _check(pod: str) -> None:
    if not any(pod == known.name for known in _topology().pods):
        raise Failed(f"aucun [[pod]] ne s’appelle « {pod} ».", 2)
