"""What Postfix tells of TLS with other servers, summed up by day and domain, and the report of it (RFC 8460).

Pure. libtlsrpt sends one JSON text a delivery: `d` the domain, `pr` its record, `policies` with `t` 1 for a
failure.
"""

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

MAX_DOMAINS = 5_000
_MAX_POLICIES, _MAX_FAILURES, _MAX_RECIPIENTS = 20, 50, 5
_POLICIES = {1: "tlsa", 2: "sts", 9: "no-policy-found"}
_RESULTS = {
    201: "starttls-not-supported", 202: "certificate-host-mismatch", 203: "certificate-not-trusted",
    204: "certificate-expired", 205: "validation-failure", 301: "sts-policy-fetch-error",
    302: "sts-policy-invalid", 303: "sts-webpki-invalid", 304: "tlsa-invalid", 305: "dnssec-invalid",
    306: "dane-required",
}  # fmt: skip
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+", re.ASCII)
_ADDRESS = re.compile(r"mailto:([a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9.-]{1,253})", re.ASCII | re.I)

type Tally = dict[str, dict[str, Any]]  # domain → its record, and its policies by their text


def add(tally: Tally, datagram: bytes) -> bool:
    """Count one delivery. False for what is not of libtlsrpt, or one domain too many."""
    try:
        report = json.loads(datagram)
        domain, policies = str(report["d"]).lower(), list(report["policies"])
        known = [_policy_of(policy) for policy in policies[:_MAX_POLICIES]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    if not _DOMAIN.fullmatch(domain) or (domain not in tally and len(tally) >= MAX_DOMAINS):
        return False
    row = tally.setdefault(domain, {"record": "", "policies": {}})
    row["record"] = _record_of(report.get("pr", ""))
    for text, is_failure, failures in known:
        if text in row["policies"] or len(row["policies"]) < _MAX_POLICIES:
            _count(row["policies"], text, failures, is_failure=is_failure)
    return True


def recipients(record: str) -> list[str]:
    """The addresses that a domain's record asks reports for; those by HTTPS are not followed."""
    rua = re.search(r"(?:^|;)\s*rua\s*=\s*([^;]+)", record)
    targets = rua[1].split(",") if rua else []
    found = (_ADDRESS.fullmatch(target.strip()) for target in targets)
    return [match[1] for match in found if match][:_MAX_RECIPIENTS]


@dataclass(frozen=True)
class Reporter:
    """Who reports. `sender`: the address that reports are from."""

    organisation: str
    sender: str


def message(reporter: Reporter, domain: str, row: Mapping[str, Any], day: date) -> EmailMessage:
    """The report of a day about a domain, to its recipients (RFC 8460 §5.3)."""
    number = f"{day:%Y-%m-%d}.{domain}@{reporter.organisation}"
    made = EmailMessage()
    made["From"] = f"Rapports TLS de {reporter.organisation} <{reporter.sender}>"
    made["To"] = ", ".join(recipients(row["record"]))
    made["Subject"] = f"Report Domain: {domain} Submitter: {reporter.organisation} Report-ID: <{number}>"
    made["Date"] = formatdate()
    made["Message-ID"] = f"<tls.{number}>"
    made["TLS-Report-Domain"] = domain
    made["TLS-Report-Submitter"] = reporter.organisation
    made.set_content(f"Report about the TLS of {domain}, by {reporter.organisation}.\n")
    made.add_attachment(
        gzip.compress(json.dumps(_document(reporter, number, row, day)).encode()),
        maintype="application", subtype="tlsrpt+gzip",
        filename=f"{reporter.organisation}!{domain}!{day:%Y%m%d}!{day:%Y%m%d}.json.gz",
    )  # fmt: skip
    made.set_param("report-type", "tlsrpt")
    made.replace_header("Content-Type", made["Content-Type"].replace("multipart/mixed", "multipart/report"))
    return made


def _policy_of(policy: Mapping[str, Any]) -> tuple[str, bool, list[str]]:
    """The policy as text (a key to add equal ones up), whether it failed, and the failures."""
    words = {
        "policy-type": _POLICIES.get(policy["policy-type"], "no-policy-found"),
        "policy-string": [str(line)[:500] for line in policy.get("policy-string", [])[:20]],
        "policy-domain": str(policy["policy-domain"])[:253],
        "mx-host": [str(host)[:253] for host in policy.get("mx-host", [])[:20]],
    }
    failures = [_failure_of(detail) for detail in policy.get("failure-details", [])[:_MAX_FAILURES]]
    return json.dumps({name: word for name, word in words.items() if word}), policy["t"] == 1, failures


def _failure_of(detail: Mapping[str, Any]) -> str:
    words = {
        "result-type": _RESULTS.get(detail["c"], "validation-failure"),
        "sending-mta-ip": str(detail.get("s", ""))[:45],
        "receiving-mx-hostname": str(detail.get("n", ""))[:253],
        "receiving-ip": str(detail.get("r", ""))[:45],
    }
    return json.dumps({name: word for name, word in words.items() if word})


def _record_of(told: object) -> str:
    return str(told[0] if isinstance(told, list) and told else told)[:2000]


def _count(policies: dict[str, Any], text: str, failures: list[str], *, is_failure: bool) -> None:
    counts = policies.setdefault(text, {"passed": 0, "failed": 0, "failures": {}})
    counts["failed" if is_failure else "passed"] += 1
    for failure in failures:
        if failure in counts["failures"] or len(counts["failures"]) < _MAX_FAILURES:
            counts["failures"][failure] = counts["failures"].get(failure, 0) + 1


def _document(reporter: Reporter, number: str, row: Mapping[str, Any], day: date) -> dict[str, Any]:
    end = day + timedelta(days=1)
    return {
        "organization-name": reporter.organisation,
        "date-range": {"start-datetime": f"{day}T00:00:00Z", "end-datetime": f"{end}T00:00:00Z"},
        "contact-info": reporter.sender,
        "report-id": number,
        "policies": [
            {
                "policy": json.loads(text),
                "summary": {
                    "total-successful-session-count": counts["passed"],
                    "total-failure-session-count": counts["failed"],
                },
                "failure-details": [
                    {**json.loads(failure), "failed-session-count": times}
                    for failure, times in counts["failures"].items()
                ],
            }
            for text, counts in row["policies"].items()
        ],
    }
