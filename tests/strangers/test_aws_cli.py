"""The AWS CLI does what AWS's own pages show for sharing an image."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from cloud import ELSEWHERE, OWNER, RECIPIENT, REGION, STRANGER, Cloud, Credentials, root_of


class CommandLine:
    """The `aws` command as somebody types it, as one account."""

    def __init__(self, cloud: Cloud, who: str = OWNER, region: str = REGION) -> None:
        self._url = cloud.url
        self._environment = Credentials(who).environment(cloud.url, region)

    def __call__(self, *arguments: str) -> Any:
        """What the command prints; it has to succeed."""
        ended = self.run(*arguments)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout) if ended.stdout.strip() else None

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "awscli", *arguments]
        return subprocess.run(
            [*command, "--endpoint-url", self._url, "--output", "json"],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def aws(cloud: Cloud) -> CommandLine:
    return CommandLine(cloud)


def test_shares_an_image_and_takes_it_back(cloud: Cloud, aws: CommandLine) -> None:
    image = cloud.image().id

    aws("ec2", "modify-image-attribute", "--image-id", image,
        "--launch-permission", f"Add=[{{UserId={RECIPIENT}}},{{UserId={STRANGER}}}]")  # fmt: skip

    assert cloud.shared_with(RECIPIENT) == {image}
    shown = aws("ec2", "describe-image-attribute", "--image-id", image,
                "--attribute", "launchPermission")  # fmt: skip
    assert {one["UserId"] for one in shown["LaunchPermissions"]} == {RECIPIENT, STRANGER}

    aws("ec2", "modify-image-attribute", "--image-id", image,
        "--launch-permission", f"Remove=[{{UserId={RECIPIENT}}}]")  # fmt: skip

    assert cloud.launch_permissions(image) == {STRANGER}
    assert not cloud.judge(RECIPIENT, image).can_launch

    aws("ec2", "reset-image-attribute", "--image-id", image, "--attribute", "launchPermission")

    assert cloud.launch_permissions(image) == set()


def test_shares_with_an_organization_and_an_ou(cloud: Cloud, aws: CommandLine) -> None:
    organization = cloud.organization()
    unit, unit_arn = organization.unit()
    member, elsewhere = organization.member(unit), organization.member()
    by_unit, by_all = cloud.image().id, cloud.image().id

    aws("ec2", "modify-image-attribute", "--image-id", by_unit,
        "--launch-permission", f"Add=[{{OrganizationalUnitArn={unit_arn}}}]")  # fmt: skip
    aws("ec2", "modify-image-attribute", "--image-id", by_all,
        "--launch-permission", f"Add=[{{OrganizationArn={organization.arn}}}]")  # fmt: skip

    assert cloud.shared_with(member) == {by_unit, by_all}
    assert cloud.shared_with(elsewhere) == {by_all}
    assert cloud.shared_with(STRANGER) == set()
    told = aws("organizations", "describe-organization")["Organization"]
    assert told["Arn"] == organization.arn
    listed = aws("organizations", "list-accounts-for-parent", "--parent-id", unit)
    assert [account["Id"] for account in listed["Accounts"]] == [member]


def test_a_recipient_finds_what_is_shared_with_it(cloud: Cloud) -> None:
    shared = cloud.image().id
    cloud.image()
    cloud.share(shared, RECIPIENT)

    found = CommandLine(cloud, RECIPIENT)(
        "ec2", "describe-images", "--executable-users", "self", "--query", "Images[].ImageId"
    )

    assert found == [shared]


def test_shares_a_snapshot_and_takes_it_back(cloud: Cloud, aws: CommandLine) -> None:
    snapshot = cloud.snapshot()
    change = ["ec2", "modify-snapshot-attribute", "--snapshot-id", snapshot,
              "--attribute", "createVolumePermission", "--user-ids", RECIPIENT]  # fmt: skip

    aws(*change, "--operation-type", "add")

    assert cloud.volume_permissions(snapshot) == {RECIPIENT}
    found = CommandLine(cloud, RECIPIENT)(
        "ec2", "describe-snapshots", "--restorable-by-user-ids", "self"
    )
    assert [one["SnapshotId"] for one in found["Snapshots"]] == [snapshot]

    aws(*change, "--operation-type", "remove")

    assert cloud.volume_permissions(snapshot) == set()


def test_opens_a_key_by_a_grant_and_closes_it(cloud: Cloud, aws: CommandLine) -> None:
    key = cloud.key()
    image = cloud.image(key=key)
    cloud.share(image.id, RECIPIENT)

    made = aws("kms", "create-grant", "--key-id", key,
               "--grantee-principal", root_of(RECIPIENT), "--name", "by-hand",
               "--operations", "CreateGrant", "Decrypt", "DescribeKey",
               "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo")  # fmt: skip

    assert cloud.judge(RECIPIENT, image.id).can_launch
    listed = aws("kms", "list-grants", "--key-id", key)["Grants"]
    assert [(one["GrantId"], one["Name"]) for one in listed] == [(made["GrantId"], "by-hand")]

    aws("kms", "revoke-grant", "--key-id", key, "--grant-id", made["GrantId"])

    assert cloud.grants(key) == []
    assert not cloud.judge(RECIPIENT, image.id).can_launch


def test_opens_a_key_by_its_policy(cloud: Cloud, aws: CommandLine) -> None:
    key = cloud.key()
    image = cloud.image(key=key)
    cloud.share(image.id, RECIPIENT)
    read = ["kms", "get-key-policy", "--key-id", key, "--policy-name", "default"]
    policy = json.loads(aws(*read)["Policy"])
    policy["Statement"].append(
        {
            "Sid": "Shared",
            "Effect": "Allow",
            "Principal": {"AWS": root_of(RECIPIENT)},
            "Action": ["kms:DescribeKey", "kms:Decrypt", "kms:ReEncrypt*", "kms:CreateGrant",
                       "kms:GenerateDataKeyWithoutPlaintext"],
            "Resource": "*",
        }
    )  # fmt: skip

    aws("kms", "put-key-policy", "--key-id", key, "--policy-name", "default",
        "--policy", json.dumps(policy))  # fmt: skip

    assert [one["Sid"] for one in json.loads(aws(*read)["Policy"])["Statement"]][-1] == "Shared"
    assert cloud.judge(RECIPIENT, image.id).can_launch
    assert not cloud.judge(STRANGER, image.id).can_launch


def test_copies_an_image_and_waits_for_it(cloud: Cloud) -> None:
    image = cloud.image().id
    there = CommandLine(cloud, region=ELSEWHERE)

    copied = there("ec2", "copy-image", "--source-image-id", image, "--source-region", REGION,
                   "--name", "copy")["ImageId"]  # fmt: skip
    cloud.settle()
    there("ec2", "wait", "image-available", "--image-ids", copied)

    assert cloud.images_seen_by(OWNER, ELSEWHERE, Owners=["self"]) == {copied}
    assert cloud.launch_permissions(copied, region=ELSEWHERE) == set()


def test_writes_a_parameter_that_names_an_image(cloud: Cloud, aws: CommandLine) -> None:
    image = cloud.image().id

    aws("ssm", "put-parameter", "--name", "/golden", "--value", image,
        "--type", "String", "--data-type", "aws:ec2:image")  # fmt: skip

    read = cloud.client("ssm").get_parameter(Name="/golden")["Parameter"]
    assert (read["Value"], read["DataType"]) == (image, "aws:ec2:image")


def test_says_what_was_refused(cloud: Cloud, aws: CommandLine) -> None:
    image = cloud.image().id

    unknown = aws.run("ec2", "describe-images", "--image-ids", "ami-0123456789abcdef0")
    rehearsed = aws.run("ec2", "run-instances", "--image-id", image, "--dry-run")
    foreign = CommandLine(cloud, STRANGER).run("kms", "describe-key", "--key-id", cloud.key())

    assert "(InvalidAMIID.NotFound)" in unknown.stderr
    assert "(DryRunOperation)" in rehearsed.stderr
    assert "(AccessDeniedException)" in foreign.stderr
    assert 0 not in {unknown.returncode, rehearsed.returncode, foreign.returncode}


def test_acts_in_another_account_by_an_assumed_role(cloud: Cloud, aws: CommandLine) -> None:
    identity = cloud.client("sts", cloud.role(RECIPIENT, trusted=OWNER)).get_caller_identity()
    name = identity["Arn"].split("/")[1]

    assumed = aws("sts", "assume-role", "--role-session-name", "shift",
                  "--role-arn", f"arn:aws:iam::{RECIPIENT}:role/{name}")  # fmt: skip

    there = cloud.client("sts", Credentials.assumed(assumed)).get_caller_identity()
    assert there["Arn"] == f"arn:aws:sts::{RECIPIENT}:assumed-role/{name}/shift"
