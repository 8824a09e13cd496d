"""The simulator that the strangers talk to, with an empty world for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

import server
from cloud import Cloud


def pytest_configure() -> None:
    """No test sees the AWS settings of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.devnull
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


@pytest.fixture(scope="session")
def simulator() -> Iterator[server.Simulator]:
    """One process for all tests, on a port of its own."""
    program = os.environ.get("AMI_SHARE_SIMULATOR")
    assert program, "AMI_SHARE_SIMULATOR has to name the simulator's program"
    with server.simulator(program) as running:
        yield running


@pytest.fixture
def cloud(simulator: server.Simulator) -> Cloud:
    """An empty world."""
    simulator.reset()
    return Cloud(simulator)
