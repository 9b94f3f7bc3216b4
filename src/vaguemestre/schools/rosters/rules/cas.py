"""Parser of a CAS serviceValidate response (CAS protocol 3.0 §2.5)."""

from typing import NoReturn
from xml.parsers import expat

from vaguemestre.foundation.kernel.errors import Refusal

_NAMESPACE = "http://www.yale.edu/tp/cas"
_PATH = [f"{_NAMESPACE} {name}" for name in ("serviceResponse", "authenticationSuccess", "user")]
MAX_BYTES = 65_536
_MAX_USER_CHARACTERS = 200


def user_of_ticket(response: bytes) -> str:
    """The user of a validated ticket. Raises Refusal `rosters.ent-refused` for any other response."""
    handler = _UserParser()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text, is_last = True, True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.characters
    try:
        parser.Parse(response[:MAX_BYTES], is_last)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Refusal("rosters.ent-refused") from error
    user = "".join(handler.text).strip()
    if handler.users != 1 or not user or len(user) > _MAX_USER_CHARACTERS or not user.isprintable():
        raise Refusal("rosters.ent-refused")
    return user


class _UserParser:
    def __init__(self) -> None:
        self.path: list[str] = []
        self.text: list[str] = []
        self.users = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name)
        self.users += self.path == _PATH

    def end(self, name: str) -> None:
        self.path.pop()

    def characters(self, text: str) -> None:
        if self.path == _PATH:
            self.text.append(text)


def _refuse(*args: object) -> NoReturn:
    raise Refusal("rosters.ent-refused")
