from __future__ import annotations

import asyncio
import gc
import time

import pytest

from ami_share import Event, IncompleteError, WorldChangedError
from conftest import OWNER, REGION, STRANGER, Stage


def check(kinds: list[str]) -> None:
    assert kinds == [
        "started",
        "step_started",
        "step_finished",
        "step_started",
        "step_finished",
        "finished",
    ]


def test_events_tell_how_far_it_is(stage: Stage) -> None:
    applying = stage.sharer.apply_events(stage.sharer.plan(stage.request(snapshots="for-copy")))
    events = list(applying)
    check([event.kind for event in events])
    started, snapshot, snapshot_done, launch, _, finished = events
    assert started.steps == 2 and started.step is None
    assert (snapshot.step, snapshot.operation) == (0, "ModifySnapshotAttribute")
    assert (snapshot.region, snapshot.image) == (REGION, stage.image)
    assert (snapshot_done.step, snapshot_done.outcome, snapshot_done.because) == (0, "done", None)
    assert (launch.step, launch.operation) == (1, "ModifyImageAttribute")
    assert (finished.done, finished.steps) == (2, 2)
    assert all(str(event) for event in events)
    assert applying.report.is_complete
    assert list(applying) == []
    assert stage.can_copy()


def test_events_can_be_awaited(stage: Stage) -> None:
    async def main() -> list[str]:
        plan = await stage.sharer.plan_async(stage.request(snapshots="for-copy"))
        applying = stage.sharer.apply_events_async(plan)
        kinds: list[str] = [event.kind async for event in applying]
        assert applying.report.is_complete
        return kinds

    check(asyncio.run(main()))


def test_a_wait_is_told_with_its_delay(stage: Stage) -> None:
    stage.world.delay_consistency(1)
    applying = stage.sharer.apply_events(stage.sharer.plan(stage.request()))
    [waiting] = [event for event in applying if event.kind == "waiting"]
    assert waiting.resource == stage.image
    assert waiting.delay == pytest.approx(0.25)


def test_a_failure_is_raised_behind_the_last_event(stage: Stage) -> None:
    stage.world.deny(OWNER, "ModifyImageAttribute")
    applying = stage.sharer.apply_events(stage.sharer.plan(stage.request()))
    events: list[Event] = []
    with pytest.raises(IncompleteError) as caught:
        for event in applying:
            events.append(event)
    assert events[-1].kind == "finished" and events[-1].done == 0
    assert events[-2].outcome == "failed" and "UnauthorizedOperation" in (events[-2].because or "")
    assert caught.value.report.steps[0].outcome == "failed"
    with pytest.raises(IncompleteError):
        _ = applying.report


def test_a_changed_world_is_told_without_events(stage: Stage) -> None:
    plan = stage.sharer.plan(stage.request())
    stage.sharer.share(stage.request(accounts=[STRANGER]))
    with pytest.raises(WorldChangedError):
        list(stage.sharer.apply_events(plan))
    assert list(stage.sharer.apply_events(plan, on_change="plan-again"))


def test_the_report_is_there_at_the_end_only(stage: Stage) -> None:
    stage.world.delay_consistency(1)
    applying = stage.sharer.apply_events(stage.sharer.plan(stage.request()))
    next(applying)
    with pytest.raises(RuntimeError, match="iterate over its events to the end"):
        _ = applying.report
    for _event in applying:
        pass
    assert applying.report.is_complete


def test_an_apply_that_is_let_go_of_is_stopped(stage: Stage) -> None:
    stage.world.delay_consistency(1_000)
    applying = stage.sharer.apply_events(stage.sharer.plan(stage.request()))
    for event in applying:
        if event.kind == "waiting":
            break
    del applying
    gc.collect()
    time.sleep(0.1)
    before = len(stage.world.calls())
    time.sleep(1.2)
    assert len(stage.world.calls()) == before
