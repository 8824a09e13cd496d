"""A moto server, and what boto3 does on it to set the scene and to look at the end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

REGION = "us-east-1"


@contextmanager
def serving() -> Iterator[str]:
    """A server of its own on a free port; gives its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port],
        env={**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/moto-api/data.json", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, "moto has ended"
            time.sleep(0.1)
    raise AssertionError("moto does not answer")


def session(**arguments: str) -> Any:
    """A session of moto's own account, unless other credentials are given."""
    import boto3

    given = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    return boto3.Session(**{**given, **arguments})


def session_in(account: str, endpoint: str) -> Any:
    """A session of another account, by an assumed role."""
    sts = session().client("sts", endpoint_url=endpoint, region_name=REGION)
    role = f"arn:aws:iam::{account}:role/images"
    answer = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return session(
        aws_access_key_id=answer["AccessKeyId"],
        aws_secret_access_key=answer["SecretAccessKey"],
        aws_session_token=answer["SessionToken"],
    )


def register(endpoint: str, of: Any = None) -> str:
    """A new image of the session's account."""
    client = (of or session()).client("ec2", endpoint_url=endpoint, region_name=REGION)
    image: str = client.register_image(Name="golden", RootDeviceName="/dev/sda1")["ImageId"]
    return image


def launch_permissions(endpoint: str, image: str, of: Any = None) -> list[dict[str, str]]:
    """Who is named in the launch permission, as EC2 writes it."""
    client = (of or session()).client("ec2", endpoint_url=endpoint, region_name=REGION)
    answer = client.describe_image_attribute(ImageId=image, Attribute="launchPermission")
    permissions: list[dict[str, str]] = answer["LaunchPermissions"]
    return permissions
