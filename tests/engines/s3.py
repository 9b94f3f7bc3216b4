"""S3 for tests: moto, a test server."""

import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.engines.live import wait_until
from tests.own_network import free_port

from vaguemestre.engines.object_store import Bucket


@contextmanager
def bucket_of_moto() -> Iterator[Bucket]:
    """An empty bucket, for as long as the server runs."""
    port = free_port()

    def listens() -> bool:
        assert server.poll() is None, "it ended at once"
        with closing(socket.socket()) as asked:
            return asked.connect_ex(("127.0.0.1", port)) == 0

    argv = (shutil.which("moto_server") or "", "-H", "127.0.0.1", "-p", str(port))
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_until(listens)
            url = f"http://127.0.0.1:{port}"
            urllib.request.urlopen(
                urllib.request.Request(f"{url}/fichiers", method="PUT"), timeout=30
            ).close()
            yield Bucket(url, "fichiers", "us-east-1", "clef", "secret")
        finally:
            server.terminate()
