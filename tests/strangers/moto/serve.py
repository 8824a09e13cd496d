"""Runs moto on a free port of this machine until it is ended; prints its endpoint first."""

from __future__ import annotations

import signal
import threading

from moto.server import ThreadedMotoServer


def main() -> None:
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)
    ended.wait()
    server.stop()


if __name__ == "__main__":
    main()
