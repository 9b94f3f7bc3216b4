"""What the ENT's CAS server answers about a ticket (CAS 3.0 §2.5): the user, or nobody."""

from typing import NoReturn
from xml.parsers import expat

from vaguemestre.foundation.kernel.errors import Refusal

_NAMESPACE = "http://www.yale.edu/tp/cas"
_PATH = [f"{_NAMESPACE} {name}" for name in ("serviceResponse", "authenticationSuccess", "user")]
MOST_OCTETS = 65_536
_LONGEST = 200


def user_in(answer: bytes) -> str:
    """The user a ticket is of. Raises Refusal `rosters.ent-refused` for anything else."""
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text, is_last = True, True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.characters
    try:
        parser.Parse(answer[:MOST_OCTETS], is_last)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Refusal("rosters.ent-refused") from error
    user = "".join(reading.text).strip()
    if reading.users != 1 or not user or len(user) > _LONGEST or not user.isprintable():
        raise Refusal("rosters.ent-refused")
    return user


class _Reading:
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


def _refuse(*told: object) -> NoReturn:
    raise Refusal("rosters.ent-refused")
