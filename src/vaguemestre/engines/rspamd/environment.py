"""The environment of rspamd's processes."""

import platform

# Of the filter and the signer. What is kept for DMARC reports is by day, of UTC. For each text it reads,
# a name in an archive too, simdutf asks the processor anew what it can do: on a virtual machine that is most
# of the time of an archive of many names. Its portable code, named so on x86-64 alone, asks nothing.
ENVIRONMENT = (
    ("TZ", "UTC"),
    *((("SIMDUTF_FORCE_IMPLEMENTATION", "fallback"),) if platform.machine() == "x86_64" else ()),
)
