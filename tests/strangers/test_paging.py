"""boto3's paginators get every item once, in as many pages as it takes."""

from __future__ import annotations

from typing import Any

import pytest

from cloud import OWNER, RECIPIENT, STRANGER, Cloud, root_of

SIZE = 5
ITEMS = 12


def pages(
    cloud: Cloud,
    service: str,
    operation: str,
    items: str,
    id_: str,
    size: int = SIZE,
    **arguments: Any,
) -> list[list[str]]:
    paginator = cloud.client(service).get_paginator(operation)
    read = paginator.paginate(**arguments, PaginationConfig={"PageSize": size})
    return [[item[id_] for item in page[items]] for page in read]


def check(read: list[list[str]], expected: set[str], size: int = SIZE) -> None:
    flat = [item for page in read for item in page]
    assert len(flat) == len(set(flat)), "an item came twice"
    assert set(flat) == expected
    assert all(len(page) <= size for page in read)
    assert len(read) >= -(-len(expected) // size) > 1


def test_images(cloud: Cloud) -> None:
    made = {cloud.image().id for _ in range(ITEMS)}
    check(pages(cloud, "ec2", "describe_images", "Images", "ImageId", Owners=["self"]), made)


def test_snapshots(cloud: Cloud) -> None:
    made = {cloud.snapshot() for _ in range(ITEMS)}
    read = pages(cloud, "ec2", "describe_snapshots", "Snapshots", "SnapshotId", OwnerIds=["self"])
    check(read, made)


def test_tags(cloud: Cloud) -> None:
    image = cloud.image().id
    keys = {f"key-{number}" for number in range(ITEMS)}
    cloud.ec2().create_tags(
        Resources=[image], Tags=[{"Key": key, "Value": "x"} for key in sorted(keys)]
    )
    by_image = [{"Name": "resource-id", "Values": [image]}]
    check(pages(cloud, "ec2", "describe_tags", "Tags", "Key", Filters=by_image), keys)


def test_grants(cloud: Cloud) -> None:
    key = cloud.key()
    made = {
        cloud.kms().create_grant(
            KeyId=key, GranteePrincipal=root_of(account), Operations=["Decrypt"], Name=f"grant-{n}"
        )["GrantId"]
        for account in (RECIPIENT, STRANGER)
        for n in range(ITEMS // 2)
    }
    check(pages(cloud, "kms", "list_grants", "Grants", "GrantId", KeyId=key), made)


def test_keys_and_aliases(cloud: Cloud) -> None:
    kms = cloud.kms()
    keys = [cloud.key() for _ in range(ITEMS)]
    names = {f"alias/golden-{number}" for number in range(ITEMS)}
    for name, key in zip(sorted(names), keys, strict=True):
        kms.create_alias(AliasName=name, TargetKeyId=key)

    check(pages(cloud, "kms", "list_keys", "Keys", "KeyArn"), set(keys))
    listed = pages(cloud, "kms", "list_aliases", "Aliases", "AliasName")
    own = [[name for name in page if not name.startswith("alias/aws/")] for page in listed]
    check(own, names)


@pytest.fixture
def crowded(cloud: Cloud) -> tuple[Cloud, str, set[str], set[str]]:
    """A unit with accounts and units below it."""
    organization = cloud.organization()
    unit, _ = organization.unit()
    accounts = {organization.member(unit) for _ in range(SIZE)}
    units = {organization.unit(unit)[0] for _ in range(SIZE)}
    return cloud, unit, accounts, units


def test_accounts_and_units_of_an_organization(
    crowded: tuple[Cloud, str, set[str], set[str]],
) -> None:
    cloud, unit, accounts, units = crowded

    def read(operation: str, items: str, **arguments: str) -> list[list[str]]:
        return pages(cloud, "organizations", operation, items, "Id", size=2, **arguments)

    check(read("list_accounts_for_parent", "Accounts", ParentId=unit), accounts, 2)
    listed = read("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=unit)
    check(listed, units, 2)
    check(read("list_accounts", "Accounts"), {*accounts, OWNER}, 2)
