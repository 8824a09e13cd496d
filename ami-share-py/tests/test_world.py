"""The simulated world as Python drives it."""

from __future__ import annotations

import pytest

from ami_share import (
    AmiShareError,
    AwsApiError,
    InvalidRequestError,
    RefusedError,
    SimulatedWorld,
)
from conftest import OWNER, RECIPIENT, REGION, Stage


def test_the_life_of_an_image(stage: Stage) -> None:
    stage.sharer.share(stage.request())
    assert stage.world.launch_permissions(REGION, stage.image) == [RECIPIENT]
    stage.world.disable_image(REGION, stage.image)
    assert stage.world.launch_permissions(REGION, stage.image) == []
    judgement = stage.world.can_launch(REGION, OWNER, stage.image)
    assert not judgement and "disabled" in judgement.reason
    stage.world.enable_image(REGION, stage.image)
    assert stage.world.can_launch(REGION, OWNER, stage.image)
    stage.world.set_image_state(REGION, stage.image, "pending")
    with pytest.raises(RefusedError):
        stage.sharer.plan(stage.request())
    stage.world.deregister_image(REGION, stage.image)
    with pytest.raises(RefusedError) as caught:
        stage.sharer.plan(stage.request())
    assert caught.value.refusals[0].kind == "image_not_found"


def test_images_of_every_kind() -> None:
    world = SimulatedWorld()
    image = world.register_image(
        REGION, OWNER, "big", snapshots=2, product_codes=["code"], tags={"a": "b"}, state="pending"
    )
    [first, _] = world.snapshots_of(REGION, image)
    assert world.create_volume_permissions(REGION, first) == []
    stored = world.register_image(REGION, OWNER, instance_store=True)
    assert world.snapshots_of(REGION, stored) == []
    assert world.launch_permissions(REGION, "ami-12345678") is None
    assert world.create_volume_permissions(REGION, "snap-12345678") is None


def test_an_organization_changes() -> None:
    world = SimulatedWorld()
    organization = world.create_organization(OWNER)
    unit = world.create_organizational_unit(organization)
    world.create_account(unit, RECIPIENT)
    world.move_account(RECIPIENT, organization)
    world.remove_account(RECIPIENT)
    with pytest.raises(AwsApiError) as caught:
        world.remove_account(RECIPIENT)
    assert caught.value.code == "AccountNotFoundException"
    with pytest.raises(AwsApiError):
        world.create_organization(OWNER)


def test_settings_and_quotas_decide(stage: Stage) -> None:
    stage.world.set_image_block_public_access(OWNER, REGION, "unblocked")
    stage.world.set_snapshot_block_public_access(OWNER, REGION, "block-all-sharing")
    public = stage.request(public=True, public_consent="given")
    stage.sharer.share(public)
    stage.sharer.revoke(public)
    stage.world.set_public_image_quota(OWNER, 0)
    stage.world.set_entity_quota(OWNER, 0)
    with pytest.raises(AmiShareError):
        stage.sharer.share(public)
    with pytest.raises(InvalidRequestError, match="`block-new-sharing` or `unblocked`"):
        stage.world.set_image_block_public_access(OWNER, REGION, "off")  # type: ignore[arg-type]


def test_calls_are_logged(stage: Stage) -> None:
    stage.world.deny(OWNER, "ModifyImageAttribute")
    with pytest.raises(AmiShareError):
        stage.sharer.share(stage.request())
    write = stage.world.calls()[-1]
    assert (write.operation, write.write) == ("ModifyImageAttribute", True)
    assert (write.account, write.region) == (OWNER, REGION)
    assert write.error_code == "UnauthorizedOperation" and write.request_id
    assert stage.world.calls()[0].error_code is None
    stage.world.clear_calls()
    assert stage.world.calls() == []


