"""What needs a process of its own: Ctrl-C, fork, the end of the interpreter, the import."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import ami_share
from conftest import Stage

BENCHES = Path(__file__).parents[1] / "benches"

WAITING = """
import sys, time
from ami_share import ShareRequest, SimulatedSharer, SimulatedWorld
world = SimulatedWorld()
image = world.register_image("us-east-1", "111122223333", "golden")
sharer = SimulatedSharer(world, "111122223333", consistency_timeout=60)
request = ShareRequest(region="us-east-1", images=[image], accounts=["444455556666"])
world.delay_consistency(1_000_000)
print("ready", flush=True)
try:
    {call}
except KeyboardInterrupt:
    print("interrupted", flush=True)
before = len(world.calls())
time.sleep(1)
assert len(world.calls()) == before, "it goes on calling"
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is sent")
@pytest.mark.parametrize(
    "call", ["sharer.share(request)", "list(sharer.apply_events(sharer.plan(request)))"]
)
def test_ctrl_c_ends_a_wait_at_once(call: str) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", WAITING.format(call=call)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    time.sleep(0.5)
    begun = time.monotonic()
    program.send_signal(signal.SIGINT)
    assert program.stdout.readline() == "interrupted\n"
    assert time.monotonic() - begun < 1
    _, errors = program.communicate(timeout=20)
    assert program.returncode == 0, errors


def test_other_threads_run_while_a_verb_waits(stage: Stage) -> None:
    stage.world.delay_consistency(2)
    sharing = threading.Thread(target=stage.sharer.share, args=(stage.request(),))
    begun = time.monotonic()
    sharing.start()
    ticks = 0
    while sharing.is_alive():
        time.sleep(0.01)
        ticks += 1
    assert time.monotonic() - begun > 0.5
    assert ticks > 20
    assert stage.can_launch()


FORKED = """
import asyncio, os, sys
from ami_share import ForkedProcessError, ShareRequest, SimulatedSharer, SimulatedWorld
world = SimulatedWorld()
image = world.register_image("us-east-1", "111122223333", "golden")
sharer = SimulatedSharer(world, "111122223333")
request = ShareRequest(region="us-east-1", images=[image], accounts=["444455556666"])
plan = sharer.plan(request) if {used_before} else None
child = os.fork()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
refused = 0
for use in (
    lambda: sharer.plan(request),
    lambda: asyncio.run(sharer.plan_async(request)),
    lambda: sharer.apply_events(plan or sharer.plan(request)),
):
    try:
        use()
    except ForkedProcessError as error:
        assert "spawn" in str(error)
        refused += 1
os._exit(refused)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize(("used_before", "refused"), [(True, 3), (False, 0)])
def test_use_after_a_fork_is_refused(used_before: bool, refused: int) -> None:
    program = FORKED.format(used_before=used_before)
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        timeout=20,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == refused, ended.stderr


def test_the_interpreter_ends_while_an_apply_goes_on() -> None:
    program = WAITING.format(call="events = sharer.apply_events(sharer.plan(request)); next(events)")
    program = program.split("before =")[0]
    ended = subprocess.run(
        [sys.executable, "-c", program], timeout=20, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


ENDING = """
import asyncio
from ami_share import ShareRequest, SimulatedSharer, SimulatedWorld
world = SimulatedWorld()
image = world.register_image("us-east-1", "111122223333", "golden")
sharer = SimulatedSharer(world, "111122223333")
request = ShareRequest(region="us-east-1", images=[image], accounts=["444455556666"])
async def main():
    left_alone = [asyncio.ensure_future(sharer.plan_async(request)) for _ in range(10)]
    return await sharer.share_async(request)
assert asyncio.run(main()).is_complete
"""


def test_the_interpreter_ends_while_answers_are_on_their_way() -> None:
    # A thread that comes back to Python at the wrong moment would crash about one in ten of these.
    for _ in range(8):
        programs = [
            subprocess.Popen([sys.executable, "-c", ENDING], stderr=subprocess.PIPE, text=True)
            for _ in range(6)
        ]
        for program in programs:
            _, errors = program.communicate(timeout=60)
            assert (program.returncode, errors) == (0, "")


def test_the_import_loads_nothing_heavy() -> None:
    program = "import sys; bare = set(sys.modules); import ami_share; print(*set(sys.modules) - bare)"
    ended = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True
    )
    heavy = {"asyncio", "json", "dataclasses", "typing", "enum", "re", "inspect", "boto3"}
    loaded = set(ended.stdout.split())
    assert "ami_share" in loaded
    assert not loaded & heavy, sorted(loaded & heavy)


def test_the_benchmark_of_the_import_runs() -> None:
    ended = subprocess.run(
        [sys.executable, BENCHES / "import_time.py"], capture_output=True, text=True, check=True
    )
    assert "ami_share: +" in ended.stdout


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert ami_share.__version__ == version("ami-share")
