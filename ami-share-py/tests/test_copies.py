"""Copies: what they are asked for by, and what became of them; the simulator judges."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import datetime, timezone
from itertools import product

import pytest

from ami_share import (
    Cancel,
    CopyIncompleteError,
    CopyPlan,
    CopyRefusedError,
    CopyReport,
    CopyRequest,
    Event,
    InvalidRequestError,
    ShareRequest,
    WorldChangedError,
)
from conftest import OWNER, RECIPIENT, REGION, STRANGER
from copy_support import ALIAS, REGIONS, CopyStage


def test_recipients_launch_their_copies_without_the_owners_key() -> None:
    stage = CopyStage()
    report = stage.sharer.copy(stage.request(source_access="close"))
    assert report.is_complete
    places = [(copy.account, copy.region) for copy in report.copies]
    assert sorted(places) == sorted(product(stage.recipients, REGIONS))
    assert len({copy.image for copy in report.copies}) == 4
    stage.world.set_key_state(stage.key, "PendingDeletion")
    for copy in report.copies:
        assert copy.outcome == "copied" and copy.is_complete
        assert copy.image is not None and copy.key is not None and f":{copy.account}:" in copy.key
        assert stage.world.can_launch(copy.region, copy.account, copy.image)
        assert copy.started is not None and copy.ended is not None
        assert copy.started <= copy.ended and copy.started.tzinfo == timezone.utc
        assert copy.request_id and copy.snapshots and copy.because is None
    # What was opened for the copies is closed again.
    assert report.opened is not None and report.closed and report.left_open == []
    assert stage.world.launch_permissions(REGION, stage.image) == []


def test_promise_5_a_second_run_copies_and_writes_nothing() -> None:
    stage = CopyStage()
    first = stage.sharer.copy(stage.request())
    stage.world.clear_calls()
    plan = stage.sharer.plan_copies(stage.request())
    assert plan.is_empty
    second = stage.sharer.apply_copies(plan)
    assert [call for call in stage.world.calls() if call.write] == []
    assert {copy.outcome for copy in second.copies} == {"found"}
    assert [copy.image for copy in second.copies] == [copy.image for copy in first.copies]


def test_a_plan_is_data() -> None:
    stage = CopyStage(RECIPIENT)
    plan = stage.sharer.plan_copies(stage.request(image_tags={"release": "7"}))
    assert (plan.caller, plan.request.source_image) == (OWNER, stage.image)
    assert plan.open is not None and plan.shares == [] and not plan.is_empty
    [copy, other] = plan.copies
    assert (copy.account, copy.name, copy.found) == (RECIPIENT, "golden", "nothing")
    assert {copy.region, other.region} == set(REGIONS)
    assert copy.image_tags["team"] == "web" and copy.image_tags["release"] == "7"
    saved = CopyPlan.from_json(plan.to_json())
    assert saved == plan
    assert stage.sharer.apply_copies(saved).is_complete


def test_a_plan_for_another_world_is_refused() -> None:
    stage = CopyStage(RECIPIENT)
    plan = stage.sharer.plan_copies(stage.request(replicate_permissions=True))
    share = ShareRequest(region=REGION, images=[stage.image], accounts=[STRANGER])
    stage.sharer.share(share)
    with pytest.raises(WorldChangedError) as caught:
        stage.sharer.apply_copies(plan)
    assert {change.kind for change in caught.value.changes} == {"copy"}
    assert stage.sharer.apply_copies(plan, on_change="plan-again").is_complete


def test_all_options_of_a_request_are_read_back() -> None:
    at = datetime(2031, 5, 4, 3, 2, tzinfo=timezone.utc)
    request = CopyRequest(
        source_region=REGION,
        source_image="ami-12345678",
        regions=["eu-west-1"],
        accounts=[RECIPIENT],
        own_account=True,
        destinations={STRANGER: ["eu-north-1"]},
        key="alias/a",
        region_keys={"eu-west-1": "alias/b"},
        account_keys={RECIPIENT: "alias/c", STRANGER: {"eu-north-1": "alias/d"}},
        made_by="owner",
        name="{name}-{account}",
        description="as approved",
        copy_tags=False,
        image_tags={"a": "1"},
        snapshot_tags={"b": "2"},
        share_with=[STRANGER],
        protection="with-cooldown",
        deprecate_at=at,
        completion_minutes=60,
        source_access="leave-as-is",
        key_access="key-policy",
        on_failure="keep",
        images_at_once=7,
        snapshots_at_once=8,
        time_limit_minutes=9,
    )
    assert request.destinations == [
        (None, "eu-west-1"),
        (RECIPIENT, "eu-west-1"),
        (STRANGER, "eu-north-1"),
    ]
    assert (request.accounts, request.regions) == (
        [RECIPIENT, STRANGER],
        ["eu-north-1", "eu-west-1"],
    )
    assert request.keys == {
        "default": "alias/a",
        "regions": {"eu-west-1": "alias/b"},
        "accounts": {
            RECIPIENT: {"default": "alias/c"},
            STRANGER: {"regions": {"eu-north-1": "alias/d"}},
        },
    }
    assert (request.made_by, request.on_failure) == ("owner", "keep")
    assert (request.source_access, request.key_access) == ("leave-as-is", "key-policy")
    assert (request.protection, request.deprecate_at) == ("with-cooldown", at)
    assert (request.name, request.description) == ("{name}-{account}", "as approved")
    assert not request.copy_tags and not request.replicate_permissions
    assert (request.image_tags, request.snapshot_tags) == ({"a": "1"}, {"b": "2"})
    assert request.share_with == [STRANGER] and request.completion_minutes == 60
    limits = (request.images_at_once, request.snapshots_at_once, request.time_limit_minutes)
    assert limits == (7, 8, 9)


def test_everything_that_is_wrong_is_told_in_the_arguments_names() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        CopyRequest(
            source_region="us-east",
            source_image="ami-1",
            accounts=["1"],
            key="golden",
            made_by="me",  # type: ignore[arg-type]
            source_access="leave_as_is",  # type: ignore[arg-type]
            on_failure="clean_up",  # type: ignore[arg-type]
            protection="cooldown",  # type: ignore[arg-type]
            share_with=["all"],
            replicate_permissions=True,
            completion_minutes=7,
            images_at_once=0,
            time_limit_minutes=0,
            name="{nome}",
        )
    assert [problem.field for problem in caught.value.problems] == [
        "made_by",
        "share_with",
        "protection",
        "source_access",
        "on_failure",
        "regions",
        "source_image",
        "accounts",
        "key",
        "name",
        "completion_minutes",
        "images_at_once",
        "time_limit_minutes",
    ]
    assert "`images_at_once` is 0" in str(caught.value)
    with pytest.raises(InvalidRequestError, match="made public"):
        CopyRequest(source_region=REGION, source_image="ami-12345678", share_with=["all"])
    with pytest.raises(TypeError, match="`account_keys`"):
        CopyRequest(
            source_region=REGION,
            source_image="ami-12345678",
            account_keys={RECIPIENT: 1},  # type: ignore[dict-item]
        )


def test_a_copy_without_a_key_is_refused_with_the_arguments_that_mend_it() -> None:
    stage = CopyStage(RECIPIENT)
    with pytest.raises(CopyRefusedError) as caught:
        stage.sharer.copy(stage.request(key=None))
    refusal = caught.value.refusals[0]
    assert (refusal.kind, refusal.account) == ("key_missing", RECIPIENT)
    assert refusal.region in REGIONS and "`account_keys`" in refusal.mend
    assert refusal.mend in str(caught.value) and str(refusal) in str(caught.value)


def test_the_owner_makes_copies_and_shares_them() -> None:
    stage = CopyStage(RECIPIENT)
    report = stage.sharer.copy(stage.request(made_by="owner"))
    assert {copy.region for copy in report.copies} == set(REGIONS)
    for copy in report.copies:
        assert copy.account == OWNER and copy.image is not None and copy.shared is not None
        assert stage.world.can_launch(copy.region, RECIPIENT, copy.image)


def test_a_copy_that_fails_is_told_with_its_reason_and_cleaned_up() -> None:
    stage = CopyStage(RECIPIENT)
    why = "Given key ID is not accessible"
    stage.world.set_faults({"copies": {"failing": [1], "reason": why}})
    with pytest.raises(CopyIncompleteError) as caught:
        stage.sharer.copy(stage.request())
    report = caught.value.report
    assert isinstance(report, CopyReport) and not report.is_complete
    [failed] = [copy for copy in report.copies if not copy.is_available]
    assert failed.outcome == "failed" and failed.failure is not None
    assert failed.failure.cause == "key_not_usable" and why in failed.failure.message
    assert failed.failure.mend in (failed.because or "") and str(failed).endswith(
        failed.because or "?"
    )
    assert (failed.remains, failed.left) == ("cleaned_up", [])
    assert stage.sharer.copy(stage.request()).is_complete


def kinds(events: list[Event]) -> list[str]:
    return [event.kind for event in events]


def test_events_tell_how_far_each_copy_is() -> None:
    stage = CopyStage(RECIPIENT, minutes=0.04)
    copying = stage.sharer.apply_copies_events(stage.sharer.plan_copies(stage.request()))
    with pytest.raises(RuntimeError, match="not ended"):
        _ = copying.report
    events = list(copying)
    assert (kinds(events)[0], kinds(events)[-1]) == ("copies_started", "copies_finished")
    assert (events[0].copies, events[-1].copies, events[-1].done) == (2, 2, 2)
    progress = [event for event in events if event.kind == "copy_progress"]
    assert progress and all(0 <= (event.percent or 0) < 100 for event in progress)
    finished = [event for event in events if event.kind == "copy_finished"]
    assert {(event.account, event.region) for event in finished} == {
        (RECIPIENT, region) for region in REGIONS
    }
    assert {event.outcome for event in finished} == {"copied"}
    assert all(event.image and RECIPIENT in str(event) for event in finished)
    assert copying.report.is_complete and list(copying) == []


def test_events_can_be_awaited() -> None:
    stage = CopyStage(RECIPIENT)

    async def main() -> list[Event]:
        plan = await stage.sharer.plan_copies_async(stage.request())
        copying = stage.sharer.apply_copies_events_async(plan)
        events = [event async for event in copying]
        assert copying.report.is_complete
        return events

    assert kinds(asyncio.run(main()))[-1] == "copies_finished"


def test_the_awaited_twins() -> None:
    stage = CopyStage(RECIPIENT)

    async def main() -> None:
        plan = await stage.sharer.plan_copies_async(stage.request())
        assert (await stage.sharer.apply_copies_async(plan)).is_complete
        assert {
            copy.outcome for copy in (await stage.sharer.copy_async(stage.request())).copies
        } == {"found"}
        with pytest.raises(CopyRefusedError):
            await stage.sharer.copy_async(stage.request(key=None))

    asyncio.run(main())


def test_a_cancel_from_another_thread_ends_with_the_report() -> None:
    stage = CopyStage(RECIPIENT, minutes=60)
    cancel = Cancel()
    assert not cancel.is_cancelled and repr(cancel) == "<Cancel>"
    copying = stage.sharer.apply_copies_events(
        stage.sharer.plan_copies(stage.request()), cancel=cancel
    )
    for event in copying:
        if event.kind == "copy_started":
            break
    threading.Thread(target=cancel.cancel).start()
    with pytest.raises(CopyIncompleteError) as caught:
        list(copying)
    assert cancel.is_cancelled and len(caught.value.report.copies) == 2
    for copy in caught.value.report.copies:
        assert copy.outcome in ("unfinished", "not_attempted")
        assert copy.because == "the run was cancelled"
    assert stage.called("DeregisterImage") == stage.called("CopyImage") >= 1


def test_events_have_a_cancel_of_their_own_and_what_is_kept_is_adopted() -> None:
    stage = CopyStage(RECIPIENT, minutes=0.05)
    request = stage.request(on_failure="keep")
    copying = stage.sharer.apply_copies_events(stage.sharer.plan_copies(request))
    for event in copying:
        if event.kind == "copy_started":
            copying.cancel()
            break
    with pytest.raises(CopyIncompleteError) as caught:
        list(copying)
    kept = [copy for copy in caught.value.report.copies if copy.outcome == "unfinished"]
    assert kept and {copy.remains for copy in kept} == {"kept"}
    assert stage.called("DeregisterImage") == 0
    report = stage.sharer.copy(request)
    assert report.is_complete and stage.called("CopyImage") == 2
    assert {copy.image for copy in kept} <= {copy.image for copy in report.copies}


def test_a_with_statement_waits_for_the_clean_up() -> None:
    stage = CopyStage(RECIPIENT, minutes=60)
    plan = stage.sharer.plan_copies(stage.request())
    with pytest.raises(ZeroDivisionError), stage.sharer.apply_copies_events(plan) as copying:
        for event in copying:
            if event.kind == "copy_started":
                raise ZeroDivisionError
    assert stage.called("DeregisterImage") == stage.called("CopyImage") >= 1
    stage.world.clear_calls()

    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            async with stage.sharer.apply_copies_events_async(plan) as copying:
                async for event in copying:
                    if event.kind == "copy_started":
                        raise ZeroDivisionError

    asyncio.run(main())
    assert stage.called("DeregisterImage") == stage.called("CopyImage") >= 1


def test_a_request_without_copies_goes_to_the_own_account() -> None:
    stage = CopyStage(RECIPIENT)
    request = CopyRequest(
        source_region=REGION, source_image=stage.image, regions=["eu-west-1"], key=ALIAS
    )
    assert request.destinations == [(None, "eu-west-1")] and request.accounts == []
    [copy] = stage.sharer.copy(request).copies
    assert copy.account == OWNER


def test_leases_of_others_and_what_a_dead_run_left_open_are_told() -> None:
    stage = CopyStage()
    request = stage.request(source_access="close")
    lease = "ami-share:lease:000000000000:1/1"
    share = ShareRequest(
        region=REGION, images=[stage.image], accounts=[STRANGER], tags={lease: "launch=all"}
    )
    stage.sharer.share(share)
    plan = stage.sharer.plan_copies(request)
    assert plan.left_open == {}
    assert plan.other_leases == [lease]
    report = stage.sharer.copy(request)
    assert report.other_leases == [lease]
    for value in (plan, report):
        assert lease in str(value)
        assert lease in value._repr_html_()
    data = plan.to_dict() | {"left_open": {"principals": [RECIPIENT]}}
    assert CopyPlan.from_json(json.dumps(data)).left_open == {"principals": [RECIPIENT]}
