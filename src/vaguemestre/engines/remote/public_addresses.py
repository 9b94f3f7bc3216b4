"""Which network addresses are public. A name proves nothing: the address connected to is checked."""

import ipaddress

# Prefixes that carry an IPv4 address inside an IPv6 one: RFC 6052 (both), RFC 3056, RFC 4380
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
# Withdrawn, and yet routed where somebody still uses them: RFC 3879 (site-local), RFC 7526 (6to4 relays)
_WITHDRAWN = (ipaddress.ip_network("fec0::/10"), ipaddress.ip_network("192.88.99.0/24"))


def is_public(text: str) -> bool:
    """Whether a numeric address (no zone) may be connected to on behalf of a message."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return False  # the inner address could be anything
        if any(address in network for network in _NAT64):
            return False
    if any(address.version == network.version and address in network for network in _WITHDRAWN):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved
