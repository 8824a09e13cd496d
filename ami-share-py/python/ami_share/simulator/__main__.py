"""``python -m ami_share.simulator``: the simulator over HTTP."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from .._internal import SimulatedWorld, SimulatorServer

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve a world until Ctrl-C or SIGTERM; the first line that it prints is its endpoint."""
    parser = argparse.ArgumentParser(
        prog="python -m ami_share.simulator",
        description="A small, strict AWS in memory: EC2, STS, IAM, KMS, Organizations and SSM, as "
        "far as sharing images goes. The first line that it prints is its endpoint. Give that to "
        "any AWS client, with 12 digits as the access key (the root user of that account) and any "
        "secret.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=4599, help="0 lets the system choose one")
    parser.add_argument("--world", type=Path, metavar="FILE", help="start with this world file")
    parser.add_argument("--save", type=Path, metavar="FILE", help="save the world at the end")
    options = parser.parse_args(arguments)
    try:
        world = _load(options.world)
        with world.serve(host=options.host, port=options.port) as server:
            _serve(server)
        if options.save is not None:
            options.save.write_text(world.save(), encoding="utf-8")
    except (OSError, OverflowError, ValueError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    return 0


def _load(path: Path | None) -> SimulatedWorld:
    if path is None:
        return SimulatedWorld()
    try:
        return SimulatedWorld.load(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _serve(server: SimulatorServer) -> None:
    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        print(server.endpoint, flush=True)
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    sys.exit(main())
