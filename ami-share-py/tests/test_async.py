"""The awaited twins."""

from __future__ import annotations

import asyncio
import inspect
import time

import pytest

from ami_share import AwsApiError, RefusedError, Sharer, SimulatedSharer
from conftest import OWNER, RECIPIENT, REGION, Stage

VERBS = [
    "plan",
    "apply",
    "share",
    "revoke",
    "verify",
    "explain",
    "create_key_for_sharing",
    "plan_copies",
    "apply_copies",
    "copy",
    "rehearse",
    "grant_service_linked_roles",
    "put_image_parameters",
    "tag_for_recipients",
    "usage",
    "plan_distribution",
    "apply_distribution",
    "run_shard",
    "retry_distribution",
    "verify_distribution",
    "destroy_shares",
    "give_up",
]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_an_async_def_twin_with_the_same_signature(verb: str) -> None:
    sync, twin = getattr(Sharer, verb), getattr(Sharer, f"{verb}_async")
    assert inspect.iscoroutinefunction(twin)
    assert inspect.signature(twin) == inspect.signature(sync)
    assert sync.__doc__ and f"``{verb}``" in twin.__doc__


def test_each_verb_can_be_handed_to_asyncio_run(stage: Stage) -> None:
    request = stage.request()
    plan = asyncio.run(stage.sharer.plan_async(request))
    assert asyncio.run(stage.sharer.apply_async(plan)).is_complete
    assert stage.can_launch()
    assert asyncio.run(stage.sharer.verify_async(request)).as_desired == "yes"
    recipient = SimulatedSharer(stage.world, RECIPIENT)
    assert asyncio.run(recipient.give_up_async(REGION, stage.image))
    assert asyncio.run(stage.sharer.share_async(request)).is_complete
    assert asyncio.run(stage.sharer.revoke_async(request)).is_complete
    assert not stage.can_launch()


def test_pages_are_iterated_over(stage: Stage) -> None:
    stage.sharer.share(stage.request())
    recipient = SimulatedSharer(stage.world, RECIPIENT)

    async def main() -> list[str]:
        return [image.id async for image in recipient.shared_with_me_async(REGION)]

    assert asyncio.run(main()) == [stage.image]


def test_errors_come_with_their_fields(stage: Stage) -> None:
    stage.world.deny(OWNER, "DescribeImages")
    with pytest.raises(AwsApiError) as caught:
        asyncio.run(stage.sharer.plan_async(stage.request()))
    assert caught.value.code == "UnauthorizedOperation"
    stage.world.allow(OWNER, "DescribeImages")
    with pytest.raises(RefusedError):
        asyncio.run(stage.sharer.plan_async(stage.request(accounts=[OWNER])))


def test_many_at_once(stage: Stage) -> None:
    async def main() -> None:
        request = stage.request()
        plans = await asyncio.gather(*(stage.sharer.plan_async(request) for _ in range(50)))
        assert len(set(plans)) == 1

    asyncio.run(main())


def test_the_event_loop_goes_on_while_a_verb_waits(stage: Stage) -> None:
    stage.world.delay_consistency(2)

    async def main() -> int:
        ticks = 0
        sharing = asyncio.ensure_future(stage.sharer.share_async(stage.request()))
        while not sharing.done():
            await asyncio.sleep(0.01)
            ticks += 1
        assert sharing.result().is_complete
        return ticks

    assert asyncio.run(main()) > 10


def test_a_cancelled_task_makes_no_further_call(stage: Stage) -> None:
    stage.world.delay_consistency(1_000)

    async def main() -> None:
        sharing = asyncio.ensure_future(stage.sharer.share_async(stage.request()))
        while not stage.writes():
            await asyncio.sleep(0.01)
        sharing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sharing
        await asyncio.sleep(0.05)
        before = len(stage.world.calls())
        # It would have read again by now: the pauses begin with a quarter of a second.
        await asyncio.sleep(1.2)
        assert len(stage.world.calls()) == before

    asyncio.run(main())


def test_a_timeout_makes_no_further_call(stage: Stage) -> None:
    stage.world.delay_consistency(1_000)

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(stage.sharer.share_async(stage.request()), 0.4)

    asyncio.run(main())
    before = len(stage.world.calls())
    time.sleep(1.2)
    assert len(stage.world.calls()) == before
