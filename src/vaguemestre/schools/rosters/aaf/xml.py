"""An AAF export read as it streams (« ficAlimMENESR », annexe AAF of the SDET): requests, one after another.

The document type may be named, as the exports do; it is never fetched, and nothing may be declared in the
file: no entity can grow, no outside file can be reached. What writing does not need is dropped at once.
"""

from collections.abc import Iterable, Iterator
from typing import NoReturn
from xml.parsers import expat

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.rosters.values import PUPIL, RELATIVE, SCHOOL, STAFF, Request

WANTED = {
    PUPIL: {
        "sn",
        "givenName",
        "mail",
        "ENTPersonLogin",
        "ENTPersonStructRattach",
        "ENTEleveStructRattachId",
        "ENTEleveClasses",
        "ENTEleveGroupes",
        "ENTEleveAutoriteParentale",
        "ENTElevePersRelEleve",
    },
    RELATIVE: {"sn", "givenName", "mail", "ENTPersonLogin"},
    STAFF: {
        "mail",
        "ENTPersonStructRattach",
        "ENTAuxEnsClasses",
        "ENTAuxEnsClassesMatieres",
        "ENTAuxEnsClassesPrincipal",
        "ENTAuxEnsGroupes",
        "ENTAuxEnsGroupesMatieres",
    },
    SCHOOL: {"ENTStructureUAI", "ENTStructureClasses", "ENTStructureGroupes"},
}
_ACTS = {"addRequest": "add", "modifyRequest": "modify", "deleteRequest": "delete"}
_INSIDE = {
    "ficAlimMENESR": frozenset(_ACTS),
    "addRequest": frozenset({"operationalAttributes", "identifier", "attributes"}),
    "modifyRequest": frozenset({"operationalAttributes", "identifier", "modifications"}),
    "deleteRequest": frozenset({"operationalAttributes", "identifier"}),
    "operationalAttributes": frozenset({"attr"}),
    "identifier": frozenset({"id"}),
    "attributes": frozenset({"attr"}),
    "modifications": frozenset({"modification"}),
    "attr": frozenset({"value"}),
    "modification": frozenset({"value"}),
    "value": frozenset[str](),
    "id": frozenset[str](),
}
LONGEST = 2000  # characters of a value
MOST_VALUES = 2000  # of a request
CHUNK = 65_536


def read_requests(chunks: Iterable[bytes], file: str) -> Iterator[Request]:
    """The requests of one file, in its order. Raises Refusal `rosters.file-broken` (file, line, reason)."""
    reading = _Reading(file)
    for chunk in chunks:
        yield from reading.feed(chunk, is_last=False)
    yield from reading.feed(b"", is_last=True)


def chunks_of(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), CHUNK):
        yield content[start : start + CHUNK]


class _Reading:
    """One file being read: where we are, the request being made, those ready."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.path: list[str] = []
        self.ready: list[Request] = []
        self.text: list[str] = []
        self.length = 0
        self._begin_request()
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._skipped
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self.parser = parser

    def feed(self, chunk: bytes, *, is_last: bool) -> list[Request]:
        try:
            self.parser.Parse(chunk, is_last)
        except expat.ExpatError as error:
            cut = is_last or error.code in (3, 5)  # no element found, unclosed token
            self._refuse("fichier tronqué" if cut else "balisage incorrect", error.lineno)
        except (LookupError, ValueError) as error:  # an encoding nobody knows
            raise Refusal(
                "rosters.file-broken", file=self.file, line=1, reason="codage des caractères inconnu"
            ) from error
        ready, self.ready = self.ready, []
        return ready

    def _begin_request(self) -> None:
        self.line = 0
        self.category = self.id = self.name = ""
        self.attributes: dict[str, list[str]] = {}
        self.values = 0

    def _refuse(self, reason: str, line: int = 0) -> NoReturn:
        raise Refusal(
            "rosters.file-broken", file=self.file, line=line or self.parser.CurrentLineNumber, reason=reason
        )

    def _doctype(self, name: str, system: str | None, public: str | None, has_internal: bool) -> None:
        if has_internal:
            self._refuse("le fichier déclare des entités ou des éléments : refusé")

    def _entity(self, *told: object) -> None:
        self._refuse("le fichier déclare une entité : refusé")

    def _skipped(self, name: str, is_parameter: bool) -> None:
        self._refuse("le fichier emploie une entité inconnue")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.path:
            if tag != "ficAlimMENESR":
                self._refuse("ce n’est pas un export AAF (« ficAlimMENESR » attendu)")
        elif tag not in _INSIDE[self.path[-1]]:
            self._refuse(f"« {tag[:40]} » n’est pas à sa place")
        self.path.append(tag)
        self.text, self.length = [], 0
        if tag in _ACTS:
            self._begin_request()
            self.line = self.parser.CurrentLineNumber
        elif tag in ("attr", "modification"):
            self._start_attribute(tag, attributes)

    def _start_attribute(self, tag: str, attributes: dict[str, str]) -> None:
        self.name = attributes.get("name", "")[:80]
        if tag == "modification":
            if attributes.get("operation") != "replace":
                self._refuse("modification d’un genre inconnu (« replace » attendu)")
            if self.name in WANTED.get(self.category, ()):
                self.attributes[self.name] = []

    def _characters(self, text: str) -> None:
        if not self.path or self.path[-1] not in ("value", "id"):
            return
        self.length += len(text)
        if self.length > LONGEST:
            self._refuse("valeur démesurée")
        self.text.append(text)

    def _end(self, tag: str) -> None:
        self.path.pop()
        if tag == "value":
            self._end_value(" ".join("".join(self.text).split()))
        elif tag == "id":
            self.id = "".join(self.text).strip()
        elif tag in _ACTS:
            self._end_request(_ACTS[tag])

    def _end_value(self, value: str) -> None:
        self.values += 1
        if self.values > MOST_VALUES:
            self._refuse("demande démesurée")
        if self.path[-2] == "operationalAttributes":
            if self.name in ("categoriePersonne", "categorieStructure"):
                self.category = value
        elif value and self.name in WANTED.get(self.category, ()):
            self.attributes.setdefault(self.name, []).append(value)

    def _end_request(self, act: str) -> None:
        if not self.id:
            self._refuse("demande sans identifiant", self.line)
        if self.category not in WANTED:
            return  # services, other structures: nobody writes to a class of theirs
        kept = {name: tuple(values) for name, values in self.attributes.items()}
        self.ready.append(Request(act, self.category, self.id, kept, self.file, self.line))
