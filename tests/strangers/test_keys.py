"""Keys of encrypted images: key policies and grants, written and read by boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud import (
    OWNER,
    RECIPIENT,
    STRANGER,
    Cloud,
    Image,
    document,
    refusal,
    root_of,
    shared_key_statements,
    statement,
)

EBS_OPERATIONS = [
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
]


def shared_image(cloud: Cloud, key: str) -> Image:
    """An encrypted image that the recipient has launch and create-volume permission of."""
    image = cloud.image(key=key)
    cloud.share(image.id, RECIPIENT)
    cloud.share_snapshot(image.snapshot, RECIPIENT)
    return image


def test_an_encrypted_image_shows_its_key_on_the_snapshot(cloud: Cloud) -> None:
    key = cloud.key()
    image = cloud.image(key=key)

    described = cloud.ec2().describe_images(ImageIds=[image.id])["Images"][0]
    disk = described["BlockDeviceMappings"][0]["Ebs"]
    assert (disk["SnapshotId"], disk["Encrypted"]) == (image.snapshot, True)
    snapshot = cloud.ec2().describe_snapshots(SnapshotIds=[image.snapshot])["Snapshots"][0]
    assert (snapshot["Encrypted"], snapshot["KmsKeyId"]) == (True, key)


def test_a_visible_image_without_its_key_does_not_launch(cloud: Cloud) -> None:
    image = shared_image(cloud, cloud.key())

    assert cloud.sees(RECIPIENT, image.id)
    judged = cloud.judge(RECIPIENT, image.id)
    assert not judged.can_launch and not judged.can_copy
    assert "key" in judged.why("launch")


def test_a_key_policy_opens_the_key_for_whom_it_names(cloud: Cloud) -> None:
    key = cloud.key()
    image = shared_image(cloud, key)
    cloud.share(image.id, STRANGER)

    cloud.open_key(key, RECIPIENT)

    judged = cloud.judge(RECIPIENT, image.id)
    assert judged.can_launch and judged.can_copy, judged
    assert not cloud.judge(STRANGER, image.id).can_launch
    assert cloud.kms(RECIPIENT).describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key


def test_a_key_policy_is_read_back_as_it_was_written(cloud: Cloud) -> None:
    key = cloud.key()
    before = cloud.key_policy(key)
    after = {**before, "Statement": [*before["Statement"], *shared_key_statements(RECIPIENT)]}

    cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(after))

    def principals(policy: dict[str, object]) -> object:
        """With every principal as a list: KMS is free to write one as a string."""
        text = json.dumps(policy)
        return json.loads(text.replace(f'["{root_of(RECIPIENT)}"]', f'"{root_of(RECIPIENT)}"'))

    assert principals(cloud.key_policy(key)) == principals(after)
    # The policy's name may be left out, and is the only one.
    named = cloud.kms().get_key_policy(KeyId=key)
    assert (named["PolicyName"], json.loads(named["Policy"])) == ("default", cloud.key_policy(key))
    assert cloud.kms().list_key_policies(KeyId=key)["PolicyNames"] == ["default"]


def test_an_organization_opens_the_key_for_its_members_only(cloud: Cloud) -> None:
    organization = cloud.organization()
    member = organization.member()
    key = cloud.key()
    image = cloud.image(key=key)
    cloud.ec2().modify_image_attribute(
        ImageId=image.id,
        LaunchPermission={"Add": [{"OrganizationArn": organization.arn}, {"UserId": STRANGER}]},
    )
    assert not cloud.judge(member, image.id).can_launch

    policy = cloud.key_policy(key)
    condition = {"StringEquals": {"aws:PrincipalOrgID": organization.id}}
    everybody = [
        {**allowed, "Principal": "*", "Condition": {**allowed.get("Condition", {}), **condition}}
        for allowed in shared_key_statements(RECIPIENT)
    ]
    policy["Statement"] += everybody
    cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))

    assert cloud.judge(member, image.id).can_launch
    assert not cloud.judge(STRANGER, image.id).can_launch


def test_a_grant_opens_the_key_until_it_is_revoked(cloud: Cloud) -> None:
    key = cloud.key()
    image = shared_image(cloud, key)
    kms = cloud.kms()

    made = kms.create_grant(
        KeyId=key,
        GranteePrincipal=root_of(RECIPIENT),
        Operations=EBS_OPERATIONS,
        Name="golden-images",
    )

    grant = cloud.grants(key)[0]
    assert grant["GrantId"] == made["GrantId"]
    assert (grant["Name"], grant["GranteePrincipal"]) == ("golden-images", root_of(RECIPIENT))
    assert set(grant["Operations"]) == set(EBS_OPERATIONS)
    assert grant["IssuingAccount"] == root_of(OWNER)
    judged = cloud.judge(RECIPIENT, image.id)
    assert judged.can_launch and judged.can_copy, judged

    kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])

    assert cloud.grants(key) == []
    assert not cloud.judge(RECIPIENT, image.id).can_launch
    with pytest.raises(ClientError) as refused:
        kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])
    assert refusal(refused.value) == ("NotFoundException", 400)


def test_a_grant_of_the_same_name_is_the_same_grant(cloud: Cloud) -> None:
    key = cloud.key()
    asked = {
        "KeyId": key,
        "GranteePrincipal": root_of(RECIPIENT),
        "Operations": EBS_OPERATIONS,
    }
    kms = cloud.kms()

    named = {kms.create_grant(**asked, Name="once")["GrantId"] for _ in range(2)}
    nameless = {kms.create_grant(**asked)["GrantId"] for _ in range(2)}

    assert (len(named), len(nameless)) == (1, 2)
    assert {grant["GrantId"] for grant in cloud.grants(key)} == named | nameless


def test_grants_are_listed_by_grantee_and_by_id(cloud: Cloud) -> None:
    key = cloud.key()
    kms = cloud.kms()
    ids = {
        account: kms.create_grant(
            KeyId=key, GranteePrincipal=root_of(account), Operations=EBS_OPERATIONS
        )["GrantId"]
        for account in (RECIPIENT, STRANGER)
    }

    by_grantee = kms.list_grants(KeyId=key, GranteePrincipal=root_of(RECIPIENT))["Grants"]
    by_id = kms.list_grants(KeyId=key, GrantId=ids[STRANGER])["Grants"]

    assert [grant["GrantId"] for grant in by_grantee] == [ids[RECIPIENT]]
    assert [grant["GrantId"] for grant in by_id] == [ids[STRANGER]]


def test_who_may_retire_a_grant_finds_and_retires_it(cloud: Cloud) -> None:
    key = cloud.key()
    made = cloud.kms().create_grant(
        KeyId=key,
        GranteePrincipal=root_of(RECIPIENT),
        RetiringPrincipal=root_of(RECIPIENT),
        Operations=EBS_OPERATIONS,
    )
    recipient = cloud.kms(RECIPIENT)
    found = recipient.list_retirable_grants(RetiringPrincipal=root_of(RECIPIENT))["Grants"]
    assert [grant["GrantId"] for grant in found] == [made["GrantId"]]

    recipient.retire_grant(KeyId=key, GrantId=made["GrantId"])

    assert cloud.grants(key) == []


def test_another_account_does_not_get_at_a_closed_key(cloud: Cloud) -> None:
    key = cloud.key()
    stranger = cloud.kms(STRANGER)
    attempts: list[Callable[[], Any]] = [
        lambda: stranger.describe_key(KeyId=key),
        lambda: stranger.get_key_policy(KeyId=key, PolicyName="default"),
        lambda: stranger.list_grants(KeyId=key),
        lambda: stranger.create_grant(
            KeyId=key, GranteePrincipal=root_of(STRANGER), Operations=["Decrypt"]
        ),
    ]
    for attempt in attempts:
        with pytest.raises(ClientError) as refused:
            attempt()
        assert refusal(refused.value) == ("AccessDeniedException", 400)
    assert cloud.grants(key) == []


def test_a_grant_for_aws_services_only_is_not_made_by_hand(cloud: Cloud) -> None:
    key = cloud.key()
    cloud.open_key(key, RECIPIENT)

    with pytest.raises(ClientError) as refused:
        cloud.kms(RECIPIENT).create_grant(
            KeyId=key, GranteePrincipal=root_of(RECIPIENT), Operations=["Decrypt"]
        )

    assert refusal(refused.value) == ("AccessDeniedException", 400)
    assert cloud.grants(key) == []


@pytest.mark.parametrize(
    "policy",
    [
        "not JSON",
        '{"Version": "2012\N{EN DASH}10\N{EN DASH}17", "Statement": []}',
        document(statement("kms:DescribeKey", Principal={"AWS": root_of(RECIPIENT)})),
    ],
    ids=["no JSON", "smart dashes", "locks the owner out"],
)
def test_a_bad_key_policy_leaves_the_old_one(cloud: Cloud, policy: str) -> None:
    key = cloud.key()
    before = cloud.key_policy(key)

    with pytest.raises(ClientError) as refused:
        cloud.kms().put_key_policy(KeyId=key, PolicyName="default", Policy=policy)

    code, status = refusal(refused.value)
    assert code in {"MalformedPolicyDocumentException", "ValidationException"} and status == 400
    assert cloud.key_policy(key) == before


def test_a_disabled_key_opens_nothing(cloud: Cloud) -> None:
    key = cloud.key()
    image = shared_image(cloud, key)
    cloud.open_key(key, RECIPIENT)
    assert cloud.judge(RECIPIENT, image.id).can_launch

    cloud.kms().disable_key(KeyId=key)

    assert cloud.kms().describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    assert not cloud.judge(RECIPIENT, image.id).can_launch
    with pytest.raises(ClientError) as refused:
        cloud.kms().create_grant(
            KeyId=key, GranteePrincipal=root_of(RECIPIENT), Operations=["Decrypt"]
        )
    assert refusal(refused.value) == ("DisabledException", 400)

    cloud.kms().enable_key(KeyId=key)

    assert cloud.judge(RECIPIENT, image.id).can_launch


def test_a_key_that_waits_for_deletion_takes_no_grant(cloud: Cloud) -> None:
    key = cloud.key()
    cloud.kms().schedule_key_deletion(KeyId=key, PendingWindowInDays=7)

    with pytest.raises(ClientError) as refused:
        cloud.kms().create_grant(
            KeyId=key, GranteePrincipal=root_of(RECIPIENT), Operations=["Decrypt"]
        )

    assert refusal(refused.value) == ("KMSInvalidStateException", 400)
    state = cloud.kms().describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    assert state == "PendingDeletion"


def test_an_alias_names_its_key(cloud: Cloud) -> None:
    key = cloud.key()
    kms = cloud.kms()
    kms.create_alias(AliasName="alias/golden", TargetKeyId=key)
    alias_arn = f"arn:aws:kms:us-east-1:{OWNER}:alias/golden"

    for name in ("alias/golden", alias_arn, key, key.rpartition("/")[2]):
        assert kms.describe_key(KeyId=name)["KeyMetadata"]["Arn"] == key
    aliases = kms.list_aliases(KeyId=key)["Aliases"]
    assert [(one["AliasName"], one["AliasArn"]) for one in aliases] == [("alias/golden", alias_arn)]
    with pytest.raises(ClientError):
        kms.create_grant(
            KeyId="alias/golden", GranteePrincipal=root_of(RECIPIENT), Operations=["Decrypt"]
        )
