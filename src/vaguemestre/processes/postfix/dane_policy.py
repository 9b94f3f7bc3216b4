"""The process named `dane-policy`: tells Postfix which domains publish the keys of their servers (DANE).

`python -m vaguemestre.processes.postfix.dane_policy SOCKET`. It asks the machine's resolver alone; no Django.
"""

import asyncio
import logging
import signal
import sys
from pathlib import Path

from vaguemestre.engines.postfix import socketmap
from vaguemestre.engines.remote.dane import DanePolicy


async def main(path: Path) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = await socketmap.serve(path, DanePolicy())
    await stop.wait()
    server.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main(Path(sys.argv[1])))
