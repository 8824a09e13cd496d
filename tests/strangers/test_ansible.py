"""Ansible's modules `amazon.aws` bring images, snapshots and keys to a wanted state."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cloud import (
    OWNER,
    RECIPIENT,
    REGION,
    STRANGER,
    Cloud,
    Credentials,
    root_of,
    shared_key_statements,
)

PLAYBOOK = Path(sys.executable).parent / "ansible-playbook"
EBS_OPERATIONS = [
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
]


class Ansible:
    """The `ansible-playbook` command on this machine, as one account."""

    def __init__(self, cloud: Cloud, directory: Path, who: str = OWNER) -> None:
        self._directory = directory
        settings = directory / "ansible.cfg"
        settings.touch()
        self._environment = {
            **Credentials(who).environment(cloud.url),
            "HOME": str(directory),
            "ANSIBLE_CONFIG": str(settings),
            "ANSIBLE_HOME": str(directory / "ansible"),
            "ANSIBLE_LOCAL_TEMP": str(directory / "local"),
            "ANSIBLE_NOCOLOR": "true",
        }

    def __call__(self, *tasks: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        """Runs the tasks, each a module and its arguments; gives what each told."""
        results = self._directory / "results.json"
        results.unlink(missing_ok=True)
        steps: list[dict[str, Any]] = [
            {f"amazon.aws.{module}": arguments, "register": f"told_{number}"}
            for number, (module, arguments) in enumerate(tasks)
        ]
        told = ", ".join(f"told_{number}" for number in range(len(tasks)))
        steps.append(
            {
                "ansible.builtin.copy": {
                    "content": f"{{{{ [{told}] | to_json }}}}",
                    "dest": str(results),
                    "mode": "0600",
                }
            }
        )
        play = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": sys.executable},
            "tasks": steps,
        }
        # JSON is YAML.
        path = self._directory / "play.yml"
        path.write_text(json.dumps([play]), encoding="utf-8")
        ended = subprocess.run(
            [PLAYBOOK, "--inventory", "localhost,", path],
            env=self._environment,
            cwd=self._directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        read = json.loads(results.read_text(encoding="utf-8"))
        assert isinstance(read, list) and len(read) == len(tasks)
        return read


@pytest.fixture
def ansible(cloud: Cloud, tmp_path: Path) -> Ansible:
    return Ansible(cloud, tmp_path)


def test_registers_an_image_and_shares_it(cloud: Cloud, ansible: Ansible) -> None:
    organization = cloud.organization()
    _, unit = organization.unit()
    snapshot = cloud.snapshot()

    [made] = ansible(
        (
            "ec2_ami",
            {
                "name": "golden",
                "description": "made by Ansible",
                "root_device_name": "/dev/xvda",
                "device_mapping": [{"device_name": "/dev/xvda", "snapshot_id": snapshot}],
                "tags": {"stage": "gold"},
                "launch_permissions": {
                    "user_ids": [RECIPIENT],
                    "org_arns": [organization.arn],
                    "org_unit_arns": [unit],
                },
                "wait": True,
            },
        )
    )

    image = made["image_id"]
    assert made["changed"] and made["state"] == "available"
    assert cloud.launch_permissions(image) == {RECIPIENT, organization.arn, unit}
    assert cloud.shared_with(RECIPIENT) == {image}
    assert not cloud.sees(STRANGER, image)
    assert cloud.judge(RECIPIENT, image).can_launch
    found = cloud.ec2().describe_images(ImageIds=[image])["Images"][0]
    assert (found["Name"], found["Description"]) == ("golden", "made by Ansible")
    assert found["Tags"] == [{"Key": "stage", "Value": "gold"}]
    assert found["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"] == snapshot
    # Ansible tags the snapshots as well.
    tagged = cloud.ec2().describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    assert tagged["Tags"] == [{"Key": "stage", "Value": "gold"}]


def test_makes_launch_permissions_exactly_those_wanted(cloud: Cloud, ansible: Ansible) -> None:
    image = cloud.image(Description="before").id
    cloud.share(image, STRANGER)
    wanted = (
        "ec2_ami",
        {
            "image_id": image,
            "description": "after",
            "tags": {"stage": "gold"},
            "launch_permissions": {"user_ids": [RECIPIENT]},
        },
    )
    cloud.simulator.control("DELETE", "_simulator/calls")

    first, second = ansible(wanted, wanted)

    assert (first["changed"], second["changed"]) == (True, False)
    assert cloud.launch_permissions(image) == {RECIPIENT}
    assert not cloud.judge(STRANGER, image).can_launch
    assert cloud.judge(RECIPIENT, image).can_launch
    found = cloud.ec2().describe_images(ImageIds=[image])["Images"][0]
    assert found["Description"] == "after"
    assert found["Tags"] == [{"Key": "stage", "Value": "gold"}]
    # The second run wrote nothing.
    operations = [call["operation"] for call in cloud.simulator.calls()]
    assert operations.count("ModifyImageAttribute") == 2
    assert operations.count("CreateTags") == 1


def test_makes_an_image_public_and_private(cloud: Cloud, ansible: Ansible) -> None:
    image = cloud.image().id
    cloud.ec2().disable_image_block_public_access()

    ansible(("ec2_ami", {"image_id": image, "launch_permissions": {"group_names": ["all"]}}))
    assert cloud.images_seen_by(STRANGER, ExecutableUsers=["all"]) == {image}

    ansible(("ec2_ami", {"image_id": image, "launch_permissions": {"group_names": []}}))
    assert cloud.launch_permissions(image) == set()
    assert not cloud.sees(STRANGER, image)


def test_a_recipient_finds_exactly_what_is_shared_with_it(cloud: Cloud, tmp_path: Path) -> None:
    shared = cloud.image()
    cloud.image()
    cloud.share(shared.id, RECIPIENT)
    cloud.share_snapshot(shared.snapshot, RECIPIENT)

    by_permission, by_owner = Ansible(cloud, tmp_path, RECIPIENT)(
        ("ec2_ami_info", {"executable_users": ["self"], "describe_image_attributes": True}),
        ("ec2_ami_info", {"owners": [OWNER]}),
    )

    for told in (by_permission, by_owner):
        assert [image["image_id"] for image in told["images"]] == [shared.id]
    # Ansible asks for the launch permissions too, and goes on when it may not.
    assert "launch_permissions" not in by_permission["images"][0]


def test_deregisters_an_image_with_its_snapshot(cloud: Cloud, ansible: Ansible) -> None:
    image, other = cloud.image(), cloud.image()
    cloud.share(image.id, RECIPIENT)

    [told] = ansible(
        ("ec2_ami", {"image_id": image.id, "state": "absent", "delete_snapshot": True})
    )

    assert told["changed"] and told["snapshots_deleted"] == [image.snapshot]
    assert cloud.images_seen_by(OWNER, Owners=["self"]) == {other.id}
    assert cloud.snapshots_seen_by(OWNER, OwnerIds=["self"]) == {other.snapshot}
    assert cloud.shared_with(RECIPIENT) == set()


def test_makes_a_snapshot_and_shares_it(cloud: Cloud, ansible: Ansible) -> None:
    volume = cloud.ec2().create_volume(AvailabilityZone=f"{REGION}a", Size=8)["VolumeId"]

    [made] = ansible(
        (
            "ec2_snapshot",
            {"volume_id": volume, "description": "by Ansible", "snapshot_tags": {"stage": "gold"}},
        )
    )
    snapshot = made["snapshot_id"]
    permission = {"snapshot_id": snapshot, "modify_create_vol_permission": True}
    share = ("ec2_snapshot", {**permission, "user_ids": [RECIPIENT]})
    first, second, read = ansible(share, share, ("ec2_snapshot_info", {"snapshot_ids": [snapshot]}))

    assert (first["changed"], second["changed"]) == (True, False)
    assert read["snapshots"][0]["create_volume_permissions"] == [{"user_id": RECIPIENT}]
    assert read["snapshots"][0]["tags"] == {"stage": "gold"}
    assert cloud.volume_permissions(snapshot) == {RECIPIENT}
    assert cloud.snapshots_seen_by(RECIPIENT, RestorableByUserIds=["self"]) == {snapshot}

    ansible(
        (
            "ec2_snapshot",
            {**permission, "purge_create_vol_permission": True, "user_ids": [STRANGER]},
        )
    )

    assert cloud.volume_permissions(snapshot) == {STRANGER}
    assert cloud.snapshots_seen_by(RECIPIENT, OwnerIds=[OWNER]) == set()


def test_makes_a_key_that_a_recipient_can_use(cloud: Cloud, ansible: Ansible) -> None:
    wanted = {
        "alias": "golden",
        "description": "golden images",
        "tags": {"stage": "gold"},
        "grants": [
            {
                "name": "recipient",
                "grantee_principal": root_of(RECIPIENT),
                "operations": EBS_OPERATIONS,
            }
        ],
    }

    made, again = ansible(("kms_key", wanted), ("kms_key", wanted))

    assert (made["changed"], again["changed"]) == (True, False)
    key = made["key_arn"]
    assert again["key_arn"] == key and again["aliases"] == ["golden"]
    image = cloud.image(key=key).id
    cloud.share(image, RECIPIENT)
    assert cloud.judge(RECIPIENT, image).can_launch
    assert [grant["Name"] for grant in cloud.grants(key)] == ["recipient"]
    assert cloud.kms().list_resource_tags(KeyId=key)["Tags"] == [
        {"TagKey": "stage", "TagValue": "gold"}
    ]

    ansible(("kms_key", {**wanted, "grants": [], "purge_grants": True}))

    assert cloud.grants(key) == []
    assert not cloud.judge(RECIPIENT, image).can_launch


def test_writes_a_key_policy_once(cloud: Cloud, ansible: Ansible) -> None:
    key = cloud.key()
    cloud.kms().create_alias(AliasName="alias/golden", TargetKeyId=key)
    policy = cloud.key_policy(key)
    policy["Statement"] += shared_key_statements(RECIPIENT)
    image = cloud.image(key=key).id
    cloud.share(image, RECIPIENT, STRANGER)
    wanted = ("kms_key", {"alias": "alias/golden", "policy": json.dumps(policy)})

    first, second = ansible(wanted, wanted)

    assert (first["changed"], second["changed"]) == (True, False)
    assert cloud.judge(RECIPIENT, image).can_launch
    assert not cloud.judge(STRANGER, image).can_launch


def test_schedules_a_key_for_deletion(cloud: Cloud, ansible: Ansible) -> None:
    key = cloud.key()

    ansible(("kms_key", {"key_id": key, "state": "absent", "pending_window": 7}))

    state = cloud.kms().describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    assert state == "PendingDeletion"
