"""`MockSharer`, as a service's own tests use it."""

from __future__ import annotations

import asyncio
import inspect
import json

import pytest

from ami_share import (
    AwsApiError,
    Cancel,
    CopyRequest,
    Distribution,
    IncompleteError,
    MockCall,
    MockSharer,
    ParameterRequest,
    RecipientTagRequest,
    RefusedError,
    RehearsalRequest,
    ServiceLinkedRoleRequest,
    Shard,
    Sharer,
    ShareRequest,
    SharingKey,
    UsageRequest,
)
from conftest import OWNER, RECIPIENT, REGION, Stage

IMAGE = "ami-0123456789abcdef0"
REQUEST = ShareRequest(region=REGION, images=[IMAGE], accounts=[RECIPIENT])
COPIES = CopyRequest(
    source_region=REGION, source_image=IMAGE, regions=["eu-west-1"], accounts=[RECIPIENT, OWNER]
)
REHEARSAL = RehearsalRequest(region=REGION, images=[IMAGE], accounts=[RECIPIENT], copy=True)
KEY = SharingKey(region=REGION, owner=OWNER, alias="alias/golden")


def release(image: str, sharer: Sharer) -> str:
    """What a service could do."""
    request = ShareRequest(region=REGION, images=[image], accounts=[RECIPIENT])
    try:
        report = sharer.share(request)
    except RefusedError as error:
        return f"refused: {error}"
    return "released" if report.is_complete else "?"


def test_example() -> None:
    sharer = MockSharer()
    assert release(IMAGE, sharer) == "released"
    [call] = sharer.calls
    assert call.verb == "share"
    assert call.request.accounts == [RECIPIENT]

    sharer.answer("share", RefusedError("the image is encrypted"))
    assert release(IMAGE, sharer) == "refused: the image is encrypted"
    assert len(sharer.calls) == 2


def test_by_itself_it_answers_as_a_world_that_is_as_asked_for() -> None:
    sharer = MockSharer()
    plan = sharer.plan(REQUEST)
    assert plan.is_empty and plan.request == REQUEST
    assert sharer.apply(plan).is_empty
    assert sharer.share(REQUEST).is_complete
    assert sharer.revoke(REQUEST).request.direction == "revoke"
    verification = sharer.verify(REQUEST)
    assert verification.as_desired == "yes"
    assert verification.images[0].principals[0].launch.answer == "yes"
    assert sharer.verify(REQUEST.to_revoke()).images[0].principals[0].launch.answer == "no"
    explained = sharer.explain(REGION, IMAGE, (RECIPIENT, "all"))
    assert [check.principal for check in explained.images[0].principals] == [RECIPIENT, "all"]
    assert explained.as_desired == "yes"
    assert f":kms:{REGION}:{OWNER}:key/" in sharer.create_key_for_sharing(KEY)
    copies = sharer.plan_copies(COPIES)
    assert copies.is_empty and copies.request == COPIES
    assert sharer.apply_copies(copies).is_complete
    assert {copy.outcome for copy in sharer.copy(COPIES).copies} == {"found"}
    assert sharer.rehearse(REHEARSAL).answer == "yes"
    copying = sharer.apply_copies_events(copies)
    assert [event.kind for event in copying] == ["copies_started", "copies_finished"]
    assert copying.report.is_complete
    assert list(sharer.shared_with_me(REGION)) == []
    assert sharer.give_up(REGION, IMAGE) is None
    applying = sharer.apply_events(plan)
    assert [event.kind for event in applying] == ["started", "finished"]
    assert applying.report.is_empty
    assert [call.verb for call in sharer.calls] == [
        "plan",
        "apply",
        "share",
        "revoke",
        "verify",
        "verify",
        "explain",
        "create_key_for_sharing",
        "plan_copies",
        "apply_copies",
        "copy",
        "rehearse",
        "apply_copies",
        "shared_with_me",
        "give_up",
        "apply",
    ]


def test_the_awaited_twins_answer_and_record_the_same() -> None:
    sharer = MockSharer(give_up="request-1", create_key_for_sharing="arn:…")

    async def main() -> None:
        plan = await sharer.plan_async(REQUEST)
        assert (await sharer.apply_async(plan, on_change="plan-again")).is_empty
        assert (await sharer.share_async(REQUEST)).is_complete
        assert (await sharer.revoke_async(REQUEST)).is_complete
        assert (await sharer.verify_async(REQUEST)).as_desired == "yes"
        explained = await sharer.explain_async(REGION, IMAGE, [RECIPIENT])
        assert explained.images[0].principals[0].launch.answer == "yes"
        assert await sharer.create_key_for_sharing_async(KEY) == "arn:…"
        assert [image async for image in sharer.shared_with_me_async(REGION)] == []
        assert await sharer.give_up_async(REGION, IMAGE) == "request-1"
        applying = sharer.apply_events_async(plan)
        assert [event.kind async for event in applying] == ["started", "finished"]
        assert applying.report.is_empty

    asyncio.run(main())
    assert len(sharer.calls) == 10
    assert sharer.calls[1].arguments["on_change"] == "plan-again"
    assert sharer.calls[1].request == REQUEST
    [explained] = sharer.calls_of("explain")
    assert explained == MockCall("explain", region=REGION, image=IMAGE, principals=[RECIPIENT])
    assert sharer.calls_of("create_key_for_sharing") == [
        MockCall("create_key_for_sharing", key=KEY)
    ]
    assert sharer.calls_of("give_up") == [MockCall("give_up", region=REGION, image=IMAGE)]


def test_the_awaited_twins_for_copies_answer_and_record_the_same() -> None:
    sharer, cancel = MockSharer(), Cancel()

    async def main() -> None:
        plan = await sharer.plan_copies_async(COPIES)
        assert (await sharer.apply_copies_async(plan, cancel=cancel)).is_complete
        assert (await sharer.copy_async(COPIES, cancel=cancel)).is_complete
        assert (await sharer.rehearse_async(REHEARSAL)).answer == "yes"
        async with sharer.apply_copies_events_async(plan) as copying:
            kinds = [event.kind async for event in copying]
        assert kinds == ["copies_started", "copies_finished"]
        assert copying.report.is_complete

    asyncio.run(main())
    verbs = [call.verb for call in sharer.calls]
    assert verbs == ["plan_copies", "apply_copies", "copy", "rehearse", "apply_copies"]
    assert sharer.calls[1].request == COPIES and sharer.calls[1].arguments["cancel"] is cancel
    assert sharer.calls_of("copy") == [MockCall("copy", request=COPIES, cancel=cancel)]


DISTRIBUTION = Distribution.from_dict(
    {
        "version": "ami-share/distribution/1",
        "image": {"region": REGION, "id": IMAGE},
        "recipients": {"accounts": [RECIPIENT]},
    }
)
SERVICE_ROLES = ServiceLinkedRoleRequest(
    region=REGION,
    images=[IMAGE],
    accounts=[RECIPIENT],
    service_roles=["AWSServiceRoleForAutoScaling"],
)


def test_for_recipients_and_distributions_all_is_as_asked_for() -> None:
    sharer = MockSharer()
    assert sharer.grant_service_linked_roles(SERVICE_ROLES).is_empty
    put = sharer.put_image_parameters(
        ParameterRequest("/golden", images={REGION: IMAGE}, accounts=[RECIPIENT])
    )
    assert put.is_complete and len(put.parameters) == 2
    tags = RecipientTagRequest(region=REGION, images=[IMAGE], tags={"a": "b"})
    assert sharer.tag_for_recipients(tags).is_empty
    usage = sharer.usage(UsageRequest(region=REGION, images=[IMAGE]))
    assert usage.is_complete and usage.hurt_by(REQUEST.to_revoke()) == []
    plan = sharer.plan_distribution(DISTRIBUTION)
    assert plan.is_empty and plan.distribution == DISTRIBUTION
    report = sharer.apply_distribution(plan)
    assert report.is_complete and sharer.retry_distribution(plan, report).is_complete
    assert sharer.verify_distribution(DISTRIBUTION).is_ok
    assert sharer.destroy_shares(DISTRIBUTION).is_complete
    with sharer.apply_distribution_events(plan) as distributing:
        assert [event.kind for event in distributing] == ["copies_started", "copies_finished"]
    assert distributing.report.is_complete
    with sharer.retry_distribution_events(plan, report) as retrying:
        assert len(list(retrying)) == 2
    assert retrying.report.is_complete
    shard = Shard.from_json(
        json.dumps(
            {
                "stage": "owner",
                "account": OWNER,
                "region": REGION,
                "image": IMAGE,
                "name": "golden",
                "date": "2026-11-22",
                "distribution": DISTRIBUTION.to_dict(),
            }
        )
    )
    done = sharer.run_shard(shard)
    assert done.is_complete and done.shard == shard and done.image == IMAGE
    with sharer.run_shard_events(shard) as running:
        assert len(list(running)) == 2
    assert running.report == done
    assert {call.request for call in sharer.calls[4:]} == {DISTRIBUTION}
    assert sharer.calls[2].request == tags
    verbs = [call.verb for call in sharer.calls]
    assert verbs == [
        "grant_service_linked_roles",
        "put_image_parameters",
        "tag_for_recipients",
        "usage",
        "plan_distribution",
        "apply_distribution",
        "retry_distribution",
        "verify_distribution",
        "destroy_shares",
        "apply_distribution",
        "retry_distribution",
        "run_shard",
        "run_shard",
    ]

    async def main() -> None:
        assert (await sharer.grant_service_linked_roles_async(SERVICE_ROLES)).is_empty
        assert (await sharer.tag_for_recipients_async(tags)).is_empty
        await sharer.put_image_parameters_async(ParameterRequest("/golden", images={REGION: IMAGE}))
        await sharer.usage_async(UsageRequest(region=REGION, images=[IMAGE]))
        plan = await sharer.plan_distribution_async(DISTRIBUTION)
        report = await sharer.apply_distribution_async(plan)
        await sharer.retry_distribution_async(plan, report)
        await sharer.verify_distribution_async(DISTRIBUTION)
        await sharer.destroy_shares_async(DISTRIBUTION)
        async with sharer.apply_distribution_events_async(plan) as distributing:
            assert len([event async for event in distributing]) == 2
        assert distributing.report.is_complete
        assert (await sharer.run_shard_async(shard)).is_complete
        async with sharer.retry_distribution_events_async(plan, report) as retrying:
            assert len([event async for event in retrying]) == 2
        async with sharer.run_shard_events_async(shard) as running:
            assert len([event async for event in running]) == 2
        assert retrying.report.is_complete and running.report.is_complete

    asyncio.run(main())
    assert sorted(call.verb for call in sharer.calls[13:]) == sorted(verbs)


def test_answers_are_values_exceptions_or_callables(stage: Stage) -> None:
    report = stage.sharer.share(stage.request())
    assert MockSharer(share=report).share(REQUEST) is report
    with pytest.raises(AwsApiError):
        MockSharer(verify=AwsApiError("no answer")).verify(REQUEST)
    with pytest.raises(AwsApiError, match="the mock"):
        MockSharer(verify=AwsApiError).verify(REQUEST)
    seen: list[ShareRequest] = []

    def share(request: ShareRequest) -> object:
        seen.append(request)
        return report if len(seen) > 1 else AwsApiError("throttled", retryable=True)

    sharer = MockSharer(share=share)
    with pytest.raises(AwsApiError):
        sharer.share(REQUEST)
    assert sharer.share(REQUEST) is report
    assert seen == [REQUEST, REQUEST]


def test_images_can_be_answered(stage: Stage) -> None:
    from ami_share import SimulatedSharer

    stage.sharer.share(stage.request())
    images = list(SimulatedSharer(stage.world, RECIPIENT).shared_with_me(REGION))
    assert list(MockSharer(shared_with_me=images).shared_with_me(REGION)) == images


def test_events_end_as_the_apply_does(stage: Stage) -> None:
    stage.world.deny(OWNER, "ModifyImageAttribute")
    plan = stage.sharer.plan(stage.request())
    with pytest.raises(IncompleteError) as caught:
        stage.sharer.apply(plan)
    applying = MockSharer(apply=caught.value).apply_events(plan)
    assert next(applying).kind == "started"
    with pytest.raises(IncompleteError):
        next(applying)
    with pytest.raises(IncompleteError):
        _ = applying.report


def test_a_call_without_a_request_says_where_to_look() -> None:
    sharer = MockSharer()
    sharer.explain(REGION, IMAGE, [RECIPIENT])
    sharer.create_key_for_sharing(KEY)
    list(sharer.shared_with_me(REGION))
    sharer.give_up(REGION, IMAGE)
    for call in sharer.calls:
        with pytest.raises(AttributeError, match=f"`{call.verb}` .*look at `arguments`"):
            _ = call.request
    assert sharer.plan(REQUEST).request == sharer.calls[-1].request == REQUEST


def test_a_wrong_verb_is_refused() -> None:
    with pytest.raises(ValueError, match="`shar` is no verb"):
        MockSharer().answer("shar", None)


def test_it_overrides_every_verb() -> None:
    verbs = [name for name in vars(Sharer) if not name.startswith("_")]
    assert len(verbs) == 56
    for name in verbs:
        asked = inspect.signature(vars(Sharer)[name])
        assert inspect.signature(vars(MockSharer)[name]) == asked, name
    assert repr(MockSharer()) == "<MockSharer: 0 calls>"
