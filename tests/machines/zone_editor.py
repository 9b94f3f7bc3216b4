"""What an académie gives as `acme_hook`: publishes the proof in its zone by DNS UPDATE (RFC 2136).

Called as `zone present` and `zone cleanup`, with CERTBOT_DOMAIN and CERTBOT_VALIDATION. Copied to the
machine with the address of the name server in place of NAME_SERVER.
"""

import os
import sys
from pathlib import Path

import dns.query
import dns.update

name = f"_acme-challenge.{os.environ['CERTBOT_DOMAIN']}."
change = dns.update.UpdateMessage("test.")
if sys.argv[1] == "present":
    change.add(name, 1, "TXT", os.environ["CERTBOT_VALIDATION"])
else:
    change.delete(name, "TXT")
answer = dns.query.tcp(change, "NAME_SERVER", timeout=30)
answer.rcode() and sys.exit(f"{name}: {answer.rcode()}")
with Path("/var/log/zone").open("a", encoding="utf-8") as log:
    log.write(f"{sys.argv[1]} {name}\n")
