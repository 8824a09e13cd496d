"""What may not be shared at all, as boto3 is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud import OWNER, RECIPIENT, STRANGER, Cloud, refusal


def test_block_public_access_keeps_an_image_private(cloud: Cloud) -> None:
    image = cloud.image().id
    ec2 = cloud.ec2()
    ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")

    with pytest.raises(ClientError) as refused:
        ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})

    assert refusal(refused.value) == ("OperationNotPermitted", 400)
    assert not cloud.sees(STRANGER, image)
    # It stops the public only.
    cloud.share(image, RECIPIENT)
    assert cloud.sees(RECIPIENT, image)


def test_an_encrypted_image_does_not_become_public(cloud: Cloud) -> None:
    image = cloud.image(key=cloud.key()).id
    ec2 = cloud.ec2()
    ec2.disable_image_block_public_access()

    with pytest.raises(ClientError):
        ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})

    assert cloud.launch_permissions(image) == set()
    assert not cloud.sees(STRANGER, image)


def test_an_image_under_an_aws_managed_key_is_shared_with_nobody(cloud: Cloud) -> None:
    image = cloud.image(key="alias/aws/ebs")
    ec2 = cloud.ec2()
    snapshot = ec2.describe_snapshots(SnapshotIds=[image.snapshot])["Snapshots"][0]
    key = cloud.kms().describe_key(KeyId=snapshot["KmsKeyId"])["KeyMetadata"]
    assert key["KeyManager"] == "AWS"

    with pytest.raises(ClientError) as refused:
        cloud.share(image.id, RECIPIENT)
    assert refusal(refused.value) == ("InvalidParameter", 400)

    with pytest.raises(ClientError) as refused:
        cloud.share_snapshot(image.snapshot, RECIPIENT)
    assert refusal(refused.value) == ("OperationNotPermitted", 400)
    assert not cloud.sees(RECIPIENT, image.id)


def test_only_the_owner_reads_and_changes_permissions(cloud: Cloud) -> None:
    image = cloud.image()
    cloud.share(image.id, RECIPIENT)
    recipient = cloud.ec2(RECIPIENT)
    asked = {"ImageId": image.id}
    attempts: list[Callable[[], Any]] = [
        lambda: recipient.describe_image_attribute(**asked, Attribute="launchPermission"),
        lambda: recipient.modify_image_attribute(
            **asked, LaunchPermission={"Add": [{"UserId": STRANGER}]}
        ),
        lambda: recipient.reset_image_attribute(**asked, Attribute="launchPermission"),
        lambda: recipient.deregister_image(**asked),
    ]
    for attempt in attempts:
        with pytest.raises(ClientError) as refused:
            attempt()
        code, status = refusal(refused.value)
        assert code in {"AuthFailure", "UnauthorizedOperation"} and status in {400, 401, 403}
    assert cloud.launch_permissions(image.id) == {RECIPIENT}
    assert cloud.sees(OWNER, image.id)


def test_launch_permissions_take_full_arns_only(cloud: Cloud) -> None:
    organization = cloud.organization()
    image = cloud.image().id
    for item in (
        {"OrganizationArn": organization.id},
        {"OrganizationalUnitArn": organization.unit()[0]},
        {"Group": "everyone"},
    ):
        with pytest.raises(ClientError) as refused:
            cloud.ec2().modify_image_attribute(ImageId=image, LaunchPermission={"Add": [item]})
        assert refusal(refused.value) == ("InvalidAMIAttributeItemValue", 400), item
    assert cloud.launch_permissions(image) == set()
