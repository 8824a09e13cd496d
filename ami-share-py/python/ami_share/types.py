"""Types for annotations; importing them loads ``typing``, which nothing else here does."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from ._internal import Event, Report

__all__ = [
    "Access",
    "AccessLayer",
    "Answer",
    "ApplyRunLike",
    "ContextValue",
    "Credentials",
    "Direction",
    "KeyAccess",
    "KeyCleanup",
    "KeyState",
    "NotGiven",
    "OnChange",
    "Outcome",
    "PolicyDocument",
    "PublicConsent",
    "ServiceRole",
    "Session",
    "SnapshotSharing",
    "Verdict",
]

Access = Literal["account", "deny", "direct", "none", "unknown"]
AccessLayer = Literal[
    "image_state",
    "launch_permission",
    "key_state",
    "key_policy",
    "grants",
    "snapshot_permission",
]
Answer = Literal["yes", "no", "unknown"]
ContextValue = str | bool | Iterable[str | bool] | None
Direction = Literal["share", "revoke", "exactly"]
KeyAccess = Literal["auto", "key-policy", "grant", "leave"]
KeyCleanup = Literal["by-reference", "always", "never"]
KeyState = Literal[
    "Creating",
    "Disabled",
    "Enabled",
    "PendingDeletion",
    "PendingImport",
    "PendingReplicaDeletion",
    "Unavailable",
    "Updating",
]
NotGiven = Literal["unknown", "none"]
OnChange = Literal["refuse", "plan-again", "do-not-look"]
Outcome = Literal["done", "failed", "not_attempted", "unconfirmed"]
PolicyDocument = str | Mapping[str, Any]
PublicConsent = Literal["withheld", "given", "given-even-if-block-public-access-is-unknown"]
ServiceRole = Literal[
    "AWSServiceRoleForAutoScaling",
    "AWSServiceRoleForEC2Fleet",
    "AWSServiceRoleForEC2Spot",
    "AWSServiceRoleForEC2SpotFleet",
]
SnapshotSharing = Literal["for-copy", "leave-as-is"]
Verdict = Literal["allowed", "denied", "unknown"]


class Credentials(Protocol):
    """What botocore's credentials offer."""

    def get_frozen_credentials(self) -> object:
        """Credentials that hold for now, with ``access_key``, ``secret_key`` and ``token``."""


class Session(Protocol):
    """A ``boto3.Session``, or anything that gives credentials as it does."""

    def get_credentials(self) -> Credentials | None:
        """Credentials that refresh themselves; none if there are none."""


class ApplyRunLike(Protocol):
    """An apply that goes on by itself, real or mocked."""

    def next(self) -> Event | None:
        """Wait for the next event; none at the end."""

    def next_async(self) -> Awaitable[Event | None]:
        """Await the next event; none at the end."""

    @property
    def report(self) -> Report:
        """The report, at the end."""
