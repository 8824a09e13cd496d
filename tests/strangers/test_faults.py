"""boto3 gets through what goes wrong on purpose, and says so where it cannot.

Its pauses, between two tries and in waiters, pass in the world's time: nobody waits.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore import endpoint, waiter
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
    WaiterError,
)

from cloud import ELSEWHERE, OWNER, RECIPIENT, REGION, STRANGER, Cloud, refusal, root_of

LOST = {"lost": None}
TAG = {"Key": "stage", "Value": "gold"}


def refused(code: str) -> dict[str, str]:
    """The outcome of a refused call."""
    return {"refused": code}


def once(operation: str, failure: Any, **more: Any) -> dict[str, Any]:
    """A fault of the first call of an operation."""
    return {"operation": operation, "call": [1], "failure": failure, **more}


@pytest.fixture(autouse=True)
def pauses(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each pause that boto3 has made."""
    made: list[float] = []

    def sleep(seconds: float) -> None:
        made.append(seconds)
        cloud.simulator.advance(seconds)

    for module in (endpoint, waiter):
        monkeypatch.setattr(module, "time", SimpleNamespace(sleep=sleep))
    return made


@pytest.fixture(params=["legacy", "standard"])
def trying(request: pytest.FixtureRequest) -> Config:
    """A client that tries again, in each of boto3's modes that keep no time of their own."""
    return Config(retries={"total_max_attempts": 8, "mode": request.param})


# --- Throttling ---


def test_calls_that_are_throttled_are_made_in_the_end(
    cloud: Cloud, trying: Config, pauses: list[float]
) -> None:
    image = cloud.image().id
    accounts = [f"{number:012}" for number in range(1, 6)]
    bucket = {"operation": "ModifyImageAttribute", "size": 2, "refill": 0.5}
    cloud.simulator.fail(buckets=[bucket])
    ec2 = cloud.client("ec2", config=trying)

    for account in accounts:
        ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": account}]})

    assert cloud.launch_permissions(image) == set(accounts)
    outcomes = cloud.simulator.outcomes("ModifyImageAttribute")
    assert outcomes.count("done") == len(accounts)
    assert outcomes.count(refused("RequestLimitExceeded")) == len(pauses) >= 1


def test_each_service_throttles_by_its_own_code(cloud: Cloud) -> None:
    key = cloud.key()
    buckets = [
        {"operation": operation, "size": 1, "refill": 0}
        for operation in ("DescribeImages", "DescribeKey")
    ]
    cloud.simulator.fail(buckets=buckets)
    for ask, throttled in (
        (cloud.ec2().describe_images, ("RequestLimitExceeded", 503)),
        (lambda: cloud.kms().describe_key(KeyId=key), ("ThrottlingException", 400)),
    ):
        ask()
        with pytest.raises(ClientError) as again:
            ask()
        assert refusal(again.value) == throttled


def test_the_buckets_are_those_that_aws_documents(cloud: Cloud) -> None:
    # One token, and one more each ten seconds.
    cloud.simulator.fail(throttling=True)
    ec2 = cloud.ec2()
    ec2.disable_image_block_public_access()

    with pytest.raises(ClientError) as again:
        ec2.disable_image_block_public_access()

    assert refusal(again.value) == ("RequestLimitExceeded", 503)
    cloud.ec2(RECIPIENT).disable_image_block_public_access()
    cloud.ec2(region=ELSEWHERE).disable_image_block_public_access()
    cloud.simulator.advance(10)
    ec2.disable_image_block_public_access()


# --- Lost answers and broken connections ---


def test_tags_are_made_once_though_the_answer_is_lost(cloud: Cloud, trying: Config) -> None:
    image = cloud.image().id
    cloud.simulator.fail(calls=[once("CreateTags", "answer_lost")])

    cloud.client("ec2", config=trying).create_tags(Resources=[image], Tags=[TAG])

    assert cloud.simulator.outcomes("CreateTags") == [LOST, "done"]
    assert cloud.ec2().describe_images(ImageIds=[image])["Images"][0]["Tags"] == [TAG]


def test_a_copy_is_made_once_though_the_answer_is_lost(cloud: Cloud, trying: Config) -> None:
    image = cloud.image().id
    cloud.simulator.fail(calls=[once("CopyImage", "answer_lost")])

    # boto3 names each copy by a token of its own.
    copied = cloud.client("ec2", config=trying).copy_image(
        SourceImageId=image, SourceRegion=REGION, Name="copy"
    )["ImageId"]

    assert cloud.simulator.outcomes("CopyImage") == [LOST, "done"]
    assert cloud.images_seen_by(OWNER, Owners=["self"]) == {image, copied}


def test_a_named_grant_is_made_once_though_the_answer_is_lost(cloud: Cloud, trying: Config) -> None:
    key = cloud.key()
    cloud.simulator.fail(calls=[once("CreateGrant", "answer_lost")])

    made = cloud.client("kms", config=trying).create_grant(
        KeyId=key, GranteePrincipal=root_of(RECIPIENT), Operations=["Decrypt"], Name="recipient"
    )["GrantId"]

    assert cloud.simulator.outcomes("CreateGrant") == [LOST, "done"]
    assert [grant["GrantId"] for grant in cloud.grants(key)] == [made]


@pytest.mark.parametrize(
    ("failure", "outcome", "is_done"),
    [("answer_lost", LOST, True), ("connection_cut", "cut", False)],
)
def test_a_client_that_gives_up_does_not_know_what_was_done(
    cloud: Cloud, failure: str, outcome: Any, is_done: bool
) -> None:
    image = cloud.image().id
    cloud.simulator.fail(calls=[once("ModifyImageAttribute", failure)])

    with pytest.raises(ConnectionClosedError):
        cloud.share(image, RECIPIENT)

    assert cloud.simulator.outcomes("ModifyImageAttribute") == [outcome]
    assert cloud.launch_permissions(image) == ({RECIPIENT} if is_done else set())


def test_an_answer_that_takes_too_long_is_not_waited_for(cloud: Cloud) -> None:
    image = cloud.image().id
    hasty = Config(read_timeout=0.2, retries={"total_max_attempts": 1})
    # An hour: no machine is as slow.
    cloud.simulator.fail(latency={"milliseconds": 3_600_000})

    with pytest.raises(ReadTimeoutError):
        cloud.client("ec2", config=hasty).create_tags(Resources=[image], Tags=[TAG])

    cloud.simulator.fail()
    assert cloud.ec2().describe_images(ImageIds=[image])["Images"][0]["Tags"] == [TAG]


# --- Errors of the service ---


@pytest.mark.parametrize(
    ("code", "status"), [("InternalError", 500), ("Unavailable", 503), ("ServiceUnavailable", 503)]
)
def test_errors_of_the_service_are_outlasted(
    cloud: Cloud, trying: Config, code: str, status: int
) -> None:
    image = cloud.image().id
    failure = {"code": {"code": code, "status": status}}
    cloud.simulator.fail(
        calls=[{"operation": "ModifyImageAttribute", "call": [1, 2, 3], "failure": failure}]
    )

    with pytest.raises(ClientError) as first:
        cloud.share(image, RECIPIENT)
    assert refusal(first.value) == (code, status)
    cloud.client("ec2", config=trying).modify_image_attribute(
        ImageId=image, LaunchPermission={"Add": [{"UserId": RECIPIENT}]}
    )

    assert cloud.simulator.outcomes("ModifyImageAttribute") == 3 * [refused(code)] + ["done"]
    assert cloud.launch_permissions(image) == {RECIPIENT}


def test_a_fault_stays_with_its_account_region_and_service(cloud: Cloud) -> None:
    fault = {"operation": "*", "service": "ec2", "account": RECIPIENT, "region": ELSEWHERE}
    cloud.simulator.fail(calls=[fault])

    with pytest.raises(ClientError) as told:
        cloud.ec2(RECIPIENT, ELSEWHERE).describe_images()

    assert refusal(told.value) == ("InternalError", 500)
    cloud.ec2(RECIPIENT).describe_images()
    cloud.ec2(STRANGER, ELSEWHERE).describe_images()
    cloud.client("kms", RECIPIENT, ELSEWHERE).list_keys()


def test_faults_that_are_wrong_are_refused_and_the_old_ones_stay(cloud: Cloud) -> None:
    cloud.simulator.fail(seed=7)
    with pytest.raises(AssertionError, match=r"400 .*calls"):
        cloud.simulator.fail(calls=[{"failure": "answer_lost"}])
    assert cloud.simulator.control("GET", "_simulator/faults")["seed"] == 7
    cloud.simulator.control("DELETE", "_simulator/faults")
    assert cloud.simulator.control("GET", "_simulator/faults")["seed"] == 0


# --- Late reads ---


def test_a_permission_is_read_late_and_holds_at_once(cloud: Cloud) -> None:
    image = cloud.image().id
    cloud.simulator.fail(staleness={"reads": 2})

    cloud.share(image, RECIPIENT)

    assert cloud.judge(RECIPIENT, image).can_launch
    read = [cloud.launch_permissions(image) for _ in range(3)]
    assert read == [set(), set(), {RECIPIENT}]


def test_grants_and_policies_are_read_late(cloud: Cloud) -> None:
    # KMS says that it may take five minutes.
    key = cloud.key()
    before = cloud.key_policy(key)
    cloud.simulator.fail(staleness={"milliseconds": 300_000})

    cloud.open_key(key, RECIPIENT)
    cloud.kms().create_grant(KeyId=key, GranteePrincipal=root_of(RECIPIENT), Operations=["Decrypt"])

    assert (cloud.grants(key), cloud.key_policy(key)) == ([], before)
    cloud.simulator.advance(300)
    assert len(cloud.grants(key)) == 1
    assert len(cloud.key_policy(key)["Statement"]) == len(before["Statement"]) + 2


# --- Copies ---


def copy(cloud: Cloud) -> str:
    copied: str = cloud.ec2().copy_image(
        SourceImageId=cloud.image().id, SourceRegion=REGION, Name="copy"
    )["ImageId"]
    return copied


def snapshot_of(cloud: Cloud, image: str) -> Any:
    devices = cloud.ec2().describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"]
    snapshot = devices[0]["Ebs"]["SnapshotId"]
    return cloud.ec2().describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]


def test_a_copy_takes_its_time_and_boto3_waits_for_it(cloud: Cloud, pauses: list[float]) -> None:
    cloud.simulator.fail(copies={"milliseconds": 600_000})
    copied = copy(cloud)
    ec2 = cloud.ec2()
    assert ec2.describe_images(ImageIds=[copied])["Images"][0]["State"] == "pending"
    cloud.simulator.advance(300)
    half = snapshot_of(cloud, copied)
    assert half["State"] == "pending" and 50 <= int(half["Progress"].rstrip("%")) < 100

    ec2.get_waiter("image_available").wait(ImageIds=[copied])

    assert 285 <= sum(pauses) <= 315
    ended = snapshot_of(cloud, copied)
    assert (ended["State"], ended["Progress"]) == ("completed", "100%")


def test_a_copy_fails_when_it_ends_and_says_why(cloud: Cloud, pauses: list[float]) -> None:
    why = "Given key ID is not accessible"
    cloud.simulator.fail(copies={"milliseconds": 60_000, "failing": [1], "reason": why})
    failing = copy(cloud)
    ec2 = cloud.ec2()
    assert ec2.describe_images(ImageIds=[failing])["Images"][0]["State"] == "pending"

    with pytest.raises(WaiterError, match="terminal failure"):
        ec2.get_waiter("image_available").wait(ImageIds=[failing])

    assert pauses
    found = ec2.describe_images(ImageIds=[failing])["Images"][0]
    assert (found["State"], found["StateReason"]["Message"]) == ("failed", why)
    assert snapshot_of(cloud, failing)["State"] == "error"
    ec2.get_waiter("image_available").wait(ImageIds=[copy(cloud)])
