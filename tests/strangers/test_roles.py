"""Roles of the recipient that the owner assumes with boto3, and what it may then rehearse."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud import (
    OWNER,
    RECIPIENT,
    REGION,
    Cloud,
    Credentials,
    document,
    refusal,
    root_of,
    statement,
)

NAME = "recipient"
ROLE = f"arn:aws:iam::{RECIPIENT}:role/{NAME}"


def role(
    cloud: Cloud, *statements: Any, actions: tuple[str, ...] = ("sts:AssumeRole",), **trust: Any
) -> None:
    """A role of the recipient that trusts the owner's account."""
    trusted = statement(*actions, Principal={"AWS": root_of(OWNER)}, **trust)
    del trusted["Resource"]
    iam = cloud.client("iam", RECIPIENT)
    iam.create_role(
        RoleName=NAME, AssumeRolePolicyDocument=document(trusted), MaxSessionDuration=43200
    )
    if statements:
        iam.put_role_policy(
            RoleName=NAME, PolicyName="inline", PolicyDocument=document(*statements)
        )


def assume(cloud: Cloud, **more: Any) -> Credentials:
    asked = {"RoleArn": ROLE, "RoleSessionName": "share-7", **more}
    return Credentials.assumed(cloud.client("sts").assume_role(**asked))


def test_an_external_id_opens_the_role(cloud: Cloud) -> None:
    role(cloud, Condition={"StringEquals": {"sts:ExternalId": "door-3"}})
    for wrong in ({}, {"ExternalId": "door-4"}):
        with pytest.raises(ClientError) as refused:
            assume(cloud, **wrong)
        assert refusal(refused.value) == ("AccessDenied", 403)

    session = assume(cloud, ExternalId="door-3")

    who = cloud.client("sts", session).get_caller_identity()
    assert (who["Account"], who["Arn"]) == (
        RECIPIENT,
        f"arn:aws:sts::{RECIPIENT}:assumed-role/{NAME}/share-7",
    )


def test_session_tags_decide_what_a_session_may(cloud: Cloud) -> None:
    tagged = {"StringEquals": {"aws:PrincipalTag/team": "images"}}
    role(
        cloud,
        statement("ec2:DescribeImages", Condition=tagged),
        actions=("sts:AssumeRole", "sts:TagSession"),
    )

    session = assume(cloud, Tags=[{"Key": "team", "Value": "images"}])

    cloud.ec2(session).describe_images(Owners=["self"])
    with pytest.raises(ClientError) as refused:
        cloud.ec2(assume(cloud)).describe_images(Owners=["self"])
    assert refusal(refused.value) == ("UnauthorizedOperation", 403)


def test_a_session_ends_with_its_time(cloud: Cloud) -> None:
    role(cloud, statement("ec2:*", "kms:*"))
    session = assume(cloud, DurationSeconds=900)

    cloud.simulator.advance(890)
    cloud.ec2(session).describe_images(Owners=["self"])
    cloud.simulator.advance(10)

    for call, code in (
        (cloud.ec2(session).describe_regions, "RequestExpired"),
        (cloud.kms(session).list_keys, "ExpiredTokenException"),
        (cloud.client("sts", session).get_caller_identity, "ExpiredToken"),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert refusal(refused.value)[0] == code


def test_a_rehearsal_tells_what_the_role_may(cloud: Cloud) -> None:
    role(cloud, statement("ec2:RunInstances", "kms:CreateGrant"))
    session = assume(cloud)
    image = cloud.image().id
    ec2 = cloud.ec2(session)

    with pytest.raises(ClientError) as unseen:
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, DryRun=True)
    cloud.share(image, RECIPIENT)
    with pytest.raises(ClientError) as launched:
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, DryRun=True)
    with pytest.raises(ClientError) as copied:
        ec2.copy_image(SourceImageId=image, SourceRegion=REGION, Name="copy", DryRun=True)

    assert refusal(unseen.value) == ("InvalidAMIID.NotFound", 400)
    assert refusal(launched.value) == ("DryRunOperation", 412)
    assert refusal(copied.value) == ("UnauthorizedOperation", 403)
    assert cloud.images_seen_by(RECIPIENT, Owners=["self"]) == set()


SERVICE = "autoscaling.amazonaws.com"
LINKED = f"arn:aws:iam::{RECIPIENT}:role/aws-service-role/{SERVICE}/AWSServiceRoleForAutoScaling"
OPERATIONS = [
    "Encrypt",
    "Decrypt",
    "ReEncryptFrom",
    "ReEncryptTo",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "DescribeKey",
    "CreateGrant",
]


def test_auto_scaling_launches_by_a_grant_that_the_recipient_makes(cloud: Cloud) -> None:
    key = cloud.key()
    policy = cloud.key_policy(key)
    policy["Statement"].append(statement("kms:*", Principal={"AWS": root_of(RECIPIENT)}))
    cloud.kms().put_key_policy(KeyId=key, Policy=document(*policy["Statement"]))
    image = cloud.image(key=key).id
    cloud.share(image, RECIPIENT)
    iam, kms = cloud.client("iam", RECIPIENT), cloud.kms(RECIPIENT)
    asked = {"KeyId": key, "GranteePrincipal": LINKED, "Operations": OPERATIONS}

    with pytest.raises(ClientError) as missing:
        iam.get_role(RoleName="AWSServiceRoleForAutoScaling")
    with pytest.raises(ClientError) as nobody:
        kms.create_grant(**asked)
    assert refusal(missing.value) == ("NoSuchEntity", 404)
    assert refusal(nobody.value) == ("InvalidArnException", 400)

    iam.create_service_linked_role(AWSServiceName=SERVICE)
    assert iam.get_role(RoleName="AWSServiceRoleForAutoScaling")["Role"]["Arn"] == LINKED
    assert not cloud.simulator.judge_principal(REGION, LINKED, image).can_launch
    with pytest.raises(ClientError) as rehearsed:
        kms.create_grant(**asked, DryRun=True)
    assert refusal(rehearsed.value)[0] == "DryRunOperationException"
    assert cloud.grants(key) == []
    kms.create_grant(**asked)

    assert cloud.simulator.judge_principal(REGION, LINKED, image).can_launch
