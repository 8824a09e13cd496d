"""The simulated world as Python drives it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from ami_share import (
    AmiShareError,
    AwsApiError,
    IncompleteError,
    InvalidRequestError,
    KeyPolicy,
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


def test_keys_are_made_named_and_go() -> None:
    world = SimulatedWorld()
    key = world.create_key(REGION, OWNER, description="golden", tags={"team": "images"})
    imported = world.create_key(REGION, OWNER, external=True)
    assert world.keys() == [key, imported]
    assert (world.key_state(key), world.key_state(imported)) == ("Enabled", "PendingImport")
    world.create_alias("alias/golden", key)
    policy = world.key_policy(key)
    assert policy is not None and len(policy.statements) == 1
    dead = policy.to_dict() | {"Id": "given as a dict"}
    for given in (dead, json.dumps(dead), KeyPolicy.parse(json.dumps(dead))):
        world.put_key_policy(key, policy)
        world.put_key_policy(key, given)
        stored = world.key_policy(key)
        assert stored is not None and stored.id == "given as a dict"
    made = world.create_key(REGION, OWNER, policy=dead)
    assert world.key_policy(made) == world.key_policy(key)

    world.set_key_state(key, "PendingDeletion")
    world.advance(31 * 24 * 3600)
    assert world.key_state(key) is None and world.key_policy(key) is None
    assert world.grants(key) == []
    with pytest.raises(AwsApiError) as caught:
        world.put_key_policy(key, policy)
    assert caught.value.code == "NotFoundException"


def test_grants_have_a_quota_and_known_operations() -> None:
    world = SimulatedWorld()
    key = world.create_key(REGION, OWNER)
    world.set_grant_quota(1)
    root = f"arn:aws:iam::{RECIPIENT}:root"
    grant = world.create_grant(key, root, ["Decrypt", "DescribeKey"])
    assert world.grants(key) == [
        {
            "KeyId": key,
            "GrantId": grant,
            "GranteePrincipal": root,
            "IssuingAccount": f"arn:aws:iam::{OWNER}:root",
            "Operations": ["Decrypt", "DescribeKey"],
        }
    ]
    with pytest.raises(AwsApiError) as caught:
        world.create_grant(key, root, ["Decrypt"])
    assert caught.value.code == "LimitExceededException"
    with pytest.raises(AwsApiError) as caught:
        world.create_grant(key, root, ["Peek"])
    assert caught.value.code == "ValidationException"


def test_arguments_of_keys_and_roles_are_told_by_their_names() -> None:
    world = SimulatedWorld()
    wrong = [
        ("key", lambda: world.key_policy("alias/golden")),
        ("encrypted_with", lambda: world.register_image(REGION, OWNER, encrypted_with=["key"])),
        ("role", lambda: world.put_role_policy("Builder", "run", "{}")),
        ("principal", lambda: world.can_launch_as(REGION, RECIPIENT, "ami-12345678")),
        ("seconds", lambda: world.advance(-1)),
        ("faults", lambda: world.set_faults({"latencies": {}})),
        ("faults", lambda: world.set_faults("{")),
        ("text", lambda: world.create_key(REGION, OWNER, policy="{")),
    ]
    for field, call in wrong:
        with pytest.raises(InvalidRequestError) as caught:
            call()  # type: ignore[no-untyped-call]
        assert [problem.field for problem in caught.value.problems] == [field]
    with pytest.raises(TypeError, match="`faults`: give JSON text, or a dict"):
        world.set_faults(1)  # type: ignore[arg-type]


def test_faults_are_given_as_in_a_world_file(stage: Stage) -> None:
    busy = {"code": {"code": "Busy"}}
    fault = {"operation": "ModifyImageAttribute", "call": [1], "failure": busy}
    for faults in ({"calls": [fault]}, json.dumps({"calls": [fault]})):
        stage.world.set_faults(faults)
        with pytest.raises(IncompleteError) as caught:
            stage.sharer.share(stage.request())
        error = caught.value.report.steps[0].error
        assert error is not None and error.code == "Busy"
    assert stage.sharer.share(stage.request()).is_complete
    assert json.loads(stage.world.save())["faults"]["calls"][0]["operation"] == fault["operation"]
    stage.world.set_faults({})
    assert "faults" not in json.loads(stage.world.save())


def test_the_time_can_be_set(stage: Stage) -> None:
    stage.world.set_time(datetime(2030, 5, 4, tzinfo=timezone.utc))
    with stage.world.serve() as server:
        import boto3

        kms = boto3.client(
            "kms",
            endpoint_url=server.endpoint,
            region_name=REGION,
            aws_access_key_id=OWNER,
            aws_secret_access_key="any",
        )
        made = kms.create_key()["KeyMetadata"]["CreationDate"]
    assert made.date() == datetime(2030, 5, 4).date()


def test_recipients_have_settings_services_instances_and_parameters(stage: Stage) -> None:
    world, image = stage.world, stage.image
    stage.sharer.share(stage.request())
    service = world.create_service_linked_role(RECIPIENT, "AWSServiceRoleForEC2Spot")
    assert service.endswith("aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot")
    with pytest.raises(InvalidRequestError, match="AWSServiceRoleForAutoScaling"):
        world.create_service_linked_role(RECIPIENT, "Spot")  # type: ignore[arg-type]
    world.set_allowed_images(RECIPIENT, REGION, "enabled", providers=["amazon"])
    assert "allowed" in world.can_launch(REGION, RECIPIENT, image).reason.lower()
    world.set_allowed_images(RECIPIENT, REGION, "enabled", providers=[OWNER], names=["x*"])
    assert world.can_launch(REGION, RECIPIENT, image)
    with pytest.raises(InvalidRequestError, match="`audit-mode`"):
        world.set_allowed_images(RECIPIENT, REGION, "on")  # type: ignore[arg-type]
    assert world.run_instance(REGION, RECIPIENT, image).startswith("i-")
    with pytest.raises(AwsApiError) as caught:
        world.run_instance(REGION, "123412341234", image)
    assert caught.value.code == "InvalidAMIID.NotFound"
    world.put_parameter(REGION, OWNER, "/golden", image)
    with pytest.raises(AwsApiError):
        world.put_parameter(REGION, OWNER, "a b", image)
    world.set_image_copy_quota(OWNER, 1)
    assert world.images_owned_by(REGION, OWNER) == [image]
    assert world.snapshots_owned_by(REGION, OWNER) == world.snapshots_of(REGION, image)
    role = world.create_role(RECIPIENT, "Long")
    world.set_max_session(role, timedelta(hours=2))
    with pytest.raises(AwsApiError):
        world.set_max_session(role, timedelta(hours=20))
