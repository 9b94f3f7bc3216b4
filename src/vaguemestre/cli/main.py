"""The commands by name, loaded one at a time; errors become one line and an exit code."""

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.site.config import ConfigWrong, load

_CLI = "vaguemestre.cli"
_DJANGO = "vaguemestre.site.settings"


@dataclass(frozen=True)
class Entry:
    """A command: where it is, what it does. `django`: set Django up before loading it."""

    name: str
    says: str
    group: bool = False
    django: bool = True
    hidden: bool = False

    @property
    def module(self) -> str:
        return f"{_CLI}.{self.name}"


ENTRIES = (
    Entry("up", "Démarre l’instance et la garde au premier plan (par bin/up).", django=False),
    Entry("check", "Vérifie la configuration sans rien démarrer.", django=False),
    Entry("status", "Dit ce qui tourne, depuis quand, les files d’attente et les dernières erreurs."),
    Entry("feed", "Flux RH : vérifier, appliquer, fabriquer un échantillon.", group=True),
    Entry("account", "Comptes : montrer, suspendre, rétablir, fermer.", group=True),
    Entry("numen", "NUMEN : en attribuer un.", group=True),
    Entry("reconcile", "Fait correspondre les services de messagerie à la base."),
    Entry("trace", "Suit un message à la trace, dans l’ordre."),
    Entry("prepare", "Tables, démonstration, messagerie : la partie longue d’un démarrage.", hidden=True),
)


def run() -> None:
    """The entry point. Ends the process with the contract's exit code."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    home, base, wanted = _glance(arguments)
    if home:
        os.environ["VAGUEMESTRE_HOME"] = str(Path(home).resolve())
    if base:
        os.environ["VAGUEMESTRE_PORT_BASE"] = base
    try:
        entry = next((e for e in ENTRIES if e.name == wanted), None)
        ended = program(entry)(list(arguments), prog_name="vaguemestre", standalone_mode=False)
        return ended if isinstance(ended, int) else 0
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001 (the last door: nothing leaves with a traceback)
        return _tell(error)


def program(entry: Entry | None) -> typer.Typer:
    """The whole command line, with only that command loaded; the others show their one line of help."""
    app = typer.Typer(
        help="Vaguemestre : la messagerie d’une académie.", no_args_is_help=True, add_completion=False
    )
    app.callback()(_everywhere)
    for known in ENTRIES:
        if known is entry:
            _load(app, known)
        elif known.group:
            app.add_typer(typer.Typer(), name=known.name, help=known.says, hidden=known.hidden)
        else:
            app.command(known.name, help=known.says, hidden=known.hidden)(_elsewhere)
    return app


def _load(app: typer.Typer, entry: Entry) -> None:
    load()  # a wrong configuration is said before Django stumbles on it
    if entry.django:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", _DJANGO)
        importlib.import_module("django").setup()
    module = importlib.import_module(entry.module)
    if entry.group:
        app.add_typer(module.app, name=entry.name, help=entry.says)
    else:
        app.command(entry.name, help=entry.says, hidden=entry.hidden)(module.command)


def _everywhere(
    home: Annotated[Path | None, typer.Option(help="Dossier de l’instance (var/ par défaut).")] = None,
    port_base: Annotated[int | None, typer.Option(help="Premier port de l’instance.")] = None,
) -> None:
    """Options of every command; read before Django starts, by `main`."""


def _elsewhere() -> None:
    """Stands for a command that was not called."""


def _glance(arguments: Sequence[str]) -> tuple[str, str, str]:
    """The home, the port base and the command's name, wherever the first two stand."""
    given = {"--home": "", "--port-base": ""}
    wanted, expected = "", ""
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if expected:
            given[expected], expected = argument, ""
        elif name in given and equals:
            given[name] = value
        elif name in given:
            expected = name
        elif not argument.startswith("-"):
            wanted = wanted or argument
    return given["--home"], given["--port-base"], wanted


def _tell(error: Exception) -> int:
    sentence, code = _said(error)
    if code == 70:
        sentence = f"erreur imprévue ({type(error).__name__}: {sentence}). Détail : {_keep_traceback(error)}"
    print(f"vaguemestre : {' '.join(sentence.split(chr(10)))}", file=sys.stderr)  # noqa: T201
    return code


def _said(error: Exception) -> tuple[str, int]:
    if isinstance(error, typer.TyperException):
        return f"{error.format_message()} (voir --help)", 2
    if isinstance(error, typer.Abort):
        return "interrompu.", 1
    if isinstance(error, Failed):
        return str(error), error.code
    if isinstance(error, Refusal):
        return _sentence(error), 1
    if isinstance(error, EngineDown):
        return (
            f"un service ne répond pas ({error}). Voir « vaguemestre status ».",
            69,
        )
    if isinstance(error, EngineRefused):
        return f"un service a refusé : {error}", 69
    if isinstance(error, ConfigWrong):
        return str(error), 78
    return str(error), 70


def _sentence(refusal: Refusal) -> str:
    ui: Any = importlib.import_module("vaguemestre.ui.refusals")
    return str(ui.sentence(refusal))


def _keep_traceback(error: Exception) -> str:
    text = "".join(traceback.format_exception(error))
    try:
        file = load().logs_dir / "cli.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as log:
            log.write(text)
    except (OSError, ConfigWrong):
        return text.strip().splitlines()[-1]
    return str(file)


if __name__ == "__main__":
    run()
