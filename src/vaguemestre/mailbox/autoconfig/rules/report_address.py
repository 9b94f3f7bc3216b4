"""The address that our zone publishes for the reports of others (DMARC `rua`, TLS-RPT)."""

_LOCAL_PART = "rapports-automatiques"


def reporting_address(domain: str) -> str:
    """Where others send their DMARC and TLS reports about a domain: a mailbox that the worker reads."""
    return f"{_LOCAL_PART}@{domain}"
