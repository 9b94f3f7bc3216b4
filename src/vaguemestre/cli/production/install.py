"""`vaguemestre install`: the steps of bin/install once packages, code and Python environment are there."""

import os
import subprocess
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.foundation.kernel.text.toml_errors import toml_error
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.processes.production import kept_answers, layout
from vaguemestre.processes.production.answers import answers, file_from
from vaguemestre.processes.production.installation import Installation
from vaguemestre.processes.production.nodes.node_installation import NodeInstallation
from vaguemestre.processes.production.step import BROKEN, Step, plan_lines, run_each, run_steps
from vaguemestre.site.config import PROJECT, Config, ConfigWrong, load
from vaguemestre.site.config.completion import complete_config

BEFORE = ("Code dans /opt/vaguemestre/releases", "Paquets Debian", "Environnement Python")
_AGAIN = "Corrigez, puis relancez bin/install : il continuera."
_FOLLOWING = (
    ("Enregistrements DNS à publier (« vaguemestre dns ») :", ("dns",)),
    ("Ce qui va et ce qui manque (« vaguemestre check --live ») :", ("check", "--live")),
)


def command(
    config: Annotated[Path | None, typer.Option(help="Fichier de configuration.")] = None,
    node: Annotated[str, typer.Option(help="De plusieurs machines, le nom de celle-ci.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Montre le plan et ne change rien.")] = False,
) -> None:
    """Fait de cette machine ce que dit le fichier ; refait, ne change rien ; interrompu, continue."""
    try:
        _install(config, node, is_dry=dry_run)
    except KeyboardInterrupt:
        raise Failed("interrompu : relancez bin/install, il continuera.", 130) from None


def _install(file: Path | None, node: str, *, is_dry: bool) -> None:
    text = _completed(_text(file, is_dry=is_dry))
    whole = Installation(_config_of(text), text, PROJECT, typer.echo)
    installation = installation_of(whole, node)
    steps, later = installation.steps(), installation.later_steps()
    typer.echo("Plan :")
    for line in plan_lines(BEFORE, (*steps, *later)):
        typer.echo(line)
    if is_dry:
        return
    count = _run(steps, len(BEFORE) + 1)
    kept_answers.forget()
    if isinstance(installation, NodeInstallation) and not installation.has_pages:
        typer.echo("Rien à changer." if not count else f"{counted(count, 'étape faite', 'étapes faites')}.")
        return
    if count:
        typer.echo(f"Le site sert : {whole.config.public_url}")
    more, failures = run_each(later, typer.echo, len(BEFORE) + len(steps) + 1)
    if count or more or failures:
        _show_what_follows()
    is_same = not (count or more)
    typer.echo("Rien à changer." if is_same else f"{counted(count + more, 'étape faite', 'étapes faites')}.")
    _show_administrator()
    if failures:
        raise Failed(f"{' '.join(failures)} {_AGAIN}", 69)


def installation_of(whole: Installation, name: str) -> Installation | NodeInstallation:
    """The installation of this machine. Raises ConfigWrong when the file and `--node` do not go together."""
    topology = whole.config.topology
    names = ", ".join(node.name for node in topology.nodes)
    if not topology.nodes:
        if name:
            raise ConfigWrong(f"--node {name} : le fichier ne décrit aucune machine ([[node]]).")
        return whole
    name = name or whole.config.machine
    node = topology.node_named(name)
    if node is None:
        said = f"aucune ne s’appelle « {name} »" if name else "dites laquelle est celle-ci (--node NOM)"
        raise ConfigWrong(f"le fichier décrit plusieurs machines ({names}) : {said}.")
    if pod := topology.pod_kept_by(node.name):  # the file that names this machine may not be there yet
        whole = replace(whole, config=replace(whole.config, served_pod=pod.name))
    return NodeInstallation(whole, node)


def _run(steps: Sequence[Step], first_number: int) -> int:
    """Do the steps that are not done. Returns how many were. Raises Failed (69)."""
    try:
        return run_steps(steps, typer.echo, first_number)
    except BROKEN as error:
        raise Failed(f"{error} {_AGAIN}", 69) from error


def _show_what_follows() -> None:
    """Print the records to publish, then what `check --live` sees. Red lines are the reader's, no failure."""
    for title, words in _FOLLOWING:
        typer.echo(f"\n{title}")
        ended = subprocess.run(
            [str(layout.python(PROJECT)), "-m", "vaguemestre.cli.main", *words],
            env={**os.environ, **layout.environment_of(PROJECT)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        typer.echo(ended.stdout.rstrip())


def _text(given: Path | None, *, is_dry: bool) -> str:
    """The text of the named file, of the one installed before, or of the answers."""
    file = given or (layout.CONFIGURATION if layout.CONFIGURATION.is_file() else None)
    if file is None:
        keep = (lambda _: None) if is_dry else kept_answers.keep
        return file_from(answers(_typed, typer.echo, keep, kept_answers.kept_answers()))
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigWrong(f"{file} ne peut pas être lu.") from error


def _typed(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        raise Failed("il faut répondre aux questions, ou donner --config FICHIER.", 2) from None


def _completed(text: str) -> str:
    try:
        return complete_config(text)
    except tomllib.TOMLDecodeError as error:
        line, sentence = toml_error(error, text)
        raise ConfigWrong(f"ligne {line} : {sentence}.") from error


def _config_of(text: str) -> Config:
    """The configuration of that text, as the instance will read it. Raises ConfigWrong."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "vaguemestre.toml"
        file.write_text(text, encoding="utf-8")
        os.environ.update(layout.environment() | {"VAGUEMESTRE_CONFIG": str(file)})
        try:
            config = load(layout.HOME)
        finally:
            os.environ["VAGUEMESTRE_CONFIG"] = str(layout.CONFIGURATION)
    if not config.has_usual_ports:
        raise ConfigWrong("[network] « ports » vaut usual en production : bin/up est fait pour l’autre cas.")
    return config


def _show_administrator() -> None:
    """Print the first administrator's activation link, once."""
    file = layout.FIRST_LINK
    if file.is_file():
        typer.echo(
            f"\nPremier administrateur, lien d’activation (montré une seule fois) :\n{file.read_text()}"
        )
        file.unlink()
