#!/usr/bin/python3
"""An agent of Pacemaker for tests: asks the host of these machines, as others ask a management card.

Options come one a line, name=value (FenceAgentAPI of ClusterLabs).
"""

import socket
import sys

METADATA = """<?xml version="1.0"?>
<resource-agent name="fence_essai" shortdesc="Power of a machine of a test">
<longdesc>Asks the host to end a machine.</longdesc>
<parameters>
<parameter name="action"><content type="string" default="reboot"/></parameter>
<parameter name="ip"><content type="string"/></parameter>
<parameter name="ipport"><content type="string"/></parameter>
<parameter name="plug"><content type="string"/></parameter>
</parameters>
<actions><action name="on"/><action name="off"/><action name="reboot"/><action name="status"/>
<action name="list"/><action name="monitor"/><action name="metadata"/></actions>
</resource-agent>
"""


def main() -> int:
    pairs = (line.strip().partition("=") for line in sys.stdin)
    options = {name: value for name, _, value in pairs}
    action = options.get("action", "reboot")
    if action == "metadata":
        sys.stdout.write(METADATA)
        return 0
    place = (options["ip"], int(options["ipport"]))
    with socket.create_connection(place, timeout=10) as switch:
        switch.sendall(f"{action} {options.get('plug', '')}\n".encode())
        answer = switch.makefile().readline().strip()
    return {"ok": 0, "on": 0, "off": 2}.get(answer, 1)


if __name__ == "__main__":
    sys.exit(main())
