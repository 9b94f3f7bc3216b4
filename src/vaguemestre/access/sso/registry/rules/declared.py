"""Applications declared in a TOML file: read, and refused whole when a word of it is not known."""

import tomllib
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from vaguemestre.access.sso.registry.values import Assurance, Protocol, Registration, Signing
from vaguemestre.foundation.kernel.toml_errors import toml_error

_KINDS: dict[Any, type] = {str: str, bool: bool, tuple[str, ...]: list}
_ENUMS: dict[Any, Any] = {Protocol: Protocol, Signing: Signing, Assurance: Assurance}


class WronglyDeclared(Exception):
    """One French sentence."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A registration, and where its secret or its metadata are: paths from the file's folder."""

    registration: Registration
    secret_file: str = ""
    metadata_file: str = ""
    certificate_file: str = ""
    entity_id: str = ""
    encrypts: bool | None = None


def read_declared(text: str) -> list[Declared]:
    """`[[application]]` tables, in the words of `Registration`. Raises WronglyDeclared."""
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, sentence = toml_error(error, text)
        raise WronglyDeclared(f"ligne {line} : {sentence}.") from error
    unknown = set(read) - {"application"}
    tables = read.get("application", [])
    if unknown or not isinstance(tables, list):
        raise WronglyDeclared("seules des tables [[application]] sont attendues.")
    found = [_declared(table) for table in tables]
    names = [one.registration.client_id for one in found]
    if len(names) != len(set(names)):
        raise WronglyDeclared("un client_id est déclaré deux fois.")
    return found


def _declared(table: object) -> Declared:
    if not isinstance(table, dict):
        raise WronglyDeclared("seules des tables [[application]] sont attendues.")
    name = str(table.get("client_id", "?"))
    beside = {field.name for field in fields(Declared)} - {"registration"}
    hints = get_type_hints(Registration)
    told: dict[str, Any] = {}
    for key, value in table.items():
        if key in beside:
            continue
        if key not in hints:
            raise WronglyDeclared(f"{name} : « {key} » n’est pas connu.")
        told[key] = _value(name, key, value, hints[key])
    if told.get("protocol") is Protocol.SAML:
        told.setdefault("addresses", ())
    if missing := {"client_id", "name", "protocol", "addresses"} - set(told):
        raise WronglyDeclared(f"{name} : « {min(missing)} » manque.")
    return Declared(Registration(**told), **_beside(name, table, beside))


def _beside(name: str, table: dict[str, Any], known: set[str]) -> dict[str, Any]:
    extra = {key: table[key] for key in known if key in table}
    for key, value in extra.items():
        if not isinstance(value, bool if key == "encrypts" else str):
            raise WronglyDeclared(f"{name} : « {key} » n’a pas le bon type.")
    return extra


def _value(name: str, key: str, value: object, hint: Any) -> object:
    if hint in _ENUMS:
        try:
            return _ENUMS[hint](value)
        except ValueError as error:
            known = ", ".join(_ENUMS[hint])
            raise WronglyDeclared(f"{name} : « {key} » est l’un de : {known}.") from error
    if not isinstance(value, _KINDS[hint]):
        raise WronglyDeclared(f"{name} : « {key} » n’a pas le bon type.")
    if isinstance(value, list):
        if not all(isinstance(one, str) for one in value):
            raise WronglyDeclared(f"{name} : « {key} » est une liste de textes.")
        return tuple(value)
    return value
