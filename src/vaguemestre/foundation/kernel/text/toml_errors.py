"""Syntax errors of TOML 1.0 in French, with their line; tomllib has them in English."""

import re
import tomllib
from typing import NamedTuple

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_SENTENCES = (
    (r"Unterminated string|Illegal character '\\n'", "un guillemet ouvert n’est pas fermé"),
    (r"Unclosed array", "un crochet « [ » d’une liste n’est pas fermé, ou une virgule manque"),
    (r"Unclosed inline table|Duplicate inline table", "une accolade n’est pas fermée, ou une virgule manque"),
    (r"Expected '=' after a key", "il manque « = » après le nom de la clé"),
    (r"Expected '\]", "le nom d’une section n’est pas fermé par un crochet « ] »"),
    (r"Cannot declare .* twice", "cette section est écrite deux fois"),
    (r"Cannot overwrite a value|Cannot (?:mutate|redefine)", "cette clé est écrite deux fois"),
    (r"Invalid date or datetime", "cette date n’existe pas"),
    (
        r"Unescaped '\\' in a string|Invalid hex value|Escaped character",
        "« \\ » dans un texte s’écrit « \\\\ », ou le texte se met entre apostrophes",
    ),
    (r"Expected newline or end of document", "il y a quelque chose de trop après la valeur"),
    (r"Found invalid character|Illegal character", "un caractère n’a pas sa place ici"),
    (
        r"Invalid value",
        "la valeur ne peut pas être lue : un texte se met entre guillemets, un nombre s’écrit sans espace, "
        "et oui ou non s’écrit true ou false",
    ),
    (r"Invalid (?:statement|initial character)", "cette ligne n’est ni une section, ni « clé = valeur »"),
)


class TomlError(NamedTuple):
    """The line of the error, from 1, and the French sentence."""

    line: int
    sentence: str


def toml_error(error: tomllib.TOMLDecodeError, text: str) -> TomlError:
    """The line of a syntax error and one French sentence without its full stop."""
    place = _PLACE.search(str(error))
    number = int(place[1]) if place and place[1] else max(1, len(text.splitlines()))
    words = str(error)[: place.start()] if place else str(error)
    for pattern, sentence in _SENTENCES:
        if re.match(pattern, words):
            return TomlError(number, sentence)
    return TomlError(number, "cette ligne ne peut pas être lue")
