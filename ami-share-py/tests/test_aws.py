"""`AwsSharer` against moto, a foreign imitation of AWS; what is shown here is shown for moto."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from ami_share import (
    AmiShareError,
    AwsApiError,
    AwsSharer,
    ConfigurationError,
    RefusedError,
    RehearsalRequest,
    ShareRequest,
)
from ami_share._internal import HAS_AWS
from conftest import OWNER
from copy_support import EXTERNAL_ID, CopyStage
from moto_support import REGION, launch_permissions, register, session, session_in

OTHER_OWNER = "222222222222"
RECIPIENT = "444455556666"

pytestmark = pytest.mark.skipif(
    not HAS_AWS and os.environ.get("AMI_SHARE_NO_AWS") == "1",
    reason="AMI_SHARE_NO_AWS=1 says that this build is without the AWS backend",
)


@pytest.fixture(scope="module", autouse=True)
def has_aws() -> None:
    """A build without AWS fails here, unless it was said to be one."""
    assert HAS_AWS, "this build is without the AWS backend; if that is meant, AMI_SHARE_NO_AWS=1"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own AWS set-up."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def request(image: str, **arguments: Any) -> ShareRequest:
    given: dict[str, Any] = {"accounts": [RECIPIENT], **arguments}
    return ShareRequest(region=REGION, images=[image], **given)


def share_and_revoke(sharer: AwsSharer, endpoint: str, of: Any = None) -> None:
    """What shows that a way to give credentials works."""
    image = register(endpoint, of)
    sharer.share(request(image))
    assert launch_permissions(endpoint, image, of) == [{"UserId": RECIPIENT}]
    assert sharer.verify(request(image)).as_desired == "yes"
    sharer.revoke(request(image))
    assert launch_permissions(endpoint, image, of) == []


def keys(endpoint: str) -> AwsSharer:
    return AwsSharer(
        access_key_id="key", secret_access_key="secret", endpoint_url=endpoint, retry_attempts=1
    )


def test_the_default_chain_reads_the_environment(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    share_and_revoke(AwsSharer(endpoint_url=endpoint), endpoint)


def test_the_endpoint_can_come_from_the_environment(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    sharer = AwsSharer(access_key_id="key", secret_access_key="secret")
    share_and_revoke(sharer, endpoint)


def test_a_profile(endpoint: str, tmp_path: Path) -> None:
    credentials = "[golden]\naws_access_key_id = key\naws_secret_access_key = secret\n"
    (tmp_path / "credentials").write_text(credentials)
    sharer = AwsSharer(profile="golden", endpoint_url=endpoint)
    share_and_revoke(sharer, endpoint)
    assert repr(sharer) == "<AwsSharer: profile 'golden'>"


def test_explicit_keys_with_a_token(endpoint: str) -> None:
    other = session_in(OTHER_OWNER, endpoint)
    frozen = other.get_credentials().get_frozen_credentials()
    sharer = AwsSharer(
        access_key_id=frozen.access_key,
        secret_access_key=frozen.secret_key,
        session_token=frozen.token,
        endpoint_url=endpoint,
    )
    share_and_revoke(sharer, endpoint, other)


def test_a_boto3_session_decides_the_account(endpoint: str) -> None:
    other = session_in(OTHER_OWNER, endpoint)
    sharer = AwsSharer(session=other, endpoint_url=endpoint)
    share_and_revoke(sharer, endpoint, other)
    # The image of the other account is not there for this one.
    image = register(endpoint, other)
    with pytest.raises(RefusedError) as caught:
        keys(endpoint).plan(request(image))
    assert caught.value.refusals[0].kind == "image_not_found"


class Asked:
    """A session that counts how often it is asked."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.times = 0

    def get_credentials(self) -> Any:
        self.times += 1
        return self.inner.get_credentials()


def test_a_session_is_asked_when_the_first_call_is_made(endpoint: str) -> None:
    asked = Asked(session())
    sharer = AwsSharer(session=asked, endpoint_url=endpoint)
    assert asked.times == 0
    share_and_revoke(sharer, endpoint)
    assert asked.times == 1


def test_a_session_without_credentials(endpoint: str) -> None:
    class Empty:
        def get_credentials(self) -> None:
            return None

    with pytest.raises(AwsApiError) as caught:
        AwsSharer(session=Empty(), endpoint_url=endpoint, retry_attempts=1).plan(
            request("ami-12345678")
        )
    assert caught.value.kind == "unauthenticated"


def test_organizations_units_tags_and_snapshots(endpoint: str) -> None:
    image = register(endpoint)
    organization = "arn:aws:organizations::999988887777:organization/o-exampleorg1"
    unit = "arn:aws:organizations::999988887777:ou/o-exampleorg1/ou-abcd-12345678"
    sharer = keys(endpoint)
    groups = request(image, accounts=[], organizations=[organization], organizational_units=[unit])
    assert sharer.share(groups).is_complete
    assert {"OrganizationArn": organization} in launch_permissions(endpoint, image)
    copied = request(image, snapshots="for-copy", tags={"purpose": "golden"})
    plan = sharer.plan(copied)
    assert len(plan.steps) == 3
    assert [event.kind for event in sharer.apply_events(plan)][-1] == "finished"
    assert sharer.plan(copied).is_empty


def test_the_awaited_twins(endpoint: str) -> None:
    image = register(endpoint)
    sharer = keys(endpoint)

    async def main() -> None:
        report = await sharer.share_async(request(image))
        assert report.is_complete and report.steps[0].request_id
        assert (await sharer.verify_async(request(image))).as_desired == "yes"
        assert [image async for image in sharer.shared_with_me_async(REGION)] == []

    asyncio.run(main())


def test_errors_have_the_code_of_aws(endpoint: str) -> None:
    with pytest.raises(RefusedError):
        keys(endpoint).plan(request("ami-0123456789abcdef0"))
    with pytest.raises(AwsApiError) as caught:
        # moto does not know it and answers with a failure.
        keys(endpoint).give_up(REGION, "ami-0123456789abcdef0")
    assert caught.value.operation == "CancelImageLaunchPermission"


def test_a_configuration_that_cannot_be_used() -> None:
    for arguments in ({"endpoint_url": "localhost:5000"}, {"retry_attempts": 0}):
        with pytest.raises(ConfigurationError):
            AwsSharer(**arguments)


def test_nobody_listens() -> None:
    with pytest.raises(AmiShareError) as caught:
        keys("http://127.0.0.1:9").plan(request("ami-12345678"))
    assert isinstance(caught.value, AwsApiError) and caught.value.retryable


def test_roles_reach_recipients_on_the_server_of_the_simulator() -> None:
    stage = CopyStage(RECIPIENT)
    with stage.world.serve() as server:
        sharer = AwsSharer(
            access_key_id=OWNER,
            secret_access_key="any",
            endpoint_url=server.endpoint,
            roles=stage.roles(),
        )
        assert EXTERNAL_ID not in repr(sharer) + repr(vars(sharer))
        report = sharer.copy(stage.request(source_access="close"))
        images = RehearsalRequest(region=REGION, images=[stage.image], accounts=[RECIPIENT])
        [rehearsed] = sharer.rehearse(images).images
    assert report.is_complete and len(report.copies) == 2
    for copy in report.copies:
        assert copy.image is not None
        assert stage.world.can_launch(copy.region, RECIPIENT, copy.image)
    assert rehearsed.visible.answer == "no"
