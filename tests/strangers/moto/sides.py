"""The same calls to two servers, and their answers as data that can be compared."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

REGION = "us-east-1"
ELSEWHERE = "eu-central-1"
OWNER = "111122223333"
RECIPIENT = "444455556666"
STRANGER = "777788889999"

_CONFIG = Config(
    retries={"total_max_attempts": 1, "mode": "standard"}, connect_timeout=5, read_timeout=30
)


@dataclass(frozen=True)
class Answer:
    """What one call was answered, without what differs from run to run."""

    label: str
    operation: str
    content: Any


@dataclass
class Side:
    """One of the two servers; keeps what it answers."""

    url: str
    is_moto: bool
    answers: list[Answer] = field(default_factory=list)
    _names: Names = field(default_factory=lambda: Names())
    _session: Any = field(default_factory=boto3.Session)
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def begin(self) -> None:
        """A new scene: nothing was asked, and no id was seen."""
        self.answers = []
        self._names = Names()

    def client(self, service: str, account: str = OWNER, region: str = REGION) -> Any:
        key = (service, account, region)
        if key not in self._clients:
            client = self._session.client(
                service,
                region_name=region,
                endpoint_url=self.url,
                # Our simulator takes an account id as an access key; moto takes a header.
                aws_access_key_id=account,
                aws_secret_access_key="any",
                config=_CONFIG,
            )
            if self.is_moto:
                client.meta.events.register("before-send.*.*", _in_account(account))
            self._clients[key] = client
        return self._clients[key]

    def ask(
        self,
        label: str,
        service: str,
        operation: str,
        account: str = OWNER,
        region: str = REGION,
        **arguments: Any,
    ) -> Any:
        """Makes a call and keeps the answer, which may be an error."""
        client = self.client(service, account, region)
        try:
            answer = getattr(client, operation)(**arguments)
        except ResponseParserError as error:
            raise AssertionError(f"{label}: no answer of {operation}: {error}") from error
        except ClientError as error:
            answer = error.response
            code = answer["Error"]["Code"]
            status = answer["ResponseMetadata"]["HTTPStatusCode"]
            assert status < 500, f"{label}: the server broke: {status} {code}"
            content: Any = {"Error": {"Code": code, "Status": status}}
        else:
            content = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
        name = client.meta.method_to_api_mapping[operation]
        self.answers.append(Answer(label, name, self._names.plain(content)))
        return answer

    def make(self, service: str, operation: str, account: str = OWNER, **arguments: Any) -> Any:
        """Makes a call that only sets the scene; it has to succeed."""
        return getattr(self.client(service, account), operation)(**arguments)


def _in_account(account: str) -> Callable[..., None]:
    def set_header(request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = account

    return set_header


# --- What differs from run to run ---

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_IDS = re.compile(
    r"\b(?:"
    r"(?P<image>ami-[0-9a-f]{8,17})|(?P<snapshot>snap-[0-9a-f]{8,17})"
    r"|(?P<volume>vol-[0-9a-f]{8,17})|(?P<instance>i-[0-9a-f]{8,17})"
    rf"|(?P<key>mrk-[0-9a-f]{{32}}|{_UUID})"
    r"|(?P<unit>ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})|(?P<organization>o-[0-9a-z]{10,32})"
    r"|(?P<root>r-[0-9a-z]{4,32})|(?P<request>car-[0-9a-z]{8,32})"
    r"|(?P<role>AROA[0-9A-Z]{12,17})"
    r"|(?P<account>\d{12})"
    r")\b"
)
_KNOWN_ACCOUNTS = {OWNER, RECIPIENT, STRANGER}
# Fields whose whole value is made up by the server.
_MADE_UP = {
    "AccessKeyId": "access key",
    "GrantId": "grant",
    "GrantToken": "grant token",
    "NextMarker": "page",
    "NextToken": "page",
    "SecretAccessKey": "secret",
    "SessionToken": "session token",
}
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)")
# By these a list is sorted before anything else, so that the same items meet.
_SORTED_BY = (
    "ImageId", "SnapshotId", "VolumeId", "KeyId", "GrantId", "AliasName", "Id", "Key", "TagKey",
    "DeviceName", "UserId", "Group", "OrganizationArn", "OrganizationalUnitArn", "Sid", "Name",
)  # fmt: skip


class Names:
    """Names for what a server makes up: the n-th of its kind that was seen."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, str]] = {}

    def plain(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self.plain(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return sorted((self.plain(part, key) for part in value), key=_order)
        if isinstance(value, datetime.datetime):
            return "<time>"
        if isinstance(value, str):
            return self._text(value, key)
        return value

    def _text(self, text: str, key: str) -> Any:
        if key in _MADE_UP:
            return self._name(_MADE_UP[key], text) if text else text
        if key in {"Policy", "PolicyDocument", "AssumeRolePolicyDocument"} and text.startswith("{"):
            return self.plain(json.loads(text))
        if _TIME.fullmatch(text):
            return "<time>"
        return _IDS.sub(self._id, text)

    def _id(self, found: re.Match[str]) -> str:
        text, kind = found.group(), found.lastgroup or ""
        if text in _KNOWN_ACCOUNTS:
            return text
        return self._name(kind, text)

    def _name(self, kind: str, text: str) -> str:
        seen = self._seen.setdefault(kind, {})
        return seen.setdefault(text, f"<{kind} {len(seen) + 1}>")


def _order(value: Any) -> tuple[list[str], str]:
    text = json.dumps(value, sort_keys=True, default=str)
    if not isinstance(value, dict):
        return [], text
    return [str(value.get(name, "")) for name in _SORTED_BY], text


# --- What differs between the sides ---


@dataclass(frozen=True)
class Difference:
    """One place where the two answers to one call are not the same."""

    scene: str
    label: str
    operation: str
    path: str
    ours: str
    moto: str

    def __str__(self) -> str:
        return (
            f"{self.scene} / {self.label} ({self.operation}): {self.path or 'answer'}: "
            f"ours {self.ours}, moto {self.moto}"
        )


def compare(scene: str, ours: list[Answer], motos: list[Answer]) -> list[Difference]:
    """Every difference of a scene, each once."""
    asked = [(answer.label, answer.operation) for answer in ours]
    assert asked == [(answer.label, answer.operation) for answer in motos], "not the same calls"
    found: dict[Difference, None] = {}
    for our, moto in zip(ours, motos, strict=True):
        for path, left, right in _differing("", our.content, moto.content):
            found[Difference(scene, our.label, our.operation, path, left, right)] = None
    return list(found)


_ABSENT = object()


def _differing(path: str, ours: Any, moto: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(ours, dict) and isinstance(moto, dict):
        if ("Error" in ours) != ("Error" in moto):
            yield path, _told(ours), _told(moto)
            return
        for name in sorted({*ours, *moto}):
            below = f"{path}.{name}" if path else name
            yield from _differing(below, ours.get(name, _ABSENT), moto.get(name, _ABSENT))
    elif isinstance(ours, list) and isinstance(moto, list):
        if len(ours) != len(moto):
            yield path, _told(ours), _told(moto)
            return
        for left, right in zip(ours, moto, strict=True):
            yield from _differing(f"{path}[]", left, right)
    elif ours != moto or type(ours) is not type(moto):
        yield path, _told(ours), _told(moto)


def _told(value: Any) -> str:
    """One line that a list of differences can quote."""
    if value is _ABSENT:
        return "absent"
    if isinstance(value, dict) and "Error" in value:
        return f"{value['Error']['Code']} ({value['Error']['Status']})"
    if isinstance(value, dict):
        return "{}" if not value else f"{{{', '.join(sorted(value))}}}"
    if isinstance(value, list):
        return f"{len(value)} items"
    return json.dumps(value)
