"""Cloud Custodian finds what is shared too widely, and sets it right."""

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

CUSTODIAN = Path(sys.executable).parent / "custodian"


class Custodian:
    """The `custodian` command, as one account."""

    def __init__(self, cloud: Cloud, directory: Path, who: str = OWNER) -> None:
        self._directory = directory
        self._environment = {
            **Credentials(who).environment(cloud.url),
            "HOME": str(directory),
        }

    def __call__(
        self,
        resource: str,
        *filters: dict[str, Any],
        actions: list[dict[str, Any]] | None = None,
        **more: Any,
    ) -> list[dict[str, Any]]:
        """Runs one policy; gives the resources that its filters found."""
        policy = {
            "name": "policy",
            "resource": resource,
            "filters": list(filters),
            "actions": actions or [],
            **more,
        }
        # JSON is YAML.
        path = self._directory / "policy.yml"
        path.write_text(json.dumps({"policies": [policy]}), encoding="utf-8")
        output = self._directory / "output"
        ended = subprocess.run(
            [CUSTODIAN, "run", "--region", REGION, "--cache-period", "0",
             "--output-dir", output, path],
            env=self._environment,
            cwd=self._directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )  # fmt: skip
        # An error while it filters is logged and does not end it.
        assert ended.returncode == 0 and "ERROR" not in ended.stderr, ended.stderr
        found = json.loads((output / "policy" / "resources.json").read_text(encoding="utf-8"))
        assert isinstance(found, list)
        return found


@pytest.fixture
def custodian(cloud: Cloud, tmp_path: Path) -> Custodian:
    return Custodian(cloud, tmp_path)


def test_finds_images_shared_beyond_the_allowed_and_takes_those_back(
    cloud: Cloud, custodian: Custodian
) -> None:
    organization = cloud.organization()
    allowed, too_wide, private = (cloud.image().id for _ in range(3))
    cloud.share(allowed, RECIPIENT)
    cloud.share(
        too_wide,
        RECIPIENT,
        STRANGER,
        organization.arn,
    )
    cloud.ec2().disable_image_block_public_access()
    cloud.share(too_wide, "all")
    beyond = {"type": "cross-account", "whitelist": [RECIPIENT]}

    found = custodian("ami", beyond, actions=[{"type": "set-permissions", "remove": "matched"}])

    assert [image["ImageId"] for image in found] == [too_wide]
    violations = set(found[0]["c7n:CrossAccountViolations"])
    assert violations == {STRANGER, organization.arn, "all"}
    # Custodian takes `all` back only where it is named.
    assert cloud.launch_permissions(too_wide) == {RECIPIENT, "all"}

    custodian("ami", beyond, actions=[{"type": "set-permissions", "remove": ["all"]}])

    assert cloud.launch_permissions(too_wide) == {RECIPIENT}
    assert cloud.launch_permissions(allowed) == {RECIPIENT}
    assert cloud.launch_permissions(private) == set()
    assert not cloud.judge(STRANGER, too_wide).can_launch
    assert cloud.judge(RECIPIENT, too_wide).can_launch
    assert custodian("ami", beyond) == []


def test_sets_the_launch_permissions_that_a_policy_names(
    cloud: Cloud, custodian: Custodian
) -> None:
    organization = cloud.organization()
    _, unit = organization.unit()
    image = cloud.image().id
    cloud.share(image, STRANGER)

    custodian(
        "ami",
        {"ImageId": image},
        actions=[{"type": "set-permissions", "add": [RECIPIENT, unit], "remove": [STRANGER]}],
    )

    assert cloud.launch_permissions(image) == {RECIPIENT, unit}
    assert cloud.shared_with(RECIPIENT) == {image}
    assert cloud.shared_with(STRANGER) == set()


def test_takes_an_image_from_everybody(cloud: Cloud, custodian: Custodian) -> None:
    image, other = cloud.image().id, cloud.image().id
    cloud.share(image, STRANGER)
    cloud.share(other, STRANGER)

    custodian("ami", {"ImageId": image}, actions=[{"type": "set-permissions"}])

    assert cloud.launch_permissions(image) == set()
    assert cloud.launch_permissions(other) == {STRANGER}


def test_a_recipient_gives_up_an_image(cloud: Cloud, tmp_path: Path) -> None:
    image = cloud.image().id
    cloud.share(image, RECIPIENT, STRANGER)

    # Custodian looks at the account's own images, unless another owner is named.
    found = Custodian(cloud, tmp_path, RECIPIENT)(
        "ami",
        actions=[{"type": "cancel-launch-permission", "dryrun": False}],
        query=[{"Owners": [OWNER]}],
    )

    assert [one["ImageId"] for one in found] == [image]
    assert cloud.launch_permissions(image) == {STRANGER}
    assert not cloud.sees(RECIPIENT, image)


def test_finds_snapshots_shared_beyond_the_allowed_and_takes_those_back(
    cloud: Cloud, custodian: Custodian
) -> None:
    allowed, too_wide, private = (cloud.snapshot() for _ in range(3))
    cloud.share_snapshot(allowed, RECIPIENT)
    cloud.share_snapshot(too_wide, RECIPIENT, STRANGER)
    beyond = {"type": "cross-account", "whitelist": [RECIPIENT]}

    found = custodian(
        "ebs-snapshot", beyond, actions=[{"type": "set-permissions", "remove": "matched"}]
    )

    assert [snapshot["SnapshotId"] for snapshot in found] == [too_wide]
    assert found[0]["c7n:CrossAccountViolations"] == [STRANGER]
    assert cloud.volume_permissions(too_wide) == {RECIPIENT}
    assert cloud.volume_permissions(allowed) == {RECIPIENT}
    assert cloud.volume_permissions(private) == set()
    assert cloud.snapshots_seen_by(STRANGER, OwnerIds=[OWNER]) == set()


def test_sets_and_clears_the_permissions_of_a_snapshot(cloud: Cloud, custodian: Custodian) -> None:
    snapshot = cloud.snapshot()
    named = {"SnapshotId": snapshot}
    cloud.share_snapshot(snapshot, STRANGER)

    custodian(
        "ebs-snapshot",
        named,
        actions=[{"type": "set-permissions", "add": [RECIPIENT], "remove": [STRANGER]}],
    )
    assert cloud.volume_permissions(snapshot) == {RECIPIENT}

    custodian("ebs-snapshot", named, actions=[{"type": "set-permissions"}])
    assert cloud.volume_permissions(snapshot) == set()


def test_finds_keys_open_beyond_the_allowed_and_closes_them(
    cloud: Cloud, custodian: Custodian
) -> None:
    kms = cloud.kms()
    closed, allowed, too_wide = (cloud.key() for _ in range(3))
    for name, key in (("closed", closed), ("allowed", allowed), ("too-wide", too_wide)):
        kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    cloud.open_key(allowed, RECIPIENT)
    cloud.open_key(too_wide, STRANGER)
    image = cloud.image(key=too_wide)
    cloud.share(image.id, STRANGER)
    assert cloud.judge(STRANGER, image.id).can_launch
    beyond = {"type": "cross-account", "whitelist": [RECIPIENT]}

    found = custodian(
        "kms",
        {"AliasName": "alias/too-wide"},
        beyond,
        actions=[{"type": "remove-statements", "statement_ids": "matched"}],
    )
    everywhere = custodian("kms", beyond)

    assert [alias["AliasName"] for alias in found] == ["alias/too-wide"]
    assert everywhere == []
    opened = {one["Sid"] for one in shared_key_statements(STRANGER)}
    assert not opened & {one.get("Sid") for one in cloud.key_policy(too_wide)["Statement"]}
    assert not cloud.judge(STRANGER, image.id).can_launch
    assert root_of(RECIPIENT) in json.dumps(cloud.key_policy(allowed))


def test_counts_the_grants_of_keys(cloud: Cloud, custodian: Custodian) -> None:
    kms = cloud.kms()
    for name, grants in (("few", 1), ("many", 3)):
        key = cloud.key()
        kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
        for number in range(grants):
            kms.create_grant(
                KeyId=key,
                GranteePrincipal=root_of(RECIPIENT),
                Operations=["Decrypt"],
                Name=f"grant-{number}",
            )

    found = custodian("kms", {"type": "grant-count", "min": 2})

    assert [(alias["AliasName"], alias["GrantCount"]) for alias in found] == [("alias/many", 3)]


def test_copies_and_deregisters_images(cloud: Cloud, custodian: Custodian) -> None:
    image = cloud.image(Description="the source").id

    custodian("ami", {"ImageId": image}, actions=[{"type": "copy", "name": "copy"}])
    cloud.settle()

    copies = cloud.images_seen_by(OWNER, Owners=["self"]) - {image}
    assert len(copies) == 1

    custodian("ami", {"Name": "copy"}, actions=[{"type": "deregister"}])

    assert cloud.images_seen_by(OWNER, Owners=["self"]) == {image}
