"""The verbs on the simulator, whose judgement is its own."""

from __future__ import annotations

import pytest

from ami_share import (
    AwsApiError,
    IncompleteError,
    InvalidRequestError,
    Plan,
    RefusedError,
    SimulatedSharer,
    SimulatedWorld,
    WorldChangedError,
)
from conftest import OWNER, RECIPIENT, REGION, STRANGER, Stage


def test_share_and_revoke_with_an_account(stage: Stage) -> None:
    request = stage.request()
    report = stage.sharer.share(request)
    assert report.is_complete
    assert stage.can_launch() and not stage.can_launch(STRANGER)
    assert stage.sharer.verify(request).as_desired == "yes"

    stage.sharer.revoke(request)
    assert not stage.can_launch()
    assert stage.sharer.verify(request).as_desired == "no"
    revoked = stage.sharer.verify(request.to_revoke())
    assert revoked.as_desired == "yes"
    assert revoked.cannot_undo


def test_a_plan_is_read_before_it_is_applied(stage: Stage) -> None:
    plan = stage.sharer.plan(stage.request(snapshots="for-copy", tags={"purpose": "golden"}))
    assert [step.operation for step in plan.steps] == [
        "ModifySnapshotAttribute",
        "ModifyImageAttribute",
        "CreateTags",
    ]
    snapshot, launch, tags = plan.steps
    assert snapshot.resources == stage.world.snapshots_of(REGION, stage.image)
    assert launch.resources == [stage.image]
    assert launch.added == [RECIPIENT] and launch.removed == []
    assert launch.risk == "gives_access" and tags.risk == "none"
    assert launch.image == stage.image and tags.image is None
    assert tags.tags == {"purpose": "golden"}
    assert launch.region == REGION and launch.reason
    assert {notice.kind for notice in plan.notices} == {"region_bound", "tags_not_visible"}
    assert stage.image in str(plan)
    assert stage.writes() == []

    report = stage.sharer.apply(plan)
    assert [step.outcome for step in report.steps] == ["done"] * 3
    assert all(step.request_id for step in report.steps)
    assert stage.can_copy()


def test_a_saved_plan_can_be_applied(stage: Stage) -> None:
    saved = stage.sharer.plan(stage.request()).to_json()
    stage.sharer.apply(Plan.from_json(saved))
    assert stage.can_launch()


def test_a_second_run_writes_nothing(stage: Stage) -> None:
    stage.sharer.share(stage.request())
    stage.world.clear_calls()
    plan = stage.sharer.plan(stage.request())
    assert plan.is_empty
    assert stage.sharer.apply(plan).is_empty
    assert stage.sharer.share(stage.request()).is_empty
    assert stage.writes() == []


def test_an_organization_and_its_units() -> None:
    world = SimulatedWorld()
    organization = world.create_organization(OWNER)
    unit = world.create_organizational_unit(organization)
    nested = world.create_organizational_unit(unit)
    world.create_account(nested, RECIPIENT)
    world.create_account(organization, STRANGER)
    image = world.register_image(REGION, OWNER)
    stage = Stage(world, SimulatedSharer(world, OWNER), image)

    request = stage.request(organizational_units=[unit])
    stage.sharer.share(request)
    assert stage.can_launch(RECIPIENT) and not stage.can_launch(STRANGER)
    assert stage.sharer.verify(request).as_desired == "yes"
    # A member of the OU gets in by it.
    assert stage.sharer.verify(stage.request(accounts=[RECIPIENT])).as_desired == "yes"

    everyone = stage.request(organizations=[organization])
    stage.sharer.share(everyone)
    assert stage.can_launch(STRANGER)
    stage.sharer.revoke(everyone)
    stage.sharer.revoke(request)
    assert not stage.can_launch(RECIPIENT) and not stage.can_launch(STRANGER)


def test_public_takes_consent_and_an_open_account(stage: Stage) -> None:
    with pytest.raises(InvalidRequestError):
        stage.request(public=True)
    request = stage.request(public=True, public_consent="given")
    with pytest.raises(RefusedError) as caught:
        stage.sharer.share(request)
    [refusal] = caught.value.refusals
    assert refusal.kind == "block_public_access"
    assert refusal.region == REGION
    assert "DisableImageBlockPublicAccess" in refusal.mend

    stage.world.set_image_block_public_access(OWNER, REGION, "unblocked")
    plan = stage.sharer.plan(request)
    assert plan.steps[-1].risk == "makes_public"
    stage.sharer.apply(plan)
    assert stage.can_launch(STRANGER)
    stage.sharer.revoke(request)
    assert not stage.can_launch(STRANGER)


def test_exactly_takes_access_from_everyone_else_within_its_limit(stage: Stage) -> None:
    stage.sharer.share(stage.request(accounts=[STRANGER]))
    with pytest.raises(RefusedError) as caught:
        stage.sharer.share(stage.request(direction="exactly", removal_limit=0))
    assert caught.value.refusals[0].kind == "removal_limit"
    assert stage.can_launch(STRANGER)
    verification = stage.sharer.verify(stage.request(direction="exactly", removal_limit=0))
    assert verification.images[0].unexpected == [STRANGER]

    stage.sharer.share(stage.request(direction="exactly", removal_limit=1))
    assert stage.can_launch(RECIPIENT) and not stage.can_launch(STRANGER)


def test_many_images_in_many_regions() -> None:
    world = SimulatedWorld()
    regions = ["us-east-1", "eu-central-1"]
    images = {region: [world.register_image(region, OWNER) for _ in range(3)] for region in regions}
    sharer = SimulatedSharer(world, OWNER, concurrency=2)
    from ami_share import ShareRequest

    report = sharer.share(ShareRequest(images=images, accounts=[RECIPIENT]))
    assert len(report.steps) == 6
    for region, ids in images.items():
        assert all(world.can_launch(region, RECIPIENT, image) for image in ids)


def test_an_encrypted_image_cannot_be_public() -> None:
    world = SimulatedWorld()
    image = world.register_image(REGION, OWNER, encrypted_snapshots=1)
    stage = Stage(world, SimulatedSharer(world, OWNER), image)
    world.set_image_block_public_access(OWNER, REGION, "unblocked")
    with pytest.raises(RefusedError) as caught:
        stage.sharer.plan(stage.request(public=True, public_consent="given"))
    refusals = [(refusal.kind, refusal.image) for refusal in caught.value.refusals]
    assert ("public_encrypted", image) in refusals
    assert all(refusal.mend in str(refusal) for refusal in caught.value.refusals)
    assert stage.writes() == []


def test_a_changed_world_is_refused_planned_again_or_not_looked_at(stage: Stage) -> None:
    plan = stage.sharer.plan(stage.request())
    stage.sharer.share(stage.request(accounts=[STRANGER]))
    stage.world.clear_calls()
    with pytest.raises(WorldChangedError) as caught:
        stage.sharer.apply(plan)
    [change] = caught.value.changes
    assert change.kind == "permissions"
    assert change.to_dict()["added"] == [STRANGER]
    assert stage.writes() == []

    stage.sharer.apply(plan, on_change="plan-again")
    assert stage.can_launch()
    stage.sharer.apply(plan, on_change="do-not-look")
    with pytest.raises(InvalidRequestError, match="`on_change` is `ignore`"):
        stage.sharer.apply(plan, on_change="ignore")  # type: ignore[arg-type]


def test_a_refused_call_is_an_api_error_with_its_fields(stage: Stage) -> None:
    stage.world.deny(OWNER, "DescribeImages")
    with pytest.raises(AwsApiError) as caught:
        stage.sharer.plan(stage.request())
    error = caught.value
    assert error.kind == "access_denied"
    assert error.code == "UnauthorizedOperation"
    assert error.operation == "DescribeImages"
    assert error.request_id and error.aws_message
    assert error.retryable is False


def test_a_half_done_apply_says_what_was_done(stage: Stage) -> None:
    stage.world.deny(OWNER, "ModifyImageAttribute")
    request = stage.request(snapshots="for-copy")
    with pytest.raises(IncompleteError) as caught:
        stage.sharer.share(request)
    report = caught.value.report
    assert not report.is_complete
    assert [step.outcome for step in report.steps] == ["done", "failed"]
    failed = report.steps[1]
    assert failed.error is not None and failed.error.code == "UnauthorizedOperation"
    assert failed.because == str(failed.error)
    assert report.steps[0].error is None
    stage.world.allow(OWNER, "ModifyImageAttribute")
    stage.sharer.share(request)
    assert stage.can_copy()


def test_verification_says_who_cannot_and_why(stage: Stage) -> None:
    verification = stage.sharer.verify(stage.request(snapshots="for-copy"))
    assert verification.as_desired == "no"
    [image] = verification.images
    assert (image.region, image.image, image.state) == (REGION, stage.image, "available")
    [check] = image.principals
    assert check.principal == RECIPIENT and check.as_desired == "no"
    assert check.launch.answer == "no" and check.launch.reason and check.launch.mend
    assert check.copy is not None and check.copy.answer == "no"
    assert RECIPIENT in str(verification)


def test_recipients_list_what_is_shared_with_them_and_give_it_up() -> None:
    world = SimulatedWorld()
    images = [world.register_image(REGION, OWNER, f"golden-{n}") for n in range(5)]
    sharer = SimulatedSharer(world, OWNER)
    from ami_share import ShareRequest

    sharer.share(ShareRequest(region=REGION, images=images, accounts=[RECIPIENT]))
    recipient = SimulatedSharer(world, RECIPIENT)
    world.set_page_size(2)
    world.clear_calls()
    shared = recipient.shared_with_me(REGION)
    assert next(shared).id == images[0]
    assert len(world.calls()) == 1
    rest = list(shared)
    assert [image.id for image in rest] == images[1:]
    assert rest[0].owner == OWNER and rest[0].name == "golden-1" and not rest[0].public
    assert rest[0].state == "available" and rest[0].tags == {}
    assert len(world.calls()) == 3

    assert recipient.give_up(REGION, images[0])
    assert [image.id for image in recipient.shared_with_me(REGION)] == images[1:]
    with pytest.raises(AwsApiError):
        recipient.give_up(REGION, images[0])


def test_ids_of_arguments_are_checked(stage: Stage) -> None:
    with pytest.raises(InvalidRequestError):
        list(stage.sharer.shared_with_me("us-east"))
    with pytest.raises(InvalidRequestError):
        stage.sharer.give_up(REGION, "snap-12345678")
    with pytest.raises(InvalidRequestError):
        SimulatedSharer(stage.world, "1")
