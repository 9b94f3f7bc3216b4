"""Command table, loaded lazily; errors become one line and an exit code."""

import importlib
import os
import re
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from vaguemestre.cli.failures import Failed
from vaguemestre.cli.french_help import in_french
from vaguemestre.foundation.kernel.errors import EngineDown, EngineRefused, Refusal
from vaguemestre.foundation.kernel.text.os_errors import with_causes_in_french
from vaguemestre.foundation.kernel.texts import counted
from vaguemestre.site.config import ConfigWrong, load

_CLI = "vaguemestre.cli"
_DJANGO = "vaguemestre.site.settings"
_PLACE = {"--home": "VAGUEMESTRE_HOME", "--port-base": "VAGUEMESTRE_PORT_BASE"}


_FOLDERS = {
    "instance": ("academy", "check", "config", "jobs", "prepare", "status", "up"),
    "production": ("certificate", "ground", "install", "model", "node", "pod", "release", "upgrade"),
    "people": ("account", "classes", "feed", "life", "numen", "service"),
    "access": ("application", "sso"),
    "mail": ("dkim", "dmarc", "dns", "index", "mail", "queue", "reconcile", "trace", "transfer", "withdraw"),
    "records": ("breach", "homologation", "journal", "register"),
    "backups": ("backup", "restore"),
}
_FOLDER_OF = {name: folder for folder, names in _FOLDERS.items() for name in names}


@dataclass(frozen=True)
class Entry:
    """A command: its module and help line. `django`: set Django up before loading it."""

    name: str
    says: str
    group: bool = False
    django: bool = True
    hidden: bool = False

    @property
    def module(self) -> str:
        return f"{_CLI}.{_FOLDER_OF[self.name]}.{self.name}"


ENTRIES = (
    Entry("up", "Démarre l’instance et la garde au premier plan (par bin/up).", django=False),
    Entry("check", "Vérifie la configuration sans rien démarrer.", django=False),
    Entry("install", "Fait de cette machine une production (par bin/install).", django=False, hidden=True),
    Entry("ground", "Ce qu’il faut avant de démarrer, en production.", django=False, hidden=True),
    Entry("certificate", "Reprend le certificat renouvelé, en production.", django=False, hidden=True),
    Entry("upgrade", "Passe à une autre version pendant que tout sert, ou revient.", django=False),
    Entry("release", "Ce que cette version dit d’elle-même à une autre.", hidden=True),
    Entry("status", "Dit ce qui tourne, depuis quand, les files d’attente et les dernières erreurs."),
    Entry("feed", "Flux RH : vérifier, appliquer, fabriquer un échantillon.", group=True),
    Entry("classes", "Classes et familles : vérifier et appliquer les exports de l’ENT.", group=True),
    Entry("academy", "Académies de cette installation.", group=True),
    Entry("account", "Comptes : montrer, suspendre, rétablir, fermer.", group=True),
    Entry("service", "Classes de service : les montrer, dire qui a laquelle.", group=True),
    Entry("life", "Vies : départs, congés, retours, et leurs suites.", group=True),
    Entry("mail", "Courriels d’une boîte : importer, exporter.", group=True),
    Entry("index", "Recherche : refait l’index d’une boîte, ou de toutes."),
    Entry("transfer", "Déménagements : entre installations, chiffrés et signés.", group=True),
    Entry("dkim", "Clés DKIM : leur liste, leur renouvellement, leur publication.", group=True),
    Entry("dmarc", "Rapports DMARC et TLS des autres : les montrer, en lire.", group=True),
    Entry("dns", "Enregistrements DNS à publier, et ce que répond le DNS."),
    Entry("numen", "NUMEN : en attribuer, dire leur histoire, changer leur clé.", group=True),
    Entry("journal", "Journal : vérifier sa chaîne, dire son dernier sceau.", group=True),
    Entry("breach", "Violations de données : dossiers, délais, avis.", group=True),
    Entry("register", "Registre des traitements (RGPD) : une fiche par finalité."),
    Entry("homologation", "Dossier d’homologation (RGS) : ce que l’instance sait d’elle-même."),
    Entry("application", "Applications : ajouter, lister, retirer.", group=True),
    Entry("sso", "Applications déclarées dans un fichier ou par leurs métadonnées ; clés SAML.", group=True),
    Entry("reconcile", "Fait correspondre les services de messagerie à la base."),
    Entry("queue", "File d’attente du courrier : la montrer, retenir, relâcher, renvoyer.", group=True),
    Entry("withdraw", "Courriel : le retirer de toutes les boîtes, l’y remettre.", group=True),
    Entry("pod", "Groupes de boîtes : les montrer, les vider, y passer une boîte.", group=True),
    Entry("node", "Machines d’une installation : leur état, les clés de chacune.", group=True, django=False),
    Entry("model", "Combien de machines de chaque sorte, pour combien de personnes.", django=False),
    Entry("jobs", "Travaux en échec : les montrer, les relancer, les abandonner.", group=True),
    Entry("trace", "Suit un message à la trace, dans l’ordre."),
    Entry("backup", "Copie l’instance entière, en marche.", django=False),
    Entry("restore", "Remet une sauvegarde dans un dossier vide.", django=False),
    Entry("config", "Configuration : la page de toutes ses clés.", group=True, django=False, hidden=True),
    Entry("prepare", "Tables, démonstration, messagerie : la partie longue d’un démarrage.", hidden=True),
)


_EXPECTED: dict[type[Exception], tuple[str, int]] = {
    typer.Abort: ("interrompu.", 1),
    EngineDown: ("un service ne répond pas ({}). Voir « vaguemestre status ».", 69),
    EngineRefused: ("un service a refusé : {}", 69),
    ConfigWrong: ("{}", 78),
}

_FOR_ENGINES = ("up", "ground", "install", "certificate", "upgrade")  # write what other users read
_WITH_ANY_KEYS = ("prepare", "release", "status")  # compares them itself, or only tells


def run() -> None:
    """The entry point. Ends the process with the contract's exit code."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        place, rest = _apart(arguments)
        os.environ.update(place)
        name = next((argument for argument in rest if not argument.startswith("-")), "")
        if name not in _FOR_ENGINES and os.geteuid() == 0:
            os.umask(0o007)  # what root writes in the data folder is for its group, that of our processes
        entry = next((e for e in ENTRIES if e.name == name), None)
        command = program(entry)
        if entry and entry.django and entry.name not in _WITH_ANY_KEYS and "--help" not in rest:
            importlib.import_module(f"{_CLI}.instance.machine_keys").refuse_other_keys()
        ended = in_french(command)(rest, prog_name="vaguemestre", standalone_mode=False)
        return ended if isinstance(ended, int) else 0
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001 (the last door: nothing leaves with a traceback)
        return _tell(error)


def program(entry: Entry | None) -> typer.Typer:
    """Typer application with only that command loaded; the others show their help line."""
    app = typer.Typer(
        help="Vaguemestre : la messagerie d’une académie.", no_args_is_help=True, add_completion=False
    )
    app.callback()(_everywhere)
    for command in ENTRIES:
        if command is entry:
            _load(app, command)
        elif command.group:
            app.add_typer(typer.Typer(), name=command.name, help=command.says, hidden=command.hidden)
        else:
            app.command(command.name, help=command.says, hidden=command.hidden)(_elsewhere)
    return app


def _load(app: typer.Typer, entry: Entry) -> None:
    if entry.name not in (
        "check",
        "install",
        "release",
    ):  # which tell the faults of the configuration with those around it
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
    """Options of every command; `main` reads them before anything is loaded."""


def _elsewhere() -> None:
    """Stands for a command that was not called."""


def _apart(arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Split arguments into the environment set by `--home` and `--port-base`, and the rest."""
    place, rest, waiting = {}, [], list(arguments)
    while waiting:
        name, equals, value = (argument := waiting.pop(0)).partition("=")
        if name not in _PLACE:
            rest.append(argument)
            continue
        if not equals and not waiting:
            raise typer.BadParameter(f"{name} attend une valeur.")
        place[_PLACE[name]] = value if equals else waiting.pop(0)
    if not place.get(_PLACE["--port-base"], "0").isdigit():
        raise typer.BadParameter("--port-base attend un nombre.")
    if home := place.get(_PLACE["--home"]):
        place[_PLACE["--home"]] = str(Path(home).resolve())
    return place, rest


def _tell(error: Exception) -> int:
    sentence, code = _said(error)
    if not sentence:  # the help was shown instead
        return code
    if code == 70:
        sentence = f"erreur imprévue ({type(error).__name__}: {sentence}). Détail : {_keep_traceback(error)}"
    lines = sentence.splitlines()
    if isinstance(error, ConfigWrong) and len(lines) > 1:
        lines = [f"configuration à corriger, {counted(len(lines), 'faute')} :\n  " + "\n  ".join(lines)]
    print(f"vaguemestre : {' '.join(lines)}", file=sys.stderr)  # noqa: T201
    return code


def _said(error: Exception) -> tuple[str, int]:
    """Sentence and exit code of an error; 70 if unexpected."""
    if isinstance(error, typer.TyperException):
        words = _usage(error)
        return f"{words} (voir --help)" if words else "", 2
    if isinstance(error, Failed):
        return str(error), error.code
    if isinstance(error, Refusal):
        return _sentence(error), 1
    if type(error).__module__ == "django.db.utils":  # named so: Django is not loaded for every command
        detail = _keep_traceback(error)
        return f"la base de données manque ou ne répond pas ; {_database_advice()}. Détail : {detail}", 69
    for kind, (sentence, code) in _EXPECTED.items():
        if isinstance(error, kind):
            return sentence.format(with_causes_in_french(error)), code
    return str(error), 70


def _database_advice() -> str:
    """What to do, in the words of where the instance runs."""
    advice = importlib.import_module("vaguemestre.processes.production.database_advice")
    return str(advice.database_advice(load()))


def _usage(error: Any) -> str:
    """Usage error in French; the library's own text is English."""
    param = getattr(error, "param", None)
    name = param.get_error_hint().strip("'[]") if param else getattr(error, "option_name", "")
    match type(error).__name__:
        case "MissingParameter":
            return f"il manque « {name} »."
        case "NoSuchOption":
            return f"l’option « {name} » n’existe pas."
        case "BadOptionUsage":
            return f"l’option « {name} » attend une valeur."
        case "BadParameter" if param:
            choices = re.search(r"is not one of (.*)\.$", str(error.message))
            among = f" ; au choix : {choices[1].replace("'", '')}" if choices else ""
            return f"la valeur donnée pour « {name} » ne convient pas{among}."
    words = str(error.message)
    unknown = re.fullmatch(r"No such command '(.*?)'\.(?: Did you mean '(.*?)'\?)?", words)
    if unknown:
        perhaps = f" Est-ce « {unknown[2]} » ?" if unknown[2] else ""
        return f"la commande « {unknown[1]} » n’existe pas.{perhaps}"
    extra = re.fullmatch(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", words)
    return f"« {extra[1]} » est de trop." if extra else words


def _sentence(refusal: Refusal) -> str:
    ui: Any = importlib.import_module("vaguemestre.foundation.ui.refusals")
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
