"""Servers of this machine: our simulator and moto, each a process of its own on a free port."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_SECONDS = 30


class Server:
    """An endpoint of AWS's protocols with paths of its own to steer it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Asks the server itself, not the AWS that it plays; gives what its JSON says."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/{path}",
            data=data,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(
                f"{method} /{path}: {error.code} {error.read().decode(errors='replace')}"
            ) from error
        return json.loads(text) if text else None


class Simulator(Server):
    """Our simulator."""

    def reset(self) -> None:
        """An empty world, also where a test has put the world of a file."""
        self.load({})

    def load(self, world: dict[str, Any]) -> None:
        """Puts the world of a file in the place of what there is."""
        self.control("PUT", "_simulator/world", world)

    def save(self) -> dict[str, Any]:
        """The world as a file."""
        saved = self.control("GET", "_simulator/world")
        assert isinstance(saved, dict)
        return saved

    def fail(self, **faults: Any) -> None:
        """Lets calls go wrong from now on; without anything named, no more."""
        self.control("PUT", "_simulator/faults", faults)

    def calls(self) -> list[dict[str, Any]]:
        """Every AWS call since the reset, oldest first."""
        calls = self.control("GET", "_simulator/calls")
        assert isinstance(calls, list)
        return calls

    def outcomes(self, operation: str) -> list[Any]:
        """What became of the calls of an operation."""
        return [call["outcome"] for call in self.calls() if call["operation"] == operation]

    def advance(self, seconds: float) -> None:
        """Lets the world's time pass; nobody waits."""
        self.control("POST", "_simulator/advance", {"seconds": seconds})

    def judge(self, region: str, account: str, image: str) -> Judgement:
        """Whether the account gets in, by the simulator's own rules."""
        told = self.control(
            "POST",
            "_simulator/judge",
            {"region": region, "account": account, "image": image},
        )
        return Judgement(told)

    def judge_principal(self, region: str, principal: str, image: str) -> Judgement:
        """Whether a user or role gets in, by its ARN."""
        told = self.control(
            "POST",
            "_simulator/judge",
            {"region": region, "principal": principal, "image": image},
        )
        return Judgement(told)


class Judgement:
    """What the simulator says about one account or principal and one image."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told

    @property
    def can_launch(self) -> bool:
        return self._allowed("launch")

    @property
    def can_copy(self) -> bool:
        return self._allowed("copy")

    def why(self, act: str) -> str:
        reason = self._told[act]["reason"]
        assert isinstance(reason, str)
        return reason

    def _allowed(self, act: str) -> bool:
        allowed = self._told[act]["allowed"]
        assert isinstance(allowed, bool)
        return allowed

    def __repr__(self) -> str:
        return f"Judgement({self._told})"


class Moto(Server):
    """A moto server."""

    def reset(self) -> None:
        self.control("POST", "moto-api/reset")


@contextmanager
def simulator(program: str) -> Iterator[Simulator]:
    """Our simulator with an empty world; the first line that it prints is its endpoint."""
    with _running([program, "--port", "0"]) as process:
        url = _first_line(process)
        assert url.startswith("http://127.0.0.1:"), f"not an endpoint: {url!r}"
        server = Simulator(url)
        server.control("GET", "_simulator/health")
        yield server


@contextmanager
def moto() -> Iterator[Moto]:
    """moto without the images that it would make up in every account."""
    program = [sys.executable, str(Path(__file__).parent / "moto" / "serve.py")]
    environment = {**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
    environment.pop("MOTO_ACCOUNT_ID", None)
    with _running(program, environment) as process:
        yield Moto(_first_line(process))


@contextmanager
def _running(
    program: list[str], environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        program,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _first_line(process: subprocess.Popen[str]) -> str:
    """Waits for it, and goes on reading so that the server never waits for a reader."""
    lines: queue.Queue[str] = queue.Queue()
    output = process.stdout
    assert output is not None

    def read() -> None:
        for line in output:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    line = lines.get(timeout=START_SECONDS)
    assert line, f"the server has ended: {process.poll()}"
    return line.strip()
