"""The simulator over HTTP, as boto3 and a test of users drive it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ami_share import SimulatedWorld, SimulatorServer
from conftest import OWNER, RECIPIENT, REGION

EXAMPLE = Path(__file__).parents[2] / "examples" / "worlds" / "organization.yaml"


@pytest.fixture
def aws() -> Iterator[SimulatorServer]:
    """What users have in their own conftest.py."""
    with SimulatedWorld().serve() as server:
        yield server


def client(server: SimulatorServer, service: str, account: str = OWNER) -> Any:
    import boto3

    return boto3.client(
        service,
        endpoint_url=server.endpoint,
        region_name=REGION,
        aws_access_key_id=account,
        aws_secret_access_key="any",
    )


def test_boto3_shares_an_image(aws: SimulatorServer) -> None:
    image = aws.world.register_image(REGION, OWNER, "golden")
    assert client(aws, "sts").get_caller_identity()["Account"] == OWNER
    client(aws, "ec2").modify_image_attribute(
        ImageId=image, LaunchPermission={"Add": [{"UserId": RECIPIENT}]}
    )
    assert aws.world.can_launch(REGION, RECIPIENT, image)
    [seen] = client(aws, "ec2", RECIPIENT).describe_images(ImageIds=[image])["Images"]
    assert seen["OwnerId"] == OWNER


def test_boto3_reads_the_errors_of_every_protocol(aws: SimulatorServer) -> None:
    ec2, sts, kms = client(aws, "ec2"), client(aws, "sts", "nobody"), client(aws, "kms")
    with pytest.raises(ec2.exceptions.ClientError) as caught:
        ec2.describe_images(ImageIds=["ami-12345678"])
    assert caught.value.response["Error"]["Code"] == "InvalidAMIID.NotFound"
    with pytest.raises(sts.exceptions.ClientError) as caught:
        sts.get_caller_identity()
    assert caught.value.response["Error"]["Code"] == "InvalidClientTokenId"
    with pytest.raises(kms.exceptions.NotFoundException) as caught:
        kms.describe_key(KeyId="alias/none")
    assert caught.value.response["ResponseMetadata"]["RequestId"]


def test_a_world_is_loaded_and_saved() -> None:
    world = SimulatedWorld.load(EXAMPLE.read_text(encoding="utf-8"))
    assert world.can_launch("eu-central-1", "333344445555", "ami-0a1b2c3d4e5f60001")
    saved = json.loads(SimulatedWorld.load(world.save()).save())
    assert saved["organizations"][0]["id"] == "o-exampleorg1"
    with pytest.raises(ValueError, match=r"^line 2: `accounts\[0\]\.id`: `1` is "):
        SimulatedWorld.load("accounts:\n  - id: 1")


def test_a_server_stops_once_and_for_all() -> None:
    server = SimulatorServer()
    assert server.is_running and server.endpoint in repr(server)
    server.stop()
    server.stop()
    assert not server.is_running and "stopped" in repr(server)
    with pytest.raises(OSError):
        urllib.request.urlopen(f"{server.endpoint}/_simulator/health")


def test_an_address_that_cannot_be_had_is_an_error(aws: SimulatorServer) -> None:
    port = int(aws.endpoint.rsplit(":", 1)[1])
    with pytest.raises(OSError, match=str(port)):
        SimulatorServer(port=port)
    with pytest.raises(ValueError, match="`nowhere` is not an IP address"):
        SimulatorServer(host="nowhere")


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a process there")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_and_saves(tmp_path: Path, end: signal.Signals) -> None:
    saved = tmp_path / "world.json"
    command = [sys.executable, "-m", "ami_share.simulator", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--world", str(EXAMPLE), "--save", str(saved)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    endpoint = process.stdout.readline().strip()
    with urllib.request.urlopen(f"{endpoint}/_simulator/health") as answer:
        assert json.load(answer) == {"status": "ok"}
    process.send_signal(end)
    assert process.wait(timeout=30) == 0
    process.stdout.close()
    assert json.loads(saved.read_text())["organizations"][0]["id"] == "o-exampleorg1"


def test_the_command_tells_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text("planets: 1", encoding="utf-8")
    command = [sys.executable, "-m", "ami_share.simulator", "--world", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert f"{file}: line 1: `planets`: unknown field `planets`" in ended.stderr
