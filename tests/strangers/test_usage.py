"""Who uses an image: usage reports, references and the last launch, read by boto3."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud import OWNER, RECIPIENT, STRANGER, Cloud, refusal

INSTANCES: list[Any] = [{"ResourceType": "ec2:Instance"}]
DAY = 24 * 60 * 60


def launch(cloud: Cloud, image: str, who: str) -> str:
    ran = cloud.ec2(who).run_instances(ImageId=image, MinCount=1, MaxCount=1)
    instance: str = ran["Instances"][0]["InstanceId"]
    return instance


def used(cloud: Cloud) -> str:
    """An image that the recipient has launched twice, and a stranger once."""
    image = cloud.image().id
    cloud.share(image, RECIPIENT, STRANGER)
    for who in (RECIPIENT, RECIPIENT, STRANGER):
        launch(cloud, image, who)
    return image


def test_a_report_counts_the_instances_of_each_account(cloud: Cloud) -> None:
    image = used(cloud)
    cloud.simulator.fail(reports={"milliseconds": 60_000})
    ec2 = cloud.ec2()

    report = ec2.create_image_usage_report(
        ImageId=image, ResourceTypes=INSTANCES, ClientToken="once"
    )["ReportId"]

    again = ec2.create_image_usage_report(
        ImageId=image, ResourceTypes=INSTANCES, ClientToken="once"
    )
    assert again["ReportId"] == report
    (pending,) = ec2.describe_image_usage_reports(ReportIds=[report])["ImageUsageReports"]
    assert (pending["State"], pending["ImageId"]) == ("pending", image)
    assert (pending["ExpirationTime"] - pending["CreationTime"]).days == 30
    entries = ec2.get_paginator("describe_image_usage_report_entries")
    assert (
        ec2.describe_image_usage_report_entries(ReportIds=[report])["ImageUsageReportEntries"] == []
    )
    cloud.simulator.advance(60)
    (done,) = ec2.describe_image_usage_reports(ImageIds=[image])["ImageUsageReports"]
    assert done["State"] == "available"
    pages = entries.paginate(ReportIds=[report], PaginationConfig={"PageSize": 1})
    found = [entry for page in pages for entry in page["ImageUsageReportEntries"]]
    assert [(one["AccountId"], one["ResourceType"], one["UsageCount"]) for one in found] == [
        (RECIPIENT, "ec2:Instance", 2),
        (STRANGER, "ec2:Instance", 1),
    ]
    assert ec2.delete_image_usage_report(ReportId=report)["Return"] is True
    assert ec2.describe_image_usage_reports()["ImageUsageReports"] == []


def test_a_report_is_the_owners_alone(cloud: Cloud) -> None:
    image = used(cloud)
    with pytest.raises(ClientError) as refused:
        cloud.ec2(RECIPIENT).create_image_usage_report(ImageId=image, ResourceTypes=INSTANCES)
    assert refusal(refused.value)[0] == "AuthFailure"
    cloud.ec2().create_image_usage_report(ImageId=image, ResourceTypes=INSTANCES)
    assert cloud.ec2(RECIPIENT).describe_image_usage_reports()["ImageUsageReports"] == []


def test_references_are_the_callers_own(cloud: Cloud) -> None:
    image = used(cloud)
    instance = launch(cloud, image, OWNER)
    ssm = cloud.client("ssm")
    ssm.put_parameter(Name="/golden", Value=image, Type="String", DataType="aws:ec2:image")

    found = cloud.ec2().describe_image_references(ImageIds=[image], IncludeAllResourceTypes=True)

    arns = {(one["ResourceType"], one["Arn"].rsplit(":", 1)[1]) for one in found["ImageReferences"]}
    assert arns == {("ec2:Instance", f"instance/{instance}"), ("ssm:Parameter", "parameter/golden")}


def test_the_last_launch_is_told_a_day_later(cloud: Cloud) -> None:
    image = used(cloud)
    asked = {"ImageId": image, "Attribute": "lastLaunchedTime"}

    before = cloud.ec2().describe_image_attribute(**asked)
    cloud.simulator.advance(DAY)
    after = cloud.ec2().describe_image_attribute(**asked)

    assert "Value" not in before.get("LastLaunchedTime", {})
    assert after["LastLaunchedTime"]["Value"].startswith("2026-01-01T")
    told = cloud.ec2().describe_images(ImageIds=[image])["Images"][0]
    assert told["LastLaunchedTime"] == after["LastLaunchedTime"]["Value"]
