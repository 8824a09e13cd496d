"""Errors reach boto3 with AWS's codes and HTTP statuses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud import (
    OWNER,
    RECIPIENT,
    STRANGER,
    Cloud,
    Credentials,
    refusal,
    root_of,
    statement,
)

NO_IMAGE = "ami-0123456789abcdef0"
NO_SNAPSHOT = "snap-0123456789abcdef0"
NO_KEY = f"arn:aws:kms:us-east-1:{OWNER}:key/01234567-89ab-cdef-0123-456789abcdef"
NOBODY = "arn:aws:iam::{}:role/nobody"

Attempt = Callable[[Cloud], Any]

REFUSED: dict[str, tuple[Attempt, str, int]] = {
    "unknown image": (
        lambda cloud: cloud.ec2().describe_images(ImageIds=[NO_IMAGE]),
        "InvalidAMIID.NotFound",
        400,
    ),
    "one unknown image of two": (
        lambda cloud: cloud.ec2().describe_images(ImageIds=[cloud.image().id, NO_IMAGE]),
        "InvalidAMIID.NotFound",
        400,
    ),
    "malformed image": (
        lambda cloud: cloud.ec2().describe_images(ImageIds=["image-1"]),
        "InvalidAMIID.Malformed",
        400,
    ),
    "permission of an unknown image": (
        lambda cloud: cloud.share(NO_IMAGE, RECIPIENT),
        "InvalidAMIID.NotFound",
        400,
    ),
    "copy of an unknown image": (
        lambda cloud: cloud.ec2().copy_image(
            SourceImageId=NO_IMAGE, SourceRegion="us-east-1", Name="copy"
        ),
        "InvalidAMIID.NotFound",
        400,
    ),
    "unknown snapshot": (
        lambda cloud: cloud.ec2().describe_snapshots(SnapshotIds=[NO_SNAPSHOT]),
        "InvalidSnapshot.NotFound",
        400,
    ),
    "name of an image given twice": (
        lambda cloud: [cloud.image(name="golden") for _ in range(2)],
        "InvalidAMIName.Duplicate",
        400,
    ),
    "unknown key": (
        lambda cloud: cloud.kms().describe_key(KeyId=NO_KEY),
        "NotFoundException",
        400,
    ),
    "unknown alias": (
        lambda cloud: cloud.kms().describe_key(KeyId="alias/nobody"),
        "NotFoundException",
        400,
    ),
    "grants of an unknown key": (
        lambda cloud: cloud.kms().list_grants(KeyId=NO_KEY),
        "NotFoundException",
        400,
    ),
    "alias given twice": (
        lambda cloud: [
            cloud.kms().create_alias(AliasName="alias/golden", TargetKeyId=cloud.key())
            for _ in range(2)
        ],
        "AlreadyExistsException",
        400,
    ),
    "account without an organization": (
        lambda cloud: cloud.client("organizations", STRANGER).describe_organization(),
        "AWSOrganizationsNotInUseException",
        400,
    ),
    "unknown parent": (
        lambda cloud: (
            cloud.organization()
            and cloud.client("organizations").list_accounts_for_parent(ParentId="ou-abcd-01234567")
        ),
        "ParentNotFoundException",
        400,
    ),
    "member that asks for all accounts": (
        lambda cloud: cloud.client("organizations", cloud.organization().member()).list_accounts(),
        "AccessDeniedException",
        400,
    ),
    "unknown role": (
        lambda cloud: cloud.client("iam").get_role(RoleName="nobody"),
        "NoSuchEntity",
        404,
    ),
    "unknown parameter": (
        lambda cloud: cloud.client("ssm").get_parameter(Name="/golden/none"),
        "ParameterNotFound",
        400,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_has_the_code_and_status_of_aws(cloud: Cloud, case: str) -> None:
    attempt, code, status = REFUSED[case]
    with pytest.raises(ClientError) as refused:
        attempt(cloud)
    assert refusal(refused.value) == (code, status)
    metadata = refused.value.response["ResponseMetadata"]
    assert metadata["RequestId"], "an error without a request id"
    if code != "ParameterNotFound":
        assert refused.value.response["Error"]["Message"]


def test_a_message_names_the_image_in_the_words_of_aws(cloud: Cloud) -> None:
    """Cloud Custodian reads the ids out of these messages."""

    def message(*images: str) -> str:
        with pytest.raises(ClientError) as refused:
            cloud.ec2().describe_images(ImageIds=list(images))
        told: str = refused.value.response["Error"]["Message"]
        return told

    assert message(NO_IMAGE) == f"The image id '[{NO_IMAGE}]' does not exist"
    assert '"image-1"' in message("image-1")


# --- Who may ---


def refused_with(attempt: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(ClientError) as refused:
        attempt()
    return refusal(refused.value)


def test_a_role_does_what_its_policy_allows_and_nothing_else(cloud: Cloud) -> None:
    image = cloud.image().id
    reader = cloud.ec2(cloud.role(OWNER, statement("ec2:Describe*")))
    change = {"ImageId": image, "LaunchPermission": {"Add": [{"UserId": RECIPIENT}]}}

    assert [one["ImageId"] for one in reader.describe_images(Owners=["self"])["Images"]] == [image]
    denied = ("UnauthorizedOperation", 403)
    assert refused_with(lambda: reader.modify_image_attribute(**change)) == denied
    assert refused_with(lambda: reader.modify_image_attribute(**change, DryRun=True)) == denied
    assert cloud.launch_permissions(image) == set()


def test_an_explicit_deny_wins(cloud: Cloud) -> None:
    image = cloud.image().id
    role = cloud.role(
        OWNER,
        statement("ec2:*"),
        statement("ec2:ModifyImageAttribute", Effect="Deny"),
    )
    change = {"ImageId": image, "LaunchPermission": {"Add": [{"UserId": RECIPIENT}]}}
    refused = refused_with(lambda: cloud.ec2(role).modify_image_attribute(**change))
    assert refused == ("UnauthorizedOperation", 403)
    assert cloud.launch_permissions(image) == set()


def test_a_dry_run_says_so_and_changes_nothing(cloud: Cloud) -> None:
    image = cloud.image().id
    ec2 = cloud.ec2(cloud.role(OWNER, statement("ec2:*")))
    rehearsed = ("DryRunOperation", 412)
    change = {"ImageId": image, "LaunchPermission": {"Add": [{"UserId": RECIPIENT}]}}

    assert refused_with(lambda: ec2.modify_image_attribute(**change, DryRun=True)) == rehearsed
    launch = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "InstanceType": "t3.micro"}
    assert refused_with(lambda: ec2.run_instances(**launch, DryRun=True)) == rehearsed
    assert refused_with(lambda: ec2.deregister_image(ImageId=image, DryRun=True)) == rehearsed
    assert cloud.launch_permissions(image) == set()
    assert cloud.sees(OWNER, image)


def test_a_role_without_a_policy_is_denied_by_every_service(cloud: Cloud) -> None:
    key = cloud.key()
    nobody = cloud.role(OWNER)
    denied = ("AccessDeniedException", 400)

    assert refused_with(lambda: cloud.kms(nobody).describe_key(KeyId=key)) == denied
    ssm = cloud.client("ssm", nobody)
    assert refused_with(lambda: ssm.get_parameter(Name="/golden")) == denied
    organizations = cloud.client("organizations", nobody)
    assert refused_with(organizations.describe_organization) == denied
    iam = cloud.client("iam", nobody)
    assert refused_with(lambda: iam.get_role(RoleName="any")) == ("AccessDenied", 403)
    # But anybody may ask who it is.
    identity = cloud.client("sts", nobody).get_caller_identity()
    assert identity["Account"] == OWNER
    assert identity["Arn"].startswith(f"arn:aws:sts::{OWNER}:assumed-role/")


def test_an_identity_policy_alone_opens_no_key_of_another_account(cloud: Cloud) -> None:
    key = cloud.key()
    role = cloud.role(RECIPIENT, statement("kms:*"))
    asked = {"KeyId": key}

    denied = ("AccessDeniedException", 400)
    assert refused_with(lambda: cloud.kms(role).describe_key(**asked)) == denied

    cloud.open_key(key, RECIPIENT)

    assert cloud.kms(role).describe_key(**asked)["KeyMetadata"]["Arn"] == key
    bare = cloud.role(RECIPIENT)
    assert refused_with(lambda: cloud.kms(bare).describe_key(**asked)) == denied


def test_a_role_is_assumed_only_by_whom_it_trusts(cloud: Cloud) -> None:
    trusted = cloud.role(RECIPIENT, statement("ec2:DescribeImages"), trusted=OWNER)
    identity = cloud.client("sts", trusted).get_caller_identity()
    assert identity["Account"] == RECIPIENT

    name = identity["Arn"].split("/")[1]
    arn = f"arn:aws:iam::{RECIPIENT}:role/{name}"
    for who, role in ((STRANGER, arn), (OWNER, NOBODY.format(RECIPIENT))):
        refused = refused_with(
            partial(cloud.client("sts", who).assume_role, RoleArn=role, RoleSessionName="test")
        )
        assert refused == ("AccessDenied", 403)


def test_the_root_of_an_account_is_told_who_it_is(cloud: Cloud) -> None:
    identity = cloud.client("sts", STRANGER).get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (STRANGER, root_of(STRANGER))


@pytest.mark.parametrize(
    ("service", "attempt", "expected"),
    [
        ("ec2", lambda ec2: ec2.describe_images(), ("AuthFailure", 401)),
        ("kms", lambda kms: kms.list_keys(), ("UnrecognizedClientException", 400)),
        ("sts", lambda sts: sts.get_caller_identity(), ("InvalidClientTokenId", 403)),
        ("iam", lambda iam: iam.list_roles(), ("InvalidClientTokenId", 403)),
    ],
    ids=["ec2", "kms", "sts", "iam"],
)
def test_an_access_key_that_nobody_has_is_refused(
    cloud: Cloud, service: str, attempt: Callable[[Any], Any], expected: tuple[str, int]
) -> None:
    client = cloud.client(service, Credentials("AKIAIOSFODNN7EXAMPLE"))
    assert refused_with(lambda: attempt(client)) == expected


@pytest.mark.parametrize(
    ("service", "event", "operation", "expected"),
    [
        ("ec2", "before-call.ec2.DescribeImages", "describe_images", ("InvalidAction", 400)),
        ("iam", "before-call.iam.ListRoles", "list_roles", ("InvalidAction", 400)),
        ("kms", "before-call.kms.ListKeys", "list_keys", ("UnknownOperationException", 400)),
    ],
    ids=["ec2", "iam", "kms"],
)
def test_an_operation_that_aws_does_not_have_is_refused(
    cloud: Cloud, service: str, event: str, operation: str, expected: tuple[str, int]
) -> None:
    client = cloud.client(service)

    def rename(params: dict[str, Any], **_: Any) -> None:
        if service == "kms":
            params["headers"]["X-Amz-Target"] = "TrentService.MakeCoffee"
        else:
            params["body"]["Action"] = "MakeCoffee"

    client.meta.events.register(event, rename)
    assert refused_with(getattr(client, operation)) == expected


def test_every_call_is_on_record_with_its_request_id(cloud: Cloud) -> None:
    answers = [
        cloud.ec2(RECIPIENT).describe_images(Owners=["self"]),
        cloud.kms().list_keys(),
        cloud.client("sts", STRANGER).get_caller_identity(),
    ]
    with pytest.raises(ClientError) as refused:
        cloud.ec2().describe_images(ImageIds=[NO_IMAGE])
    answers.append(refused.value.response)

    recorded = [
        (call["request_id"], call["account"], call["operation"]) for call in cloud.simulator.calls()
    ]

    assert recorded == [
        (answer["ResponseMetadata"]["RequestId"], account, operation)
        for answer, account, operation in zip(
            answers,
            (RECIPIENT, OWNER, STRANGER, OWNER),
            ("DescribeImages", "ListKeys", "GetCallerIdentity", "DescribeImages"),
            strict=True,
        )
    ]
