"""Reading of a DMARC aggregate report (RFC 7489 §7.2, appendix C), as a stream: no tree in memory."""

from collections.abc import Mapping
from ipaddress import ip_address
from xml.parsers import expat

from vaguemestre.desks.domainreports.rules import limits
from vaguemestre.desks.domainreports.rules.limits import UnreadableReport, count_of, domain_of, text_of
from vaguemestre.desks.domainreports.values import DmarcReport, Record

_DISPOSITIONS = frozenset(("none", "quarantine", "reject"))
_MAX_DEPTH = 12
_MAX_TEXT = 2_000
_MAX_NAME = 60  # characters of an element's name: each path of names is kept


def read_dmarc_report(content: bytes, max_elements: int) -> tuple[DmarcReport, int]:
    """(the report in an XML file, its number of elements). Raises UnreadableReport.

    A document type is refused, so no entity is ever expanded. Namespaces are ignored: reporters differ.
    """
    reader = _Reader(max_elements)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    try:
        parser.Parse(content, True)  # noqa: FBT003 (expat's own signature)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableReport("xml") from error
    return reader.report(), reader.elements


class _Reader:
    """Handlers of expat. Each text is stored under its path below `feedback`, records apart."""

    def __init__(self, max_elements: int) -> None:
        self._max_elements = max_elements
        self._path: list[str] = []
        self._words = ""
        self.elements = 0
        self._fields: dict[str, str] = {}
        self._record: dict[str, str] = {}
        self._result: dict[str, str] = {}
        self._signers: list[str] = []
        self._return_domain = ""
        self._records: list[Record] = []

    def begin(self, name: str, _attributes: Mapping[str, str]) -> None:
        self.elements += 1
        if self.elements > self._max_elements or len(self._path) >= _MAX_DEPTH or len(name) > _MAX_NAME:
            raise UnreadableReport("too-big")
        self._path.append(name.rpartition(":")[2].lower())
        self._words = ""
        if self._path[0] != "feedback":
            raise UnreadableReport("not-dmarc")
        if self._path[1:] == ["record"]:
            self._record, self._signers, self._return_domain = {}, [], ""
        elif self._is_result():
            self._result = {}

    def text(self, words: str) -> None:
        if len(self._words) < _MAX_TEXT:
            self._words += words

    def end(self, _name: str) -> None:
        if self._path[1:] == ["record"]:
            self._keep_record()
        elif self._is_result():
            self._keep_result()
        elif self._path[1:3] == ["record", "auth_results"]:
            self._result[self._path[-1]] = self._words[:_MAX_TEXT].strip()
        elif self._path[1:2] == ["record"]:
            self._record.setdefault("/".join(self._path[2:]), self._words[:_MAX_TEXT].strip())
        else:
            self._fields.setdefault("/".join(self._path[1:]), self._words[:_MAX_TEXT].strip())
        self._words = ""
        self._path.pop()

    def refuse_doctype(self, *_: object) -> None:
        raise UnreadableReport("doctype")

    def report(self) -> DmarcReport:
        fields = self._fields
        domain = domain_of(fields.get("policy_published/domain", ""))
        if not domain:
            raise UnreadableReport("domain")
        return DmarcReport(
            span=limits.span_of(
                fields.get("report_metadata/org_name", ""),
                fields.get("report_metadata/report_id", ""),
                limits.moment_of(fields.get("report_metadata/date_range/begin", "")),
                limits.moment_of(fields.get("report_metadata/date_range/end", "")),
            ),
            domain=domain,
            policy=_one_of(_DISPOSITIONS, fields.get("policy_published/p", "")),
            percentage=min(100, count_of(fields.get("policy_published/pct") or "100")),
            records=tuple(self._records),
        )

    def _is_result(self) -> bool:
        return len(self._path) == 4 and self._path[1:3] == ["record", "auth_results"]

    def _keep_result(self) -> None:
        """A DKIM or SPF result of the record: only those that pass name somebody."""
        domain = domain_of(self._result.get("domain", ""))
        if self._result.get("result", "").lower() != "pass" or not domain:
            return
        if self._path[-1] == "dkim" and len(self._signers) < 5:
            self._signers.append(domain)
        elif self._path[-1] == "spf":
            self._return_domain = domain

    def _keep_record(self) -> None:
        if len(self._records) >= limits.MAX_RECORDS:
            raise UnreadableReport("too-big")
        evaluated = "row/policy_evaluated/"
        self._records.append(
            Record(
                address=_address_of(self._record.get("row/source_ip", "")),
                messages=count_of(self._record.get("row/count", "")),
                disposition=_one_of(_DISPOSITIONS, self._record.get(f"{evaluated}disposition", "")),
                is_dkim_aligned=self._record.get(f"{evaluated}dkim", "").lower() == "pass",
                is_spf_aligned=self._record.get(f"{evaluated}spf", "").lower() == "pass",
                reason=text_of(self._record.get(f"{evaluated}reason/type", "").lower(), 30),
                signers=tuple(dict.fromkeys(self._signers)),
                return_domain=self._return_domain,
            )
        )


def _one_of(values: frozenset[str], value: str) -> str:
    value = value.strip().lower()
    return value if value in values else "none"


def _address_of(text: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError as error:
        raise UnreadableReport("address") from error
