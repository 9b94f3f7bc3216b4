"""What an address says of its owner."""


def is_inside(address: str, domain: str) -> bool:
    """Whether the académie of `domain` hosts it, itself or in a sub-domain."""
    there = address.rpartition("@")[2].lower()
    return there == domain or there.endswith("." + domain)
