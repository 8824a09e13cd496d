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
    "CopyFailureCause",
    "CopyMaker",
    "CopyOutcome",
    "Credentials",
    "DeregistrationProtection",
    "Direction",
    "KeyAccess",
    "KeyCleanup",
    "KeyState",
    "LongRunLike",
    "NotGiven",
    "OnChange",
    "OnFailure",
    "Outcome",
    "PolicyDocument",
    "PublicConsent",
    "RecipientOutcome",
    "RecipientsGet",
    "RehearsedCall",
    "Remains",
    "ServiceRole",
    "Session",
    "SnapshotSharing",
    "SourceAccess",
    "Stage",
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
CopyFailureCause = Literal[
    "access_denied",
    "billing_codes",
    "gone",
    "key_not_usable",
    "other",
    "quota",
    "storage_not_readable",
]
CopyMaker = Literal["recipient", "owner"]
CopyOutcome = Literal["copied", "found", "failed", "unfinished", "not_attempted"]
DeregistrationProtection = Literal["with-cooldown", "without-cooldown"]
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
OnFailure = Literal["clean-up", "keep"]
Outcome = Literal["done", "failed", "not_attempted", "unconfirmed"]
PolicyDocument = str | Mapping[str, Any]
PublicConsent = Literal["withheld", "given", "given-even-if-block-public-access-is-unknown"]
RecipientOutcome = Literal["as_asked", "done", "missing", "failed", "unconfirmed"]
RecipientsGet = Literal["share", "copy"]
RehearsedCall = Literal[
    "assume_role",
    "copy_image",
    "create_grant",
    "describe_images",
    "describe_key",
    "describe_snapshots",
    "find_keys",
    "run_instances",
]
Remains = Literal["nothing", "cleaned_up", "kept", "left"]
ServiceRole = Literal[
    "AWSServiceRoleForAutoScaling",
    "AWSServiceRoleForEC2Fleet",
    "AWSServiceRoleForEC2Spot",
    "AWSServiceRoleForEC2SpotFleet",
]
SnapshotSharing = Literal["for-copy", "leave-as-is"]
SourceAccess = Literal["keep", "close", "leave-as-is"]
Stage = Literal["owner", "recipient", "finish"]
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


class LongRunLike(Protocol):
    """Something long that goes on by itself, real or mocked."""

    def next(self) -> Event | None:
        """Wait for the next event; none at the end."""

    def next_async(self) -> Awaitable[Event | None]:
        """Await the next event; none at the end."""

    def wait_async(self) -> Awaitable[None]:
        """Await the end."""

    def leave(self) -> bool:
        """End it early; true if it has begun to write, so that its end is worth waiting for."""

    def cancel(self) -> None:
        """End it early, whatever it has begun."""

    def close(self) -> None:
        """Leave, and wait for the end where that is worth it."""

    @property
    def report(self) -> Any:
        """What came of it, at the end."""
