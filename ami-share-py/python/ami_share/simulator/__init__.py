"""The simulator: a small, strict AWS in memory.

``SimulatedSharer`` shares in it without any network. ``python -m ami_share.simulator`` serves it to
every AWS client.
"""

from __future__ import annotations

from .._internal import SharerHandle, SimulatedWorld
from ..sharer import Sharer

__all__ = ["SimulatedSharer"]


class SimulatedSharer(Sharer):
    """Shares images in a ``SimulatedWorld``, calling as one account.

    ``concurrency`` and ``consistency_timeout`` are those of ``AwsSharer``.

    What is proven on the simulator is not thereby proven on AWS.
    """

    world: SimulatedWorld
    """The world that it calls."""
    account: str
    """The account that it calls as."""

    def __init__(
        self,
        world: SimulatedWorld,
        account: str,
        *,
        concurrency: int | None = None,
        consistency_timeout: float | None = None,
    ) -> None:
        self._handle = SharerHandle.simulated(world, account, concurrency, consistency_timeout)
        self.world = world
        self.account = account

    def __repr__(self) -> str:
        return f"SimulatedSharer(account={self.account!r})"
