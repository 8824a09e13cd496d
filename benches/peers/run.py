"""One image, 100 accounts, a server that takes 30 ms to answer: how many calls and seconds.

The README beside this file says how to run it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
REGION = "us-east-1"
OWNER = "111122223333"
IMAGE = "ami-0123456789abcdef0"
LATENCY = 30
ACCOUNTS = [f"{200_000_000_000 + number}" for number in range(100)]
WORLD = {
    "regions": {REGION: {"images": [{"id": IMAGE, "owner": OWNER, "name": "golden"}]}},
    "faults": {"latency": {"milliseconds": LATENCY}},
}


@dataclass
class Peer:
    name: str
    command: list[str]
    # The loop takes a minute.
    runs: int
    seconds: list[float] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    release = ROOT / "target" / "release" / "examples"
    venv, strangers = ROOT / ".venv" / "bin", ROOT / ".venv-strangers" / "bin"
    parser.add_argument("--simulator", type=Path, default=release / "simulator")
    parser.add_argument("--rust", type=Path, default=release / "peer_ours")
    parser.add_argument("--python", type=Path, default=venv / "python", help="with ami_share, boto3")
    parser.add_argument("--aws", type=Path, default=strangers / "aws", help="the AWS CLI")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--loop-runs", type=int, default=1)
    return parser.parse_args()


def control(endpoint: str, method: str, path: str) -> object:
    asked = urllib.request.Request(f"{endpoint}/_simulator/{path}", method=method)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.load(answer)


def environment(aws: Path) -> dict[str, str]:
    """That of this process, without any settings of AWS but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "PATH": f"{aws.resolve().parent}{os.pathsep}{kept.get('PATH', '')}",
        "AWS_ACCESS_KEY_ID": OWNER,
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def measure(endpoint: str, peer: Peer, settings: dict[str, str], *, counts: bool) -> None:
    control(endpoint, "POST", "reset")
    start = time.perf_counter()
    subprocess.run(
        [*peer.command, endpoint, REGION, IMAGE, *ACCOUNTS],
        check=True,
        env=settings,
        stdout=subprocess.DEVNULL,
    )
    taken = time.perf_counter() - start
    calls = Counter(call["operation"] for call in control(endpoint, "GET", "calls"))
    world = control(endpoint, "GET", "world")
    (image,) = world["regions"][REGION]["images"]
    if sorted(image.get("launch_permissions", [])) != ACCOUNTS:
        raise SystemExit(f"{peer.name} did not share the image with the accounts")
    if counts:
        peer.seconds.append(taken)
        peer.calls = calls


def compare(endpoint: str, given: argparse.Namespace) -> list[Peer]:
    python = str(given.python)
    peers = [
        Peer("ours, Rust", [str(given.rust)], given.runs),
        Peer("ours, Python", [python, str(HERE / "ours.py")], given.runs),
        Peer("boto3, chunks of 50", [python, str(HERE / "batched.py")], given.runs),
        Peer("AWS CLI in a loop", [str(HERE / "loop.sh")], given.loop_runs),
    ]
    settings = environment(given.aws)
    # One run of each that is not counted, but of the loop, which starts 100 processes by itself.
    for peer in peers[:-1]:
        measure(endpoint, peer, settings, counts=False)
    # In turn, so that a machine that slows down slows all of them.
    for turn in range(max(peer.runs for peer in peers)):
        for peer in peers:
            if turn < peer.runs:
                measure(endpoint, peer, settings, counts=True)
    return peers


def table(peers: list[Peer]) -> str:
    ours = peers[0].median
    lines = [
        "| | calls | seconds, median | fastest to slowest | runs | times ours in Rust |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for peer in peers:
        spread = f"{min(peer.seconds):.2f} to {max(peer.seconds):.2f}"
        lines.append(
            f"| {peer.name} | {peer.calls.total()} | {peer.median:.2f} | {spread} | "
            f"{len(peer.seconds)} | {peer.median / ours:.1f} |"
        )
    for peer in peers:
        calls = ", ".join(f"{count} x {name}" for name, count in peer.calls.items())
        lines.append(f"\n{peer.name}: {calls}")
    return "\n".join(lines)


def main() -> int:
    given = arguments()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as world:
        json.dump(WORLD, world)
        world.flush()
        command = [str(given.simulator), "--port", "0", "--world", world.name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as simulator:
            try:
                endpoint = simulator.stdout.readline().strip()
                print(table(compare(endpoint, given)))
            finally:
                simulator.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main())
