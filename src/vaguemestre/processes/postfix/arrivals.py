"""The process named `arrivals`: has Postfix refuse what arrives in so many parts that it holds the filter.

`python -m vaguemestre.processes.postfix.arrivals SOCKET HEARTBEAT PARTS`. Apart from the gate, so that a
stranger's letters delay no submission; no Django. While it is away mail arrives uncounted.
"""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from vaguemestre.engines import stand_in
from vaguemestre.engines.postfix import milter
from vaguemestre.processes.postfix.heartbeat import beat
from vaguemestre.processes.postfix.socket_handover import listening_place, take_over

_NICENESS = 5  # those who submit wait for an answer, and are ours


async def main(path: Path, heartbeat: Path, most_parts: int) -> None:
    """Answer Postfix at that socket until told to end."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with listening_place(path) as own:
        server = await milter.serve_arrivals(str(own), most_parts)
        take_over(own, path)
        beats = asyncio.create_task(beat(stand_in.own_heartbeat(heartbeat)))
        await stop.wait()
        beats.cancel()
        server.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    os.nice(_NICENESS)
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
