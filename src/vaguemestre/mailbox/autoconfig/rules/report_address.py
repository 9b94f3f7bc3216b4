"""The address that our zone publishes for the reports of others (DMARC `rua`, TLS-RPT)."""

_LOCAL_PART = "rapports-automatiques"


def reporting_address(domain: str) -> str:
    """The address to which others send DMARC and TLS reports about a domain; the worker reads its mailbox."""
    return f"{_LOCAL_PART}@{domain}"


def retired_target(domain: str) -> str:
    """The `rua` that our zone proposed before: a person reads that mailbox, and no report of it is drawn."""
    return f"rua=mailto:postmaster@{domain}"


def target(domain: str) -> str:
    """The `rua` of the records that we propose."""
    return f"rua=mailto:{reporting_address(domain)}"
