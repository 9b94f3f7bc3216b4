"""`vaguemestre dkim`: the keys that sign what leaves."""

from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.times import PARIS
from vaguemestre.people.directory.queries import academy_summaries
from vaguemestre.post.dkim.ports import look_up_text, signing_keys
from vaguemestre.post.dkim.queries import keys_of
from vaguemestre.post.dkim.services import advance_keys, renew_keys
from vaguemestre.post.dkim.values import KeyState, SigningKey

app = typer.Typer(help="Clés DKIM : leur liste, leur renouvellement, leur publication.", no_args_is_help=True)

Domain = Annotated[str, typer.Option("--domain", help="Un domaine ; tous sans cela.")]
_STATES = {
    KeyState.PREPARED: "à publier",
    KeyState.PUBLISHED: "publiée, bientôt en service",
    KeyState.ACTIVE: "en service",
    KeyState.RETIRING: "remplacée : gardez son enregistrement sept jours",
    KeyState.GONE: "finie : retirez son enregistrement",
}


@app.command()
def prepare(domain: Domain = "") -> None:
    """Fait les premières clés d’un domaine qui n’en a pas ; ne demande rien au DNS."""
    for name in _domains(domain):
        if not keys_of(name):
            renew_keys(name, signing_keys.get(), now=timezone.now(), by="cli")
        _say_what_to_publish(keys_of(name))


@app.command("list")
def list_keys(domain: Domain = "") -> None:
    """Les clés, leur état, depuis quand."""
    for name in _domains(domain):
        typer.echo(f"{name} :")
        for key in keys_of(name):
            since = key.gone_at or key.retired_at or key.active_at or key.seen_at or key.prepared_at
            typer.echo(
                f"  {key.selector} ({key.algorithm}) : {_STATES[key.state]}, "
                f"depuis le {since.astimezone(PARIS):%d/%m/%Y %H:%M}"
            )


@app.command()
def rotate(domain: Domain = "") -> None:
    """Prépare les clés suivantes et dit ce qu’il faut publier ; les clés en service le restent d’ici là."""
    for name in _domains(domain):
        selectors = renew_keys(name, signing_keys.get(), now=timezone.now(), by="cli")
        if not selectors:
            typer.echo(f"{name} : des clés attendent déjà d’être publiées.")
        _say_what_to_publish(keys_of(name))


@app.command("publish-check")
def publish_check(domain: Domain = "") -> None:
    """Demande au DNS les clés attendues et fait ce qui est dû ; finit par 1 s’il en manque."""
    is_missing = False
    for name in _domains(domain):
        advance_keys(
            name,
            look_up_text.get(),
            signing_keys.get(),
            working_days=settings.CONFIG.mail.outgoing.dkim_days,
            now=timezone.now(),
            by="cli",
        )
        keys = keys_of(name)
        waiting = [key for key in keys if key.state is KeyState.PREPARED]
        is_missing |= bool(waiting)
        typer.echo(
            f"{name} : {'à publier encore :' if waiting else 'toutes les clés attendues sont publiées.'}"
        )
        _say_what_to_publish(waiting)
    if is_missing:
        raise typer.Exit(1)


def _say_what_to_publish(keys: tuple[SigningKey, ...] | list[SigningKey]) -> None:
    for key in keys:
        if key.state is KeyState.PREPARED:
            typer.echo(f"  {key.record_name}. TXT « {key.record_value} »")


def _domains(domain: str) -> list[str]:
    domains = [academy.domain for academy in academy_summaries()]
    if domain and domain not in domains:
        raise Failed(f"{domain} n’est pas un domaine de cette installation.", 1)
    return [domain] if domain else domains
