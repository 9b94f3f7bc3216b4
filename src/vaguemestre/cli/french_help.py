"""The words that the library of the command line puts in a help page, in French."""

from typing import Any

import typer
import typer.rich_utils

_HELP = "Montre cette aide."
_KINDS = {
    "str": "texte",
    "int": "nombre",
    "float": "nombre",
    "path": "chemin",
    "file": "fichier",
    "list[str]": "textes",
}
_DAYS = str.maketrans({"Y": "AAAA", "m": "MM", "d": "JJ", "H": "HH", "M": "MM", "S": "SS", "%": None})
_ARGUMENTS = {  # its name in the code → the word of help pages and of refusals
    "candidate": "numéro", "client_id": "identifiant", "code": "code", "departments": "départements",
    "domain": "domaine", "event": "évènement", "feed": "numéro", "file": "fichier", "files": "fichier",
    "ids": "numéro", "job": "numéro", "kind": "avis", "message_id": "message-id", "name": "nom",
    "number": "numéro", "place": "dossier", "recipient": "destinataire", "running": "version",
    "source": "pod", "target": "pod", "title": "titre", "tree": "version", "uai": "uai",
    "username": "identifiant", "usernames": "identifiant",
}  # fmt: skip
_WORDS = {
    "COMMANDS_PANEL_TITLE": "Commandes",
    "REQUIRED_LONG_STRING": "[obligatoire]",
    "DEFAULT_STRING": "[par défaut : {}]",
}


def in_french(app: typer.Typer) -> Any:
    """The command of an application, and all below it, with French help pages."""
    for name, words in _WORDS.items():
        setattr(typer.rich_utils, name, words)
    command = typer.main.get_command(app)
    _translate(command)
    return command


def _translate(command: Any) -> None:
    option = command.get_help_option(typer.Context(command))
    if option:
        option.help = _HELP
    for parameter in (*command.params, *([option] if option else [])):
        if parameter.param_type_name == "argument":
            parameter.metavar = parameter.metavar or _ARGUMENTS[parameter.name].upper()
        _name_kind(parameter)
    for below in getattr(command, "commands", {}).values():
        _translate(below)


def _name_kind(parameter: Any) -> None:
    """A flag takes no value, and needs no kind; days are written as people write them."""
    english = parameter.display_type

    def kind(ctx: typer.Context) -> str:
        label = str(english(ctx)).strip("<>")
        if label == "bool":
            return ""
        if "%" in label:
            return f"<{label.translate(_DAYS)}>"
        return f"<{_KINDS.get(label, label)}>"

    parameter.display_type_rich = kind
