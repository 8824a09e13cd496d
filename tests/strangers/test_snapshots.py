"""Create-volume permissions of snapshots, given by boto3 in both forms that AWS takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from cloud import OWNER, RECIPIENT, STRANGER, Cloud, refusal

Change = Callable[[Cloud, str, str, str], None]


def structured(cloud: Cloud, snapshot: str, operation: str, account: str) -> None:
    cloud.ec2().modify_snapshot_attribute(
        SnapshotId=snapshot,
        CreateVolumePermission={operation.capitalize(): [{"UserId": account}]},
    )


def listed(cloud: Cloud, snapshot: str, operation: str, account: str) -> None:
    cloud.ec2().modify_snapshot_attribute(
        SnapshotId=snapshot,
        Attribute="createVolumePermission",
        OperationType=operation,
        UserIds=[account],
    )


both_forms = pytest.mark.parametrize("change", [structured, listed])


@both_forms
def test_an_account_sees_the_snapshots_that_name_it_and_no_others(
    cloud: Cloud, change: Change
) -> None:
    shared, private = cloud.snapshot(), cloud.snapshot()

    change(cloud, shared, "add", RECIPIENT)

    assert cloud.volume_permissions(shared) == {RECIPIENT}
    assert cloud.volume_permissions(private) == set()
    assert cloud.snapshots_seen_by(RECIPIENT, RestorableByUserIds=["self"]) == {shared}
    assert cloud.snapshots_seen_by(RECIPIENT, OwnerIds=[OWNER]) == {shared}
    assert cloud.snapshots_seen_by(RECIPIENT, OwnerIds=["self"]) == set()
    assert cloud.snapshots_seen_by(STRANGER, OwnerIds=[OWNER]) == set()
    assert cloud.snapshots_seen_by(OWNER, OwnerIds=["self"]) == {shared, private}


@both_forms
def test_an_account_that_is_removed_loses_the_snapshot(cloud: Cloud, change: Change) -> None:
    snapshot = cloud.snapshot()
    change(cloud, snapshot, "add", RECIPIENT)
    change(cloud, snapshot, "add", STRANGER)

    change(cloud, snapshot, "remove", RECIPIENT)

    assert cloud.volume_permissions(snapshot) == {STRANGER}
    with pytest.raises(ClientError) as refused:
        cloud.ec2(RECIPIENT).describe_snapshots(SnapshotIds=[snapshot])
    assert refusal(refused.value) == ("InvalidSnapshot.NotFound", 400)


def test_one_call_does_not_add_and_remove(cloud: Cloud) -> None:
    snapshot = cloud.snapshot()
    structured(cloud, snapshot, "add", RECIPIENT)

    with pytest.raises(ClientError):
        cloud.ec2().modify_snapshot_attribute(
            SnapshotId=snapshot,
            CreateVolumePermission={
                "Add": [{"UserId": STRANGER}],
                "Remove": [{"UserId": RECIPIENT}],
            },
        )

    assert cloud.volume_permissions(snapshot) == {RECIPIENT}


def test_a_reset_takes_the_snapshot_from_everybody(cloud: Cloud) -> None:
    snapshot = cloud.snapshot()
    structured(cloud, snapshot, "add", RECIPIENT)

    cloud.ec2().reset_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission")

    assert cloud.volume_permissions(snapshot) == set()
    assert cloud.snapshots_seen_by(RECIPIENT, OwnerIds=[OWNER]) == set()


def test_an_encrypted_snapshot_does_not_become_public(cloud: Cloud) -> None:
    snapshot = cloud.snapshot(key=cloud.key())
    cloud.ec2().disable_snapshot_block_public_access()

    with pytest.raises(ClientError):
        cloud.ec2().modify_snapshot_attribute(
            SnapshotId=snapshot, CreateVolumePermission={"Add": [{"Group": "all"}]}
        )

    assert cloud.volume_permissions(snapshot) == set()


def test_a_shared_image_shows_no_snapshot_to_its_recipient(cloud: Cloud) -> None:
    image = cloud.image()
    cloud.share(image.id, RECIPIENT)

    assert cloud.sees(RECIPIENT, image.id)
    assert cloud.snapshots_seen_by(RECIPIENT, OwnerIds=[OWNER]) == set()
    judged = cloud.judge(RECIPIENT, image.id)
    assert judged.can_launch and not judged.can_copy


def test_the_snapshot_of_an_image_stays_until_the_image_is_gone(cloud: Cloud) -> None:
    image = cloud.image()
    with pytest.raises(ClientError) as refused:
        cloud.ec2().delete_snapshot(SnapshotId=image.snapshot)
    assert refusal(refused.value) == ("InvalidSnapshot.InUse", 400)

    cloud.ec2().deregister_image(ImageId=image.id)
    cloud.ec2().delete_snapshot(SnapshotId=image.snapshot)

    assert cloud.snapshots_seen_by(OWNER, OwnerIds=["self"]) == set()
