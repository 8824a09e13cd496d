"""How far copies are, within which time they are done, and what keeps an image, seen by boto3."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud import OWNER, RECIPIENT, REGION, Cloud, refusal

HOUR = 3600


def copy(cloud: Cloud, image: str, **more: Any) -> str:
    copied: str = cloud.ec2().copy_image(
        SourceImageId=image, SourceRegion=REGION, Name=cloud.name("copy"), **more
    )["ImageId"]
    return copied


def snapshot_of(cloud: Cloud, image: str) -> Any:
    """The one snapshot of an image, also while the image is pending."""
    found = cloud.ec2().describe_images(ImageIds=[image])["Images"][0]
    snapshot = found["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    return cloud.ec2().describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]


def test_the_snapshots_of_a_pending_copy_tell_how_far_it_is(cloud: Cloud) -> None:
    image = cloud.image().id
    cloud.simulator.fail(copies={"milliseconds": HOUR * 1000, "failing": [1], "reason": "no room"})
    copied = copy(cloud, image)

    cloud.simulator.advance(HOUR / 2)
    half = snapshot_of(cloud, copied)
    cloud.simulator.advance(HOUR / 2)
    end = snapshot_of(cloud, copied)

    assert (half["State"], half["Progress"]) == ("pending", "50%")
    assert (end["State"], end["StateMessage"]) == ("error", "no room")
    found = cloud.ec2().describe_images(ImageIds=[copied])["Images"][0]
    assert (found["State"], found["StateReason"]["Message"]) == ("failed", "no room")


def test_a_time_based_copy_is_done_in_time(cloud: Cloud) -> None:
    image = cloud.image().id
    cloud.simulator.fail(copies={"milliseconds": HOUR * 1000})

    copied = copy(cloud, image, SnapshotCopyCompletionDurationMinutes=15)
    cloud.simulator.advance(15 * 60)

    snapshot = snapshot_of(cloud, copied)
    assert snapshot["State"] == "completed"
    assert (snapshot["TransferType"], snapshot["CompletionDurationMinutes"]) == ("time-based", 15)
    with pytest.raises(ClientError) as refused:
        copy(cloud, image, SnapshotCopyCompletionDurationMinutes=20)
    assert refusal(refused.value) == ("InvalidParameterValue", 400)


def test_as_many_copies_run_as_the_quotas_say(cloud: Cloud) -> None:
    quotas = {"image_copies": 1, "snapshot_copies": 1}
    cloud.simulator.load({"accounts": [{"id": OWNER, "quotas": quotas}]})
    image = cloud.image()
    cloud.simulator.fail(copies={"milliseconds": HOUR * 1000})
    asked = {"SourceSnapshotId": image.snapshot, "SourceRegion": REGION}

    copy(cloud, image.id)
    cloud.ec2().copy_snapshot(**asked)

    for again in (lambda: copy(cloud, image.id), lambda: cloud.ec2().copy_snapshot(**asked)):
        with pytest.raises(ClientError) as refused:
            again()
        assert refusal(refused.value) == ("ResourceLimitExceeded", 400)
    cloud.settle()
    copy(cloud, image.id)


def test_a_protected_image_stays_until_its_cooldown_is_over(cloud: Cloud) -> None:
    image = cloud.image().id
    ec2 = cloud.ec2()
    ec2.enable_image_deregistration_protection(ImageId=image, WithCooldown=True)
    ec2.disable_image_deregistration_protection(ImageId=image)
    with pytest.raises(ClientError) as refused:
        ec2.deregister_image(ImageId=image)
    assert refusal(refused.value) == ("OperationNotPermitted", 400)

    cloud.simulator.advance(24 * HOUR)

    ec2.deregister_image(ImageId=image)
    assert cloud.images_seen_by(OWNER, Owners=["self"]) == set()


def test_audit_mode_marks_what_enabled_hides(cloud: Cloud) -> None:
    image = cloud.image().id
    cloud.share(image, RECIPIENT)
    ec2 = cloud.ec2(RECIPIENT)
    ec2.replace_image_criteria_in_allowed_images_settings(
        ImageCriteria=[{"ImageProviders": ["amazon"]}]
    )

    ec2.enable_allowed_images_settings(AllowedImagesSettingsState="audit-mode")
    marked = ec2.describe_images(ImageIds=[image])["Images"][0]
    assert marked["ImageAllowed"] is False
    assert cloud.judge(RECIPIENT, image).can_launch

    ec2.enable_allowed_images_settings(AllowedImagesSettingsState="enabled")
    assert ec2.get_allowed_images_settings()["State"] == "enabled"
    assert not cloud.sees(RECIPIENT, image)
    judged = cloud.judge(RECIPIENT, image)
    assert not judged.can_launch and "Allowed AMIs" in judged.why("launch")
