"""What both sides are asked: everything of sharing an image that moto can do at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sides import ELSEWHERE, OWNER, RECIPIENT, REGION, STRANGER, Side

NO_IMAGE = "ami-0123456789abcdef0"
NO_SNAPSHOT = "snap-0123456789abcdef0"
NO_VOLUME = "vol-0123456789abcdef0"
NO_KEY = "01234567-89ab-cdef-0123-456789abcdef"
ORGANIZATION = f"arn:aws:organizations::{OWNER}:organization/o-abcdefghij"
UNIT = f"arn:aws:organizations::{OWNER}:ou/o-abcdefghij/ou-ab12-11112222"
RECIPIENT_ROOT = f"arn:aws:iam::{RECIPIENT}:root"
OPERATIONS = [
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
]

SCENES: dict[str, Callable[[Side], None]] = {}


def scene(play: Callable[[Side], None]) -> Callable[[Side], None]:
    SCENES[play.__name__] = play
    return play


def by(name: str, *values: str) -> list[dict[str, Any]]:
    """A filter."""
    return [{"Name": name, "Values": list(values)}]


def new_snapshot(side: Side, **encryption: Any) -> str:
    volume = side.make(
        "ec2", "create_volume", AvailabilityZone=f"{REGION}a", Size=15, **encryption
    )["VolumeId"]
    snapshot: str = side.make("ec2", "create_snapshot", VolumeId=volume)["SnapshotId"]
    return snapshot


def registering(side: Side, name: str, **more: Any) -> dict[str, Any]:
    """The arguments of RegisterImage for an image of a new snapshot."""
    return {
        "Name": name,
        "Description": "a golden image",
        "Architecture": "x86_64",
        "VirtualizationType": "hvm",
        "RootDeviceName": "/dev/sda1",
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": new_snapshot(side)}}
        ],
        **more,
    }


def new_image(side: Side, name: str = "golden") -> str:
    image: str = side.make("ec2", "register_image", **registering(side, name))["ImageId"]
    return image


@scene
def images(side: Side) -> None:
    image = side.ask("register", "ec2", "register_image", **registering(side, "golden"))["ImageId"]
    side.ask("describe", "ec2", "describe_images", ImageIds=[image])
    side.ask("describe own", "ec2", "describe_images", Owners=["self"])
    side.make("ec2", "create_tags", Resources=[image], Tags=[{"Key": "stage", "Value": "gold"}])
    for name, value in (
        ("name", "golden"),
        ("name", "gold*"),
        ("name", "nothing"),
        ("state", "available"),
        ("owner-id", OWNER),
        ("is-public", "true"),
        ("is-public", "false"),
        ("image-id", image),
        ("tag:stage", "gold"),
        ("tag:stage", "silver"),
        ("tag-key", "stage"),
        ("architecture", "x86_64"),
        ("description", "a golden image"),
    ):
        label = f"filter {name}={value if value != image else 'id'}"
        side.ask(label, "ec2", "describe_images", Owners=["self"], Filters=by(name, value))
    side.ask("id that a filter leaves out", "ec2", "describe_images",
             ImageIds=[image], Filters=by("name", "nothing"))  # fmt: skip
    side.ask("unknown", "ec2", "describe_images", ImageIds=[NO_IMAGE])
    side.ask("malformed", "ec2", "describe_images", ImageIds=["image-1"])
    side.ask("known and unknown", "ec2", "describe_images", ImageIds=[image, NO_IMAGE])
    side.ask("foreign", "ec2", "describe_images", STRANGER, ImageIds=[image])
    side.ask("deregister dry", "ec2", "deregister_image", ImageId=image, DryRun=True)
    side.ask("deregister", "ec2", "deregister_image", ImageId=image)
    side.ask("deregister again", "ec2", "deregister_image", ImageId=image)
    side.ask("describe gone", "ec2", "describe_images", ImageIds=[image])
    side.ask("deregister unknown", "ec2", "deregister_image", ImageId=NO_IMAGE)


@scene
def launch_permissions(side: Side) -> None:
    image = new_image(side)
    if not side.is_moto:
        # moto does not have the setting, and behaves as if it were off.
        side.make("ec2", "disable_image_block_public_access")

    def change(label: str, account: str = OWNER, **more: Any) -> None:
        arguments = {"ImageId": image, **more}
        side.ask(label, "ec2", "modify_image_attribute", account, **arguments)
        side.ask(f"{label}: after", "ec2", "describe_image_attribute",
                 ImageId=image, Attribute="launchPermission")  # fmt: skip

    def add(label: str, **item: str) -> None:
        change(label, LaunchPermission={"Add": [item]})

    side.ask("at first", "ec2", "describe_image_attribute",
             ImageId=image, Attribute="launchPermission")  # fmt: skip
    add("account", UserId=RECIPIENT)
    add("account again", UserId=RECIPIENT)
    add("organization", OrganizationArn=ORGANIZATION)
    add("unit", OrganizationalUnitArn=UNIT)
    add("public", Group="all")
    side.ask("public image", "ec2", "describe_images", ImageIds=[image])
    change("private", LaunchPermission={"Remove": [{"Group": "all"}]})
    swap = {"Add": [{"UserId": STRANGER}], "Remove": [{"UserId": RECIPIENT}]}
    change("add and remove", LaunchPermission=swap)
    change("remove absent", LaunchPermission={"Remove": [{"UserId": RECIPIENT}]})
    change("dry run", LaunchPermission={"Add": [{"Group": "all"}]}, DryRun=True)
    add("short account", UserId="12345")
    add("unknown group", Group="everyone")
    change("one of two is bad",
           LaunchPermission={"Add": [{"UserId": "555566667777"}, {"UserId": "bad"}]})  # fmt: skip
    change("not the owner", STRANGER, LaunchPermission={"Add": [{"UserId": STRANGER}]})
    change("unknown", ImageId=NO_IMAGE, LaunchPermission={"Add": [{"UserId": RECIPIENT}]})
    change("malformed", ImageId="image-1", LaunchPermission={"Add": [{"UserId": RECIPIENT}]})
    side.ask("description", "ec2", "describe_image_attribute",
             ImageId=image, Attribute="description")  # fmt: skip
    side.ask("product codes", "ec2", "describe_image_attribute",
             ImageId=image, Attribute="productCodes")  # fmt: skip


@scene
def what_aws_refuses(side: Side) -> None:
    """Last in its world each: what one side takes would show in later answers."""
    image = new_image(side)
    for label, item in (
        ("bare organization", {"OrganizationArn": "o-abcdefghij"}),
        ("bare unit", {"OrganizationalUnitArn": "ou-ab12-11112222"}),
        ("no principal", {}),
    ):
        side.ask(label, "ec2", "modify_image_attribute",
                 ImageId=image, LaunchPermission={"Add": [item]})  # fmt: skip
    side.ask("by lists", "ec2", "modify_image_attribute", ImageId=image,
             Attribute="launchPermission", OperationType="add", UserIds=[RECIPIENT])  # fmt: skip
    side.ask("reserved tag", "ec2", "create_tags",
             Resources=[image], Tags=[{"Key": "aws:golden", "Value": "x"}])  # fmt: skip
    side.ask("name twice", "ec2", "register_image", **registering(side, "golden"))
    key = side.make("kms", "create_key")["KeyMetadata"]["KeyId"]
    side.ask("reserved alias", "kms", "create_alias", AliasName="alias/aws/x", TargetKeyId=key)
    side.ask("no policy", "kms", "put_key_policy", KeyId=key, PolicyName="default", Policy="no")
    asked = {"KeyId": key, "GranteePrincipal": RECIPIENT_ROOT, "Operations": OPERATIONS}
    side.ask("grant", "kms", "create_grant", **asked, Name="golden")
    side.ask("grant again", "kms", "create_grant", **asked, Name="golden")
    side.make("organizations", "create_organization", FeatureSet="ALL")
    root = side.make("organizations", "list_roots")["Roots"][0]["Id"]
    for label in ("unit", "unit again"):
        side.ask(label, "organizations", "create_organizational_unit", ParentId=root, Name="unit")


@scene
def tags(side: Side) -> None:
    image = new_image(side)
    several = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
    side.ask("create dry", "ec2", "create_tags", Resources=[image], Tags=several, DryRun=True)
    side.ask("create", "ec2", "create_tags", Resources=[image], Tags=several)
    side.ask("create again", "ec2", "create_tags",
             Resources=[image], Tags=[{"Key": "a", "Value": "2"}])  # fmt: skip
    side.ask("describe", "ec2", "describe_tags", Filters=by("resource-id", image))
    side.ask("describe key", "ec2", "describe_tags", Filters=by("key", "a"))
    side.ask("describe value", "ec2", "describe_tags", Filters=by("value", "2"))
    side.ask("describe kind", "ec2", "describe_tags", Filters=by("resource-type", "image"))
    side.ask("delete other value", "ec2", "delete_tags",
             Resources=[image], Tags=[{"Key": "a", "Value": "1"}])  # fmt: skip
    side.ask("delete", "ec2", "delete_tags", Resources=[image], Tags=[{"Key": "b"}])
    side.ask("delete absent", "ec2", "delete_tags", Resources=[image], Tags=[{"Key": "c"}])
    side.ask("describe after", "ec2", "describe_tags", Filters=by("resource-id", image))
    side.ask("unknown image", "ec2", "create_tags", Resources=[NO_IMAGE], Tags=several)
    side.ask("too many", "ec2", "create_tags", Resources=[image],
             Tags=[{"Key": f"key-{n}", "Value": "x"} for n in range(51)])  # fmt: skip


@scene
def volumes_and_snapshots(side: Side) -> None:
    volume = side.ask("volume", "ec2", "create_volume",
                      AvailabilityZone=f"{REGION}a", Size=8)["VolumeId"]  # fmt: skip
    side.ask("describe volume", "ec2", "describe_volumes", VolumeIds=[volume])
    side.ask("unknown volume", "ec2", "describe_volumes", VolumeIds=[NO_VOLUME])
    stage = {"ResourceType": "snapshot", "Tags": [{"Key": "stage", "Value": "gold"}]}
    snapshot = side.ask("create", "ec2", "create_snapshot", VolumeId=volume,
                        Description="golden", TagSpecifications=[stage])["SnapshotId"]  # fmt: skip
    side.ask("of an unknown volume", "ec2", "create_snapshot", VolumeId=NO_VOLUME)
    side.ask("describe", "ec2", "describe_snapshots", SnapshotIds=[snapshot])
    for name, value in (
        ("volume-id", volume),
        ("owner-id", OWNER),
        ("status", "completed"),
        ("encrypted", "true"),
        ("description", "golden"),
        ("tag:stage", "gold"),
        ("tag:stage", "silver"),
    ):
        shown = "id" if value == volume else value
        side.ask(f"filter {name}={shown}", "ec2", "describe_snapshots",
                 SnapshotIds=[snapshot], Filters=by(name, value))  # fmt: skip
    side.ask("unknown", "ec2", "describe_snapshots", SnapshotIds=[NO_SNAPSHOT])
    side.ask("foreign", "ec2", "describe_snapshots", STRANGER, SnapshotIds=[snapshot])

    def change(label: str, operation: str, account: str = OWNER, **more: Any) -> None:
        side.ask(label, "ec2", "modify_snapshot_attribute", account, **{
            "SnapshotId": snapshot, "Attribute": "createVolumePermission",
            "OperationType": operation, **more})  # fmt: skip
        side.ask(f"{label}: after", "ec2", "describe_snapshot_attribute",
                 SnapshotId=snapshot, Attribute="createVolumePermission")  # fmt: skip

    change("share", "add", UserIds=[RECIPIENT, STRANGER])
    change("share again", "add", UserIds=[RECIPIENT])
    change("unshare", "remove", UserIds=[STRANGER])
    change("share dry", "add", UserIds=[STRANGER], DryRun=True)
    change("share with a bad group", "add", GroupNames=["everyone"])
    change("share unknown", "add", SnapshotId=NO_SNAPSHOT, UserIds=[RECIPIENT])
    change("share foreign", "add", STRANGER, UserIds=[STRANGER])
    side.ask("attribute of unknown", "ec2", "describe_snapshot_attribute",
             SnapshotId=NO_SNAPSHOT, Attribute="createVolumePermission")  # fmt: skip
    side.ask("delete", "ec2", "delete_snapshot", SnapshotId=snapshot)
    side.ask("delete again", "ec2", "delete_snapshot", SnapshotId=snapshot)
    side.ask("delete unknown", "ec2", "delete_snapshot", SnapshotId=NO_SNAPSHOT)


@scene
def encrypted_snapshots(side: Side) -> None:
    key = side.make("kms", "create_key")["KeyMetadata"]["Arn"]
    volume = side.ask("volume", "ec2", "create_volume", AvailabilityZone=f"{REGION}a", Size=8,
                      Encrypted=True, KmsKeyId=key)["VolumeId"]  # fmt: skip
    side.ask("describe volume", "ec2", "describe_volumes", VolumeIds=[volume])
    snapshot = side.ask("create", "ec2", "create_snapshot", VolumeId=volume)["SnapshotId"]
    side.ask("describe", "ec2", "describe_snapshots", SnapshotIds=[snapshot])
    side.ask("filter", "ec2", "describe_snapshots",
             SnapshotIds=[snapshot], Filters=by("encrypted", "true"))  # fmt: skip


@scene
def copies(side: Side) -> None:
    image = new_image(side)
    side.make("ec2", "modify_image_attribute", ImageId=image,
              LaunchPermission={"Add": [{"UserId": RECIPIENT}]})  # fmt: skip
    side.ask("source", "ec2", "describe_image_attribute",
             ImageId=image, Attribute="launchPermission")  # fmt: skip

    def copy(label: str, region: str, **more: Any) -> Any:
        return side.ask(label, "ec2", "copy_image", region=region, **{
            "SourceImageId": image, "SourceRegion": REGION, "Name": label, **more})  # fmt: skip

    for label, region in (("here", REGION), ("elsewhere", ELSEWHERE)):
        copied = copy(label, region, Description="a copy")["ImageId"]
        side.ask(f"{label}: describe", "ec2", "describe_images", region=region, ImageIds=[copied])
        side.ask(f"{label}: permissions", "ec2", "describe_image_attribute", region=region,
                 ImageId=copied, Attribute="launchPermission")  # fmt: skip
    copy("dry", ELSEWHERE, DryRun=True)
    copy("unknown", ELSEWHERE, SourceImageId=NO_IMAGE)
    copy("wrong Region", ELSEWHERE, SourceRegion=ELSEWHERE)
    snapshot = new_snapshot(side)
    copied = side.ask("snapshot", "ec2", "copy_snapshot", SourceSnapshotId=snapshot,
                      SourceRegion=REGION, Description="a copy")["SnapshotId"]  # fmt: skip
    side.ask("snapshot: describe", "ec2", "describe_snapshots", SnapshotIds=[copied])
    side.ask("snapshot: unknown", "ec2", "copy_snapshot",
             SourceSnapshotId=NO_SNAPSHOT, SourceRegion=REGION)  # fmt: skip


@scene
def keys(side: Side) -> None:
    made = side.ask("create", "kms", "create_key", Description="golden",
                    Tags=[{"TagKey": "stage", "TagValue": "gold"}])["KeyMetadata"]  # fmt: skip
    key, arn = made["KeyId"], made["Arn"]
    side.ask("describe id", "kms", "describe_key", KeyId=key)
    side.ask("describe ARN", "kms", "describe_key", KeyId=arn)
    side.ask("unknown", "kms", "describe_key", KeyId=NO_KEY)
    side.ask("list", "kms", "list_keys")
    side.ask("alias", "kms", "create_alias", AliasName="alias/golden", TargetKeyId=key)
    side.ask("alias again", "kms", "create_alias", AliasName="alias/golden", TargetKeyId=key)
    side.ask("alias of nothing", "kms", "create_alias", AliasName="alias/x", TargetKeyId=NO_KEY)
    side.ask("describe alias", "kms", "describe_key", KeyId="alias/golden")
    side.ask("describe alias ARN", "kms", "describe_key",
             KeyId=f"arn:aws:kms:{REGION}:{OWNER}:alias/golden")  # fmt: skip
    side.ask("unknown alias", "kms", "describe_key", KeyId="alias/nobody")
    side.ask("aliases of a key", "kms", "list_aliases", KeyId=key)
    side.ask("key tags", "kms", "list_resource_tags", KeyId=key)
    side.ask("tag", "kms", "tag_resource", KeyId=key, Tags=[{"TagKey": "a", "TagValue": "1"}])
    side.ask("untag", "kms", "untag_resource", KeyId=key, TagKeys=["stage"])
    side.ask("key tags after", "kms", "list_resource_tags", KeyId=key)
    side.ask("describe anew", "kms", "update_key_description", KeyId=key, Description="new")
    side.ask("rotation", "kms", "get_key_rotation_status", KeyId=key)
    side.ask("disable", "kms", "disable_key", KeyId=key)
    side.ask("disabled", "kms", "describe_key", KeyId=key)
    side.ask("enable", "kms", "enable_key", KeyId=key)
    side.ask("schedule deletion", "kms", "schedule_key_deletion", KeyId=key, PendingWindowInDays=7)
    side.ask("waits for deletion", "kms", "describe_key", KeyId=key)
    side.ask("cancel deletion", "kms", "cancel_key_deletion", KeyId=key)
    side.ask("after cancelling", "kms", "describe_key", KeyId=key)
    side.ask("managed key", "kms", "describe_key", KeyId="alias/aws/ebs")
    side.ask("foreign", "kms", "describe_key", STRANGER, KeyId=arn)


@scene
def key_policies(side: Side) -> None:
    key = side.make("kms", "create_key")["KeyMetadata"]["KeyId"]
    read = side.ask("default", "kms", "get_key_policy", KeyId=key, PolicyName="default")
    side.ask("names", "kms", "list_key_policies", KeyId=key)
    policy = json.loads(read["Policy"])
    policy["Statement"].append(
        {
            "Sid": "Recipient",
            "Effect": "Allow",
            "Principal": {"AWS": RECIPIENT_ROOT},
            "Action": ["kms:DescribeKey", "kms:Decrypt"],
            "Resource": "*",
        }
    )
    side.ask("put", "kms", "put_key_policy",
             KeyId=key, PolicyName="default", Policy=json.dumps(policy))  # fmt: skip
    side.ask("after", "kms", "get_key_policy", KeyId=key, PolicyName="default")
    side.ask("unnamed", "kms", "get_key_policy", KeyId=key)
    side.ask("unknown key", "kms", "get_key_policy", KeyId=NO_KEY, PolicyName="default")
    side.ask("unknown name", "kms", "get_key_policy", KeyId=key, PolicyName="other")
    side.ask("by alias", "kms", "get_key_policy", KeyId="alias/golden", PolicyName="default")


@scene
def grants(side: Side) -> None:
    key = side.make("kms", "create_key")["KeyMetadata"]["KeyId"]
    asked = {"KeyId": key, "GranteePrincipal": RECIPIENT_ROOT, "Operations": OPERATIONS}
    made = side.ask("create", "kms", "create_grant", **asked, Name="golden")["GrantId"]
    side.ask("list", "kms", "list_grants", KeyId=key)
    side.ask("by id", "kms", "list_grants", KeyId=key, GrantId=made)
    other = "arn:aws:iam::777788889999:root"
    side.ask("by grantee", "kms", "list_grants", KeyId=key, GranteePrincipal=other)
    side.ask("revoke", "kms", "revoke_grant", KeyId=key, GrantId=made)
    side.ask("revoke again", "kms", "revoke_grant", KeyId=key, GrantId=made)
    with_retiree = side.ask("retirable", "kms", "create_grant", **asked, Name="retirable",
                            RetiringPrincipal=f"arn:aws:iam::{OWNER}:root")["GrantId"]  # fmt: skip
    side.ask("list retirable", "kms", "list_retirable_grants",
             RetiringPrincipal=f"arn:aws:iam::{OWNER}:root")  # fmt: skip
    side.ask("retire", "kms", "retire_grant", KeyId=key, GrantId=with_retiree)
    side.ask("list retirable after", "kms", "list_retirable_grants",
             RetiringPrincipal=f"arn:aws:iam::{OWNER}:root")  # fmt: skip


@scene
def organizations(side: Side) -> None:
    def ask(label: str, operation: str, account: str = OWNER, **arguments: Any) -> Any:
        return side.ask(label, "organizations", operation, account, **arguments)

    ask("not in use", "describe_organization")
    ask("create", "create_organization", FeatureSet="ALL")
    ask("create again", "create_organization", FeatureSet="ALL")
    ask("describe", "describe_organization")
    root = ask("roots", "list_roots")["Roots"][0]["Id"]
    unit = ask("unit", "create_organizational_unit",
               ParentId=root, Name="unit")["OrganizationalUnit"]["Id"]  # fmt: skip
    nested = ask("nested", "create_organizational_unit",
                 ParentId=unit, Name="nested")["OrganizationalUnit"]["Id"]  # fmt: skip
    ask("describe unit", "describe_organizational_unit", OrganizationalUnitId=unit)
    ask("unknown unit", "describe_organizational_unit", OrganizationalUnitId="ou-abcd-01234567")
    ask("units", "list_organizational_units_for_parent", ParentId=root)
    ask("units below", "list_organizational_units_for_parent", ParentId=unit)
    ask("units of unknown", "list_organizational_units_for_parent", ParentId="ou-abcd-01234567")
    status = ask("account", "create_account", Email="a@example.com", AccountName="member")
    request = status["CreateAccountStatus"]["Id"]
    done = ask("status", "describe_create_account_status", CreateAccountRequestId=request)
    account = done["CreateAccountStatus"]["AccountId"]
    ask("describe account", "describe_account", AccountId=account)
    ask("parents", "list_parents", ChildId=account)
    ask("move", "move_account",
        AccountId=account, SourceParentId=root, DestinationParentId=nested)  # fmt: skip
    ask("move again", "move_account",
        AccountId=account, SourceParentId=root, DestinationParentId=nested)  # fmt: skip
    ask("parents after", "list_parents", ChildId=account)
    ask("accounts below", "list_accounts_for_parent", ParentId=nested)
    ask("accounts not below", "list_accounts_for_parent", ParentId=unit)
    ask("accounts of unknown", "list_accounts_for_parent", ParentId="ou-abcd-01234567")
    ask("children", "list_children", ParentId=unit, ChildType="ORGANIZATIONAL_UNIT")
    ask("all accounts", "list_accounts")
    ask("stranger", "describe_organization", STRANGER)


@scene
def identities(side: Side) -> None:
    side.ask("who", "sts", "get_caller_identity")
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    )
    role = side.ask("role", "iam", "create_role", RECIPIENT,
                    RoleName="copier", AssumeRolePolicyDocument=trust)["Role"]["Arn"]  # fmt: skip
    side.ask("role again", "iam", "create_role", RECIPIENT,
             RoleName="copier", AssumeRolePolicyDocument=trust)  # fmt: skip
    side.ask("get role", "iam", "get_role", RECIPIENT, RoleName="copier")
    side.ask("unknown role", "iam", "get_role", RECIPIENT, RoleName="nobody")
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "ec2:CopyImage", "Resource": "*"}],
        }
    )
    side.ask("put policy", "iam", "put_role_policy", RECIPIENT,
             RoleName="copier", PolicyName="copy", PolicyDocument=policy)  # fmt: skip
    side.ask("put policy of unknown", "iam", "put_role_policy", RECIPIENT,
             RoleName="nobody", PolicyName="copy", PolicyDocument=policy)  # fmt: skip
    side.ask("assume", "sts", "assume_role", RoleArn=role, RoleSessionName="shift")


@scene
def parameters(side: Side) -> None:
    image = new_image(side)
    asked = {"Name": "/golden", "Type": "String", "DataType": "aws:ec2:image", "Value": image}
    side.ask("put", "ssm", "put_parameter", **asked)
    side.ask("put again", "ssm", "put_parameter", **asked)
    side.ask("overwrite", "ssm", "put_parameter", **asked, Overwrite=True)
    side.ask("get", "ssm", "get_parameter", Name="/golden")
    side.ask("get several", "ssm", "get_parameters", Names=["/golden", "/none"])
    side.ask("get unknown", "ssm", "get_parameter", Name="/none")
    side.ask("delete", "ssm", "delete_parameter", Name="/golden")
    side.ask("delete again", "ssm", "delete_parameter", Name="/golden")
