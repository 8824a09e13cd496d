"""What boto3 does on the simulator to set the scene and to look at the end."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from server import Judgement, Simulator

REGION = "us-east-1"
ELSEWHERE = "eu-central-1"
OWNER = "111122223333"
RECIPIENT = "444455556666"
STRANGER = "777788889999"

# No second try: an answer that a client would try again has to be seen.
_CONFIG = Config(
    retries={"total_max_attempts": 1, "mode": "standard"}, connect_timeout=5, read_timeout=30
)


@cache
def _session() -> Any:
    """One for all tests: reading a client's model takes longer than the calls of a test."""
    return boto3.Session()


@dataclass(frozen=True)
class Credentials:
    """Who calls. The simulator takes an account id as the access key of that account's root."""

    access_key: str
    secret_key: str = "any"
    token: str | None = None

    @classmethod
    def assumed(cls, answer: Mapping[str, Any]) -> Credentials:
        """From the answer of AssumeRole."""
        given = answer["Credentials"]
        return cls(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def environment(self, url: str, region: str = REGION) -> dict[str, str]:
        """For a client in a process of its own, which sees no settings of this machine's user."""
        settings = {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
            "AWS_ENDPOINT_URL": url,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
        }
        if self.token is not None:
            settings["AWS_SESSION_TOKEN"] = self.token
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {**kept, **settings}


class Cloud:
    """One world of the simulator, seen by boto3."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self._clients: dict[tuple[str, Credentials, str, Config], Any] = {}
        self._serial = itertools.count(1)

    @property
    def url(self) -> str:
        return self.simulator.url

    def client(
        self,
        service: str,
        who: str | Credentials = OWNER,
        region: str = REGION,
        config: Config = _CONFIG,
    ) -> Any:
        """A client of an account's root, or of other credentials."""
        credentials = Credentials(who) if isinstance(who, str) else who
        key = (service, credentials, region, config)
        if key not in self._clients:
            self._clients[key] = _session().client(
                service,
                region_name=region,
                endpoint_url=self.url,
                aws_access_key_id=credentials.access_key,
                aws_secret_access_key=credentials.secret_key,
                aws_session_token=credentials.token,
                config=config,
            )
        return self._clients[key]

    def ec2(self, who: str | Credentials = OWNER, region: str = REGION) -> Any:
        return self.client("ec2", who, region)

    def kms(self, who: str | Credentials = OWNER, region: str = REGION) -> Any:
        return self.client("kms", who, region)

    def name(self, what: str) -> str:
        """A name that nothing else in this world has."""
        return f"{what}-{next(self._serial)}"

    def judge(self, account: str, image: str, region: str = REGION) -> Judgement:
        return self.simulator.judge(region, account, image)

    def settle(self) -> None:
        """Lets an hour of the world's time pass, in which every copy ends."""
        self.simulator.advance(3600)

    # --- Setting the scene ---

    def snapshot(self, owner: str = OWNER, key: str | None = None, region: str = REGION) -> str:
        """A snapshot of a new volume; encrypted if there is a key."""
        ec2 = self.ec2(owner, region)
        encryption = {} if key is None else {"Encrypted": True, "KmsKeyId": key}
        volume = ec2.create_volume(AvailabilityZone=f"{region}a", Size=8, **encryption)
        snapshot: str = ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]
        return snapshot

    def image(
        self,
        owner: str = OWNER,
        key: str | None = None,
        region: str = REGION,
        name: str | None = None,
        **more: Any,
    ) -> Image:
        """An image of one new snapshot."""
        snapshot = self.snapshot(owner, key, region)
        registered = self.ec2(owner, region).register_image(
            Name=name or self.name("golden"),
            Architecture="x86_64",
            VirtualizationType="hvm",
            RootDeviceName="/dev/xvda",
            BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}],
            **more,
        )
        return Image(registered["ImageId"], snapshot)

    def key(self, owner: str = OWNER, region: str = REGION, **more: Any) -> str:
        """The ARN of a new customer managed key with the default key policy."""
        arn: str = self.kms(owner, region).create_key(**more)["KeyMetadata"]["Arn"]
        return arn

    def share(self, image: str, *principals: str) -> None:
        """Gives launch permission of an image of the owner to accounts, ARNs, or `all`."""
        added = [launch_item(principal) for principal in principals]
        self.ec2().modify_image_attribute(ImageId=image, LaunchPermission={"Add": added})

    def unshare(self, image: str, *principals: str) -> None:
        """Takes launch permission back."""
        removed = [launch_item(principal) for principal in principals]
        self.ec2().modify_image_attribute(ImageId=image, LaunchPermission={"Remove": removed})

    def share_snapshot(self, snapshot: str, *accounts: str) -> None:
        """Gives accounts create-volume permission of a snapshot of the owner."""
        added = [{"UserId": account} for account in accounts]
        self.ec2().modify_snapshot_attribute(
            SnapshotId=snapshot, CreateVolumePermission={"Add": added}
        )

    def open_key(self, key: str, *accounts: str, owner: str = OWNER) -> None:
        """Adds the statements to the key policy that AWS documents for a shared snapshot."""
        kms = self.kms(owner)
        policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
        policy["Statement"] += shared_key_statements(*accounts)
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))

    def role(
        self, account: str, *statements: Mapping[str, Any], trusted: str | None = None
    ) -> Credentials:
        """A session of a new role of the account, which has no policy but these statements."""
        trusted = trusted or account
        name = self.name("role")
        iam = self.client("iam", account)
        trust = statement("sts:AssumeRole", Principal={"AWS": root_of(trusted)})
        del trust["Resource"]
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="inline", PolicyDocument=document(*statements)
            )
        return Credentials.assumed(
            self.client("sts", trusted).assume_role(RoleArn=role["Arn"], RoleSessionName="test")
        )

    def organization(self) -> Organization:
        """A new organization whose management account is the owner's."""
        client = self.client("organizations")
        made = client.create_organization(FeatureSet="ALL")["Organization"]
        root = client.list_roots()["Roots"][0]["Id"]
        return Organization(self, made["Id"], made["Arn"], root)

    # --- Looking at the end ---

    def launch_permissions(self, image: str, owner: str = OWNER, region: str = REGION) -> set[str]:
        """Who may launch, as the owner reads it: account ids, ARNs, and `all`."""
        read = self.ec2(owner, region).describe_image_attribute(
            ImageId=image, Attribute="launchPermission"
        )
        return only_values(read["LaunchPermissions"])

    def volume_permissions(
        self, snapshot: str, owner: str = OWNER, region: str = REGION
    ) -> set[str]:
        """Who may create volumes, as the owner reads it: account ids and `all`."""
        read = self.ec2(owner, region).describe_snapshot_attribute(
            SnapshotId=snapshot, Attribute="createVolumePermission"
        )
        return only_values(read["CreateVolumePermissions"])

    def shared_with(self, account: str, region: str = REGION) -> set[str]:
        """The images that the account finds among those that others let it launch."""
        return self.images_seen_by(account, region, ExecutableUsers=["self"])

    def images_seen_by(self, account: str, region: str = REGION, **arguments: Any) -> set[str]:
        pages = self.ec2(account, region).get_paginator("describe_images").paginate(**arguments)
        return {image["ImageId"] for page in pages for image in page["Images"]}

    def snapshots_seen_by(self, account: str, region: str = REGION, **arguments: Any) -> set[str]:
        pages = self.ec2(account, region).get_paginator("describe_snapshots").paginate(**arguments)
        return {snapshot["SnapshotId"] for page in pages for snapshot in page["Snapshots"]}

    def sees(self, account: str, image: str, region: str = REGION) -> bool:
        """Whether the account can look the image up by its id."""
        try:
            found = self.ec2(account, region).describe_images(ImageIds=[image])["Images"]
        except ClientError as error:
            assert error.response["Error"]["Code"] == "InvalidAMIID.NotFound", error
            return False
        assert [one["ImageId"] for one in found] == [image]
        return True

    def grants(self, key: str, owner: str = OWNER) -> list[dict[str, Any]]:
        pages = self.kms(owner).get_paginator("list_grants").paginate(KeyId=key)
        return [grant for page in pages for grant in page["Grants"]]

    def key_policy(self, key: str, owner: str = OWNER) -> dict[str, Any]:
        read = self.kms(owner).get_key_policy(KeyId=key, PolicyName="default")
        policy: dict[str, Any] = json.loads(read["Policy"])
        return policy


@dataclass(frozen=True)
class Image:
    """An image and its one snapshot."""

    id: str
    snapshot: str


@dataclass(frozen=True)
class Organization:
    """An organization that this world has just got."""

    cloud: Cloud
    id: str
    arn: str
    root: str

    def unit(self, parent: str | None = None) -> tuple[str, str]:
        """The id and ARN of a new OU, below the root unless another parent is named."""
        made = self.cloud.client("organizations").create_organizational_unit(
            ParentId=parent or self.root, Name=self.cloud.name("unit")
        )["OrganizationalUnit"]
        return made["Id"], made["Arn"]

    def member(self, parent: str | None = None) -> str:
        """The id of a new member account, below the root unless another parent is named."""
        client = self.cloud.client("organizations")
        name = self.cloud.name("member")
        made = client.create_account(Email=f"{name}@example.com", AccountName=name)
        status = client.describe_create_account_status(
            CreateAccountRequestId=made["CreateAccountStatus"]["Id"]
        )["CreateAccountStatus"]
        assert status["State"] == "SUCCEEDED", status
        account: str = status["AccountId"]
        if parent is not None:
            self.move(account, self.root, parent)
        return account

    def move(self, account: str, source: str, destination: str) -> None:
        self.cloud.client("organizations").move_account(
            AccountId=account, SourceParentId=source, DestinationParentId=destination
        )


def launch_item(principal: str) -> dict[str, str]:
    """An item of a launch permission, for an account id, an ARN, or `all`."""
    if principal == "all":
        return {"Group": principal}
    if ":organization/" in principal:
        return {"OrganizationArn": principal}
    if ":ou/" in principal:
        return {"OrganizationalUnitArn": principal}
    return {"UserId": principal}


def root_of(account: str) -> str:
    """The principal of a policy that stands for the whole account."""
    return f"arn:aws:iam::{account}:root"


def statement(*actions: str, **more: Any) -> dict[str, Any]:
    """A statement of a policy; allows the actions on everything, unless told otherwise."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def shared_key_statements(*accounts: str) -> list[dict[str, Any]]:
    """What AWS's page about sharing the key of an encrypted snapshot shows."""
    principal = {"AWS": [root_of(account) for account in accounts]}
    return [
        statement(
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
            "kms:DescribeKey",
            Sid="Allow use of the key",
            Principal=principal,
        ),
        statement(
            "kms:CreateGrant",
            "kms:ListGrants",
            "kms:RevokeGrant",
            Sid="Allow attachment of persistent resources",
            Principal=principal,
            Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]


def only_values(items: list[dict[str, str]]) -> set[str]:
    """The values of items that have one field each."""
    values = [value for item in items for value in item.values()]
    assert len(values) == len(items), f"an item names more than one principal: {items}"
    assert len(values) == len(set(values)), f"a principal is named twice: {items}"
    return set(values)


def refusal(error: ClientError) -> tuple[str, int]:
    """The code and the HTTP status of an error."""
    metadata = error.response["ResponseMetadata"]
    return error.response["Error"]["Code"], metadata["HTTPStatusCode"]
