"""Parameters that name an image, written and read by boto3."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from cloud import OWNER, Cloud, refusal

NAME = "/golden/latest"


def test_a_parameter_names_an_image(cloud: Cloud) -> None:
    image = cloud.image().id
    ssm = cloud.client("ssm")

    put = ssm.put_parameter(Name=NAME, Value=image, Type="String", DataType="aws:ec2:image")

    assert put["Version"] == 1
    read = ssm.get_parameter(Name=NAME)["Parameter"]
    assert (read["Value"], read["Type"], read["DataType"]) == (image, "String", "aws:ec2:image")
    assert cloud.images_seen_by(OWNER, ImageIds=[read["Value"]]) == {image}


def test_a_parameter_is_replaced_only_if_asked(cloud: Cloud) -> None:
    first, second = cloud.image().id, cloud.image().id
    ssm = cloud.client("ssm")
    asked = {"Name": NAME, "Type": "String", "DataType": "aws:ec2:image"}
    ssm.put_parameter(**asked, Value=first)

    with pytest.raises(ClientError) as refused:
        ssm.put_parameter(**asked, Value=second)
    assert refusal(refused.value) == ("ParameterAlreadyExists", 400)
    assert ssm.get_parameter(Name=NAME)["Parameter"]["Value"] == first

    assert ssm.put_parameter(**asked, Value=second, Overwrite=True)["Version"] == 2
    assert ssm.get_parameter(Name=NAME)["Parameter"]["Value"] == second
