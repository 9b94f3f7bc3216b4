"""Reading of a TLS report (RFC 8460 §4.4 and appendix B)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from vaguemestre.desks.domainreports.rules import limits
from vaguemestre.desks.domainreports.rules.limits import UnreadableReport, count_of, domain_of, text_of
from vaguemestre.desks.domainreports.values import Span, TlsFailure, TlsReport

_POLICIES = frozenset(("sts", "tlsa", "no-policy-found"))


def read_tls_reports(content: bytes, max_elements: int) -> tuple[tuple[TlsReport, ...], int]:
    """(what a JSON file says, policy by policy; its values at most). Raises UnreadableReport."""
    elements = sum(map(content.count, (b"{", b"[", b",")))
    if elements > max_elements:
        raise UnreadableReport("too-big")
    try:
        document = json.loads(content, parse_constant=_refuse, parse_float=_refuse)
    except (ValueError, RecursionError) as error:
        raise UnreadableReport("json") from error
    report = _object(document)
    dates = _object(report.get("date-range"))
    span = limits.span_of(
        report.get("organization-name"),
        report.get("report-id"),
        _moment(dates.get("start-datetime")),
        _moment(dates.get("end-datetime")),
    )
    policies = _list(report.get("policies"))
    if not policies or len(policies) > limits.MAX_POLICIES:
        raise UnreadableReport("policies")
    return tuple(_policy_report(span, _object(policy)) for policy in policies), elements


def _policy_report(span: Span, policy: Mapping[str, object]) -> TlsReport:
    what, summary = _object(policy.get("policy")), _object(policy.get("summary"))
    domain = domain_of(what.get("policy-domain"))
    if not domain:
        raise UnreadableReport("domain")
    details = _list(policy.get("failure-details", []))
    if len(details) > limits.MAX_DETAILS:
        raise UnreadableReport("too-big")
    kind = text_of(what.get("policy-type"), 20).lower()
    return TlsReport(
        span=span,
        domain=domain,
        policy=kind if kind in _POLICIES else "no-policy-found",
        successes=count_of(summary.get("total-successful-session-count")),
        failures=count_of(summary.get("total-failure-session-count")),
        details=tuple(map(_failure, details)),
    )


def _failure(detail: object) -> TlsFailure:
    fields = _object(detail)
    return TlsFailure(
        result=text_of(fields.get("result-type"), 60).lower(),
        server=domain_of(fields.get("receiving-mx-hostname")),
        sessions=count_of(fields.get("failed-session-count")),
    )


def _moment(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(text_of(value, 40))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableReport("dates") from error


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise UnreadableReport("json")
    return cast("Mapping[str, object]", value)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise UnreadableReport("json")
    return value


def _refuse(_: str) -> object:
    raise UnreadableReport("count")
