"""A world that boto3 has built is saved and put back, and boto3 sees the same."""

from __future__ import annotations

from typing import Any

import pytest

from cloud import ELSEWHERE, OWNER, RECIPIENT, STRANGER, Cloud, Credentials, root_of, statement


def without_time(file: dict[str, Any]) -> dict[str, Any]:
    """Time goes on between two looks."""
    return {name: part for name, part in file.items() if name != "time"}


def test_a_world_is_the_same_when_it_is_put_back(cloud: Cloud) -> None:
    organization = cloud.organization()
    unit_id, unit = organization.unit()
    member = organization.member(unit_id)
    key = cloud.key()
    cloud.open_key(key, RECIPIENT)
    cloud.kms().create_alias(AliasName="alias/golden", TargetKeyId=key)
    cloud.kms().create_grant(
        KeyId=key, GranteePrincipal=root_of(STRANGER), Operations=["Decrypt"], Name="stranger"
    )
    image = cloud.image(key=key)
    cloud.share(image.id, RECIPIENT, STRANGER, organization.arn, unit)
    cloud.share_snapshot(image.snapshot, RECIPIENT)
    cloud.ec2().create_tags(Resources=[image.id], Tags=[{"Key": "stage", "Value": "gold"}])
    elsewhere = cloud.ec2(region=ELSEWHERE).copy_image(
        SourceImageId=image.id, SourceRegion="us-east-1", Name="copy"
    )["ImageId"]
    cloud.settle()
    cloud.client("ssm").put_parameter(Name="/golden", Value=image.id, Type="String")
    cloud.role(RECIPIENT, statement("ec2:Describe*"))
    cloud.ec2().disable_image_block_public_access()
    cloud.simulator.fail(seed=7, calls=[{"operation": "DeregisterImage"}])

    def seen() -> list[Any]:
        """Everything that a client can look at."""
        ec2, kms = cloud.ec2(), cloud.kms()
        answers = [
            ec2.describe_images(Owners=["self"])["Images"],
            cloud.ec2(region=ELSEWHERE).describe_images(Owners=["self"])["Images"],
            ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"],
            ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"],
            cloud.launch_permissions(image.id),
            cloud.volume_permissions(image.snapshot),
            cloud.shared_with(RECIPIENT),
            cloud.shared_with(member),
            kms.describe_key(KeyId="alias/golden")["KeyMetadata"],
            cloud.key_policy(key),
            cloud.grants(key),
            cloud.client("organizations").list_accounts()["Accounts"],
            cloud.client("ssm").get_parameter(Name="/golden")["Parameter"],
            cloud.client("iam", RECIPIENT).list_roles()["Roles"],
        ]
        judged = [
            repr(cloud.judge(account, image.id)) for account in (OWNER, RECIPIENT, STRANGER, member)
        ]
        return [*answers, judged]

    before, file = seen(), cloud.simulator.save()
    assert cloud.shared_with(member) == {image.id} and elsewhere
    cloud.simulator.reset()
    assert cloud.images_seen_by(OWNER, Owners=["self"]) == set()

    cloud.simulator.load(file)

    again = cloud.simulator.save()
    assert again["time"] >= file["time"]
    assert without_time(again) == without_time(file)
    assert seen() == before


def test_a_role_of_a_file_is_assumed(cloud: Cloud) -> None:
    cloud.role(RECIPIENT, statement("ec2:DescribeRegions"), trusted=OWNER)
    cloud.simulator.load(cloud.simulator.save())
    [role] = cloud.client("iam", RECIPIENT).list_roles()["Roles"]

    session = Credentials.assumed(
        cloud.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")
    )

    assert cloud.ec2(session).describe_regions()["Regions"]


def test_what_is_made_in_a_world_that_was_put_back_gets_new_ids(cloud: Cloud) -> None:
    old = {cloud.image().id, cloud.image().id}
    cloud.simulator.load(cloud.simulator.save())
    assert cloud.image().id not in old


def test_a_reset_goes_back_to_the_file(cloud: Cloud) -> None:
    image = cloud.image().id
    cloud.share(image, RECIPIENT)
    cloud.simulator.load(cloud.simulator.save())
    cloud.unshare(image, RECIPIENT)
    cloud.simulator.control("POST", "_simulator/reset")
    assert cloud.launch_permissions(image) == {RECIPIENT}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"regions": {"us-east-1": {"images": [{"name": "golden"}]}}}, "owner"),
        ({"regions": {"us-east-1": {"pictures": []}}}, "pictures"),
        ({"page_size": 0}, "page_size"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_its_field(
    cloud: Cloud, wrong: dict[str, Any], field: str
) -> None:
    image = cloud.image().id
    with pytest.raises(AssertionError, match=f"400 .*{field}"):
        cloud.simulator.load(wrong)
    assert cloud.images_seen_by(OWNER, Owners=["self"]) == {image}
