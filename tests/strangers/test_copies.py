"""Copies, made by boto3 and waited for by its waiters."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from cloud import ELSEWHERE, OWNER, RECIPIENT, REGION, Cloud, Image, refusal

# The waiters look once; what has to happen has happened by then.
AT_ONCE = {"Delay": 1, "MaxAttempts": 1}


def shared_for_copy(cloud: Cloud, key: str | None = None) -> Image:
    image = cloud.image(key=key)
    cloud.share(image.id, RECIPIENT)
    cloud.share_snapshot(image.snapshot, RECIPIENT)
    return image


def copy(cloud: Cloud, image: str, who: str = RECIPIENT, region: str = REGION, **more: Any) -> str:
    copied: str = cloud.ec2(who, region).copy_image(
        SourceImageId=image, SourceRegion=REGION, Name=cloud.name("copy"), **more
    )["ImageId"]
    cloud.settle()
    return copied


def available(cloud: Cloud, image: str, who: str = RECIPIENT, region: str = REGION) -> Any:
    """The image and its one snapshot, once boto3's waiters are content."""
    ec2 = cloud.ec2(who, region)
    ec2.get_waiter("image_exists").wait(ImageIds=[image], WaiterConfig=AT_ONCE)
    ec2.get_waiter("image_available").wait(ImageIds=[image], WaiterConfig=AT_ONCE)
    found = ec2.describe_images(ImageIds=[image])["Images"][0]
    snapshot = found["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot], WaiterConfig=AT_ONCE)
    return found, ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]


def test_a_copy_is_its_makers_own_and_private(cloud: Cloud) -> None:
    image = shared_for_copy(cloud)
    assert cloud.judge(RECIPIENT, image.id).can_copy

    found, snapshot = available(cloud, copy(cloud, image.id))

    assert (found["OwnerId"], found["Public"], found["State"]) == (RECIPIENT, False, "available")
    assert found["SourceImageId"] == image.id
    assert snapshot["OwnerId"] == RECIPIENT and snapshot["SnapshotId"] != image.snapshot
    assert cloud.launch_permissions(found["ImageId"], RECIPIENT) == set()
    assert not cloud.sees(OWNER, found["ImageId"])


def test_a_launch_permission_alone_copies_nothing(cloud: Cloud) -> None:
    image = cloud.image()
    cloud.share(image.id, RECIPIENT)
    assert not cloud.judge(RECIPIENT, image.id).can_copy

    with pytest.raises(ClientError) as refused:
        copy(cloud, image.id)

    assert refusal(refused.value) == ("InvalidRequest", 400)
    assert cloud.images_seen_by(RECIPIENT, Owners=["self"]) == set()


def test_an_encrypted_copy_is_under_the_key_of_its_maker(cloud: Cloud) -> None:
    source_key = cloud.key()
    cloud.open_key(source_key, RECIPIENT)
    image = shared_for_copy(cloud, source_key)
    own_key = cloud.key(RECIPIENT)

    found, snapshot = available(cloud, copy(cloud, image.id, Encrypted=True, KmsKeyId=own_key))

    assert found["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert (snapshot["Encrypted"], snapshot["KmsKeyId"]) == (True, own_key)


def test_a_copy_without_the_source_key_fails_later(cloud: Cloud) -> None:
    image = shared_for_copy(cloud, cloud.key())
    assert not cloud.judge(RECIPIENT, image.id).can_copy

    copied = copy(cloud, image.id, Encrypted=True, KmsKeyId=cloud.key(RECIPIENT))

    ec2 = cloud.ec2(RECIPIENT)
    with pytest.raises(WaiterError, match="terminal failure"):
        ec2.get_waiter("image_available").wait(ImageIds=[copied], WaiterConfig=AT_ONCE)
    found = ec2.describe_images(ImageIds=[copied])["Images"][0]
    assert found["State"] == "failed" and found["StateReason"]["Message"]


def test_a_copy_goes_to_the_region_that_was_asked(cloud: Cloud) -> None:
    image = cloud.image()

    copied = copy(cloud, image.id, OWNER, ELSEWHERE)

    found, _ = available(cloud, copied, OWNER, ELSEWHERE)
    assert found["SourceImageRegion"] == REGION
    assert cloud.images_seen_by(OWNER, ELSEWHERE, Owners=["self"]) == {copied}
    assert cloud.images_seen_by(OWNER, Owners=["self"]) == {image.id}


def test_a_copy_has_tags_only_if_asked(cloud: Cloud) -> None:
    image = cloud.image()
    tag = {"Key": "stage", "Value": "gold"}
    cloud.ec2().create_tags(Resources=[image.id], Tags=[tag])

    plain, _ = available(cloud, copy(cloud, image.id, OWNER), OWNER)
    tagged, _ = available(cloud, copy(cloud, image.id, OWNER, CopyImageTags=True), OWNER)

    assert (plain.get("Tags", []), tagged.get("Tags", [])) == ([], [tag])


def test_a_client_token_makes_one_copy(cloud: Cloud) -> None:
    image = cloud.image()
    ec2 = cloud.ec2()
    asked = {"SourceImageId": image.id, "SourceRegion": REGION, "ClientToken": "token-1"}

    copies = {ec2.copy_image(**asked, Name="copy")["ImageId"] for _ in range(2)}

    assert len(copies) == 1
    with pytest.raises(ClientError) as refused:
        ec2.copy_image(**asked, Name="another")
    assert refusal(refused.value) == ("IdempotentParameterMismatch", 400)
    assert cloud.images_seen_by(OWNER, Owners=["self"]) == {image.id, *copies}


def test_a_key_without_encryption_is_refused(cloud: Cloud) -> None:
    image = cloud.image()
    with pytest.raises(ClientError) as refused:
        copy(cloud, image.id, OWNER, KmsKeyId=cloud.key())
    assert refusal(refused.value)[1] == 400
    assert cloud.images_seen_by(OWNER, Owners=["self"]) == {image.id}


def test_waiters_see_what_is_new(cloud: Cloud) -> None:
    image = cloud.image()
    cloud.settle()
    found, snapshot = available(cloud, image.id, OWNER)
    assert (found["State"], snapshot["State"]) == ("available", "completed")
    assert snapshot["Progress"] == "100%"
