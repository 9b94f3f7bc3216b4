"""Applications declared in a TOML file. An unknown key refuses the whole file."""

import tomllib
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from vaguemestre.access.sso.registry.values import Assurance, Protocol, Registration, Signing
from vaguemestre.foundation.kernel.text.toml_errors import toml_error

_KINDS: dict[Any, type] = {str: str, bool: bool, tuple[str, ...]: list}
_ENUMS: dict[Any, Any] = {Protocol: Protocol, Signing: Signing, Assurance: Assurance}


class DeclarationError(Exception):
    """The declaration is invalid; the message is one French sentence."""


@dataclass(frozen=True, slots=True)
class DeclaredApplication:
    """A registration, with paths to its secret and metadata, relative to the file's folder."""

    registration: Registration
    secret_file: str = ""
    metadata_file: str = ""
    certificate_file: str = ""
    entity_id: str = ""
    encrypts: bool | None = None


def parse_declarations(text: str) -> list[DeclaredApplication]:
    """Parse `[[application]]` tables with the field names of `Registration`. Raises DeclarationError."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, sentence = toml_error(error, text)
        raise DeclarationError(f"ligne {line} : {sentence}.") from error
    unknown = set(document) - {"application"}
    tables = document.get("application", [])
    if unknown or not isinstance(tables, list):
        raise DeclarationError("seules des tables [[application]] sont attendues.")
    declared = [_parse_table(table) for table in tables]
    names = [application.registration.client_id for application in declared]
    if len(names) != len(set(names)):
        raise DeclarationError("un client_id est déclaré deux fois.")
    return declared


def _parse_table(table: object) -> DeclaredApplication:
    if not isinstance(table, dict):
        raise DeclarationError("seules des tables [[application]] sont attendues.")
    name = str(table.get("client_id", "?"))
    extra_names = {field.name for field in fields(DeclaredApplication)} - {"registration"}
    hints = get_type_hints(Registration)
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key in extra_names:
            continue
        if key not in hints:
            raise DeclarationError(f"{name} : « {key} » n’est pas connu.")
        values[key] = _value(name, key, value, hints[key])
    if values.get("protocol") is Protocol.SAML:
        values.setdefault("addresses", ())
    if missing := {"client_id", "name", "protocol", "addresses"} - set(values):
        raise DeclarationError(f"{name} : « {min(missing)} » manque.")
    return DeclaredApplication(Registration(**values), **_extra_fields(name, table, extra_names))


def _extra_fields(name: str, table: dict[str, Any], names: set[str]) -> dict[str, Any]:
    extra = {key: table[key] for key in names if key in table}
    for key, value in extra.items():
        if not isinstance(value, bool if key == "encrypts" else str):
            raise DeclarationError(f"{name} : « {key} » n’a pas le bon type.")
    return extra


def _value(name: str, key: str, value: object, hint: Any) -> object:
    if hint in _ENUMS:
        try:
            return _ENUMS[hint](value)
        except ValueError as error:
            choices = ", ".join(_ENUMS[hint])
            raise DeclarationError(f"{name} : « {key} » est l’un de : {choices}.") from error
    if not isinstance(value, _KINDS[hint]):
        raise DeclarationError(f"{name} : « {key} » n’a pas le bon type.")
    if isinstance(value, list):
        if not all(isinstance(item, str) for item in value):
            raise DeclarationError(f"{name} : « {key} » est une liste de textes.")
        return tuple(value)
    return value
