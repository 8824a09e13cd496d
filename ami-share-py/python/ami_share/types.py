"""Types for annotations; importing them loads ``typing``, which nothing else here does."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from ._internal import Event, Report

__all__ = [
    "Answer",
    "ApplyRunLike",
    "Credentials",
    "Direction",
    "OnChange",
    "Outcome",
    "PublicConsent",
    "Session",
    "SnapshotSharing",
]

Answer = Literal["yes", "no", "unknown"]
Direction = Literal["share", "revoke", "exactly"]
OnChange = Literal["refuse", "plan-again", "do-not-look"]
Outcome = Literal["done", "failed", "not_attempted", "unconfirmed"]
PublicConsent = Literal["withheld", "given", "given-even-if-block-public-access-is-unknown"]
SnapshotSharing = Literal["for-copy", "leave-as-is"]


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
