"""Whoever stops waiting for copies leaves nothing half-made: Ctrl-C, and cancelled tasks."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import time

import pytest

from ami_share import CopyIncompleteError
from conftest import RECIPIENT, REGION
from copy_support import CopyStage


async def begun(stage: CopyStage, operation: str = "CopyImage") -> None:
    while not stage.called(operation):
        await asyncio.sleep(0.01)


def all_cleaned_up(stage: CopyStage) -> bool:
    return stage.called("DeregisterImage") == stage.called("CopyImage") > 0


def test_a_cancelled_task_cleans_up_before_it_ends() -> None:
    stage = CopyStage(RECIPIENT, minutes=60)

    async def main() -> None:
        copying = asyncio.ensure_future(stage.sharer.copy_async(stage.request()))
        await begun(stage)
        copying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await copying
        assert all_cleaned_up(stage)

    asyncio.run(main())


def test_a_timeout_cleans_up_and_has_the_report_as_its_cause() -> None:
    stage = CopyStage(RECIPIENT, minutes=60)

    async def copy() -> None:
        try:
            await stage.sharer.copy_async(stage.request())
        except asyncio.CancelledError as cancelled:
            assert isinstance(cancelled.__cause__, CopyIncompleteError)
            outcomes = {copy.outcome for copy in cancelled.__cause__.report.copies}
            assert outcomes <= {"unfinished", "not_attempted"}
            raise

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(copy(), 1)

    asyncio.run(main())
    assert all_cleaned_up(stage)


def test_a_task_that_is_cancelled_while_it_plans_writes_nothing() -> None:
    stage = CopyStage(RECIPIENT)
    stage.world.set_faults({"latency": {"milliseconds": 400}})

    async def main() -> None:
        copying = asyncio.ensure_future(stage.sharer.copy_async(stage.request()))
        while not stage.world.calls():
            await asyncio.sleep(0.01)
        copying.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await copying
        assert caught.value.__cause__ is None
        before = len(stage.world.calls())
        await asyncio.sleep(1)
        assert len(stage.world.calls()) == before

    asyncio.run(main())
    assert not any(call.write for call in stage.world.calls())


def test_a_cancelled_task_that_awaits_events_cleans_up() -> None:
    stage = CopyStage(RECIPIENT, minutes=60)

    async def main() -> None:
        plan = await stage.sharer.plan_copies_async(stage.request())

        async def look() -> None:
            async for _ in stage.sharer.apply_copies_events_async(plan):
                pass

        looking = asyncio.ensure_future(look())
        await begun(stage)
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking
        assert all_cleaned_up(stage)

    asyncio.run(main())


def test_what_is_let_go_of_is_cleaned_up_alone() -> None:
    stage = CopyStage(RECIPIENT, minutes=60)
    copying = stage.sharer.apply_copies_events(stage.sharer.plan_copies(stage.request()))
    for event in copying:
        if event.kind == "copy_started":
            break
    del copying
    gc.collect()
    deadline = time.monotonic() + 20
    while not all_cleaned_up(stage):
        assert time.monotonic() < deadline
        time.sleep(0.01)


STAGE = f"""
import sys, threading, time
sys.path.insert(0, {str(__file__.rsplit("/", 1)[0])!r})
from ami_share import CopyIncompleteError
from copy_support import CopyStage
stage = CopyStage({RECIPIENT!r}, minutes=60)
request = stage.request()
def is_cleaned_up():
    return stage.called("DeregisterImage") == stage.called("CopyImage") > 0
def tell():
    while not stage.called("CopyImage"):
        time.sleep(0.01)
    print("ready", flush=True)
"""

COPYING = """
threading.Thread(target=tell).start()
try:
    stage.sharer.copy(request)
except KeyboardInterrupt as interrupt:
    assert isinstance(interrupt.__cause__, CopyIncompleteError), interrupt.__cause__
    print("cleaned up" if is_cleaned_up() else "not cleaned up", flush=True)
"""

# Ctrl-C may come between two waits, so that nobody but the end of the interpreter can clean up.
LOOKING = """
import atexit
# What was registered first runs last.
atexit.register(lambda: print("cleaned up" if is_cleaned_up() else "not cleaned up", flush=True))
events = stage.sharer.apply_copies_events(stage.sharer.plan_copies(request))
try:
    for event in events:
        if event.kind == "copy_started":
            print("ready", flush=True)
except KeyboardInterrupt:
    pass
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is sent")
@pytest.mark.parametrize("program", [COPYING, LOOKING])
def test_ctrl_c_cleans_up_before_the_program_ends(program: str) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", STAGE + program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    running.send_signal(signal.SIGINT)
    output, errors = running.communicate(timeout=30)
    assert output.splitlines()[-1:] == ["cleaned up"], errors
    assert running.returncode == 0


def test_ctrl_c_while_it_plans_ends_at_once_and_writes_nothing() -> None:
    # The latency is far beyond the test's time: only an end without waiting passes.
    program = f"""
import signal, sys, threading, time
sys.path.insert(0, {str(__file__.rsplit("/", 1)[0])!r})
from copy_support import CopyStage
stage = CopyStage({RECIPIENT!r})
stage.world.set_faults({{"latency": {{"milliseconds": 600_000}}}})
def interrupt():
    while not stage.world.calls():
        time.sleep(0.01)
    signal.raise_signal(signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    stage.sharer.copy(stage.request())
except KeyboardInterrupt as interrupt:
    assert interrupt.__cause__ is None
    print("interrupted", not any(call.write for call in stage.world.calls()))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], timeout=30, capture_output=True, text=True, check=False
    )
    assert ended.stdout == "interrupted True\n", ended.stderr


def test_the_region_of_the_source_is_what_it_was() -> None:
    stage = CopyStage(RECIPIENT, minutes=60)

    async def main() -> None:
        request = stage.request(source_access="close")
        copying = asyncio.ensure_future(stage.sharer.copy_async(request))
        await begun(stage)
        copying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await copying

    asyncio.run(main())
    assert stage.world.launch_permissions(REGION, stage.image) == []
