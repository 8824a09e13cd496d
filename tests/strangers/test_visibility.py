"""A recipient sees exactly what is shared with it: boto3 shares, and looks from every side."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from cloud import OWNER, RECIPIENT, STRANGER, Cloud, refusal


def make_public(cloud: Cloud, image: str) -> None:
    cloud.ec2().disable_image_block_public_access()
    cloud.share(image, "all")


def test_an_account_sees_what_names_it_and_nothing_else(cloud: Cloud) -> None:
    for_recipient, for_stranger, private = (cloud.image().id for _ in range(3))
    cloud.share(for_recipient, RECIPIENT)
    cloud.share(for_stranger, STRANGER)

    assert cloud.shared_with(RECIPIENT) == {for_recipient}
    assert cloud.images_seen_by(RECIPIENT, Owners=[OWNER]) == {for_recipient}
    assert cloud.images_seen_by(RECIPIENT, Owners=["self"]) == set()
    assert cloud.sees(RECIPIENT, for_recipient)
    assert not cloud.sees(RECIPIENT, for_stranger)
    assert not cloud.sees(RECIPIENT, private)
    assert cloud.shared_with(STRANGER) == {for_stranger}
    assert cloud.judge(RECIPIENT, for_recipient).can_launch
    assert not cloud.judge(RECIPIENT, for_stranger).can_launch
    assert not cloud.judge(RECIPIENT, private).can_launch


def test_the_owner_finds_its_images_by_whom_they_name(cloud: Cloud) -> None:
    named, other = cloud.image().id, cloud.image().id
    cloud.share(named, RECIPIENT)
    cloud.share(other, STRANGER)

    assert cloud.images_seen_by(OWNER, Owners=["self"]) == {named, other}
    assert cloud.images_seen_by(OWNER, ExecutableUsers=[RECIPIENT]) == {named}
    # What an account owns is not shared with it.
    assert cloud.shared_with(OWNER) == set()


def test_everybody_sees_a_public_image(cloud: Cloud) -> None:
    public, private = cloud.image().id, cloud.image().id
    make_public(cloud, public)

    assert cloud.images_seen_by(STRANGER, Owners=[OWNER]) == {public}
    assert cloud.images_seen_by(STRANGER, ExecutableUsers=["all"]) == {public}
    seen = cloud.ec2(STRANGER).describe_images(ImageIds=[public])["Images"][0]
    assert (seen["Public"], seen["OwnerId"]) == (True, OWNER)
    assert cloud.judge(STRANGER, public).can_launch
    assert not cloud.judge(STRANGER, private).can_launch

    cloud.unshare(public, "all")

    assert not cloud.sees(STRANGER, public)
    assert not cloud.ec2().describe_images(ImageIds=[public])["Images"][0]["Public"]
    assert not cloud.judge(STRANGER, public).can_launch


def test_an_organization_sees_what_names_it_and_other_accounts_do_not(cloud: Cloud) -> None:
    organization = cloud.organization()
    nested, _ = organization.unit(organization.unit()[0])
    members = [organization.member(), organization.member(nested)]
    shared, private = cloud.image().id, cloud.image().id
    cloud.share(shared, organization.arn)

    assert cloud.launch_permissions(shared) == {organization.arn}
    for member in members:
        assert cloud.shared_with(member) == {shared}
        assert cloud.judge(member, shared).can_launch
        assert not cloud.sees(member, private)
    assert cloud.shared_with(STRANGER) == set()
    assert not cloud.judge(STRANGER, shared).can_launch
    # The owner asks for one account: only images that name the account itself count.
    assert cloud.images_seen_by(OWNER, ExecutableUsers=[members[0]]) == set()


def test_access_by_an_ou_follows_an_account_in_and_out(cloud: Cloud) -> None:
    organization = cloud.organization()
    unit, arn = organization.unit()
    nested, _ = organization.unit(unit)
    account = organization.member()
    image = cloud.image().id
    cloud.share(image, arn)
    assert cloud.shared_with(account) == set()

    organization.move(account, organization.root, nested)

    assert cloud.shared_with(account) == {image}
    assert cloud.judge(account, image).can_launch

    organization.move(account, nested, organization.root)

    assert cloud.shared_with(account) == set()
    assert not cloud.judge(account, image).can_launch


def test_an_account_that_is_removed_loses_the_image(cloud: Cloud) -> None:
    image = cloud.image().id
    cloud.share(image, RECIPIENT)
    cloud.share(image, STRANGER)

    cloud.unshare(image, RECIPIENT)

    assert cloud.launch_permissions(image) == {STRANGER}
    assert not cloud.sees(RECIPIENT, image)
    assert not cloud.judge(RECIPIENT, image).can_launch
    assert cloud.sees(STRANGER, image)


def test_an_account_that_is_removed_keeps_what_its_organization_gives(cloud: Cloud) -> None:
    organization = cloud.organization()
    member = organization.member()
    image = cloud.image().id
    cloud.share(image, organization.arn)
    cloud.share(image, member)

    cloud.unshare(image, member)

    assert cloud.launch_permissions(image) == {organization.arn}
    assert cloud.sees(member, image)
    assert cloud.judge(member, image).can_launch


def test_adding_twice_and_removing_what_is_not_there_change_nothing(cloud: Cloud) -> None:
    image = cloud.image().id
    cloud.share(image, RECIPIENT)
    cloud.share(image, RECIPIENT)
    cloud.unshare(image, STRANGER)

    assert cloud.launch_permissions(image) == {RECIPIENT}


def test_one_call_adds_and_removes(cloud: Cloud) -> None:
    image = cloud.image().id
    cloud.share(image, RECIPIENT)

    cloud.ec2().modify_image_attribute(
        ImageId=image,
        LaunchPermission={"Add": [{"UserId": STRANGER}], "Remove": [{"UserId": RECIPIENT}]},
    )

    assert cloud.launch_permissions(image) == {STRANGER}
    assert not cloud.sees(RECIPIENT, image)


def test_a_bad_item_leaves_all_items_of_its_call_undone(cloud: Cloud) -> None:
    image = cloud.image().id
    with pytest.raises(ClientError) as refused:
        cloud.ec2().modify_image_attribute(
            ImageId=image,
            LaunchPermission={"Add": [{"UserId": RECIPIENT}, {"UserId": "1234"}]},
        )

    assert refusal(refused.value) == ("InvalidAMIAttributeItemValue", 400)
    assert cloud.launch_permissions(image) == set()


def test_a_reset_takes_the_image_from_everybody(cloud: Cloud) -> None:
    organization = cloud.organization()
    member = organization.member()
    image = cloud.image().id
    cloud.share(image, RECIPIENT)
    cloud.share(image, organization.arn)

    cloud.ec2().reset_image_attribute(ImageId=image, Attribute="launchPermission")

    assert cloud.launch_permissions(image) == set()
    assert not cloud.sees(RECIPIENT, image)
    assert not cloud.sees(member, image)
    assert cloud.sees(OWNER, image)


def test_a_recipient_gives_up_its_own_entry_only(cloud: Cloud) -> None:
    image = cloud.image().id
    cloud.share(image, RECIPIENT)
    cloud.share(image, STRANGER)

    answer = cloud.ec2(RECIPIENT).cancel_image_launch_permission(ImageId=image)

    assert answer["Return"] is True
    assert cloud.launch_permissions(image) == {STRANGER}
    assert not cloud.sees(RECIPIENT, image)


def test_a_disabled_image_has_lost_its_launch_permissions(cloud: Cloud) -> None:
    image = cloud.image().id
    cloud.share(image, RECIPIENT)

    cloud.ec2().disable_image(ImageId=image)

    assert cloud.images_seen_by(OWNER, Owners=["self"]) == set()
    assert cloud.images_seen_by(OWNER, Owners=["self"], IncludeDisabled=True) == {image}
    assert not cloud.sees(RECIPIENT, image)

    cloud.ec2().enable_image(ImageId=image)

    assert cloud.launch_permissions(image) == set()
    assert not cloud.judge(RECIPIENT, image).can_launch


def test_a_share_is_of_one_region(cloud: Cloud) -> None:
    here = cloud.image().id
    there = cloud.image(region="eu-central-1").id
    cloud.share(here, RECIPIENT)

    assert cloud.shared_with(RECIPIENT) == {here}
    assert cloud.shared_with(RECIPIENT, "eu-central-1") == set()
    assert not cloud.sees(RECIPIENT, there, "eu-central-1")
    assert not cloud.sees(OWNER, here, "eu-central-1")


def test_tags_stay_with_the_account_that_made_them(cloud: Cloud) -> None:
    image = cloud.image().id
    cloud.ec2().create_tags(Resources=[image], Tags=[{"Key": "stage", "Value": "gold"}])
    cloud.share(image, RECIPIENT)
    cloud.ec2(RECIPIENT).create_tags(Resources=[image], Tags=[{"Key": "mine", "Value": "yes"}])

    def tags(account: str) -> list[dict[str, str]]:
        found = cloud.ec2(account).describe_images(ImageIds=[image])["Images"][0]
        read: list[dict[str, str]] = found.get("Tags", [])
        return read

    assert tags(OWNER) == [{"Key": "stage", "Value": "gold"}]
    assert tags(RECIPIENT) == [{"Key": "mine", "Value": "yes"}]
    by_tag = [{"Name": "tag:stage", "Values": ["gold"]}]
    assert cloud.images_seen_by(OWNER, Filters=by_tag) == {image}
    assert cloud.images_seen_by(RECIPIENT, Filters=by_tag) == set()
