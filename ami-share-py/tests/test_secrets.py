"""Promise: no secret in a repr, an attribute, an error or a pickle."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable

import pytest

from ami_share import AmiShareError, AwsSharer, ConfigurationError, ShareRequest
from ami_share._internal import HAS_AWS

MARKER = "wJalrXUtnFEMI-the-secret"
REQUEST = ShareRequest(region="us-east-1", images=["ami-12345678"], accounts=["111122223333"])


class Frozen:
    access_key = f"key-{MARKER}"
    secret_key = MARKER
    token = f"token-{MARKER}"


class Session:
    """Gives credentials as a `boto3.Session` does, and is clumsy about them."""

    def __init__(self, raises: bool = False) -> None:
        self._raises = raises

    def get_credentials(self) -> Session:
        return self

    def get_frozen_credentials(self) -> Frozen:
        if self._raises:
            raise RuntimeError(f"cannot refresh {MARKER}")
        return Frozen()

    def __repr__(self) -> str:
        return f"Session({MARKER})"


def with_keys(endpoint_url: str | None = None) -> AwsSharer:
    return AwsSharer(
        access_key_id=f"key-{MARKER}",
        secret_access_key=MARKER,
        session_token=f"token-{MARKER}",
        endpoint_url=endpoint_url,
        retry_attempts=1,
    )


def with_session(endpoint_url: str | None = None) -> AwsSharer:
    return AwsSharer(session=Session(), endpoint_url=endpoint_url, retry_attempts=1)


def with_raising_session(endpoint_url: str | None = None) -> AwsSharer:
    return AwsSharer(session=Session(raises=True), endpoint_url=endpoint_url, retry_attempts=1)


def check(error: AmiShareError) -> None:
    texts = [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
    # The source lines that a traceback quotes name the marker by its variable only.
    assert not any(MARKER in text for text in texts)
    assert MARKER.encode() not in pickle.dumps(error)


@pytest.mark.parametrize(
    "arguments",
    [
        {"secret_access_key": MARKER},
        {"access_key_id": "a", "session_token": MARKER},
        {"access_key_id": "a", "secret_access_key": MARKER, "profile": "p"},
        {"access_key_id": "a", "secret_access_key": MARKER, "session": Session()},
        {"access_key_id": "a", "secret_access_key": MARKER, "concurrency": 0},
        {"access_key_id": "a", "secret_access_key": MARKER, "consistency_timeout": -1.0},
        {"access_key_id": "a", "secret_access_key": MARKER, "key_consistency_timeout": -1.0},
        {"access_key_id": "a", "secret_access_key": MARKER, "endpoint_url": f"ftp://u:{MARKER}@x"},
    ],
)
def test_contradictions_are_told_without_the_secret(arguments: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        AwsSharer(**arguments)  # type: ignore[arg-type]
    check(caught.value)


@pytest.mark.skipif(not HAS_AWS, reason="this build is without the AWS backend")
@pytest.mark.parametrize("make", [with_keys, with_session, with_raising_session])
def test_no_secret_is_shown(make: Callable[..., AwsSharer]) -> None:
    # Nobody listens there.
    sharer = make(endpoint_url="http://127.0.0.1:9")
    assert MARKER not in repr(sharer) and MARKER not in str(sharer)
    assert MARKER not in repr(vars(sharer))
    with pytest.raises(TypeError):
        pickle.dumps(sharer)
    with pytest.raises(AmiShareError) as caught:
        sharer.plan(REQUEST)
    check(caught.value)


@pytest.mark.skipif(HAS_AWS, reason="this build has the AWS backend")
@pytest.mark.parametrize("make", [with_keys, with_session])
def test_a_build_without_aws_says_so(make: Callable[..., AwsSharer]) -> None:
    with pytest.raises(ConfigurationError, match="without the AWS backend") as caught:
        make()
    check(caught.value)
