"""Streaming parser of AAF exports (« ficAlimMENESR », annexe AAF of the SDET).

A DOCTYPE may be named but is never fetched, and declarations are refused: no entity expansion, no external
file. Attributes that are not needed are dropped while parsing.
"""

from collections.abc import Iterable, Iterator
from typing import NoReturn
from xml.parsers import expat

from vaguemestre.foundation.kernel.errors import Refusal
from vaguemestre.schools.rosters.values import AafAct, AafCategory, AafRequest

KEPT_ATTRIBUTES: dict[AafCategory, set[str]] = {
    AafCategory.PUPIL: {
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
    AafCategory.RELATIVE: {"sn", "givenName", "mail", "ENTPersonLogin"},
    AafCategory.STAFF: {
        "mail",
        "ENTPersonStructRattach",
        "ENTAuxEnsClasses",
        "ENTAuxEnsClassesMatieres",
        "ENTAuxEnsClassesPrincipal",
        "ENTAuxEnsGroupes",
        "ENTAuxEnsGroupesMatieres",
    },
    AafCategory.SCHOOL: {"ENTStructureUAI", "ENTStructureClasses", "ENTStructureGroupes"},
}
_ACTS = {"addRequest": AafAct.ADD, "modifyRequest": AafAct.MODIFY, "deleteRequest": AafAct.DELETE}
_CHILDREN = {
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
MAX_VALUE_CHARACTERS = 2000  # characters of a value
MAX_VALUES = 2000  # of a request
CHUNK_BYTES = 65_536


def read_requests(chunks: Iterable[bytes], file: str) -> Iterator[AafRequest]:
    """The requests of one file, in file order. Raises Refusal `rosters.file-broken` (file, line, reason)."""
    parser = _ExportParser(file)
    for chunk in chunks:
        yield from parser.feed(chunk, is_last=False)
    yield from parser.feed(b"", is_last=True)


def chunks_of(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]


class _ExportParser:
    """State of one file: path in the document, current request, finished requests."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.path: list[str] = []
        self.ready: list[AafRequest] = []
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

    def feed(self, chunk: bytes, *, is_last: bool) -> list[AafRequest]:
        try:
            self.parser.Parse(chunk, is_last)
        except expat.ExpatError as error:
            is_truncated = is_last or error.code in (3, 5)  # no element found, unclosed token
            self._refuse("fichier tronqué" if is_truncated else "balisage incorrect", error.lineno)
        except (LookupError, ValueError) as error:  # unknown encoding
            raise Refusal(
                "rosters.file-broken", file=self.file, line=1, reason="codage des caractères inconnu"
            ) from error
        ready, self.ready = self.ready, []
        return ready

    def _begin_request(self) -> None:
        self.line = 0
        self.category: AafCategory | None = None
        self.id = self.name = ""
        self.attributes: dict[str, list[str]] = {}
        self.values = 0

    def _kept(self) -> set[str]:
        """The attributes to keep of the current request; none until its category is known."""
        return KEPT_ATTRIBUTES[self.category] if self.category else set()

    def _refuse(self, reason: str, line: int = 0) -> NoReturn:
        raise Refusal(
            "rosters.file-broken", file=self.file, line=line or self.parser.CurrentLineNumber, reason=reason
        )

    def _doctype(self, name: str, system: str | None, public: str | None, has_internal: bool) -> None:
        if has_internal:
            self._refuse("le fichier déclare des entités ou des éléments : refusé")

    def _entity(self, *args: object) -> None:
        self._refuse("le fichier déclare une entité : refusé")

    def _skipped(self, name: str, is_parameter: bool) -> None:
        self._refuse("le fichier emploie une entité inconnue")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.path:
            if tag != "ficAlimMENESR":
                self._refuse("ce n’est pas un export AAF (« ficAlimMENESR » attendu)")
        elif tag not in _CHILDREN[self.path[-1]]:
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
            if self.name in self._kept():
                self.attributes[self.name] = []

    def _characters(self, text: str) -> None:
        if not self.path or self.path[-1] not in ("value", "id"):
            return
        self.length += len(text)
        if self.length > MAX_VALUE_CHARACTERS:
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
        if self.values > MAX_VALUES:
            self._refuse("demande démesurée")
        if self.path[-2] == "operationalAttributes":
            if self.name in ("categoriePersonne", "categorieStructure"):
                self.category = AafCategory(value) if value in set(AafCategory) else None
        elif value and self.name in self._kept():
            self.attributes.setdefault(self.name, []).append(value)

    def _end_request(self, act: AafAct) -> None:
        if not self.id:
            self._refuse("demande sans identifiant", self.line)
        if self.category is None:
            return  # services and other structures have no classes
        attributes = {name: tuple(values) for name, values in self.attributes.items()}
        self.ready.append(AafRequest(act, self.category, self.id, attributes, self.file, self.line))
