"""A small service for the supervisor's tests: python fake_service.py PORT [behaviour …].

deaf: never answers · crash: ends at once with code 3 · children: starts a grandchild that outlives it ·
stubborn: does not end on SIGTERM · reloads: says so on SIGHUP
"""

import http.server
import os
import signal
import subprocess
import sys
import time

port, behaviours = int(sys.argv[1]), set(sys.argv[2:])
sys.stdout.write(f"service {port} begins\n")
sys.stdout.flush()
if "crash" in behaviours:
    sys.stdout.write("cannot go on\n")
    sys.exit(3)
if "stubborn" in behaviours:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "reloads" in behaviours:
    signal.signal(signal.SIGHUP, lambda *_: os.write(1, b"reloaded\n"))
if "children" in behaviours:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
if "deaf" in behaviours:
    time.sleep(600)


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())

    def log_message(self, *_: object) -> None: ...


http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
